/* SPDX-License-Identifier: BSD-2-Clause */
/* bind(2), and what the socket then says it is bound to. */
#include <errno.h>
#include <unistd.h>

#include "try.h"

static void
act_bind(const struct attempt *t)
{
	uint16_t port = (t->row->flags & ZERO) != 0 ? 0 : t->port;
	int fd = try_socket(t);

	if (!failed(bind_to(t, fd, t->row->a, port)))
		say_local(t, fd);
}

/* A second bind(2) of the same socket. */
static void
act_again(const struct attempt *t)
{
	int fd = try_socket(t);

	if (failed(bind_to(t, fd, W_ANY, t->port)))
		return;
	if (!failed(bind_to(t, fd, t->row->a, (uint16_t)(t->port + 1))))
		say_local(t, fd);
}

/* After a bind(2) that was refused the socket is as new. */
static void
act_refused(const struct attempt *t)
{
	int fd = try_socket(t);

	(void)failed_at("first", bind_to(t, fd, W_NOWHERE, t->port));
	if (!failed(bind_to(t, fd, W_OWN, t->port)))
		say_local(t, fd);
}

/* Once it is closed the port is free: many times. */
static void
act_many_times(const struct attempt *t)
{
	int i, fd;

	for (i = 0; i < 100; i++) {
		if ((fd = try_socket(t)) < 0 ||
		    failed(bind_to(t, fd, t->row->a, t->port)))
			return;
		(void)close(fd);
	}
	say("ok");
}

/* A short or odd sockaddr is the kernel's business, as ever. */
static void
act_short(const struct attempt *t)
{
	union addr a;
	int fd = try_socket(t);

	(void)addr_of(W_HOST, t->form, t->port, &a);
	if (!failed(bind(fd, &a.sa, 4)))
		say("ok");
}

/* AF_UNSPEC with the wildcard address is AF_INET to bind(2). */
static void
act_unspec(const struct attempt *t)
{
	int fd = try_socket(t);
	union addr a;
	socklen_t len = addr_of(t->row->a, t->form, t->port, &a);

	a.sa.sa_family = AF_UNSPEC;
	if (!failed(bind(fd, &a.sa, len)))
		say_local(t, fd);
}

#define TCP .type = SOCK_STREAM
#define UDP .type = SOCK_DGRAM
#define BIND(n, f, ...)                                                        \
	{ .name = "bind/tcp/" n,                                               \
		.act = act_bind,                                               \
		.forms = (f),                                                  \
		TCP,                                                           \
		__VA_ARGS__ },                                                 \
	    { .name = "bind/udp/" n,                                           \
		    .act = act_bind,                                           \
		    .forms = (f),                                              \
		    UDP,                                                       \
		    __VA_ARGS__ },                                             \
	{                                                                      \
		.name = "bind/udplite/" n, .act = act_bind, .forms = (f), UDP, \
		.proto = IPPROTO_UDPLITE, __VA_ARGS__                          \
	}

#define NOT_HELD ONE("EADDRNOTAVAIL")

