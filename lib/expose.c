/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Can unprivileged users of the host reach files that a jail's root can
 * change?  What he makes is root's on disk: a setuid program planted there
 * would be root's for any host user who can run it.
 */
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "buf.h"
#include "core.h"
#include "fstab.h"

/* A directory that nobody but the host's root passes. */
static bool
is_private(const char *dir)
{
	struct stat st;

	if (stat(dir, &st) < 0)
		return true;
	return st.st_uid == 0 && (st.st_mode & S_IXOTH) == 0 &&
	       ((st.st_mode & S_IXGRP) == 0 || st.st_gid == 0);
}

/*
 * Only what lies above counts: the modes of the name itself, and of all below
 * it, are the jail root's to change.
 */
static bool
is_reachable(const char *name)
{
	char real[PATH_MAX], *slash;

	if (realpath(name, real) == NULL)
		return false;
	while ((slash = strrchr(real, '/')) != NULL && slash != real) {
		*slash = '\0';
		if (is_private(real))
			return false;
	}
	return !is_private("/");
}

static void
add(struct buf *ret, const char *who, const char *name)
{
	if (is_reachable(name))
		buf_fmt(ret, "%s%s %s", ret->len > 0 ? "\n" : "", who, name);
}

static bool
has_option(const char *options, const char *word)
{
	size_t len = strlen(word);
	const char *p;

	for (p = options; *p != '\0'; p += strcspn(p, ","), p += *p == ',') {
		if (strncmp(p, word, len) == 0 &&
		    (p[len] == ',' || p[len] == '\0'))
			return true;
	}
	return false;
}

/* The source of a line, if it is one and is written to. */
static bool
add_line(const char *who, const struct fstab_entry *f, void *ret)
{
	if ((strcmp(f->type, "nullfs") == 0 || strcmp(f->type, "bind") == 0) &&
	    !has_option(f->options, "ro") && !has_option(f->options, "rdonly"))
		add(ret, who, f->source);
	return false;
}

void
expose_list(const struct pset *params, struct buf *ret)
{
	add(ret, param(P_PATH)->name, pset_get(params, P_PATH, 0));
	(void)lines_each(params, add_line, ret); /* it never says enough */
}
