/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The jail's devfs and procfs.
 *
 * devfs is a tmpfs with the nodes of ruleset 4.  They are made by the host's
 * root, here: the jail's root cannot make nodes, and every other file system
 * of the jail is mounted nodev.  What it may do is what it may do anywhere:
 * rename, remove, add links and sockets (syslogd's /dev/log).
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/mount.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "build.h"
#include "cleanup.h"
#include "jail_devices.h"
#include "jerr.h"
#include "mnt.h"
#include "ns.h"

#define TTY_GROUP 5 /* "tty" in every distribution */

#define NODE_MODE 0666

static const struct node {
	const char *name;
	unsigned int major, minor;
} nodes[] = {
#define NODE(name, major, minor) { name, major, minor },
	JAIL_DEVICES(NODE)
#undef NODE
};

static const struct link {
	const char *name, *text;
} links[] = {
	{ "ptmx", "pts/ptmx" },
	{ "fd", "/proc/self/fd" },
	{ "stdin", "/proc/self/fd/0" },
	{ "stdout", "/proc/self/fd/1" },
	{ "stderr", "/proc/self/fd/2" },
};

/* Without a procfs on /proc: one of processes alone, for /dev/fd. */
#define FDESC ".fdescfs"

static const struct link fdesc_links[] = {
	{ "fd", FDESC "/self/fd" },
	{ "stdin", FDESC "/self/fd/0" },
	{ "stdout", FDESC "/self/fd/1" },
	{ "stderr", FDESC "/self/fd/2" },
};

static const struct dir {
	const char *name;
	mode_t mode;
} dirs[] = {
	{ "pts", 0755 },
	{ "shm", 01777 },
	{ FDESC, 0555 },
};

/* Put links into dev, in the place of whatever has their names. */
static int
make_links(int dev, const struct link *l, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		if (symlinkat(l[i].text, dev, l[i].name) == 0)
			continue;
		if (errno != EEXIST || unlinkat(dev, l[i].name, 0) < 0 ||
		    symlinkat(l[i].text, dev, l[i].name) < 0)
			return -errno;
	}
	return 0;
}

static int
make_nodes(int dev)
{
	size_t i;

	for (i = 0; i < nitems(nodes); i++) {
		if (mknodat(dev, nodes[i].name, S_IFCHR | NODE_MODE,
			makedev(nodes[i].major, nodes[i].minor)) < 0)
			return -errno;
	}
	for (i = 0; i < nitems(dirs); i++) {
		if (mkdirat(dev, dirs[i].name, dirs[i].mode) < 0)
			return -errno;
	}
	return make_links(dev, links, nitems(links));
}

/* Attach mnt on name below the directory dir. */
static int
attach_below(int mnt, int dir, const char *name)
{
	auto_close int target =
	    openat(dir, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);

	return target < 0 ? -errno : mnt_attach(mnt, target);
}

static int
mount_pts(const struct build *b, int dev)
{
	auto_close int pts = -1;
	char text[128];

	(void)snprintf(text, sizeof(text),
	    "newinstance,ptmxmode=0666,"
	    "mode=0620,uid=%u,gid=%u,max=1024",
	    b->rec.idmap, b->rec.idmap + TTY_GROUP);
	pts = mnt_new("devpts", text, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC);
	return pts < 0 ? pts : attach_below(pts, dev, "pts");
}

int
mount_devfs(const struct build *b, unsigned int attr, const char *who,
    const char *name, struct jerr *e)
{
	auto_close int target = mount_target(b, who, name, e), dev = -1;
	mode_t mask;
	int r;

	if (target < 0)
		return target;
	/* shm is in it: sized like other runtimes' /dev/shm */
	dev = mount_tmpfs(b, ",mode=755,size=64m,nr_inodes=8192", 0);
	if ((r = dev) >= 0)
		r = ns_files_of(b->rec.idmap);
	if (r >= 0) {
		mask = umask(0);
		r = make_nodes(dev);
		(void)umask(mask);
	}
	if (r >= 0)
		r = ns_files_of(0);
	if (r >= 0)
		r = mnt_attr(dev, attr, 0, -1);
	if (r >= 0)
		r = mnt_attach(dev, target);
	if (r >= 0)
		r = mount_pts(b, dev);
	return r < 0 ? jerr_sys(e, -r, "%s: mount %s", who, name) : 0;
}

/*
 * Root of a jail that has the host's ids owns what is root's in a procfs, and
 * writes to it without any capability: caches of the host's NFS server in
 * the net directory of each process, or what its pid 1 is to be judged by.
 */
static unsigned int
proc_attr(const struct build *b)
{
	return MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC |
	       (idmap_is_own(&b->rec.params) ? 0 : MOUNT_ATTR_RDONLY);
}

int
mount_fdescfs(const struct build *b, unsigned int attr, const char *who,
    const char *name, struct jerr *e)
{
	auto_close int dev = -1, proc = -1;
	int r;

	if (pset_bool(&b->rec.params, P_MOUNT_PROCFS))
		return 0; /* the links of devfs lead there */
	if ((dev = mount_target(b, who, name, e)) < 0)
		return dev;
	proc = mnt_new("proc", "subset=pid", attr | proc_attr(b));
	if ((r = proc) >= 0)
		r = attach_below(proc, dev, FDESC);
	if (r >= 0)
		r = ns_files_of(b->rec.idmap);
	if (r >= 0)
		r = make_links(dev, fdesc_links, nitems(fdesc_links));
	if (r >= 0)
		r = ns_files_of(0);
	return r < 0 ? jerr_sys(e, -r, "%s: mount %s", who, name) : 0;
}

/* ---- procfs ---- */

