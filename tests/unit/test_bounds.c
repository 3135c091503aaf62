/* SPDX-License-Identifier: BSD-2-Clause */
/* A child beside its parent: what it gets, what it is refused, what it loses.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "bounds.h"
#include "cleanup.h"
#include "jerr.h"

#define WORDS 4 /* parameters of a jail */

/* As for jail(8): name=value, or a name. */
static void
put(struct pset *s, const char *const *words)
{
	struct jerr e;
	size_t i;

	for (i = 0; i < WORDS && words[i] != NULL; i++) {
		char name[64];
		const char *value = strchr(words[i], '=');
		size_t len = value != NULL ? (size_t)(value - words[i])
					   : strlen(words[i]);

		assert_true(len < sizeof(name));
		memcpy(name, words[i], len);
		name[len] = '\0';
		assert_int_equal(
		    pset_add(s, name, value != NULL ? value + 1 : NULL, &e), 0);
	}
}

static const struct {
	const char *above[WORDS], *child[WORDS];
	int want;
} checks[] = {
	{ { NULL }, { NULL }, 0 },
	{ { NULL }, { "securelevel=-1" }, 0 },
	{ { "securelevel=1" }, { NULL }, -EPERM },
	{ { "securelevel=1" }, { "securelevel=1" }, 0 },
	{ { "securelevel=1" }, { "securelevel=2" }, 0 },
	{ { NULL }, { "enforce_statfs=1" }, -EPERM },
	{ { "enforce_statfs=1" }, { "enforce_statfs=1" }, 0 },
	{ { "enforce_statfs=1" }, { NULL }, 0 },
	{ { "devfs_ruleset=4" }, { NULL }, 0 },
	{ { NULL }, { "devfs_ruleset=4" }, 0 },
	{ { NULL }, { "devfs_ruleset=5" }, -EPERM },
	{ { "children.max=2" }, { "children.max=1" }, 0 },
	{ { "children.max=2" }, { "children.max=2" }, -EPERM },
	{ { NULL }, { "children.max=1" }, -EPERM },
	{ { NULL }, { "userns=inherit" }, -EPERM },
	{ { "userns=inherit" }, { "userns=inherit" }, 0 },
	{ { "userns=inherit" }, { "userns=new" }, 0 },
	{ { NULL }, { "sysvshm=inherit" }, -EPERM },
	{ { "sysvshm=new" }, { "sysvshm=inherit" }, 0 },
	{ { NULL }, { "sysvshm=new" }, 0 },
	{ { NULL }, { "allow.mlock" }, -EPERM },
	{ { "allow.mlock" }, { "allow.mlock" }, 0 },
	{ { "allow.mlock" }, { NULL }, 0 },
	{ { "allow.noreserved_ports" }, { NULL }, -EPERM },
	{ { "allow.noreserved_ports" }, { "allow.noreserved_ports" }, 0 },
	/* no right of a jail's */
	{ { NULL }, { "allow.dying" }, 0 },
	{ { NULL }, { "ip4=new", "ip4.addr=10.0.0.1" }, -EPERM },
	{ { "ip4=inherit" }, { "ip4=new", "ip4.addr=10.0.0.1" }, 0 },
	{ { "ip4=new", "ip4.addr=10.0.0.1,10.0.0.2" },
	    { "ip4=new", "ip4.addr=10.0.0.2" }, 0 },
	{ { "ip4=new", "ip4.addr=10.0.0.1,10.0.0.2" },
	    { "ip4=new", "ip4.addr=10.0.0.2,10.0.0.3" }, -EPERM },
	{ { "ip4=new", "ip4.addr=10.0.0.1" }, { "ip4=inherit" }, 0 },
	{ { "ip4=new", "ip4.addr=10.0.0.1" }, { "ip4=disable" }, 0 },
	{ { "ip6=new", "ip6.addr=fd00::1" }, { "ip6=new", "ip6.addr=fd00::2" },
	    -EPERM },
	{ { "vnet", "ip4=inherit" }, { "ip4=new", "ip4.addr=10.0.0.1" },
	    -ENOTSUP },
	{ { "vnet", "ip4=inherit" }, { "ip4=inherit" }, 0 },
	{ { "ip4=new", "ip4.addr=10.0.0.1" }, { "vnet", "ip4=inherit" }, 0 },
	{ { NULL }, { "ip4.hostports=53" }, -EPERM },
	{ { "ip4.hostports=53" }, { "ip4.hostports=53" }, 0 },
	{ { "unix.private" }, { NULL }, -EPERM },
	{ { "unix.private" }, { "unix.private" }, 0 },
	{ { NULL }, { "unix.private" }, 0 },
	/* a stack of its own has abstract names of its own */
	{ { "unix.private" }, { "vnet" }, 0 },
};

static void
test_check(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < nitems(checks); i++) {
		struct pset above = { 0 }, child = { 0 };
		struct jerr e = { .msg = "" };
		int r;

		put(&above, checks[i].above);
		put(&child, checks[i].child);
		r = bounds_check(&child, &above, &e);
		if (r != checks[i].want)
			fail_msg("row %zu: %d %s", i, r, e.msg);
		assert_int_equal(r != 0, e.msg[0] != '\0');
		pset_done(&above);
		pset_done(&child);
	}
}

