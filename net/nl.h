/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * rtnetlink: a request and its answer, by libmnl.  0 or more, or -errno.
 */
#ifndef NET_NL_H
#define NET_NL_H

#include <libmnl/libmnl.h>
#include <linux/rtnetlink.h>
#include <stddef.h>
#include <stdint.h>

struct nl {
	struct mnl_socket *sock; /* NULL: closed */
	uint32_t port;
	uint32_t seq;
};

#define NL_INIT                                                                \
	{                                                                      \
		0                                                              \
	}

/*
 * A socket in the network namespace netns, which is given up again, or in the
 * caller's (-1).
 */
int nl_open(struct nl *ret, int netns);
void nl_done(struct nl *nl);
#define auto_nl __attribute__((cleanup(nl_done)))

/* ---- requests ---- */

#define NL_SIZE 1024 /* of a request of ours */

/*
 * A request in the making: attributes are put with mnl_attr_put_*(), which
 * trust that they fit.
 */
struct nl_request {
	union {
		struct nlmsghdr head;
		char space[NL_SIZE];
	};
};

/*
 * Begin one of this type; flags beside NLM_F_REQUEST.  Returns the zeroed
 * header of size bytes that the type has: struct ifinfomsg, ifaddrmsg...
 */
void *nl_begin(
    struct nl_request *req, uint16_t type, uint16_t flags, size_t size);

/* Send it and wait for the kernel's word. */
int nl_talk(struct nl *nl, struct nl_request *req);

/*
 * Send it, and call fn for each message of the answer, which is over after
 * one (an RTM_GET of one thing) or when the kernel says so (NLM_F_DUMP).
 * fn returns 0 or more, or -errno, which ends it and is returned.
 */
typedef int nl_fn(const struct nlmsghdr *m, void *arg);
int nl_ask(struct nl *nl, struct nl_request *req, nl_fn *fn, void *arg);

/*
 * Find attribute type after the header of size bytes; NULL: it is not there.
 */
const struct nlattr *nl_attr(
    const struct nlmsghdr *m, size_t size, uint16_t type);

/* The same within an attribute that holds others; NULL of NULL. */
const struct nlattr *nl_attr_in(const struct nlattr *nest, uint16_t type);

/* ---- interfaces ---- */

struct nl_link {
	int index;
	char name[16]; /* IFNAMSIZ */
	unsigned int flags; /* IFF_* */
	unsigned int mtu;
	unsigned char mac[6];
	char kind[16]; /* "veth", "bridge"... or empty */
	char alias[256]; /* IFALIASZ */
};

/* By name, or by index where name is NULL.  -ENODEV: there is none. */
int nl_link_get(
    struct nl *nl, const char *name, int index, struct nl_link *ret);

#endif
