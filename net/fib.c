/* SPDX-License-Identifier: BSD-2-Clause */
/* fib: is there a rule for a mark of sockets? */
#include <errno.h>
#include <linux/fib_rules.h>
#include <stdlib.h>

#include "cleanup.h"
#include "jerr.h"
#include "nl.h"
#include "verbs.h"

static int
is_for_mark(const struct nlmsghdr *m, void *arg)
{
	const struct nlattr *mark =
	    nl_attr(m, sizeof(struct fib_rule_hdr), FRA_FWMARK);
	uint32_t *wanted = arg;

	if (mark != NULL && mnl_attr_get_u32(mark) == *wanted)
		*wanted = 0;
	return 0;
}

int
verb_fib(char *const *words, struct jerr *e)
{
	static const uint8_t families[] = { AF_INET, AF_INET6 };
	uint32_t number = (uint32_t)strtoul(words[0], NULL, 10), left = number;
	auto_nl struct nl nl = NL_INIT;
	struct nl_request req;
	struct fib_rule_hdr *head;
	size_t i;
	int r;

	if ((r = nl_open(&nl, -1)) < 0)
		return jerr_sys(e, -r, "routing rules");
	for (i = 0; i < nitems(families); i++) {
		head = nl_begin(&req, RTM_GETRULE, NLM_F_DUMP, sizeof(*head));
		head->family = families[i];
		r = nl_ask(&nl, &req, is_for_mark, &left);
		if (r < 0 && r != -EAFNOSUPPORT && r != -EOPNOTSUPP)
			return jerr_sys(e, -r, "routing rules");
	}
	if (left == 0)
		return 0;
	return jerr(e, ENOENT,
	    "exec.fib: no rule sends sockets with mark %u to a routing table: "
	    "make one (ip rule add fwmark %u table %u)",
	    number, number, number);
}
