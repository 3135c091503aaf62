/* SPDX-License-Identifier: BSD-2-Clause */
/* Which jail may start or stop when. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "buf.h"
#include "cleanup.h"
#include "conf_text.h"
#include "order.h"

/*
 * A graph as text, "a:b,c d a.x": names in the order of the file, with what
 * they depend on.  What is said goes to said.
 */
static struct order *
graph(const char *text, struct buf *said)
{
	const struct conf_say say = { .fn = conf_note, .arg = said };
	struct order *o = order_new();
	auto_free char *names = strdup(text), *again = strdup(text);
	char *rest, *word, *on;
	size_t i;

	assert_non_null(o);
	for (rest = names; (word = strsep(&rest, " ")) != NULL;) {
		word[strcspn(word, ":")] = '\0';
		assert_int_equal(order_add(o, word), 0);
	}
	rest = again;
	for (i = 0; (word = strsep(&rest, " ")) != NULL; i++) {
		(void)strsep(&word, ":");
		while (word != NULL && (on = strsep(&word, ",")) != NULL)
			(void)order_depend(o, i, on, &say);
	}
	assert_int_equal(order_link(o, &say), 0);
	buf_str(said, "");
	return o;
}

static size_t
count(const char *text)
{
	size_t n = 1;

	for (; *text != '\0'; text++)
		n += *text == ' ';
	return n;
}

static void
add_name(struct buf *b, const char *text, size_t i)
{
	for (; i > 0; i--)
		text = strchr(text, ' ') + 1;
	buf_add(b, text, strcspn(text, ": "));
}

static void
add_what(struct buf *b, const char *text, size_t i, enum order_what what)
{
	static const char what_is[] = { [ORDER_GO_STOP] = '-',
		[ORDER_GO_START] = '+',
		[ORDER_SKIP] = '!' };

	if (b->len > 0)
		buf_chr(b, ' ');
	buf_chr(b, what_is[what]);
	add_name(b, text, i);
}

/* What may begin now: "+a" to start, "-a" to stop, "!a" skipped. */
static void
assert_next(struct order *o, const char *text, const char *want)
{
	auto_buf struct buf is = BUF_INIT;
	enum order_what what;
	ssize_t i;

	buf_str(&is, "");
	while ((i = order_next(o, &what)) >= 0) {
		add_what(&is, text, (size_t)i, what);
		if (what == ORDER_SKIP)
			assert_int_equal(
			    order_state(o, (size_t)i), ORDER_FAILED);
	}
	assert_string_equal(is.p, want);
	assert_int_equal(order_next(o, &what), -1);
}

/*
 * Run to the end: whatever begins has ended when nothing more may begin.  "|"
 * stands between these rounds.
 */
static void
run(struct order *o, const char *text, struct buf *ret)
{
	enum order_state reached[64];
	enum order_what what;
	size_t i, n = count(text);
	ssize_t k;

	assert_true(n <= nitems(reached));
	buf_str(ret, "");
	while (order_left(o) > 0) {
		bool any = false;

		memset(reached, 0, sizeof(reached));
		if (ret->len > 0)
			buf_str(ret, " |");
		while ((k = order_next(o, &what)) >= 0) {
			any = true;
			add_what(ret, text, (size_t)k, what);
			if (what != ORDER_SKIP)
				reached[k] = what == ORDER_GO_STOP
						 ? ORDER_STOPPED
						 : ORDER_STARTED;
		}
		assert_true(any);
		for (i = 0; i < n; i++) {
			if (reached[i] != ORDER_IDLE)
				order_reached(o, i, reached[i]);
		}
	}
	assert_int_equal(order_next(o, &what), -1);
}

