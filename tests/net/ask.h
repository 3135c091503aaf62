/* SPDX-License-Identifier: BSD-2-Clause */
/* Where the peers are. */
#ifndef ASK_H
#define ASK_H

/* Paths of their sockets; that of the one outside may be NULL. */
void ask_at(const char *host, const char *out);

#endif
