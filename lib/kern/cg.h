/* SPDX-License-Identifier: BSD-2-Clause */
/* Control groups (v2) by directory descriptors.  -errno on failure. */
#ifndef KERN_CG_H
#define KERN_CG_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* The root of the cgroup2 hierarchy: a descriptor; -ENOENT if not mounted. */
int cg_root(void);

/* A directory below dirfd. */
int cg_open(int dirfd, const char *name);

/*
 * Make one that everybody may look into, whatever the umask: the warden reads
 * its own record as an unprivileged user, and so does jls.
 */
int cg_mkdir(int dirfd, const char *name);

/* The identity of a cgroup, never used twice in a boot. */
int cg_id(int dirfd, uint64_t *ret);

/*
 * The lock of a cgroup: a descriptor on its cgroup.kill, which root alone
 * can open.  Waits unless now; then -EAGAIN.
 */
int cg_lock(int dirfd, bool now);

/* 1 when the cgroup or one below it has a process, 0 when none. */
int cg_populated(int dirfd);

/*
 * Its cgroup.events: a descriptor that polls with POLLPRI when that changes,
 * and what it says now, as cg_populated().
 */
int cg_events(int dirfd);
int cg_events_populated(int fd);

/* Kill every process in it and below it. */
int cg_kill(int dirfd);

/*
 * Wait until it is empty: 1, or 0 when msec passed first.  pidfd, -1 for
 * none, is the process that is expected to be the last one: the kernel
 * holds notices of cgroup.events back for 10 ms and more.
 */
int cg_wait_empty(int dirfd, int msec, int pidfd);

/*
 * The pids directly in it, to be freed, ended by 0 (pids that this pid
 * namespace does not see are left out).  Returns how many.
 */
ssize_t cg_procs(int dirfd, pid_t **ret);

/* Move the calling process into it. */
int cg_join(int dirfd);

#endif
