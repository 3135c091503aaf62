/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Entering a jail.
 *
 * Everything is opened outside, then a process enters step by step:
 *
 *	join	it is made in the payload's cgroup, and only then looks at
 *		the jail's state: a removal that began before sees it, one
 *		that begins later kills it
 *	hide	not dumpable before the first setns: no process of the jail
 *		may ptrace it or look into its /proc directory; and again after
 *		each change of ids, which may undo it (fs.suid_dumpable)
 *	shed	what is the caller's alone: priority, protection, limits
 *	setns	user namespace first (the kernel orders them), then the rest,
 *		by the warden's pidfd: never by pid, never by path
 *	ids	the user's, with the capabilities that are needed yet, while no
 *		process of the jail can see it: it is not in the jail's pid
 *		namespace
 *
 * and forks the program's process, which is, drops the rest and execs.
 */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "caps.h"
#include "cg.h"
#include "cleanup.h"
#include "inherit.h"
#include "jerr.h"
#include "landlock.h"
#include "lsm.h"
#include "ns.h"
#include "policy.h"
#include "seccomp.h"
#include "spawn.h"

void
entry_done(struct entry *en)
{
	record_done(&en->rec);
	jail_done(&en->jail);
	cleanup_close(&en->payload);
	cleanup_close(&en->warden);
}

int
entry_open(int jid, struct entry *ret, struct jerr *e)
{
	struct entry en = {
		.jail = JAIL_INIT,
		.payload = -1,
		.warden = -1,
	};
	pid_t pid;
	int r;

	if (geteuid() != 0)
		return jerr(e, EPERM,
		    "jail_attach(%d): Operation not "
		    "permitted",
		    jid);
	if ((r = jail_find(jid, false, &en.jail, e)) < 0)
		return r;
	if ((r = en.payload = cg_open(en.jail.dir, "payload")) < 0 ||
	    (r = jail_warden(&en.jail, &pid, &en.warden)) < 0 ||
	    (r = store_read(en.jail.dir, true, &en.rec)) < 0) {
		entry_done(&en);
		return jerr(
		    e, r == -ENOMEM ? ENOMEM : ESRCH, "jail %d is dying", jid);
	}
	/* of the network: the caller may have come from another one */
	en.namespaces = jail_namespaces(&en.rec.params) | CLONE_NEWNET;
	/* what a child inherits is its parent's, not the caller's */
	if (en.jail.parent != 0)
		en.namespaces |= CLONE_NEWIPC | CLONE_NEWUTS;
	policy_get(&en.policy, &en.rec.params);
	en.is_scoped = lsm_is_scoped(&en.rec.params);
	*ret = en;
	return 0;
}

static int
shed_oom(void)
{
	auto_close int proc = -1;

	if (inherit_oom(AT_FDCWD, "/proc/self/oom_score_adj") == 0)
		return 0;
	/* nothing may be there, or it may be read-only */
	if ((proc = ns_proc()) < 0)
		return proc;
	return inherit_oom(proc, "self/oom_score_adj");
}

/* What stays with the caller; see inherit.h. */
static const struct shed {
	const char *step;
	int (*run)(void);
} sheds[] = {
	{ "oom_score_adj", shed_oom },
	{ "scheduler", inherit_scheduler },
	{ "ioprio", inherit_io },
	{ "personality", inherit_personality },
};

static int
shed(const struct policy *policy, const char **ret_step)
{
	size_t i;
	int r;

	for (i = 0; i < nitems(sheds); i++) {
		*ret_step = sheds[i].step;
		if ((r = sheds[i].run()) < 0)
			return r;
	}
	*ret_step = policy->mlock ? "allow.mlock" : "setrlimit";
	return inherit_limits(policy->mlock);
}

int
entry_enter(const struct entry *en, const char **ret_step)
{
	int r;

	*ret_step = "jail is dying";
	if (!jail_is_alive(&en->jail))
		return -ESRCH;
	*ret_step = "keyring";
	if ((r = ns_new_keyring()) < 0)
		return r;
	if ((r = shed(&en->policy, ret_step)) < 0)
		return r;
	*ret_step = "dumpable";
	if ((r = ns_hide()) < 0)
		return r;
	jails_forget();
	*ret_step = "setns";
	return setns(en->warden, (int)en->namespaces) < 0 ? -errno : 0;
}

/*
 * With userns=inherit what is not given up is the host's: beside what the
 * jail's root has, only what entry_confine() and the end of the program need.
 */
#define BIT(cap) (UINT64_C(1) << (cap))
#define LAST_CAPS (BIT(CAP_SETPCAP) | BIT(CAP_SYS_ADMIN) | BIT(CAP_KILL))

int
entry_become(const struct entry *en, const struct jailx_user *user,
    const char **ret_step)
{
	uid_t uid = user != NULL ? user->uid : 0;
	gid_t gid = user != NULL ? user->gid : 0;
	int r;

	*ret_step = "dumpable";
	if ((r = ns_hide()) < 0)
		return r;
	*ret_step = "setuid";
	/* capabilities survive the change of uid until the exec */
	if (prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) < 0 ||
	    setgroups(user != NULL ? user->ngroups : 0,
		user != NULL ? user->groups : NULL) < 0 ||
	    setresgid(gid, gid, gid) < 0 || setresuid(uid, uid, uid) < 0)
		return -errno;
	*ret_step = "capabilities";
	if ((r = caps_set(en->policy.caps | LAST_CAPS)) < 0)
		return r;
	*ret_step = "dumpable";
	return ns_hide();
}

int
entry_confine(const struct entry *en, const struct sock_filter *prog, size_t n,
    bool is_root, const char **ret_step)
{
	int r;

	*ret_step = "capabilities";
	if ((r = caps_bound(en->policy.caps)) < 0)
		return r;
	/* both need CAP_SYS_ADMIN, which goes next */
	*ret_step = "landlock";
	if (en->is_scoped && (r = landlock_scope_abstract()) < 0)
		return r;
	*ret_step = "seccomp";
	if ((r = seccomp_load(prog, n)) < 0)
		return r;
	*ret_step = "capabilities";
	return caps_set(is_root ? en->policy.caps : 0);
}
