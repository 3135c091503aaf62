/* SPDX-License-Identifier: BSD-2-Clause */
/* The caller's terminal, as the relay uses it.  Failures leave it as it is. */
#ifndef TOOLS_TERM_H
#define TOOLS_TERM_H

#include <stdbool.h>

struct relay;

/* A descriptor of our own of the terminal behind fd, or -1. */
int term_reopen(int fd, int mode);

/* May we read from it and change it, or is that for another job now? */
bool term_is_ours(int fd);

/* Is it read by whole lines? */
bool term_is_by_line(int fd);

/* Raw mode where r->alone, and back. */
void term_enter(struct relay *r);
void term_leave(struct relay *r);

/* Give the pty the window's size, and the settings of the terminal from. */
void term_copy_size(const struct relay *r);
void term_copy_modes(const struct relay *r, int from);

#endif
