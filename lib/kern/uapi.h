/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * System calls that libc may not wrap, and constants newer than the build
 * headers.  Numbers and structures are the kernel's interface.
 */
#ifndef KERN_UAPI_H
#define KERN_UAPI_H

#include <fcntl.h>
#include <linux/mount.h>
#include <linux/openat2.h>
#include <linux/sched.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef OPEN_TREE_CLONE
#define OPEN_TREE_CLONE 1
#endif
#ifndef AT_RECURSIVE
#define AT_RECURSIVE 0x8000
#endif

#define STATX_WANT_MNT_ID 0x1000U
#define STATX_MNT_ID_AT (144 / 8) /* of stx_mnt_id */

#define STATX_WANT_MNT_ID_UNIQUE 0x4000U

#ifndef SYS_listmount
#define SYS_listmount 458 /* Linux 6.8, all architectures */
#endif

/* struct mnt_id_req, of its first size. */
struct mnt_request {
	uint32_t size, spare;
	uint64_t mnt_id, param;
};

#define CGROUP2_MAGIC 0x63677270
#define PROC_MAGIC 0x9fa0
#define SYSFS_MAGIC 0x62656572
#define PIPEFS_MAGIC 0x50495045
#define DEVPTS_MAGIC 0x1cd1

static inline int
sys_openat2(int dirfd, const char *path, uint64_t flags, uint64_t mode,
    uint64_t resolve)
{
	struct open_how how = {
		.flags = flags,
		.mode = mode,
		.resolve = resolve,
	};

	return (int)syscall(SYS_openat2, dirfd, path, &how, sizeof(how));
}

static inline int
sys_open_tree(int dirfd, const char *path, unsigned int flags)
{
	return (int)syscall(SYS_open_tree, dirfd, path, flags);
}

static inline int
sys_move_mount(int from, const char *from_path, int to, const char *to_path,
    unsigned int flags)
{
	return (int)syscall(
	    SYS_move_mount, from, from_path, to, to_path, flags);
}

static inline int
sys_mount_setattr(
    int dirfd, const char *path, unsigned int flags, struct mount_attr *attr)
{
	return (int)syscall(
	    SYS_mount_setattr, dirfd, path, flags, attr, sizeof(*attr));
}

static inline int
sys_fsopen(const char *type, unsigned int flags)
{
	return (int)syscall(SYS_fsopen, type, flags);
}

static inline int
sys_fsconfig(int fd, unsigned int cmd, const char *key, const char *value)
{
	return (int)syscall(SYS_fsconfig, fd, cmd, key, value, 0);
}

static inline int
sys_fsmount(int fd, unsigned int flags, unsigned int attr)
{
	return (int)syscall(SYS_fsmount, fd, flags, attr);
}

static inline int
sys_pidfd_open(pid_t pid)
{
	return (int)syscall(SYS_pidfd_open, pid, 0);
}

static inline int
sys_pidfd_send_signal(int pidfd, int sig)
{
	return (int)syscall(SYS_pidfd_send_signal, pidfd, sig, NULL, 0);
}

#endif
