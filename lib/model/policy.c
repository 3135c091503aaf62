/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * FreeBSD's prison_priv_check(), as far as Linux has the same things: each
 * capability with what it is for and which parameters give it.
 *
 * With userns=new a capability reaches what the jail's own user namespace
 * owns, and files of idmapped mounts.  What the kernel asks of the host's
 * root ("capable()": clocks, modules, limits, devices...) stays closed
 * whatever is here.
 *
 * With userns=inherit nothing of that holds: the jail's root is the host's,
 * bounded by this table, the filter and its other namespaces alone.  So what
 * is safe only in an own user namespace says BY_USERNS or BY_*_USERNS, and
 * what is ALWAYS must reach nothing but files below path (whose owner root is
 * anyway), processes of the pid namespace and objects of the ipc namespace.
 */
#include <assert.h>
#include <linux/capability.h>

#include "cleanup.h"
#include "policy.h"
#include "pset.h"

/* What a bit of the policy depends on. */
enum grant {
	NEVER,
	ALWAYS,
	BY_USERNS,
	BY_HOSTNAME_USERNS,
	BY_VNET,
	BY_VNET_USERNS,
	BY_MSGBUF_USERNS,
	BY_RAW,
	BY_RAW_HOST,
	BY_PORTS,
	BY_MLOCK,
	BY_CHFLAGS,
	BY_MSGBUF,
	BY_INET,
	BY_INET6,
	BY_SOCKET_AF,
	BY_SYSVMSG,
	BY_SYSVSEM,
	BY_SYSVSHM,
};

/* The parameter has the value is, if given, and has not isnt, if given. */
struct need {
	enum param_id id;
	const char *is, *isnt;
};

#define NEEDS 3

/* A grant holds when all needs of one of its rows do. */
static const struct {
	enum grant grant;
	struct need need[NEEDS];
} rows[] = {
	{ ALWAYS, { { 0 } } },
	{ BY_USERNS, { { P_USERNS, "new", NULL } } },
	{ BY_HOSTNAME_USERNS, { { P_ALLOW_SET_HOSTNAME, "true", NULL },
				  { P_USERNS, "new", NULL } } },
	{ BY_VNET, { { P_VNET, "new", NULL } } },
	{ BY_VNET_USERNS,
	    { { P_VNET, "new", NULL }, { P_USERNS, "new", NULL } } },
	{ BY_RAW, { { P_ALLOW_RAW_SOCKETS, "true", NULL } } },
	{ BY_RAW, { { P_VNET, "new", NULL } } },
	/* the host's stack asks for the host's own capability */
	{ BY_RAW_HOST, { { P_ALLOW_RAW_SOCKETS, "true", NULL },
			   { P_USERNS, "inherit", NULL } } },
	{ BY_RAW_HOST, { { P_VNET, "new", NULL } } },
	{ BY_PORTS, { { P_ALLOW_RESERVED_PORTS, "true", NULL } } },
	{ BY_MLOCK, { { P_ALLOW_MLOCK, "true", NULL } } },
	/* securelevel 1 and up: nobody changes system flags */
	{ BY_CHFLAGS,
	    { { P_ALLOW_CHFLAGS, "true", NULL }, { P_USERNS, "inherit", NULL },
		{ P_SECURELEVEL, "-1", NULL } } },
	{ BY_CHFLAGS,
	    { { P_ALLOW_CHFLAGS, "true", NULL }, { P_USERNS, "inherit", NULL },
		{ P_SECURELEVEL, "0", NULL } } },
	{ BY_MSGBUF, { { P_ALLOW_READ_MSGBUF, "true", NULL } } },
	{ BY_MSGBUF_USERNS, { { P_ALLOW_READ_MSGBUF, "true", NULL },
				{ P_USERNS, "new", NULL } } },
	{ BY_INET, { { P_IP4, NULL, "disable" } } },
	{ BY_INET, { { P_VNET, "new", NULL } } },
	{ BY_INET6, { { P_IP6, NULL, "disable" } } },
	{ BY_INET6, { { P_VNET, "new", NULL } } },
	{ BY_SOCKET_AF, { { P_ALLOW_SOCKET_AF, "true", NULL } } },
	{ BY_SYSVMSG, { { P_SYSVMSG, NULL, "disable" } } },
	{ BY_SYSVSEM, { { P_SYSVSEM, NULL, "disable" } } },
	{ BY_SYSVSHM, { { P_SYSVSHM, NULL, "disable" } } },
};

