/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The jail's first process, between the builder's fork and the warden.
 *
 * It is still root of the host, in new mount and pid namespaces that the
 * host's user namespace owns, so that nobody inside can undo its mounts,
 * whatever capabilities he has there.  Nobody else is in the jail yet: it
 * cannot be entered before the builder says "alive".  A step should do one
 * mount or one change; it must not run anything that lies in the jail.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "build.h"
#include "cleanup.h"
#include "inherit.h"
#include "inside.h"
#include "io.h"
#include "jerr.h"
#include "mnt.h"
#include "ns.h"
#include "path.h"
#include "uapi.h"

/* A forked process keeps a lock alive: let go of it first of all. */
static int
step_locks(struct build *b, struct jerr *e)
{
	(void)e;
	cleanup_close(&b->lock);
	cleanup_close(&b->start_lock);
	cleanup_close(&b->report[0]);
	return 0;
}

static int
step_hide(struct build *b, struct jerr *e)
{
	sigset_t all;
	int r = ns_hide();

	if (r < 0)
		return jerr_sys(e, -r, "dumpable");
	(void)sigfillset(&all);
	if (sigprocmask(SIG_BLOCK, &all, NULL) < 0)
		return jerr_sys(e, errno, "signals");
	(void)umask(022);
	if ((r = inherit_oom(b->proc, "self/oom_score_adj")) < 0)
		return jerr_sys(e, -r, "oom_score_adj");
	return 0;
}

static int
step_private(struct build *b, struct jerr *e)
{
	int r = mnt_private();

	(void)b;
	return r < 0 ? jerr_sys(e, -r, "private mounts") : 0;
}

/*
 * What it inherits is its parent's.  It has no user namespace yet: what is its
 * own, the warden makes in that.
 */
static int
step_stacks(struct build *b, struct jerr *e)
{
	if (b->stacks < 0 ||
	    setns(b->stacks, CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS) == 0)
		return 0;
	return jerr_sys(e, errno, "namespaces of jail %d", b->above.jid);
}

/* Clones are made of mounts of the own namespace: path again, there. */
static int
step_path(struct build *b, struct jerr *e)
{
	const char *path = pset_get(&b->rec.params, P_PATH, 0);
	struct stat was;
	int fd;

	if (fstat(b->path, &was) < 0)
		return jerr_sys(e, errno, "path %s", path);
	if ((fd = path_open_known(b->real, was.st_dev, was.st_ino)) < 0)
		return jerr_sys(e, -fd, "path %s", path);
	close_fd(b->path);
	b->path = fd;
	return 0;
}

static int
step_root(struct build *b, struct jerr *e)
{
	if (pset_bool(&b->rec.params, P_THIN))
		return thin_root(b, e);
	return mount_root(b, e);
}

static int
step_pivot(struct build *b, struct jerr *e)
{
	int r = mnt_pivot(b->root);

	return r < 0 ? jerr_sys(e, -r, "pivot_root") : 0;
}

static int
open_warden(struct jerr *e)
{
	int fd = mnt_clone_program(LIBEXECDIR "/warden");

	return fd < 0 ? jerr_sys(e, -fd, "%s/warden", LIBEXECDIR) : fd;
}

/*
 * Move fds to the numbers from WARDEN_REPORT up, first out of the way of
 * each other, and close all others.  In the place of a -1 there is none.
 */
static int
place_fds(int *fds, size_t n)
{
	size_t i;
	int fd;

	for (i = 0; i < n; i++) {
		if (fds[i] < 0)
			continue;
		if ((fd = fcntl(fds[i], F_DUPFD_CLOEXEC, 64)) < 0)
			return -errno;
		fds[i] = fd;
	}
	for (i = 0; i < n; i++) {
		if (fds[i] < 0)
			(void)close(WARDEN_REPORT + (int)i); /* or it is not */
		else if (dup2(fds[i], WARDEN_REPORT + (int)i) < 0)
			return -errno;
	}
	if (syscall(SYS_close_range, WARDEN_FDS + 1, ~0U, 0) < 0 ||
	    syscall(SYS_close_range, 0, 2, 0) < 0)
		return -errno;
	return 0;
}

static void
warden_flags(const struct pset *params, char *ret)
{
	static const struct {
		uint64_t space;
		char flag;
	} flags[] = {
		{ CLONE_NEWUSER, WARDEN_OWN_USER },
		{ CLONE_NEWUTS, WARDEN_OWN_UTS },
		{ CLONE_NEWIPC, WARDEN_OWN_IPC },
		{ CLONE_NEWNET, WARDEN_OWN_NET },
	};
	uint64_t own = jail_namespaces(params);
	size_t i;

	for (i = 0; i < nitems(flags); i++) {
		if ((own & flags[i].space) != 0)
			*ret++ = flags[i].flag;
	}
	*ret = '\0';
}

/* As exec'd, the warden says of itself which jail's it is. */
static void
exec_warden(struct build *b, int warden, struct jerr *e)
{
	const struct pset *params = &b->rec.params;
	const char *host = pset_get(params, P_HOST_HOSTNAME, 0);
	const char *domain = pset_get(params, P_HOST_DOMAINNAME, 0);
	char title[300], flags[8], h[256], d[256];
	char *argv[] = { title, flags, h, d, NULL }, *envp[] = { NULL };
	int fds[] = {
		[0] = b->report[1],
		[WARDEN_USERNS - WARDEN_REPORT] = b->userns,
		[WARDEN_CGROUPNS - WARDEN_REPORT] = b->cgroupns,
		[WARDEN_DIR - WARDEN_REPORT] = b->jail.dir,
		[WARDEN_EVENTS - WARDEN_REPORT] =
		    openat(b->payload, "cgroup.events", O_RDONLY | O_CLOEXEC),
		[WARDEN_FILE - WARDEN_REPORT] = warden,
	};
	int r;

	(void)snprintf(title, sizeof(title), "jail: %s", build_name(b));
	warden_flags(params, flags);
	(void)snprintf(h, sizeof(h), "%s", host != NULL ? host : "");
	(void)snprintf(d, sizeof(d), "%s", domain != NULL ? domain : "");
	if ((r = place_fds(fds, nitems(fds))) < 0) {
		(void)jerr_sys(e, -r, "descriptors");
		return;
	}
	b->report[1] = WARDEN_REPORT;
	(void)syscall(SYS_execveat, WARDEN_FILE, "", argv, envp, AT_EMPTY_PATH);
	(void)jerr_sys(e, errno, "%s/warden", LIBEXECDIR);
}

static const struct step {
	int (*run)(struct build *b, struct jerr *e);
} steps[] = {
	{ step_locks },
	{ step_hide },
	{ step_private },
	{ step_stacks },
	{ step_path },
	{ step_root },
	{ mount_carried },
	{ mount_all },
};

void
inside_run(void *build)
{
	/* the builder's memory, but our own descriptors: a copy */
	struct build own = *(const struct build *)build, *b = &own;
	struct jerr e = { .err = 0 };
	int warden = -1, r = 0;
	size_t i;

	for (i = 0; r == 0 && i < nitems(steps); i++)
		r = steps[i].run(b, &e);
	if (r == 0)
		r = warden = open_warden(&e); /* while the host's names show */
	if (r >= 0)
		r = step_pivot(b, &e);
	if (r >= 0)
		exec_warden(b, warden, &e);
	(void)io_write(b->report[1], &e, sizeof(e)); /* EOF tells as much */
	_exit(1);
}
