/* SPDX-License-Identifier: BSD-2-Clause */
/* Addresses of interfaces: those that are wanted, and those that are there. */
#ifndef NET_ADDR_H
#define NET_ADDR_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>

struct jerr;
struct nl;

struct addr {
	unsigned int index; /* of the interface */
	unsigned char family, prefix;
	unsigned char proto; /* IFA_PROTO, 0: none */
	unsigned int flags; /* IFA_F_* */
	union {
		struct in_addr in;
		struct in6_addr in6;
	} u;
};

size_t addr_len(const struct addr *a);
const char *addr_text(const struct addr *a, char text[INET6_ADDRSTRLEN]);

/*
 * "IFINDEX,ADDR[/PREFIX][,BROADCAST]", which is cut up; *ret_broadcast may
 * become NULL.
 */
int addr_parse(
    char *word, struct addr *ret, const char **ret_broadcast, struct jerr *e);

struct addr_table {
	struct addr *v;
	size_t n;
};

void addr_table_done(struct addr_table *t);
#define auto_table __attribute__((cleanup(addr_table_done)))

/* Those of all interfaces and families that n wanted ones are of. */
int addr_load(struct nl *nl, const struct addr *wanted, size_t n,
    struct addr_table *t, struct jerr *e);

/* The same address of the same interface, whatever its mask; or NULL. */
const struct addr *addr_find(const struct addr_table *t, const struct addr *a);

#endif
