/* SPDX-License-Identifier: BSD-2-Clause */
/* libjail(3) where it needs no jail: types, values in memory, sentences. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "jail.h"
#include "jailx.h"

/* Values of each type: as given, and as they come back. */
static const struct {
	enum jailx_type type;
	const char *text;
	const char *canon;
	size_t len;
} values[] = {
	{ JAILX_BOOL, "true", "true", sizeof(int) },
	{ JAILX_BOOL, "FALSE", "false", sizeof(int) },
	{ JAILX_BOOL, "7", "true", sizeof(int) },
	{ JAILX_INT, "2", "2", sizeof(int) },
	{ JAILX_ULONG, "4294967296", "4294967296", sizeof(unsigned long) },
	{ JAILX_STRING, "", "", 1 },
	{ JAILX_STRING, "some text", "some text", 10 },
	{ JAILX_JAILSYS, "inherit", "inherit", sizeof(int) },
	{ JAILX_JAILSYS, "DISABLE", "disable", sizeof(int) },
	{ JAILX_JAILSYS, "", "new", sizeof(int) },
	{ JAILX_JAILSYS, "1", "new", sizeof(int) },
	{ JAILX_IP4, "", "", 0 },
	{ JAILX_IP4, "-", "", 0 },
	{ JAILX_IP4, "10.0.0.1,127.0.0.1", "10.0.0.1,127.0.0.1", 8 },
	{ JAILX_IP6, "-", "", 0 },
	{ JAILX_IP6, "::1,2001:DB8::0:1", "::1,2001:db8::1", 32 },
	{ JAILX_KEYVALUE, "a=1\nb=2\n", "a=1\nb=2\n", 9 },
};

static void
assert_round_trip(
    const char *name, const char *text, const char *canon, size_t len)
{
	struct jailparam jp;
	char *back;

	assert_int_equal(jailparam_init(&jp, name), 0);
	assert_int_equal(jailparam_import(&jp, text), 0);
	assert_int_equal(jp.jp_valuelen, len);
	assert_non_null(jp.jp_value);
	back = jailparam_export(&jp);
	assert_string_equal(back, canon);
	free(back);
	jailparam_free(&jp, 1);
}

static void
test_every_row_round_trips(void **state)
{
	struct jailparam *all;
	int i, n = jailparam_all(&all);
	const struct jailx_param *p;
	size_t v;

	(void)state;
	assert_true(n > 0);
	for (i = 0; i < n; i++) {
		p = jailx_param_find(all[i].jp_name, NULL);
		assert_non_null(p);
		assert_false(p->flags & JAILX_PSEUDO);
		for (v = 0; v < nitems(values); v++) {
			if (values[v].type == p->type)
				assert_round_trip(p->name, values[v].text,
				    values[v].canon, values[v].len);
		}
	}
	jailparam_free(all, (unsigned int)n);
	free(all);
}

static void
test_every_row_is_known(void **state)
{
	const struct jailx_param *p = NULL;
	struct jailparam jp;
	char text[128];
	int r;

	(void)state;
	while ((p = jailx_param_next(p)) != NULL) {
		r = jailparam_init(&jp, p->name);
		if ((p->flags & JAILX_PSEUDO) == 0) {
			assert_int_equal(r, 0);
			jailparam_free(&jp, 1);
			continue;
		}
		assert_int_equal(r, -1);
		assert_int_equal(errno, ENOENT);
		(void)snprintf(
		    text, sizeof(text), "unknown parameter: %s", p->name);
		assert_string_equal(jail_errmsg, text);
	}
}

static void
test_types(void **state)
{
	static const struct {
		const char *name;
		int ctltype;
		unsigned int access;
		unsigned int flags;
		size_t valuelen, elemlen;
		int structtype;
	} rows[] = {
		{ "lastjid", CTLTYPE_INT, CTLFLAG_RW, 0, 4, 0, -1 },
		{ "jid", CTLTYPE_INT, CTLFLAG_RDTUN, 0, 4, 0, -1 },
		{ "dying", CTLTYPE_INT, CTLFLAG_RD, JP_BOOL, 4, 0, -1 },
		{ "persist", CTLTYPE_INT, CTLFLAG_RW, JP_BOOL, 4, 0, -1 },
		{ "nopersist", CTLTYPE_INT, CTLFLAG_RW, JP_NOBOOL, 4, 0, -1 },
		{ "allow.nomlock", CTLTYPE_INT, CTLFLAG_RW, JP_NOBOOL, 4, 0,
		    -1 },
		{ "vnet", CTLTYPE_INT, CTLFLAG_RDTUN, JP_JAILSYS, 4, 0, -1 },
		{ "host.hostid", CTLTYPE_ULONG, CTLFLAG_RW, 0,
		    sizeof(unsigned long), 0, -1 },
		{ "name", CTLTYPE_STRING, CTLFLAG_RW, 0, 256, 0, -1 },
		{ "meta", CTLTYPE_STRING, CTLFLAG_RW, 0, 4096, 0, -1 },
		{ "meta.x", CTLTYPE_STRING, CTLFLAG_RW, JP_KEYVALUE, 4096, 0,
		    -1 },
		{ "ip4.addr", CTLTYPE_STRUCT, CTLFLAG_RW, 0, 0,
		    sizeof(struct in_addr), 0 },
		{ "ip6.addr", CTLTYPE_STRUCT, CTLFLAG_RW, 0, 0,
		    sizeof(struct in6_addr), 1 },
	};
	struct jailparam jp;
	size_t i;

	(void)state;
	for (i = 0; i < nitems(rows); i++) {
		assert_int_equal(jailparam_init(&jp, rows[i].name), 0);
		assert_string_equal(jp.jp_name, rows[i].name);
		assert_int_equal(jp.jp_ctltype & CTLTYPE, rows[i].ctltype);
		assert_int_equal(
		    (unsigned int)jp.jp_ctltype & ~CTLTYPE, rows[i].access);
		assert_int_equal(jp.jp_flags, rows[i].flags);
		assert_int_equal(jp.jp_valuelen, rows[i].valuelen);
		assert_int_equal(jp.jp_elemlen, rows[i].elemlen);
		assert_int_equal(jp.jp_structtype, rows[i].structtype);
		assert_null(jp.jp_value);
		jailparam_free(&jp, 1);
	}
}

