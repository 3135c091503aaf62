/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * jail.conf(5): files in memory, a NUL between them, that include each other
 * by number.  What jail -e shows of a jail, put back as a file, shows the
 * same.
 */
#include <errno.h>
#include <fnmatch.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "cleanup.h"
#include "conf.h"
#include "order.h"
#include "read.h"

#define FILES_MAX 16
#define JAILS_MAX 16 /* that are looked at */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct files {
	const char *text[FILES_MAX];
	size_t len[FILES_MAX];
	size_t n;
};

static void
check(bool good)
{
	if (!good)
		abort();
}

static int
read_file(void *arg, const char *path, size_t max, struct buf *ret)
{
	const struct files *f = arg;
	char *end;
	size_t i = strtoul(path, &end, 10);

	if (end == path || *end != '\0' || i >= f->n)
		return -ENOENT;
	if (f->len[i] > max)
		return -EFBIG;
	buf_add(ret, f->text[i], f->len[i]);
	return buf_err(ret);
}

static int
list_files(void *arg, const char *pattern, char ***ret, size_t *ret_n)
{
	const struct files *f = arg;
	char **names = calloc(FILES_MAX, sizeof(*names)), name[8];
	size_t i, n = 0;

	if (names == NULL)
		return -ENOMEM;
	for (i = 0; i < f->n; i++) {
		(void)snprintf(name, sizeof(name), "%zu", i);
		if (fnmatch(pattern, name, FNM_PATHNAME) == 0)
			names[n++] = strdup(name);
	}
	*ret = names;
	*ret_n = n;
	return 0;
}

/* An error always has a sentence. */
static void
count(void *arg, const char *jail, const char *sentence)
{
	check(*sentence != '\0' && (jail == NULL || *jail != '\0'));
	(*(size_t *)arg)++;
}

/* The jail as a file: its block's name, whatever it is, and its line. */
static void
as_file(const struct conf_jail *j, const char *line, struct buf *ret)
{
	const char *s;

	buf_chr(ret, '"');
	for (s = j->name; *s != '\0'; s++)
		buf_fmt(ret, "\\%03o", (unsigned char)*s);
	buf_fmt(ret, "\" {\n%s;\n}\n", line);
}

static void
fixpoint(const struct conf_jail *j, const struct conf_say *say)
{
	auto_buf struct buf line = BUF_INIT, text = BUF_INIT, again = BUF_INIT;
	struct files f = { .n = 1 };
	const struct conf_source from = { read_file, list_files, &f };
	struct conf *c;
	struct conf_jail *back;

	conf_line(j, ";\n", &line);
	as_file(j, line.p, &text);
	f.text[0] = text.p;
	f.len[0] = text.len;
	check(conf_read_from(&c, "0", &from, say) == 0);
	check(conf_count(c) == 1 && strcmp(conf_name(c, 0), j->name) == 0);
	check(conf_jail(c, 0, &back, say) == 0);
	conf_line(back, ";\n", &again);
	check(strcmp(line.p, again.p) == 0);
	conf_jail_free(back);
	conf_free(c);
}

static void
add_depends(struct order *o, size_t i, const struct conf_jail *j,
    const struct conf_say *say)
{
	const struct conf_param *p = conf_get(j, "depend");
	size_t k;

	for (k = 0; p != NULL && k < p->n; k++)
		(void)order_depend(o, i, p->v[k], say);
}

/* Everything ends, whatever depends on what. */
static void
run(struct order *o, const struct conf_say *say)
{
	enum order_what what;
	size_t n = 0;
	ssize_t i;

	check(order_link(o, say) == 0);
	order_select(o, 0, ORDER_START | ORDER_STOP);
	for (; order_left(o) > 0; n++) {
		check((i = order_next(o, &what)) >= 0);
		if (what != ORDER_SKIP)
			order_reached(o, (size_t)i,
			    what == ORDER_GO_STOP ? ORDER_STOPPED
						  : ORDER_STARTED);
	}
	check(n <= 2 * JAILS_MAX);
}

static void
look_at(const struct conf *c, const struct conf_say *say, const size_t *said)
{
	struct order *o = order_new();
	struct conf_jail *j;
	size_t i, n = conf_count(c), before;

	if (n > JAILS_MAX)
		n = JAILS_MAX;
	for (i = 0; i < n; i++) {
		check(order_add(o, conf_name(c, i)) == 0);
		check(conf_find(c, conf_name(c, i)) == (ssize_t)i);
		check(!conf_is_pattern(conf_name(c, i)));
	}
	for (i = 0; i < n; i++) {
		before = *said;
		if (conf_jail(c, i, &j, say) < 0) {
			check(*said > before);
			continue;
		}
		check(*said == before);
		fixpoint(j, say);
		check(*said == before);
		add_depends(o, i, j, say);
		conf_jail_free(j);
	}
	if (n > 0)
		run(o, say);
	order_free(o);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct files f = { .n = 0 };
	const struct conf_source from = { read_file, list_files, &f };
	size_t said = 0;
	const struct conf_say say = { .fn = count, .arg = &said };
	struct conf *c = NULL;
	const char *text = (const char *)data, *nul;
	size_t len = size;

	while (f.n < FILES_MAX) {
		nul = len > 0 ? memchr(text, '\0', len) : NULL;
		f.text[f.n] = text;
		f.len[f.n++] = nul != NULL ? (size_t)(nul - text) : len;
		if (nul == NULL)
			break;
		len -= (size_t)(nul + 1 - text);
		text = nul + 1;
	}
	if (conf_read_from(&c, "0", &from, &say) < 0) {
		check(said > 0 && c == NULL);
		return 0;
	}
	check(said == 0);
	look_at(c, &say, &said);
	conf_free(c);
	return 0;
}
