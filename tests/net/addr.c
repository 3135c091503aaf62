/* SPDX-License-Identifier: BSD-2-Clause */
/* Addresses by what they are to a jail. */
#include <arpa/inet.h>
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "addr.h"

static const char *const who_names[] = {
	[W_ANY] = "any",
	[W_OWN] = "own",
	[W_OWN2] = "own2",
	[W_LOOP] = "loop",
	[W_HOST] = "host",
	[W_OTHER] = "other",
	[W_OUT] = "out",
	[W_GROUP] = "group",
	[W_BROAD] = "broad",
	[W_NOWHERE] = "nowhere",
};
static_assert(nitems(who_names) == W_WHOS, "a name each");

static struct {
	bool has4, has6;
	struct in_addr ip4;
	struct in6_addr ip6;
} known[W_WHOS];

static int
set_one(enum who who, const char *text)
{
	if (inet_pton(AF_INET, text, &known[who].ip4) == 1) {
		known[who].has4 = true;
		return 0;
	}
	if (inet_pton(AF_INET6, text, &known[who].ip6) == 1) {
		known[who].has6 = true;
		return 0;
	}
	return -1;
}

/* Those that are the same everywhere. */
static void
set_fixed(void)
{
	static bool is_set;

	if (is_set)
		return;
	is_set = true;
	(void)set_one(W_ANY, "0.0.0.0");
	(void)set_one(W_ANY, "::");
	(void)set_one(W_LOOP, "127.0.0.1");
	(void)set_one(W_LOOP, "::1");
	(void)set_one(W_GROUP, "239.1.2.3");
	(void)set_one(W_GROUP, "ff15::1:2:3");
	(void)set_one(W_BROAD, "255.255.255.255");
	(void)set_one(W_NOWHERE, "203.0.113.77");
	(void)set_one(W_NOWHERE, "2001:db8::77");
}

int
addr_set(const char *word)
{
	const char *equals = strchr(word, '=');
	char *list, *rest, *text;
	int r = 0;
	int who;

	set_fixed();
	if (equals == NULL)
		return -1;
	for (who = 0; who < W_WHOS; who++)
		if (strlen(who_names[who]) == (size_t)(equals - word) &&
		    strncmp(who_names[who], word, (size_t)(equals - word)) == 0)
			break;
	if (who == W_WHOS || (list = strdup(equals + 1)) == NULL)
		return -1;
	for (text = strtok_r(list, ",", &rest); text != NULL && r == 0;
	     text = strtok_r(NULL, ",", &rest))
		r = set_one((enum who)who, text);
	free(list);
	return r;
}

bool
addr_has(enum who who, enum form form)
{
	return form == F6 ? known[who].has6 : known[who].has4;
}

int
form_domain(enum form form)
{
	return form == F4 ? AF_INET : AF_INET6;
}

const char *
form_name(enum form form)
{
	return form == F4 ? "4" : form == F6 ? "6" : "m";
}

socklen_t
addr_of(enum who who, enum form form, uint16_t port, union addr *ret)
{
	memset(ret, 0, sizeof(*ret));
	if (form == F4) {
		ret->in.sin_family = AF_INET;
		ret->in.sin_port = htons(port);
		ret->in.sin_addr = known[who].ip4;
		return sizeof(ret->in);
	}
	ret->in6.sin6_family = AF_INET6;
	ret->in6.sin6_port = htons(port);
	ret->in6.sin6_addr = known[who].ip6;
	if (form == FM) {
		memset(&ret->in6.sin6_addr, 0, 10);
		memset(&ret->in6.sin6_addr.s6_addr[10], 0xff, 2);
		memcpy(&ret->in6.sin6_addr.s6_addr[12], &known[who].ip4, 4);
	}
	return sizeof(ret->in6);
}

const char *
addr_text(enum who who, enum form form)
{
	static char text[W_WHOS][INET6_ADDRSTRLEN];

	if (form == F6)
		(void)inet_ntop(
		    AF_INET6, &known[who].ip6, text[who], sizeof(text[who]));
	else
		(void)inet_ntop(
		    AF_INET, &known[who].ip4, text[who], sizeof(text[who]));
	return text[who];
}

/* The jail's own come first: one of them may be 127.0.0.1. */
static const char *
name4(struct in_addr ip)
{
	static const int order[] = { W_OWN, W_OWN2, W_ANY, W_LOOP, W_HOST,
		W_OTHER, W_OUT, W_GROUP, W_BROAD, W_NOWHERE };
	size_t i;

	for (i = 0; i < nitems(order); i++)
		if (known[order[i]].has4 &&
		    known[order[i]].ip4.s_addr == ip.s_addr)
			return who_names[order[i]];
	return NULL;
}

static const char *
name6(const struct in6_addr *ip)
{
	static const int order[] = { W_OWN, W_OWN2, W_ANY, W_LOOP, W_HOST,
		W_OTHER, W_OUT, W_GROUP, W_NOWHERE };
	size_t i;

	for (i = 0; i < nitems(order); i++)
		if (known[order[i]].has6 &&
		    IN6_ARE_ADDR_EQUAL(&known[order[i]].ip6, ip))
			return who_names[order[i]];
	return NULL;
}

/* An address that is nobody's is shown as it is. */
static void
show_ip(const union addr *a, enum form form, char *text, size_t size)
{
	const char *name, *of = "";
	struct in_addr ip4;
	bool is4;

	if (a->sa.sa_family == AF_INET) {
		ip4 = a->in.sin_addr;
		is4 = true;
		of = form == F4 ? "" : "4/";
	} else {
		memcpy(&ip4, &a->in6.sin6_addr.s6_addr[12], sizeof(ip4));
		is4 = IN6_IS_ADDR_V4MAPPED(&a->in6.sin6_addr);
		if (is4 != (form == FM))
			of = is4 ? "m/" : "6/";
	}
	name = is4 ? name4(ip4) : name6(&a->in6.sin6_addr);
	(void)snprintf(text, size, "%s", of);
	if (name != NULL)
		(void)snprintf(text, size, "%s%s", of, name);
	else if (is4)
		(void)inet_ntop(AF_INET, &ip4, text, (socklen_t)size);
	else
		(void)inet_ntop(
		    AF_INET6, &a->in6.sin6_addr, text, (socklen_t)size);
}

uint16_t
addr_port(const union addr *a)
{
	return ntohs(
	    a->sa.sa_family == AF_INET ? a->in.sin_port : a->in6.sin6_port);
}

const char *
addr_show(const union addr *a, enum form form, uint16_t asked,
    char text[static ADDR_TEXT])
{
	uint16_t port = addr_port(a);
	char ip[INET6_ADDRSTRLEN + 4];

	if (a->sa.sa_family != AF_INET && a->sa.sa_family != AF_INET6) {
		(void)snprintf(text, ADDR_TEXT, "-");
		return text;
	}
	show_ip(a, form, ip, sizeof(ip));
	(void)snprintf(text, ADDR_TEXT, "%s:%s", ip,
	    port == 0				     ? "0"
	    : port == asked			     ? "P"
	    : port < 1024			     ? "low"
	    : port == PORT_WILD || port == PORT_EACH ? "S"
						     : "*");
	return text;
}

const char *
addr_name(const char *text)
{
	const char *name = NULL;
	struct in6_addr ip6;
	struct in_addr ip4;

	if (inet_pton(AF_INET, text, &ip4) == 1)
		name = name4(ip4);
	else if (inet_pton(AF_INET6, text, &ip6) == 1)
		name = name6(&ip6);
	return name != NULL ? name : text;
}
