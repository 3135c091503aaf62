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

	v->set = false;
	if (v->v == NULL)
		return; /* as most are */
	for (i = 0; i < v->n; i++)
		free(v->v[i]);
	free(v->v);
	*v = (struct pval){ 0 };
}

static int
pval_add(struct pval *v, char *text)
{
	char **array;

	if (text == NULL || (array = grow(v->v, v->n, sizeof(*v->v))) == NULL) {
		free(text);
		return -ENOMEM;
	}
	v->v = array;
	v->v[v->n++] = text;
	v->set = true;
	return 0;
}

void
pset_done(struct pset *s)
{
	size_t i;

	for (i = 0; i < P_COUNT; i++)
		pval_done(&s->val[i]);
	pval_done(&s->keys);
	free(s->key);
	s->key = NULL;
	free(s->ifaddrs);
	s->ifaddrs = NULL;
	s->nifaddrs = 0;
}

int
pset_raw(struct pset *s, enum param_id id, const char *text)
{
	return pval_add(&s->val[id], strdup(text));
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
	int family = id == P_IP4_ADDR	? AF_INET
		     : id == P_IP6_ADDR ? AF_INET6
					: 0;
	size_t i, n = 0;

	pval_done(&s->val[id]);
	for (i = 0; i < s->nifaddrs; i++) {
		if (s->ifaddrs[i].family != family)
			s->ifaddrs[n++] = s->ifaddrs[i];
	}
	s->nifaddrs = n;
}

/* Back to n elements. */
static void
pval_cut(struct pval *v, size_t n, bool set)
{
	while (v->n > n)
		free(v->v[--v->n]);
	v->set = set;
}

typedef int add_fn(
    struct pset *s, enum param_id id, const char *word, struct jerr *e);

static int
add_address(struct pset *s, enum param_id id, const char *word, struct jerr *e)
{
	auto_buf struct buf b = BUF_INIT;
	int r = value_address(param(id), word, &b, e);

	if (r == 0 && (buf_err(&b) < 0 || pset_raw(s, id, b.p) < 0))
		r = jerr_sys(e, ENOMEM, "%s", param(id)->name);
	return r;
}

static int
add_ifaddr(struct pset *s, enum param_id id, const char *word, struct jerr *e)
{
	struct if_addr *array, a;
	int r = ifaddr_parse(&a, param(id), word, e);

	if (r < 0)
		return r;
	if ((array = grow(s->ifaddrs, s->nifaddrs, sizeof(a))) != NULL)
		s->ifaddrs = array;
	if (array == NULL || pset_raw(s, id, a.addr) < 0)
		return jerr_sys(e, ENOMEM, "%s", param(id)->name);
	array[s->nifaddrs++] = a;
	return 0;
}

/* An address list: the comma separated ones are appended. */
static int
add_addresses(struct pset *s, enum param_id id, const char *value, add_fn *add,
    struct jerr *e)
{
	auto_free char *copy = strdup(value != NULL ? value : "");
	const struct pval was = s->val[id];
	size_t nifaddrs = s->nifaddrs;
	char *rest = copy, *word;
	int r = 0;

	if (copy == NULL)
		return jerr_sys(e, ENOMEM, "%s", param(id)->name);
	s->val[id].set = true;
	if (*copy == '\0' || strcmp(copy, "-") == 0)
		return 0;
	while (r == 0 && (word = strsep(&rest, ",")) != NULL)
		r = add(s, id, word, e);
	if (r < 0) {
		pval_cut(&s->val[id], was.n, was.set);
		s->nifaddrs = nifaddrs;
	}
	return r;
}

/* Lists of words, which may be given together. */
static bool
is_words(enum param_id id)
{
	return id == P_VNET_INTERFACE || id == P_VNET_ADDR ||
	       id == P_VNET_GATEWAY || id == P_IP4_HOSTPORTS;
}

static int
add_words(struct pset *s, enum param_id id, const char *value, struct jerr *e)
{
	auto_free char *copy = strdup(value != NULL ? value : "");
	const struct pval was = s->val[id];
	char *rest = copy, *word;

	s->val[id].set = true;
	while ((word = strsep(&rest, ", \t\n")) != NULL) {
		if (*word == '\0' || pset_raw(s, id, word) == 0)
			continue;
		pval_cut(&s->val[id], was.n, was.set);
		return jerr_sys(e, ENOMEM, "%s", param(id)->name);
	}
	return copy == NULL ? jerr_sys(e, ENOMEM, "%s", param(id)->name) : 0;
}

