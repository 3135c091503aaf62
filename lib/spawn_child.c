/* SPDX-License-Identifier: BSD-2-Clause */
/* The two processes that spawn.c makes: A, which enters, and C, which runs. */
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/close_range.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "caps.h"
#include "cleanup.h"
#include "io.h"
#include "ns.h"
#include "spawn.h"
#include "spawn_child.h"

#define FD_FIRST 64 /* out of the way of stdio */

_Noreturn void
spawn_give_up(
    const struct spawn_pipes *p, int err, const char *step, int is_exec)
{
	struct spawn_failure f = { .err = err, .is_exec = is_exec };

	(void)snprintf(f.step, sizeof(f.step), "%s", step);
	(void)io_write(p->report, &f, sizeof(f)); /* EOF tells as much */
	_exit(is_exec && err == ENOENT ? 127 : 126);
}

/* ---- C ---- */

/* Along PATH of its environment, as execvp(3); names with a slash as is. */
static int
exec_program(const struct jailx_spawn *how)
{
	char *const *argv = (char *const *)(uintptr_t)how->argv;
	char *const *envp = (char *const *)(uintptr_t)how->envp;
	const char *path = NULL, *dir;
	char name[4096];
	int err = ENOENT;
	size_t i, len;

	if (strchr(argv[0], '/') != NULL) {
		(void)execve(argv[0], argv, envp);
		return -errno;
	}
	for (i = 0; how->envp[i] != NULL; i++) {
		if (strncmp(how->envp[i], "PATH=", 5) == 0)
			path = how->envp[i] + 5;
	}
	for (dir = path != NULL ? path : "/bin:/usr/bin";; dir += len + 1) {
		len = strcspn(dir, ":");
		(void)snprintf(
		    name, sizeof(name), "%.*s/%s", (int)len, dir, argv[0]);
		(void)execve(name, argv, envp);
		if (errno != ENOENT && errno != ENOTDIR)
			err = errno;
		if (err == ENOEXEC || dir[len] == '\0')
			return -err;
	}
}

/* Make the first terminal among 0, 1 and 2 the controlling one. */
static int
take_terminal(void)
{
	int fd;

	for (fd = 0; fd < 2 && !isatty(fd); fd++)
		;
	return ioctl(fd, TIOCSCTTY, 0);
}

static int
place_stdio(const int *stdio)
{
	int i, fds[3];

	for (i = 0; i < 3; i++) {
		if ((fds[i] = fcntl(stdio[i], F_DUPFD_CLOEXEC, FD_FIRST)) < 0)
			return -errno;
	}
	for (i = 0; i < 3; i++) {
		if (dup2(fds[i], i) < 0)
			return -errno;
	}
	return 0;
}

/* The handlers are the default ones by the way A was made. */
static int
reset_signals(void)
{
	sigset_t none;

	(void)sigemptyset(&none);
	return sigprocmask(SIG_SETMASK, &none, NULL) < 0 ? -errno : 0;
}

/* J may have died before we asked to be told. */
static int
die_with_parent(const struct spawn_pipes *p)
{
	struct pollfd pfd = { .fd = p->leash };

	if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) < 0)
		return -errno;
	return poll(&pfd, 1, 0) > 0 ? -ESRCH : 0;
}

static int
set_directory(const char *cwd)
{
	char here[4096];

	/* a working directory outside of the root reads "(unreachable)" */
	if (chdir(cwd != NULL ? cwd : "/") < 0)
		return -errno;
	return getcwd(here, sizeof(here)) == NULL || here[0] != '/' ? -ENOENT
								    : 0;
}

/* Keep what is needed and close the rest, of the host's above all. */
static int
keep_fds(struct spawn_pipes *p)
{
	int *fds[] = { &p->report, &p->status, &p->leash };
	const int n = (int)nitems(fds);
	int i, fd;

	/* first out of each other's way, then to their places */
	for (i = 0; i < n; i++) {
		fd = fcntl(*fds[i], F_DUPFD_CLOEXEC, FD_FIRST + n);
		if (fd < 0)
			return -errno;
		*fds[i] = fd;
	}
	for (i = 0; i < n; i++) {
		if ((fd = dup3(*fds[i], FD_FIRST + i, O_CLOEXEC)) < 0)
			return -errno;
		*fds[i] = fd;
	}
	if (syscall(SYS_close_range, 3, FD_FIRST - 1, 0) < 0 ||
	    syscall(SYS_close_range, FD_FIRST + n, ~0U, 0) < 0)
		return -errno;
	return 0;
}

