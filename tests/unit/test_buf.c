/* SPDX-License-Identifier: BSD-2-Clause */
/* The growing string and the growing array. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "buf.h"
#include "cleanup.h"

/* One byte at a time past many sizes: whole and ended at each step. */
static void
test_growth(void **state)
{
	auto_buf struct buf b = BUF_INIT;
	size_t i;

	(void)state;
	for (i = 0; i < 10000; i++) {
		buf_chr(&b, (char)('a' + i % 26));
		assert_int_equal(b.len, i + 1);
		assert_true(b.cap > b.len);
		assert_int_equal(b.p[b.len], '\0');
	}
	for (i = 0; i < b.len; i++)
		assert_int_equal(b.p[i], 'a' + i % 26);
	assert_int_equal(buf_err(&b), 0);
	assert_int_equal(strlen(b.p), b.len);
}

/* Each first length, by each way to add. */
static void
test_edges(void **state)
{
	char text[300];
	size_t n;

	(void)state;
	for (n = 0; n < sizeof(text); n++) {
		auto_buf struct buf add = BUF_INIT, str = BUF_INIT,
				    fmt = BUF_INIT;

		memset(text, 'x', n);
		text[n] = '\0';
		buf_add(&add, text, n);
		buf_str(&str, text);
		buf_fmt(&fmt, "%s", text);
		assert_string_equal(add.p, text);
		assert_string_equal(str.p, text);
		assert_string_equal(fmt.p, text);
		assert_int_equal(add.len, n);
		assert_int_equal(str.len, n);
		assert_int_equal(fmt.len, n);
	}
}

static void
test_mixed(void **state)
{
	auto_buf struct buf b = BUF_INIT;

	(void)state;
	buf_add(&b, NULL, 0);
	buf_str(&b, "");
	assert_int_equal(b.len, 0);
	buf_fmt(&b, "%d-%s", 42, "x");
	buf_add(&b, "\0y", 2);
	buf_str(&b, "z");
	assert_int_equal(b.len, 7);
	assert_memory_equal(b.p, "42-x\0yz", 8);
}

static void
test_sticky(void **state)
{
	struct buf b = BUF_INIT;
	volatile size_t huge = SIZE_MAX; /* not for the compiler to see */

	(void)state;
	buf_str(&b, "abc");
	buf_add(&b, "", huge / 2); /* refused before it is read */
	assert_int_equal(buf_err(&b), -ENOMEM);
	buf_str(&b, "d");
	buf_chr(&b, 'e');
	buf_fmt(&b, "%d", 1);
	buf_add(&b, "f", 1);
	assert_string_equal(b.p, "abc");
	assert_int_equal(b.len, 3);
	assert_int_equal(buf_err(&b), -ENOMEM);
	assert_null(buf_take(&b));
	/* and may be used again */
	assert_int_equal(buf_err(&b), 0);
	assert_null(b.p);
	buf_str(&b, "g");
	assert_string_equal(b.p, "g");
	buf_done(&b);
	buf_add(&b, "", huge);
	assert_int_equal(buf_err(&b), -ENOMEM);
	buf_done(&b);
	assert_int_equal(buf_err(&b), 0);
}

static void
test_take(void **state)
{
	struct buf b = BUF_INIT;
	char *p;

	(void)state;
	p = buf_take(&b); /* of nothing: an empty string */
	assert_non_null(p);
	assert_string_equal(p, "");
	free(p);
	buf_str(&b, "abc");
	p = buf_take(&b);
	assert_string_equal(p, "abc");
	assert_null(b.p);
	assert_int_equal(b.len, 0);
	assert_int_equal(b.cap, 0);
	buf_str(&b, "d"); /* is a new one */
	assert_string_equal(p, "abc");
	assert_string_equal(b.p, "d");
	free(p);
	buf_done(&b);
}

static void
test_done(void **state)
{
	struct buf b = BUF_INIT;

	(void)state;
	buf_done(&b);
	buf_str(&b, "abc");
	errno = EXDEV;
	buf_done(&b);
	assert_int_equal(errno, EXDEV);
	assert_null(b.p);
	assert_int_equal(b.len, 0);
	buf_done(&b);
}

/* Room is made at powers of two alone, and for all below the next. */
static void
test_grow(void **state)
{
	uint32_t *v = NULL, *more;
	size_t n, i;

	(void)state;
	for (n = 0; n < 1025; n++) {
		more = grow(v, n, sizeof(*v));
		assert_non_null(more);
		if ((n & (n - 1)) != 0)
			assert_ptr_equal(more, v);
		v = more;
		if ((n & (n - 1)) == 0) /* a sanitizer minds */
			memset(v + n, 0xff, (n ? n : 1) * sizeof(*v));
		v[n] = (uint32_t)n;
	}
	for (i = 0; i < n; i++)
		assert_int_equal(v[i], i);
	free(v);
}

/* The old one is intact. */
static void
test_grow_fails(void **state)
{
	uint32_t *v = grow(NULL, 0, sizeof(*v));

	(void)state;
	assert_non_null(v);
	*v = UINT32_C(0xfeedface);
	errno = 0;
	assert_null(grow(v, SIZE_MAX / 8 + 1, sizeof(*v)));
	assert_int_equal(errno, ENOMEM);
	errno = 0;
	assert_null(grow(v, SIZE_MAX / 2 + 1, sizeof(*v)));
	assert_int_equal(errno, ENOMEM);
	assert_int_equal(*v, UINT32_C(0xfeedface));
	free(v);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_growth),
		cmocka_unit_test(test_edges),
		cmocka_unit_test(test_mixed),
		cmocka_unit_test(test_sticky),
		cmocka_unit_test(test_take),
		cmocka_unit_test(test_done),
		cmocka_unit_test(test_grow),
		cmocka_unit_test(test_grow_fails),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