static const struct {
	enum grant grant;
	const char *why;
} caps[] = {
	[CAP_CHOWN] = { ALWAYS, "PRIV_VFS_CHOWN" },
	[CAP_DAC_OVERRIDE] = { ALWAYS, "PRIV_VFS_READ, WRITE, EXEC, LOOKUP" },
	[CAP_DAC_READ_SEARCH] = { NEVER,
	    "DAC_OVERRIDE has all of it but handles (PRIV_VFS_FHOPEN)" },
	[CAP_FOWNER] = { ALWAYS, "PRIV_VFS_ADMIN, STICKYFILE" },
	[CAP_FSETID] = { ALWAYS, "PRIV_VFS_RETAINSUGID, SETGID" },
	[CAP_KILL] = { ALWAYS, "PRIV_SIGNAL_*" },
	[CAP_SETGID] = { ALWAYS, "PRIV_CRED_SET*GID, SETGROUPS" },
	[CAP_SETUID] = { ALWAYS, "PRIV_CRED_SET*UID" },
	[CAP_SETPCAP] = { ALWAYS, "daemons give capabilities up with it" },
	[CAP_LINUX_IMMUTABLE] = { BY_CHFLAGS,
	    "PRIV_VFS_SYSFLAGS; capable(): without effect in a namespace" },
	[CAP_NET_BIND_SERVICE] = { BY_PORTS, "PRIV_NETINET_RESERVEDPORT" },
	[CAP_NET_BROADCAST] = { BY_VNET_USERNS, "netlink's own broadcasts" },
	[CAP_NET_ADMIN] = { BY_VNET_USERNS, "PRIV_NET_* of an own stack" },
	[CAP_NET_RAW] = { BY_RAW, "PRIV_NETINET_RAW" },
	[CAP_IPC_LOCK] = { BY_MLOCK, "PRIV_VM_MLOCK, MUNLOCK" },
	[CAP_IPC_OWNER] = { ALWAYS,
	    "PRIV_IPC_*, PRIV_MQ_ADMIN: the host's with sysv*=inherit alone" },
	[CAP_SYS_MODULE] = { NEVER, "PRIV_KLD_*" },
	[CAP_SYS_RAWIO] = { NEVER, "PRIV_IO, PRIV_KMEM_WRITE" },
	[CAP_SYS_CHROOT] = { ALWAYS, "PRIV_VFS_CHROOT, FCHROOT" },
	/*
	 * The warden and whoever is entering are of the host's user namespace
	 * until they exec: of another one, it does not reach them.
	 */
	[CAP_SYS_PTRACE] = { BY_USERNS,
	    "PRIV_DEBUG_*: the pid namespace leaves its own processes" },
	[CAP_SYS_PACCT] = { NEVER, "PRIV_ACCT" },
	/*
	 * sethostname(2) asks for it.  All else that it opens in a user
	 * namespace is closed: namespaces, mounts, fanotify, handles and
	 * quotas by the filter; mounts once more, the pid and the cgroup
	 * namespace as the host owns them; file system ioctls and attributes
	 * as every superblock is the host's; sysctls as /proc/sys is
	 * read-only.  What is left (a filter without no_new_privs, System V
	 * objects of other users) is the jail's own.
	 */
	[CAP_SYS_ADMIN] = { BY_HOSTNAME_USERNS, "sethostname(2)" },
	[CAP_SYS_BOOT] = { NEVER, "PRIV_REBOOT; it would end the warden" },
	[CAP_SYS_NICE] = { BY_USERNS,
	    "PRIV_SCHED_DIFFCRED; raising (SETPRIORITY, RTPRIO) is capable()" },
	[CAP_SYS_RESOURCE] = { NEVER,
	    "raising limits is capable(); it would lift user.max_*" },
	[CAP_SYS_TIME] = { NEVER, "PRIV_CLOCK_SETTIME: the clock is shared" },
	[CAP_SYS_TTY_CONFIG] = { NEVER, "PRIV_TTY_*" },
	[CAP_MKNOD] = { NEVER, "PRIV_VFS_MKNOD_DEV" },
	[CAP_LEASE] = { NEVER, "a lease delays whoever shares the file" },
	[CAP_AUDIT_WRITE] = { NEVER, "PRIV_AUDIT_SUBMIT; no audit socket" },
	[CAP_AUDIT_CONTROL] = { NEVER, "PRIV_AUDIT_CONTROL" },
	[CAP_SETFCAP] = { ALWAYS,
	    "packages carry file capabilities; for others as set-user-ID" },
	[CAP_MAC_OVERRIDE] = { NEVER, "PRIV_MAC_*" },
	[CAP_MAC_ADMIN] = { NEVER, "PRIV_MAC_*" },
	[CAP_SYSLOG] = { BY_MSGBUF_USERNS,
	    "PRIV_MSGBUF; for the host's root it shows kernel addresses" },
	[CAP_WAKE_ALARM] = { NEVER, "wakes the machine up" },
	[CAP_BLOCK_SUSPEND] = { NEVER, "keeps the machine from sleep" },
	[CAP_AUDIT_READ] = { NEVER, "PRIV_AUDIT_CONTROL" },
	[CAP_PERFMON] = { NEVER, "PRIV_PMC_*" },
	[CAP_BPF] = { NEVER, "programs in the host's kernel" },
	[CAP_CHECKPOINT_RESTORE] = { NEVER, "chooses pids; see SYS_ADMIN" },
};
static_assert(nitems(caps) == CAP_LAST_CAP + 1, "a row per capability");
static_assert(nitems(caps) <= 64, "policy.caps holds them");

