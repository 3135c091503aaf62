/* SPDX-License-Identifier: BSD-2-Clause */
/* The steps of a job, in FreeBSD's order. */
#ifndef TOOLS_STEPS_H
#define TOOLS_STEPS_H

#include <stdbool.h>
#include <stdint.h>

struct job;

enum step_result {
	STEP_NEXT, /* done */
	STEP_WAIT, /* something is under way: again when it has ended */
	STEP_FAILED, /* it has been said why */
};

struct step {
	enum step_result (*run)(struct job *j, const struct step *s);
	const char *param; /* the list of commands */
	bool in_jail; /* where they run */
	int after; /* what follows a removal: its number; it goes on */
	const char *what; /* for -N, where there are no commands */
};

/* The lists end with a row without run. */
extern const struct step steps_create[], steps_update[], steps_remove[],
    steps_kill[], steps_after[];

/* Undo what steps_create[] has begun. */
void steps_undo(struct job *j);

/* What follows the removal of a jail, in its keeper or by whoever finds it. */
void steps_follow(int jid, uint64_t id, int lock, void *request);

#endif
