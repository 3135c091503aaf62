/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where jail/ is: below jail.service where systemd runs it, which delegates
 * that cgroup to us, else below the root.
 *
 * A cgroup cannot be moved, and the service may be started or stopped while
 * jails are there.  So the place that holds jails is the one, and no two ever
 * do: who begins in another place first removes the old jail/, which fails
 * if there is a jail in it, and makes that of who was about to put one there
 * fail; both look again then.
 */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "buf.h"
#include "cg.h"
#include "cleanup.h"
#include "core.h"
#include "jerr.h"
#include "uapi.h"

static const char *const places[] = { "system.slice/jail.service", "." };

#define TRIES 100

/* Cgroups in jail/ that are no jails (keeper.c, net_maps.c, taken.c). */
static const char *const others[] = { "keeper", "after", "net", "taken" };

static bool
is_idle(int jails, const char *other)
{
	auto_close int fd = cg_open(jails, other);
	struct stat st;

	return fd >= 0 && cg_populated(fd) == 0 && fstat(fd, &st) == 0 &&
	       st.st_nlink <= 2;
}

/*
 * Jails, or what follows the end of one.  kernfs counts the directories in a
 * directory as links to it.
 */
static bool
holds_jails(int jails)
{
	nlink_t links = 2;
	struct stat st;
	size_t i;

	for (i = 0; i < nitems(others); i++)
		links += is_idle(jails, others[i]);
	return fstat(jails, &st) == 0 && st.st_nlink > links;
}

/* A cgroup that was removed has no files any more. */
static bool
is_there(int jails)
{
	return faccessat(jails, "cgroup.kill", F_OK, 0) == 0;
}

/*
 * Remove an old jail/ for the one in use.  -EBUSY: it has come to hold a
 * jail meanwhile.
 */
static int
retire(int place, int jails)
{
	auto_close int old = cg_open(place, "jail");
	bool nest = false;
	size_t i;
	int last;

	if (old < 0)
		return old == -ENOENT ? 0 : old;
	/* so that a jid is not soon given out again */
	if ((last = store_last_jid(old, NULL)) > store_last_jid(jails, &nest))
		(void)store_set_last_jid(
		    jails, last, nest); /* not worth failing */
	for (i = 0; i < nitems(others); i++)
		(void)unlinkat(old, others[i], AT_REMOVEDIR);
	if (unlinkat(place, "jail", AT_REMOVEDIR) < 0 && errno != ENOENT)
		return -errno;
	return 0;
}

/* jail/ in the first place that there is; those after it go. */
static int
prefer(int root)
{
	auto_close int jails = -ENOENT;
	size_t i;
	int r;

	for (i = 0; i < nitems(places); i++) {
		auto_close int place = cg_open(root, places[i]);

		if (place < 0)
			continue;
		if (jails >= 0) {
			if ((r = retire(place, jails)) < 0)
				return r;
			continue;
		}
		if ((r = cg_mkdir(place, "jail")) < 0 && r != -EEXIST)
			return r;
		if ((jails = cg_open(place, "jail")) < 0)
			break;
	}
	return jails < 0 ? jails : take_fd(&jails);
}

/* The place that holds jails, else the first that has a jail/. */
static int
look(int root, bool *ret_held)
{
	auto_close int first = -ENOENT;
	size_t i;

	*ret_held = false;
	for (i = 0; i < nitems(places); i++) {
		auto_close int place = cg_open(root, places[i]);
		auto_close int fd =
		    place < 0 ? -ENOENT : cg_open(place, "jail");

		if (fd < 0 && fd != -ENOENT)
			return fd;
		if (fd >= 0 && holds_jails(fd)) {
			*ret_held = true;
			return take_fd(&fd);
		}
		if (fd >= 0 && first < 0)
			first = take_fd(&fd);
	}
	return first < 0 ? first : take_fd(&first);
}

/* jail/ in the only place there is, without jail.service. */
static int
take_root(int root, bool create)
{
	int fd = cg_open(root, "jail"), r;

	if (fd != -ENOENT || !create)
		return fd;
	if ((r = cg_mkdir(root, "jail")) < 0 && r != -EEXIST)
		return r;
	return cg_open(root, "jail");
}

static int
take_place(int root, bool create)
{
	bool held;
	int fd;

	/* the service may be started now: as if it had been a moment later */
	if (faccessat(root, places[0], F_OK, 0) < 0)
		return take_root(root, create);
	if ((fd = look(root, &held)) >= 0 && create && !held) {
		close_fd(fd);
		fd = -ENOENT;
	}
	return fd == -ENOENT && create ? prefer(root) : fd;
}

static int
find_jails(bool create, struct jerr *e)
{
	auto_close int root = cg_root();
	int fd, tries = 0;

	if (root < 0)
		return jerr(e, ENOTSUP,
		    "cgroup2 is not mounted: mount it "
		    "(mount -t cgroup2 none /sys/fs/cgroup/unified)");
	/* what we made may be gone again, because another place is taken */
	do
		fd = take_place(root, create);
	while ((fd == -EBUSY || (fd == -ENOENT && create)) && ++tries < TRIES);
	return fd < 0 && (create || fd != -ENOENT)
		   ? jerr_sys(e, -fd, "cgroup jail")
		   : fd;
}

/* Kept once it is open: one run of jail(8) looks it up a dozen times. */
static int known = -1;
static uint64_t known_id;

/* A caller that closes what it does not know may have closed ours. */
static bool
is_ours(void)
{
	uint64_t id = 0;
	struct statfs fs;

	return known >= 0 && cg_id(known, &id) == 0 && id == known_id &&
	       fstatfs(known, &fs) == 0 && fs.f_type == CGROUP2_MAGIC;
}

void
jails_forget(void)
{
	if (is_ours())
		close_fd(known);
	known = -1;
}

int
jails_dir(bool create, struct jerr *e)
{
	int fd;

	if (!is_ours() || !is_there(known)) {
		jails_forget();
		if ((fd = find_jails(create, e)) < 0)
			return fd;
		known = fd;
		(void)cg_id(fd, &known_id); /* 0 then: looked up again */
	}
	fd = fcntl(known, F_DUPFD_CLOEXEC, 0);
	return fd < 0 ? jerr_sys(e, errno, "cgroup jail") : fd;
}

int
jails_locked(int *ret_lock, struct jerr *e)
{
	auto_close int jails = -1, lock = -1;

	jails_forget(); /* another place may be the one by now */
	if ((jails = jails_dir(true, e)) < 0)
		return jails;
	if ((lock = cg_lock(jails, false)) < 0)
		return lock == -ENOENT || lock == -ENODEV
			   ? -ESTALE
			   : jerr_sys(e, -lock, "lock of the jails");
	*ret_lock = take_fd(&lock);
	return take_fd(&jails);
}
