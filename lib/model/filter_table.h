/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The table of system calls: which rule answers which call, and why.  Pure.
 * Read by gen_filter at build time, and by the tests; the library has only
 * the runs of numbers that gen_filter makes of it.
 */
#ifndef MODEL_FILTER_TABLE_H
#define MODEL_FILTER_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What the filter answers. */
enum filter_rule {
	/* a verdict */
	F_ENOSYS, /* as if the kernel had no such call: libc falls back */
	F_ALLOW,
	F_EPERM,
	F_EAFNOSUPPORT,
	F_EPROTONOSUPPORT,
	F_ENOTTY, /* as if the file knew no such request */
	F_KILL, /* the process, with SIGSYS */
	/* a look at the arguments, ending in a verdict */
	F_CLONE,
	F_UNSHARE,
	F_PERSONALITY,
	F_IOCTL,
	F_IOCTL_TTY,
	F_IOCTL_SOCKET,
	F_IOCTL_BTRFS,
	F_SYSLOG_READ,
	F_SOCKET,
	F_INET_TYPE,
	F_INET6_TYPE,
	F_STREAM,
	F_DGRAM,
	F_DGRAM6,
	F_NETLINK,
	F_NETLINK_OWN,
	F_OTHER_AF,
	/* one of the above, by enum policy_open */
	F_SYSLOG,
	F_SYSVMSG,
	F_SYSVSEM,
	F_SYSVSHM,
	F_SYSVIPC,
	F_INET,
	F_INET6,
	F_AF,
	F_RAW,
	F_PACKET,
	F_NETLINK_AF,
	F_COUNT
};

#define FILTER_RUNS 256 /* at most so many an architecture */

/* The calls from this number on, up to the next run's, follow the rule. */
struct filter_run {
	uint32_t first;
	uint8_t rule; /* enum filter_rule */
};

struct filter_arch {
	uint32_t audit; /* AUDIT_ARCH_* */
	size_t nruns;
	const struct filter_run *run; /* run[0].first is 0 */
};

/*
 * Names are separated by blanks.  NAME=NUMBER is a call that libseccomp may
 * not know yet: from 424 on a number is the same on every architecture.
 */
struct filter_group {
	enum filter_rule rule;
	const char *why;
	const char *names;
};

/* A name of the table. */
struct filter_word {
	const struct filter_group *group; /* NULL: start, or end */
	const char *name; /* len bytes, not ended by a NUL */
	size_t len;
	int nr; /* the number given, or -1 */
};

/* Step to the next name, from { 0 } on.  False after the last one. */
bool filter_word_next(struct filter_word *w);

/* Find a call by name or, where name is NULL, by a number given. */
bool filter_word_find(struct filter_word *w, const char *name, int nr);

#endif
