/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "cleanup.h"
#include "landlock.h"

/* Of the kernel's interface; the build's headers may be older. */
#define RULESET_VERSION 1U
#define ABI_SCOPES 6
#define SCOPE_ABSTRACT_UNIX 1U

struct ruleset {
	uint64_t files, network, scopes;
};

bool
landlock_has_scopes(void)
{
	return syscall(SYS_landlock_create_ruleset, NULL, 0, RULESET_VERSION) >=
	       ABI_SCOPES;
}

int
landlock_scope_abstract(void)
{
	const struct ruleset rules = { .scopes = SCOPE_ABSTRACT_UNIX };
	auto_close int fd =
	    (int)syscall(SYS_landlock_create_ruleset, &rules, sizeof(rules), 0);

	if (fd < 0 || syscall(SYS_landlock_restrict_self, fd, 0) < 0)
		return -errno;
	return 0;
}
