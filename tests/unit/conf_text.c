/* SPDX-License-Identifier: BSD-2-Clause */
/* jail.conf(5) from files in memory. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <errno.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "buf.h"
#include "cleanup.h"
#include "conf.h"
#include "conf_text.h"
#include "read.h"

int
conf_file_read(void *arg, const char *path, size_t max, struct buf *ret)
{
	const struct conf_file *f;

	for (f = arg; f->path != NULL; f++) {
		if (strcmp(f->path, path) != 0)
			continue;
		if (strlen(f->text) > max)
			return -EFBIG;
		buf_str(ret, f->text);
		return buf_err(ret);
	}
	return -ENOENT;
}

int
conf_file_list(void *arg, const char *pattern, char ***ret, size_t *ret_n)
{
	const struct conf_file *f;
	char **names = NULL, **grown;
	size_t n = 0;

	for (f = arg; f->path != NULL; f++) {
		if (fnmatch(pattern, f->path, FNM_PATHNAME) != 0)
			continue;
		grown = grow(names, n, sizeof(*names));
		assert_non_null(grown);
		names = grown;
		names[n] = strdup(f->path);
		assert_non_null(names[n++]);
	}
	*ret = names;
	*ret_n = n;
	return 0;
}

void
conf_note(void *arg, const char *jail, const char *sentence)
{
	if (jail != NULL)
		buf_fmt(arg, "%s: ", jail);
	buf_fmt(arg, "%s\n", sentence);
}

char *
conf_show(const struct conf_file *files)
{
	union {
		const struct conf_file *in;
		void *out;
	} arg = { .in = files };
	const struct conf_source from = {
		.read = conf_file_read, .list = conf_file_list, .arg = arg.out
	};
	auto_buf struct buf said = BUF_INIT, lines = BUF_INIT;
	const struct conf_say say = { .fn = conf_note, .arg = &said };
	struct conf *c = NULL, *none = c;
	struct conf_jail *j;
	size_t i;

	buf_str(&lines, "");
	if (conf_read_from(&c, files->path, &from, &say) < 0) {
		assert_ptr_equal(c, none);
		assert_true(said.len > 0);
		return buf_take(&said);
	}
	assert_int_equal(said.len, 0);
	for (i = 0; i < conf_count(c); i++) {
		assert_int_equal(conf_find(c, conf_name(c, i)), i);
		j = NULL;
		if (conf_jail(c, i, &j, &say) < 0) {
			assert_null(j);
			assert_true(said.len > 0);
			continue;
		}
		assert_string_equal(j->name, conf_name(c, i));
		conf_line(j, ";", &lines);
		buf_chr(&lines, '\n');
		conf_jail_free(j);
	}
	conf_free(c);
	return buf_take(said.len > 0 ? &said : &lines);
}

char *
conf_show_text(const char *text)
{
	const struct conf_file files[] = { { "F", text }, { NULL, NULL } };

	return conf_show(files);
}

void
assert_conf_files(const struct conf_file *files, const char *shown)
{
	auto_free char *is = conf_show(files);

	assert_string_equal(is, shown);
}

void
assert_conf(const char *text, const char *shown)
{
	auto_free char *is = conf_show_text(text);

	if (strcmp(is, shown) != 0)
		print_error("of this file:\n%s\n", text);
	assert_string_equal(is, shown);
}