static void
test_values_in_memory(void **state)
{
	struct jailparam jp;
	struct in_addr addr[2];
	unsigned long hostid;
	int i;

	(void)state;
	assert_int_equal(jailparam_init(&jp, "nopersist"), 0);
	assert_int_equal(jailparam_import(&jp, "true"), 0);
	memcpy(&i, jp.jp_value, sizeof(i));
	assert_int_equal(i, 1); /* of "nopersist", not of "persist" */
	jailparam_free(&jp, 1);

	assert_int_equal(jailparam_init(&jp, "host"), 0);
	assert_int_equal(jailparam_import(&jp, "inherit"), 0);
	memcpy(&i, jp.jp_value, sizeof(i));
	assert_int_equal(i, JAIL_SYS_INHERIT);
	jailparam_free(&jp, 1);

	assert_int_equal(jailparam_init(&jp, "host.hostid"), 0);
	assert_int_equal(jailparam_import(&jp, "12"), 0);
	memcpy(&hostid, jp.jp_value, sizeof(hostid));
	assert_int_equal(hostid, 12);
	jailparam_free(&jp, 1);

	assert_int_equal(jailparam_init(&jp, "ip4.addr"), 0);
	assert_int_equal(jailparam_import(&jp, "1.2.3.4,5.6.7.8"), 0);
	memcpy(addr, jp.jp_value, sizeof(addr));
	assert_int_equal(ntohl(addr[0].s_addr), 0x01020304);
	assert_int_equal(ntohl(addr[1].s_addr), 0x05060708);
	jailparam_free(&jp, 1);
}

static void
test_refused(void **state)
{
	static const struct {
		const char *name, *value, *text;
	} rows[] = {
		{ "persist", "maybe",
		    "persist: unknown boolean value \"maybe\"" },
		{ "nopersist", "maybe",
		    "nopersist: unknown boolean value \"maybe\"" },
		{ "host", "x", "host: unknown jailsys value \"x\"" },
		{ "host", "3", "host: unknown jailsys value \"3\"" },
		{ "jid", "", "jid: non-integer value \"\"" },
		{ "jid", "1x", "jid: non-integer value \"1x\"" },
		{ "lastjid", " 1", "lastjid: non-integer value \" 1\"" },
		{ "ip4.addr", "::1", "ip4.addr: not an IPv4 address: ::1" },
		{ "ip4.addr", "1.2.3.4,", "ip4.addr: not an IPv4 address: " },
		{ "ip6.addr", "::1,x", "ip6.addr: not an IPv6 address: x" },
	};
	struct jailparam jp;
	size_t i;

	(void)state;
	for (i = 0; i < nitems(rows); i++) {
		assert_int_equal(jailparam_init(&jp, rows[i].name), 0);
		errno = 0;
		assert_int_equal(jailparam_import(&jp, rows[i].value), -1);
		assert_int_equal(errno, EINVAL);
		assert_string_equal(jail_errmsg, rows[i].text);
		assert_null(jp.jp_value);
		jailparam_free(&jp, 1);
	}
}

static void
test_failure_keeps_the_value(void **state)
{
	struct jailparam jp;
	char *text;

	(void)state;
	assert_int_equal(jailparam_init(&jp, "securelevel"), 0);
	assert_int_equal(jailparam_import(&jp, "2"), 0);
	assert_int_equal(jailparam_import(&jp, "high"), -1);
	text = jailparam_export(&jp);
	assert_string_equal(text, "2");
	free(text);
	jailparam_free(&jp, 1);
	/* freed and forgotten */
	jailparam_free(&jp, 1);
}

