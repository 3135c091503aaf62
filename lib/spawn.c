/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Starting a program in a jail.
 *
 * Three processes: the caller J, which keeps its privilege and its
 * descriptors; A, in the jail's cgroup and namespaces but not in its pid
 * namespace, which stands for the program on the host; and C, a process of
 * the jail, which execs the program.  A is C's parent so that the end of the
 * jail does not depend on J: a pid namespace goes away only when its last
 * zombie is reaped, and J may be stopped.  A and C hold no descriptor of the
 * host but what they were given: A a pipe, C its stdio.
 *
 * When J dies, A and with it C are killed, unless they are to survive.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cg.h"
#include "cleanup.h"
#include "filter.h"
#include "io.h"
#include "jerr.h"
#include "ns.h"
#include "policy.h"
#include "spawn.h"
#include "uapi.h"

#define SIG_PASS SIGRTMIN /* J to A: pass si_value on */
#define START_MSEC 10000 /* a frozen or hostile jail: no longer */
#define LINGER_MSEC 100 /* from a failure to the end of A */
#define FILTER_SIZE 512 /* twice what it takes */
#define FD_FIRST 64 /* out of the way of stdio */

/* What A and C tell J: why they failed, before the program runs. */
struct failure {
	int err;
	int is_exec;
	char step[32];
};

/* Where A and C find their descriptors. */
struct pipes {
	int report; /* closed by exec: failure or end of file */
	int status; /* A's: the wait status */
	int leash; /* hangs up when J dies */
};

