/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What jail(8) does with one jail: a list of steps, walked without waiting.
 * Where a step has to wait, for a command above all, the job says for what
 * (job_prepare()) and goes on when that has come about (job_handle()).
 */
#ifndef TOOLS_JOB_H
#define TOOLS_JOB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "jailx.h"
#include "relay.h"

struct child;
struct conf_jail;
struct loop;
struct step;

/* How the user asked, whatever the jail. */
struct request {
	int verbose; /* -1 quiet, 0, 1 */
	bool print_jid; /* -i */
	FILE *jid_file; /* -J */
	const char *old_line; /* the words of the old form, for -J */
	bool many; /* removals are noted */
	int commands; /* -p: so many at once, 0: any number */
};

enum job_what {
	JOB_CREATE,
	JOB_UPDATE,
	JOB_UPDATE_OR_RESTART, /* when a create-only parameter differs */
	JOB_REMOVE,
	JOB_RESTART,
	JOB_KILL, /* -R: nothing is run */
	JOB_AFTER, /* what follows a removal */
};

struct job {
	const struct request *q;
	struct loop *loop;
	char *name; /* said in messages; NULL: anonymous */
	const struct conf_jail *conf; /* its block of jail.conf, or NULL */
	struct jailx_set *given; /* its parameters, or NULL */
	struct jailx_set *now; /* those of the running jail, once read */
	bool is_argv; /* command is the words of one command */
	bool is_found; /* by a wildcard: that it has gone is no mistake */
	bool again; /* to be created once it is removed */
	int jid; /* 0: there is none */
	uint64_t id;
	int hold; /* of jailx_create(), -1 */
	int lock; /* of jailx_end(), -1 */
	bool is_kept; /* it has its keeper already */
	struct jailx_taken *taken; /* of jailx_take(), or NULL */
	bool has_taken; /* it was handed over to the jail */
	const struct step *step; /* the next one; NULL: over */
	size_t value; /* of its list */
	struct child *child; /* the command under way */
	int stop; /* of jailx_stop(), -1 */
	int64_t deadline; /* of what is under way, 0: none */
	bool is_created, is_removed; /* in this run */
	int interrupted; /* by this signal; 0: not */
	int status; /* exit status, 0 while all is well */
	char *why; /* the last thing that was said */
	size_t index; /* the caller's */
};

/*
 * A job with no name and no parameters yet; NULL: no memory.  The fields up
 * to is_argv, jid and id are the caller's to set; name, given and now become
 * the job's own.
 */
struct job *job_new(const struct request *q);
void job_free(struct job *j);

void job_begin(struct job *j, enum job_what what);

/* Go on as far as possible.  True when the job is over. */
bool job_go(struct job *j);

/* What to wait for; returns for how long, in milliseconds, or -1. */
int job_prepare(const struct job *j, struct pollfd f[static RELAY_FDS]);
void job_handle(struct job *j, const struct pollfd f[static RELAY_FDS]);

/* Something that asks jail(8) to end: the job fails after what runs now. */
void job_interrupt(struct job *j, int sig);

/* A sentence on standard error, with the jail's name before it. */
void job_say(struct job *j, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* The same on standard output, where the user wants to know that much. */
void job_note(const struct job *j, int verbose, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* "removed", where it is to be said. */
void job_note_removed(const struct job *j);

/* Its parameters, for commands: the block's, else those of the jail. */
const struct jailx_set *job_set(const struct job *j);

/* A line of -J. */
void job_record(struct job *j);

#endif
