/* SPDX-License-Identifier: BSD-2-Clause */
/* Records that others wrote: of newer versions, broken, or none. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/xattr.h>

#include <cmocka.h>

#include "cleanup.h"
#include "store_dir.h"

/* A value of an attribute, with NULs in it. */
struct text {
	const char *text;
	size_t size;
};
#define ROW(text)                                                              \
	{                                                                      \
		(text), sizeof(text)                                           \
	}

static void
check_unread(int r)
{
	struct record rec = { .seq = UNTOUCHED, .idmap = UNTOUCHED };
	enum jail_state st = JAIL_STATES;
	int i;

	for (i = 0; i < 2; i++) {
		assert_int_equal(store_read(dir, i == 1, &rec), r);
		assert_int_equal(rec.seq, UNTOUCHED);
		assert_int_equal(rec.idmap, UNTOUCHED);
		assert_false(pset_has(&rec.params, P_NAME));
	}
	assert_int_equal(store_state(dir, &st), r);
	assert_int_equal(st, JAIL_STATES);
	assert_int_equal(store_set_state(dir, JAIL_ALIVE), r);
}

static void
test_no_record(void **state)
{
	(void)state;
	need_dir();
	(void)fremovexattr(dir, XA_USER);
	(void)fremovexattr(dir, XA_ODD);
	(void)fremovexattr(dir, XA_EVEN);
	check_unread(-ENODATA);
	put_empty();
}

/* A hidden half that is missing is no record of an empty one. */
static void
test_half_record(void **state)
{
	struct record rec = { .seq = UNTOUCHED };

	(void)state;
	need_dir();
	put_empty();
	(void)fremovexattr(dir, XA_ODD);
	assert_int_equal(store_read(dir, true, &rec), -ENODATA);
	assert_int_equal(rec.seq, UNTOUCHED);
	assert_int_equal(store_read(dir, false, &rec), 0);
	assert_int_equal(rec.seq, 5);
	record_done(&rec);
	put_empty();
}

/* The hidden half of another update is none. */
static void
test_foreign_half(void **state)
{
	static const struct text rows[] = {
		ROW("1 4\0exec.start=a"),
		ROW("1 7\0exec.start=a"),
		ROW("2 5\0exec.start=a"),
		ROW("1\0exec.start=a"),
		ROW("exec.start=a"),
		ROW(""),
	};
	struct record rec = { .seq = UNTOUCHED };
	size_t i;

	(void)state;
	need_dir();
	for (i = 0; i < nitems(rows); i++) {
		put_empty();
		put(XA_ODD, rows[i].text, rows[i].size);
		assert_int_equal(store_read(dir, true, &rec), -EPROTO);
		assert_int_equal(rec.seq, UNTOUCHED);
		assert_int_equal(store_read(dir, false, &rec), 0);
		record_done(&rec);
		rec.seq = UNTOUCHED;
	}
	put_empty();
	/* one that a writer left who died: of the next update, not yet valid */
	PUT(XA_EVEN, "1 6\0exec.start=a");
	assert_int_equal(store_read(dir, true, &rec), 0);
	assert_false(pset_has(&rec.params, P_EXEC_START));
	record_done(&rec);
	put_empty();
}

static void
test_foreign_head(void **state)
{
	static const struct text rows[] = {
		ROW("1 5 undead 4242\0name=x"),
		ROW("1 5 aliveandmuchtoolongaword 4242\0name=x"),
		ROW("1 5 alive\0name=x"),
		ROW("1 5\0name=x"),
		ROW("x 5 alive 4242\0name=x"),
		ROW("name=x"),
		ROW(""),
	};
	size_t i;

	(void)state;
	need_dir();
	for (i = 0; i < nitems(rows); i++) {
		put_empty();
		put(XA_USER, rows[i].text, rows[i].size);
		check_unread(-EPROTO);
	}
	put_empty();
}

/* It is not read, but it can be brought to its end, and stays what it is. */
static void
test_newer(void **state)
{
	static const char was[] = "2 5 alive 4242\0what=x";
	static const char is[] = "2 5 dying 4242\0what=x";
	struct record rec = { .seq = UNTOUCHED };
	enum jail_state st = JAIL_STATES;
	char text[64];

	(void)state;
	need_dir();
	put_empty();
	PUT(XA_USER, was);
	assert_int_equal(store_read(dir, false, &rec), -EPROTO);
	assert_int_equal(store_read(dir, true, &rec), -EPROTO);
	assert_int_equal(rec.seq, UNTOUCHED);
	assert_int_equal(store_state(dir, &st), 0);
	assert_int_equal(st, JAIL_ALIVE);
	assert_int_equal(store_set_state(dir, JAIL_ENDING), 0);
	assert_int_equal(
	    fgetxattr(dir, XA_USER, text, sizeof(text)), sizeof(is));
	assert_memory_equal(text, is, sizeof(is));
	assert_int_equal(store_head(dir, &rec), 0);
	assert_true(rec.head_only);
	assert_int_equal(rec.state, JAIL_ENDING);
	assert_int_equal(rec.idmap, 4242);
	assert_false(pset_has(&rec.params, P_NAME));
	put_empty();
}

