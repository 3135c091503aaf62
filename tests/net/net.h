/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What of the network a program gets to see in a jail, as rows: what is tried,
 * and how it must end in each kind of jail.
 *
 * How an attempt ended is a text: the name of an error, or what was seen.  An
 * address is seen as what it is to the jail: "own", "own2", "loop", "host", ...
 * with the port: ":P" is the one asked for, ":*" another one.  "6/" or "m/"
 * comes before one that is not of the row's own form.
 */
#ifndef NET_H
#define NET_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#define nitems(a) (sizeof(a) / sizeof((a)[0]))

/* What the program runs in.  See row_want() for what stands for what. */
enum kind {
	K_HOST,
	K_INHERIT,
	K_ONE, /* one address of each family */
	K_MANY, /* two */
	K_V4, /* ip6=disable */
	K_V6, /* ip4=disable */
	K_OFF, /* both */
	K_NESTED, /* a child that has one of its parent's */
	K_KINDS,
};

enum who {
	W_ANY, /* the wildcard */
	W_OWN, /* the jail's first */
	W_OWN2, /* its second, where it has one; else somebody's */
	W_LOOP, /* 127.0.0.1, ::1 */
	W_HOST, /* the host's */
	W_OTHER, /* another jail's */
	W_OUT, /* of another machine */
	W_GROUP, /* multicast */
	W_BROAD, /* broadcast */
	W_NOWHERE, /* nobody's */
	W_WHOS,
};

/* How a row's addresses are given. */
enum form {
	F4 = 1 << 0,
	F6 = 1 << 1,
	FM = 1 << 2, /* IPv4 in IPv6 */
};
#define F46 (F4 | F6)
#define F4M (F4 | FM)
#define FALL (F4 | F6 | FM)

enum row_flags {
	USER = 1 << 0, /* not as root */
	ONLY6 = 1 << 1, /* IPV6_V6ONLY */
	ADDR = 1 << 2, /* SO_REUSEADDR on the first socket */
	PORT = 1 << 3, /* SO_REUSEPORT on it */
	ADDR2 = 1 << 4, /* the same, on the second */
	PORT2 = 1 << 5,
	LISTEN = 1 << 6, /* the first one listens */
	LOW = 1 << 7, /* a port below 1024 */
	ZERO = 1 << 8, /* port 0 */
	BOTH = 1 << 9, /* is reached at IPv4 addresses, too */
	CONN = 1 << 10, /* is connected */
	WILD = 1 << 11, /* the port that the host has on the wildcard */
	ALIKE = 1 << 12, /* whatever families the jail has */
};

struct attempt;

struct row {
	const char *name;
	void (*act)(const struct attempt *);
	int forms;
	enum who a, b;
	int domain, type, proto; /* type 0: a datagram socket */
	unsigned int flags;
	/* Alternatives: "ok|EPERM"; "*EPERM": that ends so; "?": any. */
	const char *want[K_KINDS];
};

#define HOST(text) .want[K_HOST] = (text)
#define INHERIT(text) .want[K_INHERIT] = (text)
#define ONE(text) .want[K_ONE] = (text)
#define MANY(text) .want[K_MANY] = (text)
#define V4(text) .want[K_V4] = (text)
#define V6(text) .want[K_V6] = (text)
#define OFF(text) .want[K_OFF] = (text)

/* One row in one form, in a process of its own. */
struct attempt {
	const struct row *row;
	enum form form;
	uint16_t port;
};

/* Each ends with a row without a name. */
extern const struct row socket_rows[];
extern const struct row bind_rows[];
extern const struct row share_rows[];
extern const struct row listen_rows[];
extern const struct row connect_rows[];
extern const struct row udp_rows[];
extern const struct row source_rows[];
extern const struct row option_rows[];
extern const struct row group_rows[];
extern const struct row passed_rows[];
extern const struct row uring_rows[];

/* Ports of the peer's services. */
enum {
	PORT_WILD = 7001, /* TCP and UDP on the wildcard address */
	PORT_EACH = 7002, /* likewise on every address of its own */
};

#endif