/* A row changes the one parameter; what it is then, "" for unset. */
static const struct {
	const char *above[WORDS], *child[WORDS];
	enum param_id id;
	const char *fill, *less;
} changes[] = {
	{ { "securelevel=2" }, { NULL }, P_SECURELEVEL, "2", "2" },
	{ { "securelevel=2" }, { "securelevel=3" }, P_SECURELEVEL, "3", "" },
	{ { "enforce_statfs=2" }, { "enforce_statfs=1" }, P_ENFORCE_STATFS, "1",
	    "2" },
	{ { "osrelease=1.2" }, { NULL }, P_OSRELEASE, "1.2", "" },
	{ { "osrelease=1.2" }, { "osrelease=3" }, P_OSRELEASE, "3", "" },
	{ { "devfs_ruleset=4" }, { NULL }, P_DEVFS_RULESET, "4", "" },
	{ { "children.max=5" }, { "children.max=7" }, P_CHILDREN_MAX, "7",
	    "4" },
	{ { NULL }, { "children.max=7" }, P_CHILDREN_MAX, "7", "0" },
	{ { "children.max=5" }, { "children.max=4" }, P_CHILDREN_MAX, "4", "" },
	{ { "allow.noreserved_ports" }, { NULL }, P_ALLOW_RESERVED_PORTS,
	    "false", "false" },
	{ { NULL }, { NULL }, P_ALLOW_RESERVED_PORTS, "", "" },
	/* asked for, it is to be refused, not to be left out */
	{ { NULL }, { "allow.mlock" }, P_ALLOW_MLOCK, "true", "false" },
	{ { "allow.mlock" }, { NULL }, P_ALLOW_MLOCK, "", "" },
	{ { "ip4=disable" }, { "ip4=inherit" }, P_IP4, "disable", "" },
	{ { "unix.private" }, { NULL }, P_UNIX_PRIVATE, "true", "true" },
	{ { "unix.private" }, { "vnet" }, P_UNIX_PRIVATE, "", "" },
	{ { "ip4=new", "ip4.addr=10.0.0.1" }, { "ip4=inherit" }, P_IP4,
	    "inherit", "" },
	{ { "ip4=new", "ip4.addr=10.0.0.1", "ip6=inherit" },
	    { "ip4=inherit", "ip6.addr=fd00::1" }, P_IP4_ADDR, "10.0.0.1", "" },
	{ { "ip4=new", "ip4.addr=10.0.0.1", "ip6=inherit" },
	    { "ip4=inherit", "ip6.addr=fd00::1" }, P_IP4, "new", "" },
	{ { "ip4=new", "ip4.addr=10.0.0.1" }, { "vnet", "ip4=inherit" }, P_IP4,
	    "inherit", "" },
	{ { "ip4=new", "ip4.addr=10.0.0.1" },
	    { "ip4=new", "ip4.addr=10.0.0.2,10.0.0.1" }, P_IP4_ADDR, "10.0.0.2",
	    "10.0.0.1" },
	{ { "ip4.hostports=53" }, { "ip4.hostports=53" }, P_IP4_HOSTPORTS, "53",
	    "" },
	{ { "ip4.hostports=53" }, { "ip4.hostports=99,53" }, P_IP4_HOSTPORTS,
	    "99", "53" },
};

static void
expect(const struct pset *s, enum param_id id, const char *want, size_t row)
{
	const char *text = pset_has(s, id) ? pset_get(s, id, 0) : "";

	if (strcmp(text, want) != 0)
		fail_msg("row %zu: \"%s\", not \"%s\"", row, text, want);
}

static void
test_changes(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < nitems(changes); i++) {
		struct pset above = { 0 }, child = { 0 }, less = { 0 };
		struct jerr e;

		put(&above, changes[i].above);
		put(&child, changes[i].child);
		assert_int_equal(bounds_tighten(&child, &above, &less, &e), 0);
		expect(&less, changes[i].id, changes[i].less, i);
		assert_int_equal(bounds_fill(&child, &above, &e), 0);
		expect(&child, changes[i].id, changes[i].fill, i);
		pset_done(&above);
		pset_done(&child);
		pset_done(&less);
	}
}

/* All addresses can go: the list is empty then, and not left as it is. */
static void
test_none_left(void **state)
{
	static const char *const had[WORDS] = { "ip4=new",
		"ip4.addr=10.0.0.2" };
	static const char *const has[WORDS] = { "ip4=new",
		"ip4.addr=10.0.0.1" };
	struct pset above = { 0 }, child = { 0 }, less = { 0 };
	struct jerr e;

	(void)state;
	put(&above, has);
	put(&child, had);
	assert_int_equal(bounds_tighten(&child, &above, &less, &e), 0);
	assert_true(pset_has(&less, P_IP4_ADDR));
	assert_int_equal(pset_count(&less, P_IP4_ADDR), 0);
	pset_done(&above);
	pset_done(&child);
	pset_done(&less);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_check),
		cmocka_unit_test(test_changes),
		cmocka_unit_test(test_none_left),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
