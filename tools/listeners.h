/* SPDX-License-Identifier: BSD-2-Clause */
/* Who already listens where a new jail is going to. */
#ifndef TOOLS_LISTENERS_H
#define TOOLS_LISTENERS_H

struct job;

/*
 * With -v, say which processes have a port of the addresses that the job's
 * jail is to get, or of the wildcard address, and what that means for it.
 */
void listeners_warn(const struct job *j);

#endif
