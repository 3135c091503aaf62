/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Jails in the cgroup tree: looking up, listing, and clearing away those
 * that nobody stands for any more.
 *
 * Who is responsible for a jail is told by locks, which the kernel lets go
 * of when their holder dies:
 *	<jid>/cgroup.kill		who builds, changes or removes it
 *	<jid>/payload/cgroup.kill	who starts it (PERSIST_START)
 * A jail whose lock is free and which is not alive is nobody's: whoever can
 * take the lock finishes its removal.  If work follows its end (after.c), the
 * directory stays, without a payload, until that is done.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/jail.h>
#include <sys/stat.h>
#include <unistd.h>

#include "buf.h"
#include "cg.h"
#include "cleanup.h"
#include "core.h"
#include "jerr.h"
#include "nest.h"
#include "uapi.h"
#include "value.h"

void
jail_done(struct jail *j)
{
	close_fd(j->dir);
	j->dir = -1;
}

static int
compare_ints(const void *a, const void *b)
{
	const int *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

ssize_t
jails_numbers(int from, int **ret, struct jerr *e)
{
	int fd = openat(from, ".", O_DIRECTORY | O_RDONLY | O_CLOEXEC);
	DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
	auto_free int *v = NULL;
	struct dirent *d;
	size_t n = 0;
	long jid;

	if (dir == NULL) {
		close_fd(fd);
		return jerr_sys(e, errno, "cgroup jail");
	}
	while ((d = readdir(dir)) != NULL) {
		int *more;

		if (d->d_type != DT_DIR ||
		    value_long(d->d_name, 1, INT32_MAX, &jid) < 0)
			continue;
		if ((more = grow(v, n, sizeof(*v))) == NULL) {
			(void)closedir(dir); /* only read */
			return jerr_sys(e, ENOMEM, "list of jails");
		}
		v = more;
		v[n++] = (int)jid;
	}
	(void)closedir(dir); /* only read */
	if (n > 1)
		qsort(v, n, sizeof(*v), compare_ints);
	*ret = take_ptr(v);
	return (ssize_t)n;
}

ssize_t
jails_list(int jails, int **ret, struct jerr *e)
{
	auto_free int *below = NULL;
	ssize_t n = jails_numbers(jails, ret, e), more;
	bool nest = false;
	int *all;

	if (n < 0 || store_last_jid(jails, &nest) < 0 || !nest)
		return n;
	if ((more = nest_list(jails, &below)) <= 0)
		return more == 0 ? n : jerr_sys(e, (int)-more, "list of jails");
	all = realloc(*ret, (size_t)(n + more) * sizeof(*all));
	if (all == NULL)
		return jerr_sys(e, ENOMEM, "list of jails");
	memcpy(&all[n], below, (size_t)more * sizeof(*all));
	qsort(all, (size_t)(n + more), sizeof(*all), compare_ints);
	*ret = all;
	return n + more;
}

/* The directory of a jail. */
static int
open_dir(int jails, int jid, int *ret_parent)
{
	char name[16];
	int fd;

	(void)snprintf(name, sizeof(name), "%d", jid);
	*ret_parent = 0;
	fd = cg_open(jails, name);
	return fd == -ENOENT ? nest_open(jails, jid, ret_parent) : fd;
}

int
jail_open(int jails, int jid, struct jail *ret)
{
	struct jail j = JAIL_INIT;
	struct stat st;

	j.jid = jid;
	if ((j.dir = open_dir(jails, jid, &j.parent)) < 0)
		return j.dir;
	if (fstat(j.dir, &st) < 0) {
		jail_done(&j);
		return -errno;
	}
	j.id = st.st_ino; /* as cg_id() */
	j.is_parent = st.st_nlink > 3; /* as nest_is_parent() */
	*ret = j;
	return 0;
}

int
jail_unreadable(int jid, struct jerr *e)
{
	return jerr(e, EPROTO,
	    "jail %d was made by another version of this program: "
	    "remove it (jail -R %d) or use that version",
	    jid, jid);
}

bool
jail_is_there(const struct jail *j)
{
	auto_close int jails = -1;
	auto_jail struct jail now = JAIL_INIT;
	struct jerr e;

	return (jails = jails_dir(false, &e)) >= 0 &&
	       jail_open(jails, j->jid, &now) == 0 && now.id == j->id;
}

int
jail_ask_alive(const struct jail *j)
{
	enum jail_state state;
	int r = store_state(j->dir, &state);

	if (r < 0)
		return r;
	return state == JAIL_ALIVE ? cg_populated(j->dir) : 0;
}

bool
jail_is_alive(const struct jail *j)
{
	return jail_ask_alive(j) == 1;
}

int
jail_find(int jid, bool dying, struct jail *ret, struct jerr *e)
{
	auto_close int jails = jails_dir(false, e);
	struct jail j = JAIL_INIT;
	enum jail_state state;

	if (jails < 0 && jails != -ENOENT)
		return jails;
	if (jails < 0 || jail_open(jails, jid, &j) < 0)
		return jerr(e, ENOENT, "jail %d not found", jid);
	if (!dying && !jail_is_alive(&j)) {
		bool ending =
		    store_state(j.dir, &state) == 0 && state == JAIL_ENDING;

		jail_done(&j);
		return jerr(e, ENOENT,
		    ending ? "jail %d is dying" : "jail %d not found", jid);
	}
	*ret = j;
	return 0;
}

int
jail_warden(const struct jail *j, pid_t *ret_pid, int *ret_pidfd)
{
	auto_free pid_t *pids = NULL, *again = NULL;
	auto_close int pidfd = -1;
	ssize_t n;

	if ((n = cg_procs(j->dir, &pids)) <= 0)
		return n < 0 ? (int)n : -ESRCH;
	if ((pidfd = sys_pidfd_open(pids[0])) < 0)
		return -errno;
	/* the pid may have become somebody else's before it was opened */
	if ((n = cg_procs(j->dir, &again)) <= 0 || again[0] != pids[0])
		return n < 0 ? (int)n : -ESRCH;
	*ret_pid = pids[0];
	*ret_pidfd = take_fd(&pidfd);
	return 0;
}

bool
jail_is_kept(const struct jail *j, enum jail_persist persist)
{
	auto_close int payload = -1;

	if (persist != PERSIST_NO)
		return persist == PERSIST_YES;
	/* in doubt (it is just going) it is */
	payload = cg_open(j->dir, "payload");
	return payload < 0 || cg_populated(payload) != 0 || j->is_parent;
}

/*
 * A living jail that nobody keeps: the start lock is free, so whoever held it
 * up for a start has died, and the start with him: what it began is undone,
 * whatever already runs.  Or who made it end by itself died before the warden
 * could hear of it.
 */
static void
drop_abandoned(const struct jail *j)
{
	enum jail_persist persist;
	struct jerr e;

	if (store_persist(j->dir, &persist) < 0 || jail_is_kept(j, persist))
		return;
	if (persist != PERSIST_NO && jail_ask_start(j) != START_ABANDONED)
		return;
	(void)jail_destroy_locked(j, &e); /* the next one will */
}

void
jail_reap(int jails, int jid)
{
	auto_jail struct jail j = JAIL_INIT;
	auto_close int lock = -1, above = -1;
	struct jerr e;
	int r;

	if (jail_open(jails, jid, &j) < 0)
		return;
	/* what follows a jail's end is not for every reader to do */
	if (jail_is_removed(&j) && store_after(j.dir) >= 0) {
		jail_rescue(jails, &j);
		return;
	}
	if ((lock = cg_lock(j.dir, true)) < 0)
		return;
	if ((r = jail_ask_alive(&j)) == 1) {
		drop_abandoned(&j);
		return;
	}
	/* when in doubt (no memory, no descriptors) it lives */
	if (r < 0 && r != -ENODATA)
		return;
	/* whoever starts it has yet to say whether anything follows this end */
	if (r == 0 && store_after(j.dir) >= 0 &&
	    jail_ask_start(&j) == START_HELD)
		return;
	/*
	 * No record: its builder holds the lock of jail/ until there is one
	 * and may be waiting for the lock that we hold.
	 */
	if (r == -ENODATA && (above = cg_lock(jails, true)) < 0)
		return;
	r = jail_destroy_locked(&j, &e); /* the next one will */
	cleanup_close(&above);
	cleanup_close(&lock);
	if (r == 1)
		jail_rescue(jails, &j);
}

/* ---- reading ---- */

int
jail_read(
    const struct jail *j, bool hidden, struct record *ret, bool *ret_alive)
{
	struct record rec;
	int r;

	if ((r = store_read(j->dir, hidden, &rec)) < 0)
		return r;
	rec.parent = j->parent;
	*ret_alive = rec.state == JAIL_ALIVE && cg_populated(j->dir) == 1;
	*ret = rec;
	return 0;
}

int
jail_look(int jails, int jid, bool hidden, struct record *ret, bool *ret_alive)
{
	auto_jail struct jail j = JAIL_INIT;
	int r;

	/* only to be read: its id does not matter */
	if ((j.dir = open_dir(jails, jid, &j.parent)) < 0)
		return j.dir;
	r = jail_read(&j, hidden, ret, ret_alive);
	if ((r == 0 && *ret_alive && jail_is_kept(&j, ret->persist)) ||
	    geteuid() != 0)
		return r;
	if (r == 0)
		record_done(ret);
	jail_reap(jails, jid);
	/* by its name again: it may have gone by that */
	jail_done(&j);
	if ((j.dir = open_dir(jails, jid, &j.parent)) < 0)
		return j.dir;
	return jail_read(&j, hidden, ret, ret_alive);
}

int
jail_read_other(int jails, int jid, struct record *ret, struct jerr *e)
{
	auto_jail struct jail j = JAIL_INIT;
	int r = jail_open(jails, jid, &j);

	if (r == -ENOENT)
		return 0;
	if (r == 0)
		r = store_read(j.dir, false, ret);
	if (r == -EPROTO)
		r = store_head(j.dir, ret);
	if (r == -ENODATA)
		return 0;
	if (r == 0)
		ret->parent = j.parent;
	if (r == -EPROTO)
		return jail_unreadable(jid, e);
	return r < 0 ? jerr_sys(e, -r, "record of jail %d", jid) : 1;
}
