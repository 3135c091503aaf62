/* SPDX-License-Identifier: BSD-2-Clause */
/* connect(2) of TCP: where it leads, from where, and what both ends say. */
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "try.h"

/* A listener of the jail's own at the row's port. */
static int
listening(const struct attempt *t, enum who who)
{
	int fd = try_socket_of(t, SOCK_STREAM);

	if (failed_at("bind", bind_to(t, fd, who, t->port)) ||
	    failed_at("listen", listen(fd, 16)))
		exit(0);
	return fd;
}

/* To the jail's own server on the wildcard, by the address b. */
static void
act_to_own(const struct attempt *t)
{
	int l = listening(t, t->row->a), fd = try_socket_of(t, SOCK_STREAM);

	if (failed(connect_to(t, fd, t->row->b, t->port)))
		return;
	say_local(t, fd);
	say_peer(t, fd);
	accept_one(t, l);
}

/* To a server of the host's on all its addresses: the source it sees. */
static void
act_to_host(const struct attempt *t)
{
	int fd = try_socket_of(t, SOCK_STREAM);

	if (failed(connect_to(t, fd, t->row->a, PORT_EACH)))
		return;
	say_local(t, fd);
	say_peer(t, fd);
	say_source(fd);
}

/* Bound to b first, at a chosen port or at none. */
static void
act_bound(const struct attempt *t)
{
	int fd = try_socket_of(t, SOCK_STREAM);

	if (failed_at("bind", bind_to(t, fd, t->row->b,
				  (t->row->flags & ZERO) != 0 ? 0 : t->port)))
		return;
	if ((t->row->flags & ADDR) != 0)
		(void)set_int(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1);
	if (failed(connect_to(t, fd, t->row->a, PORT_EACH)))
		return;
	say_local(t, fd);
	say_source(fd);
}

/* IP_BIND_ADDRESS_NO_PORT: the port comes with connect(2). */
static void
act_no_port(const struct attempt *t)
{
	int fd = try_socket_of(t, SOCK_STREAM);

	if (failed_at("option",
		set_int(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1)) ||
	    failed_at("bind", bind_to(t, fd, t->row->b, 0)) ||
	    failed(connect_to(t, fd, W_HOST, PORT_EACH)))
		return;
	say_local(t, fd);
	say_source(fd);
}

/* Data with the first packet: connect(2) by sendto(2). */
static void
act_fastopen(const struct attempt *t)
{
	int fd = try_socket_of(t, SOCK_STREAM);
	union addr to;
	socklen_t len = addr_of(t->row->a, t->form, PORT_EACH, &to);

	if (failed(sendto(fd, "x", 1, MSG_FASTOPEN, &to.sa, len)))
		return;
	say_local(t, fd);
	say_source(fd);
}

/* The same by an option: connect(2) only notes the address. */
static void
act_fastopen_connect(const struct attempt *t)
{
	int fd = try_socket_of(t, SOCK_STREAM);

	if (failed_at(
		"option", set_int(fd, IPPROTO_TCP, TCP_FASTOPEN_CONNECT, 1)) ||
	    failed(connect_to(t, fd, t->row->a, PORT_EACH)) ||
	    failed_at("send", send(fd, "x", 1, 0)))
		return;
	say_local(t, fd);
	say_source(fd);
}

static void
act_nonblock(const struct attempt *t)
{
	int fd = try_socket_of(t, SOCK_STREAM | SOCK_NONBLOCK);
	int r;

	r = connect_to(t, fd, t->row->a, PORT_EACH);
	if (r < 0 && errno != EINPROGRESS && failed(r))
		return;
	say_source(fd);
}

/* Connected, then AF_UNSPEC, then connected again: the source stays own. */
static void
act_reconnect(const struct attempt *t)
{
	struct sockaddr none = { .sa_family = AF_UNSPEC };
	int fd = try_socket_of(t, SOCK_STREAM);

	if (failed(connect_to(t, fd, W_HOST, PORT_EACH)) ||
	    failed(connect(fd, &none, sizeof(none))))
		return;
	if (failed(connect_to(t, fd, t->row->a, PORT_EACH)))
		return;
	say_source(fd);
}

