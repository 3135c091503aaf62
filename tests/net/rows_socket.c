/* SPDX-License-Identifier: BSD-2-Clause */
/* socket(2): every family, type and protocol. */
#include <errno.h>
#include <linux/netlink.h>
#include <string.h>
#include <unistd.h>

#include "try.h"

#ifndef IPPROTO_MPTCP
#define IPPROTO_MPTCP 262
#endif

static void
act_socket(const struct attempt *t)
{
	int fd =
	    socket(t->row->domain, t->row->type | SOCK_CLOEXEC, t->row->proto);

	if (!failed(fd))
		say("ok");
}

#define INET(n, t, p, ...)                                                     \
	{ .name = "socket/4/" n,                                               \
		.act = act_socket,                                             \
		.domain = AF_INET,                                             \
		.type = (t),                                                   \
		.proto = (p),                                                  \
		__VA_ARGS__ },                                                 \
	{                                                                      \
		.name = "socket/6/" n, .act = act_socket, .domain = AF_INET6,  \
		.type = (t), .proto = (p), __VA_ARGS__                         \
	}
#define OTHER(n, d, t, p, ...)                                                 \
	{                                                                      \
		.name = "socket/" n, .act = act_socket, .domain = (d),         \
		.type = (t), .proto = (p), __VA_ARGS__                         \
	}

/* Without allow.socket_af; what a family without its module says is its own. */
#define NO_AF "EPROTONOSUPPORT"
#define CLOSED(n, d, t) OTHER(n, d, t, 0, HOST("?"), INHERIT(NO_AF), ONE(NO_AF))

#define NO_PROTO HOST("?"), INHERIT("EPROTONOSUPPORT"), ONE("EPROTONOSUPPORT")
#define NO_RAW HOST("ok"), INHERIT("EPERM"), ONE("EPERM")

