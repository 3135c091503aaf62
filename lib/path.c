/* SPDX-License-Identifier: BSD-2-Clause */
/* Names of the host that parameters give. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "buf.h"
#include "cleanup.h"
#include "core.h"
#include "fstab.h"
#include "io.h"
#include "jerr.h"
#include "path.h"
#include "uapi.h"

#define LINKS_MAX 40 /* as the kernel */
#define TEXT_MAX (1 << 20)

int
path_open(const char *canon)
{
	int fd = sys_openat2(AT_FDCWD, canon, O_PATH | O_CLOEXEC, 0,
	    RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS);

	return fd < 0 ? -errno : fd;
}

int
path_open_known(const char *canon, dev_t dev, ino_t ino)
{
	auto_close int fd = path_open(canon);
	struct stat st;

	if (fd < 0)
		return fd;
	if (fstat(fd, &st) < 0)
		return -errno;
	return st.st_dev == dev && st.st_ino == ino ? take_fd(&fd) : -ESTALE;
}

static bool
is_text_file(const struct stat *st)
{
	return S_ISREG(st->st_mode) ||
	       (S_ISCHR(st->st_mode) && st->st_rdev == makedev(1, 3));
}

int
path_read_text(
    const char *name, const char *who, struct buf *ret, struct jerr *e)
{
	/* a FIFO or a device would wait for somebody */
	auto_close int fd =
	    open(name, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	auto_buf struct buf b = BUF_INIT;
	struct stat st;
	int r;

	if (fd < 0 || fstat(fd, &st) < 0)
		return jerr_sys(e, errno, "%s: %s", who, name);
	if (S_ISDIR(st.st_mode))
		return jerr_sys(e, EISDIR, "%s: %s", who, name);
	if (!is_text_file(&st))
		return jerr(e, EINVAL, "%s: %s: not a regular file", who, name);
	if ((r = io_slurp(fd, TEXT_MAX, &b)) < 0)
		return jerr_sys(e, -r, "%s: %s", who, name);
	if (b.p != NULL && memchr(b.p, '\0', b.len) != NULL)
		return jerr(
		    e, EINVAL, "%s: %s: not a text: it has NULs", who, name);
	*ret = b; /* handed over */
	b = (struct buf)BUF_INIT;
	return 0;
}

int
path_open_below(int root, const char *name)
{
	auto_close int look = sys_openat2(root, name, O_PATH | O_CLOEXEC, 0,
			   RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS),
		       fd = -1;
	struct statfs fs;
	struct stat st, now;

	if (look < 0 || fstat(look, &st) < 0 || fstatfs(look, &fs) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode) || fs.f_type == PROC_MAGIC ||
	    fs.f_type == SYSFS_MAGIC)
		return -EACCES;
	fd = sys_openat2(root, name,
	    O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, 0,
	    RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS);
	if (fd < 0 || fstat(fd, &now) < 0)
		return -errno;
	return now.st_dev == st.st_dev && now.st_ino == st.st_ino ? take_fd(&fd)
								  : -EACCES;
}

const char *
path_below(const char *path, const char *target)
{
	size_t len = strlen(path);

	while (len > 0 && path[len - 1] == '/')
		len--;
	if (strncmp(path, target, len) != 0)
		return NULL;
	if (target[len] == '\0')
		return "/";
	return target[len] == '/' ? target + len : NULL;
}

/* ---- whose files ---- */

/* Is name at or below dir?  The root belongs to nobody in particular. */
static bool
is_below(const char *name, const char *dir)
{
	size_t len = strlen(dir);

	while (len > 0 && dir[len - 1] == '/')
		len--;
	return len > 0 && strncmp(name, dir, len) == 0 &&
	       (name[len] == '/' || name[len] == '\0');
}

/* Does dir, in whatever form it was given, hold the canonical name? */
static bool
holds(const char *dir, const char *name)
{
	char real[PATH_MAX];

	return is_below(name, dir) ||
	       (realpath(dir, real) != NULL && is_below(name, real));
}

static bool
line_holds(const char *who, const struct fstab_entry *f, void *name)
{
	(void)who;
	return f->source[0] == '/' && holds(f->source, name);
}

static bool
jail_holds(const struct pset *params, const char *name)
{
	const char *path = pset_get(params, P_PATH, 0);

	return (path != NULL && holds(path, name)) ||
	       lines_each(params, line_holds, (void *)(uintptr_t)name);
}

