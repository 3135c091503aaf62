/* SPDX-License-Identifier: BSD-2-Clause */
/* jail.conf(5): sections merged, variables put in. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "buf.h"
#include "cleanup.h"
#include "conf.h"
#include "conf_text.h"
#include "read.h"

static const struct {
	const char *text, *shown;
} merging[] = {
	/* statements outside of blocks are those of a "*" */
	{ "p = 1; j { }", "name=j;p=1\n" },
	{ "p = 1; j { p = 2; }", "name=j;p=2\n" },
	{ "* { p = 1; } j { p = 2; }", "name=j;p=2\n" },
	/* one that stands after a jail overrides it */
	{ "j { p = 2; } p = 1;", "name=j;p=1\n" },
	{ "j { p = 2; } * { p = 1; }", "name=j;p=1\n" },
	{ "j { p = 2; } p += 1;", "name=j;p=2,1\n" },
	{ "j { p = 2; } \"*\" { p = 1; } k { p = 3; }",
	    "name=j;p=1\nname=k;p=3\n" },
	{ "p = 1; j { p += 2; } p += 3; k { p += 4; } p += 5;",
	    "name=j;p=1,2,3,5\nname=k;p=1,3,4,5\n" },
	/* "=" and "+=" in one block: the first replaces what came before */
	{ "p = 1; j { p = 2; p += 3; }", "name=j;p=2,3\n" },
	/* patterns */
	{ "\"a.*\" { q; } a { } a.b { } a.b.c { } b { }",
	    "name=a\nname=a.b;q\nname=a.b.c;q\nname=b\n" },
	{ "\"*.b\" { q; } b { } a.b { } a.c.b { } a.b.c { }",
	    "name=b\nname=a.b;q\nname=a.c.b\nname=a.b.c\n" },
	{ "\"a.*.c\" { q; } a.b.c { } a.b.b.c { } a.c { }",
	    "name=a.b.c;q\nname=a.b.b.c\nname=a.c\n" },
	{ "\"a*\" { q; } ab { }", "name=a*;q\nname=ab\n" },
	{ "\"a.*\" { q = 1; } p; a.b { q = 2; } \"a.*\" { q += 3; }",
	    "name=a.b;q=2,3;p\n" },
	/* nested blocks have what patterns give, not what their parent has */
	{ "p; a { q; b { r; } }", "name=a;p;q\nname=a.b;p;r\n" },
	{ "a { * { q; } b { c { } } }", "name=a\nname=a.b;q\nname=a.b.c;q\n" },
	{ "a { * { b { q; } } x { b { } } }", "name=a\nname=a.x\n"
					      "name=a.x.b;q\n" },
	/* booleans: both forms are one parameter, the last word counts */
	{ "persist; j { nopersist; }", "name=j;nopersist\n" },
	{ "allow.nomount; j { allow.mount = 1; }", "name=j;allow.mount=1\n" },
	{ "allow.mount; j { allow.nomount; }", "name=j;allow.nomount\n" },
	{ "persist = 0; j { persist; }", "name=j;persist\n" },
	/* what only looks like one is not */
	{ "j { meta.x = 1; meta.nox = 2; }", "name=j;meta.x=1;meta.nox=2\n" },
	{ "j { tify = 1; notify = 2; }", "name=j;tify=1;notify=2\n" },
	{ "j { meta.nox = 1; meta.noy = 2; }",
	    "name=j;meta.nox=1;meta.noy=2\n" },
	{ "j { $persist = 1; $nopersist = 2; p = $persist$nopersist; }",
	    "name=j;p=12\n" },
	{ "j { $de = 1; $node = 2; p = $de$node; }", "name=j;p=12\n" },
	/* the place is that of the first */
	{ "p; q; r; j { q = 2; s; p = 3; }", "name=j;p=3;q=2;r;s\n" },
	/* name and number */
	{ "5 { name = b; }", "jid=5;name=b\n" },
	{ "b { jid = 5; }", "name=b;jid=5\n" },
	{ "b { p; name = c; }", "name=c;p\n" },
	{ "b { name = b; }", "name=b\n" },
	{ "5 { jid = 5; }", "jid=5\n" },
	{ "5 { jid = 6; }", "5: cannot redefine parameter \"jid\".\n" },
	{ "b { jid = 5; jid = 6; }",
	    "b: cannot redefine parameter \"jid\".\n" },
	{ "b { name = c; name = d; }",
	    "b: cannot redefine parameter \"name\".\n" },
	{ "* { name = x; } b { name = y; }",
	    "b: cannot redefine parameter \"name\".\n" },
	/* a pattern alone is no jail */
	{ "* { p; } \"a.*\" { q; }", "" },
};

