/* SPDX-License-Identifier: BSD-2-Clause */
/* Text as typed to canonical text, and keys in a text of lines. */
#include <errno.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "buf.h"
#include "cleanup.h"
#include "jerr.h"
#include "params.h"
#include "value.h"

static void
test_long(void **state)
{
	static const struct {
		const char *text;
		long min, max;
		int r;
		long n;
	} rows[] = {
		{ "0", 0, 9, 0, 0 },
		{ "9", 0, 9, 0, 9 },
		{ "010", 0, 99, 0, 10 }, /* never octal */
		{ "-1", -1, 3, 0, -1 },
		{ "9223372036854775807", 0, LONG_MAX, 0, LONG_MAX },
		{ "9223372036854775808", 0, LONG_MAX, -ERANGE, 0 },
		{ "-9223372036854775809", LONG_MIN, LONG_MAX, -ERANGE, 0 },
		{ "10", 0, 9, -ERANGE, 0 },
		{ "-1", 0, 9, -ERANGE, 0 },
		{ "", 0, 9, -EINVAL, 0 },
		{ "-", 0, 9, -EINVAL, 0 },
		{ "--1", -9, 9, -EINVAL, 0 },
		{ " 1", 0, 9, -EINVAL, 0 },
		{ "\n1", 0, 9, -EINVAL, 0 },
		{ "1 ", 0, 9, -EINVAL, 0 },
		{ "1\n", 0, 9, -EINVAL, 0 },
		{ "1x", 0, 9, -EINVAL, 0 },
		{ "0x1", 0, 9, -EINVAL, 0 },
		{ "1e3", 0, 9999, -EINVAL, 0 },
		{ "1.0", 0, 9, -EINVAL, 0 },
	};
	size_t i;
	long n;
	int r;

	(void)state;
	for (i = 0; i < nitems(rows); i++) {
		n = 4711;
		r = value_long(rows[i].text, rows[i].min, rows[i].max, &n);
		if (r != rows[i].r || n != (r == 0 ? rows[i].n : 4711))
			fail_msg("\"%s\": %d, %ld", rows[i].text, r, n);
	}
}

static void
test_bool(void **state)
{
	static const char *const yes[] = { "true", "TRUE", "True", "1", "-1",
		"2" };
	static const char *const no[] = { "false", "FALSE", "False", "0", "00",
		"" };
	static const char *const bad[] = { " ", "yes", "no", "on", "t", "true ",
		" true", "1x", "9223372036854775808" };
	size_t i;
	bool b;

	(void)state;
	for (i = 0; i < nitems(yes); i++) {
		b = false;
		assert_int_equal(value_bool(yes[i], &b), 0);
		assert_true(b);
	}
	for (i = 0; i < nitems(no); i++) {
		b = true;
		assert_int_equal(value_bool(no[i], &b), 0);
		assert_false(b);
	}
	for (i = 0; i < 2 * nitems(bad); i++) {
		b = i % 2;
		assert_int_equal(value_bool(bad[i / 2], &b), -EINVAL);
		assert_int_equal(b, i % 2);
	}
}

