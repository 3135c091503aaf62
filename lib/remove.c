/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Stopping and removing jails.
 *
 * "dying" is written first: who joins the cgroup after that sees it and
 * leaves.  A process that joined between the kill and the rmdir makes the
 * rmdir fail with EBUSY, and everything is done again.
 *
 * Where work follows the end (after.c), the directory stays for its record.
 */
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <time.h>

#include "cg.h"
#include "build.h"
#include "cleanup.h"
#include "core.h"
#include "jerr.h"
#include "uapi.h"

#define TRIES 100
#define PAUSE_MAX 32000000 /* ns between two looks at a lock */

bool
jail_is_removed(const struct jail *j)
{
	auto_close int payload = cg_open(j->dir, "payload");
	enum jail_state state;

	return payload == -ENOENT && store_state(j->dir, &state) == 0 &&
	       state == JAIL_ENDING;
}

int
jail_lock(const struct jail *j)
{
	struct timespec pause = { .tv_nsec = 500000 };
	auto_close int fd = -1;

	/*
	 * Whoever removes it goes on to what follows with the same lock: not
	 * flock()'s own waiting, which would be for that, too.
	 */
	while ((fd = cg_lock(j->dir, true)) == -EAGAIN) {
		if (jail_is_removed(j))
			return -ENOENT;
		(void)nanosleep(&pause, NULL); /* less is no harm */
		if (pause.tv_nsec < PAUSE_MAX)
			pause.tv_nsec *= 2;
	}
	if (fd < 0)
		return fd == -ENODEV ? -ENOENT : fd;
	/* whoever held the lock may have removed it, or the jid is reused */
	return jail_is_there(j) ? take_fd(&fd) : -ENOENT;
}

enum jail_start
jail_ask_start(const struct jail *j)
{
	auto_close int payload = -1, lock = -1;
	enum jail_persist persist;

	if (store_persist(j->dir, &persist) < 0 ||
	    (persist != PERSIST_START && persist != PERSIST_START_STAY))
		return START_OVER;
	/* without a payload the removal was decided by one who knew */
	if ((payload = cg_open(j->dir, "payload")) < 0)
		return START_OVER;
	lock = cg_lock(payload, true);
	return lock >= 0 ? START_ABANDONED : START_HELD;
}

int
jail_destroy_locked(const struct jail *j, struct jerr *e)
{
	struct jail again = *j;
	int i, r = -EBUSY;
	bool follows;

	/* it is as if it had never been started */
	if (jail_ask_start(j) == START_ABANDONED)
		(void)store_drop_after(j->dir); /* ENODEV: it has gone */
	follows = store_after(j->dir) >= 0;
	again.is_parent = true; /* somebody may have made a child meanwhile */
	for (i = 0; r == -EBUSY && i < TRIES; i++)
		r = stages_undo(i == 0 ? j : &again, e);
	return r < 0 ? r : follows;
}

int
jail_end(const struct jail *j, int *ret_lock, struct jerr *e)
{
	auto_close int lock = jail_lock(j);
	int r;

	if (lock < 0)
		return lock == -ENOENT
			   ? 0
			   : jerr_sys(e, -lock, "lock of jail %d", j->jid);
	if ((r = jail_destroy_locked(j, e)) == 1)
		*ret_lock = take_fd(&lock);
	return r < 0 ? r : 0;
}

int
jail_destroy(const struct jail *j, struct jerr *e)
{
	auto_close int lock = -1;

	return jail_end(j, &lock, e);
}

int
jail_drop(const struct jail *j, struct jerr *e)
{
	auto_close int lock = jail_lock(j);
	int r;

	if (lock < 0)
		return lock == -ENOENT
			   ? 0
			   : jerr_sys(e, -lock, "lock of jail %d", j->jid);
	if ((r = store_drop_after(j->dir)) < 0)
		return jerr_sys(e, -r, "record of jail %d", j->jid);
	return jail_destroy_locked(j, e);
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
jail_stop(const struct jail *j, pid_t **ret_pids, struct jerr *e)
{
	auto_close int payload = cg_open(j->dir, "payload"), events = -1;
	auto_free pid_t *pids = NULL;
	ssize_t n;
	int r;

	if (payload < 0 || (events = cg_events(payload)) < 0 ||
	    (n = cg_procs(payload, &pids)) < 0)
		return jerr(e, ENOENT, "jail %d not found", j->jid);
	if ((r = signal_members(payload, pids, (size_t)n, SIGTERM)) < 0)
		return jerr_sys(e, -r, "processes of jail %d", j->jid);
	if (ret_pids != NULL)
		*ret_pids = take_ptr(pids);
	return take_fd(&events);
}
