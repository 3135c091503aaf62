/* SPDX-License-Identifier: BSD-2-Clause */
/* The peers' unix sockets: what is asked of them, and how often. */
#include <err.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/un.h>
#include <unistd.h>

#include "ask.h"
#include "pass.h"
#include "try.h"

static const char *host_path, *out_path;

void
ask_at(const char *host, const char *out)
{
	host_path = host;
	out_path = out;
}

bool
has_out(void)
{
	return out_path != NULL;
}

static int
connected(const char *path)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

	if (path == NULL || strlen(path) >= sizeof(a.sun_path))
		errx(2, "no peer, or too long a path of one");
	strcpy(a.sun_path, path);
	if (fd < 0 || connect(fd, (struct sockaddr *)&a, sizeof(a)) < 0)
		err(2, "%s", path);
	return fd;
}

static const char *
ask(int peer, const char *command, int fd, int *ret_fd)
{
	static char text[256];
	ssize_t n;
	int got;

	if (pass_send(peer, command, strlen(command), fd) < 0)
		err(2, "peer");
	if ((n = pass_recv(peer, text, sizeof(text) - 1, &got)) <= 0)
		errx(2, "peer: no answer to \"%s\"", command);
	text[n] = '\0';
	if (ret_fd != NULL)
		*ret_fd = got;
	return text;
}

static int
host_peer(void)
{
	static int fd = -1;

	return fd >= 0 ? fd : (fd = connected(host_path));
}

const char *
ask_host(const char *format, ...)
{
	char command[256];
	va_list ap;

	va_start(ap, format);
	(void)vsnprintf(command, sizeof(command), format, ap);
	va_end(ap);
	return ask(host_peer(), command, -1, NULL);
}

const char *
ask_out(const char *format, ...)
{
	static int fd = -1;
	char command[256];
	va_list ap;

	if (fd < 0)
		fd = connected(out_path);
	va_start(ap, format);
	(void)vsnprintf(command, sizeof(command), format, ap);
	va_end(ap);
	return ask(fd, command, -1, NULL);
}

const char *
ask_with(int fd, const char *command, int *ret_fd)
{
	return ask(host_peer(), command, fd, ret_fd);
}
