/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * What the BPF programs and those who fill their maps agree on.
 *
 * Maps, by their names in the kernel:
 *
 *	jail_policy	HASH	cgroup id of <jid>/ -> struct net_policy
 *	jail_held	HASH	struct net_held -> u8: addresses of those jails
 *			that have more than one of a family
 *	jail_owner	HASH	struct net_addr -> struct net_owner
 *	jail_below	HASH	struct net_held -> struct net_owner: who has an
 *address below the jail (its scope) that has it, too
 *	jail_claims	HASH	struct net_claim_key -> struct net_claim: ports
 *			that sockets of jails are bound to
 *	jail_ports	HASH	struct net_port -> u8: UDP ports that the host
 *			has on the wildcard address, and jails may bind
 *	jail_listeners	SOCKHASH struct net_listener -> TCP socket
 *	jail_guests	LRU_HASH struct net_guest -> u64: when it wrote last
 *	jail_socks	SK_STORAGE struct net_sock
 *	jail_epoch	ARRAY	one __u32, another one after each change of a
 *			policy: what sockets remember of it is void; 0: none
 *
 * An IPv4 address is kept as ::ffff:a.b.c.d, ports in host order.  Whoever
 * changes one of these structs raises NET_ABI.
 */
#ifndef JAIL_BPF_H
#define JAIL_BPF_H

#include <linux/types.h>

#define NET_ABI 3
#define NET_DEPTH 8 /* of jails in jails, the outermost one being the first */
#define NET_SOURCES 8
#define NET_SLOTS                                                              \
	64 /* sockets of one SO_REUSEPORT group that are steered to            \
	    */

struct net_config {
	__u64 net; /* sk_lookup: the cookie of its network namespace */
	__u32 level; /* of jail/ in the tree of cgroups, the root's is 0 */
	__u32 zero;
};

/* What the LSM programs have been asked about. */
struct lsm_seen {
	__u32 connect;
	__u32 send;
};

/* What a jail has of an address family. */
enum net_family {
	NET_OFF,
	NET_ADDRS, /* addresses of its own */
	NET_HOST, /* the host's */
};

enum net_flags {
	NET_RESERVED = 1 << 0, /* allow.reserved_ports */
	NET_PING = 1 << 1, /* ICMP datagram sockets */
	NET_RAW = 1 << 2, /* raw sockets */
	NET_CHILDREN = 1 << 3, /* may have jails below it */
	NET_DEVICES = 1 << 4, /* is held to the devices of ruleset 4 */
	NET_LOOP4 = 1 << 5, /* 127.0.0.1 is among its addresses */
	NET_LOOP6 = 1 << 6, /* ::1 is */
	NET_NESTED = 1 << 7, /* is a jail below another one, on its stack */
};

struct net_ip {
	union {
		__u8 b[16];
		__be32 w[4];
		__u64 d[2];
	};
};

/* A destination net, and the held address to reach it from. */
struct net_source {
	struct net_ip net;
	struct net_ip mask;
	struct net_ip from;
};

struct net_policy {
	__u64 scope; /* under which its ports are kept, see struct net_owner */
	__u64 net; /* cookie of its network namespace */
	__u32 flags;
	__u32 mark; /* of its sockets, 0: none */
	__u32 root; /* uid of its root on the host */
	__u8 ip4, ip6; /* enum net_family */
	__u8 n4, n6; /* addresses, the first one below */
	struct net_ip addr4;
	struct net_ip addr6;
	__u32 nsource4, nsource6; /* else the first address */
	struct net_source source4[NET_SOURCES];
	struct net_source source6[NET_SOURCES];
	__u64 above4, above6; /* scope of who has the addresses, too; or 0 */
};

struct net_held {
	__u64 jail; /* cgroup id, or scope */
	struct net_ip ip;
};

struct net_addr {
	__u64 net;
	struct net_ip ip;
};

/*
 * The jails that have an address.  Several may, if each has no other; then
 * they have one scope, that of the first, since they share the ports.
 */
struct net_owner {
	__u64 scope;
	__u32 jid; /* one of them */
	__u16 shared; /* there have been others */
	__u16 below; /* so has a jail below it, or had */
};

enum net_claim_kind {
	NET_CLAIM_PORT, /* a port as asked for */
	NET_CLAIM_HIDDEN, /* the port that it really is: of UDP by a jail */
	NET_CLAIM_COUNT, /* how many claims on addresses a port has */
};

struct net_claim_key {
	__u64 scope;
	struct net_ip ip; /* all zero, or ::ffff:0.0.0.0: wildcard */
	__u16 port;
	__u8 proto; /* IPPROTO_TCP, IPPROTO_UDP, IPPROTO_UDPLITE */
	__u8 kind;
	__u32 zero;
};

struct net_claim {
	__u32 count;
	__u32 uid; /* or jail */
	__u16 hidden; /* TCP: the real port, 0 until known */
	__u8 flags; /* enum net_sock_flags: SHARE, GROUP, LISTENS */
	__u8 zero[5];
};

/* A program of the host's that has written to a socket from 127.0.0.1 or ::1.
 */
struct net_guest {
	__u64 cookie; /* of the socket */
	__u16 port; /* of the program's */
	__u16 zero[3];
};

struct net_listener {
	__u64 scope;
	struct net_ip ip;
	__u16 port;
	__u16 slot;
	__u32 zero;
};

struct net_port {
	__u64 owner; /* net: the host's there; a jail: one it may bind yet */
	__u16 port;
	__u16 zero[3];
};

enum net_sock_flags {
	NET_SOCK_SHARE = 1 << 0, /* asked for SO_REUSEADDR */
	NET_SOCK_GROUP = 1 << 1, /* asked for SO_REUSEPORT */
	NET_SOCK_LISTENS = 1 << 2,
	NET_SOCK_WILD = 1 << 3, /* asked for the wildcard address */
	NET_SOCK_LOOP = 1 << 4, /* talks to 127.0.0.1 or ::1, as it thinks */
	NET_SOCK_CLAIMS = 1 << 5, /* has a claim under key */
	NET_SOCK_V6ONLY = 1 << 6, /* asked for IPV6_V6ONLY */
};

/* Accepted sockets have a copy of their listener's. */
struct net_sock {
	__u64 jail;
	__u64 cookie; /* of the socket that the claim is of */
	__u64 real; /* scope that the real port is claimed in, UDP; or 0 */
	struct net_claim_key key; /* port: as the program asked for, or 0 */
	struct net_ip at; /* what it is bound to */
	__u64 passed; /* IPv4 address that is the jail's, below its epoch */
	__u16 hidden; /* the port that it really has, where that differs */
	__u8 flags;
	__u8 zero[5];
};

#endif
