/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A new jail gets its jid, name, id range and cgroup, under the lock of jail/
 * and without a look at the other jails.
 *
 * Whoever is killed here leaves, by the step that he came to: ids that are in
 * no run until the next search finds them free; a jid passed over; a hint
 * that leads nowhere; a cgroup without a record, or one that says "creating"
 * and whose lock is free, which jail_reap() clears away.  So each step comes
 * before the one that relies on it.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/jail.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cg.h"
#include "cleanup.h"
#include "core.h"
#include "above.h"
#include "jerr.h"
#include "nest.h"

#define TRIES 100

/* ---- ids ---- */

/* The id ranges of all jails there are, to be freed.  Returns how many. */
static ssize_t
used_ranges(int jails, uint32_t **ret, struct jerr *e)
{
	auto_free uint32_t *used = NULL;
	auto_free int *jids = NULL;
	ssize_t n = jails_list(jails, &jids, e), i, count = 0;
	int r;

	if (n < 0)
		return n;
	if ((used = calloc((size_t)n + 1, sizeof(*used))) == NULL)
		return jerr_sys(e, ENOMEM, "id ranges");
	for (i = 0; jids != NULL && i < n; i++) {
		struct record rec;

		if ((r = jail_read_other(jails, jids[i], &rec, e)) < 0)
			return r;
		if (r == 0)
			continue;
		used[count++] = rec.idmap;
		record_done(&rec);
	}
	*ret = take_ptr(used);
	return count;
}

static int
take_range(int jails, uint32_t *ret, struct jerr *e)
{
	auto_free uint32_t *used = NULL;
	struct id_run run = { 0 };
	ssize_t n;
	int r;

	/* a run that is missing or cannot be read is one that is used up */
	(void)store_run(jails, &run);
	if ((r = idmap_take(&run, ret, e)) == 0) {
		if ((n = used_ranges(jails, &used, e)) < 0)
			return (int)n;
		if ((r = idmap_find_run(used, (size_t)n, &run, e)) == 0)
			r = idmap_take(&run, ret, e);
	}
	if (r < 0)
		return r;
	if ((r = store_set_run(jails, &run)) < 0)
		return jerr_sys(e, -r, "id ranges");
	return 0;
}

/*
 * A jail that has no ids of its own passes over a range, for nobody: that the
 * run is used up is also when all jails are looked at.
 */
static int
take_ids(int jails, struct record *rec, struct jerr *e)
{
	uint32_t nobodys;

	rec->idmap = 0;
	if (idmap_is_own(&rec->params))
		return take_range(jails, &rec->idmap, e);
	(void)take_range(jails, &nobodys, e); /* needs none */
	return 0;
}

/*
 * Nobody need have looked since a jail ended by itself.  So that such do not
 * pile up, they are cleared away once in a while: before a run is searched.
 * Without the lock, which others would have to wait for.
 */
static void
clear_away(int jails)
{
	auto_free int *jids = NULL;
	struct id_run run;
	struct record rec;
	struct jerr e;
	ssize_t n, i;
	bool alive;

	if (store_run(jails, &run) == 0 && run.next < run.end)
		return;
	n = jails_list(jails, &jids, &e);
	for (i = 0; i < n; i++) {
		if (jail_look(jails, jids[i], false, &rec, &alive) == 0)
			record_done(&rec);
	}
}

/* ---- jid ---- */

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
next_jid(int jails, bool *ret_nest, struct jerr *e)
{
	int last = store_last_jid(jails, ret_nest), i, jid;
	char name[16];

	if (last < 0)
		return jerr_sys(e, -last, "last jid");
	last %= JAIL_MAX;
	for (i = 0; i < JAIL_MAX; i++) {
		jid = (last + i) % JAIL_MAX + 1;
		(void)snprintf(name, sizeof(name), "%d", jid);
		if (faccessat(jails, name, F_OK, 0) == 0)
			continue;
		if (errno != ENOENT)
			return jerr_sys(e, errno, "new jid");
		if (!*ret_nest || !nest_has(jails, jid))
			return jid;
	}
	return jerr(e, EAGAIN, "no available jail IDs");
}

