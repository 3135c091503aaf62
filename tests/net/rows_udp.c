/* SPDX-License-Identifier: BSD-2-Clause */
/* Datagrams: where they go, from where, and what recvfrom(2) says. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "try.h"

/* An echo of the jail's own on the wildcard. */
static void
own_echo(const struct attempt *t)
{
	int fd = try_socket_of(t, SOCK_DGRAM);

	if (failed_at("bind", bind_to(t, fd, W_ANY, t->port)))
		exit(0);
	serve_jail(fd, SOCK_DGRAM);
}

static long
send_to(const struct attempt *t, int fd, enum who who, uint16_t port)
{
	union addr to;
	socklen_t len = addr_of(who, t->form, port, &to);

	return sendto(fd, "?", 1, 0, &to.sa, len);
}

/* Who answers, as recvfrom(2) names him. */
static void
say_answer(const struct attempt *t, int fd)
{
	char text[128];
	union addr from;
	socklen_t len = sizeof(from);
	ssize_t n;

	if (!is_readable(fd)) {
		say("no answer");
		return;
	}
	n = recvfrom(fd, text, sizeof(text) - 1, 0, &from.sa, &len);
	if (failed_at("recv", n))
		return;
	text[n] = '\0';
	text[strcspn(text, " \n")] = '\0';
	say("%s", text);
	say_addr(t, "by=", &from);
}

static void
act_own_echo(const struct attempt *t)
{
	int fd;

	own_echo(t);
	if ((fd = try_socket(t)) < 0 ||
	    failed(send_to(t, fd, t->row->a, t->port)))
		return;
	say_answer(t, fd);
}

static void
act_own_echo_connected(const struct attempt *t)
{
	int fd;

	own_echo(t);
	if ((fd = try_socket(t)) < 0 ||
	    failed(connect_to(t, fd, t->row->a, t->port)) ||
	    failed_at("send", send(fd, "?", 1, 0)))
		return;
	say_local(t, fd);
	say_peer(t, fd);
	say_answer(t, fd);
}

/* A server that answers the first by its own recvfrom(2). */
static void
act_views(const struct attempt *t)
{
	int s = try_socket(t), fd = try_socket(t);

	if (failed_at("bind", bind_to(t, s, W_ANY, t->port)) ||
	    failed(send_to(t, fd, t->row->a, t->port)))
		return;
	say_answer(t, s);
}

/* Where the host asked from is the jail itself again, at another port. */
static void
act_asked_from_loop(const struct attempt *t)
{
	enum form form = t->form == FM ? F4 : t->form;
	int fd = try_socket(t);

	if (failed_at("bind", bind_to(t, fd, W_OWN, t->port)))
		return;
	(void)ask_host("ask udp %s %u %s", addr_text(W_OWN, form), t->port,
	    addr_text(W_LOOP, form));
	say_answer(t, fd);
	if (!failed(send_to(t, fd, W_LOOP, PORT_EACH)))
		say_answer(t, fd);
}

/* To the host: the source that it sees. */
static void
act_send(const struct attempt *t)
{
	int fd = try_socket(t);

	if (failed(send_to(t, fd, t->row->a, PORT_EACH)))
		return;
	say_source(fd);
}

static void
act_connected(const struct attempt *t)
{
	int fd = try_socket(t);

	if (failed(connect_to(t, fd, t->row->a, PORT_EACH)))
		return;
	say_local(t, fd);
	say_peer(t, fd);
	if (!failed_at("send", send(fd, "?", 1, 0)))
		say_source(fd);
}

/* Bound to b first. */
static void
act_bound(const struct attempt *t)
{
	int fd = try_socket(t);

	if (failed_at("bind", bind_to(t, fd, t->row->b, t->port)) ||
	    failed(send_to(t, fd, t->row->a, PORT_EACH)))
		return;
	say_local(t, fd);
	say_source(fd);
}

/* sendto(2) binds it, then it is connected. */
static void
act_autobound_connected(const struct attempt *t)
{
	int fd = try_socket(t);
	char text[64];

	if (failed_at("first", send_to(t, fd, W_HOST, PORT_EACH)))
		return;
	if (is_readable(fd))
		(void)!recv(fd, text, sizeof(text), 0);
	if (failed(connect_to(t, fd, t->row->a, PORT_EACH)) ||
	    failed_at("send", send(fd, "?", 1, 0)))
		return;
	say_source(fd);
}

/* Connected to a, and a datagram to b all the same. */
static void
act_connected_sendto(const struct attempt *t)
{
	int fd = try_socket(t);

	if (failed(connect_to(t, fd, t->row->a, PORT_EACH)) ||
	    failed_at("send", send_to(t, fd, t->row->b, PORT_EACH)))
		return;
	if (t->row->a == t->row->b)
		say_source(fd);
	else
		say("sent");
}

