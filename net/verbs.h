/* SPDX-License-Identifier: BSD-2-Clause */
/* What jail-net can do.  A subject has its own file. */
#ifndef NET_VERBS_H
#define NET_VERBS_H

struct jerr;

/* Descriptors that a caller passes begin here. */
#define VERB_FD 3

/*
 * words are those after the verb, as many as its row says, with a NULL at the
 * end.  0, or -errno with the sentence in e.
 */
typedef int verb_fn(char *const *words, struct jerr *e);

verb_fn verb_alias_add, verb_alias_del; /* alias.c */
verb_fn verb_fib; /* fib.c */

/* pair.c */
verb_fn verb_pair;
verb_fn verb_unpair;

/* move.c */
verb_fn verb_take;
verb_fn verb_give;

#endif
