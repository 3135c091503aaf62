/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is mounted below path on the host, exec.prestart's mounts among them,
 * is carried into the jail: real file systems, each idmapped on its own where
 * the jail has ids of its own.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "buf.h"
#include "build.h"
#include "cleanup.h"
#include "fstypes.h"
#include "io.h"
#include "jerr.h"
#include "mnt.h"
#include "path.h"
#include "uapi.h"

/* Undo mountinfo's \ooo in place. */
static void
unescape(char *s)
{
	char *out = s;

	for (; *s != '\0'; s++) {
		if (s[0] == '\\' && s[1] != '\0' && s[2] != '\0' &&
		    s[3] != '\0') {
			*out++ = (char)((s[1] - '0') << 6 | (s[2] - '0') << 3 |
					(s[3] - '0'));
			s += 3;
		} else {
			*out++ = *s;
		}
	}
	*out = '\0';
}

/* A line of mountinfo. */
struct mountinfo {
	long id;
	char *point;
	char *type;
};

static int
parse_mountinfo(char *line, struct mountinfo *ret)
{
	char *rest = line, *sep = strstr(line, " - ");
	int i;

	if (sep == NULL)
		return -EINVAL;
	*sep = '\0';
	ret->id = strtol(line, NULL, 10);
	ret->type = sep + 3;
	ret->type[strcspn(ret->type, " ")] = '\0';
	for (i = 0; i < 4; i++)
		(void)strsep(&rest, " ");
	if (rest == NULL)
		return -EINVAL;
	ret->point = strsep(&rest, " ");
	unescape(ret->point);
	return 0;
}

/* Is name at or below one of the NUL-ended names of the list? */
static int
is_below_any(const struct buf *list, const char *name)
{
	const char *p;
	size_t len;

	for (p = list->p; p != NULL && p < list->p + list->len; p += len + 1) {
		len = strlen(p);
		if (strncmp(name, p, len) == 0 &&
		    (name[len] == '/' || name[len] == '\0'))
			return 1;
	}
	return 0;
}

/*
 * One mount below path.  A jail that shares path may exchange directories and
 * links on the way: the name is resolved below path without links, and what
 * is found must be the mount of that line.  What cannot be idmapped or is
 * hidden by another mount stays out: the jail sees the bare directory.  Of
 * the first, which depends on the kernel (tmpfs: 6.3), the user is told.
 */
static void
carry(struct build *b, const struct mountinfo *m, const char *name)
{
	auto_close int source =
	    sys_openat2(b->path, name + 1, O_PATH | O_CLOEXEC, 0,
		RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS);
	auto_close int mnt = -1, target = -1;
	struct jerr e;

	if (source < 0 || mnt_id(source) != m->id)
		return;
	mnt = mount_idmapped(b, source, "", 0, "path", m->point, &e);
	if (mnt == -EOPNOTSUPP)
		buf_fmt(b->notes,
		    "%spath: %s: this %s cannot be idmapped: the jail sees "
		    "the bare directory",
		    b->notes->len > 0 ? "\n" : "", m->point, m->type);
	if (mnt >= 0 && (target = mnt_resolve(b->root, name)) >= 0)
		(void)mnt_attach(mnt, target); /* as above */
}

int
mount_carried(struct build *b, struct jerr *e)
{
	const char *name;
	auto_close int fd = -1;
	auto_buf struct buf text = BUF_INIT, kernel = BUF_INIT;
	struct mountinfo m;
	char *rest, *line;
	int r;

	if (b->is_bare)
		return 0;
	fd = openat(b->proc, "thread-self/mountinfo", O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return jerr_sys(e, errno, "mountinfo");
	if ((r = io_slurp(fd, 64 << 20, &text)) < 0)
		return jerr_sys(e, -r, "mountinfo");
	rest = text.p;
	while ((line = strsep(&rest, "\n")) != NULL) {
		if (parse_mountinfo(line, &m) < 0 ||
		    (name = path_below(b->real, m.point)) == NULL ||
		    name[1] == '\0')
			continue;
		/*
		 * The jail gets its own where it asks for them; what lies on
		 * a kernel interface is part of it.
		 */
		if (fstype_is_kernel(m.type)) {
			buf_add(&kernel, name, strlen(name) + 1);
			continue;
		}
		if (is_below_any(&kernel, name))
			continue;
		carry(b, &m, name);
	}
	return 0;
}
