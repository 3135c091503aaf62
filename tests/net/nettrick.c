/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Ways to others' packets, and from others' addresses, that take several steps.
 *
 *	nettrick accepted HOW ADDRESS PORT
 *	nettrick mapped ADDRESS PORT
 *	nettrick group FIRST TO PORT
 *	nettrick hear ADDRESS PORT [GROUP]
 *
 * accepted listens, prints "ready", closes the listener after a connection has
 * come and frees that of its port: "free" is printed.  HOW it goes on: by
 * "listen", at once; by a bind(2) to another port ("bind"), to any ("any"), or
 *to this one ("same"), when a byte comes on standard input; it listens then,
 *prints "on", and answers "thief".
 *
 * mapped binds a socket of IPv6 to the address of IPv4, connects it to ::, and
 * prints what it reads there, or the error.
 *
 * group sends to FIRST from a socket that is not bound, connects it to TO and
 * sends again.  hear prints "ready" and the source of each datagram.
 */
#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ip.h"

static void
say(const char *what)
{
	(void)printf("%s\n", what);
	(void)fflush(stdout);
}

static socklen_t
need_ip(const char *text, int port, bool mapped, union addr *ret)
{
	socklen_t len = parse_ip(text, (uint16_t)port, mapped, ret);

	if (len == 0)
		errx(2, "%s is no address", text);
	return len;
}

static int
listener_at(const char *ip, int port)
{
	union addr a;
	socklen_t len = need_ip(ip, port, false, &a);
	int fd = socket(a.sa.sa_family, SOCK_STREAM, 0);

	if (fd < 0 || bind(fd, &a.sa, len) < 0 || listen(fd, 16) < 0)
		err(1, "%s port %d", ip, port);
	return fd;
}

static void
answer_all(int fd)
{
	int c;

	while ((c = accept(fd, NULL, NULL)) >= 0) {
		(void)!write(c, "thief", 5);
		(void)close(c);
	}
}

static int
accepted(char **argv)
{
	const char *how = argv[0], *ip = argv[1];
	const struct sockaddr none = { .sa_family = AF_UNSPEC };
	int port = atoi(argv[2]), fd, c;
	union addr a;
	socklen_t len;
	char end;

	fd = listener_at(ip, port);
	say("ready");
	if ((c = accept(fd, NULL, NULL)) < 0)
		err(1, "accept");
	(void)close(fd);
	if (connect(c, &none, sizeof(none)) < 0)
		err(1, "connect to none");
	say("free");
	if (strcmp(how, "listen") != 0) {
		(void)!read(STDIN_FILENO, &end, 1);
		if (strcmp(how, "any") == 0)
			port = 0;
		else if (strcmp(how, "same") != 0)
			port++;
		len = need_ip(ip, port, false, &a);
		if (bind(c, &a.sa, len) < 0)
			say(strerrorname_np(errno));
	}
	if (listen(c, 16) < 0)
		say(strerrorname_np(errno));
	say("on");
	answer_all(c);
	return 0;
}

static int
mapped(char **argv)
{
	union addr a;
	socklen_t len = need_ip(argv[0], 0, true, &a);
	int fd = socket(AF_INET6, SOCK_STREAM, 0);
	char text[64];
	ssize_t n;

	if (fd < 0 || bind(fd, &a.sa, len) < 0)
		err(1, "%s", argv[0]);
	len = need_ip("::", atoi(argv[1]), false, &a);
	if (connect(fd, &a.sa, len) < 0 ||
	    (n = read(fd, text, sizeof(text) - 1)) < 0) {
		say(strerrorname_np(errno));
		return 0;
	}
	text[n] = '\0';
	say(text);
	return 0;
}

static int
group(char **argv)
{
	int fd = socket(AF_INET, SOCK_DGRAM, 0), on = 1;
	union addr first, to;
	socklen_t len = need_ip(argv[0], 9, false, &first);
	struct ip_mreqn from = { .imr_address = first.in.sin_addr };

	(void)need_ip(argv[1], atoi(argv[2]), false, &to);
	if (fd < 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_BROADCAST, &on, sizeof(on)) < 0)
		err(1, "socket");
	(void)setsockopt(fd, IPPROTO_IP, IP_MULTICAST_IF, &from, sizeof(from));
	if (sendto(fd, "?", 1, 0, &first.sa, len) < 0)
		err(1, "%s", argv[0]);
	if (connect(fd, &to.sa, len) < 0 || send(fd, "!", 1, 0) < 0)
		say(strerrorname_np(errno));
	return 0;
}

static int
hear(int argc, char **argv)
{
	int fd = socket(AF_INET, SOCK_DGRAM, 0), on = 1;
	union addr a;
	socklen_t len = need_ip(argv[0], 0, false, &a);
	struct ip_mreqn join = { .imr_address = a.in.sin_addr };
	char c;

	if (argc > 2) {
		(void)need_ip(argv[2], 0, false, &a);
		join.imr_multiaddr = a.in.sin_addr;
		if (setsockopt(fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, &join,
			sizeof(join)) < 0)
			err(1, "%s", argv[2]);
	}
	(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	len = need_ip("0.0.0.0", atoi(argv[1]), false, &a);
	if (bind(fd, &a.sa, len) < 0)
		err(1, "port %s", argv[1]);
	say("ready");
	for (;;) {
		len = sizeof(a);
		if (recvfrom(fd, &c, 1, 0, &a.sa, &len) >= 0)
			say(inet_ntoa(a.in.sin_addr));
	}
}

int
main(int argc, char **argv)
{
	if (argc == 5 && strcmp(argv[1], "accepted") == 0)
		return accepted(argv + 2);
	if (argc == 4 && strcmp(argv[1], "mapped") == 0)
		return mapped(argv + 2);
	if (argc == 5 && strcmp(argv[1], "group") == 0)
		return group(argv + 2);
	if (argc >= 4 && strcmp(argv[1], "hear") == 0)
		return hear(argc - 2, argv + 2);
	errx(2, "usage: see the source");
}
