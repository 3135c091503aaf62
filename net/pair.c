/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pair: two interfaces that are connected, one in a bridge of the host, the
 * other in the jail, with its addresses and its default routes.
 *
 * Both ends come to be in one request, in their places, so that nothing else
 * ever sees a pair that is half made; with either end, the other goes.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_link.h>
#include <linux/veth.h>
#include <net/if.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "jerr.h"
#include "nl.h"
#include "verbs.h"

#define IFALIAS_MAX 255

enum word {
	W_BRIDGE,
	W_NAME,
	W_MAC,
	W_ALIAS,
	W_INNER,
	W_INNER_MAC,
	W_MORE /* "addr" and "via", each with its value */
};

/* ---- making it ---- */

static void
put_mac(struct nlmsghdr *head, const char *text)
{
	unsigned int v[6] = { 0 };
	unsigned char mac[6];
	size_t i;

	(void)sscanf(text, "%x:%x:%x:%x:%x:%x", &v[0], &v[1], &v[2], &v[3],
	    &v[4], &v[5]);
	for (i = 0; i < nitems(mac); i++)
		mac[i] = (unsigned char)v[i];
	mnl_attr_put(head, IFLA_ADDRESS, sizeof(mac), mac);
}

static void
put_peer(struct nlmsghdr *head, char *const *words, unsigned int mtu)
{
	struct nlattr *peer = mnl_attr_nest_start(head, VETH_INFO_PEER);

	(void)mnl_nlmsg_put_extra_header(head, sizeof(struct ifinfomsg));
	mnl_attr_put_strz(head, IFLA_IFNAME, words[W_INNER]);
	mnl_attr_put_u32(head, IFLA_MTU, mtu);
	mnl_attr_put_u32(head, IFLA_NET_NS_FD, VERB_FD);
	put_mac(head, words[W_INNER_MAC]);
	mnl_attr_nest_end(head, peer);
}

static int
create(struct nl *nl, char *const *words, const struct nl_link *bridge)
{
	struct nl_request req;
	struct nlmsghdr *head = &req.head;
	struct nlattr *info, *data;
	struct ifinfomsg *ifi = nl_begin(
	    &req, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, sizeof(*ifi));

	ifi->ifi_flags = ifi->ifi_change = IFF_UP;
	mnl_attr_put_strz(head, IFLA_IFNAME, words[W_NAME]);
	mnl_attr_put_u32(head, IFLA_MASTER, (uint32_t)bridge->index);
	/* another one than the bridge's would become that of all */
	mnl_attr_put_u32(head, IFLA_MTU, bridge->mtu);
	put_mac(head, words[W_MAC]);
	info = mnl_attr_nest_start(head, IFLA_LINKINFO);
	mnl_attr_put_strz(head, IFLA_INFO_KIND, "veth");
	data = mnl_attr_nest_start(head, IFLA_INFO_DATA);
	put_peer(head, words, bridge->mtu);
	mnl_attr_nest_end(head, data);
	mnl_attr_nest_end(head, info);
	return nl_talk(nl, &req);
}

/* What says to the reader, and to unpair, whose it is. */
static int
set_alias(struct nl *nl, int index, const char *alias)
{
	struct nl_request req;
	struct ifinfomsg *ifi = nl_begin(&req, RTM_SETLINK, 0, sizeof(*ifi));

	ifi->ifi_index = index;
	mnl_attr_put_str(&req.head, IFLA_IFALIAS, alias);
	return nl_talk(nl, &req);
}

static int
find_bridge(
    struct nl *nl, const char *name, struct nl_link *ret, struct jerr *e)
{
	int r = nl_link_get(nl, name, 0, ret);

	if (r == -ENODEV)
		return jerr(e, ENXIO,
		    "vnet.bridge: %s: no such interface: make it with \"ip "
		    "link add %s type bridge\" and \"ip link set %s up\"",
		    name, name, name);
	if (r < 0)
		return jerr_sys(e, -r, "vnet.bridge: %s", name);
	if (strcmp(ret->kind, "bridge") != 0)
		return jerr(e, EINVAL, "vnet.bridge: %s is not a bridge", name);
	return 0;
}

