/* SPDX-License-Identifier: BSD-2-Clause */
/* Quoting, as FreeBSD's jls -q and jail -e do it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "cleanup.h"
#include "jailx.h"

static const struct {
	const char *value, *jls, *conf;
} rows[] = {
	{ "", "\"\"", "\"\"" },
	{ "plain", "plain", "plain" },
	{ "/a/b-c,d=e", "/a/b-c,d=e", "/a/b-c,d=e" },
	{ "a b", "\"a b\"", "\"a b\"" },
	{ " ", "\" \"", "\" \"" },
	{ "a\tb", "\"a\tb\"", "\"a\tb\"" },
	{ "it's", "\"it's\"", "\"it's\"" },
	{ "\"", "'\"'", "'\"'" },
	{ "a \"b\" c", "'a \"b\" c'", "'a \"b\" c'" },
	/* both quotes: the single one decides */
	{ "'\"", "\"'\"\"", "\"'\\\"\"" },
	{ "\"'\"", "\"\"'\"\"", "\"\\\"'\\\"\"" },
	{ "a \\b", "\"a \\b\"", "\"a \\\\b\"" },
	{ "\"\\", "'\"\\'", "'\"\\\\'" },
	{ "a\\b", "a\\b", "a\\b" },
	{ "a\nb", "a\nb", "a\nb" },
	{ "\xc3\xa9", "\xc3\xa9", "\xc3\xa9" },
};

static void
test_jls(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < nitems(rows); i++) {
		auto_free char *q = jailx_quote(rows[i].value, JAILX_QUOTE_JLS);

		assert_non_null(q);
		assert_string_equal(q, rows[i].jls);
	}
}

static void
test_conf(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < nitems(rows); i++) {
		auto_free char *q =
		    jailx_quote(rows[i].value, JAILX_QUOTE_CONF);

		assert_non_null(q);
		assert_string_equal(q, rows[i].conf);
	}
}

/* What is quoted for a file reads back: quotes off, escapes out. */
static void
test_conf_reads_back(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < nitems(rows); i++) {
		auto_free char *q =
		    jailx_quote(rows[i].value, JAILX_QUOTE_CONF);
		char back[64], *out = back;
		const char *p = q;
		char quote = *p == '"' || *p == '\'' ? *p++ : '\0';

		for (; *p != '\0' && *p != quote; p++) {
			if (quote != '\0' && *p == '\\')
				p++;
			*out++ = *p;
		}
		*out = '\0';
		assert_string_equal(back, rows[i].value);
		assert_int_equal(*p, quote);
		assert_int_equal(strlen(p), quote != '\0');
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_jls),
		cmocka_unit_test(test_conf),
		cmocka_unit_test(test_conf_reads_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