static const struct {
	enum param_id id;
	const char *value;
	bool no;
	int r;
	const char *text; /* canonical, or the sentence */
} canon_rows[] = {
	{ P_PERSIST, NULL, false, 0, "true" },
	{ P_PERSIST, NULL, true, 0, "false" },
	{ P_PERSIST, "TRUE", false, 0, "true" },
	{ P_PERSIST, "0", false, 0, "false" },
	{ P_PERSIST, "true", true, 0, "false" },
	{ P_PERSIST, "false", true, 0, "true" },
	{ P_PERSIST, "yes", false, -EINVAL,
	    "persist: unknown boolean value \"yes\"" },
	{ P_PERSIST, "", false, 0, "false" },

	{ P_ENFORCE_STATFS, "0", false, 0, "0" },
	{ P_ENFORCE_STATFS, "+02", false, 0, "2" },
	{ P_ENFORCE_STATFS, "3", false, -EINVAL,
	    "enforce_statfs: 3 is not between 0 and 2" },
	{ P_ENFORCE_STATFS, "-1", false, -EINVAL,
	    "enforce_statfs: -1 is not between 0 and 2" },
	{ P_ENFORCE_STATFS, "two", false, -EINVAL,
	    "enforce_statfs: non-integer value \"two\"" },
	{ P_ENFORCE_STATFS, NULL, false, -EINVAL,
	    "enforce_statfs: non-integer value \"\"" },
	{ P_SECURELEVEL, "-1", false, 0, "-1" },
	{ P_SECURELEVEL, "-2", false, -EINVAL,
	    "securelevel: -2 is not between -1 and 3" },
	{ P_JID, "2147483647", false, 0, "2147483647" },
	{ P_JID, "2147483648", false, -EINVAL,
	    "jid: 2147483648 is not between 0 and 2147483647" },
	{ P_HOST_HOSTID, "4294967296", false, 0, "4294967296" },
	{ P_HOST_HOSTID, "-1", false, -EINVAL,
	    "host.hostid: -1 is not between 0 and 9223372036854775807" },

	{ P_IP4, NULL, false, 0, "new" },
	{ P_IP4, "", false, 0, "new" },
	{ P_IP4, "DISABLE", false, 0, "disable" },
	{ P_IP4, "Inherit", false, 0, "inherit" },
	{ P_IP4, "0", false, 0, "disable" },
	{ P_IP4, "1", false, 0, "new" },
	{ P_IP4, "2", false, 0, "inherit" },
	{ P_IP4, "3", false, -EINVAL, "ip4: unknown jailsys value \"3\"" },
	{ P_IP4, "-1", false, -EINVAL, "ip4: unknown jailsys value \"-1\"" },
	{ P_IP4, "old", false, -EINVAL, "ip4: unknown jailsys value \"old\"" },

	{ P_IP4_ADDR, "10.0.0.1", false, 0, "10.0.0.1" },
	{ P_IP6_ADDR, "2001:DB8:0:0::1", false, 0, "2001:db8::1" },

	{ P_PATH, "/a b", false, 0, "/a b" },
	{ P_PATH, "", false, 0, "" },
	{ P_PATH, NULL, false, 0, "" },
	{ P_META, "a=1\nb=2\n", false, 0, "a=1\nb=2\n" },
	{ P_EXEC_START, "/bin/sh /etc/rc", false, 0, "/bin/sh /etc/rc" },
};

/* What was in the buffer stays in front, and alone on failure. */
static void
test_canon(void **state)
{
	size_t i;
	int r;

	(void)state;
	for (i = 0; i < nitems(canon_rows); i++) {
		auto_buf struct buf b = BUF_INIT;
		struct jerr e = { 0 };

		buf_str(&b, "<");
		r = value_canon(param(canon_rows[i].id), canon_rows[i].value,
		    canon_rows[i].no, &b, &e);
		if (r != canon_rows[i].r || e.err != -r || b.p[0] != '<')
			fail_msg("row %zu: %d, %d, %s", i, r, e.err, b.p);
		if (r < 0)
			assert_string_equal(b.p, "<");
		assert_string_equal(
		    r < 0 ? e.msg : b.p + 1, canon_rows[i].text);
	}
}

/* A text's size counts its NUL. */
static void
test_canon_size(void **state)
{
	static const struct {
		enum param_id id;
		int r;
		const char *msg;
	} rows[] = {
		{ P_NAME, -ENAMETOOLONG, "name: File name too long" },
		{ P_OSRELEASE, -ENAMETOOLONG, "osrelease: File name too long" },
		{ P_HOST_HOSTUUID, -ENAMETOOLONG,
		    "host.hostuuid: File name too long" },
		{ P_PATH, -ENAMETOOLONG, "path: File name too long" },
		{ P_META, -EFBIG, "jail_set: File too large" },
		{ P_ENV, -EFBIG, "jail_set: File too large" },
	};
	char text[4097];
	size_t i, max;

	(void)state;
	for (i = 0; i < nitems(rows); i++) {
		const struct jailx_param *p = param(rows[i].id);
		auto_buf struct buf b = BUF_INIT, none = BUF_INIT;
		struct jerr e = { 0 };

		max = (size_t)p->max;
		assert_in_range(max, 1, sizeof(text) - 1);
		memset(text, 'x', max);
		text[max] = '\0';
		assert_int_equal(
		    value_canon(p, text, false, &none, &e), rows[i].r);
		assert_string_equal(e.msg, rows[i].msg);
		assert_int_equal(none.len, 0);
		text[max - 1] = '\0';
		assert_int_equal(value_canon(p, text, false, &b, &e), 0);
		assert_string_equal(b.p, text);
	}
}

