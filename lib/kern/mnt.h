/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Mounts by descriptors: made or cloned detached, changed, then attached.
 * -errno on failure; returned descriptors are close-on-exec.
 */
#ifndef KERN_MNT_H
#define KERN_MNT_H

#include <stdint.h>

/*
 * A new file system, detached.  options: "key=value,flag,..." or NULL;
 * attr: MOUNT_ATTR_* flags.
 */
int mnt_new(const char *type, const char *options, unsigned int attr);

/*
 * A detached clone of the mount that path (below dirfd; "" means dirfd
 * itself) lies on, rooted at path, without the mounts below it.  A symbolic
 * link at the end is not followed.
 */
int mnt_clone(int dirfd, const char *path);

/*
 * The same of a program that is to be run: nobody can write through it, nor
 * is it set-user-ID.
 */
int mnt_clone_program(const char *path);

/* As mnt_clone(), with all that is mounted below it. */
int mnt_clone_tree(int dirfd);

/*
 * Is anything mounted below the mount of mnt, which is attached?  1, 0, or
 * -ENOSYS before Linux 6.8; mnt -1 asks only whether it can be told: 0.
 */
int mnt_has_children(int mnt);

/* Detach mnt, attached somewhere, with all that is mounted below it. */
int mnt_detach(int mnt);

/*
 * Set and clear attributes of one mount; with userns >= 0 make it idmapped
 * (detached mounts only; -EINVAL or -EPERM: the file system cannot).
 */
int mnt_attr(int mnt, uint64_t set, uint64_t clear, int userns);

/* Attach a detached mount on the directory or file open as target. */
int mnt_attach(int mnt, int target);

/*
 * Resolve path below root, which nothing leads out of, without following
 * any symbolic link (-ELOOP): an O_PATH descriptor.
 */
int mnt_resolve(int root, const char *path);

/* The id of the mount that fd lies on, as in mountinfo; -errno. */
long mnt_id(int fd);

/* Make every mount of this namespace private, so that none propagates. */
int mnt_private(void);

/* Make mnt, attached somewhere, the root, and drop all that was before. */
int mnt_pivot(int mnt);

#endif