/* To the address that was asked for it is answered after connect(2), too. */
static void
act_reconnected(const struct attempt *t)
{
	struct sockaddr none = { .sa_family = AF_UNSPEC };
	int fd = try_socket(t);

	if (failed(connect_to(t, fd, W_LOOP, PORT_EACH)) ||
	    failed(connect(fd, &none, sizeof(none))) ||
	    failed(connect_to(t, fd, t->row->a, PORT_EACH)) ||
	    failed_at("send", send(fd, "?", 1, 0)))
		return;
	say_peer(t, fd);
	say_source(fd);
}

/* 200 sockets that the kernel binds: none has the host's ports. */
static void
act_autobind_many(const struct attempt *t)
{
	int i, fd;

	for (i = 0; i < 200; i++) {
		if ((fd = try_socket(t)) < 0)
			return;
		(void)set_int(fd, SOL_SOCKET, SO_REUSEADDR, 1);
		(void)set_int(fd, SOL_SOCKET, SO_REUSEPORT, 1);
		if (failed(send_to(t, fd, W_HOST, 9)))
			return;
		if (local_port(fd) == t->port) {
			say("the host's port");
			return;
		}
	}
	say("ok");
}

#define ECHO(n, x, ...)                                                        \
	{                                                                      \
		.name = "udp/" n, .act = act_own_echo, .forms = FALL,          \
		.a = (x), __VA_ARGS__                                          \
	}
#define ECHO_C(n, x, ...)                                                      \
	{                                                                      \
		.name = "udp/" n, .act = act_own_echo_connected,               \
		.forms = FALL, .a = (x), __VA_ARGS__                           \
	}
#define LITE(n, act_, x, ...)                                                  \
	{                                                                      \
		.name = "udplite/" n, .act = (act_), .forms = FALL,            \
		.proto = IPPROTO_UDPLITE, .a = (x), __VA_ARGS__                \
	}
#define SEND(n, f, x, ...)                                                     \
	{ .name = "udp/send-" n,                                               \
		.act = act_send,                                               \
		.forms = (f),                                                  \
		.a = (x),                                                      \
		__VA_ARGS__ },                                                 \
	{                                                                      \
		.name = "udp/both-" n, .act = act_connected_sendto,            \
		.forms = (f), .a = (x), .b = (x), __VA_ARGS__                  \
	}

/* Bound by the kernel, to what is not the jail's: the packet does not leave. */
#define REFUSED "send=EPERM|send=EADDRNOTAVAIL|EADDRNOTAVAIL"

