/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "buf.h"
#include "cleanup.h"
#include "ldcache.h"

struct item {
	const char *key, *value;
	uint64_t hwcap;
};

/* In glibc's order: downwards, numbers by value. */
static const struct item items[] = {
	{ "libz.so.1", "/lib/libz.so.1", 0 },
	{ "libfoo.so.10", "/lib/libfoo.so.10", 0 },
	{ "libfoo.so.9", "/hw/libfoo.so.9", (uint64_t)1 << 62 },
	{ "libfoo.so.9", "/lib64/libfoo.so.9", 0 },
	{ "libfoo.so.9", "/lib32/libfoo.so.9", 0 },
	{ "libfoo-a.so", "/lib/libfoo-a.so", 0 },
};

static void
put32(struct buf *b, uint32_t w)
{
	buf_add(b, &w, sizeof(w));
}

static void
cache_make(struct buf *b, uint32_t at)
{
	const uint32_t strings = 48 + 24 * nitems(items);
	struct buf s = BUF_INIT;

	buf_str(b, "glibc-ld.so.cache1.1");
	put32(b, nitems(items));
	for (int i = 0; i < 6; i++)
		put32(b, 0);
	for (size_t i = 0; i < nitems(items); i++) {
		put32(b, 3);
		put32(b, strings + (uint32_t)s.len + at);
		buf_add(&s, items[i].key, strlen(items[i].key) + 1);
		put32(b, strings + (uint32_t)s.len + at);
		buf_add(&s, items[i].value, strlen(items[i].value) + 1);
		put32(b, 0);
		buf_add(b, &items[i].hwcap, sizeof(items[i].hwcap));
	}
	buf_add(b, s.p, s.len);
	buf_done(&s);
}

static void
check(const struct ldcache *c)
{
	assert_string_equal(ldcache_get(c, "libz.so.1", 0), "/lib/libz.so.1");
	assert_null(ldcache_get(c, "libz.so.1", 1));
	assert_string_equal(
	    ldcache_get(c, "libfoo.so.10", 0), "/lib/libfoo.so.10");
	assert_string_equal(
	    ldcache_get(c, "libfoo.so.9", 0), "/lib64/libfoo.so.9");
	assert_string_equal(
	    ldcache_get(c, "libfoo.so.9", 1), "/lib32/libfoo.so.9");
	assert_string_equal(
	    ldcache_get(c, "libfoo.so.9", 2), "/hw/libfoo.so.9");
	assert_null(ldcache_get(c, "libfoo.so.9", 3));
	assert_string_equal(
	    ldcache_get(c, "libfoo-a.so", 0), "/lib/libfoo-a.so");
	assert_null(ldcache_get(c, "libfoo.so", 0));
	assert_null(ldcache_get(c, "", 0));
	assert_null(ldcache_get(c, "libzz.so", 0));
}

static void
test_new(void **state)
{
	auto_buf struct buf b = BUF_INIT;
	struct ldcache c;

	(void)state;
	cache_make(&b, 0);
	assert_int_equal(ldcache_parse(&c, b.p, b.len), 0);
	check(&c);
	buf_str(&b, "extension without an end");
	assert_int_equal(ldcache_parse(&c, b.p, b.len), 0);
	check(&c);
}

/* The old part, with its own entries, comes before. */
static void
test_old_before(void **state)
{
	auto_buf struct buf b = BUF_INIT;
	struct ldcache c;

	(void)state;
	buf_add(&b, "ld.so-1.7.0", 12);
	put32(&b, 1);
	put32(&b, 3);
	put32(&b, 0);
	put32(&b, 0);
	put32(&b, 0); /* to 8 bytes */
	cache_make(&b, 0);
	assert_int_equal(ldcache_parse(&c, b.p, b.len), 0);
	check(&c);
}

static void
test_refused(void **state)
{
	static const char old[] = "ld.so-1.7.0\0\377\377\377\377";
	auto_buf struct buf b = BUF_INIT;
	struct ldcache c = { 0 };

	(void)state;
	assert_int_equal(ldcache_parse(&c, "", 0), -EINVAL);
	assert_int_equal(ldcache_parse(&c, old, 12), -EINVAL);
	assert_int_equal(ldcache_parse(&c, old, sizeof(old) - 1), -EINVAL);
	cache_make(&b, 0);
	for (size_t len = 0; len < 48 + 24 * nitems(items); len++)
		assert_int_equal(ldcache_parse(&c, b.p, len), -EINVAL);
	assert_null(c.base);
}

/* Offsets outside are not followed. */
static void
test_outside(void **state)
{
	auto_buf struct buf b = BUF_INIT;
	struct ldcache c;

	(void)state;
	cache_make(&b, 1U << 31);
	assert_int_equal(ldcache_parse(&c, b.p, b.len), 0);
	assert_null(ldcache_get(&c, "libz.so.1", 0));
}

/* Every entry of the host's own cache is found by its name. */
static void
test_host(void **state)
{
	static char data[4 << 20];
	FILE *f = fopen("/etc/ld.so.cache", "re");
	struct ldcache c;
	const char *key, *path;
	uint32_t at[2];
	size_t len, i;

	(void)state;
	if (f == NULL)
		skip();
	len = fread(data, 1, sizeof(data), f);
	(void)fclose(f);
	assert_int_equal(ldcache_parse(&c, data, len), 0);
	assert_true(c.n > 0);
	for (uint32_t n = 0; n < c.n; n++) {
		memcpy(at, c.base + 48 + 24 * (size_t)n + 4, sizeof(at));
		key = (const char *)c.base + at[0];
		for (i = 0; (path = ldcache_get(&c, key, i)) != NULL; i++)
			if (strcmp(path, (const char *)c.base + at[1]) == 0)
				break;
		assert_non_null(path);
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_new),
		cmocka_unit_test(test_old_before),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_outside),
		cmocka_unit_test(test_host),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