/* Of no use to a jail, or telling it about the host: nothing is there. */
static const char *const masked[] = {
	"acpi",
	"asound",
	"driver",
	"interrupts",
	"kallsyms",
	"kcore",
	"key-users",
	"keys",
	"kmsg",
	"kpagecgroup",
	"kpagecount",
	"kpageflags",
	"latency_stats",
	"mtrr",
	"sched_debug",
	"scsi",
	"slabinfo",
	"sysrq-trigger",
	"timer_list",
	"timer_stats",
	"vmallocinfo",
};

/* Root's of the host, deeper down: for a jail whose root has its ids. */
static const char *const masked_deep[] = {
	"sys/net/ipv4/tcp_fastopen_key",
	"tty/driver",
};

/* Readable alone. */
static const char *const read_only[] = {
	"apm",
	"bus",
	"fs",
	"irq",
	"sys",
};

/*
 * What lies over a masked name: an empty file or directory that nobody may
 * read, in a file system of its own, attached where only this namespace's
 * host part sees it (clones are made of attached mounts alone).
 */
static int
make_mask(void)
{
	auto_close int mask = mnt_new("tmpfs", "mode=000,size=4k,nr_inodes=8",
	    MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC);
	auto_close int target = open("/proc", O_PATH | O_CLOEXEC);
	int r;

	if (mask < 0)
		return mask;
	if (target < 0 || mkdirat(mask, "d", 0) < 0 ||
	    mknodat(mask, "f", S_IFREG, 0) < 0)
		return -errno;
	if ((r = mnt_attr(mask, MOUNT_ATTR_RDONLY, 0, -1)) == 0)
		r = mnt_attach(mask, target);
	return r < 0 ? r : take_fd(&mask);
}

/* Is it root's, and nobody else may as much as look at it? */
static bool
is_roots(const struct stat *st)
{
	return st->st_uid == 0 && (st->st_mode & 07) == 0;
}

static int
mask_one(const struct build *b, int mask, int proc, const char *name)
{
	auto_close int target =
			   openat(proc, name, O_PATH | O_NOFOLLOW | O_CLOEXEC),
		       mnt = -1;
	struct stat st;

	if (target < 0)
		return errno == ENOENT ? 0 : -errno; /* not in this kernel */
	if (fstat(target, &st) < 0)
		return -errno;
	/* host root's alone: root in the jail is not, and cannot override */
	if (is_roots(&st) && idmap_is_own(&b->rec.params))
		return 0;
	if ((mnt = mnt_clone(mask, S_ISDIR(st.st_mode) ? "d" : "f")) < 0)
		return mnt;
	return mnt_attach(mnt, target);
}

/*
 * What is host root's alone, for a jail whose root has its ids, but for what
 * is masked already.  Links lead to what is looked at.
 */
static int
mask_roots(const struct build *b, int mask, int proc)
{
	int fd = openat(proc, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC), r = 0;
	DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
	struct stat of_proc = { 0 }, st;
	struct dirent *d;

	if (dir == NULL) {
		r = -errno;
		close_fd(fd);
		return r;
	}
	if (fstat(fd, &of_proc) < 0)
		r = -errno;
	while (r == 0 && (d = readdir(dir)) != NULL) {
		if (d->d_name[0] == '.' || d->d_type == DT_LNK ||
		    fstatat(fd, d->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0 ||
		    !is_roots(&st) || st.st_dev != of_proc.st_dev)
			continue;
		r = mask_one(b, mask, proc, d->d_name);
	}
	(void)closedir(dir); /* only read */
	return r;
}

static int
protect_one(int proc, const char *name)
{
	auto_close int mnt = mnt_clone(proc, name);
	int r;

	if (mnt < 0)
		return mnt == -ENOENT ? 0 : mnt; /* not in this kernel */
	if ((r = mnt_attr(mnt, MOUNT_ATTR_RDONLY, 0, -1)) < 0)
		return r;
	return attach_below(mnt, proc, name);
}

/*
 * What a network namespace shows in sys/net is its own, or read-only: the
 * kernel sees to that.  Taken before sys is protected; -1: not for this jail.
 */
static int
clone_net(const struct build *b, int proc)
{
	if (!pset_is(&b->rec.params, P_VNET, "new"))
		return -1;
	return mnt_clone(proc, "sys/net");
}

static int
protect(const struct build *b, int proc)
{
	auto_close int net = clone_net(b, proc);
	size_t i;
	int r = 0;

	for (i = 0; r >= 0 && i < nitems(read_only); i++)
		r = protect_one(proc, read_only[i]);
	return r >= 0 && net >= 0 ? attach_below(net, proc, "sys/net") : r;
}

static int
mask_more(const struct build *b, int mask, int proc)
{
	size_t i;
	int r = mask_roots(b, mask, proc);

	for (i = 0; r >= 0 && i < nitems(masked_deep); i++)
		r = mask_one(b, mask, proc, masked_deep[i]);
	return r;
}

int
mount_procfs(const struct build *b, unsigned int attr, const char *who,
    const char *name, struct jerr *e)
{
	auto_close int target = mount_target(b, who, name, e);
	auto_close int proc = -1, mask = -1;
	bool own = idmap_is_own(&b->rec.params);
	size_t i;
	int r;

	if (target < 0)
		return target;
	proc = mnt_new("proc", NULL, attr | proc_attr(b));
	if ((r = proc) >= 0)
		r = mnt_attach(proc, target);
	if (r >= 0)
		r = mask = make_mask();
	for (i = 0; r >= 0 && i < nitems(masked); i++)
		r = mask_one(b, mask, proc, masked[i]);
	if (r >= 0)
		r = own ? protect(b, proc) : mask_more(b, mask, proc);
	return r < 0 ? jerr_sys(e, -r, "%s: mount %s", who, name) : 0;
}