/* The jail whose files name lies in: its jid, 0 if there is none. */
static int
jail_of_file(const char *name, struct jerr *e)
{
	auto_close int jails = jails_dir(false, e);
	auto_free int *jids = NULL;
	ssize_t n, i;

	if (jails < 0)
		return jails == -ENOENT ? 0 : jails;
	if ((n = jails_list(jails, &jids, e)) < 0)
		return (int)n;
	for (i = 0; i < n; i++) {
		auto_jail struct jail j = JAIL_INIT;
		struct record rec;
		bool found;

		if (jail_open(jails, jids[i], &j) < 0 ||
		    store_read(j.dir, true, &rec) < 0)
			continue;
		found = jail_holds(&rec.params, name);
		record_done(&rec);
		if (found)
			return jids[i];
	}
	return 0;
}

/* ---- making canonical ---- */

struct walk {
	const char *name; /* as it was given, for messages */
	const char *no_link; /* below it each link is refused; NULL: none */
	struct buf at; /* canonical so far; "" is the root */
	char *rest; /* what is still to come, owned */
	int links;
};

static void
step_up(struct buf *at)
{
	while (at->len > 0 && at->p[--at->len] != '/')
		;
	if (at->p != NULL)
		at->p[at->len] = '\0';
}

/* Put a link's text in front of what is to come. */
static int
follow(struct walk *w, const char *who, const char *rest, struct jerr *e)
{
	char text[PATH_MAX];
	struct buf b = BUF_INIT;
	ssize_t n = readlink(w->at.p, text, sizeof(text) - 1);
	int jid;

	if (n < 0 || ++w->links > LINKS_MAX)
		return jerr_sys(
		    e, n < 0 ? errno : ELOOP, "%s %s", who, w->at.p);
	if (w->no_link != NULL && path_below(w->no_link, w->at.p) != NULL)
		return jerr(e, ELOOP, "%.*s: %s is a symbolic link",
		    (int)strcspn(who, ":"), who, w->at.p);
	if ((jid = jail_of_file(w->at.p, e)) < 0)
		return jid;
	if (jid > 0)
		return jerr(e, ELOOP,
		    "%.*s: %s is a symbolic link in the files "
		    "of jail %d, whose root may have made it",
		    (int)strcspn(who, ":"), who, w->at.p, jid);
	text[n] = '\0';
	buf_fmt(&b, "%s/%s", text, rest);
	if (text[0] == '/')
		w->at.len = 0;
	else
		step_up(&w->at);
	free(w->rest);
	w->rest = buf_take(&b);
	return w->rest != NULL ? 1 : jerr_sys(e, ENOMEM, "%s", who);
}

/* One component.  1: a link, walk anew from w->rest. */
static int
step(struct walk *w, const char *who, const char *word, size_t len,
    const char *rest, struct jerr *e)
{
	struct stat st;

	if (len == 0 || (len == 1 && word[0] == '.'))
		return 0;
	if (len == 2 && word[0] == '.' && word[1] == '.') {
		step_up(&w->at);
		return 0;
	}
	buf_fmt(&w->at, "/%.*s", (int)len, word);
	if (buf_err(&w->at) < 0)
		return jerr_sys(e, ENOMEM, "%s", who);
	if (lstat(w->at.p, &st) < 0)
		return jerr_sys(e, errno, "%s %s", who, w->name);
	return S_ISLNK(st.st_mode) ? follow(w, who, rest, e) : 0;
}

static int
walk(struct walk *w, const char *who, struct jerr *e)
{
	const char *p = w->rest;
	size_t len;
	int r;

	while (*p != '\0') {
		len = strcspn(p, "/");
		r = step(w, who, p, len, p + len, e);
		if (r < 0)
			return r;
		p = r == 1 ? w->rest : p + len + strspn(p + len, "/");
	}
	return 0;
}

int
path_canon_strict(const char *name, const char *who, const char *no_link,
    char **ret, struct jerr *e)
{
	struct walk w = { .name = name,
		.no_link = no_link,
		.rest = strdup(name + strspn(name, "/")) };
	int r =
	    w.rest != NULL ? walk(&w, who, e) : jerr_sys(e, ENOMEM, "%s", who);

	free(w.rest);
	if (r == 0 && w.at.len == 0)
		buf_chr(&w.at, '/');
	if (r == 0 && (*ret = buf_take(&w.at)) == NULL)
		r = jerr_sys(e, ENOMEM, "%s", who);
	buf_done(&w.at);
	return r;
}

int
path_canon(const char *name, const char *who, char **ret, struct jerr *e)
{
	return path_canon_strict(name, who, NULL, ret, e);
}
