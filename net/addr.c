/* SPDX-License-Identifier: BSD-2-Clause */
/* Addresses of interfaces. */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_addr.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "addr.h"
#include "buf.h"
#include "jerr.h"
#include "nl.h"

#ifndef IFA_PROTO
#define IFA_PROTO 11 /* Linux 5.18 */
#endif

#define TRIES 10 /* for a list that changes while it is read */

size_t
addr_len(const struct addr *a)
{
	return a->family == AF_INET ? sizeof(a->u.in) : sizeof(a->u.in6);
}

static bool
is_same(const struct addr *a, const struct addr *b)
{
	return a->index == b->index && a->family == b->family &&
	       memcmp(&a->u, &b->u, addr_len(a)) == 0;
}

const char *
addr_text(const struct addr *a, char text[INET6_ADDRSTRLEN])
{
	return inet_ntop(a->family, &a->u, text, INET6_ADDRSTRLEN);
}

/* ---- words ---- */

int
addr_parse(
    char *word, struct addr *ret, const char **ret_broadcast, struct jerr *e)
{
	char *rest = word, *index = strsep(&rest, ","),
	     *addr = strsep(&rest, ","), *prefix = addr;
	struct addr a = { .index = (unsigned int)strtoul(index, NULL, 10) };

	if (addr == NULL)
		return jerr(e, EINVAL, "%s: not an address", word);
	addr = strsep(&prefix, "/");
	a.family = inet_pton(AF_INET, addr, &a.u) == 1 ? AF_INET : AF_INET6;
	if (a.family == AF_INET6 && inet_pton(AF_INET6, addr, &a.u) != 1)
		return jerr(e, EINVAL, "%s: not an address", addr);
	if (prefix != NULL)
		a.prefix = (unsigned char)strtoul(prefix, NULL, 10);
	*ret_broadcast = rest;
	*ret = a;
	return 0;
}

/* ---- what is there ---- */

void
addr_table_done(struct addr_table *t)
{
	free(t->v);
}

static int
take_addr(const struct nlmsghdr *m, void *arg)
{
	const struct ifaddrmsg *info = mnl_nlmsg_get_payload(m);
	const struct nlattr *local = nl_attr(m, sizeof(*info), IFA_LOCAL);
	const struct nlattr *proto = nl_attr(m, sizeof(*info), IFA_PROTO);
	struct addr_table *t = arg;
	struct addr *more, a = {
		.index = info->ifa_index,
		.family = info->ifa_family,
		.prefix = info->ifa_prefixlen,
		.flags = info->ifa_flags,
	};

	if (local == NULL)
		local = nl_attr(m, sizeof(*info), IFA_ADDRESS);
	if (local == NULL || mnl_attr_get_payload_len(local) != addr_len(&a))
		return 0;
	if ((more = grow(t->v, t->n, sizeof(a))) == NULL)
		return -ENOMEM;
	memcpy(&a.u, mnl_attr_get_payload(local), addr_len(&a));
	if (proto != NULL)
		a.proto = mnl_attr_get_u8(proto);
	t->v = more;
	t->v[t->n++] = a;
	return 0;
}

/* The addresses that an interface has of a family. */
static int
load_one(struct nl *nl, struct addr_table *t, unsigned int index, int family)
{
	size_t was = t->n;
	int i, r = -EINTR;

	for (i = 0; r == -EINTR && i < TRIES; i++) {
		struct nl_request req;
		struct ifaddrmsg *info =
		    nl_begin(&req, RTM_GETADDR, NLM_F_DUMP, sizeof(*info));

		t->n = was;
		info->ifa_family = (unsigned char)family;
		info->ifa_index = index;
		r = nl_ask(nl, &req, take_addr, t);
	}
	return r == -ENODEV ? 0 : r;
}

static bool
is_loaded(const struct addr *wanted, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		if (wanted[i].index == wanted[n].index &&
		    wanted[i].family == wanted[n].family)
			return true;
	}
	return false;
}

int
addr_load(struct nl *nl, const struct addr *wanted, size_t n,
    struct addr_table *t, struct jerr *e)
{
	const int strict = 1; /* the kernel looks at the index */
	size_t i;
	int r = 0;

	(void)mnl_socket_setsockopt(nl->sock, NETLINK_GET_STRICT_CHK,
	    (void *)(uintptr_t)&strict, sizeof(strict)); /* slower without */
	for (i = 0; r == 0 && i < n; i++) {
		if (!is_loaded(wanted, i))
			r = load_one(nl, t, wanted[i].index, wanted[i].family);
	}
	return r < 0 ? jerr_sys(e, -r, "list of addresses") : 0;
}

const struct addr *
addr_find(const struct addr_table *t, const struct addr *a)
{
	size_t i;

	for (i = 0; i < t->n; i++) {
		if (is_same(&t->v[i], a))
			return &t->v[i];
	}
	return NULL;
}