/* A socket that was connected and cut becomes a listener. */
static void
act_cut_listens(const struct attempt *t)
{
	struct sockaddr none = { .sa_family = AF_UNSPEC };
	int fd = try_socket_of(t, SOCK_STREAM);

	if (failed(connect_to(t, fd, W_HOST, PORT_EACH)) ||
	    failed(connect(fd, &none, sizeof(none))) ||
	    failed_at("listen", listen(fd, 8)))
		return;
	serve_jail(fd, SOCK_STREAM);
	say_reached(t, SOCK_STREAM, local_port(fd));
}

/* Simultaneous open with oneself. */
static void
act_self(const struct attempt *t)
{
	int fd = try_socket_of(t, SOCK_STREAM);

	if (failed(bind_to(t, fd, W_OWN, t->port)))
		return;
	if (failed(connect_to(t, fd, W_OWN, t->port)))
		return;
	say("ok");
}

#define TO_OWN(n, f, x, y, ...)                                                \
	{                                                                      \
		.name = "connect/" n, .act = act_to_own, .forms = (f),         \
		.a = (x), .b = (y), __VA_ARGS__                                \
	}
#define TO_HOST(n, f, x, ...)                                                  \
	{                                                                      \
		.name = "connect/" n, .act = act_to_host, .forms = (f),        \
		.a = (x), __VA_ARGS__                                          \
	}
#define AS_OWN ONE("own:* peer=own:P came=own:* at=own:P")
/* It talks to 127.0.0.1, as it thinks; its server sees who it is. */
#define AS_LOOP                                                                \
	ONE("loop:* peer=loop:P came=own:* at=own:P|"                          \
	    "own:* peer=loop:P came=own:* at=own:P|"                           \
	    "loop:* peer=loop:P came=loop:* at=loop:P")

