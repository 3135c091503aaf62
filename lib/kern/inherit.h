/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a process has got from the one that made it and must not take along
 * to where others decide what it does.  Of the calling process alone; 0 or
 * -errno.
 */
#ifndef KERN_INHERIT_H
#define KERN_INHERIT_H

#include <stdbool.h>

/*
 * Protection from the out-of-memory killer: file is the process's
 * oom_score_adj.  A score above 0 stays.
 */
int inherit_oom(int dirfd, const char *file);

/* Real time scheduling; nice and the policies that yield to others stay. */
int inherit_scheduler(void);

/* The same for input and output. */
int inherit_io(void);

/*
 * Limits that are rights to the machine: priorities, and memory locked beyond
 * what the kernel gives everybody (with mlock: none).
 */
int inherit_limits(bool mlock);

/* What makes exploits easier, as the kernel does for a set-user-ID program. */
int inherit_personality(void);

#endif
