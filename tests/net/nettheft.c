/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Do packets come to whom they are for?  A service, one that wants what is for
 * others, and a client that counts who answered.
 *
 *	nettheft serve NAME tcp|udp ADDRESS PORT [addr] [port]
 *	nettheft grab NAME PORT ADDRESS ...
 *	nettheft ask tcp|udp ADDRESS PORT COUNT
 *
 * serve answers NAME; "addr" and "port" stand for SO_REUSEADDR and
 * SO_REUSEPORT.  Prints "ready", or the error of bind(2) and exits with 1.
 *
 * grab takes PORT by whatever is let through: at all addresses given, and the
 * wildcards, in every form, with each set of options, and without bind(2).  It
 * prints "ready" and how many sockets it got, and answers NAME on all of them.
 *
 * ask prints who answered how often, as "host 998 none 2".
 */
#include <err.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "addr.h"
#include "ip.h"

#ifndef IP_LOCAL_PORT_RANGE
#define IP_LOCAL_PORT_RANGE 51
#endif
#define WAIT_MS 2000
#define GRAB_MAX 900 /* of the usual 1024 descriptors */
#define NAMES_MAX 8
#define AUTOBINDS 64 /* of each kind */

static int
type_of(const char *word)
{
	return strcmp(word, "tcp") == 0 ? SOCK_STREAM : SOCK_DGRAM;
}

static void
set_on(int fd, int level, int name)
{
	int on = 1;

	(void)setsockopt(fd, level, name, &on, sizeof(on));
}

/* ---- serve ---- */

/* One request on a socket of either type; it is not lost by an error. */
static void
answer(int fd, int type, const char *name)
{
	union addr from;
	socklen_t len = sizeof(from);
	char text[64];
	int c;

	if (type == SOCK_DGRAM) {
		if (recvfrom(fd, text, sizeof(text), 0, &from.sa, &len) >= 0)
			(void)sendto(fd, name, strlen(name), 0, &from.sa, len);
		return;
	}
	if ((c = accept(fd, NULL, NULL)) < 0)
		return;
	(void)!write(c, name, strlen(name));
	(void)!read(
	    c, text, sizeof(text)); /* who asks goes first, and lingers */
	(void)close(c);
}

static int
serve(int argc, char **argv)
{
	int type = type_of(argv[1]), fd, i;
	union addr a;
	socklen_t len;

	if ((len = parse_ip(argv[2], (uint16_t)atoi(argv[3]), false, &a)) == 0)
		errx(2, "%s is no address", argv[2]);
	fd = socket(a.sa.sa_family, type, 0);
	if (a.sa.sa_family == AF_INET6)
		set_on(fd, IPPROTO_IPV6, IPV6_V6ONLY);
	for (i = 4; i < argc; i++)
		set_on(fd, SOL_SOCKET,
		    strcmp(argv[i], "addr") == 0 ? SO_REUSEADDR : SO_REUSEPORT);
	if (bind(fd, &a.sa, len) < 0 ||
	    (type == SOCK_STREAM && listen(fd, 1024) < 0)) {
		(void)printf("%s\n", strerrorname_np(errno));
		return 1;
	}
	(void)printf("ready\n");
	(void)fflush(stdout);
	for (;;)
		answer(fd, type, argv[0]);
}

/* ---- grab ---- */

static struct pollfd grabbed[GRAB_MAX];
static int types[GRAB_MAX];
static nfds_t ngrabbed;

/* Keep it, whatever it is bound to. */
static void
keep(int fd, int type)
{
	if (ngrabbed == GRAB_MAX ||
	    (type == SOCK_STREAM && listen(fd, 1024) < 0)) {
		(void)close(fd);
		return;
	}
	types[ngrabbed] = type;
	grabbed[ngrabbed].fd = fd;
	grabbed[ngrabbed++].events = POLLIN;
}

/* options: 1 SO_REUSEADDR, 2 SO_REUSEPORT, 4 IP_FREEBIND, 8 for both families
 */
static void
grab_at(const char *ip, uint16_t port, int type, bool mapped, int options)
{
	union addr a;
	socklen_t len = parse_ip(ip, port, mapped, &a);
	int fd;

	if (len == 0 || (fd = socket(a.sa.sa_family, type, 0)) < 0)
		return;
	if ((options & 1) != 0)
		set_on(fd, SOL_SOCKET, SO_REUSEADDR);
	if ((options & 2) != 0)
		set_on(fd, SOL_SOCKET, SO_REUSEPORT);
	if ((options & 4) != 0) {
		set_on(fd, IPPROTO_IP, IP_FREEBIND);
		set_on(fd, IPPROTO_IPV6, IPV6_FREEBIND);
		set_on(fd, IPPROTO_IP, IP_TRANSPARENT);
		set_on(fd, IPPROTO_IPV6, IPV6_TRANSPARENT);
	}
	if ((options & 8) == 0 && a.sa.sa_family == AF_INET6 && !mapped)
		set_on(fd, IPPROTO_IPV6, IPV6_V6ONLY);
	if (bind(fd, &a.sa, len) < 0)
		(void)close(fd);
	else
		keep(fd, type);
}