static void
test_unknown(void **state)
{
	struct jailparam jp;

	(void)state;
	assert_int_equal(jailparam_init(&jp, "no.such.thing"), -1);
	assert_int_equal(errno, ENOENT);
	assert_string_equal(jail_errmsg, "unknown parameter: no.such.thing");
	assert_int_equal(jailparam_init(&jp, "persit"), -1);
	assert_string_equal(
	    jail_errmsg, "unknown parameter: persit (did you mean persist?)");
	jailparam_free(&jp, 1); /* half-built */
}

static void
test_not_imported(void **state)
{
	struct jailparam jp;

	(void)state;
	assert_int_equal(jailparam_init(&jp, "name"), 0);
	assert_null(jailparam_export(&jp));
	assert_int_equal(errno, EINVAL);
	assert_string_equal(jail_errmsg, "parameter name was not imported");
	assert_int_equal(jailparam_set(&jp, 1, JAIL_CREATE), -1);
	assert_int_equal(errno, EINVAL);
	assert_string_equal(jail_errmsg, "parameter name was not imported");
	jailparam_free(&jp, 1);

	assert_int_equal(jailparam_init(&jp, "persist"), 0);
	jp.jp_flags = JP_NOBOOL;
	assert_int_equal(jailparam_set(&jp, 1, JAIL_CREATE), -1);
	assert_int_equal(errno, EINVAL);
	assert_string_equal(jail_errmsg, "mismatched boolean: persist");
	jailparam_free(&jp, 1);
}

static void
test_raw_values(void **state)
{
	struct jailparam jp;
	int level = 3, word = 9;
	char *text;

	(void)state;
	assert_int_equal(jailparam_init(&jp, "securelevel"), 0);
	assert_int_equal(jailparam_import(&jp, "1"), 0);
	assert_int_equal(jailparam_import_raw(&jp, &level, sizeof(level)), 0);
	assert_ptr_equal(jp.jp_value, &level);
	assert_true(jp.jp_flags & JP_RAWVALUE);
	text = jailparam_export(&jp);
	assert_string_equal(text, "3");
	free(text);
	assert_int_equal(jailparam_import_raw(&jp, &level, 2), 0);
	assert_null(jailparam_export(&jp));
	assert_int_equal(errno, EINVAL);
	/* the caller's buffer is not freed */
	assert_int_equal(jailparam_import(&jp, "2"), 0);
	assert_false(jp.jp_flags & JP_RAWVALUE);
	jailparam_free(&jp, 1);

	assert_int_equal(jailparam_init(&jp, "host"), 0);
	assert_int_equal(jailparam_import_raw(&jp, &word, sizeof(word)), 0);
	assert_null(jailparam_export(&jp));
	assert_string_equal(jail_errmsg, "host: unknown jailsys value \"9\"");
	jailparam_free(&jp, 1);
}

static void
test_numbers_are_not_looked_up(void **state)
{
	(void)state;
	assert_int_equal(jail_getid("123"), 123);
	assert_int_equal(jail_getid("0"), 0);
}

static void
test_calls_refuse(void **state)
{
	char errmsg[8], name[] = "persist", key[] = "errmsg";
	struct iovec iov[4] = {
		{ name, sizeof(name) },
		{ NULL, 0 },
		{ key, sizeof(key) },
		{ errmsg, sizeof(errmsg) },
	};

	(void)state;
	assert_int_equal(jail_set(iov, 3, JAIL_CREATE), -1);
	assert_int_equal(errno, EINVAL);
	assert_true(*jail_errmsg != '\0');
	assert_int_equal(jail_set(iov, 4, 0), -1);
	assert_int_equal(errno, EINVAL);
	assert_string_equal(
	    jail_errmsg, "no valid operation (create or update)");
	assert_string_equal(errmsg, "no vali"); /* cut to its size */
	assert_int_equal(jail_set(iov, 4, JAIL_CREATE | JAIL_GET_DESC), -1);
	assert_int_equal(errno, EINVAL);
	assert_int_equal(jail_get(iov, 4, JAIL_CREATE), -1);
	assert_int_equal(errno, EINVAL);
	assert_int_equal(jail_get(iov, 4, 0), -1);
	assert_int_equal(errno, ENOENT);
	assert_string_equal(jail_errmsg, "no jail specified");
	iov[0].iov_len = 3; /* no NUL */
	assert_int_equal(jail_get(iov, 4, 0), -1);
	assert_int_equal(errno, EINVAL);
	assert_int_equal(jail_attach_jd(0), -1);
	assert_int_equal(errno, ENOSYS);
	assert_int_equal(jail_remove_jd(0), -1);
	assert_int_equal(errno, ENOSYS);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_row_round_trips),
		cmocka_unit_test(test_every_row_is_known),
		cmocka_unit_test(test_types),
		cmocka_unit_test(test_values_in_memory),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_failure_keeps_the_value),
		cmocka_unit_test(test_unknown),
		cmocka_unit_test(test_not_imported),
		cmocka_unit_test(test_raw_values),
		cmocka_unit_test(test_numbers_are_not_looked_up),
		cmocka_unit_test(test_calls_refuse),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
