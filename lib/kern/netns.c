/* SPDX-License-Identifier: BSD-2-Clause */
/* Network namespaces by their numbers. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/sockios.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "buf.h"
#include "cleanup.h"
#include "io.h"
#include "netns.h"
#include "ns.h"

#ifndef SO_NETNS_COOKIE
#define SO_NETNS_COOKIE 71
#endif
#define PID_INODE_HOST 0xeffffffcU /* that of the host's pid namespace */
#define MOUNTS_MAX (1U << 24)

int
netns_own(struct netns_id *ret)
{
	/* by a socket: /proc may be anything */
	auto_close int s = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	auto_close int ns = -1;
	uint64_t cookie = 0;
	socklen_t len = sizeof(cookie);
	struct stat st;

	if (s < 0 ||
	    getsockopt(s, SOL_SOCKET, SO_NETNS_COOKIE, &cookie, &len) < 0 ||
	    (ns = ioctl(s, SIOCGSKNS)) < 0 || fstat(ns, &st) < 0)
		return -errno;
	*ret = (struct netns_id){ cookie, st.st_ino };
	return 0;
}

static bool
is_of(int fd, uint64_t inode)
{
	struct stat st;

	return fstat(fd, &st) == 0 && st.st_ino == inode;
}

/* That of a process, -ENOENT if it is none of them. */
static int
find_process(int proc, uint64_t inode)
{
	int fd = openat(proc, ".", O_DIRECTORY | O_RDONLY | O_CLOEXEC);
	DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
	int found = -ENOENT;
	struct dirent *d;

	if (dir == NULL) {
		close_fd(fd);
		return -EXDEV;
	}
	while (found < 0 && (d = readdir(dir)) != NULL) {
		auto_close int ns = -1;
		char name[64];

		if (d->d_name[0] < '1' || d->d_name[0] > '9')
			continue;
		(void)snprintf(name, sizeof(name), "%.16s/ns/net", d->d_name);
		if ((ns = openat(proc, name, O_RDONLY | O_CLOEXEC)) >= 0 &&
		    is_of(ns, inode))
			found = take_fd(&ns);
	}
	(void)closedir(dir); /* only read */
	return found;
}

/* The same, of one that a mount keeps, as those of ip-netns(8). */
static int
find_mount(int proc, uint64_t inode)
{
	auto_close int fd =
	    openat(proc, "self/mountinfo", O_RDONLY | O_CLOEXEC);
	auto_buf struct buf text = BUF_INIT;
	char *rest, *line, want[48], where[4096];

	if (fd < 0 || io_slurp(fd, MOUNTS_MAX, &text) < 0)
		return -EXDEV;
	(void)snprintf(
	    want, sizeof(want), " net:[%llu] ", (unsigned long long)inode);
	rest = text.p;
	while ((line = strsep(&rest, "\n")) != NULL) {
		auto_close int ns = -1;

		if (strstr(line, want) != NULL &&
		    sscanf(line, "%*s %*s %*s %*s %4095s", where) == 1 &&
		    (ns = open(where, O_RDONLY | O_CLOEXEC)) >= 0 &&
		    is_of(ns, inode))
			return take_fd(&ns);
	}
	return -ENOENT;
}

static bool
sees_all(int proc)
{
	auto_close int ns = openat(proc, "self/ns/pid", O_RDONLY | O_CLOEXEC);

	return ns >= 0 && is_of(ns, PID_INODE_HOST);
}

int
netns_find(uint64_t inode)
{
	auto_close int proc = ns_proc();
	int fd;

	if (proc < 0)
		return -EXDEV;
	if ((fd = find_process(proc, inode)) == -ENOENT)
		fd = find_mount(proc, inode);
	return fd == -ENOENT && !sees_all(proc) ? -EXDEV : fd;
}

struct call {
	int netns;
	int (*fn)(void *arg);
	void *arg;
	int r;
};

static void
enter_and_call(void *arg)
{
	struct call *c = arg;

	c->r = setns(c->netns, CLONE_NEWNET) < 0 ? -errno : c->fn(c->arg);
	_exit(0);
}

int
netns_call(int netns, int (*fn)(void *arg), void *arg)
{
	struct call c = { netns, fn, arg, -ECHILD };
	pid_t pid = ns_vfork(0, -1, enter_and_call, &c);

	if (pid < 0)
		return (int)pid;
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
	return c.r;
}

static int
call_own(void *arg)
{
	return netns_own(arg);
}

int
netns_id_of(int netns, struct netns_id *ret)
{
	struct netns_id id;
	int r = netns_call(netns, call_own, &id);

	if (r == 0)
		*ret = id;
	return r;
}
