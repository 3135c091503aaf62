/* SPDX-License-Identifier: BSD-2-Clause */
/* Network namespaces by their numbers.  -errno on failure. */
#ifndef KERN_NETNS_H
#define KERN_NETNS_H

#include <stdint.h>

struct netns_id {
	uint64_t cookie; /* never used again in a boot, but cannot be found */
	uint64_t inode; /* what /proc shows; of another one later */
};

/* The caller's. */
int netns_own(struct netns_id *ret);

/*
 * A descriptor of the one with this inode, if a process or a mount that the
 * caller can see is of it.  -ENOENT: there is none any more; -EXDEV: none
 * here, but there may be elsewhere, as the caller does not see the whole host.
 */
int netns_find(uint64_t inode);

/*
 * Call fn(arg) in the network namespace netns, in a child in the caller's
 * memory, and return what it returns: it may make system calls and write
 * where arg points to, and nothing else.
 */
int netns_call(int netns, int (*fn)(void *arg), void *arg);

/* The numbers of the namespace that a descriptor is of. */
int netns_id_of(int netns, struct netns_id *ret);

#endif
