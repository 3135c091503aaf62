/* SPDX-License-Identifier: BSD-2-Clause */
/* jail.conf(5): each allocation fails in turn. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "buf.h"
#include "cleanup.h"
#include "conf.h"
#include "conf_text.h"
#include "order.h"
#include "read.h"

static size_t until; /* so many succeed; 0: all of them */
static bool failed;

static bool
fails(void)
{
	if (until == 0 || --until > 0)
		return false;
	failed = true;
	return true;
}

/* The linker puts these in the place of the library's. */
void *__real_malloc(size_t size);
void *__wrap_malloc(size_t size);
void *__real_calloc(size_t n, size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *__real_realloc(void *p, size_t size);
void *__wrap_realloc(void *p, size_t size);
char *__real_strdup(const char *s);
char *__wrap_strdup(const char *s);

void *
__wrap_malloc(size_t size)
{
	errno = ENOMEM;
	return fails() ? NULL : __real_malloc(size);
}

void *
__wrap_calloc(size_t n, size_t size)
{
	errno = ENOMEM;
	return fails() ? NULL : __real_calloc(n, size);
}

void *
__wrap_realloc(void *p, size_t size)
{
	errno = ENOMEM;
	return fails() ? NULL : __real_realloc(p, size);
}

char *
__wrap_strdup(const char *s)
{
	errno = ENOMEM;
	return fails() ? NULL : __real_strdup(s);
}

/* What is said is counted: to keep it takes memory. */
static void
count(void *arg, const char *jail, const char *sentence)
{
	(void)jail;
	assert_true(*sentence != '\0');
	(*(size_t *)arg)++;
}

static const struct conf_file files[] = {
	{ "F", "$v = a, 'b c';\n"
	       "x { p = $v, \"d $w\"e/f; y {} }"
	       "$w = ${name}\"\\x41\";"
	       ".include \"G*\";\n"
	       "* { p += 1; nopersist; } 5 {}" },
	{ "G1", ".include H;" }, { "H", "z { depend = x.y; }" }, { NULL, NULL }
};

/* Whose memory is the test's. */
static int
read_file(void *arg, const char *path, size_t max, struct buf *ret)
{
	size_t was = until;
	int r;

	until = 0;
	r = conf_file_read(arg, path, max, ret);
	until = was;
	return r;
}

static int
list_files(void *arg, const char *pattern, char ***ret, size_t *ret_n)
{
	size_t was = until;
	int r;

	until = 0;
	r = conf_file_list(arg, pattern, ret, ret_n);
	until = was;
	return r;
}

/* 0, with the lines of all jails, or an error that was said. */
static int
show(struct buf *lines)
{
	union {
		const struct conf_file *in;
		void *out;
	} arg = { .in = files };
	const struct conf_source from = { read_file, list_files, arg.out };
	size_t said = 0, i;
	const struct conf_say say = { .fn = count, .arg = &said };
	struct conf *c = NULL;
	struct conf_jail *j;
	int r;

	r = conf_read_from(&c, "F", &from, &say);
	assert_int_equal(r<0, said> 0);
	assert_int_equal(r < 0, c == NULL);
	for (i = 0; r == 0 && i < conf_count(c); i++) {
		j = NULL;
		r = conf_jail(c, i, &j, &say);
		assert_int_equal(r<0, said> 0);
		assert_int_equal(r < 0, j == NULL);
		if (r == 0)
			conf_line(j, ";", lines);
		conf_jail_free(j);
	}
	conf_free(c);
	return r < 0 ? r : buf_err(lines);
}

static void
test_show(void **state)
{
	auto_buf struct buf good = BUF_INIT;
	size_t n;
	int r;

	(void)state;
	until = 0;
	assert_int_equal(show(&good), 0);
	assert_true(good.p != NULL && strstr(good.p, "p=a,\"b c\",") != NULL);
	for (n = 1, failed = true; failed; n++) {
		auto_buf struct buf lines = BUF_INIT;

		failed = false;
		until = n;
		r = show(&lines);
		until = 0;
		if (!failed)
			assert_string_equal(lines.p, good.p);
		assert_int_equal(r, failed ? -ENOMEM : 0);
	}
	assert_true(n > 100);
}

static int
build(struct order **ret)
{
	static const char *const names[] = { "a", "b", "a.c", "d" };
	size_t said = 0, i;
	const struct conf_say say = { .fn = count, .arg = &said };
	struct order *o;
	int r = 0;

	if ((o = order_new()) == NULL)
		return -ENOMEM;
	for (i = 0; r == 0 && i < nitems(names); i++)
		r = order_add(o, names[i]);
	if (r == 0)
		r = order_depend(o, 0, "b", &say);
	if (r == 0)
		r = order_depend(o, 3, "a", &say);
	if (r == 0)
		r = order_link(o, &say);
	assert_int_equal(said, 0);
	if (r < 0)
		order_free(o);
	else
		*ret = o;
	return r;
}

static void
test_order(void **state)
{
	struct order *o = NULL;
	int r = -1;

	(void)state;
	for (size_t n = 1; r < 0; n++) {
		failed = false;
		until = n;
		r = build(&o);
		until = 0;
		assert_int_equal(r, failed ? -ENOMEM : 0);
	}
	order_select(o, 1, ORDER_STOP);
	assert_int_equal(order_left(o), 4);
	order_free(o);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_show),
		cmocka_unit_test(test_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
