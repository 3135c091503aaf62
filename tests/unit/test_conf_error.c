/* SPDX-License-Identifier: BSD-2-Clause */
/* jail.conf(5): everything that is said of a wrong file, and includes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "buf.h"
#include "cleanup.h"
#include "conf_text.h"

static const struct {
	const char *text, *said;
} rows[] = {
	/* syntax */
	{ "a b c;", "F line 1: c: syntax error\n" },
	{ "\n\n a = ;\n", "F line 3: ;: syntax error\n" },
	{ "a\n= 1\n2;", "F line 3: 2: syntax error\n" },
	{ "= 1;", "F line 1: =: syntax error\n" },
	{ "a += ;", "F line 1: ;: syntax error\n" },
	{ "a + = 1;", "F line 1: =: syntax error\n" },
	{ "a = b, ;", "F line 1: ;: syntax error\n" },
	{ "j { a = 1 }", "F line 1: }: syntax error\n" },
	{ "j {\n\tpersist\n\tpath = /;\n}\n", "F line 3: =: syntax error\n" },
	{ "}", "F line 1: }: syntax error\n" },
	{ "j { } }\nk { }\n}\n", "F line 1: }: syntax error\n"
				 "F line 3: }: syntax error\n" },
	{ "{ }", "F line 1: {: syntax error\n" },
	{ "j k { a; }", "F line 1: {: syntax error\n" },
	{ "a.* { }", "F line 1: *: syntax error\n" },
	{ "a\"b\" { }", "F line 1: \"b\": syntax error\n" },
	{ "a$b = 1;", "F line 1: $b: syntax error\n" },
	{ "\"a$b\" = 1;", "F line 1: $b: syntax error\n" },
	{ "\"$b\" { }", "F line 1: $b: syntax error\n" },
	{ "$b { }", "F line 1: {: syntax error\n" },
	{ "\"\" { }", "F line 1: \"\": syntax error\n" },
	{ "'' = 1;", "F line 1: \"\": syntax error\n" },
	{ "a = \xc3\xa9;", "F line 1: \xc3\xa9: syntax error\n" },
	{ "a = \001;", "F line 1: \\001: syntax error\n" },
	{ "a b \"c\nd\";", "F line 1: \"c...: syntax error\n" },
	{ "a b 123456789012345678901234567890123456789012345678901234567890x;",
	    "F line 1: 1234567890123456789012345678901234567890123456789012345"
	    "67890...: syntax error\n" },
	{ ".include;", "F line 1: ;: syntax error\n" },
	{ ".include = a;", "F line 1: =: syntax error\n" },
	{ ".include { }", "F line 1: {: syntax error\n" },
	/* the end */
	{ "j {", "F: unexpected EOF\n" },
	{ "j { a;\n\n", "F: unexpected EOF\n" },
	{ "a", "F: unexpected EOF\n" },
	{ "a = 1", "F: unexpected EOF\n" },
	{ "j", "F: unexpected EOF\n" },
	{ "j { k { } ", "F: unexpected EOF\n" },
	/* what has no end */
	{ "a;\n/* b\n\n", "F line 2: unterminated comment\n" },
	{ "/*/", "F line 1: unterminated comment\n" },
	{ "/***", "F line 1: unterminated comment\n" },
	{ "j {\n a = 1; /* }\n", "F line 2: unterminated comment\n"
				 "F: unexpected EOF\n" },
	{ "a;\nb = \"c;\nd;\n", "F line 2: unterminated string\n"
				"F line 3: d: syntax error\n" },
	{ "j {\n\ta = 'b;\n\t;\n}\n", "F line 2: unterminated string\n" },
	{ "j {\n\ta = 'b\\';\n\t;\n}\n", "F line 2: unterminated string\n" },
	{ "a = \"b", "F line 1: unterminated string\n"
		     "F: unexpected EOF\n" },
	{ "a;\nb = ${c;\n;", "F line 2: unterminated variable\n" },
	{ "a = \"b\nc\n${d\";", "F line 3: unterminated variable\n" },
	{ "a = \"${b\nc}\";", "F line 1: unterminated variable\n" },
	{ "a = ${b{c};", "F line 1: unterminated variable\n"
			 "F line 1: {: syntax error\n"
			 "F line 1: }: syntax error\n" },
	{ "a = \"x\n\\0\";", "F line 2: NUL in a string\n" },
	/* names */
	{ "j { }\nk { }\nj { }\n",
	    "F line 3: j: already defined in F line 1\n" },
	{ "a.b { }\na { b { } }\n",
	    "F line 2: a.b: already defined in F line 1\n" },
	{ "j { } j { }\nk { } k { }\nj { }",
	    "F line 1: j: already defined in F line 1\n"
	    "F line 3: j: already defined in F line 1\n"
	    "F line 2: k: already defined in F line 2\n" },
	/* several in one run, and nothing else */
	{ "a b c;\nj {\n\t= 1;\n\tp = ;\n\tq r s { t u v; }\n}\nk { w }\nx = ;",
	    "F line 1: c: syntax error\n"
	    "F line 3: =: syntax error\n"
	    "F line 4: ;: syntax error\n"
	    "F line 5: s: syntax error\n"
	    "F line 5: v: syntax error\n"
	    "F line 7: }: syntax error\n"
	    "F line 8: ;: syntax error\n" },
	/* that of a jail is not said then: its text may be half of it */
	{ "j { p = $none; }\n= ;\n", "F line 2: =: syntax error\n" },
};

