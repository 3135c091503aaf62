/* SPDX-License-Identifier: BSD-2-Clause */
/* jail(8)'s addresses: what they say, and what is none. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "cleanup.h"
#include "ifaddr.h"
#include "jerr.h"
#include "params.h"
#include "pset.h"

static void
test_good(void **state)
{
	static const struct {
		enum param_id id;
		const char *text, *interface, *addr;
		unsigned int prefix;
		const char *broadcast;
	} rows[] = {
		{ P_IP4_ADDR, "10.0.0.1", "", "10.0.0.1", 32, "" },
		{ P_IP4_ADDR, "em0|10.0.0.1", "em0", "10.0.0.1", 32, "" },
		{ P_IP4_ADDR, "10.0.0.1/24", "", "10.0.0.1", 24, "" },
		{ P_IP4_ADDR, "em0|10.0.0.1/1", "em0", "10.0.0.1", 1, "" },
		{ P_IP4_ADDR, "10.0.0.1/255.255.255.0", "", "10.0.0.1", 24,
		    "" },
		{ P_IP4_ADDR, "10.0.0.1/255.255.255.255", "", "10.0.0.1", 32,
		    "" },
		{ P_IP4_ADDR, "10.0.0.1 netmask 255.255.0.0", "", "10.0.0.1",
		    16, "" },
		{ P_IP4_ADDR, "10.0.0.1 netmask 0xffffff00", "", "10.0.0.1", 24,
		    "" },
		/* the later one counts, as with ifconfig(8) */
		{ P_IP4_ADDR, "e|10.0.0.1/24 netmask 255.255.0.0", "e",
		    "10.0.0.1", 16, "" },
		{ P_IP4_ADDR, "e|10.0.0.1/24  broadcast\t10.0.0.9 alias", "e",
		    "10.0.0.1", 24, "10.0.0.9" },
		{ P_IP4_ADDR, "10.0.0.1/24 ", "", "10.0.0.1", 24, "" },
		{ P_IP4_ADDR, "fifteen-letters|10.0.0.1 add", "fifteen-letters",
		    "10.0.0.1", 32, "" },
		{ P_IP6_ADDR, "FD00:0::1", "", "fd00::1", 128, "" },
		{ P_IP6_ADDR, "em0|fd00::1/64 no_dad", "em0", "fd00::1", 64,
		    "" },
		{ P_IP6_ADDR, "em0|fd00::1 prefixlen 48 alias", "em0",
		    "fd00::1", 48, "" },
	};
	struct jerr e = { 0 };
	struct if_addr a;
	size_t i;

	(void)state;
	for (i = 0; i < nitems(rows); i++) {
		if (ifaddr_parse(&a, param(rows[i].id), rows[i].text, &e) < 0)
			fail_msg("%s", e.msg);
		assert_int_equal(
		    a.family, rows[i].id == P_IP4_ADDR ? AF_INET : AF_INET6);
		assert_string_equal(a.interface, rows[i].interface);
		assert_string_equal(a.addr, rows[i].addr);
		assert_int_equal(a.prefix, rows[i].prefix);
		assert_string_equal(a.broadcast, rows[i].broadcast);
	}
}

#define WORDS4                                                                 \
	" cannot be said of an alias here: only add, alias, broadcast and "    \
	"netmask can; what is the interface's is set with ip(8)"
#define WORDS6                                                                 \
	" cannot be said of an alias here: only add, alias, no_dad and "       \
	"prefixlen can; what is the interface's is set with ip(8)"

