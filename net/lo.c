/* SPDX-License-Identifier: BSD-2-Clause */
/* lo: the loopback interface of a network namespace. */
#include <errno.h>
#include <net/if.h>

#include "jerr.h"
#include "nl.h"
#include "verbs.h"

/* lo, with the namespace as descriptor 3: up. */
int
verb_lo(char *const *words, struct jerr *e)
{
	auto_nl struct nl nl = NL_INIT;
	struct nl_request req;
	struct nl_link lo;
	struct ifinfomsg *info;
	int r;

	(void)words;
	if ((r = nl_open(&nl, VERB_FD)) < 0)
		return jerr_sys(e, -r, "network namespace");
	if ((r = nl_link_get(&nl, "lo", 0, &lo)) < 0)
		return jerr_sys(e, -r, "lo");
	info = nl_begin(&req, RTM_NEWLINK, 0, sizeof(*info));
	info->ifi_index = lo.index;
	info->ifi_flags = info->ifi_change = IFF_UP;
	if ((r = nl_talk(&nl, &req)) < 0)
		return jerr_sys(e, -r, "lo");
	return 0;
}
