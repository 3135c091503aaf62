/* SPDX-License-Identifier: BSD-2-Clause */
/* jls(8): what its parts share. */
#ifndef TOOLS_JLS_H
#define TOOLS_JLS_H

#include <stdbool.h>
#include <stddef.h>

#include "xo.h"

struct jailx_param;
struct jailx_set;

enum {
	JLS_HEADER = 0x001, /* -h */
	JLS_NAMEVAL = 0x002, /* -n */
	JLS_QUOTED = 0x004, /* -q */
	JLS_SKIP = 0x008, /* -s: what a new jail could not be given */
	JLS_VERBOSE = 0x010, /* -v */
	JLS_NAMES = 0x020, /* -N */
	JLS_DYING = 0x040, /* -a, -d */
	JLS_CHECK = 0x080, /* -c */
	JLS_PARAMS = 0x100, /* parameters are listed, not a table */
};

/* A parameter to print. */
struct jls_column {
	const char *name; /* as it was asked for */
	const struct jailx_param *param;
	const char *parent; /* its jailsys parameter */
	bool no; /* the "no" form */
	bool key; /* meta.KEY, env.KEY */
};

struct jls {
	unsigned int flags;
	struct xo xo;
	struct jls_column *columns;
	size_t ncolumns;
};

/* A way to print jails: what comes first, each jail, what comes last. */
struct jls_view {
	void (*begin)(struct jls *j);
	void (*row)(struct jls *j, const struct jailx_set *set);
	void (*end)(struct jls *j);
};

extern const struct jls_view jls_table, jls_verbose, jls_params;
extern const struct jls_view jls_json;

/* Does -s leave the column out for this jail? */
bool jls_is_skipped(const struct jls *j, const struct jls_column *c,
    const struct jailx_set *set);

/*
 * The text of a column that is no list; "" for one without a
 * value, NULL for a key that the jail has not.
 */
const char *jls_value(const struct jls_column *c, const struct jailx_set *set);

/* Is it a list, of addresses or ports? */
bool jls_is_list(const struct jls_column *c);

/* The value of a parameter, or "". */
const char *jls_get(const struct jailx_set *set, const char *name);

#endif
