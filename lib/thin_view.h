/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The overlay in which a thin jail is planned: what lies in the jail's path
 * wins component by component, the host's file of the same name stands behind
 * it.  Looked at only, never opened for writing.
 *
 * Trust: the jail's path may be hostile, so a link or a file's content there
 * must not make us give the jail a host file which it could not read anyway.
 * A name is trusted while it comes from the administrator or from a host file
 * and meets no link of the jail; a name without trust finds on the host only
 * what all users can read.
 */
#ifndef THIN_VIEW_H
#define THIN_VIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct elf;

enum vkind {
	V_NONE, /* nothing there */
	V_DIR,
	V_FILE,
	V_LINK, /* never the result of a look-up */
	V_OTHER, /* device, socket... */
};

/* A name of the view, without links. */
struct vnode {
	struct vnode *parent, *child, *next;
	enum vkind kind;
	bool jail; /* lies in the jail's path */
	bool open; /* any user of the host may read it */
	bool exec; /* some x bit is set */
	bool taken; /* the jail needs it */
	char *source; /* on the host, if it is there */
	dev_t dev; /* of source, as it was looked at */
	ino_t ino;
	char *text; /* of a link */
	struct elf *elf; /* freed with the view */
	unsigned hash; /* of the last component */
	size_t base; /* where it begins in name */
	char name[]; /* absolute; "" is the root */
};

struct thin_view {
	int rootfd; /* the caller's; -1: no path */
	struct vnode *root;
	size_t left; /* work, before we give up */
};

/* 0 or -ENOMEM. */
int view_init(struct thin_view *v, int rootfd);
void view_done(struct thin_view *v);

/*
 * Count work that a hostile path could make endless: about 0.1 to 1 us, or
 * 8 bytes, each.  0, or -E2BIG when it was too much.
 */
int view_work(struct thin_view *v, size_t work);

/*
 * Find path (absolute, or taken as such), links followed.  *trusted says
 * whether the name is; it is cleared where the path's links led.  0, or
 * -ENOENT, -ELOOP, -ENAMETOOLONG, -E2BIG (too much work), those of
 * openat2.  *ret is a directory, a file or another.
 */
int view_find(
    struct thin_view *v, const char *path, bool *trusted, struct vnode **ret);

/*
 * The same, and mark what the jail needs for that name: the host's links on
 * the way, and the host's file at the end; its directory only if whole says
 * so, with -EACCES if the name is not trusted.
 */
int view_take(struct thin_view *v, const char *path, bool trusted, bool whole);

/*
 * Open a file for reading: O_CLOEXEC, and nothing that could block.  Returns
 * the descriptor or -errno; EACCES if it is no regular file any more.
 */
int view_open(const struct thin_view *v, const struct vnode *n);

#endif
