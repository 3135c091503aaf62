/* SPDX-License-Identifier: BSD-2-Clause */
/* Which namespaces a jail has of its own. */
#include <sched.h>

#include "cleanup.h"
#include "core.h"

static const struct space {
	uint64_t flag;
	/* it is the host's where one of these has the value */
	enum param_id id[3];
	size_t n;
	const char *hosts;
} spaces[] = {
	{ CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWCGROUP, { 0 }, 0, NULL },
	{ CLONE_NEWUSER, { P_USERNS }, 1, "inherit" },
	{ CLONE_NEWUTS, { P_HOST }, 1, "inherit" },
	{ CLONE_NEWNET, { P_VNET }, 1, "inherit" },
	/* Linux has one for all three */
	{ CLONE_NEWIPC, { P_SYSVMSG, P_SYSVSEM, P_SYSVSHM }, 3, "inherit" },
};

uint64_t
jail_namespaces(const struct pset *params)
{
	uint64_t own = 0;
	size_t i, k;

	for (i = 0; i < nitems(spaces); i++) {
		const struct space *s = &spaces[i];

		for (k = 0; k < s->n; k++) {
			if (pset_is(params, s->id[k], s->hosts))
				break;
		}
		if (k == s->n)
			own |= s->flag;
	}
	return own;
}
