/* SPDX-License-Identifier: BSD-2-Clause */
/* Who reaches a socket that waits. */
#include <netinet/tcp.h>
#include <unistd.h>

#include "try.h"

/* listen(2), with or without bind(2) before: at which addresses it answers. */
static void
act_listen(const struct attempt *t)
{
	int fd = try_socket_of(t, SOCK_STREAM);

	if (failed(bind_to(t, fd, t->row->a, t->port)) ||
	    failed_at("listen", listen(fd, 16)))
		return;
	serve_jail(fd, SOCK_STREAM);
	say_reached(t, SOCK_STREAM, t->port);
}

static void
act_unbound(const struct attempt *t)
{
	int fd = try_socket_of(t, SOCK_STREAM);

	if (failed_at("listen", listen(fd, 16)))
		return;
	serve_jail(fd, SOCK_STREAM);
	say_local(t, fd);
	say_reached(t, SOCK_STREAM, local_port(fd));
}

/* The port that it really has is not a way to it; all are asked for it. */
static void
act_port_of_kernel(const struct attempt *t)
{
	int fd = try_socket_of(t, SOCK_STREAM);

	if (failed(bind_to(t, fd, W_ANY, 0)) ||
	    failed_at("listen", listen(fd, 16)))
		return;
	serve_jail(fd, SOCK_STREAM);
	say_reached(t, SOCK_STREAM, local_port(fd));
}

/* Closed and made again at once, as a server that restarts: each time. */
static void
act_restart(const struct attempt *t)
{
	enum form form = t->form == FM ? F4 : t->form;
	const char *answer = "";
	int i, fd;

	for (i = 0; i < 3; i++) {
		fd = try_socket_of(t, SOCK_STREAM);
		(void)set_int(fd, SOL_SOCKET, SO_REUSEADDR, 1);
		if (failed(bind_to(t, fd, W_ANY, t->port)) ||
		    failed_at("listen", listen(fd, 16)))
			return;
		answer = ask_host("ask tcp %s %u", addr_text(W_OWN, form),
		    t->port); /* into the backlog */
		accept_one(t, fd);
		(void)close(fd);
	}
	say("%s", answer);
	say("then=%s",
	    ask_host("ask tcp %s %u", addr_text(W_OWN, form), t->port));
}

/* listen(2) anew, which only changes the backlog. */
static void
act_twice(const struct attempt *t)
{
	int fd = try_socket_of(t, SOCK_STREAM);

	if (failed(bind_to(t, fd, W_ANY, t->port)) || failed(listen(fd, 4)) ||
	    failed(listen(fd, 16)))
		return;
	serve_jail(fd, SOCK_STREAM);
	say_reached(t, SOCK_STREAM, t->port);
}

/* From another machine. */
static void
act_from_out(const struct attempt *t)
{
	static const struct {
		enum who who;
		const char *name;
	} at[] = { { W_OWN, "own" }, { W_OWN2, "own2" }, { W_HOST, "host" } };
	enum form form = t->form == FM ? F4 : t->form;
	const char *proto = t->row->type == SOCK_STREAM ? "tcp" : "udp";
	int fd = try_socket(t);
	size_t i;

	if (failed(bind_to(t, fd, W_ANY, t->port)))
		return;
	if (t->row->type == SOCK_STREAM && failed(listen(fd, 16)))
		return;
	serve_jail(fd, t->row->type);
	for (i = 0; has_out() && i < nitems(at); i++)
		say("%s=%s", at[i].name,
		    ask_out("ask %s %s %u", proto, addr_text(at[i].who, form),
			t->port));
}

/* A datagram socket: at which addresses it gets any. */
static void
act_udp(const struct attempt *t)
{
	int fd = try_socket_of(t, SOCK_DGRAM);

	if (failed(bind_to(t, fd, t->row->a, t->port)))
		return;
	serve_jail(fd, SOCK_DGRAM);
	say_reached(t, SOCK_DGRAM, t->port);
}

/* What the host asks by its loopback address is answered there. */
static void
act_udp_from_loop(const struct attempt *t)
{
	enum form form = t->form == FM ? F4 : t->form;
	int fd = try_socket_of(t, SOCK_DGRAM);

	if (failed(bind_to(t, fd, t->row->a, t->port)))
		return;
	serve_jail(fd, SOCK_DGRAM);
	say("%s", ask_host("ask udp %s %u %s", addr_text(W_OWN, form), t->port,
		      addr_text(W_LOOP, form)));
}

/* Bound by sendto(2), to the wildcard as the kernel has it. */
static void
act_udp_autobound(const struct attempt *t)
{
	int fd = try_socket_of(t, SOCK_DGRAM);
	union addr to;
	socklen_t len = addr_of(W_HOST, t->form, 9, &to);

	if (failed(sendto(fd, "", 0, 0, &to.sa, len)))
		return;
	serve_jail(fd, SOCK_DGRAM);
	say_reached(t, SOCK_DGRAM, local_port(fd));
}