static const struct {
	const char *graph;
	int node; /* asked for, -1: all */
	unsigned int op;
	const char *run;
} runs[] = {
	{ "a", 0, ORDER_START, "+a" },
	{ "a b c", -1, ORDER_START, "+a +b +c" },
	{ "a b c", -1, ORDER_STOP, "-c -b -a" },
	{ "a b c", 1, ORDER_START, "+b" },
	{ "a:b b", -1, ORDER_START, "+b | +a" },
	{ "a:b b", -1, ORDER_STOP, "-a | -b" },
	{ "a:b b:c c d", -1, ORDER_START, "+c +d | +b | +a" },
	{ "a:b b:c c d", -1, ORDER_STOP, "-d -a | -b | -c" },
	{ "a:b,c b c", -1, ORDER_START, "+b +c | +a" },
	{ "a:b,b b", -1, ORDER_START, "+b | +a" },
	{ "d:b,c b:a c:a a", -1, ORDER_START, "+a | +b +c | +d" },
	{ "d:b,c b:a c:a a", -1, ORDER_STOP, "-d | -c -b | -a" },
	/* pulled in */
	{ "a:b b:c c d", 0, ORDER_START, "+c | +b | +a" },
	{ "a:b b:c c d", 1, ORDER_START, "+c | +b" },
	{ "a:b b:c c d", 2, ORDER_START, "+c" },
	{ "a:b b:c c d", 0, ORDER_STOP, "-a" },
	{ "a:b b:c c d", 1, ORDER_STOP, "-a | -b" },
	{ "a:b b:c c d", 2, ORDER_STOP, "-a | -b | -c" },
	/* by name */
	{ "a.b a", -1, ORDER_START, "+a | +a.b" },
	{ "a.b a", -1, ORDER_STOP, "-a.b | -a" },
	{ "a.b a", 0, ORDER_START, "+a | +a.b" },
	{ "a.b a", 1, ORDER_STOP, "-a.b | -a" },
	{ "a.b.c a.b a", 0, ORDER_START, "+a | +a.b | +a.b.c" },
	{ "a.b.c a", 0, ORDER_START, "+a.b.c" },
	{ "ab a.bc", 1, ORDER_START, "+a.bc" },
	/* stopped, then started: what depends on it stays stopped */
	{ "a b", -1, ORDER_STOP | ORDER_START, "-b -a | +a +b" },
	{ "a:b b", -1, ORDER_STOP | ORDER_START, "-a | -b | +b | +a" },
	{ "a:b b:c c", 1, ORDER_STOP | ORDER_START, "+c -a | -b | +b" },
};

static void
test_runs(void **state)
{
	size_t i, k;

	(void)state;
	for (i = 0; i < nitems(runs); i++) {
		auto_buf struct buf said = BUF_INIT, is = BUF_INIT;
		const char *text = runs[i].graph;
		struct order *o = graph(text, &said);

		assert_string_equal(said.p, "");
		for (k = 0; k < count(text); k++) {
			if (runs[i].node < 0 || runs[i].node == (int)k)
				order_select(o, k, runs[i].op);
		}
		run(o, text, &is);
		assert_string_equal(is.p, runs[i].run);
		order_free(o);
	}
}

/* A dependency by name waits for less than one of depend. */
static void
test_light(void **state)
{
	static const char text[] = "a a.b c:a";
	auto_buf struct buf said = BUF_INIT;
	struct order *o = graph(text, &said);

	(void)state;
	order_select(o, 1, ORDER_START);
	order_select(o, 2, ORDER_START);
	assert_next(o, text, "+a");
	order_reached(o, 0, ORDER_CREATED);
	assert_next(o, text, "+a.b");
	order_reached(o, 0, ORDER_STARTED);
	assert_next(o, text, "+c");
	order_free(o);
	buf_done(&said);

	o = graph(text, &said);
	order_select(o, 0, ORDER_STOP);
	assert_next(o, text, "-c -a.b");
	order_reached(o, 1, ORDER_REMOVED);
	order_reached(o, 2, ORDER_REMOVED);
	assert_next(o, text, "");
	order_reached(o, 2, ORDER_STOPPED);
	assert_next(o, text, "-a");
	order_reached(o, 0, ORDER_STOPPED);
	assert_int_equal(order_left(o), 1); /* a.b has commands to run */
	order_reached(o, 1, ORDER_STOPPED);
	assert_int_equal(order_left(o), 0);
	order_free(o);
}

