/* SPDX-License-Identifier: BSD-2-Clause */
/* Options that get around bind(2), and what may still be done with them. */
#include <errno.h>
#include <linux/filter.h>
#include <net/if.h>
#include <netinet/ip.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "try.h"

#ifndef IP_LOCAL_PORT_RANGE
#define IP_LOCAL_PORT_RANGE 51
#endif
#define LEVEL(t) ((t)->form == F4 ? IPPROTO_IP : IPPROTO_IPV6)

/* The option proto at level b, to 1. */
static void
act_option(const struct attempt *t)
{
	int fd = socket(form_domain(t->form), t->row->type | SOCK_CLOEXEC, 0);

	if (!failed(fd) &&
	    !failed(set_int(fd, (int)t->row->b, t->row->proto, 1)))
		say("ok");
}

/* With IP_FREEBIND and its like, bind(2) to an address of others. */
static void
act_free(const struct attempt *t)
{
	static const int names[][2] = {
		{ IPPROTO_IP, IP_FREEBIND },
		{ IPPROTO_IPV6, IPV6_FREEBIND },
		{ IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT },
	};
	int fd = try_socket(t);
	size_t i;

	for (i = 0; i < nitems(names); i++)
		(void)set_int(fd, names[i][0], names[i][1], 1);
	if (!failed(bind_to(t, fd, t->row->a, t->port)))
		say_local(t, fd);
}

/* With it a datagram from nobody's address. */
static void
act_transparent(const struct attempt *t)
{
	bool is4 = t->form == F4;
	int fd = try_socket(t);

	if (failed(set_int(
		fd, LEVEL(t), is4 ? IP_TRANSPARENT : IPV6_TRANSPARENT, 1)))
		return;
	if (!failed(bind_to(t, fd, W_NOWHERE, t->port)))
		say_local(t, fd);
}

/* IP_TRANSPARENT of IPv4 on a socket of IPv6. */
static void
act_transparent_other(const struct attempt *t)
{
	int fd = try_socket(t);

	if (!failed(set_int(fd, IPPROTO_IP, IP_TRANSPARENT, 1)))
		say("ok");
}

/* To the interface of the table's addresses. */
static int
tie(int fd)
{
	char name[IF_NAMESIZE];

	if (if_indextoname(table_device(), name) == NULL)
		return -1;
	return setsockopt(
	    fd, SOL_SOCKET, SO_BINDTODEVICE, name, (socklen_t)strlen(name) + 1);
}

/* Tied to an interface: sends, or binds, as without. */
static void
act_device(const struct attempt *t)
{
	int fd = try_socket(t);
	union addr to;
	socklen_t len = addr_of(W_HOST, t->form, PORT_EACH, &to);

	if (failed_at("option", tie(fd)))
		return;
	if (t->row->a == W_ANY) {
		if (!failed(sendto(fd, "?", 1, 0, &to.sa, len)))
			say_source(fd);
	} else if (!failed(bind_to(t, fd, t->row->a, t->port))) {
		say_local(t, fd);
	}
}

/* Tied to an interface and never bound: what comes in. */
static void
act_device_listen(const struct attempt *t)
{
	int fd = try_socket_of(t, SOCK_STREAM);

	if (failed_at("option", tie(fd)) || failed(listen(fd, 8)))
		return;
	serve_jail(fd, SOCK_STREAM);
	say_reached(t, SOCK_STREAM, local_port(fd));
}

/* A range of one port is that port, without bind(2). */
static void
act_port_range(const struct attempt *t)
{
	struct attempt in_range = { t->row, t->form, 0 };
	uint32_t range;
	int fd = try_socket(t);

	/* it has to lie among those that the kernel gives out */
	in_range.port = (uint16_t)(40000 + t->port % 1000);
	range = (uint32_t)in_range.port << 16 | in_range.port;

	if (failed(setsockopt(
		fd, IPPROTO_IP, IP_LOCAL_PORT_RANGE, &range, sizeof(range))))
		return;
	if (!failed_at("bind", bind_to(t, fd, W_ANY, 0)))
		say_local(&in_range, fd);
}

