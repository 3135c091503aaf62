/* SPDX-License-Identifier: BSD-2-Clause */
/* jail_set(): a jail made or changed by pairs of iovecs. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/jail.h>
#include <unistd.h>

#include "buf.h"
#include "cleanup.h"
#include "core.h"
#include "face.h"
#include "jail.h"
#include "jerr.h"
#include "raw.h"
#include "sys.h"

#define DESCRIPTORS                                                            \
	(JAIL_USE_DESC | JAIL_AT_DESC | JAIL_GET_DESC | JAIL_OWN_DESC)
#define SET_FLAGS (JAIL_CREATE | JAIL_UPDATE | JAIL_ATTACH | JAIL_DYING)

int
pairs_check_flags(int flags, int known, const char *call, struct jerr *e)
{
	if ((flags & DESCRIPTORS) != 0)
		return jerr(e, EINVAL, "%s: no jail descriptors", call);
	if ((flags & ~known) != 0)
		return jerr(e, EINVAL, "%s: Invalid argument (flags %#x)", call,
		    (unsigned int)flags);
	return 0;
}

int
pairs_check(const struct iovec *iov, unsigned int niov, const char *call,
    struct jerr *e)
{
	unsigned int i;

	if (niov % 2 != 0)
		return jerr(e, EINVAL,
		    "%s: Invalid argument (odd number of iovecs)", call);
	for (i = 0; i < niov; i += 2) {
		if (iov[i].iov_base == NULL || iov[i].iov_len == 0 ||
		    PAIR_NAME(iov, i)[iov[i].iov_len - 1] != '\0')
			return jerr(e, EINVAL,
			    "%s: Invalid argument (name without NUL)", call);
	}
	return 0;
}

void
pairs_tell(const struct iovec *iov, unsigned int niov, const struct jerr *e)
{
	unsigned int i;
	size_t len;
	char *to;

	if (niov % 2 != 0)
		return;
	for (i = 0; i < niov; i += 2) {
		if (iov[i].iov_base == NULL || iov[i].iov_len == 0 ||
		    iov[i + 1].iov_base == NULL || iov[i + 1].iov_len == 0 ||
		    strncmp(PAIR_NAME(iov, i), "errmsg", iov[i].iov_len) != 0)
			continue;
		to = iov[i + 1].iov_base;
		len = strnlen(e->msg, iov[i + 1].iov_len - 1);
		memcpy(to, e->msg, len);
		to[len] = '\0';
	}
}

/* ---- jail_set() ---- */

static int
add_pair(struct pset *set, const struct jailx_param *p, const char *name,
    const struct iovec *value, struct jerr *e)
{
	auto_buf struct buf text = BUF_INIT;
	int r;

	if (value->iov_base == NULL || value->iov_len == 0)
		return pset_add(set, name, NULL, e);
	if ((r = raw_export(
		 p, name, value->iov_base, value->iov_len, &text, e)) < 0)
		return r;
	if (strcmp(p->name, "jid") == 0 && *text.p == '-')
		return jerr(e, EINVAL, "negative jid");
	return pset_add(set, name, text.p != NULL ? text.p : "", e);
}

static int
collect(struct pset *set, const struct iovec *iov, unsigned int niov,
    struct jerr *e)
{
	const struct jailx_param *p;
	const char *name;
	unsigned int i;
	int r;

	for (i = 0; i < niov; i += 2) {
		name = PAIR_NAME(iov, i);
		if (strcmp(name, "errmsg") == 0)
			continue;
		p = jailx_param_find(name, NULL);
		r = p != NULL ? add_pair(set, p, name, &iov[i + 1], e)
			      : pset_add(set, name, NULL, e);
		if (r == -ENOENT) /* unknown parameter */
			e->err = EINVAL;
		if (r < 0)
			return -e->err;
	}
	return 0;
}

