/* SPDX-License-Identifier: BSD-2-Clause */
/* Addresses by what they are to a jail. */
#ifndef ADDR_H
#define ADDR_H

#include "net.h"

union addr {
	struct sockaddr sa;
	struct sockaddr_in in;
	struct sockaddr_in6 in6;
	struct sockaddr_storage room;
};

/* Take "own=A[,B]": 0, or -1 if that is none.  One of IPv4, one of IPv6. */
int addr_set(const char *word);

bool addr_has(enum who who, enum form form);

/* The address in this form.  Its length. */
socklen_t addr_of(enum who who, enum form form, uint16_t port, union addr *ret);

/* As text for others: "10.0.0.1", "fd00::1"; static storage. */
const char *addr_text(enum who who, enum form form);

/* What an address is, for a row of this form, into text[]. */
#define ADDR_TEXT 80
const char *addr_show(const union addr *a, enum form form, uint16_t asked,
    char text[static ADDR_TEXT]);

/* The same of an address as text, without a port. */
const char *addr_name(const char *text);

uint16_t addr_port(const union addr *a);

/* AF_INET or AF_INET6. */
int form_domain(enum form form);

const char *form_name(enum form form);

#endif
