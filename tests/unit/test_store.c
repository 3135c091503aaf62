/* SPDX-License-Identifier: BSD-2-Clause */
/* What is kept of a jail is what was written, in whatever order. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <cmocka.h>

#include "cleanup.h"
#include "store_dir.h"

static void
test_round_trip(void **state)
{
	struct record in = {
		.state = JAIL_ALIVE, .seq = 41, .idmap = 0x70010000
	};
	struct record out = { 0 };
	enum param_id id;
	bool hidden;
	int i;

	(void)state;
	need_dir();
	put_empty();
	fill(&in.params);
	assert_int_equal(store_write(dir, &in), 0);
	assert_int_equal(in.seq, 42);
	for (i = 0; i < 2; i++) {
		hidden = i == 1;
		assert_int_equal(store_read(dir, hidden, &out), 0);
		assert_int_equal(out.state, JAIL_ALIVE);
		assert_int_equal(out.seq, 42);
		assert_int_equal(out.idmap, 0x70010000);
		assert_int_equal(out.persist, PERSIST_NO);
		for (id = 0; id < P_COUNT; id++) {
			if (is_user(id) || (hidden && is_hidden(id))
				? !same_value(&in.params, &out.params, id)
				: pset_has(&out.params, id))
				fail_msg("%s, hidden %d", param(id)->name, i);
		}
		record_done(&out);
	}
	record_done(&in);
}

/* Each parameter alone: none depends on the one before it. */
static void
test_each(void **state)
{
	enum param_id id, other;

	(void)state;
	need_dir();
	for (id = 0; id < P_COUNT; id++) {
		struct record in = { .state = JAIL_ALIVE }, out = { 0 };

		if (!is_user(id) && !is_hidden(id))
			continue;
		assert_int_equal(pset_raw(&in.params, id, ""), 0);
		assert_int_equal(store_write(dir, &in), 0);
		assert_int_equal(store_read(dir, true, &out), 0);
		for (other = 0; other < P_COUNT; other++)
			assert_true(same_value(&in.params, &out.params, other));
		record_done(&in);
		record_done(&out);
	}
}

static void
test_lists(void **state)
{
	struct record in = { .state = JAIL_ALIVE }, out = { 0 };
	static const enum param_id ids[] = { P_IP4_ADDR, P_MOUNT, P_EXEC_START,
		P_EXEC_STOP, P_IP6_ADDR, P_THIN_FILES };
	size_t i;

	(void)state;
	need_dir();
	put_empty();
	assert_int_equal(pset_raw(&in.params, P_IP4_ADDR, "10.0.0.1"), 0);
	assert_int_equal(pset_raw(&in.params, P_IP4_ADDR, "10.0.0.2"), 0);
	assert_int_equal(pset_raw(&in.params, P_MOUNT, "a b=c\nd"), 0);
	assert_int_equal(pset_raw(&in.params, P_MOUNT, ""), 0);
	assert_int_equal(pset_raw(&in.params, P_MOUNT, "="), 0);
	assert_int_equal(pset_raw(&in.params, P_EXEC_START, ""), 0);
	in.params.val[P_EXEC_STOP].set = true; /* empty ones */
	in.params.val[P_IP6_ADDR].set = true;
	assert_int_equal(store_write(dir, &in), 0);
	assert_int_equal(store_read(dir, true, &out), 0);
	for (i = 0; i < nitems(ids); i++)
		assert_true(same_value(&in.params, &out.params, ids[i]));
	assert_true(pset_has(&out.params, P_EXEC_STOP));
	assert_int_equal(pset_count(&out.params, P_MOUNT), 3);
	assert_false(pset_has(&out.params, P_THIN_FILES));
	record_done(&in);
	record_done(&out);
}

static void
test_state(void **state)
{
	struct record in = { .state = JAIL_CREATING, .seq = 1, .idmap = 9 };
	struct record out = { 0 };
	enum jail_state st, got;
	enum param_id id;

	(void)state;
	need_dir();
	put_empty();
	fill(&in.params);
	assert_int_equal(store_write(dir, &in), 0);
	for (st = 0; st < JAIL_STATES; st++) {
		assert_int_equal(store_set_state(dir, st), 0);
		assert_int_equal(store_state(dir, &got), 0);
		assert_int_equal(got, st);
		assert_int_equal(store_read(dir, true, &out), 0);
		assert_int_equal(out.state, st);
		assert_int_equal(out.seq, 2);
		assert_int_equal(out.idmap, 9);
		for (id = 0; id < P_COUNT; id++) {
			if (is_user(id) || is_hidden(id))
				assert_true(
				    same_value(&in.params, &out.params, id));
		}
		record_done(&out);
	}
	record_done(&in);
	put_empty();
}

