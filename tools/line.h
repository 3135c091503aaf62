/* SPDX-License-Identifier: BSD-2-Clause */
/* The text of a command, as exec.start and its kin have it. */
#ifndef TOOLS_LINE_H
#define TOOLS_LINE_H

#include <stdbool.h>

struct line {
	char *copy; /* the words are in here */
	const char **argv; /* NULL-ended; argv[0] NULL: nothing to run */
	bool background; /* not waited for */
};

/*
 * By FreeBSD's rule: a text with a character that means something to the
 * shell is given to it, but for a lone "&" at the end; others are words.  0,
 * or -1: no memory.
 */
int line_parse(struct line *l, const char *text);
void line_done(struct line *l);

#endif
