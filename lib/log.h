/* SPDX-License-Identifier: BSD-2-Clause */
/* Files of the host that a jail's output is appended to. */
#ifndef LOG_H
#define LOG_H

struct jerr;

/* As jailx_log_open(). */
int log_open(const char *root, const char *name, struct jerr *e);

#endif
