/* SPDX-License-Identifier: BSD-2-Clause */
/* Which processes hold which sockets, as far as /proc lets the caller see. */
#ifndef TOOLS_HOLDERS_H
#define TOOLS_HOLDERS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct jailx_where;

struct process {
	pid_t pid;
	uid_t uid; /* of a process in a jail: as the jail numbers them */
	int jid; /* 0: the host's; -1: not known */
	char name[64]; /* its command; may hold anything */
};

/* A descriptor of a socket. */
struct holder {
	ino_t inode;
	int fd;
	size_t process; /* index */
};

struct holders {
	struct process *processes; /* in the order of their pids */
	size_t nprocesses;
	struct holder *v; /* by inode, then by process and descriptor */
	size_t n;
};

/*
 * Look at all processes.  Those that end meanwhile, or may not be looked at,
 * are left out.  0, or -1 with errno: without memory, or without /proc.
 */
int holders_read(struct holders *ret, struct jailx_where *where);
void holders_done(struct holders *h);

/* Those of a socket: the first, and how many. */
const struct holder *holders_of(
    const struct holders *h, ino_t inode, size_t *ret_n);

/* Who has the descriptor. */
const struct process *holders_process(
    const struct holders *h, const struct holder *of);

#endif
