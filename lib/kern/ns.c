/* SPDX-License-Identifier: BSD-2-Clause */
/* Processes and namespaces. */
#include <errno.h>
#include <fcntl.h>
#include <linux/keyctl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "cleanup.h"
#include "io.h"
#include "mnt.h"
#include "ns.h"
#include "uapi.h"

#ifndef CLONE_INTO_CGROUP
#define CLONE_INTO_CGROUP 0x200000000ULL
#endif

pid_t
ns_fork(uint64_t flags, int cgroup, int *ret_pidfd)
{
	int pidfd = -1;
	struct clone_args args = {
		.flags = flags, .exit_signal = SIGCHLD,
	};
	long pid;

	if (cgroup >= 0) {
		args.flags |= CLONE_INTO_CGROUP;
		args.cgroup = (uint64_t)cgroup;
	}
	if (ret_pidfd != NULL) {
		args.flags |= CLONE_PIDFD;
		args.pidfd = (uint64_t)(uintptr_t)&pidfd;
	}
	if ((pid = syscall(SYS_clone3, &args, sizeof(args))) < 0)
		return -errno;
	if (pid > 0 && ret_pidfd != NULL)
		*ret_pidfd = pidfd;
	return (pid_t)pid;
}

int
ns_proc(void)
{
	int fd = mnt_new("proc", NULL, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV |
	    MOUNT_ATTR_NOEXEC);

	/* Without the privilege for a procfs of its own, the host's serves. */
	if (fd < 0)
		fd = open("/proc", O_DIRECTORY | O_RDONLY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

static int
open_ns(int proc, pid_t pid, const char *ns)
{
	char name[64];
	int fd;

	(void)snprintf(name, sizeof(name), "%d/ns/%s", (int)pid, ns);
	fd = openat(proc, name, O_RDONLY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

static int
write_map(int proc, pid_t pid, const char *which, uint32_t base, uint32_t count)
{
	char name[64], map[64];

	(void)snprintf(name, sizeof(name), "%d/%s", (int)pid, which);
	(void)snprintf(map, sizeof(map), "0 %u %u", base, count);
	return io_writeat(proc, name, map);
}

/* The helper: lives until the other end of the pipe is closed. */
static _Noreturn void
hold_namespaces(int pipe_rd, int pipe_wr, int ready, const int *lock,
    size_t nlock)
{
	size_t i;
	int r = 0;
	char c;

	for (i = 0; i < nlock; i++)
		close_fd(lock[i]);
	close_fd(pipe_wr);
	/* clone3() would take the parent's cgroup as the namespace's root */
	if (unshare(CLONE_NEWCGROUP) < 0)
		r = -errno;
	(void)io_write(ready, &r, sizeof(r));	/* EOF tells as much */
	close_fd(ready);
	(void)io_read(pipe_rd, &c, 1);
	_exit(0);
}

static int
map_and_open(int proc, pid_t pid, uint32_t base, uint32_t count, int *ret_user,
    int *ret_cgroup)
{
	auto_close int user = -1, cgroup = -1;
	int r;

	if ((r = write_map(proc, pid, "uid_map", base, count)) < 0 ||
	    (r = write_map(proc, pid, "gid_map", base, count)) < 0)
		return r;
	if ((user = open_ns(proc, pid, "user")) < 0)
		return user;
	if ((cgroup = open_ns(proc, pid, "cgroup")) < 0)
		return cgroup;
	*ret_user = take_fd(&user);
	*ret_cgroup = take_fd(&cgroup);
	return 0;
}

int
ns_user_new(int proc, int cgroup, uint32_t base, uint32_t count,
    const int *lock, size_t nlock, pid_t *ret_helper, int *ret_user,
    int *ret_cgroup)
{
	int hold[2], ready[2], r, state = -ECHILD;
	pid_t pid;

	if (pipe2(hold, O_CLOEXEC) < 0)
		return -errno;
	if (pipe2(ready, O_CLOEXEC) < 0) {
		r = -errno;
		close_fd(hold[0]);
		close_fd(hold[1]);
		return r;
	}
	pid = ns_fork(CLONE_NEWUSER, cgroup, NULL);
	if (pid == 0)
		hold_namespaces(hold[0], hold[1], ready[1], lock, nlock);
	close_fd(hold[0]);
	close_fd(ready[1]);
	r = pid < 0 ? (int)pid : 0;
	if (r == 0) {
		if (io_read(ready[0], &state, sizeof(state)) < 0)
			state = -ECHILD;
		r = state < 0 ? state :
		    map_and_open(proc, pid, base, count, ret_user, ret_cgroup);
	}
	close_fd(ready[0]);
	close_fd(hold[1]);
	*ret_helper = pid;
	return r;
}

int
ns_new_keyring(void)
{
	long id = syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL, 0, 0,
	    0);

	/* ENOSYS: a kernel without keyrings has none to share */
	return id < 0 && errno != ENOSYS ? -errno : 0;
}

int
ns_hide(void)
{
	return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0 ? -errno : 0;
}