/* C shares A's memory until it execs (vfork): it must change nothing of it. */
static _Noreturn void
run_program(const struct entry *en, const struct jailx_spawn *how,
    const struct spawn_pipes *p, const struct sock_filter *prog, size_t n)
{
	bool is_root = how->user == NULL || how->user->uid == 0;
	const char *step = "descriptors";
	int r;

	close_fd(p->status);
	/* always: /dev/tty would be the caller's terminal */
	step = "session";
	if (setsid() < 0 || (how->ctty && take_terminal() < 0))
		spawn_give_up(p, errno, step, 0);
	step = "parent";
	if (!how->survive && (r = die_with_parent(p)) < 0)
		spawn_give_up(p, -r, step, 0);
	close_fd(p->leash);
	step = "chdir";
	if ((r = set_directory(how->cwd)) < 0)
		spawn_give_up(p, -r, step, 0);
	if ((r = reset_signals()) < 0)
		spawn_give_up(p, -r, "signals", 0);
	if ((r = entry_confine(en, prog, n, is_root, &step)) < 0)
		spawn_give_up(p, -r, step, 0);
	spawn_give_up(p, -exec_program(how), "exec", 1);
}

/* ---- A ---- */

/* The keyboard's signals go to the whole group, as from a terminal. */
static void
pass_on(pid_t child, int sig)
{
	bool group =
	    sig == SIGINT || sig == SIGQUIT || sig == SIGTSTP || sig == SIGHUP;

	(void)kill(group ? -child : child, sig); /* ESRCH: it has ended */
}

/* Wait for C, passing signals on; then tell its end. */
static _Noreturn void
stand_for(pid_t child, struct spawn_pipes *p)
{
	sigset_t set;
	siginfo_t si;
	int status = 0;
	pid_t pid;

	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGCHLD);
	(void)sigaddset(&set, SIG_PASS);
	while ((pid = waitpid(child, &status, WNOHANG)) == 0 ||
	       (pid > 0 && WIFSTOPPED(status))) {
		/* it asked for a tracer (PTRACE_TRACEME): not us */
		if (pid > 0)
			(void)ptrace(PTRACE_DETACH, child, NULL,
			    (void *)(intptr_t)WSTOPSIG(status));
		else if (sigwaitinfo(&set, &si) == SIG_PASS)
			pass_on(child, si.si_value.sival_int);
	}
	(void)io_write(p->status, &status, sizeof(status)); /* as below */
	_exit(WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
}

static int
block_signals(void)
{
	sigset_t all;

	(void)sigfillset(&all);
	return sigprocmask(SIG_SETMASK, &all, NULL) < 0 ? -errno : 0;
}

static int
compare_fds(const void *a, const void *b)
{
	const int *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static int
close_others(const struct entry *en, const struct jailx_spawn *how,
    const struct spawn_pipes *p)
{
	int keep[] = { 2, how->stdio[0], how->stdio[1], how->stdio[2],
		p->report, p->status, p->leash, en->jail.dir, en->warden };
	size_t i;

	qsort(keep, nitems(keep), sizeof(*keep), compare_fds);
	for (i = 0; i < nitems(keep); i++) {
		unsigned int from = (unsigned int)keep[i] + 1;
		unsigned int to =
		    i + 1 < nitems(keep) ? (unsigned int)keep[i + 1] - 1 : ~0U;

		if (keep[i] >= 2 && from <= to &&
		    syscall(SYS_close_range, from, to, 0) < 0)
			return -errno;
	}
	return 0;
}

int
spawn_begin(const struct entry *en, const struct jailx_spawn *how,
    const struct spawn_pipes *p)
{
	int r = block_signals();

	return r < 0 ? r : close_others(en, how, p);
}

static int
let_go_of_stdio(void)
{
	return (syscall(SYS_close_range, 0, 2, 0) < 0 ? -errno : 0);
}

_Noreturn void
spawn_child(const struct entry *en, const struct jailx_spawn *how,
    struct spawn_pipes *p, const struct sock_filter *prog, size_t n)
{
	const char *step = "descriptors";
	char title[32];
	pid_t child;
	int r;

	/* C has it, too, until it execs: the jail is not to read the host's */
	(void)snprintf(
	    title, sizeof(title), "jail: command of %d", en->jail.jid);
	ns_set_title(title);
	if ((r = spawn_begin(en, how, p)) < 0 ||
	    (r = place_stdio(how->stdio)) < 0 ||
	    (r = entry_enter(en, &step)) < 0 ||
	    (r = entry_become(en, how->user, &step)) < 0)
		spawn_give_up(p, -r, step, 0);
	if ((r = keep_fds(p)) < 0)
		spawn_give_up(p, -r, "descriptors", 0);
	/* a change of ids clears it: only now */
	if (!how->survive && (r = die_with_parent(p)) < 0)
		spawn_give_up(p, -r, "parent", 0);
	if ((child = vfork()) == 0)
		run_program(en, how, p, prog, n);
	if (child < 0)
		spawn_give_up(p, errno, "fork", 0);
	/* to pass signals on to a program that changes its user */
	if ((r = caps_set(UINT64_C(1) << CAP_KILL)) < 0 ||
	    (r = let_go_of_stdio()) < 0) {
		(void)kill(child, SIGKILL); /* our own, unreaped */
		spawn_give_up(p, -r, "stand-in", 0);
	}
	cleanup_close(&p->report);
	cleanup_close(&p->leash);
	stand_for(child, p);
}
