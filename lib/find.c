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
jails_list(int jails, int **ret, struct jerr *e)
{
	int fd = openat(jails, ".", O_DIRECTORY | O_RDONLY | O_CLOEXEC);
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

int
jail_open(int jails, int jid, struct jail *ret)
{
	char name[16];
	struct jail j = JAIL_INIT;
	int r;

	(void)snprintf(name, sizeof(name), "%d", jid);
	j.jid = jid;
	if ((j.dir = cg_open(jails, name)) < 0)
		return j.dir;
	if ((r = cg_id(j.dir, &j.id)) < 0) {
		jail_done(&j);
		return r;
	}
	*ret = j;
	return 0;
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
	return payload < 0 || cg_populated(payload) != 0;
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

	/* what follows a jail's end is not for every reader to do */
	if (jail_open(jails, jid, &j) < 0 ||
	    (jail_is_removed(&j) && store_after(j.dir) >= 0) ||
	    (lock = cg_lock(j.dir, true)) < 0)
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
	(void)jail_destroy_locked(&j, &e); /* the next one will */
}

/* ---- allocation ---- */

struct taken {
	const char *name; /* the wanted one, or NULL */
	int jid; /* the wanted one, or 0 */
	uint32_t *ranges; /* in use, nranges of them */
	size_t nranges;
};

/* What one existing jail takes away from the new one. */
static int
take_account(int jails, int jid, struct taken *t, struct jerr *e)
{
	auto_jail struct jail j = JAIL_INIT;
	struct record rec;
	const char *name;
	char number[16];
	int r;

	if (jail_open(jails, jid, &j) < 0)
		return 0;
	r = store_read(j.dir, false, &rec);
	if (r == -ENODATA)
		return 0;
	if (r == -EPROTO)
		return jerr(e, EPROTO,
		    "jail %d was made by another version of this program: "
		    "remove it (jail -R %d) or use that version",
		    jid, jid);
	if (r < 0)
		return jerr_sys(e, -r, "record of jail %d", jid);
	t->ranges[t->nranges++] = rec.idmap;
	(void)snprintf(number, sizeof(number), "%d", jid);
	name = pset_get(&rec.params, P_NAME, 0);
	if (t->name != NULL && rec.state != JAIL_ENDING &&
	    strcmp(t->name, name != NULL ? name : number) == 0)
		r = -EEXIST;
	record_done(&rec);
	if (r == -EEXIST) {
		/* it may have ended by itself, or its builder died */
		jail_done(&j);
		jail_reap(jails, jid);
		if (jail_open(jails, jid, &j) == 0 &&
		    store_state(j.dir, &rec.state) == 0 &&
		    rec.state != JAIL_ENDING)
			return jerr(
			    e, EEXIST, "jail \"%s\" already exists", t->name);
	}
	return 0;
}

/* A wanted jid that is there: living, or dying and cleared away if it can. */
static int
check_wanted_jid(int jails, int jid, struct jerr *e)
{
	auto_jail struct jail j = JAIL_INIT;

	jail_reap(jails, jid);
	if (jail_open(jails, jid, &j) < 0)
		return 0;
	if (jail_is_alive(&j))
		return jerr(e, EEXIST, "jail %d already exists", jid);
	return jerr(e, EAGAIN, "jail %d is dying", jid);
}

/* The next jid after the last one given out that is free. */
static int
next_jid(int jails, const int *used, size_t n, struct jerr *e)
{
	int last = store_last_jid(jails), i, jid;

	if (last < 0)
		return jerr_sys(e, -last, "last jid");
	for (i = 1; i <= JAIL_MAX; i++) {
		jid = (last + i - 1) % JAIL_MAX + 1;
		if (n == 0 || used == NULL ||
		    bsearch(&jid, used, n, sizeof(*used), compare_ints) == NULL)
			return jid;
	}
	return jerr(e, EAGAIN, "no available jail IDs");
}

/* Make the directory, take its lock and write the first record. */
static int
settle(int jails, int jid, struct record *rec, struct jail *ret, int *ret_lock,
    struct jerr *e)
{
	char name[16];
	auto_jail struct jail j = JAIL_INIT;
	auto_close int lock = -1;
	int r;

	(void)snprintf(name, sizeof(name), "%d", jid);
	if ((r = cg_mkdir(jails, name)) < 0)
		return r == -ENOENT || r == -ENODEV
			   ? -ESTALE
			   : jerr_sys(e, -r, "cgroup jail/%s", name);
	if ((r = jail_open(jails, jid, &j)) < 0)
		r = jerr_sys(e, -r, "cgroup jail/%s", name);
	else if ((lock = cg_lock(j.dir, false)) < 0)
		r = jerr_sys(e, -lock, "lock of jail %d", jid);
	else if ((r = pset_put(&rec->params, P_JID, name)) < 0 ||
		 (r = store_write(j.dir, rec)) < 0)
		r = jerr_sys(e, -r, "record of jail %d", jid);
	if (r < 0) {
		(void)unlinkat(jails, name, AT_REMOVEDIR); /* still empty */
		return r;
	}
	*ret = j;
	j.dir = -1;
	*ret_lock = take_fd(&lock);
	return 0;
}

static int
allocate(struct record *rec, struct jail *ret, int *ret_lock, struct jerr *e)
{
	auto_close int lock = -1, jails = jails_locked(&lock, e);
	auto_free int *jids = NULL;
	auto_free uint32_t *ranges = NULL;
	struct taken t = { .name = pset_get(&rec->params, P_NAME, 0) };
	int jid = (int)pset_int(&rec->params, P_JID), r;
	ssize_t n, i;

	if (jails < 0)
		return jails;
	if (jid > 0 && (r = check_wanted_jid(jails, jid, e)) < 0)
		return r;
	if ((n = jails_list(jails, &jids, e)) < 0)
		return (int)n;
	if ((ranges = calloc((size_t)n + 1, sizeof(*ranges))) == NULL)
		return jerr_sys(e, ENOMEM, "list of jails");
	t.ranges = ranges;
	for (i = 0; jids != NULL && i < n; i++) {
		if ((r = take_account(jails, jids[i], &t, e)) < 0)
			return r;
	}
	if ((r = idmap_choose(t.ranges, t.nranges, &rec->idmap, e)) < 0)
		return r;
	if (jid == 0) {
		if ((jid = next_jid(jails, jids, (size_t)n, e)) < 0)
			return jid;
		/* first, so that a jid is not soon given out again */
		if ((r = store_set_last_jid(jails, jid)) < 0)
			return jerr_sys(e, -r, "last jid");
	}
	return settle(jails, jid, rec, ret, ret_lock, e);
}

int
jail_allocate(
    struct record *rec, struct jail *ret, int *ret_lock, struct jerr *e)
{
	int r, tries = 0;

	do
		r = allocate(rec, ret, ret_lock, e);
	while (r == -ESTALE && ++tries < 100);
	return r == -ESTALE ? jerr_sys(e, ESTALE, "cgroup jail") : r;
}
