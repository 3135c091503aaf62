/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What follows a jail's end on the host: said beforehand, and done once.
 *
 * An attribute of <jid>/ (store_after()) says that there is such work, and
 * how far it has come; while it is there, the removal of the jail leaves the
 * directory behind.  Whoever holds the jail's lock then does the work: who
 * removed the jail, its keeper, or, where both were killed, the next jail(8),
 * which finds it by a list on jail/ (store_kept()).
 *
 * The list is changed under the lock of jail/.  A jid is on it from before
 * the attribute is there until no directory has that jid any more and its
 * keeper, who takes it off, does not wait: one too many is all that can go
 * wrong.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "after.h"
#include "buf.h"
#include "cg.h"
#include "cleanup.h"
#include "core.h"
#include "face.h"
#include "io.h"
#include "jerr.h"
#include "nest.h"
#include "ns.h"
#include "taken.h"

int
after_dir(const char *name, struct jerr *e)
{
	auto_close int jails = jails_dir(true, e);
	int fd;

	if (jails < 0)
		return jails;
	if ((fd = cg_mkdir(jails, name)) < 0 && fd != -EEXIST)
		return jerr_sys(e, -fd, "cgroup jail/%s", name);
	fd = cg_open(jails, name);
	return fd < 0 ? jerr_sys(e, -fd, "cgroup jail/%s", name) : fd;
}

/* ---- the list ---- */

static int
list_jid(int jid, struct jerr *e)
{
	auto_close int jails = jails_dir(true, e), lock = -1;
	auto_free int *v = NULL;
	ssize_t n, i;
	int r;

	if (jails < 0)
		return jails;
	if ((lock = cg_lock(jails, false)) < 0)
		return jerr_sys(e, -lock, "lock of the jails");
	if ((n = store_kept(jails, &v)) < 0)
		return jerr_sys(e, (int)-n, "list of kept jails");
	for (i = 0; i < n; i++) {
		if (v[i] == jid)
			return 0;
	}
	v[n] = jid;
	r = store_set_kept(jails, v, (size_t)n + 1);
	return r < 0 ? jerr_sys(e, -r, "list of kept jails") : 0;
}

static bool
is_directory(int jails, int jid)
{
	char name[16];
	struct stat st;

	(void)snprintf(name, sizeof(name), "%d", jid);
	return fstatat(jails, name, &st, AT_SYMLINK_NOFOLLOW) == 0 ||
	       nest_has(jails, jid);
}

/*
 * Off the list is what has gone and is not waited for: no keeper waits for a
 * jail that is not on it, so that as many keepers as jails are all of them.
 */
static void
unlist(bool (*stays)(int jails, int jid, const void *arg), const void *arg)
{
	struct jerr e;
	auto_close int jails = jails_dir(false, &e), lock = -1;
	auto_free int *v = NULL;
	ssize_t n, i, left = 0;

	if (jails < 0 || (lock = cg_lock(jails, false)) < 0 ||
	    (n = store_kept(jails, &v)) <= 0)
		return;
	for (i = 0; i < n; i++) {
		if (is_directory(jails, v[i]) || stays(jails, v[i], arg))
			v[left++] = v[i];
	}
	if (left < n)
		(void)store_set_kept(jails, v, (size_t)left); /* the next one */
}

static bool
is_other(int jails, int jid, const void *arg)
{
	(void)jails;
	return jid != *(const int *)arg;
}

void
jail_unlist(int jid)
{
	unlist(is_other, &jid);
}

/* Does its keeper wait, or just leave?  When in doubt it does. */
static bool
is_awaited(int jails, int jid, const void *arg)
{
	auto_close int dir = cg_open(jails, "keeper"), proc = ns_proc();
	auto_free pid_t *pids = NULL;
	char file[32], name[32], want[32];
	ssize_t n = dir < 0 ? 0 : cg_procs(dir, &pids), i, r;

	(void)arg;
	(void)snprintf(want, sizeof(want), KEEPER_NAME "\n", jid);
	for (i = 0; i < n; i++) {
		(void)snprintf(file, sizeof(file), "%d/comm", (int)pids[i]);
		r = io_readat(proc, file, name, sizeof(name));
		if (r == -ENOENT || r == -ESRCH)
			continue; /* it has ended */
		/* one that is new has no name yet */
		if (r < 0 || strcmp(name, want) == 0 ||
		    strncmp(name, KEEPER_MARK, strlen(KEEPER_MARK)) != 0)
			return true;
	}
	return n < 0;
}

