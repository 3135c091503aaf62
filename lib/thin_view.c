/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The overlay in which a thin jail is planned.
 *
 * Names are a tree of nodes, made as they are asked for and kept, also those
 * that do not exist: a search path is asked for the same few directories again
 * and again.  A node's name has no links, so below a directory of the jail it
 * is opened with RESOLVE_NO_SYMLINKS, and a link that the jail puts there
 * meanwhile is an error, not a way out.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "buf.h"
#include "cleanup.h"
#include "elf.h"
#include "thin_view.h"
#include "uapi.h"

enum {
	MAX_LINKS = 40,
	MAX_WORK = 4 << 20,
	NODE_WORK = 32,
};

/* A walk along a name. */
struct walk {
	struct vnode *at;
	char *rest; /* a PATH_MAX buffer */
	bool trusted;
	bool take;
	int links;
};

static unsigned
hash_of(const char *s, size_t len)
{
	unsigned h = 5381;

	while (len-- > 0)
		h = h * 33 + (unsigned char)*s++;
	return h;
}

static struct vnode *
node_new(struct vnode *parent, const char *base, size_t len)
{
	size_t dir = parent != NULL ? strlen(parent->name) : 0;
	struct vnode *n = calloc(1, sizeof(*n) + dir + len + 2);

	if (n == NULL)
		return NULL;
	if (parent != NULL) {
		memcpy(n->name, parent->name, dir);
		n->name[dir] = '/';
		n->base = dir + 1;
		memcpy(n->name + n->base, base, len);
		n->next = parent->child;
		parent->child = n;
	}
	n->hash = hash_of(base, len);
	n->parent = parent;
	return n;
}

static void
node_free(struct vnode *n)
{
	if (n->elf != NULL)
		elf_done(n->elf);
	free(n->elf);
	free(n->source);
	free(n->text);
	free(n);
}

int
view_init(struct thin_view *v, int rootfd)
{
	struct vnode *root = node_new(NULL, "", 0);

	if (root == NULL || (root->source = strdup("")) == NULL) {
		free(root);
		return -ENOMEM;
	}
	root->kind = V_DIR;
	root->jail = rootfd >= 0;
	root->open = true;
	*v = (struct thin_view){
		.rootfd = rootfd, .root = root, .left = MAX_WORK
	};
	return 0;
}

void
view_done(struct thin_view *v)
{
	struct vnode *n = v->root, *up;

	/* Not by recursion: how deep the tree is, is up to the jail. */
	while (n != NULL) {
		if (n->child != NULL) {
			n = n->child;
			continue;
		}
		if ((up = n->parent) != NULL)
			up->child = n->next;
		node_free(n);
		n = up;
	}
	v->root = NULL;
}

int
view_work(struct thin_view *v, size_t work)
{
	if (v->left < work)
		return -E2BIG;
	v->left -= work;
	return 0;
}

static enum vkind
kind_of(mode_t mode)
{
	if (S_ISDIR(mode))
		return V_DIR;
	if (S_ISREG(mode))
		return V_FILE;
	return S_ISLNK(mode) ? V_LINK : V_OTHER;
}

static int
jail_open(const struct thin_view *v, const struct vnode *n, uint64_t flags)
{
	struct open_how how = {
		.flags = flags | O_CLOEXEC | O_NOFOLLOW,
		.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS |
			   RESOLVE_NO_SYMLINKS,
	};
	long fd;

	fd = syscall(SYS_openat2, v->rootfd, n->name + 1, &how, sizeof(how));
	return fd < 0 ? -errno : (int)fd;
}

static int
link_text(int dirfd, const char *path, char **ret)
{
	char text[PATH_MAX];
	ssize_t len = readlinkat(dirfd, path, text, sizeof(text));

	if (len < 0)
		return -errno;
	if (len == 0 || (size_t)len == sizeof(text))
		return -ENAMETOOLONG;
	return (*ret = strndup(text, (size_t)len)) != NULL ? 0 : -ENOMEM;
}

/* Look at a name in the jail's path. */
static int
jail_stat(const struct thin_view *v, struct vnode *n)
{
	auto_close int fd = jail_open(v, n, O_PATH);
	struct stat st;

	if (fd < 0)
		return fd == -ENOENT || fd == -ENOTDIR ? 0 : fd;
	if (fstat(fd, &st) < 0)
		return -errno;
	n->jail = true;
	n->kind = kind_of(st.st_mode);
	n->exec = (st.st_mode & 0111) != 0;
	n->open = true;
	return n->kind == V_LINK ? link_text(fd, "", &n->text) : 0;
}

