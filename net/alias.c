/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * alias-add, alias-del: addresses of interfaces for the life of a jail.
 *
 * The kernel keeps a number beside each address that says who made it
 * (IFA_PROTO).  Ours is the mark by which an address is a jail's: alias-del
 * takes none away without it, whatever it is told, and alias-add leaves those
 * alone that are there.
 *
 * Descriptor 3 is a lock that is held as long as we work: a starter that is
 * killed does not give it up before we are done.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_addr.h>
#include <linux/ip.h>
#include <net/if.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "addr.h"
#include "cleanup.h"
#include "io.h"
#include "jerr.h"
#include "nl.h"
#include "verbs.h"

#ifndef IFA_PROTO
#define IFA_PROTO 11 /* Linux 5.18 */
#endif
#ifndef SO_NETNS_COOKIE
#define SO_NETNS_COOKIE 71
#endif

#define MARK 106 /* the kernel's own and routing daemons' are below 8 */
#define ANSWER_FD (VERB_FD + 1) /* of alias-add */
#define NETNS_FD (VERB_FD + 1) /* of alias-del */
#define LOOPBACK_NET 127U

/* ---- requests ---- */

static void
put_addr(struct nl_request *req, uint16_t type, const struct addr *a)
{
	mnl_attr_put(&req->head, type, addr_len(a), &a->u);
}

static bool
is_loopback(const struct addr *a)
{
	return a->family == AF_INET
		   ? ntohl(a->u.in.s_addr) >> 24 == LOOPBACK_NET
		   : IN6_IS_ADDR_LOOPBACK(&a->u.in6);
}

/* As ifconfig(8) has it where none was given; false: there is none. */
static bool
get_broadcast(const struct addr *a, const struct nl_link *link,
    const char *given, struct in_addr *ret)
{
	if (given != NULL)
		return inet_pton(AF_INET, given, ret) == 1;
	if (a->family != AF_INET || (link->flags & IFF_BROADCAST) == 0 ||
	    a->prefix >= 31)
		return false;
	ret->s_addr = a->u.in.s_addr | htonl(0xffffffffU >> a->prefix);
	return true;
}

static int
add_one(struct nl *nl, const struct addr *a, const char *given,
    const struct nl_link *link)
{
	struct nl_request req;
	struct ifaddrmsg *info = nl_begin(
	    &req, RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, sizeof(*info));
	struct in_addr broadcast;

	info->ifa_family = a->family;
	info->ifa_prefixlen = a->prefix;
	info->ifa_index = a->index;
	info->ifa_scope = is_loopback(a) ? RT_SCOPE_HOST : RT_SCOPE_UNIVERSE;
	/* to be used at once: nobody waits to see if another has it */
	if (a->family == AF_INET6)
		info->ifa_flags = IFA_F_NODAD;
	put_addr(&req, IFA_LOCAL, a);
	put_addr(&req, IFA_ADDRESS, a);
	if (get_broadcast(a, link, given, &broadcast))
		mnl_attr_put(
		    &req.head, IFA_BROADCAST, sizeof(broadcast), &broadcast);
	mnl_attr_put_u8(&req.head, IFA_PROTO, MARK);
	return nl_talk(nl, &req);
}

static int
say_failed(
    const struct addr *a, const struct nl_link *link, int r, struct jerr *e)
{
	char text[INET6_ADDRSTRLEN];

	if (a->family == AF_INET6 && r == -EACCES)
		return jerr(e, EACCES,
		    "%s: IPv6 is disabled on %s: set "
		    "net.ipv6.conf.%s.disable_ipv6 to 0",
		    addr_text(a, text), link->name, link->name);
	return jerr_sys(
	    e, -r, "%s: alias of %s", addr_text(a, text), link->name);
}

/* ---- words ---- */

static int
parse_all(
    char *const *words, struct addr *a, const char **broadcast, struct jerr *e)
{
	int r = 0;

	for (; r == 0 && *words != NULL; words++)
		r = addr_parse(*words, a++, broadcast++, e);
	return r;
}

static size_t
count(char *const *words)
{
	size_t n = 0;

	while (words[n] != NULL)
		n++;
	return n;
}

/* ---- alias-add ---- */

