/* SPDX-License-Identifier: BSD-2-Clause */
/* Sets of parameter values: adding, reading, merging. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "cleanup.h"
#include "jerr.h"
#include "pset.h"

static struct jerr err;

static int
setup(void **state)
{
	static struct pset set;

	*state = &set;
	err = (struct jerr){ 0 };
	return 0;
}

static int
teardown(void **state)
{
	struct pset *s = *state;

	pset_done(s);
	return 0;
}

static void
add(struct pset *s, const char *name, const char *value)
{
	if (pset_add(s, name, value, &err) < 0)
		fail_msg("%s", err.msg);
}

/* The elements of a value that is set, up to NULL. */
static void
check(const struct pset *s, enum param_id id, ...)
{
	const char *want;
	va_list ap;
	size_t n = 0;

	assert_true(pset_has(s, id));
	va_start(ap, id);
	while ((want = va_arg(ap, const char *)) != NULL) {
		assert_in_range(n + 1, 1, pset_count(s, id));
		assert_string_equal(pset_get(s, id, n), want);
		n++;
	}
	va_end(ap);
	assert_int_equal(pset_count(s, id), n);
	assert_null(pset_get(s, id, n));
}

static void
test_empty(void **state)
{
	struct pset *s = *state;
	enum param_id id;

	for (id = 0; id < P_COUNT; id++) {
		const char *def = param(id)->def;

		assert_false(pset_has(s, id));
		assert_int_equal(pset_count(s, id), def != NULL);
		assert_ptr_equal(pset_get(s, id, 0), def);
		assert_null(pset_get(s, id, 1));
	}
	assert_int_equal(pset_int(s, P_STOP_TIMEOUT), 10);
	assert_int_equal(pset_int(s, P_JID), 0);
	assert_true(pset_bool(s, P_ALLOW_SUSER));
	assert_false(pset_bool(s, P_PERSIST));
	assert_true(pset_is(s, P_HOST, "new"));
	assert_false(pset_is(s, P_NAME, ""));
	/* an empty list is a value: no default in its place */
	s->val[P_HOST].set = true;
	check(s, P_HOST, NULL);
	assert_false(pset_is(s, P_HOST, "new"));
}

static void
test_scalar(void **state)
{
	struct pset *s = *state;

	add(s, "persist", NULL);
	check(s, P_PERSIST, "true", NULL);
	add(s, "nopersist", NULL);
	check(s, P_PERSIST, "false", NULL);
	add(s, "allow.nosuser", NULL);
	assert_false(pset_bool(s, P_ALLOW_SUSER));
	add(s, "securelevel", "02");
	add(s, "securelevel", "3");
	check(s, P_SECURELEVEL, "3", NULL);
	assert_int_equal(pset_int(s, P_SECURELEVEL), 3);
	add(s, "ip4", NULL);
	assert_true(pset_is(s, P_IP4, "new"));
	add(s, "path", "/x");
	add(s, "path", "");
	check(s, P_PATH, "", NULL);
	pset_clear(s, P_PATH);
	assert_false(pset_has(s, P_PATH));
	assert_string_equal(pset_get(s, P_PATH, 0), "/");
}

static void
test_list(void **state)
{
	struct pset *s = *state;

	add(s, "exec.start", NULL);
	check(s, P_EXEC_START, NULL);
	add(s, "exec.start", "a, b");
	add(s, "exec.start", "");
	add(s, "exec.start", "c");
	check(s, P_EXEC_START, "a, b", "", "c", NULL);
	add(s, "exec.start", NULL); /* adds nothing */
	check(s, P_EXEC_START, "a, b", "", "c", NULL);
	pset_clear(s, P_EXEC_START);
	assert_false(pset_has(s, P_EXEC_START));
	assert_int_equal(pset_count(s, P_EXEC_START), 0);
}

static void
test_addresses(void **state)
{
	struct pset *s = *state;

	add(s, "ip4.addr", NULL);
	check(s, P_IP4_ADDR, NULL);
	add(s, "ip4.addr", "");
	add(s, "ip4.addr", "-");
	check(s, P_IP4_ADDR, NULL);
	add(s, "ip4.addr", "10.0.0.1,10.0.0.2");
	add(s, "ip4.addr", "10.0.0.3");
	check(s, P_IP4_ADDR, "10.0.0.1", "10.0.0.2", "10.0.0.3", NULL);
	add(s, "ip6.addr", "0::1,FE80::1");
	check(s, P_IP6_ADDR, "::1", "fe80::1", NULL);
}