static bool
is_open(const struct stat *st)
{
	return (st->st_mode & (S_ISDIR(st->st_mode) ? 0001 : 0004)) != 0;
}

/* May any user reach that name?  It is canonical; its end is not looked at. */
static bool
is_reachable(const char *path)
{
	char dir[PATH_MAX];
	struct stat st;

	for (const char *p = path + 1; (p = strchr(p, '/')) != NULL; p++) {
		memcpy(dir, path, (size_t)(p - path));
		dir[p - path] = '\0';
		if (lstat(dir, &st) < 0 || !is_open(&st))
			return false;
	}
	return true;
}

/* No file of the host's kernel may be reached by what the jail says. */
static bool
is_kernel(const char *name)
{
	return strcmp(name, "/proc") == 0 || strcmp(name, "/sys") == 0 ||
	       strcmp(name, "/dev") == 0;
}

/* Has the host's file another name, through a link where the jail has none? */
static bool
is_moved(const struct vnode *n)
{
	return strcmp(n->source, n->name) != 0;
}

/*
 * A link of the host that cannot be shown as it is: the jail has a directory
 * where the link or its directory would be, and so the text would lead
 * elsewhere.  The node stands for what the host has there.
 */
static int
host_merge(struct vnode *n)
{
	char path[PATH_MAX];
	char *source;
	struct stat st;

	if (realpath(n->source, path) == NULL || stat(path, &st) < 0)
		return errno == ENOMEM ? -ENOMEM : -ENOENT;
	if ((source = strdup(path)) == NULL)
		return -ENOMEM;
	free(n->source);
	n->source = source;
	n->dev = st.st_dev;
	n->ino = st.st_ino;
	if (!n->jail) {
		n->kind = kind_of(st.st_mode);
		n->exec = (st.st_mode & 0111) != 0;
	}
	n->open = is_open(&st) && is_reachable(path);
	return S_ISDIR(st.st_mode) || !n->jail ? 0 : -ENOTDIR;
}

/* The host directory behind a directory of the jail. */
static int
host_behind(struct vnode *n)
{
	int r = host_merge(n);

	if (r == -ENOENT || r == -ENOTDIR) {
		free(take_ptr(n->source));
		return 0;
	}
	return r;
}

/* Look at a name on the host, where the jail has none. */
static int
host_stat(struct vnode *n)
{
	struct stat st;
	int r;

	if (lstat(n->source, &st) < 0) {
		free(take_ptr(n->source));
		return 0;
	}
	n->dev = st.st_dev;
	n->ino = st.st_ino;
	n->kind = kind_of(st.st_mode);
	n->exec = (st.st_mode & 0111) != 0;
	n->open = n->parent->open && (n->kind == V_LINK || is_open(&st));
	if (n->kind != V_LINK)
		return 0;
	if ((r = link_text(AT_FDCWD, n->source, &n->text)) < 0)
		return r;
	if (!is_moved(n) || strncmp(n->text, "..", 2) != 0)
		return 0;
	if ((r = host_merge(n)) == -ENOENT) {
		n->kind = V_NONE;
		return 0;
	}
	return r;
}

static int
node_stat(const struct thin_view *v, struct vnode *n)
{
	struct vnode *up = n->parent;
	struct buf b = BUF_INIT;
	int r;

	if (up->jail && (r = jail_stat(v, n)) < 0)
		return r;
	if ((n->jail && n->kind != V_DIR) || up->source == NULL)
		return 0;
	buf_fmt(&b, "%s/%s", up->source, n->name + n->base);
	if ((n->source = buf_take(&b)) == NULL)
		return -ENOMEM;
	r = n->jail ? host_behind(n) : host_stat(n);
	if (is_kernel(n->name))
		n->open = false;
	return r;
}

static int
node_get(struct thin_view *v, struct vnode *dir, const char *base, size_t len,
    struct vnode **ret)
{
	unsigned hash = hash_of(base, len);
	struct vnode *n;
	int r;

	for (n = dir->child; n != NULL; n = n->next)
		if (n->hash == hash &&
		    strncmp(n->name + n->base, base, len) == 0 &&
		    n->name[n->base + len] == '\0') {
			*ret = n;
			return 0;
		}
	if (strlen(dir->name) + len + 2 > PATH_MAX || len > NAME_MAX)
		return -ENAMETOOLONG;
	if ((r = view_work(v, NODE_WORK + strlen(dir->name) / 8)) < 0)
		return r;
	if ((n = node_new(dir, base, len)) == NULL)
		return -ENOMEM;
	if ((r = node_stat(v, n)) < 0) {
		dir->child = n->next;
		node_free(n);
		return r;
	}
	*ret = n;
	return 0;
}