/* What depends on one that failed is skipped, and nothing else. */
static void
test_failed_start(void **state)
{
	static const char text[] = "a b:a c:b d a.x e:d";
	auto_buf struct buf said = BUF_INIT;
	struct order *o = graph(text, &said);
	size_t i;

	(void)state;
	for (i = 0; i < 6; i++)
		order_select(o, i, ORDER_START);
	assert_int_equal(order_left(o), 6);
	assert_next(o, text, "+a +d");
	order_reached(o, 0, ORDER_CREATED);
	assert_next(o, text, "+a.x");
	order_reached(o, 0, ORDER_FAILED);
	assert_next(o, text, "!b !c");
	/* what began goes on */
	assert_int_equal(order_state(o, 4), ORDER_IDLE);
	assert_int_equal(order_left(o), 3);
	order_reached(o, 4, ORDER_STARTED);
	order_reached(o, 3, ORDER_STARTED);
	assert_next(o, text, "+e");
	order_reached(o, 5, ORDER_FAILED);
	assert_int_equal(order_left(o), 0);
	/* it stays failed */
	order_reached(o, 0, ORDER_STARTED);
	assert_int_equal(order_state(o, 0), ORDER_FAILED);
	order_free(o);
}

/* A jail is not removed below one that is still there. */
static void
test_failed_stop(void **state)
{
	static const char text[] = "a b:a a.x c";
	auto_buf struct buf said = BUF_INIT;
	struct order *o = graph(text, &said);

	(void)state;
	order_select(o, 0, ORDER_STOP | ORDER_START);
	order_select(o, 3, ORDER_STOP | ORDER_START);
	assert_next(o, text, "-c -a.x -b");
	order_reached(o, 1, ORDER_FAILED);
	assert_next(o, text, "!a");
	order_reached(o, 3, ORDER_FAILED);
	assert_next(o, text, ""); /* it is not started again */
	order_reached(o, 2, ORDER_STOPPED);
	assert_int_equal(order_left(o), 0);
	order_free(o);
}

/* A jail whose parameters are wrong fails before it could begin. */
static void
test_failed_before(void **state)
{
	static const char text[] = "a b:a c";
	auto_buf struct buf said = BUF_INIT;
	struct order *o = graph(text, &said);

	(void)state;
	order_reached(o, 0, ORDER_FAILED);
	order_select(o, 1, ORDER_START);
	order_select(o, 2, ORDER_START);
	assert_int_equal(order_left(o), 2);
	order_reached(o, 2, ORDER_FAILED);
	assert_next(o, text, "!b");
	assert_int_equal(order_left(o), 0);
	order_free(o);
}

/* The same when others have begun already. */
static void
test_failed_meanwhile(void **state)
{
	static const char text[] = "a b c";
	auto_buf struct buf said = BUF_INIT;
	struct order *o = graph(text, &said);
	enum order_what what;
	size_t i;

	(void)state;
	for (i = 0; i < 3; i++)
		order_select(o, i, ORDER_START);
	assert_int_equal(order_next(o, &what), 0);
	order_reached(o, 1, ORDER_FAILED);
	assert_next(o, text, "+c");
	order_free(o);
}

