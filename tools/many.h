/* SPDX-License-Identifier: BSD-2-Clause */
/* Jails by name: those of jail.conf, and those that run. */
#ifndef TOOLS_MANY_H
#define TOOLS_MANY_H

#include <stdbool.h>

struct conf;
struct job;
struct jailx_set;
struct request;

enum {
	OP_CREATE = 0x1,
	OP_MODIFY = 0x2,
	OP_REMOVE = 0x4,
	OP_KILL = 0x8, /* -R */
	OP_CLEAN = 0x10, /* -C */
};

/*
 * Do what op says with the jails that the words name, all of the file if
 * there is no word; conf may be NULL.  dry: only print what would be done.
 * Returns the exit status.
 */
int many_run(const struct request *q, const struct conf *conf, unsigned int op,
    char *const *words, bool dry);

/* The jid of the running jail that a set names by jid or name, or 0. */
int many_running(const struct jailx_set *set);

/* Print what a job would do.  Needs no privilege. */
void dry_print(struct job *j);

#endif
