/* SPDX-License-Identifier: BSD-2-Clause */
/* What a jail's parameters say about its network. */
#include <arpa/inet.h>
#include <errno.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "jerr.h"
#include "net.h"

static const struct net_ip loop4 = {
	.b = { [10] = 0xff, [11] = 0xff, [12] = 127, [15] = 1 },
};
static const struct net_ip loop6 = { .b = { [15] = 1 } };

static struct net_ip
ip_of4(const struct in_addr *a)
{
	struct net_ip ip = { .b = { [10] = 0xff, [11] = 0xff } };

	memcpy(&ip.b[12], a, sizeof(*a));
	return ip;
}

static struct net_ip
ip_of6(const struct in6_addr *a)
{
	struct net_ip ip;

	memcpy(ip.b, a, sizeof(ip.b));
	return ip;
}

static bool
is_same(const struct net_ip *a, const struct net_ip *b)
{
	return memcmp(a, b, sizeof(*a)) == 0;
}

/* ---- addresses ---- */

void
net_ips_done(struct net_ips *ips)
{
	free(ips->v);
	*ips = (struct net_ips){ 0 };
}

static int
parse(const char *text, int family, struct net_ip *ret)
{
	struct in6_addr in6;
	struct in_addr in;

	if (family == AF_INET && inet_pton(AF_INET, text, &in) == 1)
		*ret = ip_of4(&in);
	else if (family == AF_INET6 && inet_pton(AF_INET6, text, &in6) == 1)
		*ret = ip_of6(&in6);
	else
		return -EINVAL;
	return 0;
}

static int
add_all(struct net_ips *ips, const struct pset *params, enum param_id id,
    int family, struct jerr *e)
{
	size_t i, n = pset_count(params, id);
	struct net_ip ip;

	if (n > NET_ADDRESSES_MAX)
		return jerr(e, E2BIG, "%s: at most %d addresses",
		    param(id)->name, NET_ADDRESSES_MAX);
	for (i = 0; i < n; i++) {
		if (parse(pset_get(params, id, i), family, &ip) < 0)
			return jerr(e, EINVAL, "%s: not an address: %s",
			    param(id)->name, pset_get(params, id, i));
		if (net_ips_has(ips, &ip))
			return jerr(e, EINVAL, "%s: %s is in the list twice",
			    param(id)->name, pset_get(params, id, i));
		ips->v[ips->n++] = ip;
	}
	return 0;
}

int
net_ips_get(struct net_ips *ret, const struct pset *params, struct jerr *e)
{
	size_t n =
	    pset_count(params, P_IP4_ADDR) + pset_count(params, P_IP6_ADDR);
	struct net_ips ips = { .v = calloc(n + 1, sizeof(*ips.v)) };
	int r;

	if (ips.v == NULL)
		return jerr_sys(e, ENOMEM, "addresses");
	if ((r = add_all(&ips, params, P_IP4_ADDR, AF_INET, e)) == 0) {
		ips.n4 = ips.n;
		r = add_all(&ips, params, P_IP6_ADDR, AF_INET6, e);
	}
	if (r < 0)
		net_ips_done(&ips);
	else
		*ret = ips;
	return r;
}

bool
net_ips_has(const struct net_ips *ips, const struct net_ip *ip)
{
	size_t i;

	for (i = 0; i < ips->n; i++) {
		if (is_same(&ips->v[i], ip))
			return true;
	}
	return false;
}

static int
by_value(const void *a, const void *b)
{
	const char *const *texts[] = { a, b };
	struct net_ip ip[2] = { 0 };
	size_t i;

	for (i = 0; i < nitems(ip); i++)
		(void)parse(*texts[i],
		    strchr(*texts[i], ':') != NULL ? AF_INET6 : AF_INET,
		    &ip[i]); /* net_check() has the word */
	return memcmp(ip[0].b, ip[1].b, sizeof(ip[0].b));
}

void
net_order(struct pset *params)
{
	static const enum param_id ids[] = { P_IP4_ADDR, P_IP6_ADDR };
	size_t i;

	for (i = 0; i < nitems(ids); i++) {
		struct pval *v = &params->val[ids[i]];

		if (v->n > 2)
			qsort(&v->v[1], v->n - 1, sizeof(*v->v), by_value);
	}
}

