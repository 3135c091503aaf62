/* SPDX-License-Identifier: BSD-2-Clause */
/* Extended attributes of open files, of whatever length. */
#ifndef XATTR_H
#define XATTR_H

#include <stddef.h>
#include <sys/types.h>

/*
 * The value of an attribute, with a NUL behind it, to be freed; its length.
 * -ENODATA: it is not there; -ENOMEM, what fgetxattr(2) returns.
 */
ssize_t xattr_read(int fd, const char *name, char **ret);

/* 0, or what fsetxattr(2) returns. */
int xattr_write(int fd, const char *name, const void *value, size_t len);

/* 0, also where it is not there; what fremovexattr(2) returns. */
int xattr_drop(int fd, const char *name);

#endif
