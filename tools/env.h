/* SPDX-License-Identifier: BSD-2-Clause */
/* The environment of a command in a jail. */
#ifndef TOOLS_ENV_H
#define TOOLS_ENV_H

#include <stdbool.h>

struct jailx_user;

/*
 * The environment for a command: the caller's own, or, when clean, only
 * PATH=/bin:/usr/bin and TERM; with USER, HOME and SHELL of user, unless that
 * is NULL.  To be freed with env_free(); NULL when memory is out.
 */
char **env_build(bool clean, const struct jailx_user *user);

/* Set a variable, replacing it.  0, or -1 [ENOMEM] with *env as it was. */
int env_set(char ***env, const char *name, const char *value);

/* The value of a variable, or NULL. */
const char *env_get(char *const *env, const char *name);

/* Free a vector; NULL is fine. */
void env_free(char **env);

#endif