/*
 * A bridge without an address that somebody gave it changes to the lowest of
 * its members', and neighbours lose it whenever a jail comes or goes: the one
 * that it has becomes its own.
 */
static int
keep_mac(struct nl *nl, const struct nl_link *bridge)
{
	static const unsigned char none[6];
	struct nl_request req;
	struct ifinfomsg *ifi = nl_begin(&req, RTM_SETLINK, 0, sizeof(*ifi));

	if (memcmp(bridge->mac, none, sizeof(none)) == 0)
		return 0;
	ifi->ifi_index = bridge->index;
	mnl_attr_put(&req.head, IFLA_ADDRESS, sizeof(bridge->mac), bridge->mac);
	return nl_talk(nl, &req);
}

static int
make(char *const *words, struct jerr *e)
{
	auto_nl struct nl nl = NL_INIT;
	struct nl_link bridge = { 0 }, end = { 0 };
	int r;

	if (strlen(words[W_ALIAS]) > IFALIAS_MAX)
		return jerr_sys(e, EINVAL, "vnet.bridge: alias");
	if ((r = nl_open(&nl, -1)) < 0)
		return jerr_sys(e, -r, "netlink");
	if ((r = find_bridge(&nl, words[W_BRIDGE], &bridge, e)) < 0)
		return r;
	if ((r = keep_mac(&nl, &bridge)) < 0)
		return jerr_sys(e, -r, "vnet.bridge: %s", words[W_BRIDGE]);
	if ((r = create(&nl, words, &bridge)) == -EOPNOTSUPP)
		return jerr(e, EOPNOTSUPP,
		    "vnet.bridge: this kernel has no veth interfaces "
		    "(CONFIG_VETH)");
	if (r == 0 && (r = nl_link_get(&nl, words[W_NAME], 0, &end)) == 0)
		r = set_alias(&nl, end.index, words[W_ALIAS]);
	return r < 0 ? jerr_sys(e, -r, "vnet.bridge: %s in %s", words[W_NAME],
			   words[W_BRIDGE])
		     : 0;
}

/* ---- the end in the jail ---- */

struct address {
	int family;
	size_t len;
	unsigned char b[16];
	unsigned int prefix;
};

static int
parse(char *text, struct address *ret)
{
	char *rest = text, *bare = strsep(&rest, "/");
	struct address a = { .family = AF_INET, .len = 4, .prefix = 32 };

	if (inet_pton(AF_INET, bare, a.b) != 1) {
		a.family = AF_INET6;
		a.len = 16;
		a.prefix = 128;
		if (inet_pton(AF_INET6, bare, a.b) != 1)
			return -EINVAL;
	}
	if (rest != NULL)
		a.prefix = (unsigned int)strtoul(rest, NULL, 10);
	*ret = a;
	return 0;
}

static int
set_up(struct nl *nl, int index)
{
	struct nl_request req;
	struct ifinfomsg *ifi = nl_begin(&req, RTM_NEWLINK, 0, sizeof(*ifi));

	ifi->ifi_index = index;
	ifi->ifi_flags = ifi->ifi_change = IFF_UP;
	return nl_talk(nl, &req);
}

static int
add_addr(struct nl *nl, int index, const struct address *a)
{
	struct nl_request req;
	struct in_addr broadcast;
	struct ifaddrmsg *ifa = nl_begin(
	    &req, RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, sizeof(*ifa));

	ifa->ifa_family = (uint8_t)a->family;
	ifa->ifa_prefixlen = (uint8_t)a->prefix;
	ifa->ifa_index = (uint32_t)index;
	/* to be used at once: nobody waits to see whether another has it */
	if (a->family == AF_INET6)
		ifa->ifa_flags = IFA_F_NODAD;
	mnl_attr_put(&req.head, IFA_LOCAL, a->len, a->b);
	mnl_attr_put(&req.head, IFA_ADDRESS, a->len, a->b);
	if (a->family == AF_INET && a->prefix < 31) {
		memcpy(&broadcast, a->b, sizeof(broadcast));
		broadcast.s_addr |= htonl(UINT32_MAX >> a->prefix);
		mnl_attr_put(
		    &req.head, IFA_BROADCAST, sizeof(broadcast), &broadcast);
	}
	return nl_talk(nl, &req);
}

