/* SPDX-License-Identifier: BSD-2-Clause */
/* What a jail may have beside its parent: see bounds.h. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "bounds.h"
#include "cleanup.h"
#include "jerr.h"

/* How the child's value is held to the parent's. */
enum bound {
	NOT_BELOW, /* a number that is not lower */
	LOWER, /* a number that is lower, or 0 */
	EQUAL,
	NOT_ABOVE, /* a boolean that is on only where the parent's is */
	NOT_OFF, /* one that is on where the parent's is, on its stack */
	NOT_INHERIT, /* "inherit" only where the parent has not what isnt says
		      */
	ANY,
};

static const struct row {
	enum param_id id;
	enum bound bound;
	bool fill; /* the parent's, where nothing is said */
	const char *isnt;
} rows[] = {
	{ P_SECURELEVEL, NOT_BELOW, true, NULL },
	{ P_ENFORCE_STATFS, NOT_BELOW, false, NULL },
	{ P_DEVFS_RULESET, EQUAL, true, NULL },
	{ P_OSRELEASE, ANY, true, NULL },
	{ P_OSRELDATE, ANY, true, NULL },
	{ P_CHILDREN_MAX, LOWER, false, NULL },
	{ P_UNIX_PRIVATE, NOT_OFF, true, NULL },
	/* the host's ids, where the parent has not even those */
	{ P_USERNS, NOT_INHERIT, false, "new" },
	{ P_SYSVMSG, NOT_INHERIT, false, "disable" },
	{ P_SYSVSEM, NOT_INHERIT, false, "disable" },
	{ P_SYSVSHM, NOT_INHERIT, false, "disable" },
};

static const struct family {
	enum param_id mode, addr;
} families[] = {
	{ P_IP4, P_IP4_ADDR },
	{ P_IP6, P_IP6_ADDR },
};

static bool
is_allow(enum param_id id)
{
	return strncmp(param(id)->name, "allow.", strlen("allow.")) == 0 &&
	       (param(id)->flags & JAILX_PSEUDO) == 0;
}

/* 0 is a word for the default one. */
static long
number(const struct pset *s, enum param_id id)
{
	long n = pset_int(s, id);

	return id == P_DEVFS_RULESET && n == 0 ? 4 : n;
}

static bool
holds(const struct pset *child, const struct pset *above, enum param_id id,
    enum bound bound, const char *isnt)
{
	long max = pset_int(above, id);

	switch (bound) {
	case NOT_BELOW:
		return pset_int(child, id) >= max;
	case LOWER:
		return pset_int(child, id) == 0 || pset_int(child, id) < max;
	case EQUAL:
		return number(child, id) == number(above, id);
	case NOT_ABOVE:
		return !pset_bool(child, id) || pset_bool(above, id);
	case NOT_OFF:
		return pset_bool(child, id) || !pset_bool(above, id) ||
		       pset_is(child, P_VNET, "new");
	case NOT_INHERIT:
		return !pset_is(child, id, "inherit") ||
		       !pset_is(above, id, isnt);
	case ANY:
		break;
	}
	return true;
}

/* ---- addresses ---- */

static bool
has_element(const struct pset *s, enum param_id id, const char *text)
{
	size_t i;

	for (i = 0; i < pset_count(s, id); i++) {
		if (strcmp(pset_get(s, id, i), text) == 0)
			return true;
	}
	return false;
}

static bool
is_new(const struct pset *s, const struct family *f)
{
	return !pset_is(s, P_VNET, "new") &&
	       (pset_is(s, f->mode, "new") || pset_count(s, f->addr) > 0);
}

/*
 * "inherit" is what the parent has: nothing, or, beside addresses of its own
 * of the other family, the same addresses; else it follows the parent's.
 */
static int
fill_family(struct pset *child, const struct pset *above,
    const struct family *f, const struct family *other)
{
	int r;

	if (pset_is(child, P_VNET, "new") ||
	    !pset_is(child, f->mode, "inherit") ||
	    pset_count(child, f->addr) > 0)
		return 0;
	if (pset_is(above, f->mode, "disable"))
		return pset_put(child, f->mode, "disable");
	if (!pset_is(above, f->mode, "new") || !is_new(child, other))
		return 0;
	if ((r = pset_put(child, f->mode, "new")) < 0)
		return r;
	return pset_copy(child, above, f->addr);
}

static int
check_family(const struct pset *child, const struct pset *above,
    const struct family *f, struct jerr *e)
{
	size_t i;

	if (!is_new(child, f))
		return 0;
	if (pset_is(above, P_VNET, "new"))
		return jerr(e, ENOTSUP,
		    "%s: not supported yet in a child of a jail with vnet: "
		    "give it vnet, or %s=inherit",
		    param(f->addr)->name, param(f->mode)->name);
	if (pset_is(above, f->mode, "inherit"))
		return 0;
	for (i = 0; i < pset_count(child, f->addr); i++) {
		const char *text = pset_get(child, f->addr, i);

		if (pset_is(above, f->mode, "disable") ||
		    !has_element(above, f->addr, text))
			return jerr(e, EPERM,
			    "jail_set: Operation not permitted (%s: %s is not "
			    "among its parent's addresses)",
			    param(f->addr)->name, text);
	}
	return 0;
}

