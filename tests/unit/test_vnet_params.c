/* SPDX-License-Identifier: BSD-2-Clause */
/* What the vnet.* parameters say together, and names made of a jail's name. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "cleanup.h"
#include "jerr.h"
#include "pset.h"
#include "vnet_params.h"

#define BRIDGED                                                                \
	{ "vnet", NULL },                                                      \
	{                                                                      \
		"vnet.bridge", "br0"                                           \
	}

/* What is set, and the beginning of what is said; NULL: all is well. */
static const struct row {
	struct {
		const char *name, *value;
	} set[5];
	const char *msg;
} rows[] = {
	{ { { "vnet", "inherit" } }, NULL },
	{ { { "vnet", NULL } }, NULL },
	{ { { "vnet", NULL }, { "vnet.interface", "e0" } }, NULL },
	{ { { "vnet", NULL }, { "vnet.interface", "e0,e1 e2" } }, NULL },
	{ { { "vnet", NULL }, { "vnet.interface", "fifteen-letters" } }, NULL },
	{ { { "vnet.interface", "e0" } }, "vnet.interface: needs vnet (" },
	{ { { "vnet.bridge", "br0" } }, "vnet.bridge: needs vnet (" },
	{ { { "vnet", NULL }, { "vnet.addr", "10.0.0.1/8" } },
	    "vnet.addr: needs vnet.bridge (" },
	{ { { "vnet", NULL }, { "vnet.gateway", "10.0.0.1" } },
	    "vnet.gateway: needs vnet.bridge (" },
	{ { { "vnet", NULL }, { "vnet.interface", "sixteen-letters-" } },
	    "vnet.interface: no interface can be called \"sixteen" },
	{ { { "vnet", NULL }, { "vnet.interface", "a/b" } },
	    "vnet.interface: no interface" },
	{ { { "vnet", NULL }, { "vnet.interface", ".." } },
	    "vnet.interface: no interface" },
	{ { { "vnet", NULL }, { "vnet.bridge", "br:0" } },
	    "vnet.bridge: no interface can be called \"br:0\"" },
	{ { { "vnet", NULL }, { "vnet.bridge", "" } },
	    "vnet.bridge: no interface" },
	{ { BRIDGED }, NULL },
	{ { BRIDGED, { "vnet.addr", "10.0.0.2/24,fd00::2/64" } }, NULL },
	{ { BRIDGED, { "vnet.addr", "10.0.0.2/32" } }, NULL },
	{ { BRIDGED, { "vnet.addr", "fd00::2/128" } }, NULL },
	{ { BRIDGED, { "vnet.addr", "10.0.0.2" } },
	    "vnet.addr: 10.0.0.2: say how long the network's prefix is, as "
	    "10.0.0.2/24" },
	{ { BRIDGED, { "vnet.addr", "fd00::2" } },
	    "vnet.addr: fd00::2: say how long the network's prefix is, as "
	    "fd00::2/64" },
	{ { BRIDGED, { "vnet.addr", "10.0.0.2/33" } },
	    "vnet.addr: 10.0.0.2/33: not a prefix length: 33" },
	{ { BRIDGED, { "vnet.addr", "10.0.0.2/0" } },
	    "vnet.addr: 10.0.0.2/0: not a prefix length: 0" },
	{ { BRIDGED, { "vnet.addr", "10.0.0.2/" } },
	    "vnet.addr: 10.0.0.2/: not a prefix length: " },
	{ { BRIDGED, { "vnet.addr", "10.0.0.2/255.0.0.0" } },
	    "vnet.addr: 10.0.0.2/255.0.0.0: not a prefix length: 255.0.0.0" },
	{ { BRIDGED, { "vnet.addr", "10.0.0/24" } },
	    "vnet.addr: not an address: 10.0.0/24" },
	{ { BRIDGED,
	      { "vnet.addr", "1111:1111:1111:1111:1111:1111:1111:1111:1111:"
			     "1111:1111/64" } },
	    "vnet.addr: not an address: 1111:" },
	{ { BRIDGED, { "vnet.addr", "10.0.0.2/24" },
	      { "vnet.gateway", "10.0.0.1" } },
	    NULL },
	{ { BRIDGED, { "vnet.addr", "10.0.0.130/25" },
	      { "vnet.gateway", "10.0.0.129" } },
	    NULL },
	{ { BRIDGED, { "vnet.addr", "10.0.0.130/25" },
	      { "vnet.gateway", "10.0.0.1" } },
	    "vnet.gateway: 10.0.0.1 is in the network of no vnet.addr" },
	{ { BRIDGED, { "vnet.addr", "10.0.0.2/24" },
	      { "vnet.gateway", "fd00::1" } },
	    "vnet.gateway: fd00::1 is in the network of no vnet.addr" },
	{ { BRIDGED, { "vnet.addr", "fd00:0:0:1::2/63" },
	      { "vnet.gateway", "fd00::1" } },
	    NULL },
	{ { BRIDGED, { "vnet.gateway", "fe80::1" } }, NULL },
	{ { BRIDGED, { "vnet.gateway", "fec0::1" } },
	    "vnet.gateway: fec0::1 is in the network of no vnet.addr" },
	{ { BRIDGED, { "vnet.addr", "10.0.0.2/24,fd00::2/64" },
	      { "vnet.gateway", "fd00::1,10.0.0.1" } },
	    NULL },
	{ { BRIDGED, { "vnet.addr", "10.0.0.2/24" },
	      { "vnet.gateway", "10.0.0.1,10.0.0.3" } },
	    "vnet.gateway: 10.0.0.3: there is one already for IPv4" },
	{ { BRIDGED, { "vnet.addr", "10.0.0.2/24" },
	      { "vnet.gateway", "10.0.0.1/24" } },
	    "vnet.gateway: not an address: 10.0.0.1/24" },
};

