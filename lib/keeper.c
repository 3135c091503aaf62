/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The keeper: a process of the host that outlives the start of one jail and
 * does what follows its end, unless somebody else has done it.
 *
 *	free	should let go of every lock, descriptor and signal of the
 *		process that it was forked by; must not wait for anything
 *	hide	its memory is that of jail(8): nobody's to read
 *	wait	for the end of the jail's first process, and for whoever
 *		starts the jail: his failure is not an end
 *	finish	under the jail's lock, which shows who came first: completes
 *		the removal and calls fn
 *
 * Waiting keepers are in jail/keeper/, and nothing else is, so that their
 * number tells whether one was killed; those at work are in jail/after/, with
 * what they run.  Neither is below <jid>/, where they would be killed with the
 * jail.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "after.h"
#include "cg.h"
#include "cleanup.h"
#include "core.h"
#include "jerr.h"
#include "ns.h"
#include "uapi.h"
#include "vnet.h"

#define LINGER_MSEC 1000 /* for what the jail's first process leaves */
#define RETRY_SEC 1

struct keeper {
	struct jail jail;
	int warden; /* pidfd, -1: it had gone, or cannot be seen from here */
	int netns; /* of a vnet jail, that it does not end first; or -1 */
	int cgroup; /* to be made in */
	jailx_keeper *fn;
	void *arg;
	int err; /* of the fork */
	char title[32]; /* for ps(1), which reads anonymous memory alone */
};

/* ---- free ---- */

static int
move_up(int *fd)
{
	int up;

	if (*fd < 0)
		return 0;
	if ((up = fcntl(*fd, F_DUPFD_CLOEXEC, 3)) < 0)
		return -errno;
	*fd = up; /* the old one is closed with all others */
	return 0;
}

static void
close_others(const int *keep, size_t n)
{
	int from, to;
	size_t i;

	for (from = 0; from >= 0; from = to < 0 ? -1 : to + 1) {
		/* up to the next one that is kept */
		for (to = -1, i = 0; i < n; i++) {
			if (keep[i] >= from && (to < 0 || keep[i] < to))
				to = keep[i];
		}
		if (to != from)
			(void)syscall(SYS_close_range, from,
			    to < 0 ? ~0U : (unsigned int)to - 1, 0);
	}
}

/* All but what is needed; nothing on standard input, output and error. */
static int
step_descriptors(struct keeper *k)
{
	int fd;

	jails_forget();
	if (move_up(&k->jail.dir) < 0 || move_up(&k->warden) < 0 ||
	    move_up(&k->netns) < 0)
		return -1;
	close_others((const int[]){ k->jail.dir, k->warden, k->netns }, 3);
	if ((fd = open("/dev/null", O_RDWR)) < 0)
		return -1;
	return fd == 0 && dup2(0, 1) == 1 && dup2(0, 2) == 2 ? 0 : -1;
}

/* A session of its own, and of the starter's signals nothing. */
static int
step_signals(struct keeper *k)
{
	struct sigaction ignore = { .sa_handler = SIG_IGN };
	struct sigaction none = { .sa_handler = SIG_DFL };
	sigset_t set;
	int sig;

	(void)k;
	if (setsid() < 0 || chdir("/") < 0)
		return -1;
	/* to ignore one drops it where it has come already */
	for (sig = 1; sig < NSIG; sig++) {
		(void)sigaction(sig, &ignore, NULL); /* EINVAL: it cannot be */
		(void)sigaction(sig, &none, NULL);
	}
	(void)sigemptyset(&set);
	return sigprocmask(SIG_SETMASK, &set, NULL);
}

/* Also what ps(1) shows is not the starter's. */
static int
step_hide(struct keeper *k)
{
	char name[32];

	(void)snprintf(
	    k->title, sizeof(k->title), "jail: keeper of %d", k->jail.jid);
	(void)snprintf(name, sizeof(name), KEEPER_NAME, k->jail.jid);
	(void)prctl(PR_SET_NAME, name, 0, 0, 0); /* cannot fail */
	ns_set_title(k->title);
	return ns_hide();
}

/* ---- wait ---- */

static void
wait_end(const struct keeper *k)
{
	struct pollfd pfd = { .fd = k->warden, .events = POLLIN };

	if (k->warden >= 0) {
		while (poll(&pfd, 1, -1) < 0 && errno == EINTR)
			;
		(void)cg_wait_empty(k->jail.dir, LINGER_MSEC, -1);
		return;
	}
	while (cg_wait_empty(k->jail.dir, LINGER_MSEC, -1) == 0)
		;
}

