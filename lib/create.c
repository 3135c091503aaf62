/* SPDX-License-Identifier: BSD-2-Clause */
/* Creating a jail: its parameters are checked, then the stages run. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "above.h"
#include "build.h"
#include "cleanup.h"
#include "jerr.h"
#include "name.h"
#include "net.h"
#include "vnet_params.h"

static int
fill(struct pset *params, enum param_id id, const char *text, struct jerr *e)
{
	if (pset_has(params, id))
		return 0;
	return pset_put(params, id, text) < 0
		   ? jerr_sys(e, ENOMEM, "%s", param(id)->name)
		   : 0;
}

/* What a parameter implies for others, where these are not given. */
static const struct implied {
	enum param_id from;
	const char *value;
	enum param_id to;
	const char *text;
} implied[] = {
	{ P_ALLOW_SYSVIPC, "true", P_SYSVMSG, "inherit" },
	{ P_ALLOW_SYSVIPC, "true", P_SYSVSEM, "inherit" },
	{ P_ALLOW_SYSVIPC, "true", P_SYSVSHM, "inherit" },
	/* as FreeBSD shows it: nothing is restricted */
	{ P_VNET, "new", P_IP4, "inherit" },
	{ P_VNET, "new", P_IP6, "inherit" },
	/* Linux has no such right without all of CAP_SYS_ADMIN */
	{ P_USERNS, "inherit", P_ALLOW_SET_HOSTNAME, "false" },
};

/* What is of its own implies that, as on FreeBSD, also where it is given. */
static const struct own {
	enum param_id from, to;
} implied_new[] = {
	{ P_HOST_DOMAINNAME, P_HOST },
	{ P_HOST_HOSTID, P_HOST },
	{ P_HOST_HOSTNAME, P_HOST },
	{ P_HOST_HOSTUUID, P_HOST },
	{ P_IP4_ADDR, P_IP4 },
	{ P_IP6_ADDR, P_IP6 },
};

static int
imply(struct pset *params, struct jerr *e)
{
	size_t i;
	int r;

	for (i = 0; i < nitems(implied); i++) {
		if (pset_is(params, implied[i].from, implied[i].value) &&
		    (r = fill(params, implied[i].to, implied[i].text, e)) < 0)
			return r;
	}
	for (i = 0; i < nitems(implied_new); i++) {
		if (pset_has(params, implied_new[i].from) &&
		    pset_put(params, implied_new[i].to, "new") < 0)
			return jerr_sys(
			    e, ENOMEM, "%s", param(implied_new[i].to)->name);
	}
	return 0;
}

/* The three facilities share one namespace on Linux. */
static int
check_sysv(const struct pset *params, struct jerr *e)
{
	static const enum param_id ids[] = { P_SYSVMSG, P_SYSVSEM, P_SYSVSHM };
	const char *shared = NULL, *own = NULL;
	size_t i;

	for (i = 0; i < nitems(ids); i++) {
		if (pset_is(params, ids[i], "inherit"))
			shared = param(ids[i])->name;
		if (pset_is(params, ids[i], "new"))
			own = param(ids[i])->name;
	}
	if (shared != NULL && own != NULL)
		return jerr(e, EINVAL,
		    "%s=inherit and %s=new exclude each "
		    "other: Linux has one namespace for all System V IPC",
		    shared, own);
	return 0;
}

static int
check_name(struct pset *params, struct jerr *e)
{
	const char *name = pset_get(params, P_NAME, 0);
	int jid = (int)pset_int(params, P_JID), number = 0, r;
	char text[16];

	if (pset_has(params, P_JID) && jid < 0)
		return jerr(e, EINVAL, "negative jid");
	if (name == NULL || *name == '\0') {
		pset_clear(params, P_NAME);
		return 0;
	}
	if ((r = name_check(name, jid, &number, e)) < 0)
		return r;
	if (number > 0) {
		(void)snprintf(text, sizeof(text), "%d", number);
		return fill(params, P_JID, text, e);
	}
	return 0;
}

static int
fill_release(struct pset *params, struct jerr *e)
{
	const char *given = pset_get(params, P_OSRELEASE, 0);
	struct utsname u;
	int r;

	if (given != NULL && *given == '\0')
		return jerr(
		    e, EINVAL, "osrelease string must be 1-31 bytes long");
	if (uname(&u) < 0)
		return jerr_sys(e, errno, "uname");
	u.release[31] = '\0';
	if ((r = fill(params, P_OSRELEASE, u.release, e)) < 0)
		return r;
	return fill(params, P_OSRELDATE, "1", e);
}

int
jail_check_new(struct pset *params, bool held, struct jerr *e)
{
	int r;

	if ((r = jail_check_supported(params, e)) < 0 ||
	    (r = imply(params, e)) < 0 || (r = check_sysv(params, e)) < 0 ||
	    (r = check_name(params, e)) < 0 ||
	    (r = fill_release(params, e)) < 0 ||
	    (r = net_check(params, e)) < 0 || (r = vnet_check(params, e)) < 0 ||
	    (r = jail_check_needs(params, params, e)) < 0)
		return r;
	net_order(params);
	if (!held && !pset_bool(params, P_PERSIST))
		return jerr(e, EINVAL, "new jail must persist or attach");
	return 0;
}

int
build_prepare(struct build *b, bool held, struct jerr *e)
{
	int r;

	if ((r = above_find(b, e)) < 0 ||
	    (r = jail_check_new(&b->rec.params, held, e)) < 0)
		return r;
	return b->above.dir < 0 ? 0 : above_check(&b->rec.params, &b->above, e);
}

const char *
build_name(const struct build *b)
{
	return b->name != NULL ? b->name : pset_get(&b->rec.params, P_JID, 0);
}

void
build_done(struct build *b)
{
	int *fds[] = {
		&b->stacks,
		&b->lock,
		&b->start_lock,
		&b->payload,
		&b->path,
		&b->proc,
		&b->userns,
		&b->cgroupns,
		&b->report[0],
		&b->report[1],
		&b->root,
	};
	size_t i;

	for (i = 0; i < nitems(fds); i++)
		cleanup_close(fds[i]);
	ns_helper_done(&b->helper);
	free(b->real);
	free(b->name);
	jail_done(&b->above);
	mounts_done(b);
	thin_plan_done(&b->thin);
	jail_done(&b->jail);
	record_done(&b->rec);
}

int
jail_create(
    const struct pset *params, int *hold, struct buf *notes, struct jerr *e)
{
	struct build b = BUILD_INIT;
	int r;

	if (geteuid() != 0)
		return jerr(e, EPERM,
		    "jail_set: Operation not permitted "
		    "(creating a jail needs root)");
	b.held = hold != NULL;
	b.notes = notes;
	if ((r = pset_merge(&b.rec.params, params, e)) == 0)
		r = build_prepare(&b, b.held, e);
	if (r == 0)
		r = stages_setup(&b, e);
	if (r == 0 && hold != NULL)
		*hold = take_fd(&b.start_lock);
	if (r == 0)
		r = b.jail.jid;
	build_done(&b);
	return r;
}
