/* SPDX-License-Identifier: BSD-2-Clause */
/* A jail and its parent: see above.h. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "above.h"
#include "bounds.h"
#include "buf.h"
#include "build.h"
#include "cleanup.h"
#include "jail_bpf.h"
#include "jerr.h"
#include "nest.h"

static const struct {
	enum param_id mode, addr;
} families[] = {
	{ P_IP4, P_IP4_ADDR },
	{ P_IP6, P_IP6_ADDR },
};

/* ---- what a jail has ---- */

/* What is "inherit" becomes what the parent says.  1: it says so, too. */
static int
resolve_from(struct pset *ret, const struct pset *above)
{
	bool more = false;
	size_t i;
	int r = 0;

	for (i = 0; r == 0 && i < nitems(families); i++) {
		if (!pset_is(ret, families[i].mode, "inherit"))
			continue;
		more |= pset_is(above, families[i].mode, "inherit");
		if ((r = pset_copy(ret, above, families[i].mode)) == 0)
			r = pset_copy(ret, above, families[i].addr);
	}
	return r < 0 ? r : more;
}

static bool
is_inheriting(const struct pset *s)
{
	return !pset_is(s, P_VNET, "new") &&
	       (pset_is(s, P_IP4, "inherit") || pset_is(s, P_IP6, "inherit"));
}

/* One step up.  1: more may be to be found above; *parent goes there. */
static int
resolve_step(
    struct pset *own, int jails, int *parent, bool *ret_vnet, struct jerr *e)
{
	struct record above;
	int r = jail_read_other(jails, *parent, &above, e);

	if (r <= 0)
		return r < 0 ? r
			     : jerr(e, ENOENT, "jail %d not found", *parent);
	*parent = above.parent;
	if (pset_is(&above.params, P_VNET, "new")) {
		*ret_vnet = true;
		r = 0; /* all that its stack has */
	} else if ((r = resolve_from(own, &above.params)) < 0) {
		(void)jerr_sys(e, -r, "parameters");
	}
	record_done(&above);
	return r;
}

/* *ret_vnet: of a stack that is not the host's. */
static int
resolve(
    struct pset *ret, const struct record *rec, bool *ret_vnet, struct jerr *e)
{
	auto_close int jails = jails_dir(false, e);
	struct pset own = { 0 };
	int parent = rec->parent, r;

	*ret_vnet = pset_is(&rec->params, P_VNET, "new");
	if (jails < 0)
		return jails;
	if ((r = pset_merge(&own, &rec->params, e)) == 0)
		r = is_inheriting(&own);
	while (r == 1 && parent != 0)
		r = resolve_step(&own, jails, &parent, ret_vnet, e);
	if (r < 0)
		pset_done(&own);
	else
		*ret = own;
	return r < 0 ? r : 0;
}

int
above_resolve(struct pset *ret, const struct record *rec, struct jerr *e)
{
	bool vnet;

	return resolve(ret, rec, &vnet, e);
}

static int
read_above(const struct jail *above, struct pset *ret, struct jerr *e)
{
	bool alive, vnet = false;
	struct record rec;
	int r;

	if ((r = jail_read(above, false, &rec, &alive)) < 0 || !alive) {
		if (r == 0)
			record_done(&rec);
		return r == -EPROTO
			   ? jail_unreadable(above->jid, e)
			   : jerr(e, ENOENT, "jail %d not found", above->jid);
	}
	r = resolve(ret, &rec, &vnet, e);
	record_done(&rec);
	/* for bounds_check(): it is not the host's stack */
	if (r == 0 && vnet && pset_put(ret, P_VNET, "new") < 0)
		r = jerr_sys(e, ENOMEM, "parameters");
	return r;
}

/* ---- a new one ---- */

/* By the name before the last dot. */
static int
find_parent(struct build *b, size_t len, struct jerr *e)
{
	auto_close int jails = jails_dir(false, e);
	auto_free char *name = strndup(b->name, len);
	int jid;

	if (name == NULL)
		return jerr_sys(e, ENOMEM, "name");
	if (jails < 0 && jails != -ENOENT)
		return jails;
	jid = jails < 0 ? 0 : names_find(jails, name, e);
	if (jid <= 0)
		return jid < 0 ? jid
			       : jerr(e, ENOENT, "jail \"%s\" not found", name);
	b->rec.parent = jid;
	return jail_find(jid, false, &b->above, e);
}

static int
set_name(struct build *b, struct jerr *e)
{
	const char *last = names_last(b->name);

	if (*last != '\0')
		return pset_put(&b->rec.params, P_NAME, last) < 0
			   ? jerr_sys(e, ENOMEM, "name")
			   : 0;
	/* it is called by its jid */
	pset_clear(&b->rec.params, P_NAME);
	free(b->name);
	b->name = NULL;
	return 0;
}

