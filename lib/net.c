/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Addresses of jails: who has which, and the policy by jail.
 *
 * Both are in maps that outlive whoever writes them, so that this order
 * holds: the record names the addresses before a map does, and they leave
 * the maps before the record goes.  In a change the policy comes first, so
 * that an address counts as a jail's by either.  An owner whose jail has gone,
 * or has not the address, is none.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "above.h"
#include "bpf.h"
#include "buf.h"
#include "build.h"
#include "cleanup.h"
#include "jerr.h"
#include "libexec.h"
#include "net.h"

/* ---- who has an address ---- */

/* The policy in force has it, whatever a record says. */
static bool
is_in_force(const struct net_maps *maps, const struct jail *j,
    const struct net_policy *p, const struct net_ip *ip)
{
	struct net_held held = { j->id, *ip };
	uint8_t one;

	return memcmp(&p->addr4, ip, sizeof(*ip)) == 0 ||
	       memcmp(&p->addr6, ip, sizeof(*ip)) == 0 ||
	       bpf_map_get(maps->fd[NET_MAP_HELD], &held, &one) == 0;
}

/*
 * Has the jail, which is not ending, this address, in this namespace and
 * scope?  One that was killed between policy and record has those of both.
 */
static bool
has_address(const struct net_maps *maps, int jails, int jid, uint64_t scope,
    const struct net_ip *ip, struct net_ips *ret)
{
	auto_jail struct jail j = JAIL_INIT;
	struct net_policy p;
	struct record rec;
	struct jerr e;
	bool has = false;

	if (jail_open(jails, jid, &j) < 0 || store_read(j.dir, false, &rec) < 0)
		return false;
	if (rec.state != JAIL_ENDING &&
	    bpf_map_get(maps->fd[NET_MAP_POLICY], &j.id, &p) == 0 &&
	    p.net == maps->cookie && p.scope == scope &&
	    net_ips_get(ret, &rec.params, &e) == 0) {
		has = net_ips_has(ret, ip) || is_in_force(maps, &j, &p, ip);
		if (!has)
			net_ips_done(ret);
	}
	record_done(&rec);
	return has;
}

/*
 * A jail other than own that has the address: its jid and addresses, or 0.
 * All jails are asked only where several had it.
 */
static int
find_holder(const struct net_maps *maps, int jails, int own,
    const struct net_ip *ip, const struct net_owner *owner, struct net_ips *ret)
{
	auto_free int *jids = NULL;
	struct jerr e;
	ssize_t n, i;

	if ((int)owner->jid != own &&
	    has_address(maps, jails, (int)owner->jid, owner->scope, ip, ret))
		return (int)owner->jid;
	if (!owner->shared)
		return 0;
	n = jails_list(jails, &jids, &e);
	for (i = 0; i < n; i++) {
		if (jids[i] != own &&
		    has_address(maps, jails, jids[i], owner->scope, ip, ret))
			return jids[i];
	}
	return 0;
}

static int
clash(bool is4, int jid, struct jerr *e)
{
	return jerr(e, EADDRINUSE, "%s addresses clash (with jail %d)",
	    is4 ? "IPv4" : "IPv6", jid);
}

/*
 * May the jail have its addresses?  *scope becomes another jail's if it
 * shares its only one with that.
 */
static int
check_clash(const struct net_maps *maps, int jails, int own,
    const struct net_policy *p, const struct net_ips *ips, uint64_t *scope,
    struct jerr *e)
{
	struct net_owner owner;
	uint64_t shared = 0;
	size_t i;
	int jid;

	for (i = 0; i < ips->n; i++) {
		auto_ips struct net_ips other = { 0 };
		bool is4 = i < ips->n4;
		size_t n = is4 ? ips->n4 : ips->n - ips->n4;

		if (net_owner_get(maps, p, &ips->v[i], &owner) < 0 ||
		    (jid = find_holder(
			 maps, jails, own, &ips->v[i], &owner, &other)) == 0)
			continue;
		if (n > 1 || (is4 ? other.n4 : other.n - other.n4) > 1 ||
		    (shared != 0 && shared != owner.scope))
			return clash(is4, jid, e);
		shared = owner.scope;
	}
	if (shared != 0)
		*scope = shared;
	return 0;
}

/* ---- taking and giving back ---- */