const struct row socket_rows[] = {
	INET("stream", SOCK_STREAM, 0, HOST("ok")),
	INET("tcp", SOCK_STREAM, IPPROTO_TCP, HOST("ok")),
	INET("dgram", SOCK_DGRAM, 0, HOST("ok")),
	INET("udp", SOCK_DGRAM, IPPROTO_UDP, HOST("ok")),
	INET("mptcp", SOCK_STREAM, IPPROTO_MPTCP, NO_PROTO),
	INET("sctp", SOCK_STREAM, IPPROTO_SCTP, NO_PROTO),
	INET("sctp-dgram", SOCK_SEQPACKET, IPPROTO_SCTP, HOST("?"),
	    INHERIT("EPROTONOSUPPORT|ESOCKTNOSUPPORT"),
	    ONE("EPROTONOSUPPORT|ESOCKTNOSUPPORT")),
	INET("dccp", SOCK_DCCP, IPPROTO_DCCP, HOST("?"),
	    INHERIT("EPROTONOSUPPORT|ESOCKTNOSUPPORT"),
	    ONE("EPROTONOSUPPORT|ESOCKTNOSUPPORT")),
	INET("udplite", SOCK_DGRAM, IPPROTO_UDPLITE, HOST("ok")),
	INET("smc", SOCK_STREAM, 256, NO_PROTO),
	INET("l2tp", SOCK_DGRAM, 115, NO_PROTO),
	INET("raw", SOCK_RAW, IPPROTO_RAW, NO_RAW),
	INET("raw-icmp", SOCK_RAW, IPPROTO_ICMP, NO_RAW),
	INET("raw-icmp6", SOCK_RAW, IPPROTO_ICMPV6, NO_RAW),
	INET("raw-tcp", SOCK_RAW, IPPROTO_TCP, NO_RAW),
	INET("raw-udp", SOCK_RAW, IPPROTO_UDP, NO_RAW),
	INET("packet", SOCK_PACKET, 0, HOST("?"),
	    INHERIT("EPERM|EPROTONOSUPPORT|ESOCKTNOSUPPORT|EINVAL"),
	    ONE("EPERM|EPROTONOSUPPORT|ESOCKTNOSUPPORT|EINVAL")),
	INET("rdm", SOCK_RDM, 0, HOST("ESOCKTNOSUPPORT"),
	    INHERIT("EPROTONOSUPPORT|ESOCKTNOSUPPORT"),
	    ONE("EPROTONOSUPPORT|ESOCKTNOSUPPORT")),
	INET("tcp-as-dgram", SOCK_DGRAM, IPPROTO_TCP, HOST("EPROTONOSUPPORT")),
	/* ping_group_range of a new network namespace has nobody */
	{ .name = "socket/4/ping",
	    .act = act_socket,
	    .domain = AF_INET,
	    .type = SOCK_DGRAM,
	    .proto = IPPROTO_ICMP,
	    HOST("EACCES"),
	    ONE("EPERM|EACCES") },
	{ .name = "socket/6/ping",
	    .act = act_socket,
	    .domain = AF_INET6,
	    .type = SOCK_DGRAM,
	    .proto = IPPROTO_ICMPV6,
	    HOST("EACCES"),
	    ONE("EPERM|EACCES") },
	OTHER("unix", AF_UNIX, SOCK_STREAM, 0, HOST("ok")),
	OTHER("route", AF_NETLINK, SOCK_RAW, NETLINK_ROUTE, HOST("ok")),
	OTHER("sock_diag", AF_NETLINK, SOCK_RAW, NETLINK_SOCK_DIAG, HOST("ok"),
	    INHERIT(NO_AF), ONE(NO_AF)),
	OTHER("netfilter", AF_NETLINK, SOCK_RAW, NETLINK_NETFILTER, HOST("?"),
	    INHERIT(NO_AF), ONE(NO_AF)),
	OTHER("generic", AF_NETLINK, SOCK_RAW, NETLINK_GENERIC, HOST("ok"),
	    INHERIT(NO_AF), ONE(NO_AF)),
	OTHER("xfrm", AF_NETLINK, SOCK_RAW, NETLINK_XFRM, HOST("?"),
	    INHERIT(NO_AF), ONE(NO_AF)),
	OTHER("uevent", AF_NETLINK, SOCK_RAW, NETLINK_KOBJECT_UEVENT,
	    HOST("ok"), INHERIT(NO_AF), ONE(NO_AF)),
	OTHER("audit", AF_NETLINK, SOCK_RAW, NETLINK_AUDIT, HOST("?"),
	    INHERIT(NO_AF), ONE(NO_AF)),
	CLOSED("packet", AF_PACKET, SOCK_RAW),
	CLOSED("packet-dgram", AF_PACKET, SOCK_DGRAM),
	CLOSED("xdp", AF_XDP, SOCK_RAW),
	CLOSED("key", AF_KEY, SOCK_RAW),
	CLOSED("vsock", AF_VSOCK, SOCK_STREAM),
	CLOSED("alg", AF_ALG, SOCK_SEQPACKET),
	CLOSED("smc", AF_SMC, SOCK_STREAM),
	CLOSED("rds", AF_RDS, SOCK_SEQPACKET),
	CLOSED("tipc", AF_TIPC, SOCK_STREAM),
	CLOSED("kcm", AF_KCM, SOCK_DGRAM),
	CLOSED("rxrpc", AF_RXRPC, SOCK_DGRAM),
	CLOSED("can", AF_CAN, SOCK_RAW),
	CLOSED("bluetooth", AF_BLUETOOTH, SOCK_RAW),
	CLOSED("pppox", AF_PPPOX, SOCK_STREAM),
	CLOSED("llc", AF_LLC, SOCK_STREAM),
	CLOSED("nfc", AF_NFC, SOCK_SEQPACKET),
	CLOSED("qipcrtr", 42, SOCK_DGRAM),
	CLOSED("mctp", 45, SOCK_DGRAM),
	CLOSED("phonet", AF_PHONET, SOCK_DGRAM),
	CLOSED("ieee802154", AF_IEEE802154, SOCK_RAW),
	CLOSED("appletalk", AF_APPLETALK, SOCK_DGRAM),
	CLOSED("x25", AF_X25, SOCK_SEQPACKET),
	CLOSED("ax25", AF_AX25, SOCK_SEQPACKET),
	{ .name = NULL },
};
