/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The floor: the least that a program must do to run another one in the
 * namespaces that a jail has.  What jail(8) takes beyond it is what jails
 * cost.
 *
 *	floor ROOT COMMAND [ARGUMENT ...]
 *
 * One clone3() makes user, mount, pid, ipc, uts and cgroup namespaces; the
 * parent writes the uid and gid maps; the child binds ROOT, makes it its root
 * by pivot_root(), mounts proc on its /proc, and execs; the parent waits.
 * Left out, on purpose: idmapped files, /dev, capabilities, seccomp, cgroup,
 * a record of it, a pid 1 that stays.
 */
#include <linux/sched.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define FIRST_UID "1879048192" /* 0x70000000, where jail(8) begins, too */

static void
write_map(pid_t pid, const char *name)
{
	static const char map[] = "0 " FIRST_UID " 65536\n";
	char path[64];
	int fd;

	(void)snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, name);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0 || write(fd, map, sizeof(map) - 1) < 0)
		err(1, "%s", path);
	close(fd);
}

static void
change_root(const char *root)
{
	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		err(1, "private mounts");
	if (mount(root, root, NULL, MS_BIND | MS_REC, NULL) < 0)
		err(1, "bind %s", root);
	if (chdir(root) < 0)
		err(1, "%s", root);
	/* Before the old root goes: proc needs one to be visible. */
	if (mount("proc", "proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC,
		NULL) < 0)
		err(1, "mount proc");
	if (syscall(SYS_pivot_root, ".", ".") < 0)
		err(1, "pivot_root");
	if (umount2(".", MNT_DETACH) < 0)
		err(1, "umount the old root");
}

static _Noreturn void
child(int ready, const char *root, char **argv)
{
	char byte;

	if (read(ready, &byte, 1) != 1)
		errx(1, "no maps");
	close(ready);
	change_root(root);
	if (setresgid(0, 0, 0) < 0 || setresuid(0, 0, 0) < 0)
		err(1, "uid 0");
	execv(argv[0], argv);
	err(127, "%s", argv[0]);
}

int
main(int argc, char **argv)
{
	struct clone_args args = {
		.flags = CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID |
			 CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWCGROUP,
		.exit_signal = SIGCHLD,
	};
	int ready[2], status;
	pid_t pid;

	if (argc < 3) {
		fprintf(stderr, "usage: floor root command [argument ...]\n");
		return 2;
	}
	if (pipe2(ready, O_CLOEXEC) < 0)
		err(1, "pipe");
	pid = (pid_t)syscall(SYS_clone3, &args, sizeof(args));
	if (pid < 0)
		err(1, "clone3");
	if (pid == 0) {
		close(ready[1]);
		child(ready[0], argv[1], argv + 2);
	}
	write_map(pid, "uid_map");
	write_map(pid, "gid_map");
	if (write(ready[1], "", 1) != 1)
		err(1, "pipe");
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			err(1, "waitpid");
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
