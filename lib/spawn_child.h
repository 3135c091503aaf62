/* SPDX-License-Identifier: BSD-2-Clause */
/* What the caller of a spawn and its two processes share: spawn.c. */
#ifndef SPAWN_CHILD_H
#define SPAWN_CHILD_H

#include <signal.h>
#include <stddef.h>

struct entry;
struct jailx_spawn;
struct sock_filter;

#define SIG_PASS SIGRTMIN /* J to A: pass si_value on */

/* What A and C tell J: why they failed, before the program runs. */
struct spawn_failure {
	int err;
	int is_exec;
	char step[32];
};

/* Where A and C find their descriptors. */
struct spawn_pipes {
	int report; /* closed by exec: failure or end of file */
	int status; /* A's: the wait status */
	int leash; /* hangs up when J dies */
};

/*
 * A, first of all: no signal may end it, and nothing is open but what it is
 * to have; a forked process keeps the caller's locks alive.
 */
int spawn_begin(const struct entry *en, const struct jailx_spawn *how,
    const struct spawn_pipes *p);

/* A or C: tell J and end. */
_Noreturn void spawn_give_up(
    const struct spawn_pipes *p, int err, const char *step, int is_exec);

/* A: enter the jail, start C with the filter prog, and stand for it. */
_Noreturn void spawn_child(const struct entry *en,
    const struct jailx_spawn *how, struct spawn_pipes *p,
    const struct sock_filter *prog, size_t n);

#endif
