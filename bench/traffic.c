/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Both ends of the traffic that bench/run measures.  Static, so that the same
 * file runs on the host and in a jail.
 *
 *	traffic serve ADDRESS	until killed, or its parent ends
 *	traffic work ADDRESS	reads kinds of work, one a line, does each,
 *				and prints how many microseconds one of them
 *took
 *
 * The kinds of work, by the names in the table at the end:
 *
 *	stream	megabytes by TCP
 *	rate	TCP connections, a byte comes back on each
 *	udp	datagrams of a connected socket, some at a time
 *	sendto	the same, each with its destination
 *	bind	TCP sockets bound to ADDRESS and a port
 *	connect	UDP sockets connected to ADDRESS: no packet goes
 *	socket	TCP sockets made and closed: what the two before have in common
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#include <err.h>
#include <errno.h>

#define nitems(a) (sizeof(a) / sizeof((a)[0]))
#define SECONDS_MAX 600 /* nobody waits for us longer */
#define WAIT_MS 5000
#define MEGABYTES 128
#define STREAM_BYTES ((long)MEGABYTES << 20)
#define STREAM_CHUNK (128 << 10)
#define CONNECTIONS 1000
#define DATAGRAMS 14400
#define WINDOW 48 /* fits into the buffer of a socket */
#define DATAGRAM 64
#define SOCKETS 4000

enum port {
	PORT_STREAM = 5001,
	PORT_RATE,
	PORT_UDP,
	PORT_BIND,
};

static struct sockaddr_in addr; /* ADDRESS */

static const struct sockaddr *
at(enum port port)
{
	addr.sin_port = htons((uint16_t)port);
	return (const struct sockaddr *)&addr;
}

static int
new_socket(int type)
{
	int fd = socket(AF_INET, type | SOCK_CLOEXEC, 0);

	if (fd < 0)
		err(1, "socket");
	return fd;
}

/* ---- serving ---- */

static int
listening(int type, enum port port)
{
	int fd = new_socket(type), on = 1;

	(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(fd, at(port), sizeof(addr)) < 0 ||
	    (type == SOCK_STREAM && listen(fd, 1024) < 0))
		err(1, "port %d", (int)port);
	return fd;
}

/* Take all, then say so. */
static void
serve_stream(int fd)
{
	static char chunk[STREAM_CHUNK];
	int c = accept(fd, NULL, NULL);
	long left = STREAM_BYTES;
	ssize_t n;

	if (c < 0)
		return;
	while (left > 0 && (n = read(c, chunk, sizeof(chunk))) > 0)
		left -= n;
	(void)!write(c, "", 1);
	(void)close(c);
}

static void
serve_connection(int fd)
{
	int c = accept(fd, NULL, NULL);
	char byte;

	if (c < 0)
		return;
	(void)!write(c, "", 1);
	(void)!read(c, &byte, 1); /* who asked closes first */
	(void)close(c);
}

/* One datagram back for each window. */
static void
serve_datagrams(int fd)
{
	struct sockaddr_in from;
	socklen_t len = sizeof(from);
	char bytes[DATAGRAM];
	int i;

	for (i = 0; i < WINDOW; i++) {
		if (recvfrom(fd, bytes, sizeof(bytes), 0,
			(struct sockaddr *)&from, &len) < 0)
			return;
	}
	(void)sendto(fd, "", 1, 0, (struct sockaddr *)&from, len);
}

