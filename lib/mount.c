/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The mounts of a jail, all in its own mount namespace.
 *
 * Sources are names of the host, targets are resolved below the jail's root
 * without following a single link, and mounts go to descriptors: nothing
 * that lies in the jail can lead a step outside.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/mount.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "buf.h"
#include "build.h"
#include "cleanup.h"
#include "jerr.h"
#include "mnt.h"
#include "path.h"
#include "uapi.h"

/* ---- options ---- */

static const struct option {
	const char *name;
	uint64_t set;
} options[] = {
	{ "ro", MOUNT_ATTR_RDONLY },
	{ "rdonly", MOUNT_ATTR_RDONLY },
	{ "nosuid", MOUNT_ATTR_NOSUID },
	{ "noexec", MOUNT_ATTR_NOEXEC },
	{ "nodev", MOUNT_ATTR_NODEV },
	{ "noatime", MOUNT_ATTR_NOATIME },
	{ "nosymfollow", MOUNT_ATTR_NOSYMFOLLOW },
	/* no change, or no meaning in a jail */
	{ "rw", 0 },
	{ "suid", 0 },
	{ "exec", 0 },
	{ "late", 0 },
	{ "noauto", 0 },
	{ "auto", 0 },
	{ "defaults", 0 },
	{ "bind", 0 },
	{ "failok", 0 },
	{ "linrdlnk", 0 },
	{ "nocache", 0 },
};

static const struct option *
find_option(const char *word, size_t len)
{
	size_t i;

	for (i = 0; i < nitems(options); i++) {
		if (strncmp(options[i].name, word, len) == 0 &&
		    options[i].name[len] == '\0')
			return &options[i];
	}
	return NULL;
}

/*
 * Flags into *attr; "key=value" words, for file systems that take them, into
 * extra with a leading comma each.
 */
static int
parse_options(const struct build_mount *m, unsigned int *attr,
    struct buf *extra, struct jerr *e)
{
	const char *word = m->fs.options;
	const struct option *o;
	size_t len;

	for (; *word != '\0'; word += len + (word[len] == ',')) {
		len = strcspn(word, ",");
		if ((o = find_option(word, len)) != NULL)
			*attr |= (unsigned int)o->set;
		else if (extra != NULL && memchr(word, '=', len) != NULL)
			buf_fmt(extra, ",%.*s", (int)len, word);
		else if (len > 0)
			return jerr(e, EINVAL,
			    "%s: %s: unknown option \"%.*s\"", m->who,
			    m->fs.target, (int)len, word);
	}
	return 0;
}

/* ---- pieces ---- */

/* Name the file system that cannot be idmapped. */
static int
idmap_error(int mnt, int err, const char *who, const char *name, struct jerr *e)
{
	struct statfs fs = { 0 };

	if (err != EINVAL && err != EPERM && err != EOPNOTSUPP)
		return jerr_sys(e, err, "%s: %s", who, name);
	(void)fstatfs(mnt, &fs); /* zero then: only for the message */
	return jerr(e, EOPNOTSUPP,
	    "%s: %s: its file system (type 0x%lx) "
	    "cannot be idmapped: use userns=inherit, or put it on ext4, xfs, "
	    "btrfs or (since Linux 6.3) tmpfs",
	    who, name, (unsigned long)fs.f_type);
}

/*
 * Make mnt, a detached clone or the error of making it, the jail's own.  Where
 * the jail has the host's ids it stays as it is, but for devices.
 */
static int
idmap(const struct build *b, int mnt, unsigned int attr, const char *who,
    const char *name, struct jerr *e)
{
	int r;

	if (mnt < 0)
		return jerr_sys(e, -mnt, "%s: %s", who, name);
	if ((r = mount_check_source(mnt, who, name, e)) == 0) {
		attr |= MOUNT_ATTR_NODEV;
		if ((r = mnt_attr(mnt, attr, 0, b->userns)) == 0)
			return mnt;
		r = idmap_error(mnt, -r, who, name, e);
	}
	close_fd(mnt);
	return r;
}

int
mount_idmapped(const struct build *b, int dirfd, const char *path,
    unsigned int attr, const char *who, const char *name, struct jerr *e)
{
	return idmap(b, mnt_clone(dirfd, path), attr, who, name, e);
}