const struct row udp_rows[] = {
	ECHO("own", W_OWN, HOST("jail by=own:P")),
	ECHO("loop", W_LOOP, HOST("jail by=loop:P")),
	ECHO("any", W_ANY, HOST("jail by=loop:P"),
	    ONE("jail by=loop:P|jail by=own:P|jail by=any:P")),
	ECHO_C("own-connected", W_OWN, HOST("own:* peer=own:P jail by=own:P")),
	ECHO_C("loop-connected", W_LOOP,
	    HOST("loop:* peer=loop:P jail by=loop:P"),
	    ONE("own:* peer=loop:P jail by=loop:P|"
		"loop:* peer=loop:P jail by=loop:P")),
	ECHO_C("any-connected", W_ANY,
	    HOST("loop:* peer=loop:P jail by=loop:P"),
	    ONE("own:* peer=loop:P jail by=loop:P|"
		"own:* peer=own:P jail by=own:P|"
		"own:* peer=any:P jail by=any:P|"
		"loop:* peer=loop:P jail by=loop:P")),
	{ .name = "udp/views-own",
	    .act = act_views,
	    .forms = FALL,
	    .a = W_OWN,
	    HOST("? by=own:*") },
	{ .name = "udp/asked-from-loop",
	    .act = act_asked_from_loop,
	    .forms = FALL,
	    HOST("? by=loop:* host by=loop:S"),
	    ONE("? by=loop:* no answer") },
	{ .name = "udp/views-loop",
	    .act = act_views,
	    .forms = FALL,
	    .a = W_LOOP,
	    HOST("? by=loop:*"),
	    ONE("? by=own:*|? by=loop:*") },

	SEND("host", FALL, W_HOST, HOST("from=host"), ONE("from=own")),
	SEND("other", FALL, W_OTHER, HOST("from=other"), ONE("from=own")),
	SEND("out", F46, W_OUT, HOST("from=host"), ONE("from=own")),
	{ .name = "udp/send-hosts-loop",
	    .act = act_send,
	    .forms = FALL,
	    .a = W_LOOP,
	    HOST("from=loop"),
	    ONE("no answer") },
	SEND("nowhere", F4M, W_NOWHERE, HOST("ENETUNREACH")),

	{ .name = "udp/connected-host",
	    .act = act_connected,
	    .forms = FALL,
	    .a = W_HOST,
	    HOST("host:* peer=host:S from=host"),
	    ONE("own:* peer=host:S from=own") },
	{ .name = "udp/connected-other",
	    .act = act_connected,
	    .forms = FALL,
	    .a = W_OTHER,
	    HOST("other:* peer=other:S from=other"),
	    ONE("own:* peer=other:S from=own") },
	{ .name = "udp/connected-out",
	    .act = act_connected,
	    .forms = F46,
	    .a = W_OUT,
	    HOST("host:* peer=out:S from=host"),
	    ONE("own:* peer=out:S from=own") },
	{ .name = "udp/connected-hosts-loop",
	    .act = act_connected,
	    .forms = FALL,
	    .a = W_LOOP,
	    HOST("loop:* peer=loop:S from=loop"),
	    ONE("own:* peer=loop:S recv=ECONNREFUSED|"
		"loop:* peer=loop:S recv=ECONNREFUSED") },
	{ .name = "udp/bound-own",
	    .act = act_bound,
	    .forms = FALL,
	    .a = W_HOST,
	    .b = W_OWN,
	    HOST("own:P from=own") },
	{ .name = "udp/bound-own2",
	    .act = act_bound,
	    .forms = FALL,
	    .a = W_HOST,
	    .b = W_OWN2,
	    HOST("own2:P from=own2"),
	    ONE("bind=EADDRNOTAVAIL"),
	    MANY("own2:P from=own2") },
	{ .name = "udp/bound-any",
	    .act = act_bound,
	    .forms = F4M,
	    .a = W_HOST,
	    .b = W_ANY,
	    HOST("any:P from=host"),
	    ONE("own:P from=own"),
	    MANY("any:P from=own|own:P from=own") },
	{ .name = "udp/bound-loop",
	    .act = act_bound,
	    .forms = FALL,
	    .a = W_HOST,
	    .b = W_LOOP,
	    HOST("loop:P from=loop"),
	    ONE("own:P from=own") },
	{ .name = "udp/bound-host",
	    .act = act_bound,
	    .forms = FALL,
	    .a = W_HOST,
	    .b = W_HOST,
	    HOST("host:P from=host"),
	    ONE("bind=EADDRNOTAVAIL") },
	{ .name = "udp/autobound-connected",
	    .act = act_autobound_connected,
	    .forms = FALL,
	    .a = W_HOST,
	    HOST("from=host"),
	    ONE(REFUSED) },
	{ .name = "udp/autobound-connected-other",
	    .act = act_autobound_connected,
	    .forms = FALL,
	    .a = W_OTHER,
	    HOST("from=other"),
	    ONE(REFUSED) },
	{ .name = "udp/reconnected",
	    .act = act_reconnected,
	    .forms = FALL,
	    .a = W_HOST,
	    HOST("peer=host:S from=host"),
	    ONE("peer=host:S from=own") },
	LITE("own", act_own_echo, W_OWN, HOST("jail by=own:P")),
	LITE("loop", act_own_echo, W_LOOP, HOST("jail by=loop:P")),
	LITE("host", act_send, W_HOST, HOST("from=host"), ONE("from=own")),
	/* connect(2) of UDP-Lite is not seen */
	LITE("connected", act_connected, W_HOST,
	    HOST("host:* peer=host:S from=host"),
	    ONE("host:* peer=host:S send=EPERM|"
		"host:* peer=host:S send=EADDRNOTAVAIL")),
	LITE("connected-loop", act_connected, W_LOOP,
	    HOST("loop:* peer=loop:S from=loop"),
	    ONE("loop:* peer=loop:S send=EPERM|loop:* peer=loop:S no answer|"
		"loop:* peer=loop:S send=EADDRNOTAVAIL")),
	LITE("hosts-loop", act_send, W_LOOP, HOST("from=loop"),
	    ONE("no answer")),
	LITE("bound-host", act_bound, W_OTHER, .b = W_HOST,
	    HOST("host:P from=host"), ONE("bind=EADDRNOTAVAIL")),
	LITE(
	    "bound-own", act_bound, W_HOST, .b = W_OWN, HOST("own:P from=own")),
	{ .name = "udp/autobind-many",
	    .act = act_autobind_many,
	    .forms = F46,
	    .flags = WILD,
	    HOST("ok") },
	{ .name = NULL },
};
