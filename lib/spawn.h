/* SPDX-License-Identifier: BSD-2-Clause */
/* Processes in a jail; as jailx_spawn() and its kin. */
#ifndef SPAWN_H
#define SPAWN_H

#include "core.h"
#include "jailx.h"
#include "policy.h"

struct jerr;

int spawn(int jid, const struct jailx_spawn *how, struct jailx_child *ret,
    struct jerr *e);
int spawn_wait(struct jailx_child *child, int *ret_status, struct jerr *e);

/* The root directory of a jail: an O_PATH descriptor. */
int spawn_root(const struct jail *j, struct jerr *e);

/* ---- attach.c: entering ---- */

/* All that a process needs to become one of the jail's, opened outside. */
struct entry {
	struct record rec;
	struct jail jail;
	int payload; /* cgroup to be made in */
	int warden; /* pidfd */
	uint64_t namespaces; /* CLONE_NEW* that the jail has */
	struct policy policy;
	bool is_scoped; /* is to be in a domain of Landlock's */
};

int entry_open(int jid, struct entry *ret, struct jerr *e);
void entry_done(struct entry *en);

/*
 * In a process that is in the payload's cgroup: let go of what is the
 * caller's and join the namespaces; the pid namespace is that of children.
 * -ESRCH: dying.  Returns 0 or -errno, with *ret_step naming what failed; it
 * has not entered then.
 */
int entry_enter(const struct entry *en, const char **ret_step);

/*
 * Then: become the user (NULL: root) with the capabilities that the jail's
 * root has, and those that are needed yet.
 */
int entry_become(const struct entry *en, const struct jailx_user *user,
    const char **ret_step);

/*
 * The last step before exec: bounding set, domain, system call filter,
 * capability sets.  prog was emitted outside.
 */
struct sock_filter;
int entry_confine(const struct entry *en, const struct sock_filter *prog,
    size_t n, bool is_root, const char **ret_step);

/* ---- exec.c: what a failed exec means ---- */

/* A sentence for an exec of argv[0] in the jail that failed with err. */
int exec_error(const struct jail *j, const struct jailx_spawn *how, int err,
    struct jerr *e);

#endif
