/* SPDX-License-Identifier: BSD-2-Clause */
/* A jail and its parent: what the one has of the other. */
#ifndef ABOVE_H
#define ABOVE_H

#include "core.h"

struct build;
struct jerr;

/*
 * A new jail of a name with dots: b->above becomes its parent, the record's
 * name the last component, and what is not said the parent's.
 */
int above_find(struct build *b, struct jerr *e);

/*
 * The parameters of a jail, with what it inherits of the network by what it
 * is: to be freed.
 */
int above_resolve(struct pset *ret, const struct record *rec, struct jerr *e);

/* May a child have these?  Read anew. */
int above_check(
    const struct pset *params, const struct jail *above, struct jerr *e);

/* The same for changes of a jail that is a child of parent. */
int above_check_change(
    const struct record *rec, const struct pset *wanted, struct jerr *e);

/*
 * Take from those below j what it will not have itself with these changes;
 * only_check: may it be taken from all of them?  Under the lock of jail/.
 */
int above_tighten(const struct jail *j, const struct record *rec,
    const struct pset *wanted, bool only_check, struct jerr *e);

#endif
