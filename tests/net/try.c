/* SPDX-License-Identifier: BSD-2-Clause */
/* What the rows' attempts are made of. */
#include <errno.h>
#include <net/if.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "try.h"

#define SOON_MS 500

void
say(const char *format, ...)
{
	static bool has_said;
	va_list ap;

	if (has_said)
		(void)putchar(' ');
	has_said = true;
	va_start(ap, format);
	(void)vprintf(format, ap);
	va_end(ap);
	(void)fflush(stdout);
}

bool
failed(long r)
{
	if (r >= 0)
		return false;
	say("%s", strerrorname_np(errno));
	return true;
}

bool
failed_at(const char *what, long r)
{
	if (r >= 0)
		return false;
	say("%s=%s", what, strerrorname_np(errno));
	return true;
}

int
set_int(int fd, int level, int name, int value)
{
	return setsockopt(fd, level, name, &value, sizeof(value));
}

int
try_socket_of(const struct attempt *t, int type)
{
	int fd =
	    socket(form_domain(t->form), type | SOCK_CLOEXEC, t->row->proto);

	if (failed(fd))
		exit(0);
	if ((t->row->flags & ONLY6) != 0)
		(void)set_int(fd, IPPROTO_IPV6, IPV6_V6ONLY, 1);
	return fd;
}

int
try_socket(const struct attempt *t)
{
	return try_socket_of(t, t->row->type != 0 ? t->row->type : SOCK_DGRAM);
}

int
bind_to(const struct attempt *t, int fd, enum who who, uint16_t port)
{
	union addr a;
	socklen_t len = addr_of(who, t->form, port, &a);

	return bind(fd, &a.sa, len);
}

int
connect_to(const struct attempt *t, int fd, enum who who, uint16_t port)
{
	union addr a;
	socklen_t len = addr_of(who, t->form, port, &a);

	return connect(fd, &a.sa, len);
}

void
say_addr(const struct attempt *t, const char *what, const union addr *a)
{
	char text[ADDR_TEXT];

	say("%s%s", what, addr_show(a, t->form, t->port, text));
}

void
say_local(const struct attempt *t, int fd)
{
	union addr a;
	socklen_t len = sizeof(a);

	if (!failed(getsockname(fd, &a.sa, &len)))
		say_addr(t, "", &a);
}

void
say_peer(const struct attempt *t, int fd)
{
	union addr a;
	socklen_t len = sizeof(a);

	if (!failed_at("peer", getpeername(fd, &a.sa, &len)))
		say_addr(t, "peer=", &a);
}

uint16_t
local_port(int fd)
{
	union addr a;
	socklen_t len = sizeof(a);

	return getsockname(fd, &a.sa, &len) < 0 ? 0 : addr_port(&a);
}

bool
is_readable(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	return poll(&p, 1, SOON_MS) == 1;
}

void
say_source(int fd)
{
	char text[256], *source;
	ssize_t n;

	if (!is_readable(fd)) {
		say("no answer");
		return;
	}
	if (failed_at("recv", n = recv(fd, text, sizeof(text) - 1, 0)))
		return;
	text[n] = '\0';
	text[strcspn(text, "\n")] = '\0';
	if ((source = strchr(text, ' ')) == NULL)
		say("from=%s", text); /* a jail's */
	else
		say("from=%s", addr_name(source + 1));
}

static _Noreturn void
serve(int fd, int type)
{
	union addr from;
	char text[64];
	socklen_t len;
	int c;

	for (;;) {
		if (type == SOCK_STREAM) {
			if ((c = accept(fd, NULL, NULL)) < 0)
				continue;
			(void)!write(c, "jail", 4);
			(void)close(c);
			continue;
		}
		len = sizeof(from);
		if (recvfrom(fd, text, sizeof(text), 0, &from.sa, &len) >= 0)
			(void)sendto(fd, "jail", 4, 0, &from.sa, len);
	}
}

void
serve_jail(int fd, int type)
{
	pid_t parent = getpid();

	(void)fflush(stdout);
	if (fork() != 0)
		return;
	(void)close(STDOUT_FILENO); /* whose end is waited for */
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(0);
	serve(fd, type);
}

void
accept_one(const struct attempt *t, int fd)
{
	union addr a;
	socklen_t len = sizeof(a);
	int c;

	if (!is_readable(fd)) {
		say("nobody came");
		return;
	}
	if (failed_at("accept", c = accept(fd, &a.sa, &len)))
		return;
	say_addr(t, "came=", &a);
	len = sizeof(a);
	if (getsockname(c, &a.sa, &len) == 0)
		say_addr(t, "at=", &a);
	(void)close(c);
}

unsigned int
table_device(void)
{
	struct if_nameindex *list = if_nameindex(), *i;
	unsigned int index = 0;

	for (i = list; i != NULL && i->if_index != 0; i++)
		if (strcmp(i->if_name, "lo") != 0)
			index = i->if_index;
	if (list != NULL)
		if_freenameindex(list);
	return index;
}

/* ---- where the jail is reached ---- */

/* A list "a,b" grows by a word that is not yet in it. */
static void
list_add(char *list, size_t size, const char *word)
{
	size_t len = strlen(list);

	if (strstr(list, word) == NULL)
		(void)snprintf(
		    list + len, size - len, "%s%s", len > 0 ? "," : "", word);
}

static void
say_reached_form(
    enum form form, const char *proto, uint16_t port, const char *of)
{
	static const struct {
		enum who who;
		const char *name;
	} at[] = {
		{ W_OWN, "own" },
		{ W_OWN2, "own2" },
		{ W_HOST, "host" },
		{ W_OTHER, "other" },
		{ W_LOOP, "loop" },
	};
	char jail[64] = "", rest[128] = "";
	const char *answer;
	size_t i;

	for (i = 0; i < nitems(at); i++) {
		if (!addr_has(at[i].who, form))
			continue;
		answer = ask_host(
		    "ask %s %s %u", proto, addr_text(at[i].who, form), port);
		if (strcmp(answer, "jail") == 0)
			list_add(jail, sizeof(jail), at[i].name);
		else
			list_add(rest, sizeof(rest), answer);
	}
	say("jail%s=%s", of, *jail != '\0' ? jail : "-");
	if (*rest != '\0')
		say("rest%s=%s", of, rest);
}

void
say_reached(const struct attempt *t, int type, uint16_t port)
{
	const char *proto = type == SOCK_STREAM		       ? "tcp"
			    : t->row->proto == IPPROTO_UDPLITE ? "udplite"
							       : "udp";
	enum form form = t->form == FM ? F4 : t->form;

	say_reached_form(form, proto, port, "");
	if ((t->row->flags & BOTH) != 0)
		say_reached_form(F4, proto, port, "/4");
}
