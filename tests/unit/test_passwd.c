/* SPDX-License-Identifier: BSD-2-Clause */
/* Lines of passwd(5) and group(5): a damaged one is nobody's. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "cleanup.h"
#include "passwd.h"

#define UNTOUCHED 4711

static const struct {
	const char *text;
	int r;
	uint32_t id;
} ids[] = {
	{ "0", 0, 0 }, { "00", 0, 0 }, { "1000", 0, 1000 }, { "0010", 0, 10 },
	{ "4294967294", 0, 4294967294U }, { "", -EINVAL, 0 },
	{ "+0", -EINVAL, 0 }, { "-0", -EINVAL, 0 }, { "-1", -EINVAL, 0 },
	{ " 0", -EINVAL, 0 }, { "0 ", -EINVAL, 0 }, { "\t0", -EINVAL, 0 },
	{ "0\n", -EINVAL, 0 }, { "4294967295", -EINVAL, 0 }, /* (uid_t)-1 */
	{ "4294967296", -EINVAL, 0 }, /* 0 in 32 bits */
	{ "18446744073709551616", -EINVAL, 0 }, /* 0 in 64 bits */
	{ "99999999999999999999999999", -EINVAL, 0 }, { "1e3", -EINVAL, 0 },
	{ "0x0", -EINVAL, 0 }, { "1.0", -EINVAL, 0 }, { "1,0", -EINVAL, 0 },
	{ "root", -EINVAL, 0 },
	{ "\xd9\xa0", -EINVAL, 0 }, /* a digit elsewhere */
};

static void
test_id(void **state)
{
	uint32_t id;
	size_t i;
	int r;

	(void)state;
	for (i = 0; i < nitems(ids); i++) {
		id = UNTOUCHED;
		r = id_parse(ids[i].text, &id);
		if (r != ids[i].r || id != (r == 0 ? ids[i].id : UNTOUCHED))
			fail_msg("\"%s\": %d, %u", ids[i].text, r, id);
	}
}

static void
test_passwd(void **state)
{
	struct passwd_line p;
	char a[] = "www:x:80:81:Web, the:/srv/w w:/bin/sh";
	char b[] = "n::0:4294967294:::";

	(void)state;
	assert_int_equal(passwd_parse(a, &p), 0);
	assert_string_equal(p.name, "www");
	assert_int_equal(p.uid, 80);
	assert_int_equal(p.gid, 81);
	assert_string_equal(p.home, "/srv/w w");
	assert_string_equal(p.shell, "/bin/sh");
	assert_int_equal(passwd_parse(b, &p), 0);
	assert_string_equal(p.name, "n");
	assert_int_equal(p.uid, 0);
	assert_int_equal(p.gid, 4294967294U);
	assert_string_equal(p.home, "");
	assert_string_equal(p.shell, "");
}

static void
check_damaged(const char *text)
{
	const struct passwd_line was = { .uid = UNTOUCHED };
	struct passwd_line p = was;
	char line[128];

	(void)snprintf(line, sizeof(line), "%s", text);
	if (passwd_parse(line, &p) != -EINVAL)
		fail_msg("\"%s\" is taken", text);
	assert_memory_equal(&p, &was, sizeof(p));
}

static void
test_passwd_damaged(void **state)
{
	static const char *const lines[] = { "", "root", ":",
		"::::::", ":x:0:0::/:/bin/sh", "root:x:0:0:/root:/bin/sh",
		"root:x:0:0:r:/root:/bin/sh:", "root:x:0:0:r:/root:/bin/sh:x",
		"root:0:0:r:/root:/bin/sh", "# comment",
		"+::::::", "+@net:::::/:/bin/sh" };
	char line[128];
	size_t i;

	(void)state;
	for (i = 0; i < nitems(lines); i++)
		check_damaged(lines[i]);
	for (i = 0; i < nitems(ids); i++) {
		if (ids[i].r == 0)
			continue;
		(void)snprintf(
		    line, sizeof(line), "u:x:%s:1:u:/:/bin/sh", ids[i].text);
		check_damaged(line);
		(void)snprintf(
		    line, sizeof(line), "u:x:1:%s:u:/:/bin/sh", ids[i].text);
		check_damaged(line);
	}
}

static void
check_group(const char *text, const char *user, int r, uint32_t want)
{
	uint32_t gid = UNTOUCHED;
	char line[128];

	(void)snprintf(line, sizeof(line), "%s", text);
	if (group_has(line, user, &gid) != r)
		fail_msg("\"%s\", %s: not %d", text, user, r);
	assert_int_equal(gid, want);
}

static void
test_group(void **state)
{
	static const struct {
		const char *line;
		int r;
		uint32_t gid;
	} rows[] = {
		{ "g:x:5:www", 1, 5 },
		{ "g:x:5:a,www", 1, 5 },
		{ "g:x:5:www,b", 1, 5 },
		{ "g::0:a,,www", 1, 0 },
		{ "g:x:5:", 0, UNTOUCHED },
		{ "www:x:5:", 0, UNTOUCHED },
		{ "g:www:5:a", 0, UNTOUCHED },
		{ "g:x:5:wwww,ww,WWW", 0, UNTOUCHED },
		{ "g:x:5:a, www", 0, UNTOUCHED },
		{ "g:x:5:a:www", 0, UNTOUCHED },
		{ "", -EINVAL, UNTOUCHED },
		{ "g", -EINVAL, UNTOUCHED },
		{ "g:x", -EINVAL, UNTOUCHED },
		{ "g:x:5", -EINVAL, UNTOUCHED },
		{ "g:5:www", -EINVAL, UNTOUCHED },
		{ ":::www", -EINVAL, UNTOUCHED },
	};
	char line[128];
	size_t i;

	(void)state;
	for (i = 0; i < nitems(rows); i++)
		check_group(rows[i].line, "www", rows[i].r, rows[i].gid);
	for (i = 0; i < nitems(ids); i++) {
		(void)snprintf(line, sizeof(line), "g:x:%s:www", ids[i].text);
		check_group(line, "www", ids[i].r == 0 ? 1 : -EINVAL,
		    ids[i].r == 0 ? ids[i].id : UNTOUCHED);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_id),
		cmocka_unit_test(test_passwd),
		cmocka_unit_test(test_passwd_damaged),
		cmocka_unit_test(test_group),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
