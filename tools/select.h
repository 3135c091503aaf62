/* SPDX-License-Identifier: BSD-2-Clause */
/* Which jails are meant: words, wildcards, and what depends on what. */
#ifndef TOOLS_SELECT_H
#define TOOLS_SELECT_H

#include <stdbool.h>
#include <stddef.h>

struct conf;
struct conf_jail;
struct order;

struct node {
	char *name;
	struct conf_jail *conf; /* its block; NULL: it merely runs */
	bool is_named; /* by a word that is no wildcard */
	int jid; /* the running one of a node without a block */
	char *why; /* it failed, or was skipped; the caller's */
};

struct selection {
	const struct conf *conf;
	unsigned int op; /* OP_* */
	struct node *node; /* n of them, numbered as in the order */
	size_t n;
	size_t selected, pulled; /* of these, pulled in by others */
	struct order *order;
};

/*
 * The jails of conf (may be NULL) and, for a removal, those that run and are
 * meant; with no word, all of the file.  0; 1: a word meant nothing, as was
 * said; -1: nothing can be done, as was said.
 */
int selection_make(struct selection *ret, const struct conf *conf,
    unsigned int op, char *const *words);
void selection_done(struct selection *s);

#endif