static int
add_route(struct nl *nl, int index, const struct address *a)
{
	struct nl_request req;
	struct rtmsg *rt = nl_begin(
	    &req, RTM_NEWROUTE, NLM_F_CREATE | NLM_F_EXCL, sizeof(*rt));

	rt->rtm_family = (unsigned char)a->family;
	rt->rtm_table = RT_TABLE_MAIN;
	rt->rtm_protocol = RTPROT_STATIC;
	rt->rtm_scope = RT_SCOPE_UNIVERSE;
	rt->rtm_type = RTN_UNICAST;
	mnl_attr_put(&req.head, RTA_GATEWAY, a->len, a->b);
	mnl_attr_put_u32(&req.head, RTA_OIF, (uint32_t)index);
	return nl_talk(nl, &req);
}

static const struct more {
	const char *word, *param;
	int (*add)(struct nl *nl, int index, const struct address *a);
} mores[] = {
	{ "addr", "vnet.addr", add_addr },
	{ "via", "vnet.gateway", add_route },
};

static int
add_more(
    struct nl *nl, int index, const char *word, char *value, struct jerr *e)
{
	char said[64];
	struct address a;
	size_t i;
	int r = -EINVAL;

	(void)snprintf(said, sizeof(said), "%s", value);
	for (i = 0; i < nitems(mores); i++) {
		if (strcmp(word, mores[i].word) != 0)
			continue;
		if ((r = parse(value, &a)) == 0)
			r = mores[i].add(nl, index, &a);
		return r < 0 ? jerr_sys(e, -r, "%s: %s", mores[i].param, said)
			     : 0;
	}
	return jerr_sys(e, EINVAL, "%s", word);
}

static int
configure(char *const *words, struct jerr *e)
{
	auto_nl struct nl nl = NL_INIT;
	struct nl_link end = { 0 };
	size_t i;
	int r;

	if ((r = nl_open(&nl, VERB_FD)) < 0)
		return jerr_sys(e, -r, "network namespace");
	if ((r = nl_link_get(&nl, words[W_INNER], 0, &end)) < 0 ||
	    (r = set_up(&nl, end.index)) < 0)
		return jerr_sys(e, -r, "vnet.bridge: %s", words[W_INNER]);
	for (i = W_MORE; r == 0 && words[i] != NULL && words[i + 1] != NULL;
	     i += 2)
		r = add_more(&nl, end.index, words[i], words[i + 1], e);
	return r;
}

int
verb_pair(char *const *words, struct jerr *e)
{
	int r = make(words, e);

	/* on failure the caller undoes what it recorded */
	return r < 0 ? r : configure(words, e);
}

/* ---- undoing it ---- */

static bool
ends_with(const char *text, const char *end)
{
	size_t len = strlen(text), n = strlen(end);

	return len >= n && strcmp(text + len - n, end) == 0;
}

/* NAME MARK: the host's end, if that is what its alias ends with. */
int
verb_unpair(char *const *words, struct jerr *e)
{
	auto_nl struct nl nl = NL_INIT;
	struct nl_link link = { 0 };
	struct nl_request req;
	struct ifinfomsg *ifi;
	int r;

	if ((r = nl_open(&nl, VERB_FD)) < 0)
		return jerr_sys(e, -r, "network namespace");
	r = nl_link_get(&nl, words[0], 0, &link);
	if (r == -ENODEV || (r == 0 && !ends_with(link.alias, words[1])))
		return 0;
	if (r == 0) {
		ifi = nl_begin(&req, RTM_DELLINK, 0, sizeof(*ifi));
		ifi->ifi_index = link.index;
		r = nl_talk(&nl, &req);
	}
	return r < 0 && r != -ENODEV
		   ? jerr_sys(e, -r, "vnet.bridge: %s", words[0])
		   : 0;
}
