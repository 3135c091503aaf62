/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the two public faces share: jail_set() and jail_get() with an error
 * record, and attaching the caller in steps.
 */
#ifndef SYS_H
#define SYS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/uio.h>

#include "spawn.h"

struct buf;
struct jerr;

/* A pair is two iovecs: the name's, whose index is even, and the value's. */
#define PAIR_NAME(iov, i) ((const char *)(iov)[i].iov_base)

/* Refuse unknown flags, and pairs that are none; call is for the message. */
int pairs_check_flags(int flags, int known, const char *call, struct jerr *e);
int pairs_check(const struct iovec *iov, unsigned int niov, const char *call,
    struct jerr *e);

/* Give the sentence to the "errmsg" pair, cut to its size. */
void pairs_tell(
    const struct iovec *iov, unsigned int niov, const struct jerr *e);

/* As jail_set(), but -errno and a sentence in e. */
int sys_set(
    const struct iovec *iov, unsigned int niov, int flags, struct jerr *e);

/* Which jail jail_get() is asked for; the first that is given. */
struct sys_key {
	bool next; /* the one after lastjid */
	int lastjid;
	int jid; /* 0: not given */
	const char *name; /* or NULL */
	size_t namelen; /* with its NUL */
};

/*
 * Read n parameters of a jail into raw[]; a name of NULL is passed over.
 * Returns the jid.  raw[] is to be freed in any case.
 */
int sys_get(const struct sys_key *key, const char *const *names, size_t n,
    int flags, struct buf *raw, struct jerr *e);

/*
 * Hand a value out as the kernel of FreeBSD does: numbers must fit exactly,
 * lists and texts may be shorter than the buffer, and no buffer only asks
 * for the size.  sys_fits() first: 0 or -EINVAL.
 */
int sys_fits(const struct iovec *out, const char *name, const struct buf *raw,
    struct jerr *e);
void sys_put(struct iovec *out, const char *name, const struct buf *raw);

/* ---- sys_attach.c ---- */

/* The caller on its way into a jail. */
struct attach {
	struct entry en;
	int home; /* cgroup that it came from, -1: unknown */
};

/*
 * Join the jail's cgroup: from then on it is a process of the jail, which
 * stays for it.  -EINVAL: no such jail, or dying.
 */
int attach_join(struct attach *ret, int jid, struct jerr *e);

/*
 * Go in for good.  Consumes a, on failure too.  A failure before the
 * namespaces are joined leaves the caller where it was, and *ret_back says
 * so.
 */
int attach_enter(struct attach *a, bool *ret_back, struct jerr *e);

#endif
