/* SPDX-License-Identifier: BSD-2-Clause */
/* The system call filter, emitted as classic BPF from one table.  Pure. */
#ifndef MODEL_FILTER_H
#define MODEL_FILTER_H

#include <linux/filter.h>
#include <stddef.h>

#define FILTER_MAX 4096 /* the kernel's BPF_MAXINSNS */

/*
 * Emit the filter for a jail that has the groups in open (enum policy_open).
 * Returns the number of instructions, or -ENOSPC when max is too small.
 */
int filter_emit(struct sock_filter *insn, size_t max, unsigned int open);

#endif