/* Connected to nobody again: on the wildcard, as the kernel has it. */
static void
act_udp_disconnected(const struct attempt *t)
{
	struct sockaddr none = { .sa_family = AF_UNSPEC };
	int fd = try_socket_of(t, SOCK_DGRAM);
	union addr to;
	socklen_t len = addr_of(W_HOST, t->form, 9, &to);

	if (failed(connect(fd, &to.sa, len)) ||
	    failed(connect(fd, &none, sizeof(none))))
		return;
	if (failed_at("send", sendto(fd, "", 0, 0, &to.sa, len)))
		return;
	serve_jail(fd, SOCK_DGRAM);
	say_reached(t, SOCK_DGRAM, local_port(fd));
}

/* What an accepted socket says of both ends. */
static void
act_views(const struct attempt *t)
{
	enum form form = t->form == FM ? F4 : t->form;
	int fd = try_socket_of(t, SOCK_STREAM);

	if (failed(bind_to(t, fd, W_ANY, t->port)) || failed(listen(fd, 16)))
		return;
	say_local(t, fd);
	(void)ask_host("ask tcp %s %u", addr_text(t->row->a, form), t->port);
	accept_one(t, fd);
}

#define ALL "jail=own,own2,host,other,loop"
#define CLOSED " rest=ECONNREFUSED"
#define EVERYWHERE                                                             \
	HOST(ALL), ONE("jail=own" CLOSED), MANY("jail=own,own2" CLOSED)
#define DROPPED                                                                \
	HOST(ALL), ONE("jail=own rest=none"),                                  \
	    MANY("jail=own rest=none") /* and is answered by the first */
#define AT_OWN HOST("jail=own" CLOSED)
#define UNBOUND_ONE                                                            \
	"any:* jail=own rest=none|any:* jail=own rest=ECONNREFUSED|own:* "     \
	"jail=own rest=ECONNREFUSED|own:* jail=own rest=none"
#define UNBOUND_MANY                                                           \
	"any:* jail=own,own2 rest=none|any:* jail=own,own2 rest=ECONNREFUSED"

#define LISTEN_ROW(n, f, ...)                                                  \
	{                                                                      \
		.name = "listen/" n, .act = act_listen, .forms = (f),          \
		__VA_ARGS__                                                    \
	}