/* Without the elements that the parent has not. */
static int
tighten_list(const struct pset *child, const struct pset *above,
    enum param_id id, struct pset *ret)
{
	size_t i, n = pset_count(child, id);
	int r = 0;

	for (i = 0; i < n; i++) {
		if (!has_element(above, id, pset_get(child, id, i)))
			ret->val[id].set = true;
	}
	for (i = 0; r == 0 && ret->val[id].set && i < n; i++) {
		const char *text = pset_get(child, id, i);

		if (has_element(above, id, text))
			r = pset_raw(ret, id, text);
	}
	return r;
}

static int
tighten_family(const struct pset *child, const struct pset *above,
    const struct family *f, struct pset *ret)
{
	if (!is_new(child, f) || !pset_is(above, f->mode, "new"))
		return 0;
	return tighten_list(child, above, f->addr, ret);
}

/* ---- all ---- */

/* What the parent has not is off where nothing is said. */
static int
fill_allow(struct pset *child, const struct pset *above)
{
	enum param_id id;
	int r = 0;

	for (id = 0; r == 0 && id < P_COUNT; id++) {
		if (is_allow(id) && !pset_has(child, id) &&
		    !holds(child, above, id, NOT_ABOVE, NULL))
			r = pset_put(child, id, "false");
	}
	return r;
}

int
bounds_fill(struct pset *child, const struct pset *above, struct jerr *e)
{
	int r = fill_allow(child, above);
	size_t i;

	for (i = 0; r == 0 && i < nitems(rows); i++) {
		const char *text = pset_get(above, rows[i].id, 0);

		if (rows[i].fill && !pset_has(child, rows[i].id) &&
		    text != NULL &&
		    (rows[i].bound != NOT_OFF ||
			!holds(child, above, rows[i].id, NOT_OFF, NULL)))
			r = pset_put(child, rows[i].id, text);
	}
	for (i = 0; r == 0 && i < nitems(families); i++)
		r = fill_family(child, above, &families[i],
		    &families[nitems(families) - 1 - i]);
	return r < 0 ? jerr_sys(e, -r, "parameters") : 0;
}

static int
too_much(enum param_id id, const struct pset *above, struct jerr *e)
{
	const char *text = pset_get(above, id, 0);

	return jerr(e, EPERM,
	    "jail_set: Operation not permitted (%s: its parent has %s)",
	    param(id)->name, text != NULL ? text : "none");
}

int
bounds_check(const struct pset *child, const struct pset *above, struct jerr *e)
{
	enum param_id id;
	size_t i;
	int r = 0;

	for (i = 0; i < nitems(rows); i++) {
		if (!holds(
			child, above, rows[i].id, rows[i].bound, rows[i].isnt))
			return too_much(rows[i].id, above, e);
	}
	for (id = 0; id < P_COUNT; id++) {
		if (is_allow(id) && !holds(child, above, id, NOT_ABOVE, NULL))
			return too_much(id, above, e);
	}
	for (i = 0; i < pset_count(child, P_IP4_HOSTPORTS); i++) {
		const char *port = pset_get(child, P_IP4_HOSTPORTS, i);

		if (!has_element(above, P_IP4_HOSTPORTS, port))
			return jerr(e, EPERM,
			    "jail_set: Operation not permitted (%s: its parent "
			    "may not have %s)",
			    param(P_IP4_HOSTPORTS)->name, port);
	}
	for (i = 0; r == 0 && i < nitems(families); i++)
		r = check_family(child, above, &families[i], e);
	return r;
}

static int
tighten_row(const struct pset *child, const struct pset *above,
    const struct row *row, struct pset *ret)
{
	long max = pset_int(above, row->id);
	char text[24];

	if (holds(child, above, row->id, row->bound, row->isnt) ||
	    row->bound == NOT_INHERIT)
		return 0; /* what is fixed at the creation cannot change */
	if (row->bound == LOWER)
		max = max > 0 ? max - 1 : 0;
	if (row->bound == NOT_OFF)
		return pset_put(ret, row->id, "true");
	(void)snprintf(text, sizeof(text), "%ld", max);
	return pset_put(ret, row->id, text);
}

int
bounds_tighten(const struct pset *child, const struct pset *above,
    struct pset *ret, struct jerr *e)
{
	struct pset less = { 0 };
	enum param_id id;
	size_t i;
	int r = 0;

	for (i = 0; r == 0 && i < nitems(rows); i++)
		r = tighten_row(child, above, &rows[i], &less);
	for (id = 0; r == 0 && id < P_COUNT; id++) {
		if (is_allow(id) && !holds(child, above, id, NOT_ABOVE, NULL))
			r = pset_put(&less, id, "false");
	}
	for (i = 0; r == 0 && i < nitems(families); i++)
		r = tighten_family(child, above, &families[i], &less);
	if (r == 0)
		r = tighten_list(child, above, P_IP4_HOSTPORTS, &less);
	if (r < 0) {
		pset_done(&less);
		return jerr_sys(e, -r, "parameters");
	}
	*ret = less;
	return 0;
}
