/* SPDX-License-Identifier: BSD-2-Clause */
/* jail.conf(5): tokens and statements. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "buf.h"
#include "cleanup.h"
#include "conf_text.h"
#include "read.h"

/* A value as it stands in the file, and as -e shows it. */
static const struct {
	const char *in, *out;
} values[] = {
	/* bare */
	{ "a", "a" },
	{ "AZaz09_!%&()-.:<>?@[]^`|~", "AZaz09_!%&()-.:<>?@[]^`|~" },
	{ "/usr/jails/www", "/usr/jails/www" },
	{ "/", "/" },
	{ "a*b+c$", "a*b+c$" },
	{ "$1", "$1" },
	{ "$", "$" },
	{ "*", "*" },
	{ "em0|10.0.0.1/24", "em0|10.0.0.1/24" },
	{ "fe80::1%em0/64", "fe80::1%em0/64" },
	{ "a\\ b", "\"a b\"" },
	{ "a\\;b", "\"a;b\"" },
	{ "\\x41\\102c", "ABc" },
	{ "\\$x", "\"\\$x\"" },
	{ ".include", ".include" },
	/* joined */
	{ "a\"b\"'c'd", "abcd" },
	{ "\"a b\"c' d'", "\"a bc d\"" },
	{ "''a\"\"", "a" },
	{ "/a\"/\"b", "/a/b" },
	{ "a\\\nb", "ab" },
	{ "a\\\n", "a" },
	{ "\\\n a", "a" },
	{ ".include\"x\"", ".includex" },
	/* single quotes */
	{ "''", "\"\"" },
	{ "'a b'", "\"a b\"" },
	{ "'$x ${y}'", "\"\\$x \\${y}\"" },
	{ "'a\nb'", "\"a\\nb\"" },
	{ "'it\\'s'", "\"it's\"" },
	{ "'say \"x\"'", "'say \"x\"'" },
	{ "'# // /* */ { } ; , = +='", "\"# // /* */ { } ; , = +=\"" },
	{ "'a\\\nb'", "ab" },
	/* double quotes */
	{ "\"\"", "\"\"" },
	{ "\"a b\"", "\"a b\"" },
	{ "\"a\nb\"", "\"a\\nb\"" },
	{ "\"say \\\"x\\\"\"", "'say \"x\"'" },
	{ "\"\\$x\"", "\"\\$x\"" },
	{ "\"$\"", "$" },
	{ "\"a$ b\"", "\"a$ b\"" },
	{ "\"# // /* */ { } ; , = +=\"", "\"# // /* */ { } ; , = +=\"" },
	{ "\"\xc3\xa9\"", "\"\xc3\xa9\"" },
	/* escapes */
	{ "'\\a\\b\\f\\r\\v'", "\"\a\b\f\r\v\"" },
	{ "\"\\a\\b\\f\\r\\v\"", "\"\a\b\f\r\v\"" },
	{ "\\a\\b\\f\\r\\v", "\"\a\b\f\r\v\"" },
	{ "'\\t\\n'", "\"\t\\n\"" },
	{ "'\\1\\12\\123\\1234'", "\"\001\\nSS4\"" },
	{ "'\\x1\\x4a\\x4A\\x4ag'", "\"\001JJJg\"" },
	{ "'\\x4ab'", "Jb" },
	{ "'\\xg'", "xg" },
	{ "'\\q\\e\\8\\9\\\\'", "\"qe89\\\\\"" },
	{ "'\\377'", "\"\377\"" },
	/* several */
	{ "a, b,c", "a,b,c" },
	{ "a b", NULL },
	{ "a,", NULL },
	{ ", a", NULL },
	{ "", NULL },
};

static void
test_values(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < nitems(values); i++) {
		auto_buf struct buf in = BUF_INIT, out = BUF_INIT;

		buf_fmt(&in, "j { p = %s; }", values[i].in);
		buf_fmt(&out, "name=j;p=%s\n", values[i].out);
		if (values[i].out != NULL) {
			assert_conf(in.p, out.p);
		} else {
			auto_free char *said = conf_show_text(in.p);

			assert_non_null(strstr(said, ": syntax error\n"));
		}
	}
}

