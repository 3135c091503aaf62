/* SPDX-License-Identifier: BSD-2-Clause */
/* Loading a system call filter. */
#ifndef KERN_SECCOMP_H
#define KERN_SECCOMP_H

#include <linux/filter.h>
#include <stddef.h>

/*
 * Install a filter of n instructions on the calling thread, which needs
 * CAP_SYS_ADMIN in its user namespace (no_new_privs is left alone, so that
 * setuid programs of the jail go on working).  0 or -errno.
 */
int seccomp_load(const struct sock_filter *insn, size_t n);

#endif
