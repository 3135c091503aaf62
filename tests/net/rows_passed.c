/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Sockets passed over a unix socket keep the rules of who made them, as the
 * manual says.
 */
#include <stdio.h>
#include <unistd.h>

#include "try.h"

static int
given(const struct attempt *t, const char *proto)
{
	char command[32];
	const char *answer;
	int fd = -1;

	(void)snprintf(command, sizeof(command), "give %s %s",
	    t->form == F4 ? "4" : "6", proto);
	answer = ask_with(-1, command, &fd);
	if (fd < 0)
		say("peer: %s", answer);
	return fd;
}

/* The host's, in the jail. */
static void
act_given(const struct attempt *t)
{
	int fd = given(t, t->row->type == SOCK_STREAM ? "tcp" : "udp");

	if (!failed(bind_to(t, fd, t->row->a, t->port)))
		say_local(t, fd);
}

/* The jail's, on the host: it stays one of the jail's. */
static void
act_taken(const struct attempt *t)
{
	char command[128];
	int fd = try_socket(t);

	(void)snprintf(command, sizeof(command), "take %s %u",
	    addr_text(t->row->a, t->form), t->port);
	say("%s", ask_with(fd, command, NULL));
	say_local(t, fd);
}

const struct row passed_rows[] = {
	{ .name = "passed/in-host",
	    .act = act_given,
	    .forms = F46,
	    .type = SOCK_STREAM,
	    .a = W_HOST,
	    .flags = ALIKE,
	    HOST("host:P") },
	{ .name = "passed/in-any",
	    .act = act_given,
	    .forms = F46,
	    .type = SOCK_STREAM,
	    .a = W_ANY,
	    .flags = ALIKE,
	    HOST("any:P") },
	{ .name = "passed/in-udp",
	    .act = act_given,
	    .forms = F46,
	    .a = W_OTHER,
	    .flags = ALIKE,
	    HOST("other:P") },
	{ .name = "passed/out-host",
	    .act = act_taken,
	    .forms = F46,
	    .type = SOCK_STREAM,
	    .a = W_HOST,
	    HOST("ok host:P"),
	    ONE("EADDRNOTAVAIL any:0") },
	{ .name = "passed/out-udp",
	    .act = act_taken,
	    .forms = F46,
	    .a = W_OTHER,
	    HOST("ok other:P"),
	    ONE("EADDRNOTAVAIL any:0") },
	{ .name = NULL },
};
