/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Jails as the library works on them.  Every function returns 0 or more, or
 * -errno with one sentence in e.
 */
#ifndef CORE_H
#define CORE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "store.h"

struct buf;
struct jerr;

/* ---- place.c: where the jails are ---- */

/*
 * The cgroup of jail 0, that all jails are below.  create: made where it is
 * missing; else -ENOENT without a sentence (there are no jails).
 */
int jails_dir(bool create, struct jerr *e);

/* Close what jails_dir() keeps open: before a jail is entered. */
void jails_forget(void);

/*
 * The same to put a jail into, and its lock.  -ESTALE without a sentence: it
 * was just removed for another place; so may be mkdir(2) in it.  Again then.
 */
int jails_locked(int *ret_lock, struct jerr *e);

/* ---- find.c: jails in the cgroup tree ---- */

struct jail {
	int jid;
	int dir; /* its cgroup, -1 while closed */
	uint64_t id; /* the cgroup's, never used again */
	int parent; /* jid of the jail that it is a child of, or 0 */
	bool is_parent; /* had a child when it was opened, or so it may be */
};

#define JAIL_INIT                                                              \
	{                                                                      \
		.dir = -1                                                      \
	}

void jail_done(struct jail *j);
#define auto_jail __attribute__((cleanup(jail_done)))

/* All jids there are, ascending, to be freed.  Returns how many. */
ssize_t jails_list(int jails, int **ret, struct jerr *e);

/* Of a directory, what in it has a number for its name. */
ssize_t jails_numbers(int dir, int **ret, struct jerr *e);

/* Open a jail below the cgroup of jail 0, in whatever state it is. */
int jail_open(int jails, int jid, struct jail *ret);

/*
 * Does something keep a living jail: its persistence, a process in it, or a
 * child, by when it was opened?  One that is held up for a start is for
 * jail_reap() to ask about.
 */
bool jail_is_kept(const struct jail *j, enum jail_persist persist);

/*
 * Open a living jail.  -ENOENT "jail N not found"; a jail that is being
 * built or removed is not found, unless dying.
 */
int jail_find(int jid, bool dying, struct jail *ret, struct jerr *e);

/* Is this very jail still there, in whatever state? */
bool jail_is_there(const struct jail *j);

/* -EPROTO: its record is not one that we can read. */
int jail_unreadable(int jid, struct jerr *e);

/* Is it alive: built, not being removed, not ended by itself? */
bool jail_is_alive(const struct jail *j);

/* The same: 1, 0, or -errno when that could not be found out. */
int jail_ask_alive(const struct jail *j);

/* The pid of its warden with a pidfd: -ESRCH when the jail is ending. */
int jail_warden(const struct jail *j, pid_t *ret_pid, int *ret_pidfd);

/*
 * Clear a jail away if its builder died, it ended by itself, or its removal
 * was left half-way; nothing otherwise.  Silent: it is not the caller's
 * jail.
 */
void jail_reap(int jails, int jid);

/* The record of an open jail, and is it alive?  Errors as store_read(). */
int jail_read(
    const struct jail *j, bool hidden, struct record *ret, bool *ret_alive);

/*
 * The same by jid, without an error's sentence.  Root clears it away first if
 * nobody stands for it (jail_reap()); it has gone then: -ENOENT.
 */
int jail_look(
    int jails, int jid, bool hidden, struct record *ret, bool *ret_alive);

/*
 * The record of a jail that must not be overlooked, in whatever state: 1, or
 * 0 when the jail has gone or has none.  A newer version's has its head only.
 */
int jail_read_other(int jails, int jid, struct record *ret, struct jerr *e);

/* ---- names.c: jails by name ---- */

/* The jid of the living jail with this name; 0: there is none. */
int names_find(int jails, const char *name, struct jerr *e);

/* The full name of a jail with this record: those of its ancestors and its. */
void names_full(int jails, const struct record *rec, int jid, struct buf *ret);

/* The last component of a full name. */
const char *names_last(const char *name);

/*
 * Is the name free for the jail own (0: for a new one)?  -EEXIST if not.
 * Under the lock of jail/, as is what follows.
 */
int names_check_free(int jails, const char *name, int own, struct jerr *e);

/* Have it found by this name: before its record says so. */
int names_add(int jails, const char *name, int jid, struct jerr *e);

/* ---- alloc.c ---- */

/*
 * Give a new jail, a child of above (NULL: of none), with this full name
 * (NULL: none), its jid, cgroup, name and id range, under the lock of
 * jail/.  On success its own lock is held and its record says "creating".
 */
int jail_allocate(struct record *rec, const struct jail *above,
    const char *name, struct jail *ret, int *ret_lock, struct jerr *e);

/* ---- idmap.c: ranges of ids ---- */

#define IDMAP_COUNT 65536U
#define IDMAP_FIRST 0x70000000U /* above systemd's container range */

/*
 * Has the jail a range of ids, with a user namespace and idmapped mounts for
 * it?  Else (userns=inherit) its ids are the host's, and record.idmap is 0.
 */
