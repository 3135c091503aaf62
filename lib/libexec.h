/* SPDX-License-Identifier: BSD-2-Clause */
/* Helper programs, which link what a static program cannot. */
#ifndef LIBEXEC_H
#define LIBEXEC_H

#include <stddef.h>

struct jerr;

/*
 * Run argv, a program of ours and its words, with fds as its descriptors
 * from 3 on and nothing else of the caller's, and wait for its end.  When it
 * fails, what it said is the sentence in e; -EIO.
 */
int libexec_run(
    const char *const *argv, const int *fds, size_t nfds, struct jerr *e);

#endif