static void
test_bad(void **state)
{
	static const struct {
		enum param_id id;
		const char *text, *msg;
	} rows[] = {
		{ P_IP4_ADDR, "", "ip4.addr: not an IPv4 address: " },
		{ P_IP4_ADDR, " 10.0.0.1", "ip4.addr: not an IPv4 address: " },
		{ P_IP4_ADDR, "10.0.0/24",
		    "ip4.addr: not an IPv4 address: 10.0.0" },
		{ P_IP4_ADDR, "fd00::1",
		    "ip4.addr: not an IPv4 address: fd00::1" },
		{ P_IP4_ADDR, "a|b|10.0.0.1",
		    "ip4.addr: not an IPv4 address: b|10.0.0.1" },
		{ P_IP6_ADDR, "em0|10.0.0.1",
		    "ip6.addr: not an IPv6 address: 10.0.0.1" },
		{ P_IP4_ADDR, "|10.0.0.1", "ip4.addr: not an interface: \"\"" },
		{ P_IP4_ADDR, "sixteen-letters-|10.0.0.1",
		    "ip4.addr: not an interface: \"sixteen-letters-\"" },
		{ P_IP4_ADDR, "a/b|10.0.0.1",
		    "ip4.addr: not an interface: \"a/b\"" },
		{ P_IP4_ADDR, "em0:1|10.0.0.1",
		    "ip4.addr: not an interface: \"em0:1\"" },
		{ P_IP4_ADDR, "10.0.0.1/33", "ip4.addr: bad netmask \"33\"" },
		{ P_IP4_ADDR, "10.0.0.1/0", "ip4.addr: bad netmask \"0\"" },
		{ P_IP4_ADDR, "10.0.0.1/", "ip4.addr: bad netmask \"\"" },
		{ P_IP4_ADDR, "10.0.0.1/-1", "ip4.addr: bad netmask \"-1\"" },
		{ P_IP4_ADDR, "10.0.0.1/255.0.255.0",
		    "ip4.addr: bad netmask \"255.0.255.0\"" },
		{ P_IP4_ADDR, "10.0.0.1/24/24",
		    "ip4.addr: bad netmask \"24/24\"" },
		{ P_IP4_ADDR, "10.0.0.1 netmask 0xfg",
		    "ip4.addr: bad netmask \"0xfg\"" },
		{ P_IP6_ADDR, "fd00::1/129",
		    "ip6.addr: bad prefixlen \"129\"" },
		{ P_IP6_ADDR, "fd00::1/255.255.255.0",
		    "ip6.addr: bad prefixlen \"255.255.255.0\"" },
		{ P_IP4_ADDR, "10.0.0.1 broadcast x",
		    "ip4.addr: bad broadcast \"x\"" },
		{ P_IP4_ADDR, "10.0.0.1 broadcast",
		    "ip4.addr: 10.0.0.1: nothing after \"broadcast\"" },
		{ P_IP4_ADDR, "10.0.0.1 up",
		    "ip4.addr: 10.0.0.1: \"up\"" WORDS4 },
		{ P_IP4_ADDR, "10.0.0.1 prefixlen 24",
		    "ip4.addr: 10.0.0.1: \"prefixlen\"" WORDS4 },
		{ P_IP6_ADDR, "fd00::1 netmask 255.0.0.0",
		    "ip6.addr: fd00::1: \"netmask\"" WORDS6 },
	};
	struct if_addr a, was;
	struct jerr e;
	size_t i;

	(void)state;
	memset(&a, 0x55, sizeof(a));
	was = a;
	for (i = 0; i < nitems(rows); i++) {
		assert_int_equal(
		    ifaddr_parse(&a, param(rows[i].id), rows[i].text, &e),
		    -EINVAL);
		assert_string_equal(e.msg, rows[i].msg);
		assert_memory_equal(&a, &was, sizeof(a));
	}
}

/* A set has the bare addresses, and beside them how they were written. */
static void
test_set(void **state)
{
	struct pset s = { 0 };
	struct jerr e = { 0 };

	(void)state;
	assert_int_equal(
	    pset_add_ifaddr(&s, "ip4.addr", "em0|10.0.0.1/24,10.0.0.2", &e), 0);
	assert_int_equal(pset_add_ifaddr(&s, "ip6.addr", "fd00::1/64", &e), 0);
	assert_int_equal(pset_count(&s, P_IP4_ADDR), 2);
	assert_string_equal(pset_get(&s, P_IP4_ADDR, 0), "10.0.0.1");
	assert_string_equal(pset_get(&s, P_IP4_ADDR, 1), "10.0.0.2");
	assert_int_equal(s.nifaddrs, 3);
	assert_string_equal(s.ifaddrs[0].interface, "em0");
	assert_int_equal(s.ifaddrs[2].prefix, 64);
	/* a wrong one takes those beside it along */
	assert_int_equal(
	    pset_add_ifaddr(&s, "ip4.addr", "em0|10.0.0.3,10.0.0", &e),
	    -EINVAL);
	assert_int_equal(pset_count(&s, P_IP4_ADDR), 2);
	assert_int_equal(s.nifaddrs, 3);
	pset_clear(&s, P_IP4_ADDR);
	assert_int_equal(s.nifaddrs, 1);
	assert_int_equal(s.ifaddrs[0].family, AF_INET6);
	pset_clear(&s, P_NAME);
	assert_int_equal(s.nifaddrs, 1);
	pset_done(&s);
	pset_done(&s);
}

/* libjail's own ways take bare addresses alone. */
static void
test_plain(void **state)
{
	struct pset s = { 0 };
	struct jerr e = { 0 };

	(void)state;
	assert_int_equal(pset_add(&s, "ip4.addr", "em0|10.0.0.1", &e), -EINVAL);
	assert_string_equal(
	    e.msg, "ip4.addr: not an IPv4 address: em0|10.0.0.1");
	assert_int_equal(pset_add(&s, "ip4.addr", "10.0.0.1/24", &e), -EINVAL);
	assert_int_equal(pset_add(&s, "ip4.addr", "10.0.0.1", &e), 0);
	assert_int_equal(s.nifaddrs, 0);
	assert_int_equal(
	    pset_add_ifaddr(&s, "interface", "em0/1", &e), -EINVAL);
	assert_string_equal(e.msg, "interface: not an interface: \"em0/1\"");
	assert_int_equal(pset_add_ifaddr(&s, "interface", "em0", &e), 0);
	assert_int_equal(pset_add_ifaddr(&s, "nopersist", NULL, &e), 0);
	pset_done(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_bad),
		cmocka_unit_test(test_set),
		cmocka_unit_test(test_plain),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
