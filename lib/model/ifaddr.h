/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * jail(8)'s addresses: [IFACE|]ADDR[/MASK][ ARG ...], where the words of ARG
 * are ifconfig(8)'s.  Pure.
 */
#ifndef MODEL_IFADDR_H
#define MODEL_IFADDR_H

#include <netinet/in.h>

#define IFADDR_NAME 16 /* the kernel's IFNAMSIZ */

struct jailx_param;
struct jerr;

struct if_addr {
	int family; /* AF_INET, AF_INET6 */
	char interface[IFADDR_NAME]; /* empty: none was given */
	char addr[INET6_ADDRSTRLEN]; /* canonical */
	unsigned int prefix; /* bits of the mask */
	char broadcast[INET_ADDRSTRLEN]; /* empty: none was given */
};

/* Could there be an interface of this name? */
int ifaddr_check_interface(const char *who, const char *name, struct jerr *e);

/* Parse one address of p, ip4.addr or ip6.addr.  0, or -EINVAL. */
int ifaddr_parse(struct if_addr *ret, const struct jailx_param *p,
    const char *text, struct jerr *e);

#endif
