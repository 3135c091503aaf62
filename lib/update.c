/* SPDX-License-Identifier: BSD-2-Clause */
/* Changing a running jail. */
#include <errno.h>
#include <sched.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "above.h"
#include "buf.h"
#include "cg.h"
#include "cleanup.h"
#include "core.h"
#include "jerr.h"
#include "name.h"
#include "net.h"
#include "ns.h"

static const struct limited {
	enum param_id id;
	const char *value;
} limited[] = {
	{ P_HOST, "disable" },
};

static bool
is_default(const struct pset *params, enum param_id id)
{
	const char *def = param(id)->def;

	if (param(id)->type == JAILX_LIST || def == NULL)
		return pset_count(params, id) == 0;
	return pset_is(params, id, def);
}

/* Its root could stop who makes a child, which is in its pid namespace then. */
static int
no_children(struct jerr *e)
{
	return jerr(
	    e, ENOTSUP, "children.max: not supported yet with userns=inherit");
}

int
jail_check_supported(const struct pset *params, struct jerr *e)
{
	long rules = pset_int(params, P_DEVFS_RULESET);
	enum param_id id;
	size_t i;

	for (id = 0; id < P_COUNT; id++) {
		if (!pset_has(params, id))
			continue;
		if ((param(id)->flags & JAILX_RDONLY) != 0)
			return jerr(
			    e, EINVAL, "%s: is read-only", param(id)->name);
		if ((param(id)->flags & JAILX_LATER) != 0 &&
		    !is_default(params, id))
			return jerr(e, ENOTSUP, "%s: not supported yet",
			    param(id)->name);
	}
	for (i = 0; i < nitems(limited); i++) {
		if (pset_is(params, limited[i].id, limited[i].value))
			return jerr(e, ENOTSUP, "%s=%s: not supported yet",
			    param(limited[i].id)->name, limited[i].value);
	}
	if (pset_is(params, P_USERNS, "disable"))
		return jerr(e, EINVAL,
		    "userns: \"disable\" is none of its values (new, "
		    "inherit)");
	if (pset_is(params, P_USERNS, "inherit") &&
	    pset_int(params, P_CHILDREN_MAX) > 0)
		return no_children(e);
	if (rules != 0 && rules != 4)
		return jerr(e, ENOTSUP,
		    "devfs_ruleset=%ld: only 4 is "
		    "supported yet",
		    rules);
	return 0;
}

static bool
same_value(const struct pset *a, const struct pset *b, enum param_id id)
{
	size_t i, n = pset_count(a, id);

	if (n != pset_count(b, id))
		return false;
	for (i = 0; i < n; i++) {
		if (strcmp(pset_get(a, id, i), pset_get(b, id, i)) != 0)
			return false;
	}
	return true;
}

/* Create-only ones may be given if they do not change; jid is exempt. */
static int
check_fixed(const struct pset *now, const struct pset *wanted, struct jerr *e)
{
	enum param_id id;

	for (id = 0; id < P_COUNT; id++) {
		if (id != P_JID && pset_has(wanted, id) &&
		    (param(id)->flags & JAILX_CREATE) != 0 &&
		    !same_value(now, wanted, id))
			return jerr(e, EINVAL,
			    "%s cannot be changed after creation",
			    param(id)->name);
	}
	return 0;
}

/* To a jail that has the host's, names of its own would be a change too. */
static bool
changes_host(const struct pset *now, const struct pset *wanted)
{
	static const enum param_id own[] = { P_HOST_DOMAINNAME, P_HOST_HOSTID,
		P_HOST_HOSTNAME, P_HOST_HOSTUUID };
	size_t i;

	for (i = 0; i < nitems(own) && pset_is(now, P_HOST, "inherit"); i++) {
		if (pset_has(wanted, own[i]))
			return true;
	}
	return pset_has(wanted, P_HOST) && !same_value(now, wanted, P_HOST);
}

