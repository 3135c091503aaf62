/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Stopping and removing jails.
 *
 * "dying" is written first: who joins the cgroup after that sees it and
 * leaves.  A process that joined between the kill and the rmdir makes the
 * rmdir fail with EBUSY, and everything is done again.
 */
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>

#include "cg.h"
#include "build.h"
#include "cleanup.h"
#include "core.h"
#include "jerr.h"
#include "uapi.h"

#define TRIES 100

int
jail_destroy_locked(const struct jail *j, struct jerr *e)
{
	int i, r = -EBUSY;

	for (i = 0; r == -EBUSY && i < TRIES; i++)
		r = stages_undo(j, e);
	return r;
}

int
jail_destroy(struct jail *j, struct jerr *e)
{
	auto_close int lock = cg_lock(j->dir, false);
	struct jail now = JAIL_INIT;
	int r;

	if (lock == -ENODEV || lock == -ENOENT)
		return 0; /* gone meanwhile */
	if (lock < 0)
		return jerr_sys(e, -lock, "lock of jail %d", j->jid);
	/* whoever held the lock may have removed it, or the jid is reused */
	if ((r = jail_find(j->jid, true, &now, e)) < 0)
		return r == -ENOENT ? 0 : r;
	r = now.id == j->id ? jail_destroy_locked(j, e) : 0;
	jail_done(&now);
	return r;
}

static bool
is_in(pid_t pid, const pid_t *pids)
{
	for (; *pids != 0; pids++) {
		if (*pids == pid)
			return true;
	}
	return false;
}

/*
 * Send sig to those of pids that are in the cgroup.  A pid may become
 * somebody else's at any time: it is pinned first, then looked for again.
 */
static int
signal_members(int cgroup, const pid_t *pids, size_t n, int sig)
{
	auto_free int *pidfds = calloc(n + 1, sizeof(*pidfds));
	auto_free pid_t *now = NULL;
	ssize_t r;
	size_t i;

	if (pidfds == NULL)
		return -ENOMEM;
	for (i = 0; i < n; i++)
		pidfds[i] = sys_pidfd_open(pids[i]);
	r = cg_procs(cgroup, &now);
	for (i = 0; i < n; i++) {
		if (r > 0 && pidfds[i] >= 0 && is_in(pids[i], now))
			(void)sys_pidfd_send_signal(pidfds[i], sig); /* ESRCH */
		close_fd(pidfds[i]);
	}
	return r < 0 ? (int)r : 0;
}

int
jail_stop(const struct jail *j, int timeout, pid_t **ret_pids, struct jerr *e)
{
	auto_close int payload = cg_open(j->dir, "payload");
	auto_free pid_t *pids = NULL;
	ssize_t n;
	int r;

	if (payload < 0 || (n = cg_procs(payload, &pids)) < 0)
		return jerr(e, ENOENT, "jail %d not found", j->jid);
	if ((r = signal_members(payload, pids, (size_t)n, SIGTERM)) < 0)
		return jerr_sys(e, -r, "processes of jail %d", j->jid);
	if (ret_pids != NULL)
		*ret_pids = take_ptr(pids);
	r = cg_wait_empty(
	    payload, timeout > 2000000 ? 2000000000 : timeout * 1000, -1);
	return r == -ENOENT || r == -ENODEV ? 1 : r;
}
