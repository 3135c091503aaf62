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
#include "cleanup.h"
#include "core.h"
#include "fstab.h"
#include "jerr.h"
#include "path.h"

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
static void
add_line(struct buf *ret, const char *who, const char *line)
{
	struct fstab_entry f;
	struct jerr ignored; /* to be said by whoever mounts it */

	if (fstab_parse(line, who, &f, &ignored) != 1)
		return;
	if ((strcmp(f.type, "nullfs") == 0 || strcmp(f.type, "bind") == 0) &&
	    !has_option(f.options, "ro") && !has_option(f.options, "rdonly"))
		add(ret, who, f.source);
	fstab_entry_done(&f);
}

static void
add_file(struct buf *ret, const char *file)
{
	const char *who = param(P_MOUNT_FSTAB)->name;
	auto_buf struct buf text = BUF_INIT;
	struct jerr ignored; /* as above */
	char *rest, *line;

	if (path_read_text(file, who, &text, &ignored) < 0)
		return;
	rest = text.p;
	while ((line = strsep(&rest, "\n")) != NULL)
		add_line(ret, who, line);
}

void
expose_list(const struct pset *params, struct buf *ret)
{
	size_t i;

	add(ret, param(P_PATH)->name, pset_get(params, P_PATH, 0));
	for (i = 0; i < pset_count(params, P_MOUNT); i++)
		add_line(
		    ret, param(P_MOUNT)->name, pset_get(params, P_MOUNT, i));
	for (i = 0; i < pset_count(params, P_MOUNT_FSTAB); i++)
		add_file(ret, pset_get(params, P_MOUNT_FSTAB, i));
}
