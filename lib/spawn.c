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
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cg.h"
#include "cleanup.h"
#include "enter.h"
#include "filter.h"
#include "io.h"
#include "jerr.h"
#include "ns.h"
#include "spawn.h"
#include "spawn_child.h"
#include "uapi.h"

#define START_MSEC 10000 /* a frozen or hostile jail: no longer */
#define LINGER_MSEC 100 /* from a failure to the end of A */
#define FILTER_SIZE 512 /* twice what it takes */

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
 * A pipe of the caller's may be opened again inside, as /dev/stdout, in the
 * direction that the command has it in.  Its owner stays, for the pipe may
 * outlive the jail: an owner could open the other end, too.  Files are left
 * alone: they have names, and others who use them.
 */
static void
open_pipe(int fd)
{
	static const mode_t all[] = {
		[O_RDONLY] = 0444,
		[O_WRONLY] = 0222,
		[O_RDWR] = 0666,
	};
	int how = fcntl(fd, F_GETFL) & O_ACCMODE;
	struct statfs fs;
	struct stat st;

	if (how > O_RDWR || fstatfs(fd, &fs) < 0 || fs.f_type != PIPEFS_MAGIC ||
	    fstat(fd, &st) < 0 || (st.st_mode & all[how]) == all[how])
		return;
	(void)fchmod(fd, (st.st_mode & 07777) | all[how]); /* no harm */
}

static void
open_pipes(const struct jailx_spawn *how)
{
	int i;

	for (i = 0; i < 3; i++)
		open_pipe(how->stdio[i]);
}

/* A failure of A or C, as J says it. */
static int
failure_error(const struct entry *en, const struct jailx_spawn *how,
    const struct spawn_failure *f, struct jerr *e)
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
	struct spawn_failure f;
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
	pid_t pid;

	if ((n = filter_emit(prog, FILTER_SIZE, en->policy.open)) < 0)
		return jerr_sys(e, -n, "seccomp");
	if (pipe2(report, O_CLOEXEC) < 0 || pipe2(status, O_CLOEXEC) < 0 ||
	    pipe2(leash, O_CLOEXEC) < 0)
		r = jerr_sys(e, errno, "pipe");
	pid = r < 0 ? -1 : ns_fork(NS_CLEAR_SIGHAND, en->payload, &pidfd);
	if (pid == 0) {
		struct spawn_pipes p = { report[1], status[1], leash[0] };

		close_fd(leash[1]);
		if (!idmap_is_own(&en->rec.params))
			enter_exec(en, how, &p, prog, (size_t)n);
		spawn_child(en, how, &p, prog, (size_t)n);
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

/* Ids that the jail does not have: a user's are wrong, a group's nobody's. */
static int
check_user(
    const struct entry *en, const struct jailx_user *user, struct jerr *e)
{
	const struct pset *params = &en->rec.params;

	if (idmap_has(params, user->uid) && idmap_has(params, user->gid))
		return 0;
	return jerr(e, EINVAL,
	    "%s: uid %u or gid %u is beyond the %u ids that a jail has",
	    user->name != NULL ? user->name : "user", user->uid, user->gid,
	    IDMAP_COUNT);
}

/* Groups of the user's that the jail has: *ret has room for all. */
static void
keep_groups(const struct entry *en, const struct jailx_user *user,
    struct jailx_user *ret, gid_t *groups)
{
	size_t i;

	*ret = *user;
	ret->groups = groups;
	ret->ngroups = 0;
	for (i = 0; i < user->ngroups; i++) {
		if (idmap_has(&en->rec.params, user->groups[i]))
			groups[ret->ngroups++] = user->groups[i];
	}
}

static int
spawn_as(const struct entry *en, const struct jailx_spawn *how,
    struct jailx_child *ret, struct jerr *e)
{
	struct jailx_spawn own = *how;
	auto_free gid_t *groups = NULL;
	struct jailx_user user;
	int r;

	if (how->user != NULL) {
		if ((r = check_user(en, how->user, e)) < 0)
			return r;
		groups = calloc(how->user->ngroups + 1, sizeof(*groups));
		if (groups == NULL)
			return jerr_sys(e, ENOMEM, "groups");
		keep_groups(en, how->user, &user, groups);
		own.user = &user;
	}
	open_pipes(how);
	return start(en, &own, ret, e);
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
	else
		r = spawn_as(&en, how, ret, e);
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