/* What the kernel does not keep changes nothing. */
static void
test_too_big(void **state)
{
	static char text[65536];
	struct record in = { .state = JAIL_ALIVE, .seq = 7 }, out = { 0 };

	(void)state;
	need_dir();
	put_empty();
	assert_int_equal(pset_raw(&in.params, P_NAME, "n"), 0);
	assert_int_equal(pset_raw(&in.params, P_EXEC_START, "a"), 0);
	assert_int_equal(store_write(dir, &in), 0);
	memset(text, 'x', sizeof(text) - 1);
	assert_int_equal(pset_put(&in.params, P_NAME, "m"), 0);
	assert_int_equal(pset_raw(&in.params, P_EXEC_START, text), 0);
	assert_int_equal(store_write(dir, &in), -E2BIG);
	assert_int_equal(in.seq, 8);
	assert_int_equal(store_read(dir, true, &out), 0);
	assert_int_equal(out.seq, 8);
	assert_string_equal(pset_get(&out.params, P_NAME, 0), "n");
	assert_int_equal(pset_count(&out.params, P_EXEC_START), 1);
	record_done(&out);
	/* as much as it keeps is read back whole: "1 9", a=, a NUL each */
	text[sizeof(text) - 1 - strlen("1 9-exec.start=a-exec.start=-")] = '\0';
	assert_int_equal(pset_put(&in.params, P_EXEC_START, "a"), 0);
	assert_int_equal(pset_raw(&in.params, P_EXEC_START, text), 0);
	assert_int_equal(store_write(dir, &in), 0);
	assert_int_equal(fgetxattr(dir, XA_ODD, NULL, 0), 65535);
	assert_int_equal(store_read(dir, true, &out), 0);
	assert_true(same_value(&in.params, &out.params, P_EXEC_START));
	record_done(&in);
	record_done(&out);
	put_empty();
}

/* Where the visible half fails, the hidden one is as it was, too. */
static void
test_half_written(void **state)
{
	static char text[65536];
	struct record in = { .state = JAIL_ALIVE, .seq = 7 }, out = { 0 };
	int i;

	(void)state;
	need_dir();
	put_empty();
	memset(text, 'x', sizeof(text) - 1);
	assert_int_equal(pset_put(&in.params, P_EXEC_START, "old"), 0);
	assert_int_equal(store_write(dir, &in), 0);
	assert_int_equal(pset_put(&in.params, P_EXEC_START, "new"), 0);
	assert_int_equal(pset_put(&in.params, P_NAME, text), 0);
	/* also at the second attempt, and of both halves of the names */
	for (i = 0; i < 4; i++) {
		assert_int_equal(store_write(dir, &in), -E2BIG);
		assert_int_equal(in.seq, 8 + i / 2);
		assert_int_equal(store_read(dir, true, &out), 0);
		assert_string_equal(
		    pset_get(&out.params, P_EXEC_START, 0), "old");
		assert_int_equal(out.seq, in.seq);
		record_done(&out);
		if (i != 1)
			continue;
		assert_int_equal(pset_put(&in.params, P_NAME, "n"), 0);
		assert_int_equal(pset_put(&in.params, P_EXEC_START, "old"), 0);
		assert_int_equal(store_write(dir, &in), 0);
		assert_int_equal(pset_put(&in.params, P_EXEC_START, "new"), 0);
		assert_int_equal(pset_put(&in.params, P_NAME, text), 0);
	}
	record_done(&in);
	put_empty();
}

/* Both halves say the same number. */
static void
write_number(struct record *rec, int i)
{
	char text[16];

	(void)snprintf(text, sizeof(text), "%d", i);
	if (pset_put(&rec->params, P_NAME, text) < 0 ||
	    pset_put(&rec->params, P_EXEC_START, text) < 0 ||
	    store_write(dir, rec) < 0)
		_exit(1);
}

/* A reader beside a writer gets both halves of one update. */
static void
test_torn(void **state)
{
	struct record in = { .state = JAIL_ALIVE, .seq = 7 }, out = { 0 };
	int i, status;
	pid_t pid;

	(void)state;
	need_dir();
	put_empty();
	write_number(&in, 0);
	if ((pid = fork()) == 0) {
		for (i = 1; i < 3000; i++) {
			write_number(&in, i);
			(void)usleep(10);
		}
		_exit(0);
	}
	while (waitpid(pid, &status, WNOHANG) == 0) {
		assert_int_equal(store_read(dir, true, &out), 0);
		assert_string_equal(pset_get(&out.params, P_NAME, 0),
		    pset_get(&out.params, P_EXEC_START, 0));
		record_done(&out);
	}
	assert_int_equal(status, 0);
	record_done(&in);
	put_empty();
}

static void
test_last_jid(void **state)
{
	(void)state;
	need_dir();
	assert_int_equal(store_last_jid(dir, NULL), 0);
	assert_int_equal(store_set_last_jid(dir, 2147483647, false), 0);
	assert_int_equal(store_last_jid(dir, NULL), 2147483647);
	assert_int_equal(store_set_last_jid(dir, 1, false), 0);
	assert_int_equal(store_last_jid(dir, NULL), 1);
	assert_int_equal(store_last_jid(-1, NULL), -EBADF);
}

