/* SPDX-License-Identifier: BSD-2-Clause */
/* Whose a cgroup is: that of a process, or of a socket. */
#ifndef WHERE_H
#define WHERE_H

#include <stddef.h>
#include <stdint.h>

struct jerr;

/* What has been found out. */
struct where {
	int root, jails; /* cgroups; jails: -1 if there are none */
	char *prefix; /* the path of jails, with a slash */
	struct where_known *known; /* in the order of their ids */
	size_t n;
};

int where_init(struct where *ret, struct jerr *e);
void where_done(struct where *w);

/*
 * The nearest jail that the cgroup is in or of, 0: none, it is the host's.
 * -ENOENT: no longer known, since the cgroup has gone.
 */
int where_is(struct where *w, uint64_t cgroup);

/* The id of the cgroup of a process, by its directory in /proc. */
int where_process(const struct where *w, int proc, uint64_t *ret);

#endif