static void
test_check(void **state)
{
	size_t i, k;

	(void)state;
	for (i = 0; i < nitems(rows); i++) {
		const struct row *row = &rows[i];
		struct jerr e = { 0 };
		struct pset s = { 0 };
		int r;

		for (k = 0; k < nitems(row->set); k++) {
			if (row->set[k].name != NULL)
				assert_int_equal(pset_add(&s, row->set[k].name,
						     row->set[k].value, &e),
				    0);
		}
		r = vnet_check(&s, &e);
		if (row->msg == NULL
			? r != 0
			: r != -EINVAL ||
			      strncmp(e.msg, row->msg, strlen(row->msg)) != 0)
			fail_msg("row %zu: %d, %s", i, r, e.msg);
		pset_done(&s);
	}
}

/* Words may be given together or one by one. */
static void
test_words(void **state)
{
	static const char *const given[] = { "a,b", " c\td\n,", "e", "" };
	struct jerr e;
	struct pset s = { 0 };
	size_t i;

	(void)state;
	for (i = 0; i < nitems(given); i++)
		assert_int_equal(
		    pset_add(&s, "vnet.interface", given[i], &e), 0);
	assert_int_equal(pset_count(&s, P_VNET_INTERFACE), 5);
	for (i = 0; i < 5; i++)
		assert_int_equal(
		    *pset_get(&s, P_VNET_INTERFACE, i), (char)('a' + i));
	pset_done(&s);
}

static void
test_ifname(void **state)
{
	char a[VNET_IFNAME], b[VNET_IFNAME];
	unsigned int digits;
	char rest;

	(void)state;
	vnet_ifname(a, "www", 0);
	vnet_ifname(b, "www", 0);
	assert_string_equal(a, b);
	assert_int_equal(sscanf(a, "jail%8x%c", &digits, &rest), 1);
	vnet_ifname(b, "www", 1);
	assert_string_not_equal(a, b);
	vnet_ifname(b, "wwx", 0);
	assert_string_not_equal(a, b);
}

static void
test_mac(void **state)
{
	char in[VNET_MAC], out[VNET_MAC], other[VNET_MAC];
	char name[16];
	unsigned int first, i;

	(void)state;
	vnet_mac(in, "www", "m", false);
	vnet_mac(other, "www", "m", false);
	assert_string_equal(in, other);
	assert_int_equal(strlen(in), VNET_MAC - 1);
	vnet_mac(out, "www", "m", true);
	assert_string_not_equal(in + 3, out + 3);
	vnet_mac(other, "www", "n", false);
	assert_string_not_equal(in, other);
	vnet_mac(other, "ww", "mw", false); /* not one text after the other */
	assert_string_not_equal(in, other);
	for (i = 0; i < 100; i++) {
		(void)snprintf(name, sizeof(name), "jail%u", i);
		vnet_mac(in, name, "", false);
		vnet_mac(out, name, "", true);
		assert_int_equal(sscanf(in, "%x", &first), 1);
		assert_int_equal(first & 3, 2); /* local, not a group's */
		assert_int_equal(sscanf(out, "%x", &first), 1);
		assert_int_equal(first, 0xfe);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_check),
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_ifname),
		cmocka_unit_test(test_mac),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
