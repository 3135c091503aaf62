/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the LSM programs (bpf/lsm.bpf.c) do for all jails, where the kernel asks
 * them: abstract unix sockets are kept apart, and no modules are loaded for a
 * jail.  For the first there is Landlock, too, jail by jail.
 */
#ifndef LSM_H
#define LSM_H

#include <stdbool.h>

struct build;
struct jerr;
struct pset;

/* A stage of a build: unix.private is kept, or what is not is said. */
int lsm_setup(struct build *b, struct jerr *e);

/* Is a process that enters the jail to be put into a domain of Landlock's? */
bool lsm_is_scoped(const struct pset *params);

#endif
