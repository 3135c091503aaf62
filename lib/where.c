/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Whose a cgroup is.  A socket has the id of one, that its maker was in, which
 * may be any below <jid>/.  Root opens it by that id, and the path tells.
 * Others cannot; they get to know the cgroups that we make.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "buf.h"
#include "cg.h"
#include "cleanup.h"
#include "core.h"
#include "io.h"
#include "jerr.h"
#include "where.h"

#define HANDLE_KERNFS 0xfe /* FILEID_KERNFS: an id, since Linux 5.5 */

struct where_known {
	uint64_t cgroup;
	int jid; /* or -ENOENT */
};

/* ---- what is known ---- */

/* Where it is in the list, or would be. */
static size_t
place_of(const struct where *w, uint64_t cgroup)
{
	size_t low = 0, high = w->n, middle;

	while (low < high) {
		middle = low + (high - low) / 2;
		if (w->known[middle].cgroup < cgroup)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static bool
is_known(const struct where *w, size_t i, uint64_t cgroup)
{
	return i < w->n && w->known[i].cgroup == cgroup;
}

/* Without memory it is found out again. */
static void
learn(struct where *w, uint64_t cgroup, int jid)
{
	size_t i = place_of(w, cgroup);
	struct where_known *more;

	if (is_known(w, i, cgroup) ||
	    (more = grow(w->known, w->n, sizeof(*more))) == NULL)
		return;
	w->known = more;
	memmove(&more[i + 1], &more[i], (w->n - i) * sizeof(*more));
	more[i] = (struct where_known){ .cgroup = cgroup, .jid = jid };
	w->n++;
}

/* ---- by path ---- */

/* The path that a descriptor has; NULL: none that can be told. */
static char *
path_of(int fd)
{
	char link[64], path[PATH_MAX];
	ssize_t n;

	(void)snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	n = readlink(link, path, sizeof(path));
	return n <= 0 || (size_t)n == sizeof(path) ? NULL
						   : strndup(path, (size_t)n);
}

/* The numbers that the rest of a path begins with: 7/9/payload is jail 9. */
static int
jid_of(const char *path)
{
	int jid = 0;
	char *end;
	long n;

	while (*path >= '1' && *path <= '9') {
		n = strtol(path, &end, 10);
		if ((*end != '/' && *end != '\0') || n > INT_MAX)
			break;
		jid = (int)n;
		path = end + (*end == '/');
	}
	return jid;
}

/* As where_is(); -EPERM: the caller may not ask so. */
static int
open_by_id(const struct where *w, uint64_t cgroup)
{
	union {
		struct file_handle handle;
		char room[sizeof(struct file_handle) + sizeof(cgroup)];
	} u = { .handle = { .handle_bytes = sizeof(cgroup),
		    .handle_type = HANDLE_KERNFS } };
	auto_free char *path = NULL;
	auto_close int fd = -1;

	memcpy(u.handle.f_handle, &cgroup, sizeof(cgroup));
	fd = open_by_handle_at(w->root, &u.handle, O_PATH | O_CLOEXEC);
	if (fd < 0)
		return errno == EPERM ? -EPERM : -ENOENT;
	if ((path = path_of(fd)) == NULL)
		return -ENOENT;
	if (strncmp(path, w->prefix, strlen(w->prefix)) != 0)
		return 0;
	return jid_of(path + strlen(w->prefix));
}

/* ---- without privilege ---- */

static void
learn_jails(struct where *w)
{
	auto_free int *jids = NULL;
	struct jerr e;
	ssize_t i, n = jails_list(w->jails, &jids, &e);

	for (i = 0; i < n; i++) {
		auto_jail struct jail j = JAIL_INIT;
		auto_close int payload = -1;
		uint64_t id;

		if (jail_open(w->jails, jids[i], &j) < 0)
			continue;
		learn(w, j.id, j.jid);
		if ((payload = cg_open(j.dir, "payload")) >= 0 &&
		    cg_id(payload, &id) == 0)
			learn(w, id, j.jid);
	}
}

/* ---- ---- */

int
where_init(struct where *ret, struct jerr *e)
{
	auto_close int root = cg_root(), jails = jails_dir(false, e);
	auto_free char *path = NULL;
	struct buf prefix = BUF_INIT;

	if (jails < 0 && jails != -ENOENT)
		return jails;
	if (jails >= 0) {
		if ((path = path_of(jails)) == NULL)
			return jerr_sys(e, errno, "path of the jails' cgroup");
		buf_fmt(&prefix, "%s/", path);
		if (buf_err(&prefix) < 0)
			return jerr_sys(e, ENOMEM, "cgroups of jails");
	}
	*ret = (struct where){ .root = take_fd(&root),
		.jails = take_fd(&jails),
		.prefix = prefix.p };
	return 0;
}

void
where_done(struct where *w)
{
	close_fd(w->root);
	close_fd(w->jails);
	free(w->prefix);
	free(w->known);
}

int
where_is(struct where *w, uint64_t cgroup)
{
	size_t i = place_of(w, cgroup);
	int jid;

	if (w->jails < 0)
		return 0;
	if (is_known(w, i, cgroup))
		return w->known[i].jid;
	if ((jid = open_by_id(w, cgroup)) == -EPERM) {
		if (w->n == 0)
			learn_jails(w);
		i = place_of(w, cgroup);
		jid = is_known(w, i, cgroup) ? w->known[i].jid : 0;
	}
	learn(w, cgroup, jid);
	return jid;
}

int
where_process(const struct where *w, int proc, uint64_t *ret)
{
	char text[PATH_MAX + 1024], *line, *rest = text;
	auto_close int dir = -1;
	ssize_t n = io_readat(proc, "cgroup", text, sizeof(text));

	if (n < 0)
		return (int)n;
	while ((line = strsep(&rest, "\n")) != NULL)
		if (strncmp(line, "0::/", 4) == 0)
			break;
	if (line == NULL)
		return -ENOENT;
	line += 4;
	dir = openat(w->root, *line == '\0' ? "." : line, O_PATH | O_CLOEXEC);
	return dir < 0 ? -errno : cg_id(dir, ret);
}
