/* SPDX-License-Identifier: BSD-2-Clause */
/* One command of a job, on the host or in the jail. */
#ifndef TOOLS_CHILD_H
#define TOOLS_CHILD_H

#include <stdbool.h>

#include "relay.h"

struct child;
struct job;

/* What it is, before it runs. */
struct command {
	const char *title; /* as messages have it */
	const char *const *argv;
	bool background;
	bool in_jail;
	bool is_own; /* its exit status is jail(8)'s */
};

/*
 * Start it: 1 with *ret, 0 if it is not to be waited for, -1: it has been said
 * why, and the job's status is set.
 */
int child_start(struct child **ret, struct job *j, const struct command *c);

/* As relay_prepare() and relay_handle(). */
int child_prepare(const struct child *c, struct pollfd f[static RELAY_FDS]);
bool child_handle(struct child *c, const struct pollfd f[static RELAY_FDS]);

/* A signal has come to jail(8). */
void child_signal(struct child *c, int sig);

/*
 * It has ended: true if in success; else it has been said how, and the job's
 * status is set.  The child is freed.
 */
bool child_finish(struct child *c, struct job *j);

/* It took too long: it runs on, unheeded. */
void child_leave(struct child *c, struct job *j);

/* Is it a program in the jail? */
bool child_in_jail(const struct child *c);

#endif
