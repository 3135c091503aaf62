/* SPDX-License-Identifier: BSD-2-Clause */
/* A set of parameter values. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "cleanup.h"
#include "jerr.h"
#include "pset.h"
#include "value.h"

static void
pval_done(struct pval *v)
{
	size_t i;

	for (i = 0; i < v->n; i++)
		free(v->v[i]);
	free(v->v);
	*v = (struct pval){ 0 };
}

void
pset_done(struct pset *s)
{
	size_t i;

	for (i = 0; i < P_COUNT; i++)
		pval_done(&s->val[i]);
	free(s->key);
	s->key = NULL;
}

int
pset_raw(struct pset *s, enum param_id id, const char *text)
{
	struct pval *v = &s->val[id];
	char **array, *copy;

	if ((copy = strdup(text)) == NULL)
		return -ENOMEM;
	if ((array = grow(v->v, v->n, sizeof(*v->v))) == NULL) {
		free(copy);
		return -ENOMEM;
	}
	v->v = array;
	v->v[v->n++] = copy;
	v->set = true;
	return 0;
}

int
pset_put(struct pset *s, enum param_id id, const char *text)
{
	struct pval old = s->val[id];
	int r;

	s->val[id] = (struct pval){ 0 };
	if ((r = pset_raw(s, id, text)) < 0)
		s->val[id] = old;
	else
		pval_done(&old);
	return r;
}

void
pset_clear(struct pset *s, enum param_id id)
{
	pval_done(&s->val[id]);
}

/* An address list: the comma separated ones are appended. */
static int
add_addresses(struct pset *s, enum param_id id, const char *value,
    struct jerr *e)
{
	auto_free char *copy = strdup(value != NULL ? value : "");
	char *rest = copy, *word;
	int r = 0;

	if (copy == NULL)
		return jerr_sys(e, ENOMEM, "%s", param(id)->name);
	s->val[id].set = true;
	if (*copy == '\0' || strcmp(copy, "-") == 0)
		return 0;
	while (r == 0 && (word = strsep(&rest, ",")) != NULL) {
		auto_buf struct buf b = BUF_INIT;

		r = value_address(param(id), word, &b, e);
		if (r == 0 && (buf_err(&b) < 0 || pset_raw(s, id, b.p) < 0))
			r = jerr_sys(e, ENOMEM, "%s", param(id)->name);
	}
	return r;
}

/* meta.KEY: change one line of the text. */
static int
add_key(struct pset *s, enum param_id id, const char *name, const char *value,
    struct jerr *e)
{
	const struct jailx_param *p = param(id);
	const char *old = pset_get(s, id, 0);
	auto_buf struct buf b = BUF_INIT, canon = BUF_INIT;
	int r;

	if (value_key_set(old != NULL ? old : "", name + strlen(p->name) + 1,
	    value, &b) < 0)
		return jerr_sys(e, ENOMEM, "%s", name);
	if ((r = value_canon(p, b.p, false, &canon, e)) < 0)
		return r;
	if (buf_err(&canon) < 0 || pset_put(s, id, canon.p) < 0)
		return jerr_sys(e, ENOMEM, "%s", name);
	return 0;
}

static int
unknown(const char *name, struct jerr *e)
{
	const char *near = jailx_param_suggest(name);

	if (near == NULL)
		return jerr(e, ENOENT, "unknown parameter: %s", name);
	return jerr(e, ENOENT, "unknown parameter: %s (did you mean %s?)",
	    name, near);
}

int
pset_add(struct pset *s, const char *name, const char *value, struct jerr *e)
{
	bool no = false;
	enum param_id id = param_find(name, &no);
	const struct jailx_param *p;
	auto_buf struct buf b = BUF_INIT;
	int r;

	if (id == P_COUNT)
		return unknown(name, e);
	p = param(id);
	if (p->type == JAILX_IP4 || p->type == JAILX_IP6)
		return add_addresses(s, id, value, e);
	if (p->type == JAILX_KEYVALUE && strcmp(name, p->name) != 0)
		return add_key(s, id, name, value, e);
	if (p->type == JAILX_LIST && value == NULL) {
		s->val[id].set = true;
		return 0;
	}
	if ((r = value_canon(p, value, no, &b, e)) < 0)
		return r;
	if (buf_err(&b) < 0)
		return jerr_sys(e, ENOMEM, "%s", name);
	r = p->type == JAILX_LIST ? pset_raw(s, id, b.p != NULL ? b.p : "") :
	    pset_put(s, id, b.p != NULL ? b.p : "");
	return r < 0 ? jerr_sys(e, -r, "%s", name) : 0;
}

bool
pset_has(const struct pset *s, enum param_id id)
{
	return s->val[id].set;
}

const char *
pset_get(const struct pset *s, enum param_id id, size_t i)
{
	const struct pval *v = &s->val[id];

	if (i < v->n)
		return v->v[i];
	return v->set || i > 0 ? NULL : param(id)->def;
}

size_t
pset_count(const struct pset *s, enum param_id id)
{
	if (s->val[id].set)
		return s->val[id].n;
	return param(id)->def != NULL;
}

long
pset_int(const struct pset *s, enum param_id id)
{
	const char *text = pset_get(s, id, 0);

	return text != NULL ? strtol(text, NULL, 10) : 0;
}

bool
pset_is(const struct pset *s, enum param_id id, const char *text)
{
	const char *value = pset_get(s, id, 0);

	return value != NULL && strcmp(value, text) == 0;
}

bool
pset_bool(const struct pset *s, enum param_id id)
{
	return pset_is(s, id, "true");
}

int
pset_merge(struct pset *to, const struct pset *from)
{
	size_t i, k;

	for (i = 0; i < P_COUNT; i++) {
		if (!from->val[i].set)
			continue;
		pval_done(&to->val[i]);
		to->val[i].set = true;
		for (k = 0; k < from->val[i].n; k++) {
			if (pset_raw(to, (enum param_id)i,
			    from->val[i].v[k]) < 0)
				return -ENOMEM;
		}
	}
	return 0;
}