/* 'n' new, 'j' there and a jail's, 'h' there and the host's. */
static int
configure(struct nl *nl, const struct addr_table *t, const struct addr *a,
    const char *broadcast, char *answer, struct jerr *e)
{
	const struct addr *there = addr_find(t, a);
	struct nl_link link = { 0 };
	int r;

	if (there != NULL) {
		*answer = there->proto == MARK ? 'j' : 'h';
		return 0;
	}
	if ((r = nl_link_get(nl, NULL, (int)a->index, &link)) < 0 ||
	    (r = add_one(nl, a, broadcast, &link)) < 0) {
		if (r != -EEXIST)
			return say_failed(a, &link, r, e);
		*answer = 'h'; /* somebody was faster */
		return 0;
	}
	*answer = 'n';
	return 0;
}

/* In this namespace, or is the one that is meant no more? */
static bool
is_meant(const struct nl *nl, const char *cookie)
{
	uint64_t now = 0;
	socklen_t len = sizeof(now);

	return getsockopt(mnl_socket_get_fd(nl->sock), SOL_SOCKET,
		   SO_NETNS_COOKIE, &now, &len) == 0 &&
	       now == strtoull(cookie, NULL, 10);
}

/* COOKIE ADDRESS...; 4: where a letter for each address is to be said. */
int
verb_alias_add(char *const *words, struct jerr *e)
{
	size_t i, n = count(words + 1);
	auto_free struct addr *a = calloc(n + 1, sizeof(*a));
	auto_free const char **broadcast = calloc(n + 1, sizeof(*broadcast));
	auto_free char *answer = calloc(n + 1, 1);
	auto_table struct addr_table t = { 0 };
	auto_nl struct nl nl = NL_INIT;
	int r;

	if (a == NULL || broadcast == NULL || answer == NULL)
		return jerr_sys(e, ENOMEM, "aliases");
	if ((r = parse_all(words + 1, a, broadcast, e)) < 0)
		return r;
	if ((r = nl_open(&nl, -1)) < 0)
		return jerr_sys(e, -r, "netlink");
	if (!is_meant(&nl, words[0]))
		return jerr(e, EXDEV, "another network namespace");
	if ((r = addr_load(&nl, a, n, &t, e)) < 0)
		return r;
	for (i = 0; r == 0 && i < n; i++)
		r = configure(&nl, &t, &a[i], broadcast[i], &answer[i], e);
	if (r == 0 && (r = io_write(ANSWER_FD, answer, n)) < 0)
		return jerr_sys(e, -r, "answer");
	return r;
}

/* ---- alias-del ---- */

/* Are there addresses that the kernel would take away with this one? */
static bool
has_secondaries(const struct addr_table *t, const struct addr *a)
{
	uint32_t mask = a->prefix == 0 ? 0 : ~0U << (32 - a->prefix % 33);
	size_t i;

	if (a->family != AF_INET || (a->flags & IFA_F_SECONDARY) != 0)
		return false;
	for (i = 0; i < t->n; i++) {
		const struct addr *b = &t->v[i];

		if (b->index == a->index && b->family == AF_INET &&
		    b->prefix == a->prefix &&
		    (b->flags & IFA_F_SECONDARY) != 0 &&
		    ((a->u.in.s_addr ^ b->u.in.s_addr) & htonl(mask)) == 0)
			return true;
	}
	return false;
}

static int
take_promotes(const struct nlmsghdr *m, void *arg)
{
	const struct nlattr *spec =
	    nl_attr(m, sizeof(struct ifinfomsg), IFLA_AF_SPEC);
	const struct nlattr *family, *conf;
	const size_t at = IPV4_DEVCONF_PROMOTE_SECONDARIES - 1;
	uint32_t *ret = arg;

	if (spec == NULL)
		return 0;
	mnl_attr_for_each_nested(family, spec)
	{
		if (mnl_attr_get_type(family) != AF_INET)
			continue;
		mnl_attr_for_each_nested(conf, family)
		{
			const uint32_t *v = mnl_attr_get_payload(conf);

			if (mnl_attr_get_type(conf) == IFLA_INET_CONF &&
			    mnl_attr_get_payload_len(conf) > at * sizeof(*v))
				*ret = v[at];
		}
	}
	return 0;
}

