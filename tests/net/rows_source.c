/* SPDX-License-Identifier: BSD-2-Clause */
/* Datagrams that name their own source by a control message or an option. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "try.h"

/* A datagram to the host with the source in a control message. */
static long
send_from(const struct attempt *t, int fd, enum who from, enum who dst)
{
	union {
		struct cmsghdr head;
		char room[CMSG_SPACE(sizeof(struct in6_pktinfo))];
	} control = { .room = { 0 } };
	struct in_pktinfo four = { 0 };
	struct in6_pktinfo six = { 0 };
	char byte[] = "?";
	struct iovec iov = { .iov_base = byte, .iov_len = 1 };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	union addr to, src;

	if ((t->row->flags & CONN) == 0) {
		msg.msg_namelen = addr_of(dst, t->form, PORT_EACH, &to);
		msg.msg_name = &to;
	}
	(void)addr_of(from, t->form, 0, &src);
	msg.msg_control = control.room;
	if (t->form == F4) {
		four.ipi_spec_dst = src.in.sin_addr;
		control.head.cmsg_level = IPPROTO_IP;
		control.head.cmsg_type = IP_PKTINFO;
		control.head.cmsg_len = CMSG_LEN(sizeof(four));
		memcpy(CMSG_DATA(&control.head), &four, sizeof(four));
		msg.msg_controllen = CMSG_SPACE(sizeof(four));
	} else {
		six.ipi6_addr = src.in6.sin6_addr;
		control.head.cmsg_level = IPPROTO_IPV6;
		control.head.cmsg_type = IPV6_PKTINFO;
		control.head.cmsg_len = CMSG_LEN(sizeof(six));
		memcpy(CMSG_DATA(&control.head), &six, sizeof(six));
		msg.msg_controllen = CMSG_SPACE(sizeof(six));
	}
	return sendmsg(fd, &msg, 0);
}

/* From a, on a socket that is bound to nothing; or connected to the host. */
static void
act_pktinfo(const struct attempt *t)
{
	int fd = try_socket(t);

	if ((t->row->flags & CONN) != 0 &&
	    failed(connect_to(t, fd, W_HOST, PORT_EACH)))
		return;
	if (!failed(send_from(t, fd, t->row->a, W_HOST)))
		say_source(fd);
}

/* The same on a socket bound to b. */
static void
act_pktinfo_bound(const struct attempt *t)
{
	int fd = try_socket(t);

	if (failed_at("bind", bind_to(t, fd, t->row->b, t->port)))
		return;
	if (!failed(send_from(t, fd, t->row->a, W_HOST)))
		say_source(fd);
}

/* IPV6_PKTINFO as an option stays with the socket. */
static void
act_sticky(const struct attempt *t)
{
	struct in6_pktinfo info = { 0 };
	int fd = try_socket(t);
	union addr src, to;
	socklen_t len = addr_of(W_HOST, t->form, PORT_EACH, &to);

	(void)addr_of(t->row->a, t->form, 0, &src);
	info.ipi6_addr = src.in6.sin6_addr;
	if (failed_at("option", setsockopt(fd, IPPROTO_IPV6, IPV6_PKTINFO,
				    &info, sizeof(info))))
		return;
	if (!failed(sendto(fd, "?", 1, 0, &to.sa, len)))
		say_source(fd);
}

/* TCP as well: a listener with it, or a connection. */
static void
act_sticky_tcp(const struct attempt *t)
{
	struct in6_pktinfo info = { 0 };
	int fd = try_socket_of(t, SOCK_STREAM);
	union addr src;

	(void)addr_of(t->row->a, t->form, 0, &src);
	info.ipi6_addr = src.in6.sin6_addr;
	if (failed_at("option", setsockopt(fd, IPPROTO_IPV6, IPV6_PKTINFO,
				    &info, sizeof(info))))
		return;
	if (!failed(connect_to(t, fd, W_HOST, PORT_EACH)))
		say_source(fd);
}

/* A server asks with IP_PKTINFO where a datagram was for, and answers thence.
 */
static void
act_reply(const struct attempt *t)
{
	char room[256], text[16];
	struct iovec iov = { .iov_base = text, .iov_len = sizeof(text) };
	union addr from, at;
	struct msghdr msg = { .msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_name = &from,
		.msg_namelen = sizeof(from),
		.msg_control = room,
		.msg_controllen = sizeof(room) };
	int s = try_socket(t), fd = try_socket(t);
	struct cmsghdr *head;
	struct in6_pktinfo six;
	struct in_pktinfo four;
	socklen_t len;

	(void)set_int(s, t->form == F4 ? IPPROTO_IP : IPPROTO_IPV6,
	    t->form == F4 ? IP_PKTINFO : IPV6_RECVPKTINFO, 1);
	len = addr_of(t->row->a, t->form, t->port, &at);
	if (failed_at("bind", bind_to(t, s, W_ANY, t->port)) ||
	    failed(sendto(fd, "?", 1, 0, &at.sa, len)))
		return;
	if (!is_readable(s) || failed(recvmsg(s, &msg, 0))) {
		say("nothing came");
		return;
	}
	if ((head = CMSG_FIRSTHDR(&msg)) == NULL) {
		say("no control message");
		return;
	}
	(void)addr_of(W_ANY, t->form, t->port, &at);
	if (t->form == F4) {
		memcpy(&four, CMSG_DATA(head), sizeof(four));
		at.in.sin_addr = four.ipi_addr;
	} else {
		memcpy(&six, CMSG_DATA(head), sizeof(six));
		at.in6.sin6_addr = six.ipi6_addr;
	}
	say_addr(t, "at=", &at);
	/* back with the same control message */
	iov.iov_len = 1;
	if (t->form == F4) {
		four.ipi_ifindex = 0;
		memcpy(CMSG_DATA(head), &four, sizeof(four));
	}
	if (!failed_at("reply", sendmsg(s, &msg, 0)))
		say("%s", is_readable(fd) ? "ok" : "no reply");
}