/* ---- what is allowed ---- */

static bool
has_hosts(const struct pset *params)
{
	return !pset_is(params, P_VNET, "new") &&
	       (pset_is(params, P_IP4, "inherit") ||
		   pset_is(params, P_IP6, "inherit"));
}

bool
net_is_needed(const struct record *rec)
{
	/* programs look below a jail only where it says that it has children */
	return net_is_vital(rec) || has_hosts(&rec->params) ||
	       pset_has(&rec->params, P_CHILDREN_MAX);
}

bool
net_is_vital(const struct record *rec)
{
	const struct pset *params = &rec->params;

	/* the nearest jail counts: a child without one had its parent's */
	if (rec->parent != 0 || pset_int(params, P_CHILDREN_MAX) > 0)
		return true;
	if (pset_is(params, P_USERNS, "inherit"))
		return true;
	if (pset_is(params, P_VNET, "new"))
		return false;
	if (has_hosts(params) && !pset_bool(params, P_ALLOW_RESERVED_PORTS))
		return true;
	return pset_is(params, P_IP4, "new") || pset_is(params, P_IP6, "new") ||
	       pset_int(params, P_EXEC_FIB) != 0;
}

/* No jail has these: they are everybody's, or nobody's. */
static bool
is_odd(const struct net_ip *ip, bool is4)
{
	static const struct net_ip none;

	if (is4)
		return ip->b[12] == 0 || ip->b[12] >= 224;
	return is_same(ip, &none) || ip->b[0] == 0xff ||
	       memcmp(ip->b, loop4.b, 12) == 0;
}

int
net_check(const struct pset *params, struct jerr *e)
{
	auto_ips struct net_ips ips = { 0 };
	size_t i;
	int r;

	if ((r = net_ips_get(&ips, params, e)) < 0 ||
	    (r = net_ports_check(params, e)) < 0)
		return r;
	if (pset_is(params, P_VNET, "disable"))
		return jerr(e, EINVAL,
		    "vnet: \"disable\" is none of its values (new, inherit; "
		    "ip4=disable ip6=disable closes the network)");
	if (pset_is(params, P_VNET, "new") &&
	    (ips.n > 0 || !pset_is(params, P_IP4, "inherit") ||
		!pset_is(params, P_IP6, "inherit")))
		return jerr(e, EINVAL,
		    "vnet jails cannot have IP address restrictions");
	for (i = 0; i < ips.n; i++) {
		char text[INET6_ADDRSTRLEN] = "?";
		bool is4 = i < ips.n4;

		if (!is_odd(&ips.v[i], is4))
			continue;
		(void)inet_ntop(is4 ? AF_INET : AF_INET6,
		    is4 ? &ips.v[i].b[12] : ips.v[i].b, text, sizeof(text));
		return jerr(e, EINVAL, "%s: %s is no address of a host",
		    is4 ? "ip4.addr" : "ip6.addr", text);
	}
	return 0;
}

/* ---- source addresses ---- */

static bool
is_within(const struct net_ip *ip, const struct net_source *s)
{
	size_t i;

	for (i = 0; i < nitems(ip->b); i++) {
		if ((ip->b[i] & s->mask.b[i]) != s->net.b[i])
			return false;
	}
	return true;
}

/* The net that an address of an interface is in; false: of another family. */
static bool
net_of(const struct ifaddrs *ifa, bool is4, struct net_source *ret)
{
	const struct sockaddr *a = ifa->ifa_addr, *m = ifa->ifa_netmask;
	struct net_ip addr;
	size_t i;

	if (a == NULL || m == NULL ||
	    a->sa_family != (is4 ? AF_INET : AF_INET6))
		return false;
	if (is4) {
		addr = ip_of4(
		    &((const struct sockaddr_in *)(const void *)a)->sin_addr);
		ret->mask = ip_of4(
		    &((const struct sockaddr_in *)(const void *)m)->sin_addr);
		memset(ret->mask.b, 0xff, 12);
	} else {
		addr = ip_of6(
		    &((const struct sockaddr_in6 *)(const void *)a)->sin6_addr);
		ret->mask = ip_of6(
		    &((const struct sockaddr_in6 *)(const void *)m)->sin6_addr);
	}
	for (i = 0; i < nitems(addr.b); i++)
		ret->net.b[i] = addr.b[i] & ret->mask.b[i];
	return true;
}

