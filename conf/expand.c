/* SPDX-License-Identifier: BSD-2-Clause */
/* The values of variables put in their places. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "cleanup.h"
#include "expand.h"
#include "jailx.h"

#define SIZE_LIMIT ((size_t)4 << 20) /* bytes of all values of a jail */
#define VALUE_COST 64 /* counted for each beside its text */
#define DEPTH_MAX 128 /* of variables in variables */

static int resolve(struct expand *x, struct setting *e);

static int
no_memory(struct expand *x, const struct setting *e)
{
	expand_error(x, -ENOMEM, "%s: %s", e->name, strerror(ENOMEM));
	return -ENOMEM;
}

/*
 * Is there room for this many bytes more?  Variables that hold variables can
 * multiply a text without end.
 */
static int
spend(struct expand *x, const struct setting *e, size_t bytes)
{
	if (x->left == 0)
		return -EINVAL; /* that was said */
	if (bytes < x->left) {
		x->left -= bytes;
		return 0;
	}
	x->left = 0;
	expand_error(
	    x, -EINVAL, "%s: values of over %zu bytes", e->name, SIZE_LIMIT);
	return -EINVAL;
}

/* Append a value and own it, also on failure. */
static int
add_out(struct expand *x, struct setting *e, char *text)
{
	char **grown;
	int r;

	if (text != NULL && (r = spend(x, e, VALUE_COST)) < 0) {
		free(text);
		return r;
	}
	if (text == NULL ||
	    (grown = grow(e->out, e->n_out, sizeof(*e->out))) == NULL) {
		free(text);
		return no_memory(x, e);
	}
	e->out = grown;
	e->out[e->n_out++] = text;
	return 0;
}

/* A variable, or parameter, that e names: its values, at least one. */
static int
look_up(struct expand *x, const struct setting *e, const char *name,
    char *const **ret, size_t *ret_n)
{
	struct setting *var = merge_find(x, name);
	int r;

	if (var == NULL && strcmp(name, "name") == 0) {
		/* that of a jail whose block is a number */
		*ret = &x->jail->name;
		*ret_n = 1;
		return 0;
	}
	if (var == NULL) {
		expand_error(
		    x, -EINVAL, "%s: variable \"%s\" not found", e->name, name);
		return -EINVAL;
	}
	if ((r = resolve(x, var)) < 0)
		return r;
	*ret = var->out;
	*ret_n = var->n_out;
	return 0;
}

/* Several values stand where a value is nothing but their variable. */
static int
splice(struct expand *x, struct setting *e, const char *name)
{
	char *const *text;
	size_t i, n;
	int r;

	if ((r = look_up(x, e, name, &text, &n)) < 0)
		return r;
	for (i = 0; i < n; i++) {
		if ((r = spend(x, e, strlen(text[i]))) < 0 ||
		    (r = add_out(x, e, strdup(text[i]))) < 0)
			return r;
	}
	return 0;
}

static int
add_piece(struct expand *x, struct setting *e, const struct piece *piece,
    struct buf *b)
{
	const char *text = piece->text;
	char *const *values;
	size_t n;
	int r;

	if (piece->var) {
		if ((r = look_up(x, e, text, &values, &n)) < 0)
			return r;
		if (n > 1) {
			expand_error(x, -EINVAL,
			    "%s: array cannot be substituted inline", e->name);
			return -EINVAL;
		}
		text = values[0];
	}
	if ((r = spend(x, e, strlen(text))) < 0)
		return r;
	buf_str(b, text);
	return 0;
}

static int
resolve_value(struct expand *x, struct setting *e, const struct value *v)
{
	auto_buf struct buf b = BUF_INIT;
	size_t i;
	int r, bad = 0;

	if (v->n == 1 && v->v[0].var)
		return splice(x, e, v->v[0].text);
	for (i = 0; i < v->n; i++) {
		if ((r = add_piece(x, e, &v->v[i], &b)) < 0)
			bad = r; /* what else is wrong is said, too */
	}
	return bad < 0 ? bad : add_out(x, e, buf_take(&b));
}

static int
resolve(struct expand *x, struct setting *e)
{
	size_t i;
	int r, bad = 0;

	if (e->state == RES_DONE || e->state == RES_BAD)
		return e->state == RES_DONE ? 0 : -EINVAL;
	if (e->state == RES_ACTIVE) {
		expand_error(x, -EINVAL, "%s: variable loop", e->name);
		return -EINVAL;
	}
	if (x->depth >= DEPTH_MAX) {
		expand_error(
		    x, -EINVAL, "%s: variables nested too deeply", e->name);
		return -EINVAL;
	}
	e->state = RES_ACTIVE;
	x->depth++;
	for (i = 0; i < e->n; i++) {
		if ((r = resolve_value(x, e, e->v[i])) < 0)
			bad = r;
	}
	x->depth--;
	e->state = bad < 0 ? RES_BAD : RES_DONE;
	return bad;
}

/* What is no variable goes to the caller. */
static int
hand_over(struct expand *x, struct conf_jail *j)
{
	struct conf_param *p;
	struct setting *e;
	size_t i;

	if ((j->p = calloc(x->n + 1, sizeof(*j->p))) == NULL)
		return -ENOMEM;
	for (i = 0; i < x->n; i++) {
		e = &x->e[i];
		if (e->var)
			continue;
		p = &j->p[j->n];
		if ((p->name = strdup(e->name)) == NULL)
			return -ENOMEM;
		p->v = take_ptr(e->out);
		p->n = e->n_out;
		p->file = e->file;
		p->line = e->line;
		e->n_out = 0;
		j->n++;
	}
	return 0;
}

int
conf_jail(const struct conf *c, size_t i, struct conf_jail **ret,
    const struct conf_say *say)
{
	struct expand x = { .conf = c,
		.jail = tree_jail(c, i),
		.say = say,
		.left = SIZE_LIMIT };
	struct conf_jail *j = calloc(1, sizeof(*j));
	size_t k;

	if (j == NULL) {
		expand_error(&x, -ENOMEM, "%s", strerror(ENOMEM));
		return -ENOMEM;
	}
	merge(&x);
	for (k = 0; x.err != -ENOMEM && k < x.n; k++)
		(void)resolve(&x, &x.e[k]); /* x.err has it */
	if (x.err == 0 && hand_over(&x, j) < 0)
		expand_error(&x, -ENOMEM, "%s", strerror(ENOMEM));
	merge_done(&x);
	if (x.err < 0) {
		conf_jail_free(j);
		return x.err;
	}
	j->name = conf_name(c, i);
	*ret = j;
	return 0;
}

void
conf_jail_free(struct conf_jail *j)
{
	size_t i, k;

	if (j == NULL)
		return;
	for (i = 0; i < j->n; i++) {
		for (k = 0; k < j->p[i].n; k++)
			free(j->p[i].v[k]);
		free(j->p[i].v);
		free(j->p[i].name);
	}
	free(j->p);
	free(j);
}

const struct conf_param *
conf_get(const struct conf_jail *j, const char *name)
{
	const struct jailx_param *p;
	size_t i;
	bool no;

	for (i = 0; i < j->n; i++) {
		if (strcmp(j->p[i].name, name) == 0)
			return &j->p[i];
		no = false;
		p = jailx_param_find(j->p[i].name, &no);
		if (no && strcmp(p->name, name) == 0)
			return &j->p[i];
	}
	return NULL;
}
