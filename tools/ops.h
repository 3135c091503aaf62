/* SPDX-License-Identifier: BSD-2-Clause */
/* What jail(8) does to one jail.  Results are exit statuses. */
#ifndef TOOLS_OPS_H
#define TOOLS_OPS_H

#include <stdbool.h>
#include <stdint.h>

#include "jailx.h"

/* How the user asked, whatever the jail. */
struct request {
	int verbose; /* -1 quiet, 0, 1 */
	bool print_jid; /* -i */
	const char *jid_file; /* -J */
	/* words as on the command line, for -J */
	const char *old_line;
};

/* Say it on standard error: "jail: " and the sentence. */
void say(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Say it on standard output, with -v alone. */
void note(const struct request *q, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* Create the jail and run what starts it; on failure it is gone again. */
int op_create(const struct request *q, const struct jailx_set *set);

/* Change a running jail; restart when a create-only parameter differs. */
int op_update(const struct request *q, int jid, const struct jailx_set *set,
    bool restart);

/* Run what stops it, then remove it. */
int op_remove(const struct request *q, int jid);

/* Remove it at once. */
int op_kill(const struct request *q, int jid);

/* ---- run.c: commands ---- */

/*
 * From now on commands enter the jail of this jailx_id() alone: another one
 * may get its jid while a command takes its time.
 */
void run_only(uint64_t id);

enum run_result {
	RUN_OK,
	RUN_FAILED, /* it has been said why */
};

/*
 * Run every text of a list parameter (exec.start...), in the jail or on the
 * host, until one fails.
 */
enum run_result run_hooks(const struct request *q, int jid,
    const struct jailx_set *set, const char *param);

/*
 * Run the command parameter's words in the jail.  *ret_status is its exit
 * status as a shell has it.
 */
enum run_result run_command(const struct request *q, int jid,
    const struct jailx_set *set, int *ret_status);

/* A signal that asks jail(8) to end has come: its number, or 0. */
int run_interrupted(void);

/* From now on such signals wait to be asked for. */
void run_hold_signals(void);

/* ---- expose.c ---- */

/* With -v: say so if unprivileged users of the host can reach path. */
void expose_warn(const struct request *q, const char *path);

#endif
