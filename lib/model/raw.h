/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Parameter values in memory, as FreeBSD's programs know them: booleans,
 * integers and jailsys values are an int, host.hostid is an unsigned long,
 * texts end in a NUL, address lists are arrays of in_addr or in6_addr.  Pure.
 */
#ifndef RAW_H
#define RAW_H

#include <stdbool.h>
#include <stddef.h>

#include "params.h"

struct buf;
struct jerr;
struct pset;

/* Bytes of a number or of an element of an address list; 0 for texts. */
size_t raw_size(const struct jailx_param *p);

/* Is it an address list? */
bool raw_is_list(const struct jailx_param *p);

/* Is name meta.KEY or env.KEY? */
bool raw_is_key(const struct jailx_param *p, const char *name);

/*
 * Append the bytes of a text.  name is what the value is called in messages:
 * of a "no" name the value is its own, not that of the parameter.  0, or
 * -EINVAL, -ENAMETOOLONG, -EFBIG, -ENOMEM and a sentence.
 */
int raw_import(const struct jailx_param *p, const char *name, const char *text,
    struct buf *ret, struct jerr *e);

/* The other way.  -EINVAL when there are not as many bytes as it takes. */
int raw_export(const struct jailx_param *p, const char *name, const void *value,
    size_t len, struct buf *ret, struct jerr *e);

/*
 * Append the bytes of a set's value; of a missing key and an empty list
 * there are none.
 */
int raw_from_set(const struct jailx_param *p, const char *name, bool no,
    const struct pset *set, struct buf *ret, struct jerr *e);

/*
 * The row of a kernel parameter, as jailx_param_find(); NULL and libjail's
 * sentence [ENOENT] for others and for those of jail(8).
 */
const struct jailx_param *raw_find(
    const char *name, bool *ret_no, struct jerr *e);

#endif
