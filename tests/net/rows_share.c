/* SPDX-License-Identifier: BSD-2-Clause */
/* Two sockets at one port: of the jail, or one of them the host's. */
#include <stdlib.h>
#include <unistd.h>

#include "try.h"

static int
type_of(const struct attempt *t)
{
	return t->row->type;
}

/* The first or second socket of a row, with its options. */
static int
optioned(
    const struct attempt *t, unsigned int reuse_addr, unsigned int reuse_port)
{
	int fd = try_socket(t);

	if (fd < 0)
		exit(0);
	if ((t->row->flags & reuse_addr) != 0 &&
	    failed_at("SO_REUSEADDR", set_int(fd, SOL_SOCKET, SO_REUSEADDR, 1)))
		exit(0);
	if ((t->row->flags & reuse_port) != 0 &&
	    failed_at("SO_REUSEPORT", set_int(fd, SOL_SOCKET, SO_REUSEPORT, 1)))
		exit(0);
	return fd;
}

/* a, then b, at the same port. */
static void
act_two(const struct attempt *t)
{
	int first = optioned(t, ADDR, PORT), second;

	if (failed_at("first", bind_to(t, first, t->row->a, t->port)))
		return;
	if ((t->row->flags & LISTEN) != 0 &&
	    failed_at("listen", listen(first, 8)))
		return;
	second = optioned(t, ADDR2, PORT2);
	if (failed(bind_to(t, second, t->row->b, t->port)))
		return;
	if ((t->row->flags & LISTEN) != 0 &&
	    failed_at("listen2", listen(second, 8)))
		return;
	say("ok");
}

/* The options as they were set, whatever is made of them. */
static void
act_options(const struct attempt *t)
{
	static const int names[] = { SO_REUSEADDR, SO_REUSEPORT };
	int fd = try_socket(t), value;
	socklen_t len;
	size_t i;

	for (i = 0; i < 4; i++) {
		(void)set_int(fd, SOL_SOCKET, names[i % 2], i < 2);
		len = sizeof(value);
		if (!failed(
			getsockopt(fd, SOL_SOCKET, names[i % 2], &value, &len)))
			say("%d", value);
	}
}

/* The host has the port at the address b. */
static void
act_after_host(const struct attempt *t)
{
	const char *proto = type_of(t) == SOCK_STREAM ? "tcp" : "udp";
	enum form form = t->form == FM ? F4 : t->form;
	int fd = optioned(t, ADDR, PORT);

	say("host=%s",
	    ask_host("bind %s %s %u%s", proto, addr_text(t->row->b, form),
		t->port, (t->row->flags & ADDR2) != 0 ? " reuse" : ""));
	if (failed(bind_to(t, fd, t->row->a, t->port)))
		return;
	if (type_of(t) == SOCK_STREAM && failed_at("listen", listen(fd, 8)))
		return;
	serve_jail(fd, type_of(t));
	say_reached(t, type_of(t), t->port);
}

/* The jail has it before the host wants it. */
static void
act_before_host(const struct attempt *t)
{
	const char *proto = type_of(t) == SOCK_STREAM ? "tcp" : "udp";
	enum form form = t->form == FM ? F4 : t->form;
	int fd = optioned(t, ADDR, PORT);

	if (failed(bind_to(t, fd, t->row->a, t->port)))
		return;
	if (type_of(t) == SOCK_STREAM && failed_at("listen", listen(fd, 8)))
		return;
	serve_jail(fd, type_of(t));
	say("host=%s",
	    ask_host("bind %s %s %u%s", proto, addr_text(t->row->b, form),
		t->port, (t->row->flags & ADDR2) != 0 ? " reuse" : ""));
	say_reached(t, type_of(t), t->port);
}

#define TCP .type = SOCK_STREAM
#define UDP .type = SOCK_DGRAM
#define TWO(n, f, x, y, o, ...)                                                \
	{                                                                      \
		.name = "share/" n, .act = act_two, .forms = (f), .a = (x),    \
		.b = (y), .flags = (o), __VA_ARGS__                            \
	}
