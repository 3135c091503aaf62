/* SPDX-License-Identifier: BSD-2-Clause */
/* What follows a jail's end, and the keeper that sees to it. */
#ifndef AFTER_H
#define AFTER_H

#include "jailx.h"

struct jail;
struct jerr;

/* ---- after.c ---- */

/* A cgroup of jail/ that is no jail, made where it is missing. */
int after_dir(const char *name, struct jerr *e);

/* ---- keeper.c ---- */

/* What /proc/PID/comm says of one that waits for a jail: 15 bytes at most. */
#define KEEPER_MARK "kept-"
#define KEEPER_NAME KEEPER_MARK "%d"

/* Fork the keeper of a jail; fn and arg as of jailx_keep(). */
int keeper_start(
    const struct jail *j, jailx_keeper *fn, void *arg, struct jerr *e);

#endif
