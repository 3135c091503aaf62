/* SPDX-License-Identifier: BSD-2-Clause */
/* The filter of the tests, as emitted last. */
#ifndef FILTER_PROG_H
#define FILTER_PROG_H

#include <stddef.h>

#include "filter.h"
#include "policy.h"

#define OPEN_ALL (OPEN_MSGBUF * 2 - 1) /* of a jail on the host's stack */
#define OPEN_LAST (OPEN_ALL | OPEN_VNET | OPEN_RAW)

extern struct sock_filter prog[FILTER_MAX];
extern size_t prog_len;

/* Emit it for these groups (enum policy_open). */
void emit(unsigned int open);

#endif