const struct row bind_rows[] = {
	/* A socket for both families stays on what shows as the wildcard. */
	BIND("any", F4M, .a = W_ANY, HOST("any:P"), ONE("own:P"),
	    MANY("any:P|own:P")),
	BIND("any", F6, .a = W_ANY, HOST("any:P"), ONE("own:P|any:P"),
	    MANY("any:P|own:P")),
	BIND("any-only6", F6, .a = W_ANY, .flags = ONLY6, HOST("any:P"),
	    ONE("own:P"), MANY("any:P|own:P")),
	BIND("own", FALL, .a = W_OWN, HOST("own:P")),
	BIND("own2", FALL, .a = W_OWN2, HOST("own2:P"), NOT_HELD,
	    MANY("own2:P")),
	BIND("loop", FALL, .a = W_LOOP, HOST("loop:P"), ONE("own:P")),
	BIND("host", FALL, .a = W_HOST, HOST("host:P"), NOT_HELD),
	BIND("other", FALL, .a = W_OTHER, HOST("other:P"), NOT_HELD),
	BIND("nowhere", FALL, .a = W_NOWHERE, HOST("EADDRNOTAVAIL")),
	BIND("broad", F4M, .a = W_BROAD, HOST("?"), NOT_HELD),
	{ .name = "bind/tcp/group",
	    .act = act_bind,
	    .forms = FALL,
	    TCP,
	    .a = W_GROUP,
	    HOST("group:P|EINVAL"),
	    ONE("EADDRNOTAVAIL|EINVAL") },
	{ .name = "bind/udp/group",
	    .act = act_bind,
	    .forms = FALL,
	    UDP,
	    .a = W_GROUP,
	    HOST("group:P"),
	    NOT_HELD },

	BIND("any-0", F4M, .a = W_ANY, .flags = ZERO, HOST("any:*"),
	    ONE("own:*"), MANY("any:*|own:*")),
	BIND("any-0", F6, .a = W_ANY, .flags = ZERO, HOST("any:*"),
	    ONE("own:*|any:*"), MANY("any:*|own:*")),
	BIND("own-0", FALL, .a = W_OWN, .flags = ZERO, HOST("own:*")),
	BIND("loop-0", FALL, .a = W_LOOP, .flags = ZERO, HOST("loop:*"),
	    ONE("own:*")),
	BIND("host-0", FALL, .a = W_HOST, .flags = ZERO, HOST("host:*"),
	    NOT_HELD),

	BIND("any-low", F4M, .a = W_ANY, .flags = LOW, HOST("any:P"),
	    ONE("own:P"), MANY("any:P|own:P")),
	BIND("any-low", F6, .a = W_ANY, .flags = LOW | ONLY6, HOST("any:P"),
	    ONE("own:P"), MANY("any:P|own:P")),
	BIND("own-low", FALL, .a = W_OWN, .flags = LOW, HOST("own:P"),
	    ONE("own:P")),
	BIND("host-low", FALL, .a = W_HOST, .flags = LOW, HOST("host:P"),
	    NOT_HELD),
	BIND("any-low-user", FALL, .a = W_ANY, .flags = LOW | USER,
	    HOST("EACCES")),
	BIND("own-low-user", FALL, .a = W_OWN, .flags = LOW | USER,
	    HOST("EACCES")),
	BIND("own-user", FALL, .a = W_OWN, .flags = USER, HOST("own:P")),
	BIND("host-user", FALL, .a = W_HOST, .flags = USER, HOST("host:P"),
	    NOT_HELD),

	{ .name = "bind/again/tcp",
	    .act = act_again,
	    .forms = FALL,
	    TCP,
	    .a = W_OWN,
	    HOST("EINVAL") },
	{ .name = "bind/again/tcp-host",
	    .act = act_again,
	    .forms = FALL,
	    TCP,
	    .a = W_HOST,
	    HOST("EINVAL") },
	{ .name = "bind/again/udp",
	    .act = act_again,
	    .forms = FALL,
	    UDP,
	    .a = W_OWN,
	    HOST("EINVAL") },
	{ .name = "bind/again/udp-host",
	    .act = act_again,
	    .forms = FALL,
	    UDP,
	    .a = W_HOST,
	    HOST("EINVAL") },
	{ .name = "bind/refused/tcp",
	    .act = act_refused,
	    .forms = FALL,
	    TCP,
	    HOST("first=EADDRNOTAVAIL own:P") },
	{ .name = "bind/refused/udp",
	    .act = act_refused,
	    .forms = FALL,
	    UDP,
	    HOST("first=EADDRNOTAVAIL own:P") },
	{ .name = "bind/times/tcp",
	    .act = act_many_times,
	    .forms = FALL,
	    TCP,
	    .a = W_ANY,
	    HOST("ok") },
	{ .name = "bind/times/udp",
	    .act = act_many_times,
	    .forms = FALL,
	    UDP,
	    .a = W_ANY,
	    HOST("ok") },
	{ .name = "bind/times/own",
	    .act = act_many_times,
	    .forms = FALL,
	    TCP,
	    .a = W_OWN,
	    HOST("ok") },
	{ .name = "bind/short",
	    .act = act_short,
	    .forms = F46,
	    UDP,
	    HOST("EINVAL") },
	{ .name = "bind/unspec/any",
	    .act = act_unspec,
	    .forms = F4,
	    TCP,
	    .a = W_ANY,
	    HOST("any:P"),
	    ONE("own:P|EAFNOSUPPORT"),
	    MANY("any:P|EAFNOSUPPORT") },
	{ .name = "bind/unspec/host",
	    .act = act_unspec,
	    .forms = F4,
	    TCP,
	    .a = W_HOST,
	    HOST("EAFNOSUPPORT"),
	    ONE("EAFNOSUPPORT|EADDRNOTAVAIL") },
	{ .name = "bind/unspec/own",
	    .act = act_unspec,
	    .forms = F6,
	    TCP,
	    .a = W_OWN,
	    HOST("EAFNOSUPPORT") },
	{ .name = NULL },
};