static const struct {
	const char *text, *shown;
} variables[] = {
	{ "j { $v = 1; p = $v; }", "name=j;p=1\n" },
	{ "j { ${v} = 1; p = ${v}; }", "name=j;p=1\n" },
	{ "j { ${v w} = 1; p = ${v w}; }", "name=j;p=1\n" },
	{ "j { $v = 1; p = a${v}b; }", "name=j;p=a1b\n" },
	{ "j { $v = 1; p = \"a $v b\"; }", "name=j;p=\"a 1 b\"\n" },
	{ "j { $v = 1; p = 'a $v b'; }", "name=j;p=\"a \\$v b\"\n" },
	{ "j { $v = \"\"; p = $v; q = \"$v$v\"; }", "name=j;p=\"\";q=\"\"\n" },
	{ "j { $v = 1; p $v; }", "name=j;p=1\n" },
	{ "j { $v 1; p $v; }", "name=j;p=1\n" },
	/* parameters are variables, too */
	{ "j { path = /j/$name; }", "name=j;path=/j/j\n" },
	{ "path = /j/$name; j { } k { }",
	    "name=j;path=/j/j\nname=k;path=/j/k\n" },
	{ "5 { path = /j/$name; }", "jid=5;path=/j/5\n" },
	{ "5 { path = /j/$jid; }", "jid=5;path=/j/5\n" },
	{ "5 { name = b; path = /j/$name; }", "jid=5;name=b;path=/j/b\n" },
	{ "b { name = c; path = /j/$name; }", "name=c;path=/j/c\n" },
	{ "j { host.hostname = h; p = ${host.hostname}; }",
	    "name=j;host.hostname=h;p=h\n" },
	/* in any order, of any section */
	{ "j { p = $v; $v = 1; }", "name=j;p=1\n" },
	{ "p = $v; j { $v = 1; } k { $v = 2; }", "name=j;p=1\nname=k;p=2\n" },
	{ "$v = 1; j { p = $v; } $v = 2;", "name=j;p=2\n" },
	{ "j { $a = $b; $b = ${c}x; $c = 1; p = $a; }", "name=j;p=1x\n" },
	{ "$v = 1; j { $v += 2; p = $v; }", "name=j;p=1,2\n" },
	/* several values */
	{ "j { $v = 1, 2; p = $v; }", "name=j;p=1,2\n" },
	{ "j { $v = 1, 2; p = a, $v, b, $v; }", "name=j;p=a,1,2,b,1,2\n" },
	{ "j { $v = 1, 2; p = \"$v\"; }", "name=j;p=1,2\n" },
	{ "j { $v = 1, 2; p = \"\"$v''; }", "name=j;p=1,2\n" },
	{ "j { $v = 1, 2; $w = $v, 3; p += $w; }", "name=j;p=1,2,3\n" },
	{ "j { p = 1, 2; q = $p; }", "name=j;p=1,2;q=1,2\n" },
	{ "j { $v = 1, 2; p = a$v; }",
	    "j: p: array cannot be substituted inline\n" },
	{ "j { $v = 1, 2; $w = 1; p = $w$v; }",
	    "j: p: array cannot be substituted inline\n" },
	/* what is wrong with them */
	{ "j { p = $v; }", "j: p: variable \"v\" not found\n" },
	{ "j { p = ${}; }", "j: p: variable \"\" not found\n" },
	{ "j { $v = $w; p = $v; }", "j: v: variable \"w\" not found\n" },
	{ "j { persist; p = $persist; }",
	    "j: p: variable \"persist\" not found\n" },
	{ "j { allow.nomount = 1; p = ${allow.mount}; }",
	    "j: p: variable \"allow.mount\" not found\n" },
	{ "j { p = $jid; }", "j: p: variable \"jid\" not found\n" },
	{ "j { p = \"$a $b\", $c; }", "j: p: variable \"a\" not found\n"
				      "j: p: variable \"b\" not found\n"
				      "j: p: variable \"c\" not found\n" },
	{ "p = $v; j { } k { $v; } l { $v = 1; }",
	    "j: p: variable \"v\" not found\n"
	    "k: p: variable \"v\" not found\n" },
	{ "j { $v = $v; }", "j: v: variable loop\n" },
	{ "j { $a = $b; $b = x$a; p = $a; }", "j: a: variable loop\n" },
	{ "j { path = /$path; }", "j: path: variable loop\n" },
	{ "j { path = /; $path = x; }",
	    "j: variable \"$path\" cannot have the same name as a "
	    "parameter.\n" },
	{ "$path = x; $path = y; j { path = /; path = /a; }",
	    "j: variable \"$path\" cannot have the same name as a "
	    "parameter.\n" },
	{ "j { $name = x; }", "j: variable \"$name\" cannot have the same "
			      "name as a parameter.\n" },
	/* not used in this jail */
	{ "j { $path = /x; p = $path; }", "name=j;p=/x\n" },
};