/* One with dots has the parent's in front, which does not change. */
static int
check_new_name(const struct record *rec, int jails, const char *name, int jid,
    struct jerr *e)
{
	const char *last = names_last(name);
	auto_buf struct buf full = BUF_INIT;
	int number;

	if (last != name) {
		names_full(jails, rec, jid, &full);
		if (buf_err(&full) < 0)
			return jerr_sys(e, ENOMEM, "name");
		if (names_last(full.p) - full.p != last - name ||
		    strncmp(full.p, name, (size_t)(last - name)) != 0)
			return jerr(e, EINVAL, "cannot change jail's parent");
	}
	return name_check(last, jid, &number, e);
}

static int
check_change(const struct pset *now, const struct pset *wanted, struct jerr *e)
{
	int r;

	if ((r = jail_check_supported(wanted, e)) < 0 ||
	    (r = check_fixed(now, wanted, e)) < 0)
		return r;
	if (pset_has(wanted, P_SECURELEVEL) &&
	    pset_int(wanted, P_SECURELEVEL) < pset_int(now, P_SECURELEVEL))
		return jerr(e, EPERM,
		    "jail_set: Operation not permitted "
		    "(securelevel may only rise)");
	if (changes_host(now, wanted))
		return jerr(e, ENOTSUP,
		    "host: cannot be changed after creation on Linux");
	if (pset_is(now, P_USERNS, "inherit") &&
	    pset_int(wanted, P_CHILDREN_MAX) > 0)
		return no_children(e);
	if (pset_is(now, P_VNET, "new") &&
	    (pset_count(wanted, P_IP4_ADDR) > 0 ||
		pset_count(wanted, P_IP6_ADDR) > 0))
		return jerr(e, EINVAL,
		    "vnet jails cannot have IP address restrictions");
	if (pset_has(wanted, P_IP4_ADDR) && !pset_is(now, P_IP4, "new"))
		return jerr(e, EINVAL, "ip4 cannot be changed after creation");
	if (pset_has(wanted, P_IP6_ADDR) && !pset_is(now, P_IP6, "new"))
		return jerr(e, EINVAL, "ip6 cannot be changed after creation");
	return jail_check_needs(wanted, now, e);
}

/* In a child: enter the jail's uts namespace and set the names there. */
static _Noreturn void
set_names(int pidfd, const char *host, const char *domain)
{
	if (ns_hide() < 0 || setns(pidfd, CLONE_NEWUTS) < 0 ||
	    (host != NULL && sethostname(host, strlen(host)) < 0) ||
	    (domain != NULL && setdomainname(domain, strlen(domain)) < 0))
		_exit(errno);
	_exit(0);
}

