/* SPDX-License-Identifier: BSD-2-Clause */
/* The choice of a range of ids.  What /etc/subuid here gives away may go. */
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
#define FOREIGN 0x7ffe0000U
#define RANGES ((0xffff0000U - FIRST) / IDMAP_COUNT)

static uint32_t used[RANGES];
static struct jerr err;

static uint32_t
choose(size_t n)
{
	uint32_t id = 1;

	if (idmap_choose(n > 0 ? used : NULL, n, &id, &err) < 0)
		fail_msg("%s", err.msg);
	assert_int_equal(id % IDMAP_COUNT, 0);
	assert_true(id >= FIRST);
	/* all of it lies below (uid_t)-1, none of it is foreign */
	assert_true(id <= UINT32_MAX - IDMAP_COUNT);
	assert_true(id != FOREIGN);
	return id;
}

/* Each jail gets a range of its own, in whatever order they are known. */
static void
test_used(void **state)
{
	uint32_t id, last = 0, hole;
	size_t n;

	(void)state;
	for (n = 0; n < 100; n++) {
		id = choose(n);
		assert_true(id > last);
		last = id;
		if (n % 2) {
			used[n] = used[0];
			used[0] = id;
		} else {
			used[n] = id;
		}
	}
	/* one that is given back is the next */
	hole = used[50];
	used[50] = used[99];
	assert_int_equal(choose(99), hole);
	/* others' do not matter, nor does one that is there twice */
	used[98] = 0;
	used[97] = used[96];
	(void)choose(99);
}

/* They stay as they were. */
static void
test_used_intact(void **state)
{
	(void)state;
	used[0] = FIRST + 2 * IDMAP_COUNT;
	used[1] = FIRST;
	used[2] = FIRST + IDMAP_COUNT;
	(void)choose(3);
	assert_int_equal(used[0], FIRST + 2 * IDMAP_COUNT);
	assert_int_equal(used[1], FIRST);
	assert_int_equal(used[2], FIRST + IDMAP_COUNT);
}

/* systemd's foreign range is passed over. */
static void
test_foreign(void **state)
{
	uint32_t base;
	size_t n = 0;

	(void)state;
	for (base = FIRST; base < FOREIGN; base += IDMAP_COUNT)
		used[n++] = base;
	assert_true(choose(n) > FOREIGN);
}

static void
test_last(void **state)
{
	const uint32_t last = FIRST + (RANGES - 1) * IDMAP_COUNT;
	uint32_t id = 4711;
	size_t n;

	(void)state;
	for (n = 0; n < RANGES; n++)
		used[n] = last - (uint32_t)n * IDMAP_COUNT;
	assert_int_equal(idmap_choose(used, n, &id, &err), -EAGAIN);
	assert_string_equal(err.msg, "no range of 65536 user ids is free");
	assert_int_equal(id, 4711);
	used[0] = 0; /* the topmost */
	assert_int_equal(choose(n), last);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_used),
		cmocka_unit_test(test_used_intact),
		cmocka_unit_test(test_foreign),
		cmocka_unit_test(test_last),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
