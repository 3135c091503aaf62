/* SPDX-License-Identifier: BSD-2-Clause */
/* Whole reads and writes.  All return 0 or more, or -errno. */
#ifndef UTIL_IO_H
#define UTIL_IO_H

#include <stddef.h>
#include <sys/types.h>

struct buf;

/*
 * Read a small file below dirfd whole, NUL-terminated.  Returns its length;
 * -EFBIG when it does not fit.
 */
ssize_t io_readat(int dirfd, const char *name, char *text, size_t size);

/* Write text to an existing file below dirfd with one write(2). */
int io_writeat(int dirfd, const char *name, const char *text);

/* Append all that can be read from fd; -EFBIG past max bytes. */
int io_slurp(int fd, size_t max, struct buf *ret);

/* read(2) until size bytes or the end; returns how many. */
ssize_t io_read(int fd, void *data, size_t size);

/* write(2) until all is written. */
int io_write(int fd, const void *data, size_t size);

#endif
