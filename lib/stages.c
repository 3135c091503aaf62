/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The stage table: how a jail comes to be, in order, and how each step is
 * undone.  A failed creation and a removal walk the same table backwards,
 * so that they cannot drift apart.  Undoing needs nothing but the jail's
 * directory: it works for a jail that somebody else built.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "build.h"
#include "cg.h"
#include "cleanup.h"
#include "io.h"
#include "jerr.h"
#include "lsm.h"
#include "nest.h"
#include "net.h"
#include "ns.h"
#include "taken.h"
#include "vnet.h"

#define REMOVE_MSEC 30000 /* how long killed processes may take to go */
#define REAP_MSEC 20 /* and its first one to be a zombie */

static int
setup_jid(struct build *b, struct jerr *e)
{
	b->rec.state = JAIL_CREATING;
	return jail_allocate(&b->rec, b->above.dir < 0 ? NULL : &b->above,
	    b->name, &b->jail, &b->lock, e);
}

/* Is all that is left below it what follows the ends of its children? */
static bool
is_left_to_children(const struct jail *j)
{
	auto_free int *jids = NULL;
	ssize_t n = nest_children(j, &jids), i;

	for (i = 0; i < n; i++) {
		auto_jail struct jail child = JAIL_INIT;

		if (jail_open(j->dir, jids[i], &child) == 0 &&
		    (!jail_is_removed(&child) || (store_after(child.dir) < 0 &&
						     !nest_is_parent(&child))))
			return false;
	}
	return n > 0;
}

static int
remove_dir(int jails, const struct jail *j, struct jerr *e)
{
	auto_jail struct jail above = JAIL_INIT;
	char name[16];
	int dir = jails, err;

	if (j->parent != 0) {
		if (jail_open(jails, j->parent, &above) < 0)
			return 0; /* and it, too */
		dir = above.dir;
	}
	(void)snprintf(name, sizeof(name), "%d", j->jid);
	if (unlinkat(dir, name, AT_REMOVEDIR) < 0 && errno != ENOENT) {
		err = errno;
		if (err == EBUSY && is_left_to_children(j))
			return 0; /* whoever removes the last one removes it */
		return jerr_sys(e, err, "cgroup of jail %d", j->jid);
	}
	/* which may have waited for nothing else */
	if (j->parent != 0)
		jail_reap(jails, j->parent);
	return 0;
}

static int
undo_jid(const struct jail *j, struct jerr *e)
{
	auto_close int jails = jails_dir(false, e);
	int after, r;

	/* the name must still be that of the cgroup that we know */
	if (jails < 0 || !jail_is_there(j))
		return 0;
	/* the record outlives the jail until jail_forget() */
	if ((after = store_after(j->dir)) >= 0)
		return 0;
	if (after != -ENODATA)
		return jerr_sys(e, -after, "record of jail %d", j->jid);
	if ((r = taken_leave_jail(j, e)) < 0)
		return r;
	return remove_dir(jails, j, e);
}

static int
setup_payload(struct build *b, struct jerr *e)
{
	enum jail_persist how;
	int r;

	if ((r = cg_mkdir(b->jail.dir, "payload")) < 0)
		return jerr_sys(e, -r, "cgroup payload");
	if ((b->payload = cg_open(b->jail.dir, "payload")) < 0)
		return jerr_sys(e, -b->payload, "cgroup payload");
	if (b->held && (b->start_lock = cg_lock(b->payload, false)) < 0)
		return jerr_sys(e, -b->start_lock, "start lock");
	how = pset_bool(&b->rec.params, P_PERSIST)
		  ? (b->held ? PERSIST_START_STAY : PERSIST_YES)
		  : PERSIST_START;
	r = store_set_persist(b->jail.dir, how);
	return r < 0 ? jerr_sys(e, -r, "persist") : 0;
}

static int
undo_payload(const struct jail *j, struct jerr *e)
{
	if (unlinkat(j->dir, "payload", AT_REMOVEDIR) < 0 && errno != ENOENT)
		return jerr_sys(e, errno, "cgroup of jail %d", j->jid);
	return 0;
}