static int
take_jid(int jails, int *jid, bool *ret_nest, struct jerr *e)
{
	int r;

	if (*jid > 0)
		return 0;
	if ((r = next_jid(jails, ret_nest, e)) < 0)
		return r;
	*jid = r;
	/* first, so that a jid is not soon given out again */
	r = store_set_last_jid(jails, *jid, *ret_nest);
	return r < 0 ? jerr_sys(e, -r, "last jid") : 0;
}

/* Where its directory is to be found; most often in jail/ itself. */
static int
take_place(
    int jails, int jid, const struct jail *above, bool nest, struct jerr *e)
{
	int r;

	if (above == NULL && !nest)
		return 0;
	r = nest_place(jails, jid, above != NULL ? above->jid : 0);
	return r < 0 ? jerr_sys(e, -r, "place of jail %d", jid) : 0;
}

/* ---- all ---- */

/* Make the directory, take its lock and write the first record. */
static int
settle(int jails, int jid, const struct jail *above, struct record *rec,
    struct jail *ret, int *ret_lock, struct jerr *e)
{
	const int dir = above != NULL ? above->dir : jails;
	char name[16];
	auto_jail struct jail j = JAIL_INIT;
	auto_close int lock = -1;
	int r;

	(void)snprintf(name, sizeof(name), "%d", jid);
	if ((r = cg_mkdir(dir, name)) < 0)
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
		(void)unlinkat(dir, name, AT_REMOVEDIR); /* still empty */
		return r;
	}
	*ret = j;
	j.dir = -1;
	*ret_lock = take_fd(&lock);
	return 0;
}

/* Under the lock of jail/, which its parameters do not change without. */
static int
check_parent(int jails, const struct record *rec, const struct jail *above,
    struct jerr *e)
{
	int r;

	if (!jail_is_there(above) || !jail_is_alive(above))
		return jerr(e, ENOENT, "jail %d is dying", above->jid);
	if ((r = nest_check_room(jails, above->jid, e)) < 0)
		return r;
	return above_check(&rec->params, above, e);
}

static int
allocate(struct record *rec, const struct jail *above, const char *name,
    struct jail *ret, int *ret_lock, struct jerr *e)
{
	auto_close int lock = -1, jails = jails_locked(&lock, e);
	int jid = (int)pset_int(&rec->params, P_JID), r;
	bool nest = jid > 0; /* in doubt */

	if (jails < 0)
		return jails;
	if ((above != NULL && (r = check_parent(jails, rec, above, e)) < 0) ||
	    (jid > 0 && (r = check_wanted_jid(jails, jid, e)) < 0) ||
	    (name != NULL && (r = names_check_free(jails, name, 0, e)) < 0) ||
	    (r = take_ids(jails, rec, e)) < 0 ||
	    (r = take_jid(jails, &jid, &nest, e)) < 0 ||
	    (name != NULL && (r = names_add(jails, name, jid, e)) < 0) ||
	    (r = take_place(jails, jid, above, nest, e)) < 0)
		return r;
	if ((r = settle(jails, jid, above, rec, ret, ret_lock, e)) < 0)
		return r;
	/* it is there: whoever removes the parent sees it from now on */
	if (above != NULL && !jail_is_alive(above))
		return jerr(e, ENOENT, "jail %d is dying", above->jid);
	return 0;
}

int
jail_allocate(struct record *rec, const struct jail *above, const char *name,
    struct jail *ret, int *ret_lock, struct jerr *e)
{
	auto_close int jails = jails_dir(true, e);
	int r, tries = 0;

	if (jails < 0)
		return jails;
	clear_away(jails);
	if (above != NULL)
		nest_make_room(jails, above->jid);
	/* another place may have become the one meanwhile */
	do
		r = allocate(rec, above, name, ret, ret_lock, e);
	while (r == -ESTALE && ++tries < TRIES);
	return r == -ESTALE ? jerr_sys(e, ESTALE, "cgroup jail") : r;
}