/* ---- before the end ---- */

static int
set_work(const struct jail *j, struct jerr *e)
{
	auto_close int lock = jail_lock(j);
	int r;

	if (lock < 0 || !jail_is_alive(j))
		return jerr(e, ENOENT, "jail %d is dying", j->jid);
	if (store_after(j->dir) >= 0)
		return jerr(e, EEXIST, "jail %d has a keeper", j->jid);
	r = store_set_after(j->dir, 0);
	return r < 0 ? jerr_sys(e, -r, "record of jail %d", j->jid) : 0;
}

static int
keep(int jid, uint64_t id, jailx_keeper *fn, void *arg, struct jerr *e)
{
	auto_jail struct jail j = JAIL_INIT;
	auto_close int lock = -1;
	int r;

	if (geteuid() != 0)
		return jerr(e, EPERM, "jail_set: Operation not permitted");
	if ((r = jail_find(jid, false, &j, e)) < 0)
		return r;
	if (j.id != id)
		return jerr(e, ENOENT, "jail %d not found", jid);
	/* no lock is held across the fork: a child would keep it */
	if ((r = list_jid(jid, e)) < 0 || (r = set_work(&j, e)) < 0)
		return r;
	if ((r = keeper_start(&j, fn, arg, e)) == 0)
		return 0;
	if ((lock = jail_lock(&j)) >= 0)
		(void)store_drop_after(j.dir); /* it has gone then */
	return r;
}

API int
jailx_keep(int jid, uint64_t id, jailx_keeper *fn, void *arg)
{
	struct jerr e;

	return face(keep(jid, id, fn, arg, &e), &e);
}

API int
jailx_end(int jid, uint64_t id, int *ret_lock)
{
	auto_jail struct jail j = JAIL_INIT;
	struct jerr e;
	int lock = -1, r = 0;

	if (geteuid() != 0)
		return face(
		    jerr(&e, EPERM, "jail_remove: Operation not permitted"),
		    &e);
	if (jail_find(jid, true, &j, &e) == 0 && j.id == id)
		r = jail_end(&j, &lock, &e);
	if (r == 0)
		*ret_lock = lock;
	return face(r, &e);
}

/* ---- after it ---- */

/* The jail that lock is of, if it is this one. */
static int
open_locked(int jid, uint64_t id, int lock, struct jail *ret, struct jerr *e)
{
	auto_jail struct jail j = JAIL_INIT;
	struct stat of_jail, of_lock;
	int r;

	if ((r = jail_find(jid, true, &j, e)) < 0)
		return r;
	if (j.id != id ||
	    fstatat(j.dir, "cgroup.kill", &of_jail, AT_SYMLINK_NOFOLLOW) < 0)
		return jerr(e, ENOENT, "jail %d not found", jid);
	if (fstat(lock, &of_lock) < 0 || of_lock.st_ino != of_jail.st_ino)
		return jerr(e, EINVAL, "not the lock of jail %d", jid);
	*ret = j;
	j.dir = -1;
	return 0;
}

static int
mark(int jid, uint64_t id, int lock, int n, struct jerr *e)
{
	auto_jail struct jail j = JAIL_INIT;
	int r, done;

	if ((r = open_locked(jid, id, lock, &j, e)) < 0)
		return r;
	if ((done = store_after(j.dir)) < 0 && done != -ENODATA)
		return jerr_sys(e, -done, "record of jail %d", jid);
	/* without an attribute nothing is to follow */
	if (done < 0 || n <= done)
		return 0;
	r = store_set_after(j.dir, n);
	return r < 0 ? jerr_sys(e, -r, "record of jail %d", jid) : 1;
}

API int
jailx_mark(int jid, uint64_t id, int lock, int n)
{
	struct jerr e;

	return face(mark(jid, id, lock, n, &e), &e);
}