static void
test_pulled(void **state)
{
	static const char text[] = "a:b b c:b d";
	auto_buf struct buf said = BUF_INIT;
	struct order *o = graph(text, &said);

	(void)state;
	order_select(o, 0, ORDER_START);
	assert_int_equal(order_op(o, 0), ORDER_START);
	assert_int_equal(order_op(o, 1), ORDER_START);
	assert_int_equal(order_op(o, 2), 0);
	assert_false(order_pulled(o, 0));
	assert_true(order_pulled(o, 1));
	assert_false(order_pulled(o, 2));
	assert_int_equal(order_left(o), 2);
	order_select(o, 1, ORDER_STOP);
	assert_false(order_pulled(o, 1));
	assert_int_equal(order_op(o, 1), ORDER_START | ORDER_STOP);
	assert_int_equal(order_op(o, 0), ORDER_START | ORDER_STOP);
	assert_int_equal(order_op(o, 2), ORDER_STOP);
	assert_true(order_pulled(o, 2));
	assert_int_equal(order_left(o), 3);
	assert_int_equal(order_op(o, 3), 0);
	/* one that is asked for again is one still */
	order_select(o, 1, ORDER_STOP);
	assert_int_equal(order_left(o), 3);
	assert_next(o, text, "-c -a");
	order_free(o);
}

static const struct {
	const char *graph, *said, *run;
} wrong[] = {
	{ "a:b", "a: depends on undefined jail \"b\"\n", "" },
	{ "a:b,c d:a",
	    "a: depends on undefined jail \"b\"\n"
	    "a: depends on undefined jail \"c\"\n",
	    "!d" },
	{ "a:a b", "a: dependency loop\n", "+b" },
	{ "a:b b:a", "a: dependency loop\n", "!b" },
	{ "c:a a:b b:a d", "a: dependency loop\n", "!c !b +d" },
	{ "b:c c:d d:b a:b e", "b: dependency loop\n", "!d !c !a +e" },
	{ "x:d a:b b:c c:d d:b", "b: dependency loop\n", "!a !d !x !c" },
	{ "a:b b:a c:d d:c", "a: dependency loop\nc: dependency loop\n",
	    "!b !d" },
	{ "a:b,c b:a c:a", "a: dependency loop\n", "!b !c" },
	{ "a:a.b a.b", "a: dependency loop\n", "!a.b" },
	{ "a.b:a a", "", "+a | +a.b" },
};

static void
test_wrong(void **state)
{
	size_t i, k;

	(void)state;
	for (i = 0; i < nitems(wrong); i++) {
		auto_buf struct buf said = BUF_INIT, is = BUF_INIT;
		const char *text = wrong[i].graph;
		struct order *o = graph(text, &said);

		assert_string_equal(said.p, wrong[i].said);
		for (k = 0; k < count(text); k++)
			order_select(o, k, ORDER_START);
		run(o, text, &is);
		assert_string_equal(is.p, wrong[i].run);
		order_free(o);
	}
}

/* Many: a chain, and one that all depend on. */
static void
test_many(void **state)
{
	enum { N = 20000 };
	auto_buf struct buf said = BUF_INIT;
	const struct conf_say say = { .fn = conf_note, .arg = &said };
	struct order *o = order_new();
	enum order_what what;
	char name[16];
	ssize_t i;
	int k;

	(void)state;
	for (k = 0; k < N; k++) {
		(void)snprintf(name, sizeof(name), "j%d", k);
		assert_int_equal(order_add(o, name), 0);
	}
	for (k = 1; k < N; k++) {
		(void)snprintf(
		    name, sizeof(name), "j%d", k % 2 == 0 ? 0 : k - 1);
		assert_int_equal(order_depend(o, (size_t)k, name, &say), 0);
	}
	assert_int_equal(order_link(o, &say), 0);
	order_select(o, 0, ORDER_STOP);
	assert_int_equal(order_left(o), N);
	for (k = N - 1; k >= 0; k--) {
		i = order_next(o, &what);
		assert_int_equal(i, k);
		order_reached(o, (size_t)i, ORDER_STOPPED);
	}
	assert_int_equal(order_left(o), 0);
	order_free(o);
	order_free(NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_runs),
		cmocka_unit_test(test_light),
		cmocka_unit_test(test_failed_start),
		cmocka_unit_test(test_failed_stop),
		cmocka_unit_test(test_failed_before),
		cmocka_unit_test(test_failed_meanwhile),
		cmocka_unit_test(test_pulled),
		cmocka_unit_test(test_wrong),
		cmocka_unit_test(test_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
