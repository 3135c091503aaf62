/* SPDX-License-Identifier: BSD-2-Clause */
/* What the parameters of a vnet jail say, and names made of its name. */
#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "cleanup.h"
#include "jerr.h"
#include "pset.h"
#include "value.h"
#include "vnet_params.h"

/* ---- addresses ---- */

struct address {
	int family;
	unsigned char b[16];
	unsigned int prefix;
};

static unsigned int
bits_of(int family)
{
	return family == AF_INET ? 32 : 128;
}

static bool
parse_bare(const char *text, struct address *ret)
{
	struct address a = { .family = AF_INET };

	if (inet_pton(AF_INET, text, a.b) != 1) {
		a.family = AF_INET6;
		if (inet_pton(AF_INET6, text, a.b) != 1)
			return false;
	}
	a.prefix = bits_of(a.family);
	*ret = a;
	return true;
}

static int
parse_addr(const char *text, struct address *ret, struct jerr *e)
{
	const char *slash = strchr(text, '/');
	size_t len = slash != NULL ? (size_t)(slash - text) : strlen(text);
	char bare[INET6_ADDRSTRLEN];
	struct address a;
	long prefix;

	if (len >= sizeof(bare))
		return jerr(e, EINVAL, "vnet.addr: not an address: %s", text);
	(void)snprintf(bare, sizeof(bare), "%.*s", (int)len, text);
	if (!parse_bare(bare, &a))
		return jerr(e, EINVAL, "vnet.addr: not an address: %s", text);
	if (slash == NULL)
		return jerr(e, EINVAL,
		    "vnet.addr: %s: say how long the network's prefix is, as "
		    "%s/%d",
		    text, text, a.family == AF_INET ? 24 : 64);
	if (value_long(slash + 1, 1, (long)a.prefix, &prefix) < 0)
		return jerr(e, EINVAL, "vnet.addr: %s: not a prefix length: %s",
		    text, slash + 1);
	a.prefix = (unsigned int)prefix;
	*ret = a;
	return 0;
}

static bool
is_within(const struct address *a, const struct address *net)
{
	unsigned int i, rest = net->prefix % 8, whole = net->prefix / 8;

	if (a->family != net->family)
		return false;
	for (i = 0; i < whole; i++) {
		if (a->b[i] != net->b[i])
			return false;
	}
	return rest == 0 || ((a->b[i] ^ net->b[i]) >> (8 - rest)) == 0;
}

/* Every interface is in fe80::/10. */
static bool
is_link_local(const struct address *a)
{
	return a->family == AF_INET6 && a->b[0] == 0xfe &&
	       (a->b[1] & 0xc0) == 0x80;
}

static bool
is_reachable(const struct pset *params, const struct address *gateway)
{
	size_t i, n = pset_count(params, P_VNET_ADDR);
	struct address net = { 0 };
	struct jerr e;

	if (is_link_local(gateway))
		return true;
	for (i = 0; i < n; i++) {
		if (parse_addr(pset_get(params, P_VNET_ADDR, i), &net, &e) ==
			0 &&
		    is_within(gateway, &net))
			return true;
	}
	return false;
}

static int
check_addrs(const struct pset *params, struct jerr *e)
{
	size_t i, n = pset_count(params, P_VNET_ADDR);
	struct address a;
	int r = 0;

	for (i = 0; r == 0 && i < n; i++)
		r = parse_addr(pset_get(params, P_VNET_ADDR, i), &a, e);
	return r;
}

static int
check_gateways(const struct pset *params, struct jerr *e)
{
	size_t i, n = pset_count(params, P_VNET_GATEWAY);
	bool has4 = false, has6 = false;
	struct address a;

	for (i = 0; i < n; i++) {
		const char *text = pset_get(params, P_VNET_GATEWAY, i);
		bool *has;

		if (!parse_bare(text, &a))
			return jerr(e, EINVAL,
			    "vnet.gateway: not an address: %s", text);
		has = a.family == AF_INET ? &has4 : &has6;
		if (*has)
			return jerr(e, EINVAL,
			    "vnet.gateway: %s: there is one already for IPv%d",
			    text, a.family == AF_INET ? 4 : 6);
		*has = true;
		if (!is_reachable(params, &a))
			return jerr(e, EINVAL,
			    "vnet.gateway: %s is in the network of no "
			    "vnet.addr",
			    text);
	}
	return 0;
}