static const struct {
	const char *text, *shown;
} files[] = {
	/* nothing */
	{ "", "" },
	{ " \t\r\n", "" },
	{ ";;;", "" },
	{ "# a\n// b\n/* c\n * d **/ /**/ /***/", "" },
	{ "#", "" },
	{ "//", "" },
	{ "a = b;", "" },
	/* blocks */
	{ "j{}", "name=j\n" },
	{ "j { ; ; }", "name=j\n" },
	{ "j { } k { }", "name=j\nname=k\n" },
	{ "\"a b\" { }", "name=\"a b\"\n" },
	{ "'a\\tb' { }", "name=\"a\tb\"\n" },
	{ "7 { }", "jid=7\n" },
	{ "007 { }", "jid=007\n" },
	{ "0 { }", "name=0\n" },
	{ "5abc { }", "name=5abc\n" },
	{ "\"*x\" { }", "name=*x\n" },
	{ "a.\\* { }", "" },
	/* statements */
	{ "j { p; }", "name=j;p\n" },
	{ "j { p = 1; }", "name=j;p=1\n" },
	{ "j { p 1; }", "name=j;p=1\n" },
	{ "j { p 1, 2; }", "name=j;p=1,2\n" },
	{ "j { p 'x y'; }", "name=j;p=\"x y\"\n" },
	{ "j { p=1;p+=2; }", "name=j;p=1,2\n" },
	{ "j { p+=2; }", "name=j;p=2\n" },
	{ "j { p+=1;p=2; }", "name=j;p=2\n" },
	{ "j { p=1;p; }", "name=j;p\n" },
	{ "j { p;p+=1; }", "name=j;p=1\n" },
	{ "j { p=\"\";p+=1; }", "name=j;p=\"\",1\n" },
	{ "j { \"p q\" = 1; }", "name=j;\"p q\"=1\n" },
	{ "j { \"meta.a/b\" = 1; }", "name=j;\"meta.a/b\"=1\n" },
	{ "j { \".include\" = 1; }", "name=j;\".include\"=1\n" },
	{ "j { p\n=\n1\n; }", "name=j;p=1\n" },
	{ "j/*x*/{p/*x*/=/*x*/1/*x*/;/*x*/}/*x*/", "name=j;p=1\n" },
	{ "j { p = 1 # x ;\n; }", "name=j;p=1\n" },
	{ "j { p = 1 // x ;\n; }", "name=j;p=1\n" },
	{ "j { p = a/b; }", "name=j;p=a/b\n" },
	{ "j { p = a//b;\n; }", "name=j;p=a\n" },
	{ "j { p = a/*b*/; }", "name=j;p=a\n" },
	/* carriage returns are blanks */
	{ "j {\r\n\tp = 1;\r\n}\r\n", "name=j;p=1\n" },
	/* blocks in blocks */
	{ "a { b { c { } } p; } ", "name=a;p\nname=a.b\nname=a.b.c\n" },
	{ "a { p; b { q; } r; }", "name=a;p;r\nname=a.b;q\n" },
	{ "a { 7 { } }", "name=a\nname=a.7\n" },
	{ "a { * { q; } b { } }", "name=a\nname=a.b;q\n" },
};

static void
test_files(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < nitems(files); i++)
		assert_conf(files[i].text, files[i].shown);
}

/* Pieces, of what stands between double quotes. */
static const struct {
	const char *text;
	int result; /* pieces, or -errno */
	const char *pieces; /* "|" between, "$" before variables */
} words[] = {
	{ "", 0, "" },
	{ "a", 1, "a" },
	{ "$a", 1, "$a" },
	{ "${a}", 1, "$a" },
	{ "a$b", 2, "a|$b" },
	{ "$a.b", 2, "$a|.b" },
	{ "${a.b}c", 2, "$a.b|c" },
	{ "$a$b", 2, "$a|$b" },
	{ "a${b}c$d e", 5, "a|$b|c|$d| e" },
	{ "$_a1-", 2, "$_a1|-" },
	{ "${}", 1, "$" },
	{ "${a b}", 1, "$a b" },
	{ "\\$a", 1, "$a" },
	{ "a\\", 1, "a\\" },
	{ "\\\n", 0, "" },
	{ "a${", -EINVAL, "1" },
	{ "a${b", -EINVAL, "1" },
	{ "ab${c{d}", -EINVAL, "2" },
	{ "${a\n}", -EINVAL, "0" },
	{ "a\\0", -EILSEQ, "1" },
	{ "\\x00", -EILSEQ, "0" },
	{ "$a\\400", -EILSEQ, "2" },
};

static void
test_words(void **state)
{
	size_t i, k;

	(void)state;
	for (i = 0; i < nitems(words); i++) {
		auto_buf struct buf b = BUF_INIT;
		struct value v = { 0 };
		size_t at = 0;
		int r = word_split(
		    &v, words[i].text, strlen(words[i].text), true, &at);

		buf_str(&b, "");
		for (k = 0; k < v.n; k++)
			buf_fmt(&b, "%s%s%s", k > 0 ? "|" : "",
			    v.v[k].var ? "$" : "", v.v[k].text);
		if (r < 0)
			buf_fmt(&b, "%zu", at);
		assert_string_equal(b.p, words[i].pieces);
		assert_int_equal(r < 0 ? r : (int)v.n, words[i].result);
		value_done(&v);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_files),
		cmocka_unit_test(test_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
