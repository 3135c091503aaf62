/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a thin jail needs besides what lies in its path: a list of names in
 * the jail, each with the host file that stands behind it.  Found by reading
 * alone; nothing of the target is executed.
 *
 * The jail is looked at as an overlay: what lies in path wins, the host's
 * file of the same name stands behind it.
 */
#ifndef THIN_PLAN_H
#define THIN_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct jerr;

enum thin_kind {
	THIN_FILE, /* a host file, bound read-only */
	THIN_DIR, /* a host directory, bound read-only, with its content */
	THIN_LINK, /* a symbolic link to be made */
};

struct thin_entry {
	enum thin_kind kind;
	char *name; /* absolute in the jail; no component but the
		       last may be a link of the jail */
	char *source; /* FILE, DIR: absolute on the host, without
			links; LINK: its text */
	dev_t dev; /* FILE, DIR: of what was looked at, which */
	ino_t ino; /* alone may be bound */
};

struct thin_plan {
	struct thin_entry *v; /* sorted by name, names unique, parents of
				 LINK and FILE are not listed */
	size_t n;
};

struct thin_want {
	const char *const *programs; /* commands: absolute, or looked up in
					PATH below; n_programs of them */
	size_t n_programs;
	const char *path; /* search path, colon separated */
	const char *const *files; /* thin.files: absolute files,
				     directories, globs */
	size_t n_files;
	bool users; /* a user is switched to: NSS */
};

/*
 * Make the plan for a jail whose path is open as rootfd (-1: nothing lies in
 * it).  What is found in rootfd itself is not listed.  0, or -errno with a
 * sentence: ENOENT (program, interpreter or library missing, which one and
 * who needs it), ENOEXEC (broken or foreign ELF file), ELOOP, ENOMEM...
 */
int thin_plan(struct thin_plan *plan, int rootfd, const struct thin_want *want,
    struct jerr *e);
void thin_plan_done(struct thin_plan *plan);

#endif
