/* SPDX-License-Identifier: BSD-2-Clause */
/* The environment of a command in a jail. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "buf.h"
#include "env.h"
#include "jailx.h"

#define PATH_CLEAN "/bin:/usr/bin"

/* The index of a variable, or of the NULL that ends the vector. */
static size_t
find(char *const *env, const char *name)
{
	size_t i, len = strlen(name);

	for (i = 0; env[i] != NULL; i++)
		if (strncmp(env[i], name, len) == 0 && env[i][len] == '=')
			break;
	return i;
}

/* Put a heap string at index i, which is at most the end of the vector. */
static int
put(char ***env, size_t i, char *text)
{
	char **v = *env;

	if (text == NULL)
		return -1;
	if (v[i] == NULL) {
		/* i strings and the NULL are there: one string more. */
		if ((v = grow(v, i + 1, sizeof(*v))) == NULL) {
			free(text);
			return -1;
		}
		*env = v;
		v[i + 1] = NULL;
	} else {
		free(v[i]);
	}
	v[i] = text;
	return 0;
}

/* A vector without a variable. */
static char **
empty(void)
{
	return calloc(1, sizeof(char *));
}

/* A copy of the caller's environment. */
static char **
copy(void)
{
	char **env = empty();
	size_t i;

	for (i = 0; env != NULL && environ[i] != NULL; i++)
		if (put(&env, i, strdup(environ[i])) < 0) {
			env_free(env);
			return NULL;
		}
	return env;
}

int
env_set(char ***env, const char *name, const char *value)
{
	char *text;

	if (asprintf(&text, "%s=%s", name, value) < 0) {
		errno = ENOMEM;
		return -1;
	}
	return put(env, find(*env, name), text);
}

const char *
env_get(char *const *env, const char *name)
{
	size_t i = find(env, name);

	return env[i] == NULL ? NULL : env[i] + strlen(name) + 1;
}

/* What a clean environment starts with. */
static int
set_clean(char ***env)
{
	const char *term = getenv("TERM");

	if (env_set(env, "PATH", PATH_CLEAN) < 0)
		return -1;
	return term == NULL ? 0 : env_set(env, "TERM", term);
}

static int
set_user(char ***env, const struct jailx_user *user)
{
	if (env_set(env, "USER", user->name) < 0 ||
	    env_set(env, "HOME", user->home) < 0)
		return -1;
	return env_set(env, "SHELL", user->shell);
}

char **
env_build(bool clean, const struct jailx_user *user)
{
	char **env = clean ? empty() : copy();

	if (env == NULL)
		return NULL;
	if ((clean && set_clean(&env) < 0) ||
	    (user != NULL && set_user(&env, user) < 0)) {
		env_free(env);
		errno = ENOMEM;
		return NULL;
	}
	return env;
}

void
env_free(char **env)
{
	size_t i;

	for (i = 0; env != NULL && env[i] != NULL; i++)
		free(env[i]);
	free(env);
}
