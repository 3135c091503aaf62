/* SPDX-License-Identifier: BSD-2-Clause */
/* What a process has, said without trying anything. */
#include <fcntl.h>
#include <linux/capability.h>
#include <sched.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
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

/* What a process has got from its parent, one line each. */
static void
show_inherited(void)
{
	static const struct {
		const char *name;
		int which;
	} limits[] = {
		{ "limit nice", RLIMIT_NICE },
		{ "limit rtprio", RLIMIT_RTPRIO },
		{ "limit memlock", RLIMIT_MEMLOCK },
		{ "limit nofile", RLIMIT_NOFILE },
	};
	mode_t mask = umask(0);
	struct rlimit r;
	long io = syscall(SYS_ioprio_get, 1 /* process */, 0);
	size_t i;

	(void)printf("umask: %03o\n", (unsigned int)mask);
	(void)printf("nice: %d\n", getpriority(PRIO_PROCESS, 0));
	(void)printf("policy: %d\n", sched_getscheduler(0));
	(void)printf("io: %ld-%ld\n", io >> 13, io & 0xff);
	(void)printf(
	    "personality: %x\n", (unsigned int)personality(0xffffffffUL));
	for (i = 0; i < nitems(limits); i++) {
		if (getrlimit((__rlimit_resource_t)limits[i].which, &r) == 0)
			(void)printf("%s: %ld %ld\n", limits[i].name,
			    (long)r.rlim_cur, (long)r.rlim_max);
	}
}

static const struct show {
	const char *name;
	void (*show)(void);
} shows[] = {
	{ "fds", show_fds },
	{ "caps", show_caps },
	{ "inherited", show_inherited },
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
