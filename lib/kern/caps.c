/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Capability sets, by bare system calls: this is on the path of every start
 * and attach, where loading libcap would cost more than all it does here.
 */
#include <errno.h>
#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "caps.h"

#define SETS _LINUX_CAPABILITY_U32S_3

struct capsets {
	struct __user_cap_header_struct head;
	struct __user_cap_data_struct data[SETS];
};

#define CAPSETS_INIT                                                           \
	{                                                                      \
		.head.version = _LINUX_CAPABILITY_VERSION_3                    \
	}

int
caps_bound(uint64_t keep)
{
	unsigned int cap;

	for (cap = 0; cap < 64; cap++) {
		if ((keep >> cap & 1) != 0)
			continue;
		if (prctl(PR_CAPBSET_DROP, cap, 0, 0, 0) == 0)
			continue;
		/* EINVAL: newer than this kernel, and so are all above. */
		return errno == EINVAL ? 0 : -errno;
	}
	return 0;
}

int
caps_set(uint64_t caps)
{
	struct capsets s = CAPSETS_INIT;
	int i;

	/* EINVAL: before Linux 4.3, which has no such set. */
	if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) < 0 &&
	    errno != EINVAL)
		return -errno;
	if (syscall(SYS_capget, &s.head, s.data) < 0)
		return -errno;
	for (i = 0; i < SETS; i++) {
		s.data[i].permitted &= (uint32_t)(caps >> 32 * i);
		s.data[i].effective = s.data[i].permitted;
		s.data[i].inheritable = 0;
	}
	return syscall(SYS_capset, &s.head, s.data) < 0 ? -errno : 0;
}
