/* SPDX-License-Identifier: BSD-2-Clause */
/* Reading files: what the grammar calls, and who serves it.  Private. */
#ifndef CONF_READ_H
#define CONF_READ_H

#include <setjmp.h>
#include <stdbool.h>
#include <stddef.h>

#include "conf.h"
#include "tree.h"

struct buf;

/* Where text comes from: the disk, or what a test has in memory. */
struct conf_source {
	/* The whole of a file; "-" is standard input.  -EFBIG past max. */
	int (*read)(void *arg, const char *path, size_t max, struct buf *ret);
	/* The names that a pattern matches, sorted, to be freed; maybe none. */
	int (*list)(void *arg, const char *pattern, char ***ret, size_t *ret_n);
	void *arg;
};

/* As conf_read(), from there. */
int conf_read_from(struct conf **ret, const char *path,
    const struct conf_source *from, const struct conf_say *say);

/* One run over a file and its includes. */
struct run {
	struct conf *conf;
	const struct conf_source *from;
	const struct conf_say *say;
	size_t n_files; /* opened so far */
	size_t n_bytes; /* read so far */
	size_t n_words; /* found so far: what memory is used for */
	size_t n_errors;
	int err; /* the first: 0 or -errno */
	bool stop; /* nothing more is to be read */
};

/* One file being parsed: what lexer and grammar have in common. */
struct parse {
	struct run *run;
	const char *file; /* as messages name it */
	unsigned int depth; /* of includes */
	size_t section; /* the block around; NO_SECTION: none */
	/* of the lexer */
	unsigned int line; /* where the last token begins, */
	unsigned int next_line; /* and ends */
	bool joined; /* the last was a piece, with nothing after it */
	bool eof;
	jmp_buf fatal; /* out of the lexer when its memory is out: */
	_Alignas(16) char pool[1008];
	size_t pool_used;
};

#define NO_SECTION ((size_t)-1)

/* A piece of a string as the lexer has found it: several, with variables. */
struct word {
	struct value v;
	unsigned int line;
};

/* What is wrong, of the run: said as it is. */
void run_error(struct run *r, int err, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* "FILE line N: " and what is wrong there. */
void parse_error(struct parse *p, unsigned int line, const char *what);
/* One word more is to be kept: false, and said, when there are too many. */
bool parse_word(struct parse *p);
/* "FILE line N: TOKEN: syntax error", or "FILE: unexpected EOF". */
void parse_syntax(struct parse *p, const char *token);
void parse_nomem(struct parse *p);

/* Statements from here on belong to a block of this name in the present one. */
void parse_open(struct parse *p, const char *name, unsigned int line);
/* A statement is complete: it is taken. */
void parse_stmt(struct parse *p, struct stmt *s);
/* .include pattern, pattern...; */
void parse_include(struct parse *p, const struct stmt *s, unsigned int line);

/*
 * The lexer's and the grammar's part: parse a text that two NULs follow, and
 * which is written to meanwhile.
 */
void parse_text(struct parse *p, char *text, size_t len);

/*
 * The value of a piece of text as it stands in the file, without its quotes:
 * escapes are replaced, and variables found where vars says so.  -EINVAL: a
 * variable has no end; -EILSEQ: an escape makes a NUL; *ret_at is its place.
 */
int word_split(
    struct value *ret, const char *text, size_t len, bool vars, size_t *ret_at);

#endif
