/* SPDX-License-Identifier: BSD-2-Clause */
/* Ranges of ids and runs of them.  What /etc/subuid here gives away may go. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "cleanup.h"
#include "core.h"
#include "jerr.h"

#define FIRST 0x70000000U
#define END 0xffff0000U
#define FOREIGN 0x7ffe0000U
#define RANGES ((END - FIRST) / IDMAP_COUNT)
#define SLOT(i) (FIRST + (uint32_t)(i)*IDMAP_COUNT)

static uint32_t used[RANGES + 4];
static struct jerr err;

static void
check_range(uint32_t id)
{
	assert_int_equal(id % IDMAP_COUNT, 0);
	assert_true(id >= FIRST);
	/* all of it lies below (uid_t)-1, none of it is foreign */
	assert_true(id <= UINT32_MAX - IDMAP_COUNT);
	assert_true(id != FOREIGN);
}

static bool
is_used(uint32_t id, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		if (used[i] == id)
			return true;
	}
	return false;
}

/* Find a run beside the first n that are used; returns its length. */
static size_t
find(size_t n, struct id_run *ret)
{
	uint32_t id;

	if (idmap_find_run(n > 0 ? used : NULL, n, ret, &err) < 0)
		fail_msg("%s", err.msg);
	assert_true(ret->next < ret->end);
	for (id = ret->next; id != ret->end; id += IDMAP_COUNT) {
		check_range(id);
		assert_false(is_used(id, n));
	}
	return (ret->end - ret->next) / IDMAP_COUNT;
}

/* As a host does it that makes n jails and removes none. */
static void
test_taken_once(void **state)
{
	struct id_run run = { 0 };
	size_t n = 0, searches = 0;
	uint32_t id;

	(void)state;
	while (n < 1500) {
		if (idmap_take(&run, &id, &err) == 1) {
			check_range(id);
			assert_false(is_used(id, n));
			used[n++] = id;
			continue;
		}
		(void)find(n, &run);
		searches++;
	}
	/* 64, 128, 256, 512, 1024; spans of /etc/subuid may add some */
	assert_in_range(searches, 6, 10);
}

/* Not more than there are jails, and not less than some. */
static void
test_length(void **state)
{
	struct id_run run;
	size_t i;

	(void)state;
	assert_int_equal(find(0, &run), 64);
	for (i = 0; i < 300; i++)
		used[i] = SLOT(RANGES - 1 - i);
	assert_int_equal(find(10, &run), 64);
	assert_int_equal(find(300, &run), 300);
}

/* The longest one is taken, and what others gave back is in it. */
static void
test_longest(void **state)
{
	struct id_run run;
	size_t i, n = 0;

	(void)state;
	for (i = 0; i < RANGES; i++) {
		if (i != RANGES - 9 && (i < RANGES - 5 || i > RANGES - 3))
			used[n++] = SLOT(i);
	}
	assert_int_equal(find(n, &run), 3);
	assert_int_equal(run.next, SLOT(RANGES - 5));
	/* two of the same length: the first */
	used[n++] = SLOT(RANGES - 4);
	assert_int_equal(find(n, &run), 1);
	assert_int_equal(run.next, SLOT(RANGES - 9));
	/* one that is given back is found */
	for (i = 0; i < n && used[i] != SLOT(RANGES - 8); i++)
		;
	assert_true(i < n);
	used[i] = used[0];
	assert_int_equal(find(n, &run), 2);
	assert_int_equal(run.next, SLOT(RANGES - 9));
}

/* Where there is room enough the low ones come first. */
static void
test_low(void **state)
{
	struct id_run run;

	(void)state;
	assert_int_equal(find(0, &run), 64);
	assert_int_equal(run.next, FIRST);
	used[0] = SLOT(63); /* 63 are not enough */
	assert_int_equal(find(1, &run), 64);
	assert_int_equal(run.next, SLOT(64));
}

/* What is not on our grid takes away all that it touches. */
static void
test_odd_ranges(void **state)
{
	struct id_run run;
	size_t i, n = 0;

	(void)state;
	for (i = 0; i < RANGES - 4; i++)
		used[n++] = SLOT(i);
	used[n++] = SLOT(RANGES - 2) - 1;
	assert_int_equal(find(n, &run), 1);
	assert_int_equal(run.next, SLOT(RANGES - 4));
	used[n++] = 0;
	used[n++] = UINT32_MAX;
	used[n++] = FIRST - IDMAP_COUNT;
	used[n++] = SLOT(RANGES - 4) - IDMAP_COUNT + 1;
	assert_int_equal(find(n, &run), 1);
	assert_int_equal(run.next, SLOT(RANGES - 1));
}

/* They stay as they were. */
static void
test_used_intact(void **state)
{
	struct id_run run;

	(void)state;
	used[0] = SLOT(2);
	used[1] = SLOT(0);
	used[2] = SLOT(1);
	(void)find(3, &run);
	assert_int_equal(used[0], SLOT(2));
	assert_int_equal(used[1], SLOT(0));
	assert_int_equal(used[2], SLOT(1));
}

static void
test_none(void **state)
{
	struct id_run run = { 1, 2 };
	size_t n;

	(void)state;
	for (n = 0; n < RANGES; n++)
		used[n] = SLOT(RANGES - 1 - n);
	assert_int_equal(idmap_find_run(used, n, &run, &err), -EAGAIN);
	assert_string_equal(err.msg, "no range of 65536 user ids is free");
	assert_int_equal(run.next, 1);
	assert_int_equal(run.end, 2);
	used[0] = 0; /* the topmost */
	assert_int_equal(find(n, &run), 1);
	assert_int_equal(run.next, SLOT(RANGES - 1));
	assert_int_equal(run.end, END);
}

/* systemd's foreign range is passed over, by whoever wrote the run. */
static void
test_foreign(void **state)
{
	struct id_run run = { FOREIGN, FOREIGN + 2 * IDMAP_COUNT };
	uint32_t id = 4711;

	(void)state;
	assert_int_equal(idmap_take(&run, &id, &err), 1);
	check_range(id);
	assert_int_equal(run.next, run.end);
	run = (struct id_run){ FOREIGN, FOREIGN + IDMAP_COUNT };
	id = 4711;
	assert_int_equal(idmap_take(&run, &id, &err), 0);
	assert_int_equal(id, 4711);
}

static void
test_bad_runs(void **state)
{
	static const struct id_run rows[] = {
		{ 0, 0 },
		{ SLOT(5), SLOT(5) }, /* used up */
		{ SLOT(5), SLOT(4) },
		{ 0, SLOT(4) }, /* the host's own */
		{ FIRST - IDMAP_COUNT, SLOT(4) },
		{ SLOT(1), END + IDMAP_COUNT },
		{ SLOT(1), UINT32_MAX },
		{ END, END },
		{ UINT32_MAX, UINT32_MAX },
		{ SLOT(1) + 1, SLOT(4) },
		{ SLOT(1), SLOT(4) - 1 },
	};
	size_t i;

	(void)state;
	for (i = 0; i < nitems(rows); i++) {
		struct id_run run = rows[i];
		uint32_t id = 4711;

		assert_int_equal(idmap_take(&run, &id, &err), 0);
		assert_int_equal(id, 4711);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_taken_once),
		cmocka_unit_test(test_length),
		cmocka_unit_test(test_longest),
		cmocka_unit_test(test_low),
		cmocka_unit_test(test_odd_ranges),
		cmocka_unit_test(test_used_intact),
		cmocka_unit_test(test_none),
		cmocka_unit_test(test_foreign),
		cmocka_unit_test(test_bad_runs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