/* The interface of IP_UNICAST_IF gives its address. */
static void
act_unicast_if(const struct attempt *t)
{
	int fd = try_socket(t);
	union addr to;
	socklen_t len = addr_of(W_HOST, t->form, PORT_EACH, &to);

	if (failed_at(
		"option", set_int(fd, LEVEL(t),
			      t->form == F4 ? IP_UNICAST_IF : IPV6_UNICAST_IF,
			      (int)htonl(table_device()))))
		return;
	if (!failed(sendto(fd, "?", 1, 0, &to.sa, len)))
		say_source(fd);
}

/* A source route would go on to others in the jail's name, or theirs. */
static void
act_source_route(const struct attempt *t)
{
	unsigned char route[] = { IPOPT_LSRR, 7, 4, 127, 0, 0, 1, 0 };
	int fd = try_socket(t);

	if (!failed(
		setsockopt(fd, IPPROTO_IP, IP_OPTIONS, route, sizeof(route))))
		say("ok");
}

/* A connected socket of IPv6 becomes one of IPv4. */
static void
act_addrform(const struct attempt *t)
{
	int fd = try_socket_of(t, SOCK_DGRAM);
	struct sockaddr none = { .sa_family = AF_UNSPEC };
	union addr to;
	socklen_t len = addr_of(W_OTHER, F4, PORT_EACH, &to);

	if (failed(connect_to(t, fd, W_HOST, PORT_EACH)) ||
	    failed_at(
		"option", set_int(fd, IPPROTO_IPV6, IPV6_ADDRFORM, AF_INET)))
		return;
	(void)connect(fd, &none, sizeof(none));
	if (!failed(sendto(fd, "?", 1, 0, &to.sa, len)))
		say_source(fd);
}

/* A program that chooses among sockets of one port. */
static void
act_choose(const struct attempt *t)
{
	struct sock_filter code[] = { BPF_STMT(BPF_RET | BPF_K, 0) };
	struct sock_fprog prog = { .len = 1, .filter = code };
	int fd = try_socket(t);

	(void)set_int(fd, SOL_SOCKET, SO_REUSEPORT, 1);
	if (failed_at(
		"option", setsockopt(fd, SOL_SOCKET, SO_ATTACH_REUSEPORT_CBPF,
			      &prog, sizeof(prog))))
		return;
	if (!failed(bind_to(t, fd, t->row->a, t->port)))
		say_local(t, fd);
}

#define OPTION(n, f, ty, l, o, ...)                                            \
	{                                                                      \
		.name = "option/" n, .act = act_option, .forms = (f),          \
		.type = (ty), .b = (enum who)(l), .proto = (o), __VA_ARGS__    \
	}
#define NOT_ALLOWED HOST("ok"), INHERIT("EPERM"), ONE("EPERM")