static const struct {
	enum policy_open open;
	enum grant grant;
} opens[] = {
	{ OPEN_INET, BY_INET },
	{ OPEN_INET6, BY_INET6 },
	{ OPEN_SOCKET_AF, BY_SOCKET_AF },
	{ OPEN_SYSVMSG, BY_SYSVMSG },
	{ OPEN_SYSVSEM, BY_SYSVSEM },
	{ OPEN_SYSVSHM, BY_SYSVSHM },
	{ OPEN_MSGBUF, BY_MSGBUF },
	{ OPEN_VNET, BY_VNET },
	{ OPEN_RAW, BY_RAW_HOST },
};
static_assert(1 << (nitems(opens) - 1) == OPEN_RAW, "a row per bit");

static bool
met(const struct need *need, const struct pset *params)
{
	if (need->is != NULL && !pset_is(params, need->id, need->is))
		return false;
	return need->isnt == NULL || !pset_is(params, need->id, need->isnt);
}

static bool
granted(enum grant grant, const struct pset *params)
{
	size_t i, k;

	for (i = 0; i < nitems(rows); i++) {
		if (rows[i].grant != grant)
			continue;
		for (k = 0; k < NEEDS && met(&rows[i].need[k], params); k++)
			;
		if (k == NEEDS)
			return true;
	}
	return false;
}

void
policy_get(struct policy *ret, const struct pset *params)
{
	struct policy p = { .mlock = granted(BY_MLOCK, params) };
	size_t i;

	for (i = 0; i < nitems(opens); i++) {
		if (granted(opens[i].grant, params))
			p.open |= opens[i].open;
	}
	/* allow.nosuser: root is a user like any other. */
	for (i = 0; i < nitems(caps) && pset_bool(params, P_ALLOW_SUSER); i++) {
		if (granted(caps[i].grant, params))
			p.caps |= UINT64_C(1) << i;
	}
	*ret = p;
}
