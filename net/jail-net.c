/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * jail-net VERB [WORD ...]: interfaces, addresses and routes, for libjail.
 *
 * Exit status 0, or 1 with one sentence on standard error.  Descriptors that
 * a verb works on begin with 3.
 */
#include <stdio.h>
#include <string.h>

#include "cleanup.h"
#include "jerr.h"
#include "verbs.h"

static const struct verb {
	const char *name;
	int min, max; /* how many words follow; -1: any number */
	verb_fn *run;
	const char *usage;
} verbs[] = {
	{ "alias-add", 2, -1, verb_alias_add,
	    "alias-add COOKIE IFINDEX,ADDR/PREFIX[,BROADCAST]... 3<LOCK 4>&1" },
	{ "alias-del", 2, -1, verb_alias_del,
	    "alias-del COOKIE IFINDEX,ADDR... 3<LOCK [4<NETNS]" },
	{ "fib", 1, 1, verb_fib, "fib NUMBER" },
	{ "give", 1, -1, verb_give, "give HOME,INSIDE,NAME... 3<JAIL 4<HOME" },
	{ "pair", 6, -1, verb_pair,
	    "pair BRIDGE NAME MAC ALIAS INNER MAC [addr ADDR/LEN | via "
	    "GATEWAY]... 3<JAIL" },
	{ "take", 1, -1, verb_take, "take HOME,INSIDE,NAME... 3<JAIL" },
	{ "unpair", 2, 2, verb_unpair, "unpair NAME MARK 3<HOME" },
};

static int
usage(void)
{
	size_t i;

	for (i = 0; i < nitems(verbs); i++)
		(void)fprintf(stderr, "%s jail-net %s\n",
		    i == 0 ? "usage:" : "      ", verbs[i].usage);
	return 1;
}

int
main(int argc, char **argv)
{
	struct jerr e;
	size_t i;

	for (i = 0; argc > 1 && i < nitems(verbs); i++) {
		const struct verb *v = &verbs[i];

		if (strcmp(argv[1], v->name) != 0)
			continue;
		if (argc - 2 < v->min || (v->max >= 0 && argc - 2 > v->max))
			break;
		if (v->run(argv + 2, &e) >= 0)
			return 0;
		(void)fprintf(stderr, "%s\n", e.msg);
		return 1;
	}
	return usage();
}
