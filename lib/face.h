/* SPDX-License-Identifier: BSD-2-Clause */
/* From the library's -errno and sentence to the public -1 and errno. */
#ifndef FACE_H
#define FACE_H

#include <stdbool.h>

#include "pset.h"

#define API __attribute__((visibility("default")))

struct jerr;
struct jail;

struct jailx_set {
	struct pset p;
};

/* r as it is, or -1 with errno and jail_errmsg. */
int face(int r, const struct jerr *e);

/*
 * All parameters of a jail, defaults and computed ones filled in, as
 * jailx_load().
 */
int face_load(struct pset *set, int jid, bool dying, struct jerr *e);

/* Flags of an iteration that shows all that the caller may see. */
unsigned int face_flags(bool dying);

/* The parameters of an open jail: 0, or -ENOENT when it is not shown. */
int face_read(struct pset *set, const struct jail *j, unsigned int flags);

/* The jid of a living jail with this name: jid or -ENOENT, a sentence. */
int face_named(const char *name, struct jerr *e);

#endif