/*
 * Whoever starts the jail holds a lock: he has yet to say whether this is an
 * end or a failure.
 */
static void
wait_start(const struct keeper *k)
{
	auto_close int payload = -1, lock = -1;
	enum jail_persist persist;

	if (store_persist(k->jail.dir, &persist) == 0 &&
	    (persist == PERSIST_START || persist == PERSIST_START_STAY) &&
	    (payload = cg_open(k->jail.dir, "payload")) >= 0)
		lock = cg_lock(payload, false);
}

/* ---- finish ---- */

static bool
step_aside(void)
{
	struct jerr e;
	auto_close int dir = after_dir("after", &e);

	return dir >= 0 && cg_join(dir) == 0;
}

/* False: to be tried again. */
static bool
finish(struct keeper *k)
{
	auto_close int lock = cg_lock(k->jail.dir, false);
	bool gone = lock == -ENODEV || lock == -ENOENT;
	bool aside;
	struct jerr e;
	int r;

	if (lock < 0 && !gone)
		return false;
	aside = step_aside();
	/* where it has gone, all has been done */
	if (gone || !jail_is_there(&k->jail))
		r = 0;
	else
		r = jail_destroy_locked(&k->jail, &e);
	if (r >= 0)
		cleanup_close(&k->netns);
	if (r == 1)
		k->fn(k->jail.jid, k->jail.id, take_fd(&lock), k->arg);
	cleanup_close(&lock); /* that of jail/ is never taken below it */
	/* else it would seem to wait for another jail */
	if (r >= 0 && aside)
		jail_unlist(k->jail.jid);
	return r >= 0;
}

static int (*const steps[])(struct keeper *k) = {
	step_descriptors,
	step_signals,
	step_hide,
};

static _Noreturn void
keep(struct keeper *k)
{
	static const struct timespec pause = { .tv_sec = RETRY_SEC };
	size_t i;

	for (i = 0; i < nitems(steps); i++) {
		if (steps[i](k) < 0)
			_exit(1); /* as if it had been killed */
	}
	wait_end(k);
	do
		wait_start(k);
	while (!finish(k) && nanosleep(&pause, NULL) <= 0);
	_exit(0);
}

/* ---- the starter's side ---- */

/* The namespace of a jail that has one of its own, or -1. */
static int
open_netns(const struct jail *j, pid_t warden)
{
	auto_close int proc = -1;
	struct record rec;
	int fd = -1;

	if (store_read(j->dir, false, &rec) < 0)
		return -1;
	if (pset_is(&rec.params, P_VNET, "new") && (proc = ns_proc()) >= 0)
		fd = vnet_of_process(proc, warden);
	record_done(&rec);
	return fd;
}

/*
 * In the starter's memory: the keeper is to be nobody's child, as who starts
 * a jail waits for children of his own.
 */
static void
fork_keeper(void *arg)
{
	struct keeper *k = arg;
	struct keeper own = *k;
	pid_t pid = ns_fork(NS_CLEAR_SIGHAND, k->cgroup, NULL);

	if (pid == 0)
		keep(&own);
	k->err = pid < 0 ? (int)-pid : 0;
	_exit(0);
}

int
keeper_start(const struct jail *j, jailx_keeper *fn, void *arg, struct jerr *e)
{
	auto_close int cgroup = after_dir("keeper", e), warden = -1;
	auto_close int netns = -1;
	struct keeper k = {
		.jail = *j,
		.cgroup = cgroup,
		.fn = fn,
		.arg = arg,
		.err = ECHILD,
	};
	sigset_t all, old;
	pid_t pid;
	int r;

	if (cgroup < 0)
		return cgroup;
	r = jail_warden(j, &pid, &warden);
	if (r < 0 && r != -ESRCH && r != -ENODEV && r != -ENOENT)
		return jerr_sys(e, -r, "keeper of jail %d", j->jid);
	if (r == 0)
		netns = open_netns(j, pid);
	k.jail.is_parent = true; /* by then, perhaps */
	k.warden = warden;
	k.netns = netns;
	(void)sigfillset(&all);
	(void)sigprocmask(SIG_SETMASK, &all, &old); /* cannot fail */
	pid = ns_vfork(NS_CLEAR_SIGHAND, -1, fork_keeper, &k);
	while (pid > 0 && waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
	(void)sigprocmask(SIG_SETMASK, &old, NULL); /* cannot fail */
	if (pid < 0)
		k.err = (int)-pid;
	return k.err > 0 ? jerr_sys(e, k.err, "keeper of jail %d", j->jid) : 0;
}
