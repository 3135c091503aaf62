/* SPDX-License-Identifier: BSD-2-Clause */
/* Scope attributes for memory and descriptors, and handing over. */
#ifndef UTIL_CLEANUP_H
#define UTIL_CLEANUP_H

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

/* Close a descriptor unless it is -1; errno is kept. */
static inline void
close_fd(int fd)
{
	int err = errno;

	if (fd >= 0)
		(void)close(fd); /* nothing can be done about it */
	errno = err;
}

static inline void
cleanup_close(int *fd)
{
	close_fd(*fd);
	*fd = -1;
}

static inline void
cleanup_free(void *p)
{
	int err = errno;

	free(*(void **)p);
	errno = err;
}

/* Hand a descriptor over: the variable forgets it. */
static inline int
take_fd(int *fd)
{
	int r = *fd;

	*fd = -1;
	return r;
}

/* Hand a pointer over: the variable forgets it. */
#define take_ptr(p)                                                            \
	__extension__({                                                        \
		__typeof__(p) *take_from = &(p);                               \
		__typeof__(p) taken = *take_from;                              \
		*take_from = NULL;                                             \
		taken;                                                         \
	})

#define auto_close __attribute__((cleanup(cleanup_close)))
#define auto_free __attribute__((cleanup(cleanup_free)))

#define nitems(a) (sizeof(a) / sizeof((a)[0]))

#endif
