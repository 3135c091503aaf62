/* SPDX-License-Identifier: BSD-2-Clause */
/* The store: what is written on a cgroup is read back, on a real one. */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <setjmp.h>
#include <cmocka.h>

#include "cg.h"
#include "cleanup.h"
#include "jerr.h"
#include "store.h"

static char name[32];
static int root = -1, dir = -1;

static int
make(void **state)
{
	(void)state;
	if (geteuid() != 0 || (root = cg_root()) < 0)
		return 0;
	(void)snprintf(name, sizeof(name), "jail-unit-%d", (int)getpid());
	if (mkdirat(root, name, 0755) < 0)
		return -1;
	return (dir = cg_open(root, name)) < 0;
}

static int
unmake(void **state)
{
	(void)state;
	if (dir < 0)
		return 0;
	close_fd(dir);
	return unlinkat(root, name, AT_REMOVEDIR);
}

static void
test_round_trip(void **state)
{
	struct record rec = { .state = JAIL_CREATING, .idmap = 0x70000000 };
	struct record back = { 0 };
	enum jail_state s;
	struct jerr e;

	(void)state;
	if (dir < 0)
		skip();
	assert_int_equal(store_read(dir, false, &back), -ENODATA);
	assert_int_equal(pset_add(&rec.params, "name", "a=b c", &e), 0);
	assert_int_equal(pset_add(&rec.params, "exec.stop", "one", &e), 0);
	assert_int_equal(pset_add(&rec.params, "exec.stop", "x=1; y", &e), 0);
	assert_int_equal(pset_add(&rec.params, "thin.files", NULL, &e), 0);
	assert_int_equal(pset_add(&rec.params, "command", "sh", &e), 0);
	assert_int_equal(store_write(dir, &rec), 0);
	assert_int_equal(rec.seq, 1);
	assert_int_equal(store_read(dir, false, &back), 0);
	assert_int_equal(back.state, JAIL_CREATING);
	assert_int_equal(back.idmap, 0x70000000);
	assert_string_equal(pset_get(&back.params, P_NAME, 0), "a=b c");
	assert_false(pset_has(&back.params, P_EXEC_STOP)); /* root's half */
	record_done(&back);
	assert_int_equal(store_set_state(dir, JAIL_ALIVE), 0);
	assert_int_equal(store_state(dir, &s), 0);
	assert_int_equal(s, JAIL_ALIVE);
	assert_int_equal(store_read(dir, true, &back), 0);
	assert_string_equal(pset_get(&back.params, P_EXEC_STOP, 1), "x=1; y");
	assert_true(pset_has(&back.params, P_THIN_FILES));
	assert_int_equal(pset_count(&back.params, P_THIN_FILES), 0);
	assert_false(pset_has(&back.params, P_COMMAND)); /* never kept */
	record_done(&back);
	record_done(&rec);
}

static void
test_persist(void **state)
{
	static const enum jail_persist all[] = { PERSIST_YES, PERSIST_START,
		PERSIST_START_STAY, PERSIST_NO };
	enum jail_persist p;
	size_t i;

	(void)state;
	if (dir < 0)
		skip();
	for (i = 0; i < nitems(all); i++) {
		assert_int_equal(store_set_persist(dir, all[i]), 0);
		assert_int_equal(store_persist(dir, &p), 0);
		assert_int_equal(p, all[i]);
	}
	assert_int_equal(store_last_jid(dir), 0);
	assert_int_equal(store_set_last_jid(dir, 77), 0);
	assert_int_equal(store_last_jid(dir), 77);
}

/* What a newer version adds is passed over; what it changes is refused. */
static void
test_versions(void **state)
{
	static const char more[] = "1 4 alive 7\0name=x\0new.thing=1\0";
	static const char newer[] = "2 4 alive 7\0name=x\0";
	static const char torn[] = "1 4 alive";
	struct record back = { 0 };

	(void)state;
	if (dir < 0)
		skip();
	assert_int_equal(
	    fsetxattr(dir, "user.jail", more, sizeof(more) - 1, 0), 0);
	assert_int_equal(store_read(dir, false, &back), 0);
	assert_string_equal(pset_get(&back.params, P_NAME, 0), "x");
	record_done(&back);
	back = (struct record){ 0 };
	assert_int_equal(
	    fsetxattr(dir, "user.jail", newer, sizeof(newer) - 1, 0), 0);
	assert_int_equal(store_read(dir, false, &back), -EPROTO);
	assert_int_equal(
	    fsetxattr(dir, "user.jail", torn, sizeof(torn) - 1, 0), 0);
	assert_int_equal(store_read(dir, false, &back), -EPROTO);
	assert_int_equal(back.seq, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_persist),
		cmocka_unit_test(test_versions),
	};

	return cmocka_run_group_tests(tests, make, unmake);
}
