/* SPDX-License-Identifier: BSD-2-Clause */
/* What FreeBSD's tools have of libxo: its options, and JSON as it lays it out.
 */
#ifndef TOOLS_XO_H
#define TOOLS_XO_H

#include <stdbool.h>

#define XO_DEPTH 8

struct json_object;

struct xo {
	bool json; /* not text */
	bool pretty; /* in more lines */
	/* while it is written */
	int depth;
	struct {
		char end; /* the bracket that closes it */
		bool has_some;
	} level[XO_DEPTH];
	struct json_object *string;
};

/*
 * Take --libxo and its words out of the arguments, wherever they stand.
 * Returns how many arguments remain; exits where they are wrong.
 */
int xo_take(struct xo *x, char **argv, const char *usage);

/* The whole; version is what the format of the tool is called. */
void xo_begin(struct xo *x, const char *version);
void xo_end(struct xo *x);

/* bracket: '{' or '['; name: NULL for one of a list. */
void xo_open(struct xo *x, const char *name, char bracket);
void xo_close(struct xo *x);

void xo_string(struct xo *x, const char *name, const char *value);
void xo_number(struct xo *x, const char *name, long value);

/* What is JSON already: a number, true, false. */
void xo_raw(struct xo *x, const char *name, const char *value);

/* Of a list of strings. */
void xo_element(struct xo *x, const char *value);

#endif
