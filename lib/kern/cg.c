/* SPDX-License-Identifier: BSD-2-Clause */
/* Control groups (v2) by directory descriptors. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <time.h>
#include <unistd.h>

#include "buf.h"
#include "cg.h"
#include "cleanup.h"
#include "io.h"
#include "uapi.h"

/* Where cgroup2 is on every distribution; tried before mountinfo is read. */
static const char *const usual[] = {
	"/sys/fs/cgroup",
	"/sys/fs/cgroup/unified",
};

/* The directory at path if it is of cgroup2, else -ENOENT. */
static int
open_cgroup2(const char *path)
{
	auto_close int fd = open(path, O_DIRECTORY | O_RDONLY | O_CLOEXEC);
	struct statfs fs;

	if (fd < 0 || fstatfs(fd, &fs) < 0)
		return -errno;
	return fs.f_type == CGROUP2_MAGIC ? take_fd(&fd) : -ENOENT;
}

/* The mount point of a mountinfo line if its type is cgroup2. */
static int
open_line(char *line)
{
	char *point, *rest = line, *sep;
	int i;

	if ((sep = strstr(line, " - cgroup2 ")) == NULL)
		return -ENOENT;
	for (i = 0; i < 4; i++)
		(void)strsep(&rest, " ");
	if (rest == NULL || rest > sep || (point = strsep(&rest, " ")) == NULL)
		return -ENOENT;
	return open_cgroup2(point);
}

int
cg_root(void)
{
	FILE *f;
	char *line = NULL;
	size_t i, size = 0;
	int fd = -ENOENT;

	for (i = 0; i < nitems(usual); i++) {
		if ((fd = open_cgroup2(usual[i])) >= 0)
			return fd;
	}
	if ((f = fopen("/proc/self/mountinfo", "re")) == NULL)
		return -ENOENT;
	while (fd < 0 && getline(&line, &size, f) > 0)
		fd = open_line(line);
	free(line);
	(void)fclose(f); /* only read */
	return fd;
}

int
cg_open(int dirfd, const char *name)
{
	int fd = openat(
	    dirfd, name, O_DIRECTORY | O_RDONLY | O_NOFOLLOW | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

int
cg_mkdir(int dirfd, const char *name)
{
	const mode_t mode = 0755;
	int r;

	if (mkdirat(dirfd, name, mode) < 0)
		return -errno;
	if (fchmodat(dirfd, name, mode, 0) == 0)
		return 0;
	r = -errno;
	(void)unlinkat(dirfd, name, AT_REMOVEDIR); /* still empty */
	return r;
}

int
cg_id(int dirfd, uint64_t *ret)
{
	struct stat st;

	/* kernfs: the inode number of a cgroup directory is the cgroup's id */
	if (fstat(dirfd, &st) < 0)
		return -errno;
	*ret = st.st_ino;
	return 0;
}

int
cg_lock(int dirfd, bool now)
{
	auto_close int fd = openat(dirfd, "cgroup.kill", O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	while (flock(fd, LOCK_EX | (now ? LOCK_NB : 0)) < 0) {
		if (errno != EINTR)
			return -errno;
	}
	return take_fd(&fd);
}

int
cg_events(int dirfd)
{
	int fd = openat(dirfd, "cgroup.events", O_RDONLY | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

int
cg_events_populated(int fd)
{
	char text[256];
	const char *p;
	ssize_t n;

	if ((n = pread(fd, text, sizeof(text) - 1, 0)) < 0)
		return -errno;
	text[n] = '\0';
	if ((p = strstr(text, "populated ")) == NULL)
		return -EPROTO;
	return p[sizeof("populated ") - 1] == '1';
}

int
cg_populated(int dirfd)
{
	auto_close int fd = cg_events(dirfd);

	return fd < 0 ? fd : cg_events_populated(fd);
}

int
cg_kill(int dirfd)
{
	return io_writeat(dirfd, "cgroup.kill", "1");
}

static long
now_msec(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_MONOTONIC, &ts); /* cannot fail */
	return ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

/* Notices are held back and joined: one that is missed costs no more. */
#define SLICE_MSEC 100

int
cg_wait_empty(int dirfd, int msec, int pidfd)
{
	auto_close int fd = cg_events(dirfd);
	struct pollfd pfd[] = {
		{ .fd = fd, .events = POLLPRI },
		{ .fd = pidfd, .events = POLLIN },
	};
	long end = now_msec() + msec, left;
	int r;

	if (fd < 0)
		return fd;
	while ((r = cg_events_populated(fd)) == 1) {
		if ((left = end - now_msec()) <= 0)
			return 0;
		if (left > SLICE_MSEC)
			left = SLICE_MSEC;
		if (poll(pfd, nitems(pfd), (int)left) < 0 && errno != EINTR)
			return -errno;
		if (pfd[1].revents != 0)
			pfd[1].fd = -1; /* it has ended: not again */
	}
	return r < 0 ? r : 1;
}

ssize_t
cg_procs(int dirfd, pid_t **ret)
{
	auto_close int fd = openat(dirfd, "cgroup.procs", O_RDONLY | O_CLOEXEC);
	auto_buf struct buf b = BUF_INIT;
	pid_t *pids = NULL, *more;
	char *p, *end;
	size_t n = 0;
	int r;

	if (fd < 0)
		return -errno;
	if ((r = io_slurp(fd, 16 << 20, &b)) < 0)
		return r;
	p = b.p != NULL ? b.p : (char[]){ "" };
	for (;; p = end) {
		long pid = strtol(p, &end, 10);

		if ((more = grow(pids, n, sizeof(*pids))) == NULL) {
			free(pids);
			return -ENOMEM;
		}
		pids = more;
		pids[n] = end == p ? 0 : (pid_t)pid;
		if (end == p)
			break;
		if (pid > 0)
			n++;
	}
	*ret = pids;
	return (ssize_t)n;
}

int
cg_join(int dirfd)
{
	return io_writeat(dirfd, "cgroup.procs", "0");
}
