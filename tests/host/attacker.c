/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * attacker: root of a jail attacks whatever process it sees there,
 * pid 1 included, until /stop exists, and writes to /said what it got.
 *
 * The program that is entered with, /entered, is the jail's own: its root may
 * look into it.  So what was got tells whose it was:
 *
 *	exe		must be /entered or the attacker
 *	fd, getfd	must be /dev/null of the harness or a file of the jail;
 *			never a pipe, a directory, a socket
 *	root, cwd	must be the root that the attacker has, or /root
 *	mem, readv	must be the first bytes of /entered
 *	environ, maps	must not have HOSTMARK, or the host's tool
 *	seize		must stop it with /entered or the attacker as its exe
 *(the kernel lets attach within an exec, once all is new)
 *
 * Anything else is a line "HOST what".  The last line counts what was got of
 * /entered, to show that the attack would work: "legit N of M tries".
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#define BASE 0x400000UL /* of programs that are linked statically */

static FILE *said;
static long legit, tries;
static struct stat root_st, home_st, entered_st, self_st, null_st;
static unsigned char entered_head[64];

static void
host(const char *what, pid_t pid, const char *more)
{
	(void)fprintf(said, "HOST %s of %d %s\n", what, (int)pid, more);
	(void)fflush(said);
}

static int
same(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

/* Judge a descriptor that was got from a process, and close it. */
static void
got_fd(const char *what, pid_t pid, int fd)
{
	char more[100];
	struct stat st;

	if (fd < 0)
		return;
	(void)fstat(fd, &st);
	(void)close(fd);
	if (S_ISCHR(st.st_mode) && st.st_rdev == null_st.st_rdev) {
		legit++;
		return;
	}
	(void)snprintf(more, sizeof(more), "mode %o dev %lx ino %lu",
	    st.st_mode, (unsigned long)st.st_dev, (unsigned long)st.st_ino);
	host(what, pid, more);
}

static int
open_of(pid_t pid, const char *name, int flags)
{
	char path[64];

	tries++;
	(void)snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, name);
	return open(path, flags | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
}

static void
try_exe(pid_t pid)
{
	int fd = open_of(pid, "exe", O_RDONLY);
	struct stat st;

	if (fd < 0)
		return;
	if (fstat(fd, &st) == 0 &&
	    (same(&st, &entered_st) || same(&st, &self_st)))
		legit++;
	else
		host("exe", pid, "");
	(void)close(fd);
}

static void
try_dir(pid_t pid, const char *name)
{
	int fd = open_of(pid, name, O_PATH);
	struct stat st;

	if (fd < 0)
		return;
	if (fstat(fd, &st) == 0 &&
	    (same(&st, &root_st) ||
		(strcmp(name, "cwd") == 0 && same(&st, &home_st))))
		legit++;
	else
		host(name, pid, "");
	(void)close(fd);
}

static void
judge_head(const char *what, pid_t pid, const unsigned char *head)
{
	if (memcmp(head, entered_head, sizeof(entered_head)) == 0)
		legit++;
	else
		host(what, pid, "");
}

static void
try_memory(pid_t pid)
{
	unsigned char head[64];
	struct iovec here = { head, sizeof(head) };
	struct iovec there = { (void *)BASE, sizeof(head) };
	int fd = open_of(pid, "mem", O_RDWR);

	if (fd >= 0) {
		if (pread(fd, head, sizeof(head), BASE) == sizeof(head))
			judge_head("mem", pid, head);
		(void)close(fd);
	}
	tries++;
	if (process_vm_readv(pid, &here, 1, &there, 1, 0) == sizeof(head))
		judge_head("process_vm_readv", pid, head);
}

static void
try_text(pid_t pid, const char *name)
{
	static char text[65536];
	int fd = open_of(pid, name, O_RDONLY);
	ssize_t n, i;

	if (fd < 0)
		return;
	if ((n = read(fd, text, sizeof(text) - 1)) > 0) {
		for (i = 0; i < n; i++) {
			if (text[i] == '\0')
				text[i] = '\n';
		}
		text[n] = '\0';
		if (strstr(text, "HOSTMARK") != NULL ||
		    strstr(text, "sbin/j") != NULL)
			host(name, pid, "");
		else
			legit++;
	}
	(void)close(fd);
}

static void
try_fds(pid_t pid)
{
	int pidfd, i;
	char name[32];

	for (i = 0; i < 70; i += i == 12 ? 52 : 1) {
		(void)snprintf(name, sizeof(name), "fd/%d", i);
		got_fd("fd", pid, open_of(pid, name, O_RDONLY));
	}
	if ((pidfd = (int)syscall(SYS_pidfd_open, pid, 0)) < 0)
		return;
	for (i = 0; i < 70; i += i == 12 ? 52 : 1) {
		tries++;
		got_fd("pidfd_getfd", pid,
		    (int)syscall(SYS_pidfd_getfd, pidfd, i, 0));
	}
	(void)close(pidfd);
}

static int
is_known(pid_t pid)
{
	char path[64];
	struct stat st;

	(void)snprintf(path, sizeof(path), "/proc/%d/exe", (int)pid);
	return stat(path, &st) < 0 || same(&st, &entered_st) ||
	       same(&st, &self_st);
}

static void
try_seize(pid_t pid)
{
	int status, i;

	tries++;
	if (ptrace(PTRACE_SEIZE, pid, 0, 0) < 0)
		return;
	if (pid == 1)
		host("seize", pid, "");
	(void)ptrace(PTRACE_INTERRUPT, pid, 0, 0);
	for (i = 0; i < 20; i++) {
		if (waitpid(pid, &status, __WALL) != pid || !WIFSTOPPED(status))
			break;
		if (status >> 16 == PTRACE_EVENT_STOP) {
			if (is_known(pid))
				legit++;
			else
				host("seize", pid, "");
			break;
		}
		(void)ptrace(PTRACE_CONT, pid, 0, WSTOPSIG(status));
	}
	(void)ptrace(PTRACE_DETACH, pid, 0, 0);
}

static void
attack(pid_t pid, int order)
{
	if (order == 0)
		try_seize(pid);
	try_exe(pid);
	try_memory(pid);
	try_dir(pid, "root");
	try_dir(pid, "cwd");
	try_text(pid, "environ");
	try_text(pid, "maps");
	try_fds(pid);
}

static void
attack_all(int order, pid_t other)
{
	struct dirent *d;
	DIR *proc = opendir("/proc");
	pid_t pid;

	if (proc == NULL)
		exit(3);
	while ((d = readdir(proc)) != NULL) {
		pid = (pid_t)strtol(d->d_name, NULL, 10);
		if (pid > 0 && pid != getpid() && pid != getppid() &&
		    pid != other)
			attack(pid, order);
	}
	(void)closedir(proc);
}

static void
prepare(void)
{
	int fd = open("/entered", O_RDONLY | O_CLOEXEC);

	if (fd < 0 || fstat(fd, &entered_st) < 0 ||
	    read(fd, entered_head, sizeof(entered_head)) !=
		sizeof(entered_head) ||
	    stat("/", &root_st) < 0 || stat("/root", &home_st) < 0 ||
	    stat("/attacker", &self_st) < 0)
		exit(3);
	(void)close(fd);
	null_st.st_rdev = 0x103; /* 1:3 */
	(void)unlink("/said");
	(void)unlink("/ready");
	if ((said = fopen("/said", "ae")) == NULL)
		exit(3);
}

int
main(void)
{
	pid_t child;
	int order = 0;

	(void)signal(SIGCHLD, SIG_DFL);
	prepare();
	/* two of them, one without the ptrace that slows the other */
	if ((child = fork()) == 0)
		order = 1;
	(void)close(open("/ready", O_CREAT | O_WRONLY, 0644));
	while (access("/stop", F_OK) < 0)
		attack_all(order, child);
	(void)fprintf(said, "legit %ld of %ld tries\n", legit, tries);
	(void)fclose(said);
	if (order == 0)
		(void)waitpid(child, NULL, 0);
	return 0;
}