/* The jail that a set is for: its jid, 0 when there is none (yet). */
static int
find_target(struct pset *set, int flags, struct jerr *e)
{
	const char *name = pset_get(set, P_NAME, 0);
	int jid = (int)pset_int(set, P_JID), r;

	if ((flags & JAIL_UPDATE) == 0)
		return 0;
	if (jid > 0) {
		auto_jail struct jail j = JAIL_INIT;

		r = jail_find(jid, false, &j, e);
		r = r < 0 ? r : jid;
	} else if (name != NULL && *name != '\0') {
		r = face_named(name, e);
		if (r > 0)
			pset_clear(set, P_NAME); /* no new name */
	} else {
		r = jerr(e, ENOENT, "update specified no jail");
	}
	return r == -ENOENT && (flags & JAIL_CREATE) != 0 ? 0 : r;
}

/* The new jail is not to stay when its creator could not get in. */
static void
undo_create(int jid)
{
	auto_jail struct jail j = JAIL_INIT;
	struct jerr ignored;

	if (jail_find(jid, true, &j, &ignored) == 0)
		(void)jail_destroy(&j, &ignored); /* the first counts */
}

/*
 * The hold is given up between the two steps: the caller is in the jail's
 * cgroup, which keeps the jail, but does not yet see it instead of the
 * host's.
 */
static int
attach_to(int jid, int hold, bool created, struct jerr *e)
{
	struct jerr ignored;
	struct attach a = { .en = { .jail = JAIL_INIT }, .home = -1 };
	bool back = true;
	int r = attach_join(&a, jid, e), lock = -1;

	/* what it leaves undone, the next look at the jail clears away */
	if (hold >= 0)
		(void)jail_release(jid, hold, &lock, &ignored);
	close_fd(lock);
	if (r == 0)
		r = attach_enter(&a, &back, e);
	if (r < 0 && created && back)
		undo_create(jid);
	return r;
}

static int
change(int jid, const struct pset *set, struct jerr *e)
{
	auto_jail struct jail j = JAIL_INIT;
	int r = jail_find(jid, false, &j, e);

	return r < 0 ? r : jail_update(&j, set, e);
}

static int
set_jail(struct pset *set, const struct iovec *iov, unsigned int niov,
    int flags, struct jerr *e)
{
	auto_buf struct buf notes =
	    BUF_INIT; /* the call has no way to say them */
	bool attach = (flags & JAIL_ATTACH) != 0;
	int jid, r, hold = -1;

	if ((r = collect(set, iov, niov, e)) < 0 ||
	    (jid = r = find_target(set, flags, e)) < 0)
		return r;
	if (jid > 0) {
		if ((r = change(jid, set, e)) < 0)
			return r;
		r = attach ? attach_to(jid, -1, false, e) : 0;
		return r < 0 ? r : jid;
	}
	if ((jid = jail_create(set, attach ? &hold : NULL, &notes, e)) < 0 ||
	    !attach)
		return jid;
	r = attach_to(jid, hold, true, e);
	return r < 0 ? r : jid;
}

int
sys_set(const struct iovec *iov, unsigned int niov, int flags, struct jerr *e)
{
	struct pset set = { 0 };
	int r;

	if ((r = pairs_check_flags(flags, SET_FLAGS, "jail_set", e)) < 0 ||
	    (r = pairs_check(iov, niov, "jail_set", e)) < 0)
		return r;
	if ((flags & (JAIL_CREATE | JAIL_UPDATE)) == 0)
		return jerr(e, EINVAL, "no valid operation (create or update)");
	if (geteuid() != 0)
		return jerr(e, EPERM, "jail_set: Operation not permitted");
	r = set_jail(&set, iov, niov, flags, e);
	pset_done(&set);
	return r;
}

API int
jail_set(struct iovec *iov, unsigned int niov, int flags)
{
	struct jerr e;
	int r = sys_set(iov, niov, flags, &e);

	if (r < 0)
		pairs_tell(iov, niov, &e);
	return face(r, &e);
}
