/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Addresses of jails below others.  Among the jails that a parent has below
 * it, an address that the parent has is shared or not as it is among those of
 * the host; so the programs look for a listener in one jail after the other,
 * from the owner of the address to the jail below it that has it, and on.
 */
#include <errno.h>
#include <string.h>

#include "bpf.h"
#include "cg.h"
#include "cleanup.h"
#include "jerr.h"
#include "nest.h"
#include "net.h"

static bool
is_ip4(const struct net_ip *ip)
{
	static const struct net_ip prefix = { .b = {
						  [10] = 0xff, [11] = 0xff } };

	return memcmp(ip->b, prefix.b, 12) == 0;
}

/* ---- owners ---- */

/* The key among those below, else false and that of a stack's. */
static bool
key_of(const struct net_maps *maps, const struct net_policy *p,
    const struct net_ip *ip, struct net_held *below, struct net_addr *ret)
{
	*below = (struct net_held){ is_ip4(ip) ? p->above4 : p->above6, *ip };
	*ret = (struct net_addr){ maps->cookie, *ip };
	return below->jail != 0;
}

int
net_owner_get(const struct net_maps *maps, const struct net_policy *p,
    const struct net_ip *ip, struct net_owner *ret)
{
	struct net_held below;
	struct net_addr key;

	if (key_of(maps, p, ip, &below, &key))
		return bpf_map_get(maps->fd[NET_MAP_BELOW], &below, ret);
	return bpf_map_get(maps->fd[NET_MAP_OWNER], &key, ret);
}

int
net_owner_put(const struct net_maps *maps, const struct net_policy *p,
    const struct net_ip *ip, const struct net_owner *owner)
{
	struct net_held below;
	struct net_addr key;

	if (key_of(maps, p, ip, &below, &key))
		return bpf_map_put(maps->fd[NET_MAP_BELOW], &below, owner);
	return bpf_map_put(maps->fd[NET_MAP_OWNER], &key, owner);
}

void
net_owner_del(const struct net_maps *maps, const struct net_policy *p,
    const struct net_ip *ip)
{
	struct net_held below;
	struct net_addr key;

	if (key_of(maps, p, ip, &below, &key))
		(void)bpf_map_del(maps->fd[NET_MAP_BELOW], &below);
	else
		(void)bpf_map_del(maps->fd[NET_MAP_OWNER], &key);
}

/* ---- a child and its parent ---- */

bool
net_is_inherited(const struct record *rec)
{
	return rec->parent != 0 && pset_count(&rec->params, P_IP4_ADDR) == 0 &&
	       pset_count(&rec->params, P_IP6_ADDR) == 0;
}

static int
get_parent(
    const struct net_maps *maps, int jails, int parent, struct net_policy *ret)
{
	auto_jail struct jail above = JAIL_INIT;
	int r = jail_open(jails, parent, &above);

	return r < 0 ? r
		     : bpf_map_get(maps->fd[NET_MAP_POLICY], &above.id, ret);
}

int
net_below_policy(const struct net_maps *maps, int jails,
    const struct record *rec, struct net_policy *p, struct jerr *e)
{
	struct net_policy above;
	int r;

	if (rec->parent == 0)
		return 0;
	if ((r = get_parent(maps, jails, rec->parent, &above)) < 0)
		return jerr_sys(e, -r, "addresses of jail %d", rec->parent);
	if (pset_is(&rec->params, P_VNET, "new"))
		return 0;
	p->net = above.net;
	p->flags |= NET_NESTED;
	if (net_is_inherited(rec)) {
		p->scope = above.scope;
		p->above4 = above.above4;
		p->above6 = above.above6;
		return 0;
	}
	p->above4 = above.ip4 == NET_ADDRS ? above.scope : 0;
	p->above6 = above.ip6 == NET_ADDRS ? above.scope : 0;
	return 0;
}

int
net_below_mark(const struct net_maps *maps, int jails, const struct record *rec,
    const struct net_ip *ip)
{
	struct net_policy above;
	struct net_owner owner;
	int r;

	if ((r = get_parent(maps, jails, rec->parent, &above)) < 0)
		return r;
	if ((is_ip4(ip) ? above.ip4 : above.ip6) != NET_ADDRS)
		return 0;
	if ((r = net_owner_get(maps, &above, ip, &owner)) < 0 ||
	    owner.below != 0)
		return r;
	owner.below = 1;
	return net_owner_put(maps, &above, ip, &owner);
}