int
above_find(struct build *b, struct jerr *e)
{
	const char *name = pset_get(&b->rec.params, P_NAME, 0), *dot;
	struct pset above = { 0 };
	int r;

	if (name == NULL || *name == '\0')
		return 0;
	if ((b->name = strdup(name)) == NULL)
		return jerr_sys(e, ENOMEM, "name");
	if ((dot = strrchr(b->name, '.')) == NULL)
		return 0;
	if ((r = find_parent(b, (size_t)(dot - b->name), e)) < 0 ||
	    (r = set_name(b, e)) < 0 ||
	    (r = read_above(&b->above, &above, e)) < 0)
		return r;
	r = bounds_fill(&b->rec.params, &above, e);
	pset_done(&above);
	return r;
}

int
above_check(
    const struct pset *params, const struct jail *parent, struct jerr *e)
{
	struct pset above = { 0 };
	int r;

	if ((r = read_above(parent, &above, e)) < 0)
		return r;
	r = bounds_check(params, &above, e);
	pset_done(&above);
	return r;
}

/* ---- changes ---- */

/* What it will be with the changes. */
static int
changed(struct record *ret, const struct record *rec, const struct pset *wanted,
    struct jerr *e)
{
	struct record now = { .parent = rec->parent };
	int r;

	if ((r = pset_merge(&now.params, &rec->params, e)) < 0 ||
	    (r = pset_merge(&now.params, wanted, e)) < 0)
		record_done(&now);
	else
		*ret = now;
	return r;
}

int
above_check_change(
    const struct record *rec, const struct pset *wanted, struct jerr *e)
{
	auto_close int jails = jails_dir(false, e);
	auto_jail struct jail above = JAIL_INIT;
	struct record now;
	int r;

	if (jails < 0)
		return jails;
	if (jail_open(jails, rec->parent, &above) < 0)
		return jerr(e, ENOENT, "jail %d not found", rec->parent);
	if ((r = changed(&now, rec, wanted, e)) < 0)
		return r;
	r = above_check(&now.params, &above, e);
	record_done(&now);
	return r;
}

static int tighten_children(const struct jail *j, const struct pset *above,
    bool only_check, struct jerr *e);

/*
 * Those below a child are held to what it is going to have: what it inherits
 * is its parent's by then, whose record still says what was.
 */
static int
tighten_below(const struct jail *child, const struct record *rec,
    const struct pset *less, const struct pset *above, bool only_check,
    struct jerr *e)
{
	struct record now;
	int r;

	if (!nest_is_parent(child))
		return 0;
	if ((r = changed(&now, rec, less, e)) < 0)
		return r;
	if (is_inheriting(&now.params) && !pset_is(above, P_VNET, "new") &&
	    (r = resolve_from(&now.params, above)) < 0)
		(void)jerr_sys(e, -r, "parameters");
	if (r >= 0)
		r = tighten_children(child, &now.params, only_check, e);
	record_done(&now);
	return r;
}

static int
tighten_one(const struct jail *child, const struct pset *above, bool only_check,
    struct jerr *e)
{
	auto_close int lock = jail_lock(child);
	struct pset less = { 0 };
	struct record rec;
	int r;

	/* it has gone, or goes */
	if (lock < 0 || !jail_is_alive(child))
		return 0;
	if ((r = store_read(child->dir, true, &rec)) < 0)
		return jerr_sys(e, -r, "record of jail %d", child->jid);
	rec.parent = child->parent;
	r = bounds_tighten(&rec.params, above, &less, e);
	if (r == 0)
		r = tighten_below(child, &rec, &less, above, only_check, e);
	if (r == 0)
		r = only_check ? jail_update_check(child, &rec, &less, e)
			       : jail_update_locked(child, &rec, &less, e);
	pset_done(&less);
	record_done(&rec);
	return r;
}

static int
tighten_children(const struct jail *j, const struct pset *above,
    bool only_check, struct jerr *e)
{
	auto_free int *jids = NULL;
	ssize_t n, i;
	int r = 0;

	if ((n = nest_children(j, &jids)) < 0)
		return jerr_sys(e, (int)-n, "children of jail %d", j->jid);
	for (i = 0; r == 0 && i < n; i++) {
		auto_jail struct jail child = JAIL_INIT;

		if (jail_open(j->dir, jids[i], &child) < 0)
			continue;
		child.parent = j->jid;
		r = tighten_one(&child, above, only_check, e);
	}
	return r;
}

int
above_tighten(const struct jail *j, const struct record *rec,
    const struct pset *wanted, bool only_check, struct jerr *e)
{
	struct pset above = { 0 };
	struct record now;
	int r;

	if (!nest_is_parent(j))
		return 0;
	if ((r = changed(&now, rec, wanted, e)) < 0)
		return r;
	if ((r = above_resolve(&above, &now, e)) == 0)
		r = tighten_children(j, &above, only_check, e);
	record_done(&now);
	pset_done(&above);
	return r;
}