static int
setup_ids(struct build *b, struct jerr *e)
{
	const int locks[] = { b->lock, b->start_lock };
	bool own = idmap_is_own(&b->rec.params);
	int r;

	if ((b->proc = ns_proc()) < 0)
		return jerr_sys(e, -b->proc, "proc");
	r = ns_new(b->proc, b->payload, b->rec.idmap, own ? IDMAP_COUNT : 0,
	    locks, nitems(locks), &b->userns, &b->cgroupns, &b->helper);
	if (r == 0)
		return 0;
	if (r == -ENOENT) /* where cgroup2 is mounted with nsdelegate */
		return jerr(e, ENOENT,
		    "the cgroup jail/ is beyond the cgroup namespace that we "
		    "are in: jails are made on the host");
	if (!own)
		return jerr_sys(e, -r, "cgroup namespace");
	if (r == -EPERM)
		return jerr_sys(e, -r,
		    "user namespace (a process in a chroot "
		    "may not make one, nor may one in a container that forbids "
		    "it)");
	if (r == -ENOSPC)
		return jerr_sys(e, -r,
		    "user namespace (raise "
		    "/proc/sys/user/max_user_namespaces)");
	return jerr_sys(e, -r, "user namespace");
}

/*
 * A child's first process is made in the pid namespace of its parent: when
 * that ends, by whatever, the kernel ends the child.  And in its network: the
 * parent sees it in /proc, and the host's network by it.  -ENOMEM: it has
 * ended.
 */
static pid_t
make_below(struct build *b, uint64_t flags)
{
	auto_close int own =
	    openat(b->proc, "self/ns/pid", O_RDONLY | O_CLOEXEC);
	auto_close int net =
	    openat(b->proc, "thread-self/ns/net", O_RDONLY | O_CLOEXEC);
	pid_t above, pid = -1;
	int r;

	if (own < 0 || net < 0)
		return -errno;
	if ((r = jail_warden(&b->above, &above, &b->stacks)) < 0)
		return r;
	if (setns(b->stacks, CLONE_NEWPID | CLONE_NEWNET) < 0)
		return -errno;
	r = ns_vfork_below(b->proc, flags, b->jail.dir, inside_run, b, &pid);
	/* cannot fail: they are those that we were in */
	if (setns(own, CLONE_NEWPID) < 0 || setns(net, CLONE_NEWNET) < 0)
		return -errno;
	return r < 0 ? r : pid;
}

static int
make_warden(struct build *b, struct jerr *e)
{
	const uint64_t flags = CLONE_NEWPID | CLONE_NEWNS;

	if (b->above.dir < 0)
		b->warden = ns_vfork(flags, b->jail.dir, inside_run, b);
	else
		b->warden = make_below(b, flags);
	if (b->warden == -ENOMEM || b->warden == -ESRCH)
		return b->above.dir < 0
			   ? jerr_sys(e, -b->warden, "clone")
			   : jerr(e, ESRCH, "jail %d is dying", b->above.jid);
	if (b->warden == -EINVAL && b->above.dir >= 0)
		return jerr(e, EINVAL,
		    "jail %d was made in another pid namespace: children of "
		    "it are made there",
		    b->above.jid);
	return b->warden < 0 ? jerr_sys(e, -b->warden, "clone") : 0;
}

static int
setup_warden(struct build *b, struct jerr *e)
{
	struct jerr report = { .err = 0 };
	ssize_t n;
	int r;

	if (pipe2(b->report, O_CLOEXEC) < 0)
		return jerr_sys(e, errno, "pipe");
	if ((r = make_warden(b, e)) < 0)
		return r;
	close_fd(b->report[1]);
	b->report[1] = -1;
	ns_helper_done(&b->helper);
	n = io_read(b->report[0], &report, sizeof(report));
	if (n == sizeof(report) && report.err == 0)
		return 0;
	/* it ends now; by the time of the undoing it cannot be found */
	(void)kill(b->warden, SIGKILL);
	while (waitpid(b->warden, NULL, 0) < 0 && errno == EINTR)
		;
	if (n != sizeof(report))
		return jerr(e, ECHILD, "the jail's first process died");
	*e = report;
	return -e->err;
}

/*
 * The warden is our child where this process built the jail.  It leaves its
 * cgroup a moment before it can be waited for; long before where a zombie of
 * the jail's is left to a slow init of the host.
 */