/* ---- changes of the parent ---- */

static int
refresh_held(const struct net_maps *maps, const struct jail *child,
    const struct net_policy *p, const struct net_ips *was,
    const struct net_ips *now)
{
	uint8_t one = 1;
	size_t i;
	int r = 0;

	for (i = 0; i < was->n; i++) {
		struct net_held held = { child->id, was->v[i] };

		if (!net_ips_has(now, &was->v[i]))
			(void)bpf_map_del(maps->fd[NET_MAP_HELD], &held);
	}
	for (i = 0; r == 0 && i < now->n; i++) {
		struct net_held held = { child->id, now->v[i] };
		bool is4 = i < now->n4;

		if ((is4 ? p->ip4 : p->ip6) == NET_ADDRS &&
		    (is4 ? p->n4 : p->n6) > 1)
			r = bpf_map_put(maps->fd[NET_MAP_HELD], &held, &one);
	}
	return r;
}

/* What of the family the parent has now. */
static void
inherit4(struct net_policy *p, const struct net_policy *above)
{
	p->ip4 = above->ip4;
	p->n4 = above->n4;
	p->addr4 = above->addr4;
	p->nsource4 = above->nsource4;
	memcpy(p->source4, above->source4, sizeof(p->source4));
	p->flags &= ~(uint32_t)NET_LOOP4;
	p->flags |= above->flags & NET_LOOP4;
}

static void
inherit6(struct net_policy *p, const struct net_policy *above)
{
	p->ip6 = above->ip6;
	p->n6 = above->n6;
	p->addr6 = above->addr6;
	p->nsource6 = above->nsource6;
	memcpy(p->source6, above->source6, sizeof(p->source6));
	p->flags &= ~(uint32_t)NET_LOOP6;
	p->flags |= above->flags & NET_LOOP6;
}

static int
refresh_one(const struct net_maps *maps, const struct jail *child,
    const struct net_policy *above, const struct net_ips *was,
    const struct net_ips *now, struct jerr *e)
{
	struct record rec;
	struct net_policy p;
	bool inherits4, inherits6;
	int r;

	if (store_read(child->dir, false, &rec) < 0)
		return 0; /* it goes */
	rec.parent = child->parent;
	inherits4 = pset_is(&rec.params, P_IP4, "inherit");
	inherits6 = pset_is(&rec.params, P_IP6, "inherit");
	r = !pset_is(&rec.params, P_VNET, "new") && net_is_inherited(&rec) &&
	    bpf_map_get(maps->fd[NET_MAP_POLICY], &child->id, &p) == 0;
	record_done(&rec);
	if (r == 0)
		return 0;
	if (inherits4)
		inherit4(&p, above);
	if (inherits6)
		inherit6(&p, above);
	if ((r = refresh_held(maps, child, &p, was, now)) < 0 ||
	    (r = bpf_map_put(maps->fd[NET_MAP_POLICY], &child->id, &p)) < 0)
		return jerr_sys(e, -r, "addresses of jail %d", child->jid);
	return net_below_refresh(maps, child, was, now, e);
}

int
net_below_refresh(const struct net_maps *maps, const struct jail *j,
    const struct net_ips *was, const struct net_ips *now, struct jerr *e)
{
	auto_free int *jids = NULL;
	struct net_policy above;
	ssize_t n, i;
	int r;

	if (!nest_is_parent(j))
		return 0;
	if ((r = bpf_map_get(maps->fd[NET_MAP_POLICY], &j->id, &above)) < 0)
		return jerr_sys(e, -r, "addresses of jail %d", j->jid);
	if ((n = nest_children(j, &jids)) < 0)
		return jerr_sys(e, (int)-n, "children of jail %d", j->jid);
	for (i = 0; r == 0 && i < n; i++) {
		auto_jail struct jail child = JAIL_INIT;

		if (jail_open(j->dir, jids[i], &child) < 0)
			continue;
		child.parent = j->jid;
		r = refresh_one(maps, &child, &above, was, now, e);
	}
	/* what sockets remember of the policies is no more */
	if (r == 0 && n > 0 && (r = net_maps_changed(maps)) < 0)
		return jerr_sys(e, -r, "addresses of jail %d", j->jid);
	return r;
}