/* ---- interfaces ---- */

/* As the kernel has it (dev_valid_name()). */
static bool
is_ifname(const char *name)
{
	size_t i, len = strlen(name);

	if (len == 0 || len >= VNET_IFNAME || strcmp(name, ".") == 0 ||
	    strcmp(name, "..") == 0)
		return false;
	for (i = 0; i < len; i++) {
		if (name[i] == '/' || name[i] == ':' ||
		    isspace((unsigned char)name[i]))
			return false;
	}
	return true;
}

static int
check_names(const struct pset *params, enum param_id id, struct jerr *e)
{
	size_t i, n = pset_count(params, id);

	for (i = 0; i < n; i++) {
		const char *name = pset_get(params, id, i);

		if (!is_ifname(name))
			return jerr(e, EINVAL,
			    "%s: no interface can be called \"%s\"",
			    param(id)->name, name);
	}
	return 0;
}

/* ---- all of it ---- */

/* What each of them is nothing without. */
static const struct {
	enum param_id id, needs;
	const char *why;
} needs[] = {
	{ P_VNET_ADDR, P_VNET_BRIDGE, "an interface of the jail's own" },
	{ P_VNET_BRIDGE, P_VNET, "a network stack of the jail's own" },
	{ P_VNET_GATEWAY, P_VNET_BRIDGE, "an interface of the jail's own" },
	{ P_VNET_INTERFACE, P_VNET, "a network stack of the jail's own" },
};

static bool
is_there(const struct pset *params, enum param_id id)
{
	if (id == P_VNET)
		return pset_is(params, id, "new");
	return pset_count(params, id) > 0;
}

int
vnet_check(const struct pset *params, struct jerr *e)
{
	size_t i;
	int r;

	for (i = 0; i < nitems(needs); i++) {
		if (is_there(params, needs[i].id) &&
		    !is_there(params, needs[i].needs))
			return jerr(e, EINVAL, "%s: needs %s (%s)",
			    param(needs[i].id)->name,
			    param(needs[i].needs)->name, needs[i].why);
	}
	if ((r = check_names(params, P_VNET_BRIDGE, e)) < 0 ||
	    (r = check_names(params, P_VNET_INTERFACE, e)) < 0 ||
	    (r = check_addrs(params, e)) < 0)
		return r;
	return check_gateways(params, e);
}

/* ---- names ---- */

/* FNV-1a, and a last stir: its own high bits are poor. */
static uint64_t
hash(const char *a, const char *b, unsigned int salt)
{
	uint64_t h = UINT64_C(0xcbf29ce484222325) ^ salt;

	for (; *a != '\0'; a++)
		h = (h ^ (unsigned char)*a) * UINT64_C(0x100000001b3);
	h *= UINT64_C(0x100000001b3); /* "ab", "c" is not "a", "bc" */
	for (; *b != '\0'; b++)
		h = (h ^ (unsigned char)*b) * UINT64_C(0x100000001b3);
	h = (h ^ (h >> 32)) * UINT64_C(0xd6e8feb86659fd93);
	return h ^ (h >> 32);
}

void
vnet_ifname(char ret[static VNET_IFNAME], const char *jail, unsigned salt)
{
	(void)snprintf(ret, VNET_IFNAME, "jail%08x",
	    (unsigned int)(hash(jail, "", salt) & UINT32_MAX));
}

void
vnet_mac(
    char ret[static VNET_MAC], const char *jail, const char *machine, bool host)
{
	uint64_t h = hash(machine, jail, host);
	unsigned int first = (unsigned int)(h >> 40) & 0xff;

	/* a bridge takes the lowest of its members': never ours */
	first = host ? 0xfe : (first & 0xfc) | 0x02;
	(void)snprintf(ret, VNET_MAC, "%02x:%02x:%02x:%02x:%02x:%02x", first,
	    (unsigned int)(h >> 32) & 0xff, (unsigned int)(h >> 24) & 0xff,
	    (unsigned int)(h >> 16) & 0xff, (unsigned int)(h >> 8) & 0xff,
	    (unsigned int)h & 0xff);
}