static void
test_after(void **state)
{
	(void)state;
	need_dir();
	assert_int_equal(store_after(dir), -ENODATA);
	assert_int_equal(store_drop_after(dir), 0);
	assert_int_equal(store_set_after(dir, 0), 0);
	assert_int_equal(store_after(dir), 0);
	assert_int_equal(store_set_after(dir, 12), 0);
	assert_int_equal(store_after(dir), 12);
	assert_int_equal(store_drop_after(dir), 0);
	assert_int_equal(store_after(dir), -ENODATA);
	assert_int_equal(store_after(-1), -EBADF);
	assert_int_equal(store_set_after(-1, 1), -EBADF);
	assert_int_equal(store_drop_after(-1), -EBADF);
}

static void
check_kept(const int *want, size_t n)
{
	auto_free int *got = NULL;

	assert_int_equal(store_kept(dir, &got), n);
	assert_non_null(got);
	assert_memory_equal(got, want, n * sizeof(*want));
	got[n] = 1; /* there is room for one more */
}

static void
test_kept(void **state)
{
	static int many[16384 + 1]; /* more than the kernel keeps */
	int jids[] = { 7, 2147483647, 1 }, *got = many;

	(void)state;
	need_dir();
	check_kept(jids, 0);
	assert_int_equal(store_set_kept(dir, jids, nitems(jids)), 0);
	check_kept(jids, nitems(jids));
	assert_int_equal(store_set_kept(dir, many, nitems(many)), -E2BIG);
	check_kept(jids, nitems(jids));
	assert_int_equal(store_set_kept(dir, many, nitems(many) - 1), 0);
	check_kept(many, nitems(many) - 1);
	assert_int_equal(store_set_kept(dir, jids, 1), 0);
	check_kept(jids, 1);
	assert_int_equal(store_set_kept(dir, jids, 0), 0);
	assert_int_equal(store_set_kept(dir, jids, 0), 0);
	check_kept(jids, 0);
	assert_int_equal(store_kept(-1, &got), -EBADF);
	assert_ptr_equal(got, many);
}

/* On jail/: each bucket in its own place. */
static void
test_buckets(void **state)
{
	struct bucket in = { .seq = 3, .full = 16 };
	unsigned int i;

	(void)state;
	need_dir();
	for (i = 0; i < BUCKETS; i++) {
		struct bucket none = { .seq = UNTOUCHED };

		assert_int_equal(store_bucket(dir, i, &none), -ENODATA);
		assert_int_equal(none.seq, UNTOUCHED);
		assert_int_equal(bucket_add(&in, i, (int)i + 1), 0);
		assert_int_equal(store_set_bucket(dir, i, &in), 0);
	}
	for (i = 0; i < BUCKETS; i++) {
		struct bucket out;

		assert_int_equal(store_bucket(dir, i, &out), 0);
		assert_int_equal(out.n, i + 1);
		bucket_done(&out);
	}
	PUT("user.jail.n3f", "by hand");
	assert_int_equal(store_bucket(dir, 0x3f, &in), -EPROTO);
	assert_int_equal(in.n, BUCKETS);
	for (i = 0; i < BUCKETS; i++)
		assert_int_equal(store_set_bucket(dir, i, NULL), 0);
	assert_int_equal(store_set_bucket(dir, 0, NULL), 0);
	assert_int_equal(store_bucket(dir, 0x3f, &in), -ENODATA);
	bucket_done(&in);
}

static void
test_run(void **state)
{
	static const char *const bad[] = { "", " ", "1", "1 ", " 2", "1 2 3",
		"-1 2", "1 -2", "1  2", "0x1 2", "1 2\n", "1 4294967296",
		"99999999999999999999 1", "1 2 and much more than it can be" };
	struct id_run run = { UNTOUCHED, UNTOUCHED }, in = { 0, UINT32_MAX };
	size_t i;

	(void)state;
	need_dir();
	assert_int_equal(store_run(dir, &run), -ENODATA);
	for (i = 0; i < nitems(bad); i++) {
		put("trusted.jail.run", bad[i], strlen(bad[i]));
		assert_int_equal(store_run(dir, &run), -EPROTO);
		assert_int_equal(run.next, UNTOUCHED);
		assert_int_equal(run.end, UNTOUCHED);
	}
	assert_int_equal(store_set_run(dir, &in), 0);
	assert_int_equal(store_run(dir, &run), 0);
	assert_int_equal(run.next, 0);
	assert_int_equal(run.end, UINT32_MAX);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_each),
		cmocka_unit_test(test_lists),
		cmocka_unit_test(test_state),
		cmocka_unit_test(test_too_big),
		cmocka_unit_test(test_half_written),
		cmocka_unit_test(test_torn),
		cmocka_unit_test(test_last_jid),
		cmocka_unit_test(test_after),
		cmocka_unit_test(test_kept),
		cmocka_unit_test(test_buckets),
		cmocka_unit_test(test_run),
	};

	return cmocka_run_group_tests(tests, store_setup, store_teardown);
}
