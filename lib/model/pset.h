/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A set of parameter values: for each row of the parameter table, unset or a
 * list of texts in canonical form.  Pure.  The public face is jailx_set_*().
 */
#ifndef MODEL_PSET_H
#define MODEL_PSET_H

#include <stdbool.h>
#include <stddef.h>

#include "ifaddr.h"
#include "params.h"

struct jerr;

struct pval {
	char **v; /* n texts, owned */
	size_t n;
	bool set; /* true with n == 0: an empty list */
};

struct pset {
	struct pval val[P_COUNT];
	struct pval keys; /* "meta.KEY=VALUE", or "meta.KEY" to delete:
			     changes to a text that is not known yet */
	char *key; /* the last key value handed out */
	struct if_addr *ifaddrs; /* of pset_add_ifaddr(), nifaddrs of them */
	size_t nifaddrs;
};

/* The caller's storage; init it with = { 0 }. */
void pset_done(struct pset *s);

/* As jailx_set_add(). */
int pset_add(
    struct pset *s, const char *name, const char *value, struct jerr *e);

/*
 * The same, but addresses are jail(8)'s (ifaddr.h): the value is the bare
 * ones, and how each was written is kept beside it, for jail(8) alone.
 */
int pset_add_ifaddr(
    struct pset *s, const char *name, const char *value, struct jerr *e);

/* Append a text as it is, already canonical.  0 or -ENOMEM. */
int pset_raw(struct pset *s, enum param_id id, const char *text);

/* Replace the value by one text.  0 or -ENOMEM; unchanged on failure. */
int pset_put(struct pset *s, enum param_id id, const char *text);

/* The value that from has, or none as it has none.  0 or -ENOMEM. */
int pset_copy(struct pset *to, const struct pset *from, enum param_id id);

void pset_clear(struct pset *s, enum param_id id);
bool pset_has(const struct pset *s, enum param_id id);

/* Element i, or the table's default for element 0, else NULL. */
const char *pset_get(const struct pset *s, enum param_id id, size_t i);
size_t pset_count(const struct pset *s, enum param_id id);
long pset_int(const struct pset *s, enum param_id id);
bool pset_bool(const struct pset *s, enum param_id id);

/* Is the value, or the default, this text? */
bool pset_is(const struct pset *s, enum param_id id, const char *text);

/*
 * Copy every set value of from into to, replacing, and apply its changes of
 * keys to the texts there.  0, or -errno with a sentence.
 */
int pset_merge(struct pset *to, const struct pset *from, struct jerr *e);

#endif