const struct row option_rows[] = {
	OPTION("mark", F46, SOCK_DGRAM, SOL_SOCKET, SO_MARK, NOT_ALLOWED),
	OPTION(
	    "repair", F46, SOCK_STREAM, IPPROTO_TCP, TCP_REPAIR, NOT_ALLOWED),
	OPTION("rcvbufforce", F4, SOCK_STREAM, SOL_SOCKET, SO_RCVBUFFORCE,
	    NOT_ALLOWED),
	OPTION("debug", F4, SOCK_STREAM, SOL_SOCKET, SO_DEBUG, HOST("ok"),
	    INHERIT("EACCES|EPERM"), ONE("EACCES|EPERM")),
	OPTION(
	    "freebind", F4, SOCK_STREAM, IPPROTO_IP, IP_FREEBIND, HOST("ok")),
	{ .name = "option/transparent",
	    .act = act_transparent,
	    .forms = F46,
	    HOST("nowhere:P"),
	    INHERIT("EPERM"),
	    ONE("EPERM") },
	{ .name = "option/transparent-4in6",
	    .act = act_transparent_other,
	    .forms = F6,
	    HOST("ok"),
	    INHERIT("EPERM"),
	    ONE("EPERM") },
	{ .name = "option/free-nowhere",
	    .act = act_free,
	    .forms = FALL,
	    .a = W_NOWHERE,
	    .type = SOCK_STREAM,
	    HOST("nowhere:P"),
	    ONE("EADDRNOTAVAIL") },
	{ .name = "option/free-host",
	    .act = act_free,
	    .forms = FALL,
	    .a = W_HOST,
	    .type = SOCK_STREAM,
	    HOST("host:P"),
	    ONE("EADDRNOTAVAIL") },
	{ .name = "option/free-nowhere-udp",
	    .act = act_free,
	    .forms = FALL,
	    .a = W_NOWHERE,
	    HOST("nowhere:P"),
	    ONE("EADDRNOTAVAIL") },
	{ .name = "option/free-own",
	    .act = act_free,
	    .forms = FALL,
	    .a = W_OWN,
	    HOST("own:P") },

	{ .name = "option/device-send",
	    .act = act_device,
	    .forms = FALL,
	    .a = W_ANY,
	    HOST("from=host"),
	    ONE("from=own|EPERM") },
	{ .name = "option/device-own",
	    .act = act_device,
	    .forms = FALL,
	    .a = W_OWN,
	    HOST("own:P"),
	    ONE("own:P|option=EPERM") },
	{ .name = "option/device-other",
	    .act = act_device,
	    .forms = FALL,
	    .a = W_OTHER,
	    HOST("other:P"),
	    ONE("EADDRNOTAVAIL|option=EPERM") },
	{ .name = "option/device-listen",
	    .act = act_device_listen,
	    .forms = F4,
	    .a = W_ANY,
	    HOST("jail=own,own2,host,other rest=ECONNREFUSED"),
	    ONE("jail=own rest=none,ECONNREFUSED|jail=own rest=none|jail=own "
		"rest=ECONNREFUSED|option=EPERM"),
	    MANY("jail=own,own2 rest=none,ECONNREFUSED|"
		 "jail=own,own2 rest=none|jail=own,own2 rest=ECONNREFUSED|"
		 "option=EPERM") },
	{ .name = "option/port-range",
	    .act = act_port_range,
	    .forms = FALL,
	    .type = SOCK_STREAM,
	    HOST("any:P|bind=EADDRINUSE"),
	    ONE("EPERM"),
	    V6("EPERM") },
	{ .name = "option/port-range-udp",
	    .act = act_port_range,
	    .forms = FALL,
	    HOST("any:P|bind=EADDRINUSE"),
	    ONE("EPERM"),
	    V6("EPERM") },
	{ .name = "option/unicast-if",
	    .act = act_unicast_if,
	    .forms = F46,
	    HOST("from=host"),
	    ONE("from=own") },
	{ .name = "option/source-route",
	    .act = act_source_route,
	    .forms = F4,
	    HOST("ok"),
	    INHERIT("EPERM"),
	    ONE("EPERM") },
	{ .name = "option/addrform",
	    .act = act_addrform,
	    .forms = FM,
	    HOST("from=other"),
	    ONE("from=own|option=EPERM|EPERM") },
	{ .name = "option/choose-hosts",
	    .act = act_choose,
	    .forms = F46,
	    .a = W_HOST,
	    HOST("host:P"),
	    ONE("EADDRNOTAVAIL|option=EINVAL") },
	{ .name = "option/choose-own",
	    .act = act_choose,
	    .forms = F46,
	    .a = W_OWN,
	    HOST("own:P"),
	    ONE("own:P|option=EINVAL") },
	{ .name = NULL },
};