static void
reap(int pidfd)
{
	struct pollfd pfd = { .fd = pidfd, .events = POLLIN };
	siginfo_t si = { 0 };

	if (waitid(P_PIDFD, (id_t)pidfd, &si, WEXITED | WNOHANG) == 0 &&
	    si.si_pid == 0 && poll(&pfd, 1, REAP_MSEC) > 0)
		(void)waitid(P_PIDFD, (id_t)pidfd, &si, WEXITED | WNOHANG);
}

static int
undo_warden(const struct jail *j, struct jerr *e)
{
	auto_close int pidfd = -1;
	pid_t pid;
	int r;

	(void)jail_warden(j, &pid, &pidfd); /* only to wait faster */
	if ((r = cg_kill(j->dir)) == 0)
		r = cg_wait_empty(j->dir, REMOVE_MSEC, pidfd);
	if (pidfd >= 0)
		reap(pidfd);
	if (r == -ENOENT || r == -ENODEV)
		return 0; /* the cgroup has gone meanwhile */
	if (r == 0)
		return jerr(e, ETIMEDOUT,
		    "jail %d: a killed process does not end", j->jid);
	return r < 0 ? jerr_sys(e, -r, "kill jail %d", j->jid) : 0;
}

/* Deepest first: each as any jail. */
static int
undo_children(const struct jail *j, struct jerr *e)
{
	auto_free int *jids = NULL;
	struct jerr other;
	ssize_t n, i;
	int r, first = 0;

	if (!j->is_parent || (n = nest_children(j, &jids)) == -ENOENT)
		return 0;
	if (n < 0)
		return jerr_sys(e, (int)-n, "children of jail %d", j->jid);
	for (i = 0; i < n; i++) {
		auto_jail struct jail child = JAIL_INIT;

		if (jail_open(j->dir, jids[i], &child) < 0)
			continue;
		child.parent = j->jid;
		r = jail_destroy(&child, first == 0 ? e : &other);
		first = first == 0 ? r : first;
	}
	return first;
}

static int
setup_alive(struct build *b, struct jerr *e)
{
	int r = store_set_state(b->jail.dir, JAIL_ALIVE);

	return r < 0 ? jerr_sys(e, -r, "record") : 0;
}

static int
undo_alive(const struct jail *j, struct jerr *e)
{
	int r = store_set_state(j->dir, JAIL_ENDING);

	/* ENODATA: it never came to a record; ENODEV: it has gone */
	if (r < 0 && r != -ENODATA && r != -ENODEV && r != -ENOENT)
		return jerr_sys(e, -r, "record of jail %d", j->jid);
	return 0;
}

static const struct stage {
	const char *name;
	int (*setup)(struct build *b, struct jerr *e);
	int (*undo)(const struct jail *j, struct jerr *e);
} stages[] = {
	{ "path", check_path, NULL },
	{ "mounts", mounts_read, NULL },
	{ "thin", thin_prepare, NULL },
	{ "jid", setup_jid, undo_jid },
	{ "net", net_setup, net_undo },
	{ "lsm", lsm_setup, NULL },
	{ "payload", setup_payload, undo_payload },
	{ "ids", setup_ids, NULL },
	{ "warden", setup_warden, undo_warden },
	{ "vnet", vnet_setup, vnet_undo },
	{ "children", NULL, undo_children },
	{ "alive", setup_alive, undo_alive },
};

/* Undo stages n-1 to 0.  All are tried; the first error is reported. */
static int
undo_from(const struct jail *j, size_t n, struct jerr *e)
{
	struct jerr other;
	int r, first = 0;

	while (n-- > 0) {
		if (stages[n].undo == NULL)
			continue;
		r = stages[n].undo(j, first == 0 ? e : &other);
		if (first == 0)
			first = r;
	}
	return first;
}

int
stages_setup(struct build *b, struct jerr *e)
{
	struct jerr other;
	size_t i;
	int r = 0;

	for (i = 0; i < nitems(stages); i++) {
		if (stages[i].setup != NULL && (r = stages[i].setup(b, e)) < 0)
			break;
	}
	if (r == 0 || b->jail.dir < 0)
		return r;
	/*
	 * The stage that failed may have got half-way; undoing is idempotent.
	 * A jail that cannot be undone now is the next reader's to clear away.
	 */
	ns_helper_done(&b->helper); /* it sits in the payload */
	(void)undo_from(&b->jail, i < nitems(stages) ? i + 1 : i, &other);
	return r;
}

int
stages_undo(const struct jail *j, struct jerr *e)
{
	return undo_from(j, nitems(stages), e);
}