/* The kernel chooses the port, and is talked into this one. */
static void
grab_unbound(uint16_t port, int type, int domain, const union addr *to)
{
	uint32_t range = (uint32_t)port << 16 | port;
	int fd = socket(domain, type, 0);

	if (fd < 0)
		return;
	set_on(fd, SOL_SOCKET, SO_REUSEADDR);
	set_on(fd, SOL_SOCKET, SO_REUSEPORT);
	(void)setsockopt(
	    fd, IPPROTO_IP, IP_LOCAL_PORT_RANGE, &range, sizeof(range));
	if (type == SOCK_DGRAM)
		(void)sendto(fd, "", 0, 0, &to->sa,
		    domain == AF_INET ? sizeof(to->in) : sizeof(to->in6));
	keep(fd, type);
}

static void
grab_all(uint16_t port, int n, char **ips)
{
	static const int both[] = { SOCK_STREAM, SOCK_DGRAM };
	union addr to;
	size_t t;
	int i, options;

	for (t = 0; t < nitems(both); t++) {
		for (i = 0; i < n; i++) {
			for (options = 0; options < 16; options++) {
				grab_at(ips[i], port, both[t], false, options);
				grab_at(ips[i], port, both[t], true, options);
			}
		}
		for (i = 0; i < AUTOBINDS; i++) {
			(void)parse_ip("127.0.0.1", 9, false, &to);
			grab_unbound(port, both[t], AF_INET, &to);
			(void)parse_ip("::1", 9, false, &to);
			grab_unbound(port, both[t], AF_INET6, &to);
		}
	}
}

static int
grab(int argc, char **argv)
{
	uint16_t port = (uint16_t)atoi(argv[1]);
	char any4[] = "0.0.0.0", any6[] = "::", *anys[] = { any4, any6 };
	nfds_t i;

	grab_all(port, argc - 2, argv + 2);
	grab_all(port, 2, anys);
	(void)printf("ready %u\n", (unsigned int)ngrabbed);
	(void)fflush(stdout);
	while (poll(grabbed, ngrabbed, -1) >= 0)
		for (i = 0; i < ngrabbed; i++)
			if (grabbed[i].revents != 0)
				answer(grabbed[i].fd, types[i], argv[0]);
	return 1;
}

/* ---- ask ---- */

static struct count {
	char name[32];
	int n;
} counts[NAMES_MAX];

static void
count(const char *name)
{
	size_t i;

	for (i = 0; i < NAMES_MAX - 1; i++)
		if (counts[i].n == 0 || strcmp(counts[i].name, name) == 0)
			break;
	(void)snprintf(counts[i].name, sizeof(counts[i].name), "%s", name);
	counts[i].n++;
}

static void
ask_one(const union addr *a, socklen_t len, int type)
{
	int fd = socket(a->sa.sa_family, type, 0);
	struct pollfd p = { .fd = fd, .events = POLLIN };
	char text[32];
	ssize_t n = 0;

	if (fd < 0)
		err(1, "socket");
	if (connect(fd, &a->sa, len) < 0 ||
	    (type == SOCK_DGRAM && send(fd, "?", 1, 0) < 0)) {
		count(strerrorname_np(errno));
	} else if (poll(&p, 1, WAIT_MS) != 1) {
		count("none");
	} else if ((n = recv(fd, text, sizeof(text) - 1, 0)) < 0) {
		count(strerrorname_np(errno));
	} else {
		text[n] = '\0';
		count(n == 0 ? "end" : text);
	}
	(void)close(fd);
}

static int
ask(char **argv)
{
	int type = type_of(argv[0]), i, n = atoi(argv[3]);
	union addr a;
	socklen_t len;

	if ((len = parse_ip(argv[1], (uint16_t)atoi(argv[2]), false, &a)) == 0)
		errx(2, "%s is no address", argv[1]);
	for (i = 0; i < n; i++)
		ask_one(&a, len, type);
	for (i = 0; i < NAMES_MAX && counts[i].n > 0; i++)
		(void)printf(
		    "%s%s %d", i > 0 ? " " : "", counts[i].name, counts[i].n);
	(void)printf("\n");
	return 0;
}

int
main(int argc, char **argv)
{
	if (argc >= 6 && strcmp(argv[1], "serve") == 0)
		return serve(argc - 2, argv + 2);
	if (argc >= 5 && strcmp(argv[1], "grab") == 0)
		return grab(argc - 2, argv + 2);
	if (argc == 6 && strcmp(argv[1], "ask") == 0)
		return ask(argv + 2);
	errx(2, "usage: nettheft serve | grab | ask ...");
}
