/* SPDX-License-Identifier: BSD-2-Clause */
/* Processes, what they talk by, and who they are. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "probe.h"

static pid_t
pid_of(const char *arg)
{
	return arg != NULL ? (pid_t)atoi(arg) : 1;
}

/* ---- terminals ---- */

static int
try_tiocsti(const char *arg)
{
	(void)arg;
	return done(ioctl(STDIN_FILENO, TIOCSTI, "x"));
}

static int
try_tioclinux(const char *arg)
{
	char sub = 2;

	(void)arg;
	return done(ioctl(STDIN_FILENO, TIOCLINUX, &sub));
}

/* ---- processes: of the host, by pid ---- */

static int
try_kill(const char *arg)
{
	return done(kill(pid_of(arg), 0));
}

static int
try_sigqueue(const char *arg)
{
	union sigval value = { .sival_int = 0 };

	return done(sigqueue(pid_of(arg), 0, value));
}

static int
try_pidfd_open(const char *arg)
{
	return opened(syscall(SYS_pidfd_open, pid_of(arg), 0));
}

static int
try_setpriority(const char *arg)
{
	return done(setpriority(PRIO_PROCESS, (id_t)pid_of(arg), 5));
}

static int
try_getpriority(const char *arg)
{
	errno = 0;
	(void)getpriority(PRIO_PROCESS, (id_t)pid_of(arg));
	return -errno;
}

static int
try_prlimit(const char *arg)
{
	struct rlimit old;

	return done(prlimit(pid_of(arg), RLIMIT_NOFILE, NULL, &old));
}

static int
try_setaffinity(const char *arg)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(0, &set);
	return done(sched_setaffinity(pid_of(arg), sizeof(set), &set));
}

static int
try_getaffinity(const char *arg)
{
	cpu_set_t set;

	return done(sched_getaffinity(pid_of(arg), sizeof(set), &set));
}

static int
try_setscheduler(const char *arg)
{
	struct sched_param param = { .sched_priority = 0 };

	return done(sched_setscheduler(pid_of(arg), SCHED_BATCH, &param));
}

static int
try_ioprio(const char *arg)
{
	return done(syscall(SYS_ioprio_set, 1, pid_of(arg), 2 << 13 | 7));
}

static int
try_vm_read(const char *arg)
{
	char text[1];
	struct iovec here = { text, 1 }, there = { text, 1 };

	return done(process_vm_readv(pid_of(arg), &here, 1, &there, 1, 0));
}

static int
try_ptrace(const char *arg)
{
	long r = ptrace(PTRACE_SEIZE, pid_of(arg), NULL, NULL);

	return done(r);
}

static int
try_getsid(const char *arg)
{
	return done(getsid(pid_of(arg)));
}

/* ---- System V IPC ---- */

static int
try_msgget(const char *arg)
{
	int id = msgget(arg != NULL ? (key_t)atoi(arg) : IPC_PRIVATE,
	    arg != NULL ? 0 : 0600);
	int r = done(id);

	if (id >= 0 && arg == NULL)
		(void)msgctl(id, IPC_RMID, NULL);
	return r;
}

static int
try_semget(const char *arg)
{
	int id = semget(IPC_PRIVATE, 1, 0600);
	int r = done(id);

	(void)arg;
	if (id >= 0)
		(void)semctl(id, 0, IPC_RMID);
	return r;
}

static int
try_shmget(const char *arg)
{
	int id = shmget(IPC_PRIVATE, 4096, 0600);
	int r = done(id);

	(void)arg;
	if (id >= 0)
		(void)shmctl(id, IPC_RMID, NULL);
	return r;
}

/* ---- sockets: FAMILY-TYPE-PROTOCOL by number ---- */

static int
try_socket(const char *arg)
{
	int family = AF_INET, type = SOCK_STREAM, protocol = 0;

	if (arg != NULL)
		(void)sscanf(arg, "%d-%d-%d", &family, &type, &protocol);
	return opened(socket(family, type, protocol));
}

/* A request by number, on a socket; what it points to is empty. */
static int
try_ioctl(const char *arg)
{
	char data[256] = { 0 };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), r;

	if (fd < 0)
		return -errno;
	r = done(ioctl(fd, strtoul(arg, NULL, 16), data));
	(void)close(fd);
	return r;
}

/* ---- users ---- */

static int
try_setuid(const char *arg)
{
	return done(setuid(arg != NULL ? (uid_t)atoi(arg) : 1));
}

static int
try_chown(const char *arg)
{
	const char *name = "/tmp/probe-file";
	int fd = open(name, O_CREAT | O_WRONLY | O_CLOEXEC, 0600), r;

	if (fd < 0)
		return -errno;
	(void)close(fd);
	r = done(chown(name, arg != NULL ? (uid_t)atoi(arg) : 1, (gid_t)-1));
	(void)unlink(name);
	return r;
}

const struct probe_row process_rows[] = {
	{ "chown", try_chown },
	{ "getaffinity", try_getaffinity },
	{ "getpriority", try_getpriority },
	{ "getsid", try_getsid },
	{ "ioprio", try_ioprio },
	{ "kill", try_kill },
	{ "msgget", try_msgget },
	{ "pidfd_open", try_pidfd_open },
	{ "prlimit", try_prlimit },
	{ "ptrace", try_ptrace },
	{ "semget", try_semget },
	{ "setaffinity", try_setaffinity },
	{ "setpriority", try_setpriority },
	{ "setscheduler", try_setscheduler },
	{ "setuid", try_setuid },
	{ "shmget", try_shmget },
	{ "sigqueue", try_sigqueue },
	{ "socket", try_socket },
	{ "ioctl", try_ioctl },
	{ "tioclinux", try_tioclinux },
	{ "tiocsti", try_tiocsti },
	{ "vm_read", try_vm_read },
	{ NULL, NULL },
};
