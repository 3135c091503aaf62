/* SPDX-License-Identifier: BSD-2-Clause */
/* The grammar of jail names. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "cleanup.h"
#include "jerr.h"
#include "name.h"

#define NUMERIC "name cannot be numeric (unless it is the jid)"
#define CONTROL "name: control characters are not allowed"
#define NONE (-1) /* ret_jid as it was */

static const struct {
	const char *name;
	int jid, r, ret;
	const char *msg;
} rows[] = {
	{ "", 0, 0, NONE, NULL },
	{ "www", 0, 0, NONE, NULL },
	{ "www", 7, 0, NONE, NULL },
	{ "7up", 0, 0, NONE, NULL },
	{ "-7", 0, 0, NONE, NULL },
	{ "+7", 0, 0, NONE, NULL },
	{ "0x7", 0, 0, NONE, NULL },
	{ "7 ", 0, 0, NONE, NULL },
	{ "a b/c=\xc3\xa9", 0, 0, NONE, NULL },
	/* a number is that of the jail itself */
	{ "7", 0, 0, 7, NULL },
	{ "7", 7, 0, 7, NULL },
	{ "2147483647", 0, 0, 2147483647, NULL },
	{ "7", 8, -EINVAL, NONE, NUMERIC },
	{ "0", 0, -EINVAL, NONE, NUMERIC },
	{ "07", 0, -EINVAL, NONE, NUMERIC },
	{ "07", 7, -EINVAL, NONE, NUMERIC },
	{ "2147483648", 0, -EINVAL, NONE, NUMERIC },
	{ "4294967303", 7, -EINVAL, NONE, NUMERIC },
	{ "99999999999999999999", 0, -EINVAL, NONE, NUMERIC },
	/* a child of a jail that is not there */
	{ "a.b", 0, -ENOENT, NONE, "jail \"a\" not found" },
	{ "a.b.c", 0, -ENOENT, NONE, "jail \"a.b\" not found" },
	{ ".", 0, -ENOENT, NONE, "jail \"\" not found" },
	{ "a.", 0, -ENOENT, NONE, "jail \"a\" not found" },
	{ "1.2", 0, -ENOENT, NONE, "jail \"1\" not found" },
	{ "a\nb", 0, -EINVAL, NONE, CONTROL },
	{ "\t", 0, -EINVAL, NONE, CONTROL },
	{ "a\x7f", 0, -EINVAL, NONE, CONTROL },
	{ "a.\033b", 0, -EINVAL, NONE, CONTROL },
	{ "7\n", 7, -EINVAL, NONE, CONTROL },
};

static void
test_rows(void **state)
{
	struct jerr e;
	size_t i;
	int jid, r;

	(void)state;
	for (i = 0; i < nitems(rows); i++) {
		e = (struct jerr){ 0 };
		jid = NONE;
		r = name_check(rows[i].name, rows[i].jid, &jid, &e);
		if (r != rows[i].r || e.err != -r || jid != rows[i].ret)
			fail_msg("\"%s\": %d, jid %d, %s", rows[i].name, r, jid,
			    e.msg);
		assert_string_equal(
		    e.msg, rows[i].msg != NULL ? rows[i].msg : "");
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
