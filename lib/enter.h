/* SPDX-License-Identifier: BSD-2-Clause */
/* Entering by a program of its own: libexec/jail/enter. */
#ifndef ENTER_H
#define ENTER_H

#include <stddef.h>

struct entry;
struct jailx_spawn;
struct sock_filter;
struct spawn_pipes;

/*
 * spawn_child(), in another program.  In the new process A: it goes on there,
 * with what it was to be given, or ends with a word to J.
 */
_Noreturn void enter_exec(const struct entry *en, const struct jailx_spawn *how,
    struct spawn_pipes *p, const struct sock_filter *prog, size_t n);

/* There. */
_Noreturn void enter_main(char **argv, char **envp);

#endif
