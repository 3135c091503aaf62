/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The other side of nettab: a program of the host's (or of a machine behind a
 * veth pair), which answers, and which asks in the table's name.
 *
 *	netpeer NAME SOCKET ADDRESS ...
 *
 * Answers on TCP and UDP at PORT_WILD of the wildcard addresses and at
 * PORT_EACH of each address given, with a line "NAME SOURCE": who it is, and
 * from which address it was asked.  SOCKET is the path of a unix socket, on
 * which it takes commands, one a message, and answers each by one message:
 *
 * - ask tcp|udp|udplite ADDRESS PORT [SOURCE]: whose answer came ("host"), or
 *   an error
 * - bind tcp|udp ADDRESS PORT [reuse]: bind and answer there: "ok"
 * - give 4|6 tcp|udp: a new socket, passed along: "ok"
 * - take ADDRESS PORT: bind the socket passed along: "ok"
 * - close: what bind has made
 *
 * Prints "ready" when it is.
 */
#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "addr.h"
#include "pass.h"

#define WAIT_MS 500 /* for an answer that may never come */
#define HELD_MAX 8

static const struct proto {
	const char *name;
	int type, protocol;
} protos[] = {
	{ "tcp", SOCK_STREAM, IPPROTO_TCP },
	{ "udp", SOCK_DGRAM, IPPROTO_UDP },
	{ "udplite", SOCK_DGRAM, IPPROTO_UDPLITE },
};

static const char *my_name;

/* ---- services ---- */

static socklen_t
parse_ip(const char *text, uint16_t port, union addr *ret)
{
	memset(ret, 0, sizeof(*ret));
	if (inet_pton(AF_INET, text, &ret->in.sin_addr) == 1) {
		ret->in.sin_family = AF_INET;
		ret->in.sin_port = htons(port);
		return sizeof(ret->in);
	}
	if (inet_pton(AF_INET6, text, &ret->in6.sin6_addr) != 1)
		errx(2, "%s is no address", text);
	ret->in6.sin6_family = AF_INET6;
	ret->in6.sin6_port = htons(port);
	return sizeof(ret->in6);
}

/* Where a request came from: an IPv4 address as such. */
static void
ip_text(const union addr *from, char text[static INET6_ADDRSTRLEN])
{
	const struct in6_addr *ip6 = &from->in6.sin6_addr;

	if (from->sa.sa_family == AF_INET)
		(void)inet_ntop(
		    AF_INET, &from->in.sin_addr, text, INET6_ADDRSTRLEN);
	else if (IN6_IS_ADDR_V4MAPPED(ip6))
		(void)inet_ntop(
		    AF_INET, &ip6->s6_addr[12], text, INET6_ADDRSTRLEN);
	else
		(void)inet_ntop(AF_INET6, ip6, text, INET6_ADDRSTRLEN);
}

static size_t
answer(const union addr *from, char *text, size_t size)
{
	char ip[INET6_ADDRSTRLEN];
	int n;

	ip_text(from, ip);
	n = snprintf(text, size, "%s %s\n", my_name, ip);
	return n < 0 ? 0 : (size_t)n;
}

static _Noreturn void
serve_tcp(int fd)
{
	union addr from;
	char text[128];
	socklen_t len;
	int c;

	for (;;) {
		len = sizeof(from);
		if ((c = accept(fd, &from.sa, &len)) < 0)
			continue;
		(void)!write(c, text, answer(&from, text, sizeof(text)));
		(void)close(c);
	}
}

static _Noreturn void
serve_udp(int fd)
{
	union addr from;
	char text[128];
	socklen_t len;

	for (;;) {
		len = sizeof(from);
		if (recvfrom(fd, text, sizeof(text), 0, &from.sa, &len) < 0)
			continue;
		(void)sendto(fd, text, answer(&from, text, sizeof(text)), 0,
		    &from.sa, len);
	}
}

