/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What creating a jail will find, looked at before there is one: as far as
 * it can be told, and with the sentences that creating it would give.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "build.h"
#include "cleanup.h"
#include "jerr.h"
#include "path.h"

int
check_path(struct build *b, struct jerr *e)
{
	const char *path = pset_get(&b->rec.params, P_PATH, 0);
	struct stat st;
	int r;

	if (path[0] != '/')
		return jerr(
		    e, EINVAL, "path %s: not an absolute pathname", path);
	if ((r = path_canon(path, "path", &b->real, e)) < 0)
		return r;
	if ((b->path = path_open(b->real)) < 0 || fstat(b->path, &st) < 0)
		return jerr_sys(
		    e, b->path < 0 ? -b->path : errno, "path %s", path);
	if (!S_ISDIR(st.st_mode))
		return jerr_sys(e, ENOTDIR, "path %s", path);
	return mount_check_source(b->path, "path", path, e);
}

/* The next component of a name and its length, past "/" and "." ones. */
static const char *
component(const char *name, size_t *ret_len)
{
	for (;;) {
		name += strspn(name, "/");
		*ret_len = strcspn(name, "/");
		if (*ret_len != 1 || name[0] != '.')
			return name;
		name++;
	}
}

/* Does name lie at or below dir? */
static bool
lies_in(const char *name, const char *dir)
{
	size_t n, len;

	for (;; name += n, dir += len) {
		name = component(name, &n);
		dir = component(dir, &len);
		if (len == 0)
			return true;
		if (n != len || strncmp(name, dir, len) != 0)
			return false;
	}
}

/* What is below the first n mounts is not there yet. */
static bool
is_covered(const struct build *b, size_t n, const char *name)
{
	size_t i;

	for (i = 0; i < n; i++) {
		if (lies_in(name, b->mounts[i].name))
			return true;
	}
	return false;
}

static int
check_target(const struct build *b, const char *who, const char *name,
    bool is_dir, struct jerr *e)
{
	auto_close int target = mount_target(b, who, name, e);

	/* in a thin jail what is missing is made */
	if (target == -ENOENT && pset_bool(&b->rec.params, P_THIN))
		return 0;
	if (target < 0)
		return target;
	return mount_check_kind(is_dir, target, who, name, e);
}

static int
check_mounts(struct build *b, struct jerr *e)
{
	static const struct {
		enum param_id id;
		const char *name;
	} simple[] = {
		{ P_MOUNT_DEVFS, "/dev" },
		{ P_MOUNT_PROCFS, "/proc" },
	};
	size_t i;
	int r = 0;

	for (i = 0; r == 0 && i < b->nmounts; i++) {
		const struct build_mount *m = &b->mounts[i];

		if ((r = mount_check(m, e)) == 0 && !is_covered(b, i, m->name))
			r = check_target(b, m->who, m->name, !m->is_file, e);
	}
	for (i = 0; r == 0 && i < nitems(simple); i++) {
		if (pset_bool(&b->rec.params, simple[i].id) &&
		    !is_covered(b, b->nmounts, simple[i].name))
			r = check_target(b, param(simple[i].id)->name,
			    simple[i].name, true, e);
	}
	return r;
}

int
jail_check(const struct pset *params, struct jerr *e)
{
	struct build b = BUILD_INIT;
	int r = pset_merge(&b.rec.params, params, e);

	/* whether it will be held is for jail_create() to know */
	if (r == 0)
		r = build_prepare(&b, true, e);
	if (r == 0 && (r = check_path(&b, e)) == 0)
		r = mounts_read(&b, e);
	if (r == 0 && (r = thin_prepare(&b, e)) == 0) {
		b.root = fcntl(b.path, F_DUPFD_CLOEXEC, 0);
		r = b.root < 0 ? jerr_sys(e, errno, "path") : 0;
	}
	if (r == 0)
		r = check_mounts(&b, e);
	build_done(&b);
	return r;
}