static _Noreturn void
give_up(const struct pipes *p, int err, const char *step, int is_exec)
{
	struct failure f = { .err = err, .is_exec = is_exec };

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
die_with_parent(const struct pipes *p)
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
keep_fds(struct pipes *p)
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
    const struct pipes *p, const struct sock_filter *prog, size_t n)
{
	bool is_root = how->user == NULL || how->user->uid == 0;
	const char *step = "descriptors";
	int r;

	close_fd(p->status);
	/* always: /dev/tty would be the caller's terminal */
	step = "session";
	if (setsid() < 0 || (how->ctty && take_terminal() < 0))
		give_up(p, errno, step, 0);
	step = "parent";
	if (!how->survive && (r = die_with_parent(p)) < 0)
		give_up(p, -r, step, 0);
	close_fd(p->leash);
	step = "chdir";
	if ((r = set_directory(how->cwd)) < 0)
		give_up(p, -r, step, 0);
	if ((r = reset_signals()) < 0)
		give_up(p, -r, "signals", 0);
	if ((r = entry_confine(en, prog, n, is_root, &step)) < 0)
		give_up(p, -r, step, 0);
	give_up(p, -exec_program(how), "exec", 1);
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
stand_for(pid_t child, struct pipes *p)
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

/* First of all: a forked process keeps the caller's locks alive. */
static int
close_others(const struct entry *en, const struct jailx_spawn *how,
    const struct pipes *p)
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

static _Noreturn void
attach_and_run(const struct entry *en, const struct jailx_spawn *how,
    struct pipes *p, const struct sock_filter *prog, size_t n)
{
	const char *step = "descriptors";
	pid_t child;
	int r;

	if ((r = block_signals()) < 0 || (r = close_others(en, how, p)) < 0 ||
	    (r = place_stdio(how->stdio)) < 0 ||
	    (r = entry_enter(en, how->user, &step)) < 0)
		give_up(p, -r, step, 0);
	if ((r = keep_fds(p)) < 0)
		give_up(p, -r, "descriptors", 0);
	/* a change of ids clears it: only now */
	if (!how->survive && (r = die_with_parent(p)) < 0)
		give_up(p, -r, "parent", 0);
	if ((child = vfork()) == 0)
		run_program(en, how, p, prog, n);
	if (child < 0)
		give_up(p, errno, "fork", 0);
	cleanup_close(&p->report);
	cleanup_close(&p->leash);
	(void)syscall(SYS_close_range, 0, 2, 0);
	stand_for(child, p);
}

/* ---- J ---- */

static int
check_stdio(const struct jailx_spawn *how, struct jerr *e)
{
	static const char *const names[] = {
		"standard input",
		"standard output",
		"standard error",
	};
	struct stat st;
	int i, flags;

	for (i = 0; i < 3; i++) {
		if (fstat(how->stdio[i], &st) < 0 ||
		    (flags = fcntl(how->stdio[i], F_GETFL)) < 0)
			return jerr_sys(e, errno, "%s", names[i]);
		if (S_ISDIR(st.st_mode) || (flags & O_PATH) != 0)
			return jerr(e, EISDIR,
			    "%s is a directory of the host: "
			    "it would lead out of the jail",
			    names[i]);
		if (!how->ctty && isatty(how->stdio[i]))
			return jerr(e, ENOTTY, "%s is a terminal of the host",
			    names[i]);
	}
	return 0;
}

/*
 * Pipes of the caller become the user's, or /dev/stdout could not be opened
 * inside.  Files do not: they have names, and others who use them.
 */
static void
give_pipes(const struct entry *en, const struct jailx_spawn *how)
{
	uid_t uid = en->rec.idmap + (how->user != NULL ? how->user->uid : 0);
	gid_t gid = en->rec.idmap + (how->user != NULL ? how->user->gid : 0);
	struct statfs fs;
	int i;

	for (i = 0; i < 3; i++) {
		if (fstatfs(how->stdio[i], &fs) == 0 &&
		    fs.f_type == PIPEFS_MAGIC)
			(void)fchown(how->stdio[i], uid, gid); /* no harm */
	}
}

/* A failure of A or C, as J says it. */
static int
failure_error(const struct entry *en, const struct jailx_spawn *how,
    const struct failure *f, struct jerr *e)
{
	if (f->is_exec)
		return exec_error(&en->jail, how, f->err, e);
	if (strcmp(f->step, "chdir") == 0)
		return jerr_sys(
		    e, f->err, "chdir %s", how->cwd != NULL ? how->cwd : "/");
	if (f->err == ESRCH || f->err == ENOMEM || f->err == ENODEV)
		return jerr(e, ESRCH, "jail %d is dying", en->jail.jid);
	return jerr_sys(
	    e, f->err, "jail_attach(%d): %s", en->jail.jid, f->step);
}

/* Wait until the program runs: its exec closes the pipe. */
static int
await_start(const struct entry *en, const struct jailx_spawn *how, int report,
    struct jerr *e)
{
	struct pollfd pfd = { .fd = report, .events = POLLIN };
	struct failure f;
	ssize_t n;
	int r;

	while ((r = poll(&pfd, 1, START_MSEC)) < 0 && errno == EINTR)
		;
	if (r == 0)
		return jerr(e, ETIMEDOUT,
		    "jail %d: no process started within "
		    "%d seconds (is it frozen?)",
		    en->jail.jid, START_MSEC / 1000);
	n = io_read(report, &f, sizeof(f));
	if (n == 0)
		return 0;
	if (n != sizeof(f))
		return jerr(e, ECHILD, "jail_attach(%d): lost", en->jail.jid);
	return failure_error(en, how, &f, e);
}

/*
 * A has failed, or C, and ends by itself; it waits for C first, since a zombie
 * left to the host's init would hold the jail up.
 */
static void
end_stand_in(pid_t pid, int pidfd, int why)
{
	struct pollfd pfd = { .fd = pidfd, .events = POLLIN };

	if (why != -ETIMEDOUT)
		(void)poll(&pfd, 1, LINGER_MSEC);
	(void)kill(pid, SIGKILL); /* unreaped: it is ours */
	(void)waitpid(pid, NULL, 0);
}

static int
start(const struct entry *en, const struct jailx_spawn *how,
    struct jailx_child *ret, struct jerr *e)
{
	struct sock_filter prog[FILTER_SIZE];
	int report[2] = { -1, -1 }, status[2] = { -1, -1 };
	int leash[2] = { -1, -1 }, pidfd = -1, n, r = 0;
	struct policy policy;
	pid_t pid;

	policy_get(&policy, &en->rec.params);
	if ((n = filter_emit(prog, FILTER_SIZE, policy.open)) < 0)
		return jerr_sys(e, -n, "seccomp");
	if (pipe2(report, O_CLOEXEC) < 0 || pipe2(status, O_CLOEXEC) < 0 ||
	    pipe2(leash, O_CLOEXEC) < 0)
		r = jerr_sys(e, errno, "pipe");
	pid = r < 0 ? -1 : ns_fork(NS_CLEAR_SIGHAND, en->payload, &pidfd);
	if (pid == 0) {
		struct pipes p = { report[1], status[1], leash[0] };

		close_fd(leash[1]);
		attach_and_run(en, how, &p, prog, (size_t)n);
	}
	if (r == 0 && pid < 0)
		r = pid == -ENODEV || pid == -ENOENT
			? jerr(e, ESRCH, "jail %d is dying", en->jail.jid)
			: jerr_sys(e, -pid, "clone");
	close_fd(report[1]);
	close_fd(status[1]);
	close_fd(leash[0]);
	if (r == 0 && (r = await_start(en, how, report[0], e)) < 0)
		end_stand_in(pid, pidfd, r);
	close_fd(report[0]);
	/* the leash stays open, and with it goes the program's life */
	if (r < 0) {
		close_fd(status[0]);
		close_fd(leash[1]);
		close_fd(pidfd);
		return r;
	}
	*ret = (struct jailx_child){ pid, pidfd, status[0], leash[1] };
	return 0;
}

int
spawn(int jid, const struct jailx_spawn *how, struct jailx_child *ret,
    struct jerr *e)
{
	struct entry en;
	int r;

	if ((r = check_stdio(how, e)) < 0 || (r = entry_open(jid, &en, e)) < 0)
		return r;
	if (how->id != 0 && how->id != en.jail.id)
		r = jerr(e, ESRCH, "jail %d is dying", jid);
	else if ((r = ns_hide()) < 0)
		r = jerr_sys(e, -r, "dumpable");
	else {
		give_pipes(&en, how);
		r = start(&en, how, ret, e);
	}
	entry_done(&en);
	return r;
}

int
spawn_wait(struct jailx_child *child, int *ret_status, struct jerr *e)
{
	int status = 0, own = 0;
	ssize_t n = io_read(child->status, &status, sizeof(status));

	while (waitpid(child->pid, &own, 0) < 0 && errno == EINTR)
		;
	close_fd(child->pidfd);
	close_fd(child->status);
	close_fd(child->leash);
	*child = (struct jailx_child){ 0, -1, -1, -1 };
	if (n < 0)
		return jerr_sys(e, (int)-n, "wait");
	/* without a word A's own end says it; killed with the jail: so was C */
	*ret_status = n == sizeof(status) ? status : own;
	return 0;
}

int
jailx_kill(const struct jailx_child *child, int sig)
{
	union sigval value = { .sival_int = sig };

	return sigqueue(child->pid, SIG_PASS, value);
}

int
spawn_root(const struct jail *j, struct jerr *e)
{
	auto_close int proc = -1, pidfd = -1;
	char name[32];
	pid_t pid;
	int fd, r;

	if ((r = jail_warden(j, &pid, &pidfd)) < 0)
		return jerr(e, ESRCH, "jail %d is dying", j->jid);
	if ((proc = ns_proc()) < 0)
		return jerr_sys(e, -proc, "proc");
	(void)snprintf(name, sizeof(name), "%d/root", (int)pid);
	if ((fd = openat(proc, name, O_PATH | O_DIRECTORY | O_CLOEXEC)) < 0)
		return jerr_sys(e, errno, "root of jail %d", j->jid);
	/* the pid must still have been the warden's when it was opened */
	if (sys_pidfd_send_signal(pidfd, 0) < 0) {
		close_fd(fd);
		return jerr(e, ESRCH, "jail %d is dying", j->jid);
	}
	return fd;
}