const struct row connect_rows[] = {
	TO_OWN("own", FALL, W_ANY, W_OWN,
	    HOST("own:* peer=own:P came=own:* at=own:P")),
	TO_OWN("loop", FALL, W_ANY, W_LOOP,
	    HOST("loop:* peer=loop:P came=loop:* at=loop:P"), AS_LOOP),
	TO_OWN("any", FALL, W_ANY, W_ANY,
	    HOST("loop:* peer=loop:P came=loop:* at=loop:P"),
	    ONE("own:* peer=own:P came=own:* at=own:P|"
		"own:* peer=any:P came=own:* at=own:P|"
		"own:* peer=loop:P came=own:* at=own:P|"
		"loop:* peer=loop:P came=own:* at=own:P")),
	TO_OWN("loop-to-loop", FALL, W_LOOP, W_LOOP,
	    HOST("loop:* peer=loop:P came=loop:* at=loop:P"), AS_LOOP),
	TO_OWN("own-by-own2", FALL, W_ANY, W_OWN2,
	    HOST("own2:* peer=own2:P came=own2:* at=own2:P"),
	    ONE("ECONNREFUSED"),
	    MANY("own:* peer=own2:P came=own:* at=own2:P|"
		 "own2:* peer=own2:P came=own2:* at=own2:P")),
	TO_OWN("own-by-host", FALL, W_ANY, W_HOST,
	    HOST("host:* peer=host:P came=host:* at=host:P"),
	    ONE("ECONNREFUSED")),

	TO_HOST("host", FALL, W_HOST, HOST("host:* peer=host:S from=host"),
	    ONE("own:* peer=host:S from=own")),
	TO_HOST("other", FALL, W_OTHER, HOST("other:* peer=other:S from=other"),
	    ONE("own:* peer=other:S from=own")),
	TO_HOST("out", F46, W_OUT, HOST("host:* peer=out:S from=host"),
	    ONE("own:* peer=out:S from=own")),
	/* It is the host's own: not for the jail. */
	TO_HOST("hosts-loop", FALL, W_LOOP,
	    HOST("loop:* peer=loop:S from=loop"), ONE("ECONNREFUSED")),
	TO_HOST("nowhere", F4M, W_NOWHERE, HOST("ENETUNREACH")),
	TO_HOST("group", F46, W_GROUP, HOST("ENETUNREACH")),
	TO_HOST(
	    "broad", F4, W_BROAD, HOST("?"), ONE("EACCES|ENETUNREACH|EINVAL")),

	{ .name = "connect/bound-own",
	    .act = act_bound,
	    .forms = FALL,
	    .a = W_HOST,
	    .b = W_OWN,
	    HOST("own:P from=own"),
	    ONE("own:P from=own|own:* from=own") },
	{ .name = "connect/bound-own2",
	    .act = act_bound,
	    .forms = FALL,
	    .a = W_HOST,
	    .b = W_OWN2,
	    .flags = ZERO,
	    HOST("own2:* from=own2"),
	    ONE("bind=EADDRNOTAVAIL"),
	    MANY("own2:* from=own2") },
	{ .name = "connect/bound-any",
	    .act = act_bound,
	    .forms = FALL,
	    .a = W_HOST,
	    .b = W_ANY,
	    .flags = ZERO,
	    HOST("host:* from=host"),
	    ONE("own:* from=own|EADDRNOTAVAIL") }, /* of both families */
	{ .name = "connect/bound-loop",
	    .act = act_bound,
	    .forms = FALL,
	    .a = W_HOST,
	    .b = W_LOOP,
	    .flags = ZERO,
	    HOST("loop:* from=loop"),
	    ONE("own:* from=own") },
	{ .name = "connect/bound-host",
	    .act = act_bound,
	    .forms = FALL,
	    .a = W_HOST,
	    .b = W_HOST,
	    .flags = ZERO,
	    HOST("host:* from=host"),
	    ONE("bind=EADDRNOTAVAIL") },
	{ .name = "connect/no-port-own",
	    .act = act_no_port,
	    .forms = FALL,
	    .b = W_OWN,
	    HOST("own:* from=own") },
	{ .name = "connect/no-port-any",
	    .act = act_no_port,
	    .forms = FALL,
	    .b = W_ANY,
	    HOST("host:* from=host"),
	    ONE("own:* from=own") },
	{ .name = "connect/no-port-other",
	    .act = act_no_port,
	    .forms = FALL,
	    .b = W_OTHER,
	    HOST("other:* from=other"),
	    ONE("bind=EADDRNOTAVAIL") },
	{ .name = "connect/fastopen",
	    .act = act_fastopen,
	    .forms = FALL,
	    .a = W_HOST,
	    HOST("host:* from=host"),
	    ONE("own:* from=own") },
	{ .name = "connect/fastopen-loop",
	    .act = act_fastopen,
	    .forms = FALL,
	    .a = W_LOOP,
	    HOST("loop:* from=loop"),
	    ONE("ECONNREFUSED") },
	{ .name = "connect/fastopen-option",
	    .act = act_fastopen_connect,
	    .forms = FALL,
	    .a = W_HOST,
	    HOST("host:* from=host"),
	    ONE("own:* from=own") },
	{ .name = "connect/fastopen-option-loop",
	    .act = act_fastopen_connect,
	    .forms = FALL,
	    .a = W_LOOP,
	    HOST("loop:* from=loop"),
	    ONE("ECONNREFUSED") },
	{ .name = "connect/nonblock",
	    .act = act_nonblock,
	    .forms = FALL,
	    .a = W_HOST,
	    HOST("from=host"),
	    ONE("from=own") },
	{ .name = "connect/nonblock-loop",
	    .act = act_nonblock,
	    .forms = FALL,
	    .a = W_LOOP,
	    HOST("from=loop"),
	    ONE("recv=ECONNREFUSED|ECONNREFUSED") },
	{ .name = "connect/again",
	    .act = act_reconnect,
	    .forms = FALL,
	    .a = W_OTHER,
	    HOST("from=other"),
	    ONE("from=own") },
	{ .name = "connect/again-loop",
	    .act = act_reconnect,
	    .forms = FALL,
	    .a = W_LOOP,
	    HOST("from=loop"),
	    ONE("ECONNREFUSED") },
	{ .name = "connect/cut-listens",
	    .act = act_cut_listens,
	    .forms = F4,
	    HOST("jail=own,own2,host,other,loop"),
	    ONE("jail=own rest=none|jail=own rest=ECONNREFUSED"),
	    MANY("jail=own,own2 rest=none|jail=own,own2 rest=ECONNREFUSED|"
		 "jail=own rest=ECONNREFUSED") },
	{ .name = "connect/self",
	    .act = act_self,
	    .forms = F46,
	    HOST("ok"),
	    ONE("ok|ECONNREFUSED") },
	{ .name = NULL },
};