const struct row listen_rows[] = {
	LISTEN_ROW("any", F4M, .a = W_ANY, EVERYWHERE),
	LISTEN_ROW("any-only6", F6, .a = W_ANY, .flags = ONLY6, EVERYWHERE),
	LISTEN_ROW("any-both", F6, .a = W_ANY, .flags = BOTH,
	    HOST(ALL " jail/4=own,own2,host,other,loop"),
	    ONE("jail=own" CLOSED " jail/4=own rest/4=ECONNREFUSED"),
	    MANY("jail=own,own2" CLOSED " jail/4=own,own2 rest/4=ECONNREFUSED"),
	    V6("jail=own" CLOSED " jail/4=- rest/4=ECONNREFUSED")),
	LISTEN_ROW("own", FALL, .a = W_OWN, AT_OWN),
	LISTEN_ROW("own2", FALL, .a = W_OWN2, HOST("jail=own2" CLOSED),
	    ONE("EADDRNOTAVAIL"), MANY("jail=own2" CLOSED)),
	LISTEN_ROW("loop", FALL, .a = W_LOOP, HOST("jail=loop" CLOSED),
	    ONE("jail=own" CLOSED)),
	LISTEN_ROW("any-low", F4, .a = W_ANY, .flags = LOW, EVERYWHERE),
	LISTEN_ROW("any-low", F6, .a = W_ANY, .flags = LOW | ONLY6, EVERYWHERE),

	/* The host has it on the wildcard: its own everywhere else. */
	LISTEN_ROW("hosts", F4, .a = W_ANY, .flags = WILD, HOST("EADDRINUSE"),
	    ONE("jail=own rest=host"), MANY("jail=own,own2 rest=host")),
	LISTEN_ROW("hosts", F6, .a = W_ANY, .flags = WILD | ONLY6,
	    HOST("EADDRINUSE"), ONE("jail=own rest=host"),
	    MANY("jail=own,own2 rest=host")),
	LISTEN_ROW("hosts-both", F6, .a = W_ANY, .flags = WILD | BOTH,
	    HOST("EADDRINUSE"),
	    ONE("jail=own rest=host jail/4=own rest/4=host"),
	    MANY("jail=own,own2 rest=host jail/4=own,own2 rest/4=host"),
	    V6("jail=own rest=host jail/4=- rest/4=host")),

	{ .name = "listen/unbound",
	    .act = act_unbound,
	    .forms = F4,
	    HOST("any:* " ALL),
	    ONE(UNBOUND_ONE),
	    MANY(UNBOUND_MANY) },
	{ .name = "listen/unbound",
	    .act = act_unbound,
	    .forms = F6,
	    .flags = ONLY6,
	    HOST("any:* " ALL),
	    ONE(UNBOUND_ONE),
	    MANY(UNBOUND_MANY) },
	{ .name = "listen/port-0",
	    .act = act_port_of_kernel,
	    .forms = F4,
	    EVERYWHERE },
	{ .name = "listen/port-0",
	    .act = act_port_of_kernel,
	    .forms = F6,
	    .flags = ONLY6,
	    EVERYWHERE },
	{ .name = "listen/restart",
	    .act = act_restart,
	    .forms = FALL,
	    HOST("came=own:* at=own:P came=own:* at=own:P came=own:* at=own:P "
		 "none then=ECONNREFUSED") },
	{ .name = "listen/twice", .act = act_twice, .forms = F4, EVERYWHERE },
	{ .name = "listen/out",
	    .act = act_from_out,
	    .forms = F46,
	    .type = SOCK_STREAM,
	    HOST("own=jail own2=jail host=jail"),
	    ONE("own=jail own2=ECONNREFUSED host=ECONNREFUSED"),
	    MANY("own=jail own2=jail host=ECONNREFUSED") },
	{ .name = "listen/views",
	    .act = act_views,
	    .forms = F4M,
	    .a = W_OWN,
	    HOST("any:P came=own:* at=own:P"),
	    ONE("own:P came=own:* at=own:P"),
	    MANY("any:P came=own:* at=own:P|own:P came=own:* at=own:P") },
	{ .name = "listen/views",
	    .act = act_views,
	    .forms = F6,
	    .a = W_OWN,
	    .flags = ONLY6,
	    HOST("any:P came=own:* at=own:P"),
	    ONE("own:P came=own:* at=own:P"),
	    MANY("any:P came=own:* at=own:P|own:P came=own:* at=own:P") },
	{ .name = "listen/views2",
	    .act = act_views,
	    .forms = F4,
	    .a = W_OWN2,
	    HOST("any:P came=own2:* at=own2:P"),
	    ONE("own:P nobody came"),
	    MANY("any:P came=own2:* at=own2:P") },

	/* Datagrams: of several addresses the wildcard is the first. */
	{ .name = "arrive/any",
	    .act = act_udp,
	    .forms = F4M,
	    .a = W_ANY,
	    HOST(ALL),
	    ONE("jail=own" CLOSED) },
	{ .name = "arrive/any",
	    .act = act_udp,
	    .forms = F6,
	    .a = W_ANY,
	    .flags = ONLY6,
	    HOST(ALL),
	    ONE("jail=own" CLOSED) },
	{ .name = "arrive/own",
	    .act = act_udp,
	    .forms = FALL,
	    .a = W_OWN,
	    AT_OWN },
	{ .name = "arrive/own2",
	    .act = act_udp,
	    .forms = FALL,
	    .a = W_OWN2,
	    HOST("jail=own2" CLOSED),
	    ONE("EADDRNOTAVAIL"),
	    MANY("jail=own2" CLOSED) },
	{ .name = "arrive/loop",
	    .act = act_udp,
	    .forms = FALL,
	    .a = W_LOOP,
	    HOST("jail=loop" CLOSED),
	    ONE("jail=own" CLOSED) },
	{ .name = "arrive/from-loop",
	    .act = act_udp_from_loop,
	    .forms = FALL,
	    .a = W_OWN,
	    HOST("jail"),
	    ONE("jail") },
	{ .name = "arrive/autobound",
	    .act = act_udp_autobound,
	    .forms = FALL,
	    DROPPED },
	{ .name = "arrive/disconnected",
	    .act = act_udp_disconnected,
	    .forms = F46,
	    HOST(ALL "|jail=host rest=ECONNREFUSED"),
	    ONE("jail=own rest=none|jail=own rest=ECONNREFUSED|"
		"jail=- rest=ECONNREFUSED"),
	    MANY("jail=own,own2 rest=none|jail=own rest=ECONNREFUSED|"
		 "jail=- rest=ECONNREFUSED") },
	{ .name = "arrive/udplite-any",
	    .act = act_udp,
	    .forms = F4M,
	    .proto = IPPROTO_UDPLITE,
	    .a = W_ANY,
	    HOST(ALL),
	    ONE("jail=own" CLOSED) },
	{ .name = "arrive/udplite-autobound",
	    .act = act_udp_autobound,
	    .forms = F4,
	    .proto = IPPROTO_UDPLITE,
	    DROPPED },
	{ .name = "arrive/out",
	    .act = act_from_out,
	    .forms = F46,
	    .type = SOCK_DGRAM,
	    HOST("own=none own2=none host=jail"), /* by its first address */
	    ONE("own=jail own2=ECONNREFUSED host=ECONNREFUSED") },
	{ .name = NULL },
};
