/* SPDX-License-Identifier: BSD-2-Clause */
/* A growing byte string. */
#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"

void
buf_done(struct buf *b)
{
	int err = errno;

	free(b->p);
	*b = (struct buf)BUF_INIT;
	errno = err;
}

/* Make room for more bytes and a NUL. */
static int
buf_room(struct buf *b, size_t more)
{
	size_t cap = b->cap ? b->cap : 64;
	char *p;

	if (b->err)
		return -b->err;
	if (more >= SIZE_MAX / 2 - b->len) {
		b->err = ENOMEM;
		return -ENOMEM;
	}
	while (cap < b->len + more + 1)
		cap *= 2;
	if (cap == b->cap)
		return 0;
	if ((p = realloc(b->p, cap)) == NULL) {
		b->err = ENOMEM;
		return -ENOMEM;
	}
	b->p = p;
	b->cap = cap;
	return 0;
}

void
buf_add(struct buf *b, const void *data, size_t len)
{
	if (buf_room(b, len) < 0)
		return;
	if (len > 0)
		memcpy(b->p + b->len, data, len);
	b->len += len;
	b->p[b->len] = '\0';
}

void
buf_str(struct buf *b, const char *s)
{
	buf_add(b, s, strlen(s));
}

void
buf_chr(struct buf *b, char c)
{
	buf_add(b, &c, 1);
}

void
buf_fmt(struct buf *b, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n < 0 && b->err == 0)
		b->err = ENOMEM;
	if (n < 0 || buf_room(b, (size_t)n) < 0)
		return;
	va_start(ap, fmt);
	(void)vsnprintf(b->p + b->len, (size_t)n + 1, fmt, ap);
	va_end(ap);
	b->len += (size_t)n;
}

int
buf_err(const struct buf *b)
{
	return -b->err;
}

char *
buf_take(struct buf *b)
{
	char *p = NULL;

	if (buf_room(b, 0) == 0) {
		p = b->p;
		p[b->len] = '\0';
		b->p = NULL;
	}
	buf_done(b);
	return p;
}

void *
grow(void *array, size_t n, size_t size)
{
	if ((n & (n - 1)) != 0)
		return array; /* room is left below the next power */
	if (n > SIZE_MAX / 2 / size) {
		errno = ENOMEM;
		return NULL;
	}
	return realloc(array, (n ? n * 2 : 1) * size);
}
