/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is kept of a jail: extended attributes on its cgroup directory.
 *
 *	user.jail		"VERSION SEQ STATE IDMAP", then what jls shows
 *	trusted.jail.0, .1	"VERSION SEQ", then what root alone may see
 *	user.jail.persist	its presence: the jail stays without processes;
 *				a word says for how long
 *	trusted.jail.after	its presence: work follows the jail's end, and
 *				the directory stays until it is done; the
 *				number of the step that was begun last
 *	trusted.jail.kept	on jail/: the jids of the jails that had it
 *
 * There is no setxattr of two values, and readers take no lock.  So the hidden
 * half is written under the name that the SEQ of the visible one, odd or even,
 * does not point to; writing the visible half is what makes it count.  A
 * writer that fails or dies on the way has changed nothing.
 *
 * After the first line come NUL-ended texts name=value, a list as one text
 * for each element, an empty list as the bare name.  Unknown names of a
 * newer version are passed over.
 *
 * VERSION is that of the oldest program which can work with the jail.  One
 * that is older cannot read or change it, but the first line is the same in
 * all versions, so that it can still remove it.  An update leaves the version
 * as it is where it can: the jail's keeper is as old as the jail.
 *
 * On jail/ there are
 *
 *	user.jail.last		the jid given out last, and "+" where there is
 *	user.jail.nest		where jails lie that are below others: pairs
 *	user.jail.n00 to n3f	hints to find jails by name
 *	trusted.jail.run	"NEXT END": ids that no jail has
 */
#ifndef STORE_H
#define STORE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "bucket.h"
#include "pset.h"

enum jail_state {
	JAIL_CREATING, /* builder at work; not to be entered or shown */
	JAIL_ALIVE,
	JAIL_ENDING, /* removal has begun and can only go on */
	JAIL_STATES
};

enum jail_persist {
	PERSIST_NO,
	PERSIST_YES,
	PERSIST_START, /* as long as somebody holds the start lock */
	PERSIST_START_STAY, /* the same, and PERSIST_YES after that */
};

/* The name that the warden asks for; see warden/warden.c. */
#define STORE_PERSIST "user.jail.persist"

struct record {
	unsigned int version; /* 0: not written yet */
	bool head_only; /* a newer version's, from store_head() */
	enum jail_state state;
	unsigned int seq; /* grows with each store_write() */
	uint32_t idmap; /* host id of the jail's root; 0: userns=inherit */
	enum jail_persist persist;
	struct pset params;
	int parent; /* jid of the jail it is a child of, by its place; 0 */
};

void record_done(struct record *rec);

/*
 * Read the record of the cgroup open as dir; hidden: also what root alone
 * may see, of the same update.  -ENODATA: no record (yet); -EPROTO: not one
 * that we can read.
 */
int store_read(int dir, bool hidden, struct record *ret);

/* What the first line says, which a newer version's record has as well. */
int store_head(int dir, struct record *ret);

/* The state alone, cheaply. */
int store_state(int dir, enum jail_state *ret);

/*
 * Write the record, its seq plus one: one setxattr for each half.  -E2BIG,
 * -ENOSPC: more than the kernel keeps.
 */
int store_write(int dir, struct record *rec);

/* Change the state alone; the seq stays. */
int store_set_state(int dir, enum jail_state state);

int store_persist(int dir, enum jail_persist *ret);
int store_set_persist(int dir, enum jail_persist how);

/*
 * On jail/: the jid given out last; 0 when there was none.  *ret_nest (or
 * NULL): are there jails below others?
 */
int store_last_jid(int dir, bool *ret_nest);
int store_set_last_jid(int dir, int jid, bool nest);

/* On jail/: which jail is below which, for those that are (nest.c). */
struct nest_row {
	int32_t jid, parent;
};

/* To be freed, with room for one more.  Returns how many. */
ssize_t store_nest(int dir, struct nest_row **ret);
int store_set_nest(int dir, const struct nest_row *rows, size_t n);

/*
 * The step begun last of what follows the jail's end; 0: none yet.
 * -ENODATA: nothing follows.
 */
int store_after(int dir);
int store_set_after(int dir, int step);
int store_drop_after(int dir);

/*
 * On jail/: jids in no order, to be freed, with room for one more.  Returns
 * how many.
 */
ssize_t store_kept(int dir, int **ret);
int store_set_kept(int dir, const int *jids, size_t n);

/* On jail/: hints to find names (names.c).  NULL removes the bucket. */
int store_bucket(int dir, unsigned int which, struct bucket *ret);
int store_set_bucket(int dir, unsigned int which, const struct bucket *bucket);

/* On jail/: ids that no jail has, from next on, below end (idmap.c). */
struct id_run {
	uint32_t next, end;
};

/* As it was written, and that may be anything: see idmap_take(). */
int store_run(int dir, struct id_run *ret);
int store_set_run(int dir, const struct id_run *run);

#endif
