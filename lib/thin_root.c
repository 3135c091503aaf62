/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The root of a thin jail.
 *
 * Names that are to be there, from the plan and from the targets of mounts,
 * form a tree beside the one that path holds.  A directory that path has and
 * that needs no new name is path's own, bound and written through.  One that
 * needs a new name is assembled: a directory of a tmpfs in which every entry
 * is path's own, bound, or one of ours.  The root is nearly always assembled.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/mount.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "buf.h"
#include "build.h"
#include "cleanup.h"
#include "jerr.h"
#include "mnt.h"
#include "path.h"

#define DEPTH_MAX 64 /* of names: what the stack is made for */
#define TMPFS_OPTIONS ",mode=755,size=64m,nr_inodes=65536"

/* ---- the tree of names ---- */

struct node {
	char *name;
	const struct thin_entry *entry; /* a leaf of the plan */
	bool is_file; /* a mount's target: a file */
	struct node *child, *next;
};

static void
node_free(struct node *n)
{
	struct node *next;

	for (; n != NULL; n = next) {
		next = n->next;
		node_free(n->child);
		free(n->name);
		free(n);
	}
}

static struct node *
node_child(const struct node *dir, const char *name, size_t len)
{
	struct node *n;

	for (n = dir->child; n != NULL; n = n->next) {
		if (strncmp(n->name, name, len) == 0 && n->name[len] == '\0')
			return n;
	}
	return NULL;
}

/* The node of an absolute name, made with those above it. */
static struct node *
node_make(struct node *root, const char *path)
{
	struct node *dir = root, *n;
	size_t len;
	int depth;

	for (depth = 0;; path += len, dir = n, depth++) {
		path += strspn(path, "/");
		if ((len = strcspn(path, "/")) == 0)
			return dir;
		if (depth == DEPTH_MAX)
			return NULL;
		if (len == 1 && path[0] == '.') {
			n = dir;
			continue;
		}
		if ((n = node_child(dir, path, len)) != NULL)
			continue;
		if ((n = calloc(1, sizeof(*n))) == NULL ||
		    (n->name = strndup(path, len)) == NULL) {
			free(n);
			return NULL;
		}
		n->next = dir->child;
		dir->child = n;
	}
}

static int
tree_make(const struct build *b, struct node *root)
{
	const struct pset *params = &b->rec.params;
	struct node *n;
	size_t i;

	for (i = 0; i < b->thin.n; i++) {
		if ((n = node_make(root, b->thin.v[i].name)) == NULL)
			return -ENOMEM;
		n->entry = &b->thin.v[i];
	}
	for (i = 0; i < b->nmounts; i++) {
		if ((n = node_make(root, b->mounts[i].name)) == NULL)
			return -ENOMEM;
		n->is_file = b->mounts[i].is_file;
	}
	if ((pset_bool(params, P_MOUNT_DEVFS) &&
		node_make(root, "/dev") == NULL) ||
	    (pset_bool(params, P_MOUNT_PROCFS) &&
		node_make(root, "/proc") == NULL) ||
	    node_make(root, "/tmp") == NULL)
		return -ENOMEM;
	return 0;
}

/* ---- assembling ---- */

/*
 * A directory to be filled.  dir is in a tmpfs of the jail, own is path's
 * directory of that name or -1, name says where we are, for messages.
 */
struct place {
	int dir;
	int own;
	const char *name;
};

static int fill(const struct build *b, const struct place *p,
    const struct node *node, struct jerr *e);

/* Does path's own directory lack a name that the node has? */
static bool
lacks_name(int own, const struct node *node)
{
	const struct node *n;
	struct stat st;

	for (n = node->child; n != NULL; n = n->next) {
		if (fstatat(own, n->name, &st, AT_SYMLINK_NOFOLLOW) < 0)
			return true;
	}
	return false;
}

static int
set_owner(
    const struct build *b, int dir, const char *name, const struct stat *like)
{
	/* ids beyond the range belong to nobody in the jail */
	const struct pset *params = &b->rec.params;
	uid_t uid = idmap_has(params, like->st_uid) ? like->st_uid : 65534;
	gid_t gid = idmap_has(params, like->st_gid) ? like->st_gid : 65534;

	if (fchownat(dir, name, b->rec.idmap + uid, b->rec.idmap + gid,
		AT_SYMLINK_NOFOLLOW) < 0)
		return -errno;
	if (S_ISDIR(like->st_mode) &&
	    fchmodat(dir, name, like->st_mode & 07777, 0) < 0)
		return -errno;
	return 0;
}

/* A new directory or an empty file that something is mounted on. */
static int
make_point(const struct build *b, const struct place *p, const char *name,
    const struct stat *like)
{
	int r = S_ISDIR(like->st_mode)
		    ? mkdirat(p->dir, name, 0700)
		    : mknodat(p->dir, name, S_IFREG | 0600, 0);

	return r < 0 ? -errno : set_owner(b, p->dir, name, like);
}

