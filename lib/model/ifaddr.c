/* SPDX-License-Identifier: BSD-2-Clause */
/* jail(8)'s addresses. */
#include <arpa/inet.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "cleanup.h"
#include "ifaddr.h"
#include "jailx.h"
#include "jerr.h"
#include "value.h"

static const char blanks[] = " \t";

int
ifaddr_check_interface(const char *who, const char *name, struct jerr *e)
{
	size_t len = strlen(name);

	if (len == 0 || len >= IFADDR_NAME ||
	    strpbrk(name, "/: \t\n\v\f\r") != NULL || strcmp(name, ".") == 0 ||
	    strcmp(name, "..") == 0)
		return jerr(
		    e, EINVAL, "%s: not an interface: \"%s\"", who, name);
	return 0;
}

/* ---- masks ---- */

/* How many leading ones, with nothing but zeros after them; 0: not so. */
static unsigned int
count_ones(uint32_t mask)
{
	unsigned int n = 0;

	while (n < 32 && (mask & 0x80000000U) != 0) {
		mask <<= 1;
		n++;
	}
	return mask == 0 ? n : 0;
}

/* "24" or, of IPv4, "255.255.255.0". */
static int
parse_mask(struct if_addr *a, const char *text, const char *who, struct jerr *e)
{
	bool is4 = a->family == AF_INET;
	struct in_addr mask;
	long n = 0;

	if (is4 && inet_pton(AF_INET, text, &mask) == 1)
		n = (long)count_ones(ntohl(mask.s_addr));
	else if (value_long(text, 0, is4 ? 32 : 128, &n) < 0)
		n = 0;
	/* none at all would make it everybody's way to everywhere */
	if (n == 0)
		return jerr(e, EINVAL, "%s: bad %s \"%s\"", who,
		    is4 ? "netmask" : "prefixlen", text);
	a->prefix = (unsigned int)n;
	return 0;
}

/* ---- ifconfig's words ---- */

/* As after a slash, or "0xffffff00". */
static int
word_netmask(
    struct if_addr *a, const char *text, const char *who, struct jerr *e)
{
	char dotted[INET_ADDRSTRLEN], *end;
	struct in_addr mask;
	unsigned long n;

	if (strncmp(text, "0x", 2) != 0 || strlen(text) > 10 || text[2] == '\0')
		return parse_mask(a, text, who, e);
	n = strtoul(text, &end, 16);
	if (*end != '\0')
		return parse_mask(a, text, who, e);
	mask.s_addr = htonl((uint32_t)n);
	return parse_mask(
	    a, inet_ntop(AF_INET, &mask, dotted, sizeof(dotted)), who, e);
}

static int
word_broadcast(
    struct if_addr *a, const char *text, const char *who, struct jerr *e)
{
	struct in_addr addr;

	if (inet_pton(AF_INET, text, &addr) != 1)
		return jerr(e, EINVAL, "%s: bad broadcast \"%s\"", who, text);
	(void)inet_ntop(
	    AF_INET, &addr, a->broadcast, sizeof(a->broadcast)); /* fits */
	return 0;
}

/* What has a meaning here; without set, it says what is done in any case. */
static const struct word {
	const char *name;
	int family; /* 0: both */
	int (*set)(struct if_addr *a, const char *text, const char *who,
	    struct jerr *e);
} words[] = {
	{ "add", 0, NULL },
	{ "alias", 0, NULL },
	{ "broadcast", AF_INET, word_broadcast },
	{ "netmask", AF_INET, word_netmask },
	{ "no_dad", AF_INET6, NULL },
	{ "prefixlen", AF_INET6, parse_mask },
};

static int
refuse(
    const struct if_addr *a, const char *word, const char *who, struct jerr *e)
{
	return jerr(e, EINVAL,
	    "%s: %s: \"%s\" cannot be said of an alias here: only %s can; "
	    "what is the interface's is set with ip(8)",
	    who, a->addr, word,
	    a->family == AF_INET ? "add, alias, broadcast and netmask"
				 : "add, alias, no_dad and prefixlen");
}

static char *
next_word(char **rest)
{
	char *word;

	do
		word = strsep(rest, blanks);
	while (word != NULL && *word == '\0');
	return word;
}

static int
parse_words(struct if_addr *a, char *rest, const char *who, struct jerr *e)
{
	char *name, *value;
	size_t i;
	int r = 0;

	while (r == 0 && (name = next_word(&rest)) != NULL) {
		for (i = 0; i < nitems(words); i++) {
			if (strcmp(name, words[i].name) == 0 &&
			    (words[i].family == 0 ||
				words[i].family == a->family))
				break;
		}
		if (i == nitems(words))
			return refuse(a, name, who, e);
		if (words[i].set == NULL)
			continue;
		if ((value = next_word(&rest)) == NULL)
			return jerr(e, EINVAL, "%s: %s: nothing after \"%s\"",
			    who, a->addr, name);
		r = words[i].set(a, value, who, e);
	}
	return r;
}

/* ---- the whole ---- */

static int
parse_address(struct if_addr *a, const struct jailx_param *p, const char *text,
    struct jerr *e)
{
	auto_buf struct buf b = BUF_INIT;
	int r = value_address(p, text, &b, e);

	if (r == 0 && buf_err(&b) < 0)
		r = jerr_sys(e, ENOMEM, "%s", p->name);
	if (r == 0)
		(void)snprintf(a->addr, sizeof(a->addr), "%s", b.p);
	return r;
}

int
ifaddr_parse(struct if_addr *ret, const struct jailx_param *p, const char *text,
    struct jerr *e)
{
	struct if_addr a = {
		.family = p->type == JAILX_IP4 ? AF_INET : AF_INET6,
		.prefix = p->type == JAILX_IP4 ? 32 : 128,
	};
	auto_free char *copy = strdup(text);
	char *addr = copy, *rest, *mask, *bar;
	int r;

	if (copy == NULL)
		return jerr_sys(e, ENOMEM, "%s", p->name);
	if ((bar = strchr(copy, '|')) != NULL) {
		*bar = '\0';
		addr = bar + 1;
		if ((r = ifaddr_check_interface(p->name, copy, e)) < 0)
			return r;
		(void)snprintf(a.interface, sizeof(a.interface), "%s", copy);
	}
	rest = addr;
	(void)strsep(&rest, blanks);
	if ((mask = strchr(addr, '/')) != NULL)
		*mask++ = '\0';
	if ((r = parse_address(&a, p, addr, e)) < 0 ||
	    (mask != NULL && (r = parse_mask(&a, mask, p->name, e)) < 0) ||
	    (r = parse_words(&a, rest, p->name, e)) < 0)
		return r;
	*ret = a;
	return 0;
}
