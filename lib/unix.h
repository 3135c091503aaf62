/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Abstract unix sockets of a jail that has the host's network: kept apart for
 * the whole machine by BPF programs where the kernel can (bpf/unix.bpf.c), or
 * for one jail by Landlock.
 */
#ifndef UNIX_H
#define UNIX_H

#include <stdbool.h>

struct build;
struct jerr;
struct pset;

/* A stage of a build: unix.private is kept, or what is not is said. */
int unix_setup(struct build *b, struct jerr *e);

/* Is a process that enters the jail to be put into a domain? */
bool unix_is_scoped(const struct pset *params);

#endif
