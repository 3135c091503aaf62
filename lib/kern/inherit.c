/* SPDX-License-Identifier: BSD-2-Clause */
/* What a process must not take along. */
#include <errno.h>
#include <fcntl.h>
#include <linux/ioprio.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/personality.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "cleanup.h"
#include "inherit.h"
#include "io.h"

#define MLOCK_MAX (8UL << 20) /* the kernel's MLOCK_LIMIT */
#define PERSONA_UNSAFE                                                         \
	(READ_IMPLIES_EXEC | ADDR_NO_RANDOMIZE | ADDR_COMPAT_LAYOUT |          \
	    MMAP_PAGE_ZERO)

int
inherit_oom(int dirfd, const char *file)
{
	char text[16];
	ssize_t n = io_readat(dirfd, file, text, sizeof(text));

	if (n < 0)
		return (int)n;
	return strtol(text, NULL, 10) < 0 ? io_writeat(dirfd, file, "0\n") : 0;
}

/* libc refuses these two where it is POSIX to the letter: musl. */
int
inherit_scheduler(void)
{
	const struct sched_param none = { 0 };
	long policy = syscall(SYS_sched_getscheduler, 0);

	if (policy < 0)
		return -errno;
	policy &= ~(long)SCHED_RESET_ON_FORK;
	if (policy == SCHED_OTHER || policy == SCHED_BATCH ||
	    policy == SCHED_IDLE)
		return 0;
	return syscall(SYS_sched_setscheduler, 0, SCHED_OTHER, &none) < 0
		   ? -errno
		   : 0;
}

int
inherit_io(void)
{
	long prio = syscall(SYS_ioprio_get, IOPRIO_WHO_PROCESS, 0);

	/* ENOSYS: a kernel without block devices */
	if (prio < 0)
		return errno == ENOSYS ? 0 : -errno;
	if (IOPRIO_PRIO_CLASS(prio) != IOPRIO_CLASS_RT)
		return 0;
	return syscall(SYS_ioprio_set, IOPRIO_WHO_PROCESS, 0, 0) < 0 ? -errno
								     : 0;
}

int
inherit_limits(bool mlock)
{
	static const struct rlimit none = { 0, 0 };
	static const struct rlimit all = { RLIM_INFINITY, RLIM_INFINITY };
	struct rlimit lock;

	if (setrlimit(RLIMIT_NICE, &none) < 0 ||
	    setrlimit(RLIMIT_RTPRIO, &none) < 0)
		return -errno;
	if (mlock)
		return setrlimit(RLIMIT_MEMLOCK, &all) < 0 ? -errno : 0;
	if (getrlimit(RLIMIT_MEMLOCK, &lock) < 0)
		return -errno;
	if (lock.rlim_max <= MLOCK_MAX)
		return 0;
	lock.rlim_max = MLOCK_MAX;
	if (lock.rlim_cur > MLOCK_MAX)
		lock.rlim_cur = MLOCK_MAX;
	return setrlimit(RLIMIT_MEMLOCK, &lock) < 0 ? -errno : 0;
}

int
inherit_personality(void)
{
	int now = personality(0xffffffffUL);

	if (now < 0)
		return -errno;
	if ((now & PERSONA_UNSAFE) == 0)
		return 0;
	return personality((unsigned long)now & ~PERSONA_UNSAFE) < 0 ? -errno
								     : 0;
}
