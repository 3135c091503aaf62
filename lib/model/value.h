/* SPDX-License-Identifier: BSD-2-Clause */
/* One value: text as typed to canonical text, by the type of its row.  Pure. */
#ifndef MODEL_VALUE_H
#define MODEL_VALUE_H

#include <stdbool.h>

#include "jailx.h"

struct jerr;
struct buf;

/* A whole decimal number within bounds.  0, -EINVAL or -ERANGE. */
int value_long(const char *text, long min, long max, long *ret);

/* "true", "false" in any case, or an integer.  0 or -EINVAL. */
int value_bool(const char *text, bool *ret);

/*
 * The canonical text of a scalar (not a list, not an address) into ret;
 * value NULL is the bare form.  0, or -EINVAL / -ENAMETOOLONG / -EFBIG with
 * libjail's sentence.
 */
int value_canon(const struct jailx_param *p, const char *value, bool no,
    struct buf *ret, struct jerr *e);

/* The canonical text of one address of an IP4 or IP6 row. */
int value_address(const struct jailx_param *p, const char *value,
    struct buf *ret, struct jerr *e);

/*
 * Key operations on a buffer of key=value lines (spec 5.9): get appends the
 * value to ret and returns 1, or 0 when the key is missing; set gives the
 * new text in ret, value NULL deletes the key.
 */
int value_key_get(const char *lines, const char *key, struct buf *ret);
int value_key_set(
    const char *lines, const char *key, const char *value, struct buf *ret);

#endif