int
mount_target(
    const struct build *b, const char *who, const char *name, struct jerr *e)
{
	const char *path = pset_get(&b->rec.params, P_PATH, 0);
	int fd = mnt_resolve(b->root, name);
	size_t len = strlen(path);

	while (len > 0 && path[len - 1] == '/')
		len--;
	if (fd == -ELOOP)
		return jerr(e, ELOOP, "%s: %.*s%s is a symbolic link", who,
		    (int)len, path, name);
	if (fd < 0)
		return jerr_sys(
		    e, -fd, "%s: %.*s%s", who, (int)len, path, name);
	return fd;
}

int
mount_tmpfs(const struct build *b, const char *more, unsigned int attr)
{
	char text[256];
	int n = snprintf(text, sizeof(text), "uid=%u,gid=%u%s", b->rec.idmap,
	    b->rec.idmap, more);

	if (n < 0 || (size_t)n >= sizeof(text))
		return -E2BIG;
	return mnt_new("tmpfs", text, attr | MOUNT_ATTR_NOSUID);
}

/* ---- the root ---- */

int
mount_place_root(const struct build *b, struct jerr *e)
{
	auto_close int place = open("/sys", O_PATH | O_DIRECTORY | O_CLOEXEC);
	int r;

	if (place < 0)
		return jerr_sys(e, errno, "/sys");
	r = mnt_attach(b->root, place);
	return r < 0 ? jerr_sys(e, -r, "attach root") : 0;
}

/*
 * Whether something is mounted below path, which is rare, is asked of a
 * clone of the whole tree: reading mountinfo, as mount_carried() does, takes
 * longer the more mounts the host has.
 */
static int
place_bare_root(struct build *b, struct jerr *e)
{
	const char *path = pset_get(&b->rec.params, P_PATH, 0);
	int r;

	b->root = idmap(b, mnt_clone_tree(b->path), 0, "path", path, e);
	if (b->root < 0)
		return b->root;
	if ((r = mount_place_root(b, e)) < 0)
		return r;
	b->is_bare = mnt_has_children(b->root) == 0;
	if (b->is_bare)
		return 0;
	r = mnt_detach(b->root);
	cleanup_close(&b->root);
	return r < 0 ? jerr_sys(e, -r, "detach root") : 0;
}

int
mount_root(struct build *b, struct jerr *e)
{
	const char *path = pset_get(&b->rec.params, P_PATH, 0);
	int r;

	if (mnt_has_children(-1) == 0 &&
	    ((r = place_bare_root(b, e)) < 0 || b->is_bare))
		return r;
	b->root = mount_idmapped(b, b->path, "", 0, "path", path, e);
	return b->root < 0 ? b->root : mount_place_root(b, e);
}

/* ---- the parameters' mounts ---- */

static bool
is_directory(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && S_ISDIR(st.st_mode);
}

int
mount_check_kind(
    bool is_dir, int target, const char *who, const char *name, struct jerr *e)
{
	if (is_dir == is_directory(target))
		return 0;
	return jerr(e, ENOTDIR,
	    "%s: %s: a directory cannot be mounted on a file, nor a "
	    "file on a directory",
	    who, name);
}

static int
attach(
    struct build *b, int mnt, const char *who, const char *name, struct jerr *e)
{
	auto_close int target = mount_target(b, who, name, e);
	int r;

	if (target < 0)
		return target;
	if ((r = mount_check_kind(is_directory(mnt), target, who, name, e)) < 0)
		return r;
	if ((r = mnt_attach(mnt, target)) < 0)
		return jerr_sys(e, -r, "%s: mount %s", who, name);
	/* what covers the root is the root from now on */
	if (strcmp(name, "/") == 0) {
		r = fcntl(mnt, F_DUPFD_CLOEXEC, 0);
		b->root = r;
	}
	return r < 0 ? jerr_sys(e, errno, "%s: mount %s", who, name) : 0;
}