static int
take_address(const struct net_maps *maps, const struct jail *j,
    const struct net_policy *p, const struct net_ip *ip, bool is_own,
    bool is_many)
{
	struct net_held held = { j->id, *ip };
	struct net_owner was, owner = {
		.scope = p->scope,
		.jid = (uint32_t)j->jid,
		.shared = p->scope != j->id,
	};
	uint8_t one = 1;
	int r = 0;

	if (is_many)
		r = bpf_map_put(maps->fd[NET_MAP_HELD], &held, &one);
	if (r < 0 || !is_own)
		return r;
	if ((p->flags & NET_CHILDREN) != 0 &&
	    net_owner_get(maps, p, ip, &was) == 0 && was.scope == owner.scope)
		owner.below = was.below;
	return net_owner_put(maps, p, ip, &owner);
}

static void
drop_address(const struct net_maps *maps, int jails, const struct jail *j,
    const struct net_policy *p, const struct net_ip *ip, bool is_own)
{
	struct net_held held = { j->id, *ip };
	auto_ips struct net_ips other = { 0 };
	struct net_maps there = *maps;
	struct net_owner owner;
	int jid;

	there.cookie = p->net; /* we may be in another namespace */
	(void)bpf_map_del(maps->fd[NET_MAP_HELD], &held); /* or it is not */
	if (!is_own || net_owner_get(&there, p, ip, &owner) < 0 ||
	    owner.scope != p->scope)
		return;
	jid = find_holder(&there, jails, j->jid, ip, &owner, &other);
	if (jid == 0) {
		net_owner_del(&there, p, ip);
		return;
	}
	owner.jid = (uint32_t)jid;
	(void)net_owner_put(&there, p, ip, &owner);
}

static int
take_all(const struct net_maps *maps, int jails, const struct jail *j,
    const struct net_policy *p, const struct net_ips *ips,
    const struct record *rec, struct jerr *e)
{
	bool is_own = !net_is_inherited(rec);
	size_t i;
	int r, changed;

	r = bpf_map_put(maps->fd[NET_MAP_POLICY], &j->id, p);
	if (r == 0)
		r = net_ports_take(maps, j->id, &rec->params);
	for (i = 0; r == 0 && i < ips->n; i++) {
		r = take_address(maps, j, p, &ips->v[i], is_own,
		    (i < ips->n4 ? p->n4 : p->n6) > 1);
		if (r == 0 && is_own && rec->parent != 0)
			r = net_below_mark(maps, jails, rec, &ips->v[i]);
	}
	/* whatever came of it: sockets are to look at their policy again */
	changed = net_maps_changed(maps);
	if (r == 0)
		r = changed;
	return r < 0 ? jerr_sys(e, -r, "addresses of jail %d", j->jid) : 0;
}

/* ---- the stage ---- */

static int
setup(struct net_maps *maps, int jails, const struct build *b,
    const struct pset *params, struct jerr *e)
{
	bool inherited = net_is_inherited(&b->rec);
	auto_ips struct net_ips ips = { 0 };
	struct net_policy p;
	uint64_t scope = b->jail.id;
	int r;

	if ((r = net_ips_get(&ips, params, e)) < 0 ||
	    (r = net_policy_get(&p, params, &ips, b->rec.idmap, e)) < 0)
		return r;
	p.net = maps->cookie;
	if ((r = net_below_policy(maps, jails, &b->rec, &p, e)) < 0)
		return r;
	if (inherited)
		scope = p.scope;
	maps->cookie = p.net; /* the parent's is the jail's */
	if (!inherited && (r = check_clash(maps, jails, b->jail.jid, &p, &ips,
			       &scope, e)) < 0)
		return r;
	p.scope = scope;
	if (ips.n > 0 && (r = net_ports_note(maps, e)) < 0)
		return r;
	return take_all(maps, jails, &b->jail, &p, &ips, &b->rec, e);
}

/* With what a child inherits by what it is. */
static int
setup_resolved(
    struct net_maps *maps, int jails, const struct build *b, struct jerr *e)
{
	struct pset params = { 0 };
	int r;

	if (b->rec.parent == 0)
		return setup(maps, jails, b, &b->rec.params, e);
	if ((r = above_resolve(&params, &b->rec, e)) < 0)
		return r;
	r = setup(maps, jails, b, &params, e);
	pset_done(&params);
	return r;
}

/* Without a rule for it the mark of sockets would do nothing. */
static int
check_fib(const struct pset *params, struct jerr *e)
{
	char number[16];
	const char *argv[] = { "jail-net", "fib", number, NULL };
	long fib = pset_int(params, P_EXEC_FIB);

	(void)snprintf(number, sizeof(number), "%ld", fib);
	if (fib == 0 || pset_is(params, P_VNET, "new"))
		return 0;
	return libexec_run(argv, NULL, 0, e);
}