static _Noreturn void
serve(void)
{
	static const struct {
		int type;
		enum port port;
		void (*one)(int fd);
	} services[] = {
		{ SOCK_STREAM, PORT_STREAM, serve_stream },
		{ SOCK_STREAM, PORT_RATE, serve_connection },
		{ SOCK_DGRAM, PORT_UDP, serve_datagrams },
	};
	size_t i;
	int fd;

	for (i = 0; i < nitems(services); i++) {
		fd = listening(services[i].type, services[i].port);
		if (fork() != 0)
			continue;
		(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
		(void)alarm(SECONDS_MAX);
		for (;;)
			services[i].one(fd);
	}
	for (;;)
		(void)pause();
}

/* ---- working ---- */

/* The server may not be there yet. */
static int
connected(int type, enum port port)
{
	int fd = new_socket(type), tries = WAIT_MS / 10;

	while (connect(fd, at(port), sizeof(addr)) < 0) {
		if (errno != ECONNREFUSED || --tries == 0)
			err(1, "connect");
		(void)usleep(10000);
	}
	return fd;
}

static void
work_stream(void)
{
	static char chunk[STREAM_CHUNK];
	int fd = connected(SOCK_STREAM, PORT_STREAM);
	long left = STREAM_BYTES;
	ssize_t n;

	while (left > 0) {
		n = write(fd, chunk,
		    left < STREAM_CHUNK ? (size_t)left : sizeof(chunk));
		if (n < 0)
			err(1, "write");
		left -= n;
	}
	if (read(fd, chunk, 1) != 1)
		errx(1, "the stream broke off");
	(void)close(fd);
}

/* Closed by a reset: a port in TIME_WAIT is one less for the next. */
static void
work_rate(void)
{
	const struct linger now = { .l_onoff = 1 };
	char byte;
	int i, fd;

	for (i = 0; i < CONNECTIONS; i++) {
		fd = connected(SOCK_STREAM, PORT_RATE);
		if (read(fd, &byte, 1) != 1)
			errx(1, "a connection broke off");
		(void)setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
		(void)close(fd);
	}
}

static void
send_datagrams(int fd, const struct sockaddr *to, socklen_t len)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	char bytes[DATAGRAM] = { 0 };
	int i;

	for (i = 1; i <= DATAGRAMS; i++) {
		if (sendto(fd, bytes, sizeof(bytes), 0, to, len) < 0)
			err(1, "sendto");
		if (i % WINDOW != 0)
			continue;
		if (poll(&p, 1, WAIT_MS) != 1 || recv(fd, bytes, 1, 0) < 0)
			errx(1, "datagrams were lost");
	}
}

static void
work_udp(void)
{
	int fd = connected(SOCK_DGRAM, PORT_UDP);

	send_datagrams(fd, NULL, 0);
	(void)close(fd);
}

static void
work_sendto(void)
{
	int fd = new_socket(SOCK_DGRAM);

	send_datagrams(fd, at(PORT_UDP), sizeof(addr));
	(void)close(fd);
}

static void
work_bind(void)
{
	int i, fd;

	for (i = 0; i < SOCKETS; i++) {
		fd = new_socket(SOCK_STREAM);
		if (bind(fd, at(PORT_BIND), sizeof(addr)) < 0)
			err(1, "bind");
		(void)close(fd);
	}
}

static void
work_connect(void)
{
	int i;

	for (i = 0; i < SOCKETS; i++)
		(void)close(connected(SOCK_DGRAM, PORT_UDP));
}

static void
work_socket(void)
{
	int i;

	for (i = 0; i < SOCKETS; i++)
		(void)close(new_socket(SOCK_STREAM));
}

static const struct kind {
	const char *name;
	void (*do_it)(void);
	int count;
} kinds[] = {
	{ "stream", work_stream, MEGABYTES },
	{ "rate", work_rate, CONNECTIONS },
	{ "udp", work_udp, DATAGRAMS },
	{ "sendto", work_sendto, DATAGRAMS },
	{ "bind", work_bind, SOCKETS },
	{ "connect", work_connect, SOCKETS },
	{ "socket", work_socket, SOCKETS },
};

static double
now_us(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t); /* cannot fail */
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static int
work(void)
{
	char line[32];
	double begin;
	size_t i;

	while (fgets(line, sizeof(line), stdin) != NULL) {
		line[strcspn(line, "\n")] = '\0';
		for (i = 0; i < nitems(kinds); i++) {
			if (strcmp(kinds[i].name, line) == 0)
				break;
		}
		if (i == nitems(kinds))
			errx(2, "%s: no kind of work", line);
		begin = now_us();
		kinds[i].do_it();
		(void)printf("%.4f\n", (now_us() - begin) / kinds[i].count);
		(void)fflush(stdout);
	}
	return 0;
}

int
main(int argc, char **argv)
{
	if (argc != 3)
		errx(2, "usage: traffic serve | work address");
	addr.sin_family = AF_INET;
	if (inet_pton(AF_INET, argv[2], &addr.sin_addr) != 1)
		errx(2, "%s: no address of IPv4", argv[2]);
	(void)alarm(SECONDS_MAX);
	/* as in a jail: each session is a group of its own to the scheduler */
	(void)setsid();
	if (strcmp(argv[1], "serve") == 0)
		serve();
	if (strcmp(argv[1], "work") != 0)
		errx(2, "%s: serve or work", argv[1]);
	return work();
}
