/* SPDX-License-Identifier: BSD-2-Clause */
/* The parameter table: every row against what is promised of all of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "buf.h"
#include "cleanup.h"
#include "jerr.h"
#include "params.h"
#include "value.h"

#define NAME_SIZE 80

/* allow.mount gives allow.nomount. */
static void
no_form(char ret[static NAME_SIZE], const char *name)
{
	const char *dot = strrchr(name, '.');
	int head = dot != NULL ? (int)(dot + 1 - name) : 0;

	(void)snprintf(ret, NAME_SIZE, "%.*sno%s", head, name, name + head);
}

static void
test_found(void **state)
{
	enum param_id id, from;
	bool no;

	(void)state;
	for (id = 0; id < P_COUNT; id++) {
		const struct jailx_param *p = param(id);

		no = true;
		assert_int_equal(param_find(p->name, &no), id);
		assert_false(no);
		assert_int_equal(param_find(p->name, NULL), id);
		assert_ptr_equal(jailx_param_find(p->name, NULL), p);
		for (from = 0; from < P_COUNT; from++)
			assert_int_equal(param_exact(p->name, from), id);
	}
}

static void
test_no_form(void **state)
{
	char name[NAME_SIZE];
	enum param_id id;
	bool no;

	(void)state;
	for (id = 0; id < P_COUNT; id++) {
		no_form(name, param(id)->name);
		no = false;
		if (param(id)->type == JAILX_BOOL) {
			assert_int_equal(param_find(name, &no), id);
			assert_true(no);
			assert_ptr_equal(
			    jailx_param_find(name, NULL), param(id));
		} else {
			assert_int_equal(param_find(name, &no), P_COUNT);
			assert_false(no);
		}
		assert_int_equal(param_exact(name, 0), P_COUNT);
	}
}

/* Outputs stay as they are. */
static void
test_unknown(void **state)
{
	static const char *const names[] = { "", ".", "no", "nono", "persist ",
		" persist", "Persist", "nonopersist", "allow", "allow.",
		"allow.no", "noallow.mount", "meta.", "metax", "env.",
		"name.x" };
	size_t i;
	bool no;

	(void)state;
	for (i = 0; i < 2 * nitems(names); i++) {
		no = i % 2;
		if (param_find(names[i / 2], &no) != P_COUNT)
			fail_msg("\"%s\" is found", names[i / 2]);
		assert_null(jailx_param_find(names[i / 2], &no));
		assert_int_equal(no, i % 2);
		assert_int_equal(param_exact(names[i / 2], 0), P_COUNT);
	}
}

static void
test_keys(void **state)
{
	bool no = true;

	(void)state;
	assert_int_equal(param_find("meta.a", &no), P_META);
	assert_false(no);
	assert_int_equal(param_find("env.a.b c", NULL), P_ENV);
	assert_int_equal(param_exact("meta.a", 0), P_COUNT);
}

static void
test_unique(void **state)
{
	char name[NAME_SIZE];
	enum param_id a, b;

	(void)state;
	for (a = 0; a < P_COUNT; a++) {
		no_form(name, param(a)->name);
		for (b = 0; b < P_COUNT; b++) {
			if (a != b &&
			    strcmp(param(a)->name, param(b)->name) == 0)
				fail_msg("%s is there twice", param(b)->name);
			if (strcmp(name, param(b)->name) == 0)
				fail_msg("%s is of %s", name, param(a)->name);
		}
	}
}

static void
test_rows(void **state)
{
	enum param_id id;

	(void)state;
	for (id = 0; id < P_COUNT; id++) {
		const struct jailx_param *p = param(id);

		assert_in_range(strlen(p->name), 1, 64);
		assert_null(strpbrk(p->name, "= \t\n"));
		assert_non_null(p->desc);
		assert_int_not_equal(*p->desc, '\0');
		assert_null(strchr(p->desc, '\n'));
		if (p->type == JAILX_INT)
			assert_true(p->min < p->max);
		if (p->type == JAILX_STRING || p->type == JAILX_KEYVALUE)
			assert_true(p->max > 0);
		/* a switch or a number is something, unless computed */
		if (p->type == JAILX_BOOL || p->type == JAILX_INT ||
		    p->type == JAILX_ULONG || p->type == JAILX_JAILSYS)
			assert_int_equal(
			    p->def == NULL, (p->flags & JAILX_NODEF) != 0);
	}
}

static void
test_default_canonical(void **state)
{
	enum param_id id;

	(void)state;
	for (id = 0; id < P_COUNT; id++) {
		const struct jailx_param *p = param(id);
		auto_buf struct buf b = BUF_INIT;
		struct jerr e = { 0 };

		if (p->def == NULL)
			continue;
		if (value_canon(p, p->def, false, &b, &e) < 0)
			fail_msg("%s", e.msg);
		assert_string_equal(b.p, p->def);
	}
}

static void
test_next(void **state)
{
	const struct jailx_param *p = NULL;
	enum param_id id;

	(void)state;
	for (id = 0; id < P_COUNT; id++) {
		p = jailx_param_next(p);
		assert_ptr_equal(p, param(id));
	}
	assert_null(jailx_param_next(p));
}

/* Do they differ by one letter at most: another, one more, one less? */
static bool
is_near(const char *a, const char *b)
{
	size_t la = strlen(a), lb = strlen(b), max = la > lb ? la : lb;
	size_t min = la < lb ? la : lb, head = 0, tail = 0;

	while (head < min && a[head] == b[head])
		head++;
	while (tail < min - head && a[la - 1 - tail] == b[lb - 1 - tail])
		tail++;
	return head + tail + 1 >= max;
}

static void
check_slip(const char *typed)
{
	const char *s = jailx_param_suggest(typed);

	if (s == NULL)
		fail_msg("%s: nothing is near", typed);
	else if (!is_near(typed, s))
		fail_msg("%s: %s is not near", typed, s);
}

/* At each place: another letter, one more, one less. */
static void
test_suggest(void **state)
{
	char typed[NAME_SIZE];
	enum param_id id;
	int i;

	(void)state;
	for (id = 0; id < P_COUNT; id++) {
		const char *name = param(id)->name;

		assert_string_equal(jailx_param_suggest(name), name);
		for (i = 0; name[i] != '\0'; i++) {
			(void)snprintf(typed, sizeof(typed), "%.*sQ%s", i, name,
			    name + i + 1);
			check_slip(typed);
			(void)snprintf(
			    typed, sizeof(typed), "%.*sQ%s", i, name, name + i);
			check_slip(typed);
			(void)snprintf(typed, sizeof(typed), "%.*s%s", i, name,
			    name + i + 1);
			check_slip(typed);
		}
	}
}

static void
test_suggest_far(void **state)
{
	char word[200];

	(void)state;
	assert_string_equal(jailx_param_suggest("hsot.hostname"),
	    "host.hostname"); /* two letters */
	assert_null(jailx_param_suggest(""));
	assert_null(jailx_param_suggest("QQQQQQ"));
	assert_null(jailx_param_suggest("perQQQt"));
	memset(word, 'a', sizeof(word) - 1);
	word[sizeof(word) - 1] = '\0';
	assert_null(jailx_param_suggest(word));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_found),
		cmocka_unit_test(test_no_form),
		cmocka_unit_test(test_unknown),
		cmocka_unit_test(test_keys),
		cmocka_unit_test(test_unique),
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_default_canonical),
		cmocka_unit_test(test_next),
		cmocka_unit_test(test_suggest),
		cmocka_unit_test(test_suggest_far),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
