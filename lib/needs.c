/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a parameter needs of the host to have its effect.  Where the host
 * does not give it, the value is refused with the way out, as one that is
 * stored and without effect would be a promise.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cleanup.h"
#include "core.h"
#include "io.h"
#include "jerr.h"
#include "ns.h"

#define PING_RANGE "/proc/sys/net/ipv4/ping_group_range"

/* A number in a file of /proc/sys. */
static int
read_sysctl(enum param_id id, const char *path, long *ret, struct jerr *e)
{
	char text[32];
	ssize_t n = io_readat(AT_FDCWD, path, text, sizeof(text));

	if (n < 0)
		return jerr_sys(e, (int)-n, "%s: %s", param(id)->name, path);
	*ret = strtol(text, NULL, 10);
	return 0;
}

/* A capability may be there and not count: it is tried, by a child. */
static int
need_lock_limit(const struct pset *now, struct jerr *e)
{
	const struct rlimit none = { RLIM_INFINITY, RLIM_INFINITY };
	int status = 0;
	pid_t pid = ns_fork(0, -1, NULL);

	(void)now;
	if (pid == 0)
		_exit(setrlimit(RLIMIT_MEMLOCK, &none) < 0);
	if (pid < 0)
		return jerr_sys(e, -pid, "clone");
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (status == 0)
		return 0;
	return jerr(e, EPERM,
	    "allow.mlock: to lift the limit of locked memory takes "
	    "CAP_SYS_RESOURCE, which root does not have here: start jail(8) "
	    "with it, or with \"ulimit -l unlimited\"");
}

static int
need_messages(const struct pset *now, struct jerr *e)
{
	long restricted = 0;
	int r = read_sysctl(P_ALLOW_READ_MSGBUF,
	    "/proc/sys/kernel/dmesg_restrict", &restricted, e);

	(void)now;
	if (r < 0 || restricted == 0)
		return r;
	return jerr(e, ENOTSUP,
	    "allow.read_msgbuf: with kernel.dmesg_restrict=%ld the kernel "
	    "keeps its messages from every jail: set it to 0 with sysctl(8)",
	    restricted);
}

/*
 * Sockets of ICMP echo are for groups that the host names; those of jails
 * are beyond what people have.
 */
static int
need_ping_range(const struct pset *now, struct jerr *e)
{
	long low = 1, high = 0;
	char text[64];

	if (pset_is(now, P_USERNS, "inherit") || pset_is(now, P_VNET, "new"))
		return 0;
	if (io_readat(AT_FDCWD, PING_RANGE, text, sizeof(text)) > 0)
		(void)sscanf(text, "%ld %ld", &low, &high);
	if (low <= (long)IDMAP_FIRST && high >= INT32_MAX)
		return 0;
	return jerr(e, ENOTSUP,
	    "allow.raw_sockets: ping needs net.ipv4.ping_group_range=\"0 "
	    "2147483647\" on this host (it is \"%ld %ld\"; see sysctl(8)), "
	    "and true raw sockets need userns=inherit",
	    low, high);
}

/* The BPF programs see to it, but for a stack that is not theirs. */
static int
need_own_ports(const struct pset *now, struct jerr *e)
{
	if (!pset_is(now, P_VNET, "new"))
		return 0;
	return jerr(e, ENOTSUP,
	    "allow.noreserved_ports: the root of a vnet jail settles it "
	    "(net.ipv4.ip_unprivileged_port_start of its own)");
}

/* A user namespace has no say over what the inode of a file has. */
static int
need_flags(const struct pset *now, struct jerr *e)
{
	if (!idmap_is_own(now))
		return 0;
	return jerr(e, ENOTSUP,
	    "allow.chflags: Linux leaves these flags to root of the host "
	    "alone: it needs userns=inherit");
}

static int
need_hostname(const struct pset *now, struct jerr *e)
{
	if (idmap_is_own(now))
		return 0;
	return jerr(e, ENOTSUP,
	    "allow.set_hostname: a jail with userns=inherit cannot set its "
	    "name: use jail -m host.hostname=NAME on the host");
}

static const struct need {
	enum param_id id;
	const char *value;
	int (*check)(const struct pset *now, struct jerr *e);
} needs[] = {
	{ P_ALLOW_CHFLAGS, "true", need_flags },
	{ P_ALLOW_MLOCK, "true", need_lock_limit },
	{ P_ALLOW_RAW_SOCKETS, "true", need_ping_range },
	{ P_ALLOW_READ_MSGBUF, "true", need_messages },
	{ P_ALLOW_RESERVED_PORTS, "false", need_own_ports },
	{ P_ALLOW_SET_HOSTNAME, "true", need_hostname },
};

int
jail_check_needs(
    const struct pset *wanted, const struct pset *now, struct jerr *e)
{
	size_t i;
	int r = 0;

	for (i = 0; r == 0 && i < nitems(needs); i++) {
		if (pset_has(wanted, needs[i].id) &&
		    pset_is(wanted, needs[i].id, needs[i].value))
			r = needs[i].check(now, e);
	}
	return r;
}