static void
test_errors(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < nitems(rows); i++)
		assert_conf(rows[i].text, rows[i].said);
}

/* Enough is enough. */
static void
test_many(void **state)
{
	auto_buf struct buf text = BUF_INIT;
	auto_free char *said = NULL;
	const char *line;
	unsigned int i, n = 0;

	(void)state;
	for (i = 0; i < 1000; i++)
		buf_str(&text, "=;\n");
	said = conf_show_text(text.p);
	for (line = said; (line = strchr(line, '\n')) != NULL; line++)
		n++;
	assert_int_equal(n, 100);
	assert_non_null(strstr(said, "F line 100: =: syntax error\n"));
}

/* Blocks in blocks end where names do. */
static void
test_deep(void **state)
{
	auto_buf struct buf text = BUF_INIT;
	unsigned int i;

	(void)state;
	for (i = 0; i < 128; i++)
		buf_str(&text, "a {");
	for (i = 0; i < 128; i++)
		buf_str(&text, "}");
	auto_free char *shown = conf_show_text(text.p);

	assert_memory_equal(shown, "name=a\nname=a.a\n", 16);
	buf_done(&text);
	for (i = 0; i < 100000; i++)
		buf_str(&text, "a {");
	assert_conf(text.p, "F line 1: jail name too long\n");
}

/* ---- includes ---- */

static void
test_include(void **state)
{
	static const struct conf_file files[] = { { "/etc/F",
						      "p = 1;\n"
						      ".include \"G\";\n"
						      "j { p += 3; }\n"
						      ".include /x/H ;" },
		{ "/etc/G", "p += 2;\nk { }\n" }, { "/x/H", ".include 'I';" },
		{ "/x/I", "p += 4;" }, { NULL, NULL } };

	(void)state;
	assert_conf_files(files, "name=k;p=1,2,4\nname=j;p=1,2,3,4\n");
}

/* Inside a block its statements and blocks are of this block. */
static void
test_include_in_block(void **state)
{
	static const struct conf_file files[] = {
		{ "F", "j {\n.include G;\nb { .include H; }\n}" },
		{ "G", "p = 1; a { q; }" }, { "H", "r;" }, { NULL, NULL }
	};

	(void)state;
	assert_conf_files(files, "name=j;p=1\nname=j.a;q\nname=j.b;r\n");
}

static void
test_include_pattern(void **state)
{
	static const struct conf_file files[] = {
		{ "/etc/jail.conf", ".include \"jail.conf.d/*.conf\";\n"
				    ".include none.*;\n.include \"x[yz]?\";" },
		{ "/etc/jail.conf.d/a.conf", "a { .include \"*.inc\"; }" },
		{ "/etc/jail.conf.d/a.inc", "p;" },
		{ "/etc/jail.conf.d/b.conf", "b { }" },
		{ "/etc/jail.conf.d/c", "c { }" }, { "/etc/xz1", "d { }" },
		{ "/etc/xx1", "e { }" }, { NULL, NULL }
	};

	(void)state;
	assert_conf_files(files, "name=a;p\nname=b\nname=d\n");
}

/* The folder of the file is no pattern, whatever its name. */
static void
test_include_folder(void **state)
{
	static const struct conf_file files[] = {
		{ "/a[b]*?\\/F", ".include \"*.c\"; .include G;" },
		{ "/a[b]*?\\/x.c", "j { }" }, { "/a[b]*?\\/G", "k { }" },
		{ "/abx?\\/y.c", "l { }" }, { NULL, NULL }
	};

	(void)state;
	assert_conf_files(files, "name=j\nname=k\n");
}

