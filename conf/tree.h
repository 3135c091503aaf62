/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What was read: sections in the order of the file, each with its statements.
 * Private to conf/.
 */
#ifndef CONF_TREE_H
#define CONF_TREE_H

#include <stdbool.h>
#include <stddef.h>

struct conf;

/* A part of a value: text, or the name of a variable. */
struct piece {
	char *text;
	bool var;
};

/* A value in its pieces: joined, they are one string.  None: "". */
struct value {
	struct piece *v;
	size_t n;
};

/* name = value, value...; */
struct stmt {
	char *name;
	bool var; /* $name */
	bool append; /* += */
	struct value *v;
	size_t n; /* 0: name; */
	const char *file;
	unsigned int line;
};

/* A block, or statements outside of any: those are of a "*". */
struct section {
	char *name;
	bool wild;
	struct stmt *s;
	size_t n;
	const char *file;
	unsigned int line;
};

struct conf {
	struct section *sec;
	size_t n;
	size_t *jails; /* the sections that are no wildcards */
	size_t n_jails;
	size_t *wild; /* and those that are */
	size_t n_wild;
	size_t *by_name; /* places in jails, sorted */
	char **files; /* names, for the statements to point to */
	size_t n_files;
};

void value_done(struct value *v);
/* Append a piece and own its text, also on failure.  0 or -ENOMEM. */
int value_add(struct value *v, char *text, bool var);

void stmt_done(struct stmt *s);
/* Append a value and own it, also on failure. */
int stmt_add(struct stmt *s, struct value *v);

/* Append an empty section and own its name, also on failure. */
int tree_section(
    struct conf *c, char *name, const char *file, unsigned int line);
/* Append a statement and own it, also on failure. */
int tree_stmt(struct conf *c, size_t section, struct stmt *s);
/* A copy of a file's name that lives as long as the tree, or NULL. */
const char *tree_file(struct conf *c, const char *name);

/* When all has been read: number the jails.  0 or -ENOMEM. */
int tree_done(struct conf *c);
const struct section *tree_jail(const struct conf *c, size_t i);

#endif