static int
bind_on(const struct build *b, const struct place *p, const char *name,
    int from, const char *source, unsigned int attr, struct jerr *e)
{
	auto_close int mnt =
	    mount_idmapped(b, from, source, attr, "thin", name, e);
	auto_close int target = -1;
	int r;

	if (mnt < 0)
		return mnt;
	if ((target = openat(p->dir, name, O_PATH | O_NOFOLLOW | O_CLOEXEC)) <
	    0)
		return jerr_sys(e, errno, "thin: %s/%s", p->name, name);
	r = mnt_attach(mnt, target);
	return r < 0 ? jerr_sys(e, -r, "thin: %s/%s", p->name, name) : 0;
}

static int
copy_link(const struct build *b, const struct place *p, const char *name,
    const struct stat *like)
{
	char text[4096];
	ssize_t n = readlinkat(p->own, name, text, sizeof(text) - 1);

	if (n < 0)
		return -errno;
	text[n] = '\0';
	if (symlinkat(text, p->dir, name) < 0)
		return -errno;
	return set_owner(b, p->dir, name, like);
}

/* An entry of path's own directory, as it is. */
static int
keep_own(const struct build *b, const struct place *p, const char *name,
    const struct stat *st, struct jerr *e)
{
	int r;

	if (S_ISLNK(st->st_mode))
		r = copy_link(b, p, name, st);
	else if ((r = make_point(b, p, name, st)) == 0)
		return bind_on(b, p, name, p->own, name, 0, e);
	return r < 0 ? jerr_sys(e, -r, "thin: %s/%s", p->name, name) : 0;
}

static int
add_entry(const struct build *b, const struct place *p, const struct node *node,
    struct jerr *e)
{
	const struct thin_entry *t = node->entry;
	struct stat like = {
		.st_mode = t->kind == THIN_DIR	  ? S_IFDIR | 0755
			   : t->kind == THIN_LINK ? S_IFLNK
						  : S_IFREG,
	};
	int r;

	if (t->kind == THIN_LINK)
		r = symlinkat(t->source, p->dir, node->name) < 0
			? -errno
			: set_owner(b, p->dir, node->name, &like);
	else if ((r = make_point(b, p, node->name, &like)) == 0) {
		/* what was planned and nothing that was put in its place */
		auto_close int source =
		    path_open_known(t->source, t->dev, t->ino);

		if ((r = source) >= 0)
			return bind_on(
			    b, p, node->name, source, "", MOUNT_ATTR_RDONLY, e);
	}
	return r < 0 ? jerr_sys(e, -r, "thin: %s", t->name) : 0;
}

/* Go down into a directory that is assembled in the tmpfs. */
static int
descend(const struct build *b, const struct place *p, const struct node *node,
    int own, const struct stat *like, struct jerr *e)
{
	char name[4096];
	auto_close int dir = -1;
	struct place below = { .own = own, .name = name };
	int r = make_point(b, p, node->name, like);

	(void)snprintf(name, sizeof(name), "%s/%s", p->name, node->name);
	if (r < 0)
		return jerr_sys(e, -r, "thin: %s", name);
	if ((dir = openat(p->dir, node->name,
		 O_DIRECTORY | O_RDONLY | O_NOFOLLOW | O_CLOEXEC)) < 0)
		return jerr_sys(e, errno, "thin: %s", name);
	below.dir = dir;
	return fill(b, &below, node, e);
}

/*
 * A directory that stays path's own: where one below it needs names, a
 * tmpfs is mounted there.
 */