static void
test_include_errors(void **state)
{
	static const struct conf_file files[] = {
		{ "/etc/F", "$v = a;\n.include \"$v\";\n.include none;\n"
			    ".include x${v}y;\n.include G;\n= ;\n"
			    ".include \"-\", none2;" },
		{ "/etc/G", "\n\n.include H;\n" },
		{ "/etc/H", "\na b c;\nj {" }, { NULL, NULL }
	};

	(void)state;
	assert_conf_files(files,
	    "/etc/F line 2: variables not permitted in '.include' filename\n"
	    "/etc/none: No such file or directory\n"
	    "/etc/F line 4: variables not permitted in '.include' filename\n"
	    "/etc/H line 2: c: syntax error\n"
	    "/etc/H: unexpected EOF\n"
	    "/etc/F line 6: =: syntax error\n"
	    "/etc/-: No such file or directory\n"
	    "/etc/none2: No such file or directory\n");
}

/* A block is closed where it was opened. */
static void
test_include_braces(void **state)
{
	static const struct conf_file files[] = { { "F", ".include G; }" },
		{ "G", "j {" }, { NULL, NULL } };

	(void)state;
	assert_conf_files(files, "G: unexpected EOF\n"
				 "F line 1: }: syntax error\n");
}

/* Two blocks of a name in two files. */
static void
test_include_twice(void **state)
{
	static const struct conf_file files[] = { { "F", ".include G;\nj { }" },
		{ "G", "\n\nj {"
		       "}" },
		{ NULL, NULL } };

	(void)state;
	assert_conf_files(files, "F line 2: j: already defined in G line 3\n");
}

/* 32 levels and no more. */
static void
test_include_depth(void **state)
{
	struct conf_file files[35];
	char path[35][8], text[35][32];
	size_t i;

	(void)state;
	for (i = 0; i < 34; i++) {
		(void)snprintf(path[i], sizeof(path[i]), "F%zu", i);
		(void)snprintf(
		    text[i], sizeof(text[i]), ".include F%zu;", i + 1);
		files[i] = (struct conf_file){ path[i], text[i] };
	}
	files[34] = (struct conf_file){ NULL, NULL };
	files[32].text = "j { }";
	assert_conf_files(files, "name=j\n");
	files[32].text = text[32];
	files[33].text = "j { }";
	assert_conf_files(files, "maximum include depth exceeded\n");
}

/* Files that include each other are found, once. */
static void
test_include_loop(void **state)
{
	static const struct conf_file self[] = { { "F", ".include F, F;\n= ;" },
		{ NULL, NULL } };
	static const struct conf_file all[] = { { "d/F",
						    ".include \"*\", \"*\";" },
		{ "d/G", ".include \"*\";" }, { NULL, NULL } };

	(void)state;
	assert_conf_files(self, "maximum include depth exceeded\n");
	assert_conf_files(all, "maximum include depth exceeded\n");
}

/* They can multiply without being deep. */
static void
test_include_many(void **state)
{
	static const struct conf_file files[] = { { "A", ".include B, B, B, B;"
							 ".include B, B, B;" },
		{ "B", ".include C, C, C, C, C, C, C;" },
		{ "C", ".include D, D, D, D, D, D, D;" },
		{ "D", ".include E, E, E, E, E, E, E;" },
		{ "E", ".include G, G, G, G, G, G, G;" },
		{ "G", ".include H, H, H, H, H, H, H;" }, { "H", "" },
		{ NULL, NULL } };

	(void)state;
	assert_conf_files(files, "H: too many files are included\n");
}

static void
test_include_much(void **state)
{
	auto_buf struct buf f = BUF_INIT, g = BUF_INIT;
	struct conf_file files[] = { { "F", NULL }, { "G", NULL },
		{ NULL, NULL } };
	unsigned int i;

	(void)state;
	for (i = 0; i < 3000; i++) {
		buf_str(&f, ".include G;");
		buf_str(&g, "a;");
	}
	files[0].text = f.p;
	files[1].text = g.p;
	assert_conf_files(files, "G: too much is included\n");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_errors),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_deep),
		cmocka_unit_test(test_include),
		cmocka_unit_test(test_include_in_block),
		cmocka_unit_test(test_include_pattern),
		cmocka_unit_test(test_include_folder),
		cmocka_unit_test(test_include_errors),
		cmocka_unit_test(test_include_braces),
		cmocka_unit_test(test_include_twice),
		cmocka_unit_test(test_include_depth),
		cmocka_unit_test(test_include_loop),
		cmocka_unit_test(test_include_many),
		cmocka_unit_test(test_include_much),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