/* net.ipv4.conf.IF.promote_secondaries, without a /proc. */
static int
get_promotes(struct nl *nl, unsigned int index, uint32_t *ret)
{
	struct nl_request req;
	struct ifinfomsg *info = nl_begin(&req, RTM_GETLINK, 0, sizeof(*info));

	info->ifi_index = (int)index;
	return nl_ask(nl, &req, take_promotes, ret);
}

static int
set_promotes(struct nl *nl, unsigned int index, uint32_t value)
{
	struct nl_request req;
	struct ifinfomsg *info = nl_begin(&req, RTM_SETLINK, 0, sizeof(*info));
	struct nlattr *spec, *family, *conf;

	info->ifi_index = (int)index;
	spec = mnl_attr_nest_start(&req.head, IFLA_AF_SPEC);
	family = mnl_attr_nest_start(&req.head, AF_INET);
	conf = mnl_attr_nest_start(&req.head, IFLA_INET_CONF);
	mnl_attr_put_u32(&req.head, IPV4_DEVCONF_PROMOTE_SECONDARIES, value);
	mnl_attr_nest_end(&req.head, conf);
	mnl_attr_nest_end(&req.head, family);
	mnl_attr_nest_end(&req.head, spec);
	return nl_talk(nl, &req);
}

static int
delete_one(struct nl *nl, const struct addr *a)
{
	struct nl_request req;
	struct ifaddrmsg *info = nl_begin(&req, RTM_DELADDR, 0, sizeof(*info));
	int r;

	info->ifa_family = a->family;
	info->ifa_prefixlen = a->prefix;
	info->ifa_index = a->index;
	put_addr(&req, IFA_LOCAL, a);
	put_addr(&req, IFA_ADDRESS, a);
	r = nl_talk(nl, &req);
	/* somebody, or the end of the interface, was faster */
	return r == -EADDRNOTAVAIL || r == -ENODEV ? 0 : r;
}

/*
 * With the first address of a network of IPv4 the kernel removes all others of
 * it, be they the host's or other jails', unless it is told to promote one.
 */
static int
delete_first(struct nl *nl, const struct addr *a)
{
	uint32_t promotes = 0;
	int r;

	if ((r = get_promotes(nl, a->index, &promotes)) < 0 ||
	    (promotes == 0 && (r = set_promotes(nl, a->index, 1)) < 0))
		return r;
	r = delete_one(nl, a);
	if (promotes == 0)
		(void)set_promotes(nl, a->index, 0); /* no harm if it stays */
	return r;
}

static int
take_away(struct nl *nl, const struct addr *wanted, struct jerr *e)
{
	auto_table struct addr_table t = { 0 };
	const struct addr *a;
	char text[INET6_ADDRSTRLEN];
	int r;

	/* each time anew: which is the first changes when one goes */
	if ((r = addr_load(nl, wanted, 1, &t, e)) < 0)
		return r;
	if ((a = addr_find(&t, wanted)) == NULL || a->proto != MARK)
		return 0;
	r = has_secondaries(&t, a) ? delete_first(nl, a) : delete_one(nl, a);
	return r < 0 ? jerr_sys(e, -r, "%s: -alias", addr_text(a, text)) : 0;
}

/* COOKIE ADDRESS...; 4, where it is open: the network namespace. */
int
verb_alias_del(char *const *words, struct jerr *e)
{
	size_t i, n = count(words + 1);
	auto_free struct addr *a = calloc(n + 1, sizeof(*a));
	auto_free const char **broadcast = calloc(n + 1, sizeof(*broadcast));
	auto_nl struct nl nl = NL_INIT;
	int r;

	if (a == NULL || broadcast == NULL)
		return jerr_sys(e, ENOMEM, "aliases");
	if ((r = parse_all(words + 1, a, broadcast, e)) < 0)
		return r;
	if (setns(NETNS_FD, CLONE_NEWNET) < 0 && errno != EBADF)
		return jerr_sys(e, errno, "network namespace");
	if ((r = nl_open(&nl, -1)) < 0)
		return jerr_sys(e, -r, "netlink");
	/* it has gone, and all its addresses */
	if (!is_meant(&nl, words[0]))
		return 0;
	for (i = 0; r == 0 && i < n; i++)
		r = take_away(&nl, &a[i], e);
	return r;
}
