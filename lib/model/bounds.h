/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a jail may have beside its parent: never more.  Pure.
 *
 * above is the parent's parameters, with what it inherits of the network in
 * place of "inherit": that then means all that the stack has.
 */
#ifndef MODEL_BOUNDS_H
#define MODEL_BOUNDS_H

#include "pset.h"

struct jerr;

/*
 * What a new child has of its parent where nothing else is said.  0, or
 * -errno with a sentence.
 */
int bounds_fill(struct pset *child, const struct pset *above, struct jerr *e);

/* -EPERM: it would have more. */
int bounds_check(
    const struct pset *child, const struct pset *above, struct jerr *e);

/*
 * What a child must lose when its parent is as above says: *ret becomes the
 * changes, to be freed.
 */
int bounds_tighten(const struct pset *child, const struct pset *above,
    struct pset *ret, struct jerr *e);

#endif