#define FOREIGN ONE("EADDRNOTAVAIL|EPERM|EINVAL")
#define PKTINFO(n, f, x, ...)                                                  \
	{                                                                      \
		.name = "source/" n, .act = act_pktinfo, .forms = (f),         \
		.a = (x), __VA_ARGS__                                          \
	}
/* A connected one has no ear for answers to another address. */
#define CONNECTED(n, f, x, ...)                                                \
	{                                                                      \
		.name = "source/connected-" n, .act = act_pktinfo,             \
		.forms = (f), .a = (x), .flags = CONN, __VA_ARGS__             \
	}

const struct row source_rows[] = {
	PKTINFO("own", FALL, W_OWN, HOST("from=own")),
	PKTINFO("own2", FALL, W_OWN2, HOST("from=own2"), FOREIGN,
	    MANY("from=own2")),
	PKTINFO("any", FALL, W_ANY, HOST("from=host"), ONE("from=own")),
	PKTINFO("host", FALL, W_HOST, HOST("from=host"), FOREIGN),
	PKTINFO("other", FALL, W_OTHER, HOST("from=other"), FOREIGN),
	PKTINFO("loop", F4M, W_LOOP, HOST("from=loop"),
	    ONE("from=own|EADDRNOTAVAIL|EPERM|EINVAL")),
	PKTINFO("nowhere", FALL, W_NOWHERE, HOST("EINVAL|ENETUNREACH"),
	    ONE("EADDRNOTAVAIL|EPERM|EINVAL|ENETUNREACH")),
	PKTINFO("group", F46, W_GROUP, HOST("EINVAL|ENETUNREACH"),
	    ONE("EADDRNOTAVAIL|EPERM|EINVAL|ENETUNREACH")),
	CONNECTED("own", FALL, W_OWN, HOST("no answer"), ONE("from=own")),
	CONNECTED("own2", FALL, W_OWN2, HOST("no answer"), FOREIGN,
	    MANY("no answer")),
	CONNECTED("any", FALL, W_ANY, HOST("from=host"), ONE("from=own")),
	CONNECTED("host", FALL, W_HOST, HOST("from=host"), FOREIGN),
	CONNECTED("other", FALL, W_OTHER, HOST("no answer"), FOREIGN),
	CONNECTED("loop", F4M, W_LOOP, HOST("no answer"),
	    ONE("from=own|EADDRNOTAVAIL|EPERM|EINVAL")),
	CONNECTED("nowhere", FALL, W_NOWHERE, HOST("EINVAL|ENETUNREACH"),
	    ONE("EADDRNOTAVAIL|EPERM|EINVAL|ENETUNREACH")),
#define LITE(n, x, ...)                                                        \
	{                                                                      \
		.name = "source/udplite-" n, .act = act_pktinfo,               \
		.forms = FALL, .proto = IPPROTO_UDPLITE, .a = (x), __VA_ARGS__ \
	}
	LITE("own", W_OWN, HOST("from=own")),
	LITE("other", W_OTHER, HOST("from=other"), FOREIGN),
#define BOUND(n, x, y, ...)                                                    \
	{                                                                      \
		.name = "source/bound-" n, .act = act_pktinfo_bound,           \
		.forms = FALL, .a = (x), .b = (y), __VA_ARGS__                 \
	}
	BOUND("own-host", W_HOST, W_OWN, HOST("from=host|no answer"), FOREIGN),
	BOUND("any-host", W_HOST, W_ANY, HOST("from=host"), FOREIGN),
	BOUND("any-own2", W_OWN2, W_ANY, HOST("from=own2"), FOREIGN,
	    MANY("from=own2|no answer")),
	{ .name = "source/sticky-own",
	    .act = act_sticky,
	    .forms = F6,
	    .a = W_OWN,
	    HOST("from=own|from=host"),
	    ONE("from=own") },
	{ .name = "source/sticky-host",
	    .act = act_sticky,
	    .forms = F6,
	    .a = W_HOST,
	    HOST("from=host"),
	    ONE("option=EPERM|option=EADDRNOTAVAIL|EPERM|EADDRNOTAVAIL|"
		"from=own") },
	{ .name = "source/sticky-tcp-host",
	    .act = act_sticky_tcp,
	    .forms = F6,
	    .a = W_OTHER,
	    HOST("from=other|from=host"),
	    ONE("option=EPERM|option=EADDRNOTAVAIL|EPERM|EADDRNOTAVAIL|"
		"from=own") },
	{ .name = "source/reply-own",
	    .act = act_reply,
	    .forms = FALL,
	    .a = W_OWN,
	    HOST("at=own:P ok") },
	{ .name = "source/reply-loop",
	    .act = act_reply,
	    .forms = FALL,
	    .a = W_LOOP,
	    HOST("at=loop:P ok"),
	    ONE("at=own:P ok") },
	{ .name = NULL },
};