static int
set_policy(struct build *b, struct jerr *e)
{
	auto_close int jails = jails_dir(false, e);
	auto_maps struct net_maps maps = NET_MAPS_INIT;
	int r;

	if (jails < 0)
		return jails;
	if ((r = net_maps_open(&maps, jails, true, e)) < 0)
		return r;
	return setup_resolved(&maps, jails, b, e);
}

int
net_setup(struct build *b, struct jerr *e)
{
	struct jerr lesser;
	int r;

	if (!net_is_needed(&b->rec))
		return 0;
	if ((r = check_fib(&b->rec.params, e)) < 0)
		return r;
	if (net_is_vital(&b->rec))
		return set_policy(b, e);
	if (set_policy(b, &lesser) < 0)
		buf_fmt(b->notes, "%sno port below 1024 can be bound: %s",
		    b->notes->len > 0 ? "\n" : "", lesser.msg);
	return 0;
}

static int
drop_all(const struct jail *j, const struct record *rec, struct jerr *e)
{
	bool is_own = !net_is_inherited(rec);
	const struct pset *params = &rec->params;
	auto_close int jails = jails_dir(false, e);
	auto_maps struct net_maps maps = NET_MAPS_INIT;
	auto_ips struct net_ips ips = { 0 };
	struct pset resolved = { 0 };
	struct net_policy p;
	size_t i;
	int r;

	if (jails < 0)
		return 0; /* nothing to be removed is left */
	if (!is_own && above_resolve(&resolved, rec, e) == 0)
		params = &resolved;
	r = net_ips_get(&ips, params, e);
	pset_done(&resolved);
	if (r < 0)
		return r;
	if ((r = net_maps_open(&maps, jails, false, e)) < 0)
		return r == -ENOENT ? 0 : r;
	if (bpf_map_get(maps.fd[NET_MAP_POLICY], &j->id, &p) < 0) {
		/* or one who was killed here got no further */
		(void)net_maps_changed(&maps);
		return 0;
	}
	net_ports_drop(&maps, j->id, &rec->params);
	for (i = 0; i < ips.n; i++)
		drop_address(&maps, jails, j, &p, &ips.v[i], is_own);
	/* of a change whose record was not written */
	drop_address(&maps, jails, j, &p, &p.addr4, is_own);
	drop_address(&maps, jails, j, &p, &p.addr6, is_own);
	r = bpf_map_del(maps.fd[NET_MAP_POLICY], &j->id);
	if (r == 0)
		r = net_maps_changed(&maps);
	return r < 0 && r != -ENOENT
		   ? jerr_sys(e, -r, "addresses of jail %d", j->jid)
		   : 0;
}

int
net_undo(const struct jail *j, struct jerr *e)
{
	struct record rec;
	int r;

	/* what is not filtered has the host's network */
	if (faccessat(j->dir, "payload", F_OK, AT_SYMLINK_NOFOLLOW) == 0)
		return jerr(e, EBUSY, "jail %d has processes", j->jid);
	if (store_read(j->dir, true, &rec) < 0)
		return 0;
	rec.parent = j->parent;
	r = net_is_needed(&rec) ? drop_all(j, &rec, e) : 0;
	record_done(&rec);
	return r;
}

/* ---- changing ---- */

/*
 * May old addresses that are not among the new ones be given up?  Listeners
 * stay in the scope that they were made in, and would take what comes for the
 * jail that the address is shared with.
 */
static int
check_shared(const struct net_maps *maps, int jails, const struct jail *j,
    const struct net_policy *p, const struct net_ips *old,
    const struct net_ips *new, struct jerr *e)
{
	struct net_owner owner;
	size_t i;
	int jid;

	for (i = 0; i < old->n; i++) {
		auto_ips struct net_ips other = { 0 };

		if (net_ips_has(new, &old->v[i]) ||
		    net_owner_get(maps, p, &old->v[i], &owner) < 0)
			continue;
		jid = find_holder(
		    maps, jails, j->jid, &old->v[i], &owner, &other);
		if (jid != 0)
			return jerr(e, EBUSY,
			    "%s: the address is shared with jail %d: it can "
			    "be changed when one of both has been stopped",
			    i < old->n4 ? "ip4.addr" : "ip6.addr", jid);
	}
	return 0;
}

