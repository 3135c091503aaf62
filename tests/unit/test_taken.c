/* SPDX-License-Identifier: BSD-2-Clause */
/* The record of what was taken from the host. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/xattr.h>

#include <cmocka.h>

#include "cleanup.h"
#include "netns.h"
#include "store_dir.h"
#include "taken.h"

#define XA "trusted.jail.taken"

static void
test_lines(void **state)
{
	const bool keep[] = { true, false, true };
	struct taken t = { 0 };

	(void)state;
	assert_false(taken_has(&t, "a 1"));
	assert_int_equal(taken_add(&t, "a 1"), 0);
	assert_int_equal(taken_add(&t, "a 2"), 0);
	assert_int_equal(taken_add(&t, "b"), 0);
	assert_true(taken_has(&t, "a 2"));
	assert_false(taken_has(&t, "a"));
	taken_keep(&t, keep);
	assert_int_equal(t.n, 2);
	assert_string_equal(t.line[0], "a 1");
	assert_string_equal(t.line[1], "b");
	taken_done(&t);
	taken_done(&t);
	assert_int_equal(t.n, 0);
}

static void
test_attribute(void **state)
{
	struct taken t = { 0 }, now = { 0 };

	(void)state;
	need_dir();
	assert_false(taken_is(dir));
	assert_int_equal(taken_read(dir, &now), 0);
	assert_int_equal(now.n, 0);
	assert_int_equal(taken_write(dir, &now), 0); /* nothing to remove */
	assert_int_equal(taken_add(&t, "alias 1 2 3 10.0.0.1"), 0);
	assert_int_equal(taken_add(&t, "else"), 0);
	assert_int_equal(taken_write(dir, &t), 0);
	assert_true(taken_is(dir));
	assert_int_equal(taken_read(dir, &now), 0);
	assert_int_equal(now.n, 2);
	assert_string_equal(now.line[0], t.line[0]);
	assert_string_equal(now.line[1], t.line[1]);
	taken_done(&now);
	taken_done(&t);
	assert_int_equal(taken_write(dir, &t), 0);
	assert_false(taken_is(dir));
	assert_int_equal(fgetxattr(dir, XA, NULL, 0), -1);
	assert_int_equal(errno, ENODATA);
}

/* What others wrote: no line is empty, and the last one may be cut. */
static void
test_foreign(void **state)
{
	struct taken t = { 0 };

	(void)state;
	need_dir();
	put(XA, "\n\none\n\ntwo", 10);
	assert_int_equal(taken_read(dir, &t), 0);
	assert_int_equal(t.n, 2);
	assert_string_equal(t.line[1], "two");
	taken_done(&t);
	put(XA, "one\ntwo\0three\n", 14);
	assert_int_equal(taken_read(dir, &t), 0);
	assert_int_equal(t.n, 2);
	taken_done(&t);
	put(XA, "", 0);
	assert_false(taken_is(dir));
	assert_int_equal(taken_read(dir, &t), 0);
	assert_int_equal(t.n, 0);
	assert_int_equal(fremovexattr(dir, XA), 0);
}

static void
test_netns(void **state)
{
	struct netns_id ns = { 0 };
	int fd;

	(void)state;
	need_dir(); /* it takes root */
	assert_int_equal(netns_own(&ns), 0);
	assert_int_not_equal(ns.cookie, 0);
	assert_true((fd = netns_find(ns.inode)) >= 0);
	close_fd(fd);
	fd = netns_find(1); /* no number of a namespace */
	assert_true(fd == -ENOENT || fd == -EXDEV);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_attribute),
		cmocka_unit_test(test_foreign),
		cmocka_unit_test(test_netns),
	};

	return cmocka_run_group_tests(tests, store_setup, store_teardown);
}