#define USED HOST("EADDRINUSE")
/* Linux 6.1 overlooks that ::ffff:0.0.0.0 has the port; we do not. */
#define USED_MAPPED HOST("EADDRINUSE|ok"), ONE("EADDRINUSE")

const struct row share_rows[] = {
	{ .name = "share/options/tcp",
	    .act = act_options,
	    .forms = F46,
	    TCP,
	    HOST("1 1 0 0") },
	{ .name = "share/options/udp",
	    .act = act_options,
	    .forms = F46,
	    UDP,
	    HOST("1 1 0 0") },

	TWO("tcp", FALL, W_ANY, W_ANY, 0, TCP, USED),
	TWO("tcp-listen", FALL, W_ANY, W_ANY, LISTEN, TCP, USED),
	TWO("tcp-own-any", FALL, W_OWN, W_ANY, 0, TCP, USED),
	TWO("tcp-any-own", F46, W_ANY, W_OWN, 0, TCP, USED),
	TWO("tcp-any-own", FM, W_ANY, W_OWN, 0, TCP, USED_MAPPED),
	TWO("tcp-own-loop", FALL, W_OWN, W_LOOP, LISTEN, TCP, HOST("ok"),
	    ONE("EADDRINUSE")),
	TWO("tcp-own-own2", FALL, W_OWN, W_OWN2, LISTEN, TCP, HOST("ok"),
	    ONE("EADDRNOTAVAIL"), MANY("ok")),
	TWO("tcp-addr", FALL, W_ANY, W_ANY, ADDR, TCP, USED),
	TWO("tcp-addr2", FALL, W_ANY, W_ANY, ADDR2, TCP, USED),
	TWO("tcp-addr-both", FALL, W_ANY, W_ANY, ADDR | ADDR2, TCP, HOST("ok")),
	TWO("tcp-addr-listen", FALL, W_ANY, W_ANY, ADDR | ADDR2 | LISTEN, TCP,
	    USED),
	TWO("tcp-addr-listen-own", F46, W_ANY, W_OWN, ADDR | ADDR2 | LISTEN,
	    TCP, USED),
	TWO("tcp-addr-listen-own", FM, W_ANY, W_OWN, ADDR | ADDR2 | LISTEN, TCP,
	    USED_MAPPED),
	TWO("tcp-port", FALL, W_ANY, W_ANY, PORT | LISTEN, TCP, USED),
	TWO("tcp-port2", FALL, W_ANY, W_ANY, PORT2 | LISTEN, TCP, USED),
	TWO("tcp-port-both", FALL, W_ANY, W_ANY, PORT | PORT2 | LISTEN, TCP,
	    HOST("ok")),
	TWO("tcp-port-addr", FALL, W_ANY, W_ANY, PORT | ADDR2 | LISTEN, TCP,
	    USED),
	TWO("tcp-port-own", FALL, W_ANY, W_OWN, PORT | PORT2 | LISTEN, TCP,
	    HOST("ok")),
	TWO("udp", FALL, W_ANY, W_ANY, 0, UDP, USED),
	TWO("udp-own-any", FALL, W_OWN, W_ANY, 0, UDP, USED),
	TWO("udp-any-own", FALL, W_ANY, W_OWN, 0, UDP, USED),
	TWO("udp-own-loop", FALL, W_OWN, W_LOOP, 0, UDP, HOST("ok"),
	    ONE("EADDRINUSE")),
	TWO("udp-own-own2", FALL, W_OWN, W_OWN2, 0, UDP, HOST("ok"),
	    ONE("EADDRNOTAVAIL"), MANY("ok")),
	TWO("udp-addr", FALL, W_ANY, W_ANY, ADDR, UDP, USED),
	TWO("udp-addr2", FALL, W_ANY, W_ANY, ADDR2, UDP, USED),
	TWO("udp-addr-both", FALL, W_ANY, W_ANY, ADDR | ADDR2, UDP, HOST("ok")),
	TWO("udp-port", FALL, W_ANY, W_ANY, PORT, UDP, USED),
	TWO("udp-port-both", FALL, W_ANY, W_ANY, PORT | PORT2, UDP, HOST("ok")),
	TWO("udp-port-addr", FALL, W_ANY, W_ANY, PORT | ADDR2, UDP, USED),

/* TCP: each has its own, in whatever order. */
#define APART "jail=own rest=host", "jail=own,own2 rest=host"
#define ORDER(n, act_, x, y, o, h, one, many)                                  \
	{                                                                      \
		.name = "share/" n, .act = (act_), .forms = F46, .a = (x),     \
		.b = (y), TCP, .flags = (o), HOST(h), ONE(one), MANY(many)     \
	}
	ORDER("host-any", act_after_host, W_ANY, W_ANY, ONLY6,
	    "host=ok EADDRINUSE", "host=ok jail=own rest=host",
	    "host=ok jail=own,own2 rest=host"),
	ORDER("host-any-addr", act_after_host, W_ANY, W_ANY,
	    ONLY6 | ADDR | ADDR2, "host=ok EADDRINUSE",
	    "host=ok jail=own rest=host", "host=ok jail=own,own2 rest=host"),
	ORDER("host-any-port", act_after_host, W_ANY, W_ANY,
	    ONLY6 | PORT | ADDR2, "host=ok EADDRINUSE",
	    "host=ok jail=own rest=host", "host=ok jail=own,own2 rest=host"),
	ORDER("host-host", act_after_host, W_ANY, W_HOST, ONLY6,
	    "host=ok EADDRINUSE", "host=ok jail=own rest=ECONNREFUSED,host",
	    "host=ok jail=own,own2 rest=host,ECONNREFUSED"),
	ORDER("host-own", act_after_host, W_ANY, W_OWN, ONLY6,
	    "host=ok EADDRINUSE", "host=ok EADDRINUSE", "host=ok EADDRINUSE"),
	ORDER("any-host", act_before_host, W_ANY, W_ANY, ONLY6,
	    "host=EADDRINUSE jail=own,own2,host,other,loop",
	    "host=ok jail=own rest=host", "host=ok jail=own,own2 rest=host"),
	ORDER("any-host-addr", act_before_host, W_ANY, W_ANY,
	    ONLY6 | ADDR | ADDR2,
	    "host=EADDRINUSE jail=own,own2,host,other,loop",
	    "host=ok jail=own rest=host", "host=ok jail=own,own2 rest=host"),
	ORDER("any-host-port", act_before_host, W_ANY, W_ANY, ONLY6 | PORT,
	    "host=EADDRINUSE jail=own,own2,host,other,loop",
	    "host=ok jail=own rest=host", "host=ok jail=own,own2 rest=host"),

/* UDP: who comes first has it; at another address both may. */
#undef TCP
#define TCP UDP
	ORDER("udp-host-host", act_after_host, W_ANY, W_HOST, ONLY6,
	    "host=ok EADDRINUSE", "host=ok jail=own rest=ECONNREFUSED,host",
	    "host=ok jail=own rest=ECONNREFUSED,host"),
	ORDER("udp-host-own", act_after_host, W_ANY, W_OWN, ONLY6,
	    "host=ok EADDRINUSE", "host=ok EADDRINUSE", "host=ok EADDRINUSE"),
	ORDER("udp-host-own-addr", act_after_host, W_ANY, W_OWN,
	    ONLY6 | ADDR | PORT, "host=ok EADDRINUSE", "host=ok EADDRINUSE",
	    "host=ok EADDRINUSE"),
	ORDER("udp-any-host", act_before_host, W_ANY, W_ANY, ONLY6,
	    "host=EADDRINUSE jail=own,own2,host,other,loop",
	    "host=EADDRINUSE jail=own rest=ECONNREFUSED",
	    "host=EADDRINUSE jail=own rest=ECONNREFUSED"),
#define WILDCARD(n, o)                                                         \
	{                                                                      \
		.name = "share/udp-wild" n, .act = act_two, .forms = FALL,     \
		UDP, .a = W_ANY, .b = W_ANY, .flags = WILD | (o),              \
		HOST("first=EADDRINUSE")                                       \
	}
	WILDCARD("", 0),
	WILDCARD("-addr", ADDR),
	WILDCARD("-port", PORT),
	WILDCARD("-both", ADDR | PORT),
	{ .name = NULL },
};