static void
test_address(void **state)
{
	static const struct {
		enum param_id id;
		const char *value, *text;
	} rows[] = {
		{ P_IP4_ADDR, "0.0.0.0", "0.0.0.0" },
		{ P_IP4_ADDR, "255.255.255.255", "255.255.255.255" },
		{ P_IP4_ADDR, "10.1", NULL },
		{ P_IP4_ADDR, "10.0.0.256", NULL },
		{ P_IP4_ADDR, "10.0.0.1/24", NULL },
		{ P_IP4_ADDR, " 10.0.0.1", NULL },
		{ P_IP4_ADDR, "", NULL },
		{ P_IP4_ADDR, "::1", NULL },
		{ P_IP6_ADDR, "::", "::" },
		{ P_IP6_ADDR, "0:0:0:0:0:0:0:1", "::1" },
		{ P_IP6_ADDR, "::ffff:10.0.0.1", "::ffff:10.0.0.1" },
		{ P_IP6_ADDR, "fe80::1%lo", NULL },
		{ P_IP6_ADDR, "10.0.0.1", NULL },
		{ P_IP6_ADDR, "1::2::3", NULL },
	};
	size_t i;
	int r;

	(void)state;
	for (i = 0; i < nitems(rows); i++) {
		auto_buf struct buf b = BUF_INIT, msg = BUF_INIT;
		struct jerr e = { 0 };

		r = value_address(param(rows[i].id), rows[i].value, &b, &e);
		if (rows[i].text != NULL) {
			assert_int_equal(r, 0);
			assert_string_equal(b.p, rows[i].text);
			continue;
		}
		buf_fmt(&msg, "%s: not an IPv%d address: %s",
		    param(rows[i].id)->name, rows[i].id == P_IP4_ADDR ? 4 : 6,
		    rows[i].value);
		assert_int_equal(r, -EINVAL);
		assert_string_equal(e.msg, msg.p);
		assert_int_equal(b.len, 0);
	}
}

static void
test_key_get(void **state)
{
	static const char lines[] = "ab=1\na=2=3\n=x\nno line\nempty=\nend=z";
	static const struct {
		const char *key, *value;
	} rows[] = {
		{ "a", "2=3" },
		{ "ab", "1" },
		{ "empty", "" },
		{ "end", "z" },
		{ "b", NULL },
		{ "no line", NULL },
		{ "en", NULL },
		{ "A", NULL },
	};
	size_t i;
	int r;

	(void)state;
	for (i = 0; i < nitems(rows); i++) {
		auto_buf struct buf b = BUF_INIT;

		buf_str(&b, "<");
		r = value_key_get(lines, rows[i].key, &b);
		assert_int_equal(r, rows[i].value != NULL);
		assert_string_equal(b.p + 1, r ? rows[i].value : "");
	}
}

static void
test_key_set(void **state)
{
	static const struct {
		const char *lines, *key, *value, *text;
	} rows[] = {
		/* a new one comes first */
		{ "", "a", "1", "a=1\n" },
		{ "b=2\n", "a", "1", "a=1\nb=2\n" },
		{ "ab=2\n", "a", "1", "a=1\nab=2\n" },
		/* one that is there keeps its place */
		{ "a=1\nb=2\nc=3\n", "b", "x", "a=1\nb=x\nc=3\n" },
		{ "a=1\nb=2", "b", "", "a=1\nb=\n" },
		/* deleted */
		{ "a=1\nb=2\nc=3\n", "b", NULL, "a=1\nc=3\n" },
		{ "a=1\nb=2", "b", NULL, "a=1\n" },
		{ "a=1\n", "a", NULL, "" },
		{ "a=1\n", "b", NULL, "a=1\n" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < nitems(rows); i++) {
		auto_buf struct buf b = BUF_INIT;

		assert_int_equal(value_key_set(rows[i].lines, rows[i].key,
				     rows[i].value, &b),
		    0);
		assert_string_equal(b.p, rows[i].text);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_long),
		cmocka_unit_test(test_bool),
		cmocka_unit_test(test_canon),
		cmocka_unit_test(test_canon_size),
		cmocka_unit_test(test_address),
		cmocka_unit_test(test_key_get),
		cmocka_unit_test(test_key_set),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
