/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Attaching the calling process to a jail, and removing jails.
 *
 *	join	into the jail's cgroup: a removal kills the caller from here
 *	enter	should leave no namespace, id or keyring of the host; can fail
 *		as a whole, then the caller goes back to its own cgroup
 *	confine	should leave the capabilities and system calls of the jail's
 *		root; what fails from here on fails inside
 *
 * Descriptors and memory stay as they are: they are the caller's to close.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/jail.h>
#include <unistd.h>

#include "cg.h"
#include "cleanup.h"
#include "face.h"
#include "filter.h"
#include "io.h"
#include "jerr.h"
#include "sys.h"

/* The cgroup of the caller, -1 where it cannot be found. */
static int
own_cgroup(void)
{
	auto_close int root = cg_root();
	char text[8192], *line, *rest = text;
	int fd;

	if (root < 0 ||
	    io_readat(AT_FDCWD, "/proc/self/cgroup", text, sizeof(text)) < 0)
		return -1;
	while ((line = strsep(&rest, "\n")) != NULL) {
		if (strncmp(line, "0::/", 4) != 0)
			continue;
		fd = cg_open(root, line[4] != '\0' ? line + 4 : ".");
		return fd < 0 ? -1 : fd;
	}
	return -1;
}

int
attach_join(struct attach *ret, int jid, struct jerr *e)
{
	struct attach a = { .home = -1 };
	int r;

	r = entry_open(jid, &a.en, e);
	if (r == -ENOENT || r == -ESRCH) {
		e->err = EINVAL;
		return -EINVAL;
	}
	if (r < 0)
		return r;
	a.home = own_cgroup();
	if ((r = cg_join(a.en.payload)) < 0) {
		cleanup_close(&a.home);
		entry_done(&a.en);
		return r == -ENODEV || r == -ENOENT
			   ? jerr(e, EINVAL, "jail %d is dying", jid)
			   : jerr_sys(e, -r, "jail_attach(%d): cgroup", jid);
	}
	*ret = a;
	return 0;
}

static int
attach_error(int jid, const char *step, int err, struct jerr *e)
{
	if (err == ESRCH)
		return jerr(e, EINVAL, "jail %d is dying", jid);
	if (err == EINVAL && strcmp(step, "setns") == 0)
		return jerr(e, EINVAL,
		    "jail_attach(%d): the process must have one thread", jid);
	return jerr_sys(e, err, "jail_attach(%d): %s", jid, step);
}

int
attach_enter(struct attach *a, bool *ret_back, struct jerr *e)
{
	struct sock_filter prog[FILTER_MAX];
	const char *step = "seccomp";
	int n, r;

	r = n = filter_emit(prog, FILTER_MAX, a->en.policy.open);
	if (r >= 0)
		r = entry_enter(&a->en, &step);
	*ret_back = false;
	if (r < 0)
		*ret_back = a->home >= 0 && cg_join(a->home) == 0;
	else if ((r = entry_become(&a->en, NULL, &step)) == 0)
		r = entry_confine(&a->en, prog, (size_t)n, true, &step);
	if (r < 0)
		r = attach_error(a->en.jail.jid, step, -r, e);
	cleanup_close(&a->home);
	entry_done(&a->en);
	return r;
}

static int
attach(int jid, struct jerr *e)
{
	struct attach a = { .en = { .jail = JAIL_INIT }, .home = -1 };
	bool back;
	int r = attach_join(&a, jid, e);

	return r < 0 ? r : attach_enter(&a, &back, e);
}

API int
jail_attach(int jid)
{
	struct jerr e;

	return face(attach(jid, &e), &e);
}

static int
remove_jail(int jid, struct jerr *e)
{
	auto_jail struct jail j = JAIL_INIT;
	int r;

	if (geteuid() != 0)
		return jerr(e, EPERM, "jail_remove: Operation not permitted");
	r = jail_find(jid, true, &j, e);
	if (r == -ENOENT) {
		e->err = EINVAL;
		return -EINVAL;
	}
	return r < 0 ? r : jail_destroy(&j, e);
}

API int
jail_remove(int jid)
{
	struct jerr e;

	return face(remove_jail(jid, &e), &e);
}

/* ---- jail descriptors ---- */

static int
no_descriptors(const char *call)
{
	struct jerr e;

	return face(jerr_sys(&e, ENOSYS, "%s", call), &e);
}

API int
jail_attach_jd(int fd)
{
	(void)fd; /* there are no jail descriptors on Linux */
	return no_descriptors("jail_attach_jd");
}

API int
jail_remove_jd(int fd)
{
	(void)fd; /* as above */
	return no_descriptors("jail_remove_jd");
}
