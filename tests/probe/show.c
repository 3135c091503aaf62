/* SPDX-License-Identifier: BSD-2-Clause */
/* What a process has, said without trying anything. */
#include <fcntl.h>
#include <linux/capability.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "probe.h"

/* Descriptors that are open, one line. */
static void
show_fds(void)
{
	int fd;

	(void)printf("fds:");
	for (fd = 0; fd < 4096; fd++) {
		if (fcntl(fd, F_GETFD) >= 0)
			(void)printf(" %d", fd);
	}
	(void)printf("\n");
}

static void
show_set(
    const char *name, const struct __user_cap_data_struct *d, size_t offset)
{
	const char *p = (const char *)d + offset;
	unsigned int low, high;

	memcpy(&low, p, sizeof(low));
	memcpy(&high, p + sizeof(*d), sizeof(high));
	(void)printf("%s: %08x%08x\n", name, high, low);
}

/* Capabilities by name of the set, as /proc/PID/status has them. */
static void
show_caps(void)
{
	struct __user_cap_header_struct head = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct d[2];
	unsigned long long ambient = 0;
	unsigned long cap;

	if (syscall(SYS_capget, &head, d) < 0) {
		perror("capget");
		exit(1);
	}
	show_set(
	    "CapInh", d, offsetof(struct __user_cap_data_struct, inheritable));
	show_set(
	    "CapPrm", d, offsetof(struct __user_cap_data_struct, permitted));
	show_set(
	    "CapEff", d, offsetof(struct __user_cap_data_struct, effective));
	for (cap = 0; cap <= CAP_LAST_CAP; cap++) {
		if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET, cap, 0, 0) > 0)
			ambient |= 1ULL << cap;
	}
	(void)printf("CapAmb: %016llx\n", ambient);
}

static const struct show {
	const char *name;
	void (*show)(void);
} shows[] = {
	{ "fds", show_fds },
	{ "caps", show_caps },
};

int
probe_show(const char *name)
{
	size_t i;

	for (i = 0; i < nitems(shows); i++) {
		if (strcmp(shows[i].name, name) == 0) {
			shows[i].show();
			return 1;
		}
	}
	return 0;
}