static int
over_own(const struct build *b, const char *name, int own,
    const struct node *node, struct jerr *e)
{
	const struct node *n;
	int r = 0;

	for (n = node->child; r == 0 && n != NULL; n = n->next) {
		char path[4096];
		auto_close int sub = openat(own, n->name,
		    O_DIRECTORY | O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
		auto_close int mnt = -1, target = -1;
		struct stat st;

		if (n->child == NULL || sub < 0)
			continue;
		(void)snprintf(path, sizeof(path), "%s/%s", name, n->name);
		if (!lacks_name(sub, n)) {
			r = over_own(b, path, sub, n, e);
			continue;
		}
		if ((target = mount_target(b, "thin", path, e)) < 0)
			return target;
		mnt = mount_tmpfs(b, TMPFS_OPTIONS, MOUNT_ATTR_NODEV);
		if (mnt < 0 || (r = mnt_attach(mnt, target)) < 0 ||
		    fstat(sub, &st) < 0 ||
		    (r = set_owner(b, mnt, ".", &st)) < 0)
			return jerr_sys(e,
			    mnt < 0 ? -mnt
			    : r < 0 ? -r
				    : errno,
			    "thin: %s", path);
		r = fill(b, &(struct place){ mnt, sub, path }, n, e);
	}
	return r;
}

/* A name of the tree. */
static int
add_node(const struct build *b, const struct place *p, const struct node *node,
    struct jerr *e)
{
	static const struct stat plain = { .st_mode = S_IFDIR | 0755 };
	static const struct stat file = { .st_mode = S_IFREG | 0644 };
	static const struct stat tmp = { .st_mode = S_IFDIR | 01777 };
	auto_close int own = -1;
	char name[4096];
	struct stat st;
	int r;

	if (p->own < 0 ||
	    fstatat(p->own, node->name, &st, AT_SYMLINK_NOFOLLOW) < 0) {
		if (node->entry != NULL)
			return add_entry(b, p, node, e);
		if (*p->name == '\0' && strcmp(node->name, "tmp") == 0)
			return descend(b, p, node, -1, &tmp, e);
		if (node->is_file) {
			r = make_point(b, p, node->name, &file);
			return r < 0 ? jerr_sys(e, -r, "thin: %s/%s", p->name,
					   node->name)
				     : 0;
		}
		return descend(b, p, node, -1, &plain, e);
	}
	if (node->child == NULL || !S_ISDIR(st.st_mode))
		return keep_own(b, p, node->name, &st, e);
	if ((own = openat(p->own, node->name,
		 O_DIRECTORY | O_RDONLY | O_NOFOLLOW | O_CLOEXEC)) < 0)
		return jerr_sys(e, errno, "thin: %s/%s", p->name, node->name);
	if (lacks_name(own, node))
		return descend(b, p, node, own, &st, e);
	if ((r = keep_own(b, p, node->name, &st, e)) < 0)
		return r;
	(void)snprintf(name, sizeof(name), "%s/%s", p->name, node->name);
	return over_own(b, name, own, node, e);
}

/* What path's directory has and the tree does not name. */
static int
keep_rest(const struct build *b, const struct place *p, const struct node *node,
    struct jerr *e)
{
	int fd = openat(p->own, ".", O_DIRECTORY | O_RDONLY | O_CLOEXEC), r = 0;
	DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
	struct dirent *d;
	struct stat st;

	if (dir == NULL) {
		r = errno;
		close_fd(fd);
		return jerr_sys(e, r, "thin: %s", p->name);
	}
	while (r == 0 && (d = readdir(dir)) != NULL) {
		if (strcmp(d->d_name, ".") == 0 ||
		    strcmp(d->d_name, "..") == 0 ||
		    node_child(node, d->d_name, strlen(d->d_name)) != NULL ||
		    fstatat(p->own, d->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0 ||
		    S_ISCHR(st.st_mode) || S_ISBLK(st.st_mode))
			continue;
		r = keep_own(b, p, d->d_name, &st, e);
	}
	(void)closedir(dir); /* only read */
	return r;
}

static int
fill(const struct build *b, const struct place *p, const struct node *node,
    struct jerr *e)
{
	const struct node *n;
	int r = 0;

	if (p->own >= 0)
		buf_fmt(b->notes,
		    "%sthin: %s/ is put together for this run: "
		    "what is newly made in it ends with the jail",
		    b->notes->len > 0 ? "\n" : "", p->name);
	for (n = node->child; r == 0 && n != NULL; n = n->next)
		r = add_node(b, p, n, e);
	if (r == 0 && p->own >= 0)
		r = keep_rest(b, p, node, e);
	return r;
}

/* An assembled root, attached before anything can be bound below it. */
static int
assembled_root(
    struct build *b, const struct node *tree, int own, struct jerr *e)
{
	struct stat st;
	int r;

	if (fstat(own, &st) < 0)
		return jerr_sys(e, errno, "thin: root");
	b->root = mount_tmpfs(b, TMPFS_OPTIONS, MOUNT_ATTR_NODEV);
	if (b->root < 0)
		return jerr_sys(e, -b->root, "thin: root");
	if ((r = mount_place_root(b, e)) < 0)
		return r;
	if ((r = set_owner(b, b->root, ".", &st)) < 0)
		return jerr_sys(e, -r, "thin: root");
	return fill(b, &(struct place){ b->root, own, "" }, tree, e);
}

int
thin_root(struct build *b, struct jerr *e)
{
	auto_close int own =
	    openat(b->path, ".", O_DIRECTORY | O_RDONLY | O_CLOEXEC);
	struct node tree = { 0 };
	int r;

	if (own < 0)
		return jerr_sys(e, errno, "thin: path");
	if (tree_make(b, &tree) < 0)
		r = jerr(e, ENOMEM,
		    "thin: memory is out, or a name has more "
		    "than %d parts",
		    DEPTH_MAX);
	else if (lacks_name(own, &tree))
		r = assembled_root(b, &tree, own, e);
	else if ((r = mount_root(b, e)) == 0)
		r = over_own(b, "", own, &tree, e);
	node_free(tree.child);
	return r;
}