/* Put a link's text before the rest of the way. */
static int
walk_link(struct thin_view *v, struct walk *w, const struct vnode *n)
{
	size_t text = strlen(n->text), rest = strlen(w->rest);

	if (++w->links > MAX_LINKS)
		return -ELOOP;
	if (n->jail && !name_is_plain(n->text))
		return -EINVAL;
	if (text + rest + 2 > PATH_MAX)
		return -ENAMETOOLONG;
	memmove(w->rest + text + 1, w->rest, rest + 1);
	memcpy(w->rest, n->text, text);
	w->rest[text] = '/';
	w->at = n->text[0] == '/' ? v->root : n->parent;
	if (n->jail)
		w->trusted = false;
	return 0;
}

static int
walk_step(struct thin_view *v, struct walk *w, const char *base, size_t len)
{
	struct vnode *n;
	int r;

	if (len == 1 && base[0] == '.')
		return 0;
	if (len == 2 && base[0] == '.' && base[1] == '.') {
		if (w->at->parent != NULL)
			w->at = w->at->parent;
		return 0;
	}
	if ((r = node_get(v, w->at, base, len, &n)) < 0)
		return r;
	if (n->kind == V_NONE || (!n->jail && !n->open && !w->trusted))
		return -ENOENT;
	if (n->kind != V_LINK) {
		w->at = n;
		return 0;
	}
	if (w->take && !n->jail)
		n->taken = true;
	return walk_link(v, w, n);
}

static int
walk(struct thin_view *v, struct walk *w)
{
	char base[NAME_MAX + 1];
	size_t skip, len;
	int r;

	w->at = v->root;
	for (;;) {
		skip = strspn(w->rest, "/");
		len = strcspn(w->rest + skip, "/");
		if (len == 0)
			return 0;
		if (w->at->kind != V_DIR)
			return -ENOENT;
		if (len > NAME_MAX)
			return -ENAMETOOLONG;
		if ((r = view_work(v, 1)) < 0)
			return r;
		memcpy(base, w->rest + skip, len);
		memmove(w->rest, w->rest + skip + len,
		    strlen(w->rest + skip + len) + 1);
		if ((r = walk_step(v, w, base, len)) < 0)
			return r;
	}
}

static int
walk_path(struct thin_view *v, struct walk *w, const char *path)
{
	char rest[PATH_MAX];
	int r;

	if (strlen(path) >= sizeof(rest))
		return -ENAMETOOLONG;
	memcpy(rest, path, strlen(path) + 1);
	w->rest = rest;
	r = walk(v, w);
	w->rest = NULL;
	return r;
}

int
view_find(
    struct thin_view *v, const char *path, bool *trusted, struct vnode **ret)
{
	struct walk w = { .trusted = *trusted };
	int r;

	if ((r = walk_path(v, &w, path)) < 0)
		return r;
	*trusted = w.trusted;
	*ret = w.at;
	return 0;
}

int
view_take(struct thin_view *v, const char *path, bool trusted, bool whole)
{
	struct walk w = { .trusted = trusted, .take = true };
	int r;

	if ((r = walk_path(v, &w, path)) < 0)
		return r;
	if (w.at->jail || (w.at->kind == V_DIR && !whole))
		return 0;
	if (w.at->kind == V_DIR && !w.trusted)
		return -EACCES;
	w.at->taken = true;
	return 0;
}

int
view_open(const struct thin_view *v, const struct vnode *n)
{
	int flags = O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
	auto_close int fd = -1;
	struct stat st;

	if (n->kind != V_FILE)
		return n->kind == V_DIR ? -EISDIR : -EACCES;
	/* on the host: what was looked at, nothing that was put in its place */
	fd = n->jail ? jail_open(v, n, (uint64_t)flags)
		     : sys_openat2(AT_FDCWD, n->source, (uint64_t)flags, 0,
			   RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS);
	if (n->jail && fd < 0)
		return fd;
	if (fd < 0 || fstat(fd, &st) < 0)
		return -errno;
	if (!n->jail && (st.st_dev != n->dev || st.st_ino != n->ino))
		return -ESTALE;
	return S_ISREG(st.st_mode) ? take_fd(&fd) : -EACCES;
}
