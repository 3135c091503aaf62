/* SPDX-License-Identifier: BSD-2-Clause */
/* The sockets of a network namespace, as the kernel lists them (sock_diag). */
#ifndef KERN_DIAG_H
#define KERN_DIAG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct diag_addr {
	unsigned char ip[16]; /* the first 4 of IPv4 */
	uint16_t port; /* of a raw socket: its protocol */
};

struct diag_sock {
	int family; /* AF_INET, AF_INET6, AF_UNIX */
	int type; /* AF_UNIX: SOCK_STREAM... */
	int proto; /* IPPROTO_TCP...; AF_UNIX: 0 */
	int state; /* TCP_LISTEN..., whatever the protocol */
	bool v6only; /* AF_INET6: takes no IPv4; told of idle sockets */
	uint32_t uid;
	uint32_t inode; /* as descriptors name it; 0: no process has it */
	uint64_t cgroup; /* its id, 0: not told */
	unsigned int ifindex; /* it is bound to, or of a link-local address */
	struct diag_addr local, foreign;
	/* AF_UNIX; the name has no NUL at its end, an abstract one begins so */
	const char *name;
	size_t name_len; /* 0: it has none */
	uint32_t peer; /* inode, 0: it has none */
	/* of the map of the query, NULL: nothing is stored; not aligned */
	const void *value;
	size_t value_len;
};

/* More than 0: enough, diag_dump() returns that. */
typedef int diag_fn(const struct diag_sock *s, void *arg);

struct diag_query {
	int family;
	int proto;
	uint32_t states; /* bits 1 << state */
	int map; /* BPF_MAP_TYPE_SK_STORAGE, CAP_BPF is needed; -1: none */
};

/* For the network namespace of the caller: a descriptor. */
int diag_open(void);

/*
 * Call fn for each socket; what it is given lives as long as the call.
 * Sockets that come or go meanwhile may be told or not.  -ENOENT: this kernel
 * cannot list these.
 *
 * For a protocol whose listing is a module the kernel itself asks for that,
 * as it does for ss(8); where it is not had, the answer is that -ENOENT.
 */
int diag_dump(int fd, const struct diag_query *q, diag_fn *fn, void *arg);

/* Of what the kernel answered to q. */
int diag_parse(const void *data, size_t len, const struct diag_query *q,
    diag_fn *fn, void *arg);

#endif
