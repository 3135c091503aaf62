/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * File systems that are interfaces of the kernel.  No jail is given the
 * host's: their files are root's, whatever mount they are seen through.
 */
#ifndef FSTYPES_H
#define FSTYPES_H

#include <stdbool.h>

/* By the name that mountinfo has. */
bool fstype_is_kernel(const char *name);

/* By the file system that fd lies on. */
bool fd_is_kernel(int fd);

#endif
