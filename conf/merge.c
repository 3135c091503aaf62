/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The sections that apply to a jail, put together: what its name implies, then
 * every pattern that matches and the jail's own block, in the order of the
 * file.  So a later "*" overrides a jail.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "expand.h"
#include "jailx.h"

void
expand_error(struct expand *x, int err, const char *fmt, ...)
{
	char *text = NULL;
	va_list ap;

	x->err = err;
	va_start(ap, fmt);
	if (vasprintf(&text, fmt, ap) < 0)
		text = NULL;
	va_end(ap);
	x->say->fn(
	    x->say->arg, x->jail->name, text != NULL ? text : strerror(ENOMEM));
	free(text);
}

/*
 * What a name is found by: of a boolean both forms are the same parameter.
 * Variables have their names for themselves.
 */
static const char *
key_of(const char *name, bool var)
{
	const char *dot = strrchr(name, '.');
	const struct jailx_param *p;
	bool no = false;

	if (var || strncmp(dot != NULL ? dot + 1 : name, "no", 2) != 0)
		return name;
	p = jailx_param_find(name, &no);
	return p != NULL && no ? p->name : name;
}

static struct setting *
find(struct expand *x, const char *key)
{
	union {
		const char *in;
		char *out;
	} k = { .in = key }; /* the library's key is not const */
	ENTRY item = { .key = k.out }, *found;

	return hsearch_r(item, FIND, &found, &x->index) != 0 ? found->data
							     : NULL;
}

static struct setting *
insert(struct expand *x, const char *name, bool var)
{
	struct setting *e = &x->e[x->n];
	union {
		const char *in;
		char *out;
	} k = { .in = key_of(name, var) };
	ENTRY item = { .key = k.out, .data = e }, *found;

	if (hsearch_r(item, ENTER, &found, &x->index) == 0)
		return NULL;
	*e = (struct setting){ .name = name, .var = var };
	x->n++;
	return e;
}

static bool
add_value(struct expand *x, struct setting *e, const struct value *v)
{
	const struct value **grown = grow(e->v, e->n, sizeof(*e->v));

	if (grown == NULL) {
		expand_error(x, -ENOMEM, "%s: %s", e->name, strerror(ENOMEM));
		return false;
	}
	e->v = grown;
	e->v[e->n++] = v;
	return true;
}

/* The jail's number, if its block's name is one. */
static bool
is_number(const char *name)
{
	return name[strspn(name, "0123456789")] == '\0' &&
	       name[strspn(name, "0")] != '\0';
}

static void
imply(struct expand *x)
{
	bool number = is_number(x->jail->name);
	struct setting *e = insert(x, number ? "jid" : "name", false);

	if (e == NULL) {
		expand_error(x, -ENOMEM, "%s", strerror(ENOMEM));
		return;
	}
	x->id_piece = (struct piece){ .text = x->jail->name };
	x->id_value = (struct value){ .v = &x->id_piece, .n = 1 };
	e->implied = true;
	(void)add_value(x, e, &x->id_value);
}

/* Is this the statement's only value? */
static bool
is_value(const struct stmt *s, const char *text)
{
	return s->n == 1 && s->v[0].n == 1 && !s->v[0].v[0].var &&
	       strcmp(s->v[0].v[0].text, text) == 0;
}

/*
 * jid and name are set once.  A name of its own stands above the name of the
 * block; a number can only be said again.
 */
static bool
may_set(struct expand *x, struct setting *e, const struct stmt *s)
{
	bool jid = strcmp(e->name, "jid") == 0;

	if (e->var || (!jid && strcmp(e->name, "name") != 0))
		return true;
	if (e->implied && (!jid || is_value(s, x->jail->name))) {
		e->implied = false;
		return true;
	}
	expand_error(x, -EINVAL, "cannot redefine parameter \"%s\".", e->name);
	return false;
}

static void
apply(struct expand *x, const struct stmt *s)
{
	struct setting *e = find(x, key_of(s->name, s->var));
	size_t i;

	if (e == NULL) {
		if ((e = insert(x, s->name, s->var)) == NULL) {
			expand_error(
			    x, -ENOMEM, "%s: %s", s->name, strerror(ENOMEM));
			return;
		}
	} else if (e->var != s->var) {
		if (!e->clash)
			expand_error(x, -EINVAL,
			    "variable \"$%s\" cannot have the same name as a "
			    "parameter.",
			    s->name);
		e->clash = true;
		return;
	} else if (!may_set(x, e, s)) {
		return;
	} else if (!s->append) {
		free(e->v);
		e->v = NULL;
		e->n = 0;
	}
	e->name = s->name;
	e->file = s->file;
	e->line = s->line;
	for (i = 0; i < s->n && add_value(x, e, &s->v[i]); i++)
		;
}

/*
 * The sections that apply, in the order of the file: each goes to fn.  The
 * jail's own block has its place among the patterns.
 */
static void
each_section(
    struct expand *x, void (*fn)(struct expand *x, const struct section *sec))
{
	const struct conf *c = x->conf;
	const struct section *sec;
	bool own = false;
	size_t i;

	for (i = 0; i < c->n_wild; i++) {
		sec = &c->sec[c->wild[i]];
		if (!own && x->jail < sec) {
			fn(x, x->jail);
			own = true;
		}
		if (conf_match(sec->name, x->jail->name))
			fn(x, sec);
	}
	if (!own)
		fn(x, x->jail);
}

static void
count_section(struct expand *x, const struct section *sec)
{
	x->room += sec->n;
}

static void
apply_section(struct expand *x, const struct section *sec)
{
	size_t i;

	for (i = 0; x->err != -ENOMEM && i < sec->n; i++)
		apply(x, &sec->s[i]);
}

void
merge(struct expand *x)
{
	x->room = 1;
	each_section(x, count_section);
	x->e = calloc(x->room, sizeof(*x->e));
	if (x->e == NULL || hcreate_r(x->room * 2, &x->index) == 0) {
		expand_error(x, -ENOMEM, "%s", strerror(ENOMEM));
		return;
	}
	imply(x);
	each_section(x, apply_section);
}

void
merge_done(struct expand *x)
{
	size_t i, k;

	for (i = 0; i < x->n; i++) {
		for (k = 0; k < x->e[i].n_out; k++)
			free(x->e[i].out[k]);
		free(x->e[i].out);
		free(x->e[i].v);
	}
	free(x->e);
	hdestroy_r(&x->index);
}

struct setting *
merge_find(struct expand *x, const char *name)
{
	struct setting *e = find(x, name);

	return e != NULL && e->n > 0 && strcmp(e->name, name) == 0 ? e : NULL;
}
