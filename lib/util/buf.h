/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A growing byte string.  The only place in the tree that calls realloc().
 * Failures stick: after the first one every call is a no-op, and buf_err()
 * says so at the end.
 */
#ifndef UTIL_BUF_H
#define UTIL_BUF_H

#include <stddef.h>

struct buf {
	char *p; /* len bytes and a NUL, or NULL while empty */
	size_t len;
	size_t cap;
	int err; /* 0 or ENOMEM */
};

#define BUF_INIT                                                               \
	{                                                                      \
		0                                                              \
	}

void buf_done(struct buf *b);
void buf_add(struct buf *b, const void *data, size_t len);
void buf_str(struct buf *b, const char *s);
void buf_chr(struct buf *b, char c);
void buf_fmt(struct buf *b, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* 0 or -ENOMEM. */
int buf_err(const struct buf *b);

/* Hand the string over (never NULL unless memory is out); b is empty then. */
char *buf_take(struct buf *b);

/*
 * Make room for one more element in an array of n elements of size bytes
 * whose capacity is a power of two.  Returns the (moved) array, or NULL with
 * the old one intact.
 */
void *grow(void *array, size_t n, size_t size);

#define auto_buf __attribute__((cleanup(buf_done)))

#endif