bool idmap_is_own(const struct pset *params);

/* Is the id one that the jail has? */
bool idmap_has(const struct pset *params, uint32_t id);

/* Ids that a range must not touch, n of them. */
struct id_span {
	uint32_t first, last;
};

/*
 * Take the next range of IDMAP_COUNT ids from the run: 1, or 0 when there is
 * none (run may be anything).  *run is to be stored before *ret is used.
 */
int idmap_take(struct id_run *run, uint32_t *ret, struct jerr *e);

/*
 * The first run of n ranges, or the longest, beside the n ranges in use (any
 * order).  So many, since when it is used up is also when those jails are
 * looked at of which nobody has told that they have ended.
 */
int idmap_find_run(
    const uint32_t *used, size_t n, struct id_run *ret, struct jerr *e);

/* ---- spaces.c ---- */

/* The namespaces that the jail has of its own: CLONE_NEW*. */
uint64_t jail_namespaces(const struct pset *params);

/* ---- create.c ---- */

/*
 * Create; with hold != NULL the start lock is held in *hold.  Sentences for
 * the user are appended to notes.
 */
int jail_create(
    const struct pset *params, int *hold, struct buf *notes, struct jerr *e);

/* Check and complete a new jail's parameters. */
int jail_check_new(struct pset *params, bool held, struct jerr *e);

/* ---- check.c ---- */

/* As jailx_check(). */
int jail_check(const struct pset *params, struct jerr *e);

/* ---- update.c ---- */

int jail_update(
    const struct jail *j, const struct pset *params, struct jerr *e);

/* The same for a jail whose lock is held, with its record: without checks. */
int jail_update_locked(const struct jail *j, struct record *rec,
    const struct pset *params, struct jerr *e);

/* Could that be done? */
int jail_update_check(const struct jail *j, const struct record *rec,
    const struct pset *params, struct jerr *e);

/* Remove the jail that the start lock is of; nothing follows. */
int jail_abandon(int jid, int hold, struct jerr *e);

/*
 * Give up the start lock; removes the jail when nothing keeps it.  *ret_lock:
 * as of jail_end().
 */
int jail_release(int jid, int hold, int *ret_lock, struct jerr *e);

/* Refuse values that this version cannot enforce. */
int jail_check_supported(const struct pset *params, struct jerr *e);

/* ---- lines.c ---- */

/* A line: the parameter it is of, the line.  True: enough. */
struct fstab_entry;
typedef bool lines_fn(const char *who, const struct fstab_entry *f, void *arg);

/* Call fn for each line of mount and mount.fstab; true if it said so. */
bool lines_each(const struct pset *params, lines_fn *fn, void *arg);

/* ---- expose.c ---- */

/* As jailx_exposed(), appended. */
void expose_list(const struct pset *params, struct buf *ret);

/* ---- needs.c ---- */

/*
 * Refuse what the host keeps from having an effect.  now: all parameters of
 * the jail, for what one of them means beside others.
 */
int jail_check_needs(
    const struct pset *wanted, const struct pset *now, struct jerr *e);

/* ---- remove.c ---- */

/*
 * Take the lock of this very jail: a descriptor.  Waits for whoever builds,
 * changes or removes it, but not for who does what follows its end, which may
 * take any time: -ENOENT when it has gone but for that.
 */
int jail_lock(const struct jail *j);

/* Is nothing left of it but its record? */
bool jail_is_removed(const struct jail *j);

/* The start of a jail that jail_create() gave a start lock for. */
enum jail_start {
	START_OVER, /* there was none, or it has been released */
	START_HELD, /* somebody holds the lock */
	START_ABANDONED, /* he died, and with him the start */
};
enum jail_start jail_ask_start(const struct jail *j);

/*
 * Kill and remove.  *ret_lock, -1 before: the jail's lock if work follows and
 * is the caller's to do.
 */
int jail_end(const struct jail *j, int *ret_lock, struct jerr *e);

/* The same, leaving that work to the keeper. */
int jail_destroy(const struct jail *j, struct jerr *e);

/* The same, with nothing that follows. */
int jail_drop(const struct jail *j, struct jerr *e);

/*
 * Kill and remove by the holder of the lock.  1: work follows, and the
 * directory is left for that.  -EBUSY: a process does not die.
 */
int jail_destroy_locked(const struct jail *j, struct jerr *e);

/* SIGTERM to all its processes: as jailx_stop(). */
int jail_stop(const struct jail *j, pid_t **ret_pids, struct jerr *e);

/* ---- after.c ---- */

/*
 * For its keeper, who waits no more: a jid that no directory has is taken off
 * the list of the kept.
 */
void jail_unlist(int jid);

/*
 * A jail that was removed while work follows its end: if its keeper was
 * killed, give back what was taken for it from the host.  Commands are not for
 * every reader to run, but without any nothing is left of it.
 */
void jail_rescue(int jails, const struct jail *j);

#endif
