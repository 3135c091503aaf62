/* SPDX-License-Identifier: BSD-2-Clause */
/* Messages with a descriptor, on a unix socket. */
#ifndef PASS_H
#define PASS_H

#include <sys/types.h>

/* fd: -1 for none. */
ssize_t pass_send(int to, const void *text, size_t len, int fd);

/* *ret_fd: what came along, or -1. */
ssize_t pass_recv(int from, void *text, size_t size, int *ret_fd);

#endif
