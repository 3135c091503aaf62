/* SPDX-License-Identifier: BSD-2-Clause */
/* Reading a file and its includes, and what is said of them. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "cleanup.h"
#include "read.h"

#define DEPTH_MAX 32 /* levels of .include */
#define FILES_MAX 65536 /* that are opened: includes can multiply */
#define BYTES_MAX ((size_t)16 << 20) /* that are read */
#define WORDS_MAX 2000000 /* that are kept */
#define ERRORS_MAX 100 /* no text for people has more */
#define NAME_LEN_MAX 255 /* of a jail; also limits how deep blocks nest */
#define TOKEN_LEN_MAX 60 /* of what is shown of a token */

/* ---- what is said ---- */

void
run_error(struct run *r, int err, const char *fmt, ...)
{
	auto_buf struct buf b = BUF_INIT;
	char *text = NULL;
	va_list ap;

	if (r->stop)
		return;
	if (r->err == 0)
		r->err = err;
	va_start(ap, fmt);
	if (vasprintf(&text, fmt, ap) < 0)
		text = NULL;
	va_end(ap);
	r->say->fn(r->say->arg, NULL, text != NULL ? text : strerror(ENOMEM));
	free(text);
	if (++r->n_errors >= ERRORS_MAX)
		r->stop = true;
}

void
parse_error(struct parse *p, unsigned int line, const char *what)
{
	run_error(p->run, -EINVAL, "%s line %u: %s", p->file, line, what);
}

/* A token as it can be shown: its first line, and not too much of it. */
static void
show_token(const char *token, struct buf *ret)
{
	size_t len = strcspn(token, "\n"), i;
	bool cut = token[len] != '\0';

	if (len > TOKEN_LEN_MAX) {
		len = TOKEN_LEN_MAX;
		cut = true;
	}
	for (i = 0; i < len; i++) {
		if ((unsigned char)token[i] < ' ' || token[i] == '\x7f')
			buf_fmt(ret, "\\%03o", (unsigned int)token[i]);
		else
			buf_chr(ret, token[i]);
	}
	if (cut)
		buf_str(ret, "...");
}

void
parse_syntax(struct parse *p, const char *token)
{
	auto_buf struct buf b = BUF_INIT;

	if (p->eof) {
		run_error(p->run, -EINVAL, "%s: unexpected EOF", p->file);
		return;
	}
	show_token(token, &b);
	buf_str(&b, ": syntax error");
	if (buf_err(&b) < 0)
		parse_nomem(p);
	else
		parse_error(p, p->line, b.p);
}

void
parse_nomem(struct parse *p)
{
	run_error(p->run, -ENOMEM, "%s: %s", p->file, strerror(ENOMEM));
	p->run->stop = true;
}

/* ---- what the grammar finds ---- */

bool
parse_word(struct parse *p)
{
	if (++p->run->n_words <= WORDS_MAX)
		return true;
	run_error(p->run, -EINVAL, "%s: too much is included", p->file);
	p->run->stop = true;
	return false;
}

void
parse_open(struct parse *p, const char *name, unsigned int line)
{
	struct conf *c = p->run->conf;
	auto_buf struct buf b = BUF_INIT;

	if (p->section != NO_SECTION)
		buf_fmt(&b, "%s.", c->sec[p->section].name);
	buf_str(&b, name);
	if (buf_err(&b) < 0) {
		parse_nomem(p);
		return;
	}
	if (b.len > NAME_LEN_MAX) {
		parse_error(p, line, "jail name too long");
		p->run->stop = true;
		return;
	}
	if (tree_section(c, buf_take(&b), p->file, line) < 0)
		parse_nomem(p);
	else
		p->section = c->n - 1;
}

/* The section for statements outside of blocks: a "*" of its own. */
static int
outside(struct parse *p)
{
	struct conf *c = p->run->conf;

	if (c->n > 0 && strcmp(c->sec[c->n - 1].name, "*") == 0)
		return 0;
	return tree_section(c, strdup("*"), p->file, p->line);
}

void
parse_stmt(struct parse *p, struct stmt *s)
{
	struct conf *c = p->run->conf;
	size_t section = p->section;

	s->file = p->file;
	if (section == NO_SECTION) {
		if (outside(p) < 0) {
			stmt_done(s);
			parse_nomem(p);
			return;
		}
		section = c->n - 1;
	}
	if (tree_stmt(c, section, s) < 0)
		parse_nomem(p);
}

/* ---- files ---- */

