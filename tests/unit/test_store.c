/* SPDX-License-Identifier: BSD-2-Clause */
/* What is kept of a jail, on a cgroup of the test's own. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <cmocka.h>

#include "buf.h"
#include "cg.h"
#include "cleanup.h"
#include "store.h"

#define XA_USER "user.jail"
#define XA_EVEN "trusted.jail.0" /* the hidden half of an even seq */
#define XA_ODD "trusted.jail.1"
#define UNTOUCHED 4711

static char name[32]; /* of the cgroup, below root; "" while there is none */
static int root = -1, dir = -1;

static int
setup(void **state)
{
	(void)state;
	if (geteuid() != 0 || (root = cg_root()) < 0)
		return 0; /* each test skips */
	(void)snprintf(name, sizeof(name), "jail-unit-%d", (int)getpid());
	if (mkdirat(root, name, 0755) < 0 || (dir = cg_open(root, name)) < 0)
		return -1;
	return 0;
}

static int
teardown(void **state)
{
	int r = 0;

	(void)state;
	close_fd(dir);
	dir = -1;
	if (name[0] != '\0')
		r = unlinkat(root, name, AT_REMOVEDIR);
	name[0] = '\0';
	close_fd(root);
	root = -1;
	return r;
}

static void
need_dir(void)
{
	if (dir >= 0)
		return;
	print_message("needs root and a cgroup2 hierarchy\n");
	skip();
}

/* Write an attribute as it is. */
static void
put(const char *attr, const char *data, size_t size)
{
	assert_int_equal(fsetxattr(dir, attr, data, size, 0), 0);
}
#define PUT(attr, data) put(attr, data, sizeof(data)) /* with its last NUL */

/* A head that can be read, and no parameter. */
static void
put_empty(void)
{
	PUT(XA_USER, "1 5 alive 4242");
	PUT(XA_ODD, "1 5");
	(void)fremovexattr(dir, XA_EVEN); /* of the test before */
	assert_int_equal(store_set_persist(dir, PERSIST_NO), 0);
}

static bool
same_value(const struct pset *a, const struct pset *b, enum param_id id)
{
	size_t i;

	if (pset_has(a, id) != pset_has(b, id) ||
	    pset_count(a, id) != pset_count(b, id))
		return false;
	for (i = 0; i < pset_count(a, id); i++) {
		if (strcmp(pset_get(a, id, i), pset_get(b, id, i)) != 0)
			return false;
	}
	return true;
}

/* Where a parameter is kept, by the flags that are public. */
static bool
is_user(enum param_id id)
{
	unsigned int no = JAILX_HIDDEN | JAILX_PSEUDO | JAILX_RDONLY;

	return (param(id)->flags & no) == 0 && id != P_PERSIST;
}

static bool
is_hidden(enum param_id id)
{
	unsigned int flags = param(id)->flags;

	return (flags & JAILX_HIDDEN) != 0 && (flags & JAILX_RDONLY) == 0;
}

/* A text for each parameter, with all that could mislead a reader. */
static void
fill(struct pset *s)
{
	enum param_id id;
	char text[64];

	for (id = 0; id < P_COUNT; id++) {
		(void)snprintf(
		    text, sizeof(text), "%d=a\n b=\xc3\xa9,#\\\"", (int)id);
		assert_int_equal(pset_raw(s, id, text), 0);
	}
}

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
	static const struct {
		const char *text;
		size_t size;
	} rows[] = {
#define ROW(text) { text, sizeof(text) }
		ROW("1 4\0exec.start=a"),
		ROW("1 7\0exec.start=a"),
		ROW("2 5\0exec.start=a"),
		ROW("1\0exec.start=a"),
		ROW("exec.start=a"),
		ROW(""),
#undef ROW
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
#define ROW(text)                                                              \
	{                                                                      \
		text, sizeof(text)                                             \
	}
	static const struct {
		const char *text;
		size_t size;
	} rows[] = {
		ROW("2 5 alive 4242\0name=x"), /* a newer version */
		ROW("4294967295 5 alive 4242\0name=x"),
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
	assert_int_equal(store_last_jid(dir), 0);
	assert_int_equal(store_set_last_jid(dir, 2147483647), 0);
	assert_int_equal(store_last_jid(dir), 2147483647);
	assert_int_equal(store_set_last_jid(dir, 1), 0);
	assert_int_equal(store_last_jid(dir), 1);
	assert_int_equal(store_last_jid(-1), -EBADF);
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
		cmocka_unit_test(test_no_record),
		cmocka_unit_test(test_half_record),
		cmocka_unit_test(test_foreign_head),
		cmocka_unit_test(test_foreign_half),
		cmocka_unit_test(test_unknown_names),
		cmocka_unit_test(test_wrong_half),
		cmocka_unit_test(test_state),
		cmocka_unit_test(test_persist),
		cmocka_unit_test(test_persist_words),
		cmocka_unit_test(test_too_big),
		cmocka_unit_test(test_half_written),
		cmocka_unit_test(test_torn),
		cmocka_unit_test(test_last_jid),
		cmocka_unit_test(test_after),
		cmocka_unit_test(test_kept),
		cmocka_unit_test(test_buckets),
		cmocka_unit_test(test_run),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