static int
do_nullfs(struct build *b, const struct build_mount *m, struct jerr *e)
{
	auto_close int mnt = -1, source = -1;
	unsigned int attr = 0;
	int r;

	if ((r = parse_options(m, &attr, NULL, e)) < 0)
		return r;
	if ((source = path_open(m->fs.source)) < 0)
		return jerr_sys(e, -source, "%s: %s", m->who, m->fs.source);
	if ((mnt = mount_idmapped(
		 b, source, "", attr, m->who, m->fs.source, e)) < 0)
		return mnt;
	return attach(b, mnt, m->who, m->name, e);
}

static int
do_tmpfs(struct build *b, const struct build_mount *m, struct jerr *e)
{
	auto_close int mnt = -1;
	auto_buf struct buf extra = BUF_INIT;
	unsigned int attr = MOUNT_ATTR_NODEV;
	int r;

	if ((r = parse_options(m, &attr, &extra, e)) < 0)
		return r;
	if (buf_err(&extra) < 0)
		return jerr_sys(e, ENOMEM, "%s", m->who);
	if ((mnt = mount_tmpfs(b, extra.p != NULL ? extra.p : "", attr)) < 0)
		return jerr_sys(e, -mnt, "%s: %s: tmpfs", m->who, m->name);
	return attach(b, mnt, m->who, m->name, e);
}

static int
do_devfs(struct build *b, const struct build_mount *m, struct jerr *e)
{
	unsigned int attr = 0;
	int r = parse_options(m, &attr, NULL, e);

	return r < 0 ? r : mount_devfs(b, attr, m->who, m->name, e);
}

static int
do_procfs(struct build *b, const struct build_mount *m, struct jerr *e)
{
	unsigned int attr = 0;
	int r = parse_options(m, &attr, NULL, e);

	return r < 0 ? r : mount_procfs(b, attr, m->who, m->name, e);
}

static const struct mount_type {
	const char *name;
	int (*mount)(
	    struct build *b, const struct build_mount *m, struct jerr *e);
	bool takes_keys; /* key=value as options, too */
} types[] = {
	{ "nullfs", do_nullfs, false },
	{ "bind", do_nullfs, false },
	{ "tmpfs", do_tmpfs, true },
	{ "devfs", do_devfs, false },
	{ "procfs", do_procfs, false },
	{ "proc", do_procfs, false },
	{ "linprocfs", do_procfs, false },
};

static int
find_type(
    const struct build_mount *m, const struct mount_type **ret, struct jerr *e)
{
	size_t i;

	for (i = 0; i < nitems(types); i++) {
		if (strcmp(types[i].name, m->fs.type) == 0) {
			*ret = &types[i];
			return 0;
		}
	}
	return jerr(e, ENOTSUP,
	    "%s: %s: file system type %s: not supported "
	    "yet",
	    m->who, m->fs.target, m->fs.type);
}

int
mount_check(const struct build_mount *m, struct jerr *e)
{
	auto_buf struct buf extra = BUF_INIT;
	const struct mount_type *type;
	unsigned int attr = 0;
	int r = find_type(m, &type, e);

	return r < 0 ? r
		     : parse_options(
			   m, &attr, type->takes_keys ? &extra : NULL, e);
}

static int
mount_one(struct build *b, const struct build_mount *m, struct jerr *e)
{
	const struct mount_type *type;
	int r = find_type(m, &type, e);

	return r < 0 ? r : type->mount(b, m, e);
}

/* The boolean parameters, in FreeBSD's order. */
static const struct simple {
	enum param_id id;
	const char *name;
	int (*mount)(const struct build *b, unsigned int attr, const char *who,
	    const char *name, struct jerr *e);
} simple[] = {
	{ P_MOUNT_DEVFS, "/dev", mount_devfs },
	{ P_MOUNT_FDESCFS, "/dev", mount_fdescfs },
	{ P_MOUNT_PROCFS, "/proc", mount_procfs },
};

int
mount_all(struct build *b, struct jerr *e)
{
	size_t i;
	int r = 0;

	for (i = 0; r == 0 && i < b->nmounts; i++)
		r = mount_one(b, &b->mounts[i], e);
	for (i = 0; r == 0 && i < nitems(simple); i++) {
		if (pset_bool(&b->rec.params, simple[i].id))
			r = simple[i].mount(
			    b, 0, param(simple[i].id)->name, simple[i].name, e);
	}
	return r;
}