static void
parse_file(struct run *r, const char *path, const char *name,
    unsigned int depth, size_t section)
{
	auto_buf struct buf text = BUF_INIT;
	struct parse p = { .run = r,
		.depth = depth,
		.section = section,
		.line = 1,
		.next_line = 1 };
	int err;

	if (++r->n_files > FILES_MAX) {
		run_error(r, -EINVAL, "%s: too many files are included", name);
		r->stop = true;
		return;
	}
	err = r->from->read(r->from->arg, path, BYTES_MAX - r->n_bytes, &text);
	if (err < 0) {
		run_error(r, err, "%s: %s", name, strerror(-err));
		return;
	}
	r->n_bytes += text.len;
	if ((p.file = tree_file(r->conf, name)) == NULL) {
		p.file = name;
		parse_nomem(&p);
		return;
	}
	buf_chr(&text, '\0'); /* one of two */
	if (buf_err(&text) < 0)
		parse_nomem(&p);
	else if (memchr(text.p, '\0', text.len - 1) != NULL)
		run_error(r, -EINVAL, "%s: not a text file", name);
	else
		parse_text(&p, text.p, text.len - 1);
}

/* Has a name characters that mean something in a pattern? */
static bool
is_pattern(const char *name)
{
	return strpbrk(name, "*?[") != NULL;
}

/*
 * Append the folder of a file, with its slash; for a pattern, so that it
 * stands for itself.
 */
static void
add_folder(struct buf *b, const char *file, bool pattern)
{
	const char *slash = strrchr(file, '/'), *s;

	for (s = file; slash != NULL && s <= slash; s++) {
		if (pattern && strchr("*?[\\", *s) != NULL)
			buf_chr(b, '\\');
		buf_chr(b, *s);
	}
}

static void
include_pattern(struct parse *p, const char *pattern)
{
	struct run *r = p->run;
	char **names = NULL;
	size_t i, n = 0;
	int err = r->from->list(r->from->arg, pattern, &names, &n);

	if (err < 0)
		run_error(r, err, "%s: filename glob failed", pattern);
	for (i = 0; i < n; i++) {
		if (!r->stop)
			parse_file(
			    r, names[i], names[i], p->depth + 1, p->section);
		free(names[i]);
	}
	free(names);
}

/* One value of .include. */
static void
include(struct parse *p, const struct value *v, unsigned int line)
{
	auto_buf struct buf name = BUF_INIT, path = BUF_INIT;
	size_t i;

	for (i = 0; i < v->n; i++) {
		if (v->v[i].var) {
			parse_error(p, line,
			    "variables not permitted in '.include' filename");
			return;
		}
		buf_str(&name, v->v[i].text);
	}
	if (p->depth >= DEPTH_MAX) {
		run_error(p->run, -EINVAL, "maximum include depth exceeded");
		p->run->stop = true;
		return;
	}
	buf_str(&name, "");
	if (buf_err(&name) == 0) {
		if (name.p[0] != '/')
			add_folder(&path, p->file, is_pattern(name.p));
		if (strcmp(name.p, "-") == 0 && path.len == 0)
			buf_str(&path, "./"); /* not standard input */
		buf_str(&path, name.p);
	}
	if (buf_err(&name) < 0 || buf_err(&path) < 0)
		parse_nomem(p);
	else if (is_pattern(name.p))
		include_pattern(p, path.p);
	else
		parse_file(p->run, path.p, path.p, p->depth + 1, p->section);
}

void
parse_include(struct parse *p, const struct stmt *s, unsigned int line)
{
	size_t i;

	for (i = 0; i < s->n && !p->run->stop; i++)
		include(p, &s->v[i], line);
}

/* A name that two blocks have. */
static void
check_names(struct run *r)
{
	const struct conf *c = r->conf;
	const struct section *a, *b;
	size_t i;

	for (i = 1; i < c->n_jails; i++) {
		a = tree_jail(c, c->by_name[i - 1]);
		b = tree_jail(c, c->by_name[i]);
		if (strcmp(a->name, b->name) == 0)
			run_error(r, -EINVAL,
			    "%s line %u: %s: already defined in %s line %u",
			    b->file, b->line, b->name, a->file, a->line);
	}
}

int
conf_read_from(struct conf **ret, const char *path,
    const struct conf_source *from, const struct conf_say *say)
{
	struct run r = { .from = from, .say = say };

	if ((r.conf = calloc(1, sizeof(*r.conf))) == NULL) {
		run_error(&r, -ENOMEM, "%s: %s", path, strerror(ENOMEM));
		return -ENOMEM;
	}
	parse_file(
	    &r, path, strcmp(path, "-") == 0 ? "STDIN" : path, 0, NO_SECTION);
	if (!r.stop && tree_done(r.conf) < 0)
		run_error(&r, -ENOMEM, "%s: %s", path, strerror(ENOMEM));
	check_names(&r);
	if (r.err < 0) {
		conf_free(r.conf);
		return r.err;
	}
	*ret = r.conf;
	return 0;
}
