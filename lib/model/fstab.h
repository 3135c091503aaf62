/* SPDX-License-Identifier: BSD-2-Clause */
/* Lines of fstab(5).  Pure. */
#ifndef MODEL_FSTAB_H
#define MODEL_FSTAB_H

struct jerr;

struct fstab_entry {
	char *source;
	char *target;
	char *type;
	char *options; /* never NULL */
};

/*
 * One line; who names its origin in errors ("mount", "mount.fstab").
 * Returns 1, 0 for an empty line or a comment, or -errno with FreeBSD's
 * sentence.
 */
int fstab_parse(
    const char *line, const char *who, struct fstab_entry *ret, struct jerr *e);
void fstab_entry_done(struct fstab_entry *f);

#endif
