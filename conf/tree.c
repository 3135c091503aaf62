/* SPDX-License-Identifier: BSD-2-Clause */
/* What was read, in memory. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "tree.h"
#include "conf.h"

void
value_done(struct value *v)
{
	size_t i;

	for (i = 0; i < v->n; i++)
		free(v->v[i].text);
	free(v->v);
	*v = (struct value){ 0 };
}

int
value_add(struct value *v, char *text, bool var)
{
	struct piece *grown;

	if (text == NULL || (grown = grow(v->v, v->n, sizeof(*v->v))) == NULL) {
		free(text);
		return -ENOMEM;
	}
	v->v = grown;
	v->v[v->n++] = (struct piece){ .text = text, .var = var };
	return 0;
}

void
stmt_done(struct stmt *s)
{
	size_t i;

	for (i = 0; i < s->n; i++)
		value_done(&s->v[i]);
	free(s->v);
	free(s->name);
	*s = (struct stmt){ 0 };
}

int
stmt_add(struct stmt *s, struct value *v)
{
	struct value *grown = grow(s->v, s->n, sizeof(*s->v));

	if (grown == NULL) {
		value_done(v);
		return -ENOMEM;
	}
	s->v = grown;
	s->v[s->n++] = *v;
	*v = (struct value){ 0 };
	return 0;
}

int
tree_section(struct conf *c, char *name, const char *file, unsigned int line)
{
	struct section *grown;

	if (name == NULL ||
	    (grown = grow(c->sec, c->n, sizeof(*c->sec))) == NULL) {
		free(name);
		return -ENOMEM;
	}
	c->sec = grown;
	c->sec[c->n++] = (struct section){ .name = name,
		.wild = conf_is_pattern(name),
		.file = file,
		.line = line };
	return 0;
}

int
tree_stmt(struct conf *c, size_t section, struct stmt *s)
{
	struct section *sec = &c->sec[section];
	struct stmt *grown = grow(sec->s, sec->n, sizeof(*sec->s));

	if (grown == NULL) {
		stmt_done(s);
		return -ENOMEM;
	}
	sec->s = grown;
	sec->s[sec->n++] = *s;
	*s = (struct stmt){ 0 };
	return 0;
}

const char *
tree_file(struct conf *c, const char *name)
{
	char **grown, *copy;

	if ((grown = grow(c->files, c->n_files, sizeof(*c->files))) == NULL)
		return NULL;
	c->files = grown;
	if ((copy = strdup(name)) == NULL)
		return NULL;
	return c->files[c->n_files++] = copy;
}

const struct section *
tree_jail(const struct conf *c, size_t i)
{
	return &c->sec[c->jails[i]];
}

static int
compare(const void *a, const void *b, void *arg)
{
	const struct conf *c = arg;
	size_t i = *(const size_t *)a, k = *(const size_t *)b;
	int r = strcmp(tree_jail(c, i)->name, tree_jail(c, k)->name);

	if (r != 0)
		return r;
	return i < k ? -1 : i > k;
}

int
tree_done(struct conf *c)
{
	size_t i;

	c->jails = calloc(c->n + 1, sizeof(*c->jails));
	c->wild = calloc(c->n + 1, sizeof(*c->wild));
	c->by_name = calloc(c->n + 1, sizeof(*c->by_name));
	if (c->jails == NULL || c->wild == NULL || c->by_name == NULL)
		return -ENOMEM;
	for (i = 0; i < c->n; i++) {
		if (c->sec[i].wild)
			c->wild[c->n_wild++] = i;
		else
			c->jails[c->n_jails++] = i;
	}
	for (i = 0; i < c->n_jails; i++)
		c->by_name[i] = i;
	qsort_r(c->by_name, c->n_jails, sizeof(*c->by_name), compare, c);
	return 0;
}

void
conf_free(struct conf *c)
{
	size_t i, k;

	if (c == NULL)
		return;
	for (i = 0; i < c->n; i++) {
		for (k = 0; k < c->sec[i].n; k++)
			stmt_done(&c->sec[i].s[k]);
		free(c->sec[i].s);
		free(c->sec[i].name);
	}
	for (i = 0; i < c->n_files; i++)
		free(c->files[i]);
	free(c->sec);
	free(c->files);
	free(c->jails);
	free(c->wild);
	free(c->by_name);
	free(c);
}

size_t
conf_count(const struct conf *c)
{
	return c->n_jails;
}

const char *
conf_name(const struct conf *c, size_t i)
{
	return tree_jail(c, i)->name;
}

ssize_t
conf_find(const struct conf *c, const char *name)
{
	size_t low = 0, high = c->n_jails, mid;
	int r;

	while (low < high) {
		mid = low + (high - low) / 2;
		r = strcmp(name, tree_jail(c, c->by_name[mid])->name);
		if (r == 0)
			return (ssize_t)c->by_name[mid];
		if (r < 0)
			high = mid;
		else
			low = mid + 1;
	}
	return -ENOENT;
}