static int
update_names(const struct jail *j, const struct pset *wanted, struct jerr *e)
{
	const char *host = pset_get(wanted, P_HOST_HOSTNAME, 0);
	const char *domain = pset_get(wanted, P_HOST_DOMAINNAME, 0);
	auto_close int pidfd = -1;
	pid_t warden, child;
	int r, status = 0;

	if (host == NULL && domain == NULL)
		return 0;
	if ((r = jail_warden(j, &warden, &pidfd)) < 0)
		return jerr_sys(e, -r, "jail %d", j->jid);
	if ((child = ns_fork(0, -1, NULL)) == 0)
		set_names(pidfd, host, domain);
	if (child < 0)
		return jerr_sys(e, -child, "clone");
	while (waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
		return jerr_sys(e,
		    WIFEXITED(status) ? WEXITSTATUS(status) : ECHILD,
		    "host.hostname");
	return 0;
}

/* Addresses, and what else the network's policy is made of. */
static int
update_net(const struct jail *j, const struct record *rec,
    const struct pset *wanted, bool only_check, struct jerr *e)
{
	static const enum param_id ids[] = { P_IP4_ADDR, P_IP6_ADDR,
		P_IP4_HOSTPORTS, P_IP4_SADDRSEL, P_IP6_SADDRSEL, P_CHILDREN_MAX,
		P_ALLOW_RAW_SOCKETS, P_ALLOW_RESERVED_PORTS };
	struct pset now = { 0 };
	bool changes = false;
	size_t i;
	int r;

	for (i = 0; i < nitems(ids); i++)
		changes |= pset_has(wanted, ids[i]);
	if (!changes)
		return 0;
	if ((r = pset_merge(&now, &rec->params, e)) == 0 &&
	    (r = pset_merge(&now, wanted, e)) == 0 &&
	    (r = net_check(&now, e)) == 0)
		r = net_update(j, rec, &now, only_check, e);
	pset_done(&now);
	return r;
}

int
jail_update_check(const struct jail *j, const struct record *rec,
    const struct pset *wanted, struct jerr *e)
{
	return update_net(j, rec, wanted, true, e);
}

int
jail_update_locked(const struct jail *j, struct record *rec,
    const struct pset *wanted, struct jerr *e)
{
	const char *name = pset_get(wanted, P_NAME, 0);
	int r;

	if ((r = update_net(j, rec, wanted, false, e)) < 0 ||
	    (r = pset_merge(&rec->params, wanted, e)) < 0)
		return r;
	net_order(&rec->params);
	/* of a child only the last component is its own */
	if (name != NULL &&
	    pset_put(&rec->params, P_NAME, names_last(name)) < 0)
		return jerr_sys(e, ENOMEM, "name");
	if (!pset_is(&rec->params, P_HOST, "inherit") &&
	    (r = update_names(j, wanted, e)) < 0)
		return r;
	r = store_write(j->dir, rec);
	if (r == 0 && pset_has(wanted, P_PERSIST))
		r = store_set_persist(j->dir,
		    pset_bool(wanted, P_PERSIST) ? PERSIST_YES : PERSIST_NO);
	return r < 0 ? jerr_sys(e, -r, "record of jail %d", j->jid) : 0;
}

/* Neither persistent nor with a process: it is removed.  1: work follows. */
static int
remove_if_idle(const struct jail *j, struct jerr *e)
{
	enum jail_persist persist;

	if (store_persist(j->dir, &persist) < 0 || persist != PERSIST_NO ||
	    jail_is_kept(j, persist))
		return 0;
	return jail_destroy_locked(j, e);
}

/* The name that it is to have, in full: NULL, or to be freed. */
static int
full_name(int jails, const struct record *rec, const struct pset *wanted,
    int jid, char **ret, struct jerr *e)
{
	const char *name = pset_get(wanted, P_NAME, 0);
	auto_buf struct buf full = BUF_INIT;
	int r;

	if (name == NULL)
		return 0;
	if ((r = check_new_name(rec, jails, name, jid, e)) < 0)
		return r;
	if (rec->parent != 0 && names_last(name) == name) {
		names_full(jails, rec, jid, &full);
		if (buf_err(&full) == 0)
			full.len = (size_t)(names_last(full.p) - full.p);
	}
	buf_str(&full, name);
	if (buf_err(&full) < 0)
		return jerr_sys(e, ENOMEM, "name");
	*ret = buf_take(&full);
	return 0;
}

/* All that is locked: check, and do it. */
static int
change(int jails, const struct jail *j, struct record *rec,
    const struct pset *wanted, struct jerr *e)
{
	auto_free char *name = NULL;
	int r;

	if ((r = full_name(jails, rec, wanted, j->jid, &name, e)) < 0)
		return r;
	if (name != NULL && (r = names_check_free(jails, name, j->jid, e)) < 0)
		return r;
	if ((r = check_change(&rec->params, wanted, e)) < 0 ||
	    (rec->parent != 0 && (r = above_check_change(rec, wanted, e)) < 0))
		return r;
	/* all or none: whom it cannot be taken from is found before */
	if (j->is_parent && ((r = above_tighten(j, rec, wanted, true, e)) < 0 ||
				(r = jail_update_check(j, rec, wanted, e)) < 0))
		return r;
	if (name != NULL && (r = names_add(jails, name, j->jid, e)) < 0)
		return r;
	if (j->is_parent && (r = above_tighten(j, rec, wanted, false, e)) < 0)
		return r;
	return jail_update_locked(j, rec, wanted, e);
}

/*
 * Names are given under the lock of jail/, and so are jails made below one
 * another.
 */
static bool
needs_above(const struct jail *j, const struct pset *wanted)
{
	return pset_has(wanted, P_NAME) || j->parent != 0 || j->is_parent ||
	       pset_has(wanted, P_CHILDREN_MAX);
}

/* above: the lock of jail/, or -1.  -ESTALE: it is needed. */
static int
update_under(int jails, int above, const struct jail *j,
    const struct pset *wanted, struct jerr *e)
{
	auto_close int lock = jail_lock(j);
	struct jail own = *j;
	struct record rec;
	int r;

	if (lock < 0 || !jail_is_alive(j))
		return lock == -EACCES || lock == -EPERM
			   ? jerr(e, EPERM, "jail_set: Operation not permitted")
			   : jerr(e, ENOENT, "jail %d not found", j->jid);
	if ((r = store_read(j->dir, true, &rec)) < 0)
		return jerr_sys(e, -r, "record of jail %d", j->jid);
	rec.parent = j->parent;
	own.is_parent = above >= 0; /* it may have become one */
	if (above < 0 && pset_int(&rec.params, P_CHILDREN_MAX) > 0)
		r = -ESTALE;
	else
		r = change(jails, &own, &rec, wanted, e);
	record_done(&rec);
	if (r == 0 && pset_has(wanted, P_PERSIST))
		r = remove_if_idle(j, e);
	return r < 0 ? r : 0;
}

int
jail_update(const struct jail *j, const struct pset *wanted, struct jerr *e)
{
	auto_close int jails = jails_dir(false, e), above = -1;
	int r = -ESTALE;

	if (jails < 0)
		return jails;
	if (!needs_above(j, wanted))
		r = update_under(jails, -1, j, wanted, e);
	if (r != -ESTALE)
		return r;
	/* always in this order */
	if ((above = cg_lock(jails, false)) < 0)
		return jerr_sys(e, -above, "lock of the jails");
	return update_under(jails, above, j, wanted, e);
}

/* Is this the jail that the start lock is of?  Jids are given out again. */
static bool
is_held_by(const struct jail *j, int hold)
{
	struct stat of_jail, of_hold;

	return fstatat(j->dir, "payload/cgroup.kill", &of_jail, 0) == 0 &&
	       fstat(hold, &of_hold) == 0 && of_jail.st_ino == of_hold.st_ino;
}

int
jail_release(int jid, int hold, int *ret_lock, struct jerr *e)
{
	auto_close int start = hold, lock = -1;
	auto_jail struct jail j = JAIL_INIT;
	enum jail_persist persist;
	int r;

	if (jail_find(jid, true, &j, e) < 0 || !is_held_by(&j, hold) ||
	    (lock = jail_lock(&j)) < 0)
		return 0; /* removed meanwhile, by whoever */
	if ((r = store_persist(j.dir, &persist)) == 0 &&
	    (persist == PERSIST_START || persist == PERSIST_START_STAY))
		r = store_set_persist(
		    j.dir, persist == PERSIST_START ? PERSIST_NO : PERSIST_YES);
	if (r < 0)
		return jerr_sys(e, -r, "persist of jail %d", jid);
	/* it may have ended meanwhile, whatever it was to do */
	r = jail_ask_alive(&j) == 0 ? jail_destroy_locked(&j, e)
				    : remove_if_idle(&j, e);
	if (r == 1)
		*ret_lock = take_fd(&lock);
	return r < 0 ? r : 0;
}

int
jail_abandon(int jid, int hold, struct jerr *e)
{
	auto_close int start = hold;
	auto_jail struct jail j = JAIL_INIT;

	if (jail_find(jid, true, &j, e) < 0 || !is_held_by(&j, hold))
		return 0; /* removed meanwhile, by whoever */
	return jail_drop(&j, e);
}