static void
test_merging(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < nitems(merging); i++)
		assert_conf(merging[i].text, merging[i].shown);
}

static void
test_variables(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < nitems(variables); i++)
		assert_conf(variables[i].text, variables[i].shown);
}

/* A short text must not become a long one. */
static void
test_bounds(void **state)
{
	auto_buf struct buf text = BUF_INIT, list = BUF_INIT, deep = BUF_INIT;
	auto_free char *said = NULL;
	unsigned int i;

	(void)state;
	buf_str(&text, "j { $v0 = 0123456789;");
	buf_str(&list, "j { $v0 = a, b;");
	buf_str(&deep, "j { $v0 = 1;");
	for (i = 1; i <= 130; i++) {
		buf_fmt(&text, "$v%u = ${v%u}${v%u};", i, i - 1, i - 1);
		buf_fmt(&list, "$v%u = $v%u, $v%u;", i, i - 1, i - 1);
		buf_fmt(&deep, "$w%u = $w%u;", i, i + 1);
	}
	buf_str(&text, "}");
	buf_str(&list, "}");
	buf_str(&deep, "}");
	said = conf_show_text(text.p);
	assert_string_equal(said, "j: v18: values of over 4194304 bytes\n");
	free(said);
	said = conf_show_text(list.p);
	assert_string_equal(said, "j: v14: values of over 4194304 bytes\n");
	free(said);
	said = conf_show_text(deep.p);
	assert_non_null(strstr(said, ": variables nested too deeply\n"));
}