static void
test_refused(void **state)
{
	static const struct {
		const char *name, *value;
		int r;
		const char *msg;
	} rows[] = {
		{ "enforce_statfs", "3", -EINVAL,
		    "enforce_statfs: 3 is not between 0 and 2" },
		{ "enforce_statfs", NULL, -EINVAL,
		    "enforce_statfs: non-integer value \"\"" },
		{ "persist", "x", -EINVAL,
		    "persist: unknown boolean value \"x\"" },
		{ "nopersist", "x", -EINVAL,
		    "persist: unknown boolean value \"x\"" },
		{ "ip4.addr", "10.0.0.300", -EINVAL,
		    "ip4.addr: not an IPv4 address: 10.0.0.300" },
		{ "ip4.addr", "10.0.0.2,10.0.0.3,x", -EINVAL,
		    "ip4.addr: not an IPv4 address: x" },
		{ "ip6.addr", "10.0.0.1", -EINVAL,
		    "ip6.addr: not an IPv6 address: 10.0.0.1" },
		{ "meta.a", "1\n2", -EINVAL,
		    "meta.a: a key or its value cannot hold a line break" },
		{ "meta.a\n", "1", -EINVAL,
		    "meta.a\n: a key or its value cannot hold a line break" },
		{ "meta.a=b", "1", -EINVAL,
		    "meta.a=b: a key or its value cannot hold a line break" },
		{ "QQQQQQ", NULL, -ENOENT, "unknown parameter: QQQQQQ" },
		{ "nopath", NULL, -ENOENT,
		    "unknown parameter: nopath (did you mean path?)" },
		{ "perisst", NULL, -ENOENT,
		    "unknown parameter: perisst (did you mean persist?)" },
	};
	struct pset *s = *state;
	enum param_id id;
	size_t i;

	/* of a list that was unset as well */
	assert_int_equal(pset_add(s, "ip6.addr", "::1,x", &err), -EINVAL);
	assert_false(pset_has(s, P_IP6_ADDR));
	add(s, "enforce_statfs", "1");
	add(s, "persist", NULL);
	add(s, "ip4.addr", "10.0.0.1");
	add(s, "ip6.addr", "::1");
	add(s, "meta.a", "1");
	for (i = 0; i < nitems(rows); i++) {
		err = (struct jerr){ 0 };
		assert_int_equal(
		    pset_add(s, rows[i].name, rows[i].value, &err), rows[i].r);
		assert_int_equal(err.err, -rows[i].r);
		assert_string_equal(err.msg, rows[i].msg);
	}
	check(s, P_ENFORCE_STATFS, "1", NULL);
	check(s, P_PERSIST, "true", NULL);
	check(s, P_IP4_ADDR, "10.0.0.1", NULL);
	check(s, P_IP6_ADDR, "::1", NULL);
	assert_int_equal(s->keys.n, 1);
	for (id = 0; id < P_COUNT; id++)
		assert_int_equal(pset_has(s, id),
		    id == P_ENFORCE_STATFS || id == P_PERSIST ||
			id == P_IP4_ADDR || id == P_IP6_ADDR);
}

static void
test_put_raw(void **state)
{
	struct pset *s = *state;

	assert_int_equal(pset_raw(s, P_MOUNT, "a"), 0);
	assert_int_equal(pset_raw(s, P_MOUNT, "b"), 0);
	check(s, P_MOUNT, "a", "b", NULL);
	/* by one of its own texts */
	assert_int_equal(pset_put(s, P_MOUNT, pset_get(s, P_MOUNT, 1)), 0);
	check(s, P_MOUNT, "b", NULL);
	pset_done(s);
	assert_false(pset_has(s, P_MOUNT));
	pset_done(s); /* once more does nothing */
}

static void
test_merge(void **state)
{
	struct pset *s = *state, from = { 0 };

	add(s, "name", "old");
	add(s, "path", "/x");
	add(s, "exec.start", "a");
	add(s, "exec.stop", "b");
	add(&from, "name", "new");
	add(&from, "exec.start", "c");
	add(&from, "exec.start", "d");
	add(&from, "exec.stop", NULL);
	add(&from, "nopersist", NULL);
	assert_int_equal(pset_merge(s, &from, &err), 0);
	check(s, P_NAME, "new", NULL);
	check(s, P_PATH, "/x", NULL);
	check(s, P_EXEC_START, "c", "d", NULL);
	check(s, P_EXEC_STOP, NULL);
	check(s, P_PERSIST, "false", NULL);
	assert_false(pset_has(s, P_ENV));
	check(&from, P_EXEC_START, "c", "d", NULL);
	pset_done(&from);
	check(s, P_EXEC_START, "c", "d", NULL); /* copies of its own */
}

static void
test_merge_keys(void **state)
{
	struct pset *s = *state, from = { 0 };

	add(s, "meta", "a=1\nb=2\n");
	add(&from, "meta.a", "x=y");
	add(&from, "meta.c", "");
	add(&from, "meta.b", NULL); /* deleted */
	add(&from, "env.k", "v");
	assert_false(pset_has(&from, P_META));
	assert_int_equal(pset_merge(s, &from, &err), 0);
	check(s, P_META, "c=\na=x=y\n", NULL);
	check(s, P_ENV, "k=v\n", NULL);
	/* a whole text comes first, its keys after it */
	add(&from, "meta", "z=0\n");
	assert_int_equal(pset_merge(s, &from, &err), 0);
	check(s, P_META, "c=\na=x=y\nz=0\n", NULL);
	pset_done(&from);
}

/* The whole text is bounded, not the key. */
static void
test_merge_too_big(void **state)
{
	struct pset *s = *state, from = { 0 };
	char text[4096];

	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	text[1] = '=';
	add(s, "meta", text);
	add(&from, "meta.k", "");
	assert_int_equal(pset_merge(s, &from, &err), -EFBIG);
	assert_string_equal(err.msg, "jail_set: File too large");
	check(s, P_META, text, NULL);
	pset_done(&from);
}

int
main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_empty),
		TEST(test_scalar),
		TEST(test_list),
		TEST(test_addresses),
		TEST(test_refused),
		TEST(test_put_raw),
		TEST(test_merge),
		TEST(test_merge_keys),
		TEST(test_merge_too_big),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
