/* SPDX-License-Identifier: BSD-2-Clause */
/* Quoting, as FreeBSD's jls -q and jail -J do it, and for jail.conf(5). */
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
	const char *file; /* NULL: as conf */
} rows[] = {
	{ "", "\"\"", "\"\"", NULL },
	{ "plain", "plain", "plain", NULL },
	{ "/a/b-c,d=e", "/a/b-c,d=e", "/a/b-c,d=e", "\"/a/b-c,d=e\"" },
	{ "a b", "\"a b\"", "\"a b\"", NULL },
	{ " ", "\" \"", "\" \"", NULL },
	{ "a\tb", "\"a\tb\"", "\"a\tb\"", NULL },
	{ "it's", "\"it's\"", "\"it's\"", NULL },
	{ "\"", "'\"'", "'\"'", NULL },
	{ "a \"b\" c", "'a \"b\" c'", "'a \"b\" c'", NULL },
	/* both quotes: the single one decides */
	{ "'\"", "\"'\"\"", "\"'\\\"\"", NULL },
	{ "\"'\"", "\"\"'\"\"", "\"\\\"'\\\"\"", NULL },
	{ "a \\b", "\"a \\b\"", "\"a \\\\b\"", NULL },
	{ "\"\\", "'\"\\'", "'\"\\\\'", NULL },
	{ "a\\b", "a\\b", "a\\b", "\"a\\\\b\"" },
	{ "a\nb", "a\nb", "a\nb", "\"a\\nb\"" },
	{ "'\n", "\"'\n\"", "\"'\n\"", "\"'\\n\"" },
	{ "\"\n", "'\"\n'", "'\"\n'", "'\"\\n'" },
	{ "\xc3\xa9", "\xc3\xa9", "\xc3\xa9", "\"\xc3\xa9\"" },
	/* what jail.conf(5) takes for something else */
	{ "a;b", "a;b", "a;b", "\"a;b\"" },
	{ "{", "{", "{", "\"{\"" },
	{ "a#b", "a#b", "a#b", "\"a#b\"" },
	{ "a//b", "a//b", "a//b", "\"a//b\"" },
	{ "a/*", "a/*", "a/*", "\"a/*\"" },
	{ "a+=", "a+=", "a+=", "\"a+=\"" },
	{ "$a", "$a", "$a", "\"\\$a\"" },
	{ "${a", "${a", "${a", "\"\\${a\"" },
	{ "x $_ y", "\"x $_ y\"", "\"x $_ y\"", "\"x \\$_ y\"" },
	{ "'$a'", "\"'$a'\"", "\"'$a'\"", "\"'\\$a'\"" },
	{ "\"$a\"", "'\"$a\"'", "'\"$a\"'", NULL },
	/* and what it does not */
	{ "$", "$", "$", NULL },
	{ "$1 ", "\"$1 \"", "\"$1 \"", NULL },
	{ "em0|10.0.0.1/24", "em0|10.0.0.1/24", "em0|10.0.0.1/24", NULL },
	{ "fe80::1%em0", "fe80::1%em0", "fe80::1%em0", NULL },
	{ "a*b+c!&()-.:<>?@[]^`|~_", "a*b+c!&()-.:<>?@[]^`|~_",
	    "a*b+c!&()-.:<>?@[]^`|~_", NULL },
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

static void
test_file(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < nitems(rows); i++) {
		auto_free char *q =
		    jailx_quote(rows[i].value, JAILX_QUOTE_FILE);

		assert_non_null(q);
		assert_string_equal(
		    q, rows[i].file != NULL ? rows[i].file : rows[i].conf);
	}
}

/* What is quoted reads back: quotes off, escapes out. */
static void
reads_back(enum jailx_quote how)
{
	size_t i;

	for (i = 0; i < nitems(rows); i++) {
		auto_free char *q = jailx_quote(rows[i].value, how);
		char back[64], *out = back;
		const char *p = q;
		char quote = *p == '"' || *p == '\'' ? *p++ : '\0';

		for (; *p != '\0' && *p != quote; p++) {
			if (quote != '\0' && *p == '\\')
				*out++ = *++p == 'n' ? '\n' : *p;
			else
				*out++ = *p;
		}
		*out = '\0';
		assert_string_equal(back, rows[i].value);
		assert_int_equal(*p, quote);
		assert_int_equal(strlen(p), quote != '\0');
	}
}

static void
test_reads_back(void **state)
{
	(void)state;
	reads_back(JAILX_QUOTE_CONF);
	reads_back(JAILX_QUOTE_FILE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_jls),
		cmocka_unit_test(test_conf),
		cmocka_unit_test(test_file),
		cmocka_unit_test(test_reads_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