/* Where a parameter was written. */
static void
test_places(void **state)
{
	static const struct conf_file files[] = { { "F", "p;\nj {\n\tq = $v;\n"
							 "\t$v = 1;\n}\n"
							 ".include G;\n" },
		{ "G", "\nr;\n\nq += 2;" }, { NULL, NULL } };
	union {
		const struct conf_file *in;
		void *out;
	} arg = { .in = files };
	const struct conf_source from = {
		.read = conf_file_read, .list = conf_file_list, .arg = arg.out
	};
	auto_buf struct buf said = BUF_INIT;
	const struct conf_say say = { .fn = conf_note, .arg = &said };
	const struct conf_param *p;
	struct conf *c = NULL;
	struct conf_jail *j = NULL;

	(void)state;
	assert_int_equal(conf_read_from(&c, "F", &from, &say), 0);
	assert_int_equal(conf_find(c, "k"), -2);
	assert_int_equal(conf_find(c, "*"), -2);
	assert_int_equal(conf_jail(c, 0, &j, &say), 0);
	assert_int_equal(j->n, 4);
	p = conf_get(j, "name");
	assert_ptr_equal(p, &j->p[0]);
	assert_null(p->file);
	assert_int_equal(p->line, 0);
	p = conf_get(j, "p");
	assert_string_equal(p->file, "F");
	assert_int_equal(p->line, 1);
	assert_int_equal(p->n, 0);
	p = conf_get(j, "q");
	assert_string_equal(p->file, "G");
	assert_int_equal(p->line, 4);
	assert_int_equal(p->n, 2);
	assert_string_equal(p->v[1], "2");
	assert_int_equal(conf_get(j, "r")->line, 2);
	assert_null(conf_get(j, "v"));
	conf_jail_free(j);
	conf_free(c);
}

static void
test_get(void **state)
{
	auto_buf struct buf said = BUF_INIT;
	const struct conf_file files[] = {
		{ "F", "j { allow.nomount; persist; p; }" }, { NULL, NULL }
	};
	union {
		const struct conf_file *in;
		void *out;
	} arg = { .in = files };
	const struct conf_source from = {
		.read = conf_file_read, .list = conf_file_list, .arg = arg.out
	};
	const struct conf_say say = { .fn = conf_note, .arg = &said };
	struct conf *c = NULL;
	struct conf_jail *j = NULL;

	(void)state;
	assert_int_equal(conf_read_from(&c, "F", &from, &say), 0);
	assert_int_equal(conf_jail(c, 0, &j, &say), 0);
	assert_string_equal(conf_get(j, "allow.mount")->name, "allow.nomount");
	assert_string_equal(
	    conf_get(j, "allow.nomount")->name, "allow.nomount");
	assert_string_equal(conf_get(j, "persist")->name, "persist");
	assert_null(conf_get(j, "nopersist"));
	assert_null(conf_get(j, "path"));
	conf_jail_free(j);
	conf_jail_free(NULL);
	conf_free(c);
	conf_free(NULL);
}

static const struct {
	const char *pattern, *name;
	bool is_pattern, match;
} names[] = {
	{ "*", "a", true, true },
	{ "*", "a.b.c", true, true },
	{ "*", "", true, false },
	{ "a", "a", false, true },
	{ "a", "b", false, false },
	{ "a", "a.b", false, false },
	{ "ab", "a", false, false },
	{ "ab.*", "a.b", true, false },
	{ "a.b", "a", false, false },
	{ "a.*", "a.b", true, true },
	{ "a.*", "a.b.c", true, true },
	{ "a.*", "a", true, false },
	{ "a.*", "a.", true, false },
	{ "a.*", "ab.c", true, false },
	{ "a.*", "b.a", true, false },
	{ "*.a", "b.a", true, true },
	{ "*.a", "a", true, false },
	{ "*.a", "b.c.a", true, false },
	{ "*.a", "b.a.c", true, false },
	{ "*.*", "a.b", true, true },
	{ "*.*", "a.b.c", true, true },
	{ "*.*", "a", true, false },
	{ "a.*.b", "a.x.b", true, true },
	{ "a.*.b", "a.x.y.b", true, false },
	{ "a.*.b", "a.b", true, false },
	{ "a*", "ab", false, false },
	{ "a*", "a*", false, true },
	{ "*a.b", "*a.b", false, true },
	{ "", "", false, true },
	{ "", "a", false, false },
};

static void
test_patterns(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < nitems(names); i++) {
		assert_int_equal(
		    conf_is_pattern(names[i].pattern), names[i].is_pattern);
		assert_int_equal(conf_match(names[i].pattern, names[i].name),
		    names[i].match);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_merging),
		cmocka_unit_test(test_variables),
		cmocka_unit_test(test_bounds),
		cmocka_unit_test(test_places),
		cmocka_unit_test(test_get),
		cmocka_unit_test(test_patterns),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