static pid_t
serve(int fd, int type)
{
	pid_t parent = getpid(), pid = fork();

	if (pid < 0)
		err(1, "fork");
	if (pid > 0)
		return pid;
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(0);
	if (type == SOCK_STREAM)
		serve_tcp(fd);
	serve_udp(fd);
}

/* A socket that answers there, or -errno. */
static int
bound(const struct proto *proto, const char *ip, uint16_t port, bool reuse)
{
	int fd, on = 1, r;
	socklen_t len;
	union addr a;

	len = parse_ip(ip, port, &a);
	fd =
	    socket(a.sa.sa_family, proto->type | SOCK_CLOEXEC, proto->protocol);
	if (fd < 0)
		return -errno;
	if (reuse)
		(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (a.sa.sa_family == AF_INET6)
		(void)setsockopt(
		    fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on));
	if (bind(fd, &a.sa, len) < 0 ||
	    (proto->type == SOCK_STREAM && listen(fd, 64) < 0)) {
		r = -errno;
		(void)close(fd);
		return r;
	}
	return fd;
}

static void
serve_at(const char *ip, uint16_t port)
{
	size_t i;
	int fd;

	for (i = 0; i < nitems(protos); i++) {
		fd = bound(&protos[i], ip, port, i == 0);
		if (fd < 0)
			errx(1, "%s port %u: %s", ip, port, strerror(-fd));
		(void)serve(fd, protos[i].type);
		(void)close(fd);
	}
}

/* ---- commands ---- */

struct held {
	int fd[HELD_MAX];
	pid_t pid[HELD_MAX];
	size_t n;
};

static bool
is_ready(int fd, short events)
{
	struct pollfd p = { .fd = fd, .events = events };

	return poll(&p, 1, WAIT_MS) == 1;
}

/* The first word of what comes on a connected socket. */
static void
hear(int fd, char *text, size_t size)
{
	ssize_t n = 0;

	if (!is_ready(fd, POLLIN)) {
		(void)snprintf(text, size, "none");
		return;
	}
	if ((n = recv(fd, text, size - 1, 0)) <= 0) {
		(void)snprintf(
		    text, size, "%s", n == 0 ? "end" : strerrorname_np(errno));
		return;
	}
	text[n] = '\0';
	text[strcspn(text, " \n")] = '\0';
}

static void
ask(const struct proto *proto, const char *ip, uint16_t port, const char *from,
    char *text, size_t size)
{
	int fd, bad = 0;
	socklen_t len, bad_len = sizeof(bad);
	union addr a, source;

	len = parse_ip(ip, port, &a);
	fd = socket(a.sa.sa_family, proto->type | SOCK_CLOEXEC | SOCK_NONBLOCK,
	    proto->protocol);
	if (fd < 0)
		err(1, "socket");
	if (from != NULL) {
		(void)parse_ip(from, 0, &source);
		if (bind(fd, &source.sa, len) < 0)
			err(1, "%s", from);
	}
	if (connect(fd, &a.sa, len) < 0 && errno != EINPROGRESS)
		bad = errno;
	else if (proto->type == SOCK_STREAM && !is_ready(fd, POLLOUT))
		bad = ETIMEDOUT;
	else
		(void)getsockopt(fd, SOL_SOCKET, SO_ERROR, &bad, &bad_len);
	if (bad == 0 && proto->type == SOCK_DGRAM && send(fd, "?", 1, 0) < 0)
		bad = errno;
	if (bad != 0)
		(void)snprintf(text, size, "%s",
		    bad == ETIMEDOUT ? "none" : strerrorname_np(bad));
	else
		hear(fd, text, size);
	(void)close(fd);
}

static void
close_held(struct held *held)
{
	for (; held->n > 0; held->n--) {
		(void)kill(held->pid[held->n - 1], SIGKILL);
		(void)waitpid(held->pid[held->n - 1], NULL, 0);
		(void)close(held->fd[held->n - 1]);
	}
}

