/* SPDX-License-Identifier: BSD-2-Clause */
/* What leads out of the jail: namespaces, and ways around the root. */
#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "probe.h"

/* ---- namespaces ---- */

static const struct space {
	const char *name;
	unsigned long flag;
} spaces[] = {
	{ "user", CLONE_NEWUSER },
	{ "mnt", CLONE_NEWNS },
	{ "pid", CLONE_NEWPID },
	{ "net", CLONE_NEWNET },
	{ "ipc", CLONE_NEWIPC },
	{ "uts", CLONE_NEWUTS },
	{ "cgroup", CLONE_NEWCGROUP },
};

static unsigned long
space_flag(const char *name)
{
	size_t i;

	for (i = 0; name != NULL && i < nitems(spaces); i++) {
		if (strcmp(spaces[i].name, name) == 0)
			return spaces[i].flag;
	}
	return CLONE_NEWUSER;
}

static int
try_unshare(const char *arg)
{
	return done(unshare((int)space_flag(arg)));
}

/* The child of a raw clone ends at once. */
static int
ended(long pid)
{
	int r = done(pid);

	if (pid == 0)
		_exit(0);
	if (pid > 0)
		(void)waitpid((pid_t)pid, NULL, 0);
	return r;
}

static int
try_clone(const char *arg)
{
	return ended(syscall(
	    SYS_clone, space_flag(arg) | SIGCHLD, NULL, NULL, NULL, NULL));
}

static int
try_clone3(const char *arg)
{
	struct clone_args args = {
		.flags = arg != NULL ? space_flag(arg) : 0,
		.exit_signal = SIGCHLD,
	};

	return ended(syscall(SYS_clone3, &args, sizeof(args)));
}

/* By a pidfd of its own process: allowed to everybody by itself. */
static int
try_setns(const char *arg)
{
	int fd = (int)syscall(SYS_pidfd_open, getpid(), 0), r;

	if (fd < 0)
		return -errno;
	r = done(setns(fd, (int)space_flag(arg != NULL ? arg : "uts")));
	(void)close(fd);
	return r;
}

/* ---- what reaches around the root ---- */

static int
try_open_by_handle(const char *arg)
{
	struct file_handle *h = calloc(1, sizeof(*h) + 128);
	int id, r;

	h->handle_bytes = 128;
	r = done(
	    name_to_handle_at(AT_FDCWD, arg != NULL ? arg : "/", h, &id, 0));
	if (r == 0)
		r = opened(open_by_handle_at(AT_FDCWD, h, O_RDONLY));
	free(h);
	return r;
}

/* The well-known way out of a bare chroot: is the host's path there then? */
static int
try_chroot_escape(const char *arg)
{
	int fd = open("/", O_RDONLY | O_DIRECTORY), i;
	struct stat st;

	(void)mkdir("/tmp/probe-dir", 0700);
	if (fd < 0 || chroot("/tmp/probe-dir") < 0 || fchdir(fd) < 0)
		return -errno;
	(void)close(fd);
	for (i = 0; i < 64; i++) {
		if (chdir("..") < 0)
			return -errno;
	}
	if (chroot(".") < 0)
		return -errno;
	return done(stat(arg, &st));
}

static int
try_chroot(const char *arg)
{
	return done(chroot(arg != NULL ? arg : "/"));
}

static int
try_open(const char *arg)
{
	return opened(open(arg, O_RDONLY | O_NONBLOCK));
}

static int
try_write(const char *arg)
{
	return opened(open(arg, O_WRONLY | O_NONBLOCK));
}

static int
try_stat(const char *arg)
{
	struct stat st;

	return done(stat(arg, &st));
}

const struct probe_row space_rows[] = {
	{ "chroot", try_chroot },
	{ "chroot_escape", try_chroot_escape },
	{ "clone", try_clone },
	{ "clone3", try_clone3 },
	{ "open", try_open },
	{ "open_by_handle", try_open_by_handle },
	{ "setns", try_setns },
	{ "stat", try_stat },
	{ "unshare", try_unshare },
	{ "write", try_write },
	{ NULL, NULL },
};
