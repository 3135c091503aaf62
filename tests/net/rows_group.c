/* SPDX-License-Identifier: BSD-2-Clause */
/* Multicast and broadcast: joined, sent, received. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "try.h"

static long
join(const struct attempt *t, int fd)
{
	struct group_req req = { .gr_interface = table_device() };
	union addr group;
	socklen_t len = addr_of(W_GROUP, t->form, 0, &group);

	memcpy(&req.gr_group, &group, len);
	return setsockopt(fd, t->form == F4 ? IPPROTO_IP : IPPROTO_IPV6,
	    MCAST_JOIN_GROUP, &req, sizeof(req));
}

static void
act_join(const struct attempt *t)
{
	int fd = try_socket(t);

	if (!failed(join(t, fd)))
		say("ok");
}

/* By the address of an interface, which is not the jail's. */
static void
act_join_by_address(const struct attempt *t)
{
	struct ip_mreq req;
	int fd = try_socket(t);
	union addr a;

	(void)addr_of(W_GROUP, F4, 0, &a);
	req.imr_multiaddr = a.in.sin_addr;
	(void)addr_of(t->row->a, F4, 0, &a);
	req.imr_interface = a.in.sin_addr;
	if (!failed(setsockopt(
		fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, &req, sizeof(req))))
		say("ok");
}

/* The way out: by interface; with the address that row->a is as the source. */
static void
send_group(const struct attempt *t, int fd, uint16_t port)
{
	struct ip_mreqn by = { .imr_ifindex = (int)table_device() };
	union addr to, from;
	socklen_t len = addr_of(W_GROUP, t->form, port, &to);

	if (t->form == F4) {
		(void)addr_of(t->row->a, F4, 0, &from);
		by.imr_address = from.in.sin_addr;
		if (failed_at("option", setsockopt(fd, IPPROTO_IP,
					    IP_MULTICAST_IF, &by, sizeof(by))))
			return;
	} else if (failed_at(
		       "option", set_int(fd, IPPROTO_IPV6, IPV6_MULTICAST_IF,
				     (int)table_device()))) {
		return;
	}
	(void)failed_at("send", sendto(fd, "?", 1, 0, &to.sa, len));
}

/* A receiver on this host's stack sees who sent. */
static void
say_sender(const struct attempt *t, int fd)
{
	union addr from;
	socklen_t len = sizeof(from);
	char text[16];

	if (!is_readable(fd)) {
		say("nothing came");
		return;
	}
	if (!failed_at(
		"recv", recvfrom(fd, text, sizeof(text), 0, &from.sa, &len)))
		say_addr(t, "from=", &from);
}

/* Sent by the jail: as the jail itself, joined, receives it; or not. */
static void
act_send(const struct attempt *t)
{
	int r = try_socket(t), fd = try_socket(t);

	if (failed_at("bind", bind_to(t, r, W_ANY, t->port)) ||
	    failed_at("join", join(t, r)))
		return;
	send_group(t, fd, t->port);
	say_sender(t, r);
}

/* A receiver of the host's, given to the jail, tells the source. */
static void
act_send_seen(const struct attempt *t)
{
	int r = -1, fd = try_socket(t);
	const char *answer;

	answer = ask_with(-1, t->form == F4 ? "give 4 udp" : "give 6 udp", &r);
	if (r < 0) {
		say("peer: %s", answer);
		return;
	}
	if (failed_at("bind", bind_to(t, r, W_ANY, t->port)) ||
	    failed_at("join", join(t, r)))
		return;
	send_group(t, fd, t->port);
	say_sender(t, r);
}

/* Broadcast, of the net's own address. */
static void
act_broadcast(const struct attempt *t)
{
	int fd = try_socket(t), r = -1;
	union addr to;
	socklen_t len = addr_of(W_BROAD, t->form, t->port, &to);

	(void)ask_with(-1, "give 4 udp", &r);
	if (failed(bind_to(t, r, W_ANY, t->port)) ||
	    failed(set_int(fd, SOL_SOCKET, SO_BROADCAST, 1)))
		return;
	if (!failed_at("send", sendto(fd, "?", 1, 0, &to.sa, len)))
		say_sender(t, r);
}

/* The jail listens for what all send to all: it is not for its address. */
static void
act_hear_broadcast(const struct attempt *t)
{
	int r = try_socket(t), fd = -1;
	union addr to;
	socklen_t len = addr_of(W_BROAD, t->form, t->port, &to);

	(void)ask_with(-1, "give 4 udp", &fd);
	if (failed(bind_to(t, r, W_ANY, t->port)) ||
	    failed(set_int(fd, SOL_SOCKET, SO_BROADCAST, 1)) ||
	    failed_at("send", sendto(fd, "?", 1, 0, &to.sa, len)))
		return;
	say_sender(t, r);
}

#define NOT_MINE "nothing came"

const struct row group_rows[] = {
	{ .name = "group/join", .act = act_join, .forms = F46, HOST("ok") },
	{ .name = "group/join-host",
	    .act = act_join_by_address,
	    .forms = F4,
	    .a = W_HOST,
	    HOST("ok"),
	    ONE("ok|EPERM|EADDRNOTAVAIL") },
	{ .name = "group/hear-own",
	    .act = act_send,
	    .forms = F46,
	    .a = W_ANY,
	    HOST("from=host:*"),
	    ONE(NOT_MINE) },
	{ .name = "group/send",
	    .act = act_send_seen,
	    .forms = F46,
	    .a = W_ANY,
	    HOST("from=host:*"),
	    ONE("from=own:*|send=EPERM nothing came") },
	{ .name = "group/send-as-other",
	    .act = act_send_seen,
	    .forms = F4,
	    .a = W_OTHER,
	    HOST("from=other:*"),
	    ONE("from=own:*|send=EPERM nothing came") },
	{ .name = "group/broadcast",
	    .act = act_broadcast,
	    .forms = F4,
	    HOST("from=host:*"),
	    ONE("from=own:*") },
	{ .name = "group/hear-broadcast",
	    .act = act_hear_broadcast,
	    .forms = F4,
	    HOST("from=host:*"),
	    ONE(NOT_MINE) },
	{ .name = NULL },
};