static int
hold(struct held *held, const struct proto *proto, const char *ip,
    uint16_t port, bool reuse)
{
	int fd = bound(proto, ip, port, reuse);

	if (fd < 0)
		return fd;
	if (held->n == HELD_MAX)
		errx(1, "too many sockets");
	held->fd[held->n] = fd;
	held->pid[held->n++] = serve(fd, proto->type);
	return 0;
}

static int
take(int fd, const char *ip, uint16_t port)
{
	socklen_t len;
	union addr a;

	if (fd < 0)
		return -EBADF;
	len = parse_ip(ip, port, &a);
	return bind(fd, &a.sa, len) < 0 ? -errno : 0;
}

static const struct proto *
proto_of(const char *word)
{
	size_t i;

	for (i = 0; i < nitems(protos); i++)
		if (strcmp(protos[i].name, word) == 0)
			return &protos[i];
	errx(1, "%s is no protocol", word);
}

/* One command: its answer in text[], a socket to pass along or -1. */
static int
obey(struct held *held, char *command, int passed, char *text, size_t size)
{
	char *w[6] = { NULL }, *rest;
	int n = 0, r = 0, fd = -1;

	while (n < 5 &&
	       (w[n] = strtok_r(n == 0 ? command : NULL, " ", &rest)) != NULL)
		n++;
	if (n >= 4 && strcmp(w[0], "ask") == 0) {
		ask(proto_of(w[1]), w[2], (uint16_t)atoi(w[3]), w[4], text,
		    size);
		return -1;
	}
	if (n >= 4 && strcmp(w[0], "bind") == 0)
		r = hold(
		    held, proto_of(w[1]), w[2], (uint16_t)atoi(w[3]), n == 5);
	else if (n == 3 && strcmp(w[0], "give") == 0)
		r = fd = socket(*w[1] == '4' ? AF_INET : AF_INET6,
		    proto_of(w[2])->type | SOCK_CLOEXEC, 0);
	else if (n == 3 && strcmp(w[0], "take") == 0)
		r = take(passed, w[1], (uint16_t)atoi(w[2]));
	else if (n == 1 && strcmp(w[0], "close") == 0)
		close_held(held);
	else
		r = -EINVAL;
	(void)snprintf(text, size, "%s", r < 0 ? strerrorname_np(-r) : "ok");
	return fd;
}

/* One that asks, until it goes. */
static _Noreturn void
attend(int c)
{
	struct held held = { .n = 0 };
	char command[256], text[256];
	int passed, fd;
	ssize_t n;

	while ((n = pass_recv(c, command, sizeof(command) - 1, &passed)) > 0) {
		command[n] = '\0';
		fd = obey(&held, command, passed, text, sizeof(text));
		(void)pass_send(c, text, strlen(text), fd);
		if (fd >= 0)
			(void)close(fd);
		if (passed >= 0)
			(void)close(passed);
	}
	close_held(&held);
	_exit(0);
}

static int
control_socket(const char *path)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

	if (strlen(path) >= sizeof(a.sun_path))
		errx(1, "%s is too long", path);
	strcpy(a.sun_path, path);
	(void)unlink(path);
	if (fd < 0 || bind(fd, (struct sockaddr *)&a, sizeof(a)) < 0 ||
	    listen(fd, 16) < 0 || chmod(path, 0777) < 0)
		err(1, "%s", path);
	return fd;
}

int
main(int argc, char **argv)
{
	int i, c, control;

	if (argc < 3)
		errx(2, "usage: netpeer name socket address ...");
	(void)signal(SIGCHLD, SIG_IGN);
	(void)signal(SIGPIPE, SIG_IGN);
	my_name = argv[1];
	control = control_socket(argv[2]);
	serve_at("0.0.0.0", PORT_WILD);
	serve_at("::", PORT_WILD);
	for (i = 3; i < argc; i++)
		serve_at(argv[i], PORT_EACH);
	(void)printf("ready\n");
	(void)fflush(stdout);
	for (;;) {
		if ((c = accept(control, NULL, NULL)) < 0)
			continue;
		if (fork() == 0) {
			(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
			attend(c);
		}
		(void)close(c);
	}
}
