/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a jail's parameters mean for the kernel: the capability bounding set
 * and the groups of system calls that are open.  Pure: tables and look-ups.
 */
#ifndef MODEL_POLICY_H
#define MODEL_POLICY_H

#include <stdbool.h>
#include <stdint.h>

struct pset;

/* Groups of system calls that a parameter opens; see filter_table.c. */
enum policy_open {
	OPEN_INET = 1 << 0, /* AF_INET sockets: ip4 is not "disable" */
	OPEN_INET6 = 1 << 1, /* AF_INET6 sockets */
	OPEN_SOCKET_AF = 1 << 2, /* allow.socket_af: other families */
	OPEN_SYSVMSG = 1 << 3, /* sysvmsg is not "disable" */
	OPEN_SYSVSEM = 1 << 4,
	OPEN_SYSVSHM = 1 << 5,
	OPEN_MSGBUF = 1 << 6, /* allow.read_msgbuf: syslog(2) */
	OPEN_VNET = 1 << 7, /* vnet: packet and netlink sockets */
	OPEN_RAW = 1 << 8, /* raw sockets, which need a capability as well */
};

struct policy {
	uint64_t caps; /* bounding set: bit n is capability n */
	unsigned int open; /* enum policy_open */
	bool mlock; /* allow.mlock: no RLIMIT_MEMLOCK */
};

/*
 * The policy of a jail with these parameters.  Every bit has its reason in
 * a row of a table.
 */
void policy_get(struct policy *ret, const struct pset *params);

#endif