static int
give_back(int jid, uint64_t id, int lock, struct jerr *e)
{
	auto_jail struct jail j = JAIL_INIT;
	int r;

	if ((r = open_locked(jid, id, lock, &j, e)) < 0)
		return r == -ENOENT ? 0 : r;
	return taken_give_jail(&j, e);
}

API int
jailx_give_back(int jid, uint64_t id, int lock)
{
	struct jerr e;

	return face(give_back(jid, id, lock, &e), &e);
}

static int
forget(int jid, uint64_t id, int fd, struct jerr *e)
{
	auto_close int lock = fd;
	auto_jail struct jail j = JAIL_INIT;
	int r;

	if ((r = open_locked(jid, id, lock, &j, e)) < 0)
		return r == -ENOENT ? 0 : r;
	if ((r = store_drop_after(j.dir)) < 0)
		return jerr_sys(e, -r, "record of jail %d", jid);
	r = jail_destroy_locked(&j, e);
	return r;
}

API int
jailx_forget(int jid, uint64_t id, int lock)
{
	struct jerr e;

	return face(forget(jid, id, lock, &e), &e);
}

/* ---- without a keeper ---- */

/* As many as there are jails on the list: none was killed. */
static bool
are_complete(int jails, size_t n)
{
	auto_close int dir = cg_open(jails, "keeper");
	auto_free pid_t *pids = NULL;

	return dir >= 0 && cg_procs(dir, &pids) >= (ssize_t)n;
}

/* Had it a keeper for nothing but what was taken from the host? */
static bool
is_kept_for_taken(const struct jail *j)
{
	bool taken = taken_is(j->dir);
	struct record rec;
	bool is;

	if (store_read(j->dir, true, &rec) < 0)
		return false;
	is = (taken || pset_count(&rec.params, P_VNET_INTERFACE) > 0) &&
	     pset_count(&rec.params, P_EXEC_POSTSTOP) == 0 &&
	     pset_count(&rec.params, P_EXEC_RELEASE) == 0;
	record_done(&rec);
	return is;
}

void
jail_rescue(int jails, const struct jail *j)
{
	auto_close int lock = -1;
	auto_free int *v = NULL;
	struct jerr e;
	bool only;
	ssize_t n;

	only = is_kept_for_taken(j);
	if ((!only && !taken_is(j->dir)) || (n = store_kept(jails, &v)) < 0 ||
	    are_complete(jails, (size_t)n) ||
	    (lock = cg_lock(j->dir, true)) < 0 || !jail_is_there(j) ||
	    taken_give_jail(j, &e) < 0 || !only || store_drop_after(j->dir) < 0)
		return;
	(void)jail_destroy_locked(j, &e); /* the next one will */
}

/* True: maybe no directory has this jid any more. */
static bool
take_over(int jails, int jid, jailx_keeper *fn, void *arg)
{
	auto_jail struct jail j = JAIL_INIT;
	auto_close int lock = -1;
	struct jerr e;

	if (jail_open(jails, jid, &j) < 0)
		return !is_directory(jails, jid);
	/* a free lock: neither a remover nor a keeper is at it */
	if (store_after(j.dir) < 0 || jail_ask_alive(&j) != 0 ||
	    jail_ask_start(&j) == START_HELD ||
	    (lock = cg_lock(j.dir, true)) < 0 || !jail_is_there(&j) ||
	    jail_destroy_locked(&j, &e) != 1)
		return false;
	fn(jid, j.id, take_fd(&lock), arg);
	return true;
}

static int
unfinished(jailx_keeper *fn, void *arg, struct jerr *e)
{
	auto_close int jails = jails_dir(false, e);
	auto_free int *v = NULL;
	bool stale = false;
	ssize_t n, i;

	if (jails < 0)
		return jails == -ENOENT ? 0 : jails;
	taken_sweep(jails);
	if ((n = store_kept(jails, &v)) < 0)
		return jerr_sys(e, (int)-n, "list of kept jails");
	if (n == 0 || are_complete(jails, (size_t)n))
		return 0;
	for (i = 0; i < n; i++)
		stale |= take_over(jails, v[i], fn, arg);
	if (stale)
		unlist(is_awaited, NULL);
	return 0;
}

API int
jailx_unfinished(jailx_keeper *fn, void *arg)
{
	struct jerr e;

	return face(unfinished(fn, arg, &e), &e);
}