static void
test_unknown_names(void **state)
{
	struct record rec;
	enum param_id id;

	(void)state;
	need_dir();
	put_empty();
	/* nor need they be in this version's order */
	PUT(XA_USER,
	    "1 6 dying 7 and more\0aaa=1\0path=/p\0new.list\0new.list=x\0"
	    "=\0=y\0\0name=n\0meta.k=v\0noname=z");
	PUT(XA_EVEN, "1 6 more\0new=1\0exec.start=a\0exec.start=b\0zzz");
	assert_int_equal(store_read(dir, true, &rec), 0);
	assert_int_equal(rec.seq, 6);
	assert_int_equal(rec.state, JAIL_ENDING);
	assert_int_equal(rec.idmap, 7);
	assert_string_equal(pset_get(&rec.params, P_NAME, 0), "n");
	assert_string_equal(pset_get(&rec.params, P_PATH, 0), "/p");
	assert_int_equal(pset_count(&rec.params, P_EXEC_START), 2);
	for (id = 0; id < P_COUNT; id++)
		assert_int_equal(pset_has(&rec.params, id),
		    id == P_NAME || id == P_PATH || id == P_EXEC_START);
	record_done(&rec);
	put_empty();
}

/* What anybody may see cannot say what root alone decides, nor reversed. */
static void
test_wrong_half(void **state)
{
	struct record rec;
	enum param_id id;

	(void)state;
	need_dir();
	put_empty();
	PUT(XA_USER, "1 5 alive 7\0exec.start=a\0persist=true\0dying=true");
	PUT(XA_ODD, "1 5\0name=n\0persist=true\0dying=true");
	assert_int_equal(store_read(dir, true, &rec), 0);
	for (id = 0; id < P_COUNT; id++)
		assert_false(pset_has(&rec.params, id));
	record_done(&rec);
	put_empty();
}

static void
check_persist(enum jail_persist want)
{
	bool stays = want == PERSIST_YES || want == PERSIST_START_STAY;
	struct record rec;
	enum jail_persist got;

	assert_int_equal(store_persist(dir, &got), 0);
	assert_int_equal(got, want);
	assert_int_equal(store_read(dir, false, &rec), 0);
	assert_int_equal(rec.persist, want);
	assert_int_equal(pset_has(&rec.params, P_PERSIST), stays);
	assert_int_equal(pset_bool(&rec.params, P_PERSIST), stays);
	record_done(&rec);
}

static void
test_persist(void **state)
{
	static const enum jail_persist order[] = { PERSIST_NO, PERSIST_YES,
		PERSIST_START, PERSIST_START_STAY, PERSIST_YES, PERSIST_NO,
		PERSIST_START_STAY, PERSIST_START, PERSIST_NO, PERSIST_NO };
	size_t i;

	(void)state;
	need_dir();
	put_empty();
	for (i = 0; i < nitems(order); i++) {
		assert_int_equal(store_set_persist(dir, order[i]), 0);
		check_persist(order[i]);
	}
}

/* The words, as the warden and older versions know them. */
static void
test_persist_words(void **state)
{
	static const struct {
		enum jail_persist persist;
		const char *word;
	} rows[] = {
		{ PERSIST_YES, "1" },
		{ PERSIST_START, "start" },
		{ PERSIST_START_STAY, "start1" },
	};
	static const char *const foreign[] = { "starting", "start12", "",
		"a word that is longer" };
	struct record rec = { .seq = UNTOUCHED };
	enum jail_persist got = PERSIST_NO;
	char word[16];
	ssize_t len;
	size_t i;

	(void)state;
	need_dir();
	put_empty();
	assert_int_equal(fgetxattr(dir, STORE_PERSIST, word, sizeof(word)), -1);
	for (i = 0; i < nitems(rows); i++) {
		assert_int_equal(store_set_persist(dir, rows[i].persist), 0);
		len = fgetxattr(dir, STORE_PERSIST, word, sizeof(word));
		assert_int_equal(len, strlen(rows[i].word));
		assert_memory_equal(word, rows[i].word, (size_t)len);
	}
	/* of a newer version; the warden takes an empty one for a word, too */
	for (i = 0; i < nitems(foreign); i++) {
		put(STORE_PERSIST, foreign[i], strlen(foreign[i]));
		assert_int_equal(store_persist(dir, &got), -EPROTO);
		assert_int_equal(got, PERSIST_NO);
		assert_int_equal(store_read(dir, false, &rec), -EPROTO);
		assert_int_equal(rec.seq, UNTOUCHED);
	}
	put_empty();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_no_record),
		cmocka_unit_test(test_half_record),
		cmocka_unit_test(test_foreign_half),
		cmocka_unit_test(test_foreign_head),
		cmocka_unit_test(test_newer),
		cmocka_unit_test(test_unknown_names),
		cmocka_unit_test(test_wrong_half),
		cmocka_unit_test(test_persist),
		cmocka_unit_test(test_persist_words),
	};

	return cmocka_run_group_tests(tests, store_setup, store_teardown);
}
