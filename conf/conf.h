/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * jail.conf(5): a file with its includes is read once; what it says of one
 * jail is then asked for: conf_jail() merges the sections that apply and puts
 * the values of variables in their places.
 *
 * No function prints.  What is to be said goes to a conf_say_fn as a sentence
 * without the program's name; several may come before a call fails.  Functions
 * return 0 or more, or -errno; outputs are untouched on failure.
 */
#ifndef CONF_CONF_H
#define CONF_CONF_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct buf;
struct conf;

/* jail is NULL, or the name of the block that the sentence is about. */
typedef void conf_say_fn(void *arg, const char *jail, const char *sentence);

/* Where messages go. */
struct conf_say {
	conf_say_fn *fn;
	void *arg;
};

struct conf_param {
	char *name; /* as last written: "persist", "allow.nomount" */
	char **v;
	size_t n; /* 0: the bare form "name;" */
	const char *file; /* where it was written, owned by the conf; */
	unsigned int line; /* 0: implied by the name of the block */
};

/* The implied name, or jid, is p[0].  No two parameters are the same. */
struct conf_jail {
	const char *name; /* of the block, owned by the conf */
	struct conf_param *p;
	size_t n;
};

/*
 * Read a file and all that it includes.  "-" is the standard input, called
 * STDIN.  Parsing goes on after an error.  -ENOENT and so on: it, or a file
 * that it includes, cannot be read; -EINVAL: it is wrong; both were said.
 */
int conf_read(struct conf **ret, const char *path, const struct conf_say *say);
void conf_free(struct conf *c);

/* The jails, wildcards left out, in the order of the file. */
size_t conf_count(const struct conf *c);
const char *conf_name(const struct conf *c, size_t i);

/* The jail whose block has this name, or -ENOENT. */
ssize_t conf_find(const struct conf *c, const char *name);

/*
 * All that the file says of jail i: implied parameters first, sections merged
 * in FreeBSD's order, variables put in and removed.  Names and values of
 * parameters are not judged: that is jailx_set_add()'s.  -EINVAL: it is wrong,
 * as was said.
 */
int conf_jail(const struct conf *c, size_t i, struct conf_jail **ret,
    const struct conf_say *say);
void conf_jail_free(struct conf_jail *j);

/* The parameter of this name (a boolean: also its "no" form), or NULL. */
const struct conf_param *conf_get(const struct conf_jail *j, const char *name);

/* Append a jail as a line of jail -e has it, without the newline. */
void conf_line(
    const struct conf_jail *j, const char *separator, struct buf *ret);

/*
 * "*" as a whole component of a dotted name: as the last one it stands for one
 * or more components, elsewhere for exactly one.
 */
bool conf_is_pattern(const char *name);
bool conf_match(const char *pattern, const char *name);

#endif
