/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The bytes of /etc/ld.so.cache.
 *
 *	[ "ld.so-1.7.0" NUL, u32 n, n times { flags, key, value }, to 8 bytes ]
 *	"glibc-ld.so.cache" "1.1"
 *	u32 n, len_strings; u8 flags, 0[3]; u32 extension, 0[3]
 *	n times { i32 flags; u32 key, value, osversion; u64 hwcap }
 *	strings
 *
 * The part in brackets is what old ldconfigs put before.  key and value are
 * offsets of strings, from the second header on; entries are sorted downwards
 * in the order of key_cmp().
 */
#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "ldcache.h"

#define MAGIC_OLD "ld.so-1.7.0"
#define MAGIC_NEW "glibc-ld.so.cache1.1"

enum {
	OLD_HEADER = 16,
	OLD_ENTRY = 12,
	HEADER = 48,
	ENTRY = 24,
	AT_KEY = 4,
	AT_VALUE = 8,
	AT_HWCAP = 16,
	MAX_KEY = 256, /* these bound the work on a hostile file */
	MAX_PATH = 4096,
	MAX_SAME = 32, /* entries of one name */
};

static uint32_t
word(const unsigned char *p)
{
	uint32_t w;

	memcpy(&w, p, sizeof(w));
	return w;
}

int
ldcache_parse(struct ldcache *ret, const void *data, size_t len)
{
	const unsigned char *p = data;
	size_t skip;
	uint32_t n;

	if (len >= OLD_HEADER && memcmp(p, MAGIC_OLD, sizeof(MAGIC_OLD)) == 0) {
		n = word(p + sizeof(MAGIC_OLD));
		if (n > (len - OLD_HEADER) / OLD_ENTRY)
			return -EINVAL;
		skip = (OLD_HEADER + (size_t)n * OLD_ENTRY + 7) & ~(size_t)7;
		if (skip > len)
			return -EINVAL;
		p += skip;
		len -= skip;
	}
	if (len < HEADER || memcmp(p, MAGIC_NEW, sizeof(MAGIC_NEW) - 1) != 0)
		return -EINVAL;
	n = word(p + sizeof(MAGIC_NEW) - 1);
	if (n > (len - HEADER) / ENTRY)
		return -EINVAL;
	/* Every string shall have an end. */
	while (len > HEADER + (size_t)n * ENTRY && p[len - 1] != '\0')
		len--;
	if (p[len - 1] != '\0')
		return -EINVAL;
	*ret = (struct ldcache){ .base = p, .size = len, .n = n };
	return 0;
}

/* A string of entry i, NULL if it lies outside of the file or is too long. */
static const char *
string(const struct ldcache *c, uint32_t i, size_t which)
{
	uint32_t at = word(c->base + HEADER + (size_t)i * ENTRY + which);
	size_t max = which == AT_KEY ? MAX_KEY : MAX_PATH;

	if (at >= c->size || strnlen((const char *)c->base + at, max) == max)
		return NULL;
	return (const char *)c->base + at;
}

static bool
is_hwcap(const struct ldcache *c, uint32_t i)
{
	const unsigned char *p = c->base + HEADER + (size_t)i * ENTRY;

	return (word(p + AT_HWCAP) | word(p + AT_HWCAP + 4)) != 0;
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Skip a number; its digits without leading zeros are *ret, n of them. */
static const char *
number(const char *s, const char **ret, size_t *ret_n)
{
	while (*s == '0')
		s++;
	*ret = s;
	while (is_digit(*s))
		s++;
	*ret_n = (size_t)(s - *ret);
	return s;
}

/* glibc's order: numbers in names by value, and above all else. */
static int
key_cmp(const char *a, const char *b)
{
	const char *na, *nb;
	size_t la, lb;
	int r;

	while (*a != '\0') {
		if (is_digit(*a) && is_digit(*b)) {
			a = number(a, &na, &la);
			b = number(b, &nb, &lb);
			if (la != lb)
				return la < lb ? -1 : 1;
			if ((r = memcmp(na, nb, la)) != 0)
				return r;
		} else if (is_digit(*a)) {
			return 1;
		} else if (is_digit(*b)) {
			return -1;
		} else if (*a != *b) {
			return (signed char)*a < (signed char)*b ? -1 : 1;
		} else {
			a++;
			b++;
		}
	}
	return *b == '\0' ? 0 : -1;
}

/* The first entry of that name, c->n if there is none. */
static uint32_t
find(const struct ldcache *c, const char *name)
{
	uint32_t lo = 0, hi = c->n, mid;
	const char *key;

	while (lo < hi) {
		mid = lo + (hi - lo) / 2;
		if ((key = string(c, mid, AT_KEY)) == NULL)
			return c->n;
		if (key_cmp(key, name) > 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

const char *
ldcache_get(const struct ldcache *c, const char *name, size_t i)
{
	uint32_t first = find(c, name);
	const char *key;

	for (int hwcap = 0; hwcap < 2; hwcap++)
		for (uint32_t k = first; k < c->n && k - first < MAX_SAME;
		     k++) {
			key = string(c, k, AT_KEY);
			if (key == NULL || key_cmp(key, name) != 0)
				break;
			if (is_hwcap(c, k) == (hwcap != 0) && i-- == 0)
				return string(c, k, AT_VALUE);
		}
	return NULL;
}
