/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Jails below other jails: where they lie, and how many there are.
 *
 * The directory of a child lies in its parent's.  A jid that is not in jail/
 * itself is found by a list of pairs there, jid and parent, which is written
 * under the lock of jail/ before the directory is made.  A pair without a
 * directory says nothing; such are taken out once in a while.  A jail of
 * jail/ itself has no pair.
 */
#ifndef NEST_H
#define NEST_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "store.h"

struct jail;
struct jerr;

struct nest {
	struct nest_row *v;
	size_t n;
};

void nest_done(struct nest *nest);
#define auto_nest __attribute__((cleanup(nest_done)))

int nest_read(int jails, struct nest *ret);

/* The directory of a jail that is not in jail/ itself; -ENOENT. */
int nest_open(int jails, int jid, int *ret_parent);

/* The jails below others that are there, to be freed.  Returns how many. */
ssize_t nest_list(int jails, int **ret);

/* Is there a directory of this jid, below another jail? */
bool nest_has(int jails, int jid);

/* All jails below this one that are there, children's children as well. */
int nest_count(int jails, int jid);

/*
 * The children alone, by the directory: numbers to be freed.  Returns how
 * many.
 */
ssize_t nest_children(const struct jail *j, int **ret);

/* Has it a directory of a child? */
bool nest_is_parent(const struct jail *j);

/* ---- under the lock of jail/ ---- */

/* Before a jail's directory is made: parent 0 is jail/ itself. */
int nest_place(int jails, int jid, int parent);

/* May the jail have one more below it?  -EPERM "prison limit exceeded". */
int nest_check_room(int jails, int jid, struct jerr *e);

/*
 * Without the lock, before that: where there are too many, those that have
 * ended unseen are cleared away.
 */
void nest_make_room(int jails, int jid);

#endif
