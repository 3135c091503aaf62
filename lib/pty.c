/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A terminal for a program in a jail: a pty of the jail's own devpts, so
 * that ttyname(3) works there.  The name is resolved without links below
 * the jail's root, which cannot unmount it; what is opened must be the
 * multiplexer of a devpts, whatever the jail's root put in its way.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/major.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "cleanup.h"
#include "jerr.h"
#include "pty.h"
#include "spawn.h"
#include "uapi.h"

#define TTY_GROUP 5 /* "tty" in every distribution */
#define FLAGS (O_RDWR | O_NOCTTY | O_CLOEXEC)

static bool
is_multiplexer(int fd)
{
	struct statfs fs;
	struct stat st;

	return fstat(fd, &st) == 0 && fstatfs(fd, &fs) == 0 &&
	       S_ISCHR(st.st_mode) && st.st_rdev == makedev(TTYAUX_MAJOR, 2) &&
	       fs.f_type == DEVPTS_MAGIC;
}

/* Looked at before it is opened: opening a device may have an effect. */
static int
open_inner(int root)
{
	auto_close int path = sys_openat2(root, "dev/pts/ptmx",
	    O_PATH | O_CLOEXEC, 0, RESOLVE_IN_ROOT | RESOLVE_NO_SYMLINKS);
	auto_close int fd = -1;

	if (path < 0 || !is_multiplexer(path))
		return -ENOENT;
	fd = sys_openat2(root, "dev/pts/ptmx", FLAGS, 0,
	    RESOLVE_IN_ROOT | RESOLVE_NO_SYMLINKS);
	return fd >= 0 && is_multiplexer(fd) ? take_fd(&fd) : -ENOENT;
}

int
pty_open(int jid, const struct jailx_user *user, int *ret_master,
    int *ret_slave, struct jerr *e)
{
	auto_jail struct jail j = JAIL_INIT;
	auto_close int root = -1, master = -1, slave = -1;
	struct record rec;
	uid_t uid;
	int r, unlock = 0;

	if ((r = jail_find(jid, false, &j, e)) < 0 ||
	    (r = root = spawn_root(&j, e)) < 0)
		return r;
	if ((r = store_read(j.dir, false, &rec)) < 0)
		return jerr_sys(e, -r, "record of jail %d", jid);
	uid = rec.idmap + (user != NULL ? user->uid : 0);
	record_done(&rec);
	if ((master = open_inner(root)) < 0)
		master = posix_openpt(FLAGS);
	if (master < 0 || ioctl(master, TIOCSPTLCK, &unlock) < 0 ||
	    (slave = ioctl(master, TIOCGPTPEER, FLAGS)) < 0 ||
	    fchown(slave, uid, rec.idmap + TTY_GROUP) < 0)
		return jerr_sys(e, errno, "pty");
	*ret_master = take_fd(&master);
	*ret_slave = take_fd(&slave);
	return 0;
}
