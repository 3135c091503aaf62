/* SPDX-License-Identifier: BSD-2-Clause */
/* Lines of fstab(5), and FreeBSD's sentences for those that are none. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "buf.h"
#include "cleanup.h"
#include "fstab.h"
#include "jerr.h"

static void
test_entry(void **state)
{
	static const struct {
		const char *line, *source, *target, *type, *options;
	} rows[] = {
		{ "/a /b nullfs ro 0 0", "/a", "/b", "nullfs", "ro" },
		{ "/a /b nullfs ro", "/a", "/b", "nullfs", "ro" },
		{ "tmpfs /b tmpfs", "tmpfs", "/b", "tmpfs", "" },
		{ " \t/a\t\t/b \t nullfs\tro,x  0 0 \n", "/a", "/b", "nullfs",
		    "ro,x" },
		{ "/a /b nullfs ro # why", "/a", "/b", "nullfs", "ro" },
		{ "/a /b nullfs #ro", "/a", "/b", "nullfs", "" },
		{ "/a\\040b /c\\011d nullfs rw", "/a b", "/c\td", "nullfs",
		    "rw" },
		{ "/a\\043b /\\134c nullfs", "/a#b", "/\\c", "nullfs", "" },
		{ "/a\\\\040 /b\\\\ nullfs", "/a\\040", "/b\\", "nullfs", "" },
		{ "/\\303\\251 /\\377\\001 nullfs", "/\xc3\xa9", "/\xff\x01",
		    "nullfs", "" },
		{ "/\\0401 /b nullfs", "/ 1", "/b", "nullfs", "" },
		/* names alone are escaped */
		{ "/a /b null\\040fs o\\q", "/a", "/b", "null\\040fs", "o\\q" },
	};
	struct fstab_entry f;
	struct jerr e = { 0 };
	size_t i;

	(void)state;
	for (i = 0; i < nitems(rows); i++) {
		assert_int_equal(fstab_parse(rows[i].line, "mount", &f, &e), 1);
		assert_string_equal(f.source, rows[i].source);
		assert_string_equal(f.target, rows[i].target);
		assert_string_equal(f.type, rows[i].type);
		assert_string_equal(f.options, rows[i].options);
		fstab_entry_done(&f);
		assert_null(f.source);
		fstab_entry_done(&f); /* once more does nothing */
	}
	assert_int_equal(e.err, 0);
}

/* The output stays as it is. */
static void
check_untouched(const char *line, const char *who, int r, const char *msg)
{
	char marks[4];
	const struct fstab_entry was = { marks, marks + 1, marks + 2,
		marks + 3 };
	struct fstab_entry f = was;
	struct jerr e = { 0 };

	assert_int_equal(fstab_parse(line, who, &f, &e), r);
	assert_memory_equal(&f, &was, sizeof(f));
	assert_int_equal(e.err, -r);
	assert_string_equal(e.msg, msg);
}

static void
test_nothing(void **state)
{
	static const char *const lines[] = { "", "\n", " \t \n", "#",
		"# /a /b nullfs ro", "  # x", "#/a\\q" };
	size_t i;

	(void)state;
	for (i = 0; i < nitems(lines); i++)
		check_untouched(lines[i], "mount", 0, "");
}

static void
check_sentence(const char *line, const char *what)
{
	static const char *const who[] = { "mount", "mount.fstab" };
	size_t i;

	for (i = 0; i < nitems(who); i++) {
		auto_buf struct buf msg = BUF_INIT;

		buf_fmt(&msg, "%s: %s: %s", who[i], line, what);
		check_untouched(line, who[i], -EINVAL, msg.p);
	}
}

static void
test_missing(void **state)
{
	static const char *const lines[] = { "/a", "/a /b", " /a\t/b ",
		"/a /b # nullfs ro", "/a #/b nullfs", "/a\\040/b nullfs" };
	size_t i;

	(void)state;
	for (i = 0; i < nitems(lines); i++)
		check_sentence(lines[i], "missing information");
}

static void
test_escape(void **state)
{
	static const char *const lines[] = { "/a\\ /b nullfs", "/a /b\\ nullfs",
		"/a\\q /b nullfs", "/a\\4 /b nullfs", "/a\\40 /b nullfs",
		"/a\\048 /b nullfs", "/a\\400 /b nullfs", "/a\\777 /b nullfs",
		"/a\\000 /b nullfs", "/a /b\\000x nullfs", "/a /b\\x20 nullfs",
		"/a\\04#0 /b nullfs x" };
	size_t i;

	(void)state;
	for (i = 0; i < nitems(lines) - 1; i++)
		check_sentence(lines[i], "fstab parse error");
	/* a comment begins inside of an escape as well */
	check_sentence(lines[i], "missing information");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_entry),
		cmocka_unit_test(test_nothing),
		cmocka_unit_test(test_missing),
		cmocka_unit_test(test_escape),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