/* What the jail has in force; one that had no need of it has it now. */
static int
get_policy(
    const struct net_maps *maps, const struct jail *j, struct net_policy *ret)
{
	int r = bpf_map_get(maps->fd[NET_MAP_POLICY], &j->id, ret);

	if (r != -ENOENT)
		return r;
	*ret = (struct net_policy){ .scope = j->id, .net = maps->cookie };
	return 0;
}

/* From what it had to what it has. */
static int
put_changes(const struct net_maps *maps, int jails, const struct jail *j,
    const struct net_policy *p, const struct net_ips *old,
    const struct net_ips *ips, const struct record *was, const struct pset *now,
    struct jerr *e)
{
	bool is_own = !net_is_inherited(was);
	struct record rec = { .params = *now, .parent = was->parent };
	size_t i;
	int r;

	net_ports_drop(maps, j->id, &was->params);
	/* the record is but a view */
	if ((r = take_all(maps, jails, j, p, ips, &rec, e)) < 0)
		return r;
	/* others may have them once the jail has not */
	for (i = 0; i < old->n; i++) {
		if (!net_ips_has(ips, &old->v[i]))
			drop_address(maps, jails, j, p, &old->v[i], is_own);
	}
	if ((r = net_maps_changed(maps)) < 0)
		return jerr_sys(e, -r, "addresses of jail %d", j->jid);
	if ((p->flags & NET_CHILDREN) == 0)
		return 0;
	return net_below_refresh(maps, j, old, ips, e);
}

/* Both as resolved: what is inherited by what it is. */
static int
change(struct net_maps *maps, int jails, const struct jail *j,
    const struct record *was, const struct pset *old_params,
    const struct pset *new_params, const struct pset *now, bool only_check,
    struct jerr *e)
{
	auto_ips struct net_ips ips = { 0 }, old = { 0 };
	struct net_policy p, policy;
	uint64_t scope;
	int r;

	if ((r = get_policy(maps, j, &policy)) < 0)
		return jerr_sys(e, -r, "addresses of jail %d", j->jid);
	maps->cookie = policy.net; /* we may be in another namespace */
	scope = policy.scope;
	if ((r = net_ips_get(&old, old_params, e)) < 0 ||
	    (r = net_ips_get(&ips, new_params, e)) < 0 ||
	    (r = net_policy_get(&p, new_params, &ips, was->idmap, e)) < 0)
		return r;
	p.scope = scope;
	p.net = policy.net;
	p.above4 = policy.above4;
	p.above6 = policy.above6;
	/* children stay, even where there are to be no more */
	p.flags |= policy.flags & (NET_CHILDREN | NET_NESTED);
	if (!net_is_inherited(was) &&
	    ((r = check_shared(maps, jails, j, &p, &old, &ips, e)) < 0 ||
		(r = check_clash(maps, jails, j->jid, &p, &ips, &scope, e)) <
		    0))
		return r;
	if (scope != policy.scope)
		return jerr(e, EBUSY,
		    "ip4.addr, ip6.addr: a running jail cannot come to share "
		    "an address with another one: stop it first");
	return only_check
		   ? 0
		   : put_changes(maps, jails, j, &p, &old, &ips, was, now, e);
}

/* A child's, with what it inherits. */
static int
change_resolved(struct net_maps *maps, int jails, const struct jail *j,
    const struct record *was, const struct pset *now, bool only_check,
    struct jerr *e)
{
	struct pset old_params = { 0 }, new_params = { 0 };
	struct record rec = { .params = *now, .parent = was->parent };
	int r;

	if (was->parent == 0)
		return change(
		    maps, jails, j, was, &was->params, now, now, only_check, e);
	if ((r = above_resolve(&old_params, was, e)) == 0 &&
	    (r = above_resolve(&new_params, &rec, e)) == 0)
		r = change(maps, jails, j, was, &old_params, &new_params, now,
		    only_check, e);
	pset_done(&old_params);
	pset_done(&new_params);
	return r;
}

int
net_update(const struct jail *j, const struct record *was,
    const struct pset *now, bool only_check, struct jerr *e)
{
	const struct record rec = { .params = *now, .parent = was->parent };
	auto_close int jails = -1;
	auto_maps struct net_maps maps = NET_MAPS_INIT;
	int r;

	if (!net_is_needed(&rec))
		return 0;
	if ((jails = jails_dir(false, e)) < 0)
		return jails;
	if ((r = net_maps_open(&maps, jails, true, e)) < 0)
		return r;
	return change_resolved(&maps, jails, j, was, now, only_check, e);
}
