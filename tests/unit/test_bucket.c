/* SPDX-License-Identifier: BSD-2-Clause */
/* Hints to find jails by name. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "bucket.h"
#include "buf.h"
#include "cleanup.h"

#define WHICH 7U

/* A bucket of n hints. */
static struct bucket
make(size_t n)
{
	struct bucket b = { .seq = 41, .full = 99 };
	size_t i;

	for (i = 0; i < n; i++)
		assert_int_equal(
		    bucket_add(&b, (uint32_t)i * 0x9e3779b9U, (int)i + 1), 0);
	assert_int_equal(b.n, n);
	return b;
}

static void
test_round_trip(void **state)
{
	static const size_t sizes[] = { 0, 1, 2, 3, 255, 4000 };
	size_t i;

	(void)state;
	for (i = 0; i < nitems(sizes); i++) {
		auto_bucket struct bucket in = make(sizes[i]);
		auto_bucket struct bucket out = { 0 };
		auto_buf struct buf b = BUF_INIT;

		bucket_pack(&in, WHICH, &b);
		assert_int_equal(buf_err(&b), 0);
		assert_int_equal(bucket_unpack(&out, WHICH, b.p, b.len), 0);
		assert_int_equal(out.seq, 41);
		assert_int_equal(out.full, 99);
		assert_int_equal(out.n, sizes[i]);
		if (out.n > 0)
			assert_memory_equal(
			    in.v, out.v, out.n * sizeof(*out.v));
		/* and it can grow */
		assert_int_equal(bucket_add(&out, 4711, 4712), 0);
		assert_int_equal(out.n, sizes[i] + 1);
	}
}

static void
check_refused(const struct buf *b, unsigned int which, size_t len)
{
	struct bucket out = { .seq = 1, .full = 2, .n = 3 };

	assert_int_equal(bucket_unpack(&out, which, b->p, len), -EPROTO);
	assert_int_equal(out.seq, 1);
	assert_int_equal(out.full, 2);
	assert_int_equal(out.n, 3);
	assert_null(out.v);
}

/* Whatever somebody does to the bytes, it is a bucket no more. */
static void
test_garbled(void **state)
{
	auto_bucket struct bucket in = make(5);
	auto_buf struct buf b = BUF_INIT;
	size_t i;
	int bit;

	(void)state;
	bucket_pack(&in, WHICH, &b);
	for (i = 0; i < b.len; i++) {
		check_refused(&b, WHICH, i);
		for (bit = 0; bit < 8; bit++) {
			b.p[i] = (char)(b.p[i] ^ 1 << bit);
			check_refused(&b, WHICH, b.len);
			b.p[i] = (char)(b.p[i] ^ 1 << bit);
		}
	}
	/* that of another place, or with more behind it */
	check_refused(&b, WHICH + 1, b.len);
	i = b.len;
	buf_add(&b, "12345678", 8);
	check_refused(&b, WHICH, b.len);
	check_refused(&b, WHICH, i + 1);
	memset(b.p, 0, b.len);
	check_refused(&b, WHICH, b.len);
}

static void
test_no_twins(void **state)
{
	auto_bucket struct bucket b = make(3);

	(void)state;
	assert_int_equal(bucket_add(&b, b.v[1].hash, b.v[1].jid), 0);
	assert_int_equal(b.n, 3);
	/* the same name for another jail, another name for the same */
	assert_int_equal(bucket_add(&b, b.v[1].hash, 4711), 0);
	assert_int_equal(bucket_add(&b, 4711, b.v[1].jid), 0);
	assert_int_equal(b.n, 5);
}

static void
test_full(void **state)
{
	auto_bucket struct bucket b = make(0);

	(void)state;
	bucket_set_full(&b);
	assert_int_equal(b.full, 16);
	b.n = 8;
	bucket_set_full(&b);
	assert_int_equal(b.full, 16);
	b.n = 9;
	bucket_set_full(&b);
	assert_int_equal(b.full, 18);
	b.n = 0;
}

/* Names as they are given fill all buckets about alike. */
static void
test_spread(void **state)
{
	static const char *const forms[] = { "%d", "jail%d", "w%05d-web",
		"bench123-%d" };
	unsigned int count[BUCKETS];
	char name[32];
	size_t i, k;
	int n;

	(void)state;
	for (i = 0; i < nitems(forms); i++) {
		memset(count, 0, sizeof(count));
		for (n = 1; n <= 6400; n++) {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
			(void)snprintf(name, sizeof(name), forms[i], n);
#pragma GCC diagnostic pop
			k = bucket_of(bucket_hash(name));
			assert_true(k < BUCKETS);
			count[k]++;
		}
		for (k = 0; k < BUCKETS; k++)
			assert_in_range(count[k], 50, 150);
	}
	assert_int_equal(bucket_hash(""), 0x811c9dc5U);
	assert_int_equal(bucket_hash("a"), 0xe40c292cU);
	assert_int_equal(bucket_hash("foobar"), 0xbf9cf968U);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_garbled),
		cmocka_unit_test(test_no_twins),
		cmocka_unit_test(test_full),
		cmocka_unit_test(test_spread),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
