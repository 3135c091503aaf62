/* SPDX-License-Identifier: BSD-2-Clause */
/* One jail while its parameters are put together.  Private to conf/. */
#ifndef CONF_EXPAND_H
#define CONF_EXPAND_H

#include <search.h>
#include <stdbool.h>
#include <stddef.h>

#include "conf.h"
#include "tree.h"

enum resolved { RES_NEW, RES_ACTIVE, RES_DONE, RES_BAD };

/* A parameter or variable. */
struct setting {
	const char *name; /* as last written */
	bool var;
	bool implied; /* by the name of the block */
	bool clash; /* that it is both was said */
	const struct value **v; /* as written */
	size_t n;
	const char *file;
	unsigned int line;
	enum resolved state;
	char **out; /* with the values of variables */
	size_t n_out;
};

struct expand {
	const struct conf *conf;
	const struct section *jail;
	const struct conf_say *say;
	struct setting *e;
	size_t n;
	size_t room; /* for so many */
	struct hsearch_data index;
	struct piece id_piece; /* the implied parameter's value */
	struct value id_value;
	size_t left; /* bytes that values may still take */
	unsigned int depth; /* of variables in variables */
	int err; /* 0 or -errno */
};

/* Say it of this jail; err is -EINVAL or -ENOMEM. */
void expand_error(struct expand *x, int err, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* Put the statements that apply together, in FreeBSD's order. */
void merge(struct expand *x);
void merge_done(struct expand *x);

/* The parameter or variable of exactly this name, with a value; or NULL. */
struct setting *merge_find(struct expand *x, const char *name);

#endif