static bool
has_source(const struct net_source *v, size_t n, const struct net_source *s)
{
	size_t i;

	for (i = 0; i < n; i++) {
		if (is_same(&v[i].net, &s->net) &&
		    is_same(&v[i].mask, &s->mask))
			return true;
	}
	return false;
}

/* The nets of interfaces that the jail has an address in, and which. */
static uint32_t
find_sources(const struct net_ip *ips, size_t n, bool is4,
    const struct ifaddrs *list, struct net_source *ret)
{
	const struct ifaddrs *ifa;
	struct net_source s;
	uint32_t count = 0;
	size_t i;

	for (ifa = list; ifa != NULL && count < NET_SOURCES;
	     ifa = ifa->ifa_next) {
		if (!net_of(ifa, is4, &s) || has_source(ret, count, &s))
			continue;
		for (i = 0; i < n && !is_within(&ips[i], &s); i++)
			;
		if (i == n)
			continue;
		s.from = ips[i];
		ret[count++] = s;
	}
	return count;
}

static int
fill_sources(struct net_policy *p, const struct pset *params,
    const struct net_ips *ips, struct jerr *e)
{
	bool by4 = ips->n4 > 1 && pset_bool(params, P_IP4_SADDRSEL);
	bool by6 = ips->n - ips->n4 > 1 && pset_bool(params, P_IP6_SADDRSEL);
	struct ifaddrs *list;

	if (!by4 && !by6)
		return 0;
	if (getifaddrs(&list) < 0)
		return jerr_sys(e, errno, "addresses of the interfaces");
	if (by4)
		p->nsource4 =
		    find_sources(ips->v, ips->n4, true, list, p->source4);
	if (by6)
		p->nsource6 = find_sources(ips->v + ips->n4, ips->n - ips->n4,
		    false, list, p->source6);
	freeifaddrs(list);
	return 0;
}

/* ---- the policy ---- */

static uint8_t
family_of(const struct pset *params, enum param_id id, size_t n)
{
	if (pset_is(params, P_VNET, "new") || pset_is(params, id, "inherit"))
		return NET_HOST;
	return pset_is(params, id, "new") && n > 0 ? NET_ADDRS : NET_OFF;
}

static const struct {
	enum param_id id;
	const char *value;
	uint32_t flag;
} flags[] = {
	{ P_ALLOW_RESERVED_PORTS, "true", NET_RESERVED },
	{ P_ALLOW_RAW_SOCKETS, "true", NET_PING },
	{ P_USERNS, "inherit", NET_DEVICES },
};

int
net_policy_get(struct net_policy *ret, const struct pset *params,
    const struct net_ips *ips, uint32_t root, struct jerr *e)
{
	size_t n6 = ips->n - ips->n4, i;
	struct net_policy p = {
		.mark = (uint32_t)pset_int(params, P_EXEC_FIB),
		.root = root,
		.ip4 = family_of(params, P_IP4, ips->n4),
		.ip6 = family_of(params, P_IP6, n6),
		.n4 = (uint8_t)ips->n4,
		.n6 = (uint8_t)n6,
	};
	int r;

	for (i = 0; i < nitems(flags); i++) {
		if (pset_is(params, flags[i].id, flags[i].value))
			p.flags |= flags[i].flag;
	}
	if (pset_int(params, P_CHILDREN_MAX) > 0)
		p.flags |= NET_CHILDREN;
	if ((p.flags & NET_DEVICES) != 0 && (p.flags & NET_PING) != 0)
		p.flags |= NET_RAW; /* who has CAP_NET_RAW at all */
	if (net_ips_has(ips, &loop4))
		p.flags |= NET_LOOP4;
	if (net_ips_has(ips, &loop6))
		p.flags |= NET_LOOP6;
	if (ips->n4 > 0)
		p.addr4 = ips->v[0];
	if (n6 > 0)
		p.addr6 = ips->v[ips->n4];
	if ((r = fill_sources(&p, params, ips, e)) < 0)
		return r;
	*ret = p;
	return 0;
}
