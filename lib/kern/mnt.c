/* SPDX-License-Identifier: BSD-2-Clause */
/* Mounts by descriptors. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "cleanup.h"
#include "mnt.h"
#include "uapi.h"

/* One "key=value" or "flag". */
static int
set_option(int fs, char *word)
{
	char *value = strchr(word, '=');

	if (value != NULL)
		*value++ = '\0';
	if (sys_fsconfig(fs,
		value != NULL ? FSCONFIG_SET_STRING : FSCONFIG_SET_FLAG, word,
		value) < 0)
		return -errno;
	return 0;
}

static int
set_options(int fs, const char *options)
{
	auto_free char *copy = strdup(options);
	char *rest = copy, *word;
	int r = 0;

	if (copy == NULL)
		return -ENOMEM;
	while (r == 0 && (word = strsep(&rest, ",")) != NULL) {
		if (*word != '\0')
			r = set_option(fs, word);
	}
	return r;
}

int
mnt_new(const char *type, const char *options, unsigned int attr)
{
	auto_close int fs = sys_fsopen(type, FSOPEN_CLOEXEC);
	int fd, r;

	if (fs < 0)
		return -errno;
	if (options != NULL && (r = set_options(fs, options)) < 0)
		return r;
	if (sys_fsconfig(fs, FSCONFIG_CMD_CREATE, NULL, NULL) < 0)
		return -errno;
	fd = sys_fsmount(fs, FSMOUNT_CLOEXEC, attr);
	return fd < 0 ? -errno : fd;
}

int
mnt_clone(int dirfd, const char *path)
{
	int fd = sys_open_tree(dirfd, path,
	    OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_SYMLINK_NOFOLLOW |
		AT_EMPTY_PATH);

	return fd < 0 ? -errno : fd;
}

int
mnt_clone_tree(int dirfd)
{
	int fd = sys_open_tree(dirfd, "",
	    OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE | AT_EMPTY_PATH);

	return fd < 0 ? -errno : fd;
}

int
mnt_clone_program(const char *path)
{
	auto_close int mnt = mnt_clone(AT_FDCWD, path);
	int r;

	if (mnt < 0)
		return mnt;
	r = mnt_attr(mnt,
	    MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV, 0, -1);
	return r < 0 ? r : take_fd(&mnt);
}

int
mnt_detach(int mnt)
{
	if (fchdir(mnt) < 0 || umount2(".", MNT_DETACH) < 0 || chdir("/") < 0)
		return -errno;
	return 0;
}

int
mnt_attr(int mnt, uint64_t set, uint64_t clear, int userns)
{
	struct mount_attr attr = { .attr_set = set, .attr_clr = clear };

	if (userns >= 0) {
		attr.attr_set |= MOUNT_ATTR_IDMAP;
		attr.userns_fd = (uint64_t)userns;
	}
	/* these are one choice of several, which is made anew */
	if ((set & (MOUNT_ATTR_NOATIME | MOUNT_ATTR_STRICTATIME)) != 0)
		attr.attr_clr |= MOUNT_ATTR__ATIME;
	if (attr.attr_set == 0 && attr.attr_clr == 0)
		return 0;
	if (sys_mount_setattr(mnt, "", AT_EMPTY_PATH, &attr) < 0)
		return -errno;
	return 0;
}

int
mnt_attach(int mnt, int target)
{
	if (sys_move_mount(mnt, "", target, "",
		MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH) < 0)
		return -errno;
	return 0;
}

int
mnt_resolve(int root, const char *path)
{
	int fd;

	while (*path == '/')
		path++;
	/* without O_NOFOLLOW: with it a last component may be a link */
	fd = sys_openat2(root, *path != '\0' ? path : ".", O_PATH | O_CLOEXEC,
	    0, RESOLVE_IN_ROOT | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS);
	return fd < 0 ? -errno : fd;
}

static long
get_id(int fd, unsigned int which)
{
	/* struct statx by its size: libc's may lack the field */
	uint64_t st[32] = { 0 };

	if (syscall(SYS_statx, fd, "", AT_EMPTY_PATH, which, st) < 0)
		return -errno;
	return (long)st[STATX_MNT_ID_AT];
}

long
mnt_id(int fd)
{
	return get_id(fd, STATX_WANT_MNT_ID);
}

int
mnt_has_children(int mnt)
{
	struct mnt_request q = { .size = sizeof(q) };
	uint64_t child;
	long n;

	if (mnt >= 0)
		q.mnt_id = (uint64_t)get_id(mnt, STATX_WANT_MNT_ID_UNIQUE);
	n = syscall(SYS_listmount, &q, &child, 1, 0);
	if (n < 0 && errno != ENOSYS && mnt < 0)
		n = 0;
	return n < 0 ? -errno : (int)n;
}

int
mnt_private(void)
{
	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		return -errno;
	return 0;
}

int
mnt_pivot(int mnt)
{
	/* Both names are the new root: the old one ends up on top of it. */
	if (fchdir(mnt) < 0 || syscall(SYS_pivot_root, ".", ".") < 0 ||
	    umount2(".", MNT_DETACH) < 0 || chdir("/") < 0)
		return -errno;
	return 0;
}
