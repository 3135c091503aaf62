/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Jobs side by side: one loop waits for the commands of all of them, for
 * times and for signals.
 */
#ifndef TOOLS_LOOP_H
#define TOOLS_LOOP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct job;
struct loop;
struct request;

/* Who gives the loop its jobs. */
struct feed {
	/* The next job that may begin, already begun; NULL: none just now. */
	struct job *(*next)(void *arg);
	/* It is over; it may still be looked at in here. */
	void (*ended)(void *arg, struct job *j);
	/*
	 * Where the jobs are; called at least each second.  True: next() may
	 * have another one for that.
	 */
	bool (*tick)(void *arg, struct job *const *jobs, size_t n);
	void *arg;
};

/*
 * Run jobs until there is none left; alone: there is just one, and the
 * terminal is its own.  Returns the number of a signal that ended it early,
 * or 0.
 */
int loop_run(const struct request *q, const struct feed *feed, bool alone);

/* Run one job: its exit status.  The job is freed. */
int loop_one(struct job *j);

/* The standard input of commands in a jail. */
int loop_stdin(const struct loop *l);

/* May one more command run now?  loop_enter() counts it until loop_left(). */
bool loop_has_slot(const struct loop *l);
void loop_enter(struct loop *l);
void loop_left(struct loop *l);

/* Milliseconds that only grow. */
int64_t loop_now(void);

#endif