/* meta.KEY: to be applied to the text that the jail has then. */
static int
add_key(struct pset *s, const char *name, const char *value, struct jerr *e)
{
	struct buf b = BUF_INIT;

	if (strpbrk(name, "=\n") != NULL ||
	    (value != NULL && strchr(value, '\n') != NULL))
		return jerr(e, EINVAL,
		    "%s: a key or its value cannot hold "
		    "a line break",
		    name);
	buf_str(&b, name);
	if (value != NULL)
		buf_fmt(&b, "=%s", value);
	return pval_add(&s->keys, buf_take(&b)) < 0
		   ? jerr_sys(e, ENOMEM, "%s", name)
		   : 0;
}

/* Apply one change of a key. */
static int
apply_key(struct pset *s, const char *change, struct jerr *e)
{
	auto_free char *name = strndup(change, strcspn(change, "="));
	enum param_id id = name != NULL ? param_find(name, NULL) : P_COUNT;
	const char *value = strchr(change, '='), *old;
	auto_buf struct buf b = BUF_INIT, canon = BUF_INIT;
	int r;

	if (id == P_COUNT)
		return jerr_sys(e, ENOMEM, "%s", change);
	old = pset_get(s, id, 0);
	if (value_key_set(old != NULL ? old : "",
		name + strlen(param(id)->name) + 1,
		value != NULL ? value + 1 : NULL, &b) < 0)
		return jerr_sys(e, ENOMEM, "%s", name);
	if ((r = value_canon(
		 param(id), b.p != NULL ? b.p : "", false, &canon, e)) < 0)
		return r;
	if (buf_err(&canon) < 0 ||
	    pset_put(s, id, canon.p != NULL ? canon.p : "") < 0)
		return jerr_sys(e, ENOMEM, "%s", name);
	return 0;
}

static int
unknown(const char *name, struct jerr *e)
{
	const char *near = jailx_param_suggest(name);

	if (near == NULL)
		return jerr(e, ENOENT, "unknown parameter: %s", name);
	return jerr(
	    e, ENOENT, "unknown parameter: %s (did you mean %s?)", name, near);
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
		return add_addresses(s, id, value, add_address, e);
	if (p->type == JAILX_KEYVALUE && strcmp(name, p->name) != 0)
		return add_key(s, name, value, e);
	/* as jls -s has one of a jail's with nothing in it */
	if (p->type == JAILX_LIST &&
	    (value == NULL ||
		(*value == '\0' && (p->flags & JAILX_PSEUDO) == 0))) {
		s->val[id].set = true;
		return 0;
	}
	if (is_words(id))
		return add_words(s, id, value, e);
	if ((r = value_canon(p, value, no, &b, e)) < 0)
		return r;
	if (buf_err(&b) < 0)
		return jerr_sys(e, ENOMEM, "%s", name);
	r = p->type == JAILX_LIST ? pset_raw(s, id, b.p != NULL ? b.p : "")
				  : pset_put(s, id, b.p != NULL ? b.p : "");
	return r < 0 ? jerr_sys(e, -r, "%s", name) : 0;
}

int
pset_add_ifaddr(
    struct pset *s, const char *name, const char *value, struct jerr *e)
{
	enum param_id id = param_exact(name, 0);

	if (id == P_IP4_ADDR || id == P_IP6_ADDR)
		return add_addresses(s, id, value, add_ifaddr, e);
	if (id == P_INTERFACE && value != NULL && *value != '\0' &&
	    ifaddr_check_interface(name, value, e) < 0)
		return -EINVAL;
	return pset_add(s, name, value, e);
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
pset_copy(struct pset *to, const struct pset *from, enum param_id id)
{
	size_t i;
	int r = 0;

	pval_done(&to->val[id]);
	to->val[id].set = from->val[id].set;
	for (i = 0; r == 0 && i < from->val[id].n; i++)
		r = pset_raw(to, id, from->val[id].v[i]);
	return r;
}

int
pset_merge(struct pset *to, const struct pset *from, struct jerr *e)
{
	size_t i, k;
	int r = 0;

	for (i = 0; i < P_COUNT; i++) {
		if (from->val[i].set &&
		    pset_copy(to, from, (enum param_id)i) < 0)
			return jerr_sys(e, ENOMEM, "parameters");
	}
	for (k = 0; r == 0 && k < from->keys.n; k++)
		r = apply_key(to, from->keys.v[k], e);
	return r;
}
