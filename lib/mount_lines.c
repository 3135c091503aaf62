/* SPDX-License-Identifier: BSD-2-Clause */
/* The lines of mount and of the files of mount.fstab: read, and checked. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "buf.h"
#include "build.h"
#include "cleanup.h"
#include "fstypes.h"
#include "jerr.h"
#include "path.h"

void
mounts_done(struct build *b)
{
	size_t i;

	for (i = 0; i < b->nmounts; i++)
		fstab_entry_done(&b->mounts[i].fs);
	free(b->mounts);
	b->mounts = NULL;
	b->nmounts = 0;
}

static int
has_dotdot(const char *path)
{
	const char *p;

	for (p = path; (p = strstr(p, "/..")) != NULL; p += 3) {
		if (p[3] == '/' || p[3] == '\0')
			return 1;
	}
	return 0;
}

int
mount_check_source(int fd, const char *who, const char *name, struct jerr *e)
{
	if (!fd_is_kernel(fd))
		return 0;
	return jerr(e, EOPNOTSUPP,
	    "%s: %s: is an interface of the kernel, which is the host's: "
	    "mount.procfs and mount.devfs make what a jail may have",
	    who, name);
}

static int
check_source(struct build_mount *m, struct jerr *e)
{
	auto_close int fd = -1;
	struct stat st;
	char *canon, who[64];
	int r;

	if (strcmp(m->fs.type, "nullfs") != 0 &&
	    strcmp(m->fs.type, "bind") != 0)
		return 0;
	if (m->fs.source[0] != '/')
		return jerr(e, EINVAL, "%s: %s: not an absolute pathname",
		    m->who, m->fs.source);
	(void)snprintf(who, sizeof(who), "%s:", m->who);
	if ((r = path_canon(m->fs.source, who, &canon, e)) < 0)
		return r;
	free(m->fs.source);
	m->fs.source = canon;
	if ((fd = path_open(canon)) < 0 || fstat(fd, &st) < 0)
		return jerr_sys(
		    e, fd < 0 ? -fd : errno, "%s: %s", m->who, canon);
	m->is_file = !S_ISDIR(st.st_mode);
	return mount_check_source(fd, m->who, canon, e);
}

static int
add_line(struct build *b, const char *who, const char *line, struct jerr *e)
{
	const char *path = pset_get(&b->rec.params, P_PATH, 0);
	struct build_mount m = { .who = who }, *more;
	int r = fstab_parse(line, who, &m.fs, e);

	if (r <= 0)
		return r;
	r = 0;
	if (m.fs.target[0] != '/' || has_dotdot(m.fs.target))
		r = jerr(e, EINVAL, "%s: %s: not an absolute pathname", who,
		    m.fs.target);
	else if ((m.name = path_below(path, m.fs.target)) == NULL)
		r = jerr(e, EINVAL, "%s: %s: is not below the jail's path %s",
		    who, m.fs.target, path);
	else
		r = check_source(&m, e);
	if (r == 0) {
		more = grow(b->mounts, b->nmounts, sizeof(m));
		if (more != NULL) {
			b->mounts = more;
			b->mounts[b->nmounts++] = m;
			return 0;
		}
		r = jerr_sys(e, ENOMEM, "%s", who);
	}
	fstab_entry_done(&m.fs);
	return r;
}

/*
 * The file by its canonical name, to be freed.  What lies below path, and each
 * link there, may have been made by the root of an earlier jail, and names of
 * the host's files are not for him to give.
 */
static int
find_fstab(const struct build *b, const char *file, const char *who, char **ret,
    struct jerr *e)
{
	auto_free char *cwd = *file == '/' ? strdup("") : getcwd(NULL, 0);
	const char *below = strcmp(b->real, "/") == 0 ? NULL : b->real;
	auto_buf struct buf name = BUF_INIT;
	auto_free char *canon = NULL;
	char colon[64];
	int r;

	if (cwd == NULL)
		return jerr_sys(e, errno, "%s: %s", who, file);
	buf_fmt(&name, "%s%s%s", cwd, *cwd != '\0' ? "/" : "", file);
	if (buf_err(&name) < 0)
		return jerr_sys(e, ENOMEM, "%s", who);
	(void)snprintf(colon, sizeof(colon), "%s:", who);
	if ((r = path_canon_strict(name.p, colon, below, &canon, e)) < 0)
		return r;
	if (below != NULL && path_below(below, canon) != NULL)
		return jerr(e, EPERM,
		    "%s: %s lies below the jail's path, where the jail's root "
		    "can write: move it elsewhere",
		    who, canon);
	*ret = take_ptr(canon);
	return 0;
}

static int
read_fstab(struct build *b, const char *file, struct jerr *e)
{
	const char *who = param(P_MOUNT_FSTAB)->name;
	auto_buf struct buf text = BUF_INIT;
	auto_free char *canon = NULL;
	char *rest, *line;
	int r;

	if ((r = find_fstab(b, file, who, &canon, e)) < 0 ||
	    (r = path_read_text(canon, who, &text, e)) < 0)
		return r;
	rest = text.p;
	while (r == 0 && (line = strsep(&rest, "\n")) != NULL)
		r = add_line(b, who, line, e);
	return r;
}

int
mounts_read(struct build *b, struct jerr *e)
{
	const struct pset *params = &b->rec.params;
	size_t i;
	int r = 0;

	for (i = 0; r == 0 && i < pset_count(params, P_MOUNT); i++)
		r = add_line(
		    b, param(P_MOUNT)->name, pset_get(params, P_MOUNT, i), e);
	for (i = 0; r == 0 && i < pset_count(params, P_MOUNT_FSTAB); i++)
		r = read_fstab(b, pset_get(params, P_MOUNT_FSTAB, i), e);
	if (r == 0 && pset_bool(params, P_MOUNT_FDESCFS) &&
	    !pset_bool(params, P_MOUNT_DEVFS))
		r = jerr(e, EINVAL,
		    "mount.fdescfs: needs mount.devfs on "
		    "Linux: add it");
	return r;
}
