/* SPDX-License-Identifier: BSD-2-Clause */
/* Addresses of the host's interfaces that jails bring along. */
#ifndef TOOLS_ALIAS_H
#define TOOLS_ALIAS_H

#include "steps.h"

struct job;

/* ip_hostname: the addresses that host.hostname stands for. */
enum step_result alias_resolve(struct job *j, const struct step *s);

/* Before the jail is there, and when it has gone. */
enum step_result alias_up(struct job *j, const struct step *s);
enum step_result alias_down(struct job *j, const struct step *s);

/* The jail is there: it has them from now on.  0, or -1 and it was said. */
int alias_hand_over(struct job *j);

/* The start has failed. */
void alias_undo(struct job *j);

/* For -N: what alias_up() would do. */
void alias_print(const struct job *j,
    void (*line)(const struct job *j, const char *where, const char *text));

#endif
