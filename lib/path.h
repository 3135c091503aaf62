/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Names of the host that parameters give: path, sources of mounts.
 *
 * They are made canonical once, and opened without following a link from
 * then on.  A link that lies in the files of a living jail may have been
 * made by its root and is never followed.
 */
#ifndef PATH_H
#define PATH_H

#include <sys/types.h>

struct buf;
struct jerr;

/*
 * The canonical form of an absolute name, to be freed by the caller.  who
 * names the parameter in the sentence: ELOOP (a link of a jail, or too
 * many), ENOENT, ENOTDIR...
 */
int path_canon(const char *name, const char *who, char **ret, struct jerr *e);

/* The same, also refusing each link below the canonical directory no_link. */
int path_canon_strict(const char *name, const char *who, const char *no_link,
    char **ret, struct jerr *e);

/* Open a canonical name as it is: O_PATH.  -ELOOP when it has a link. */
int path_open(const char *canon);

/* The same, for what is known to be this very file; else -ESTALE. */
int path_open_known(const char *canon, dev_t dev, ino_t ino);

/*
 * Read a file of lines that a parameter names: never blocks, nor reads more
 * than such a file has.  Refused is what is no regular file, but for
 * /dev/null, and a byte that is no text's.
 */
int path_read_text(
    const char *name, const char *who, struct buf *ret, struct jerr *e);

/*
 * Open a plain file below a jail's root for reading: nothing that blocks or
 * acts when it is opened, no interface of the kernel, whatever the jail's
 * root put there.  -EACCES for anything else.
 */
int path_open_below(int root, const char *name);

/* The part of name that lies below the directory path: "/...", or NULL. */
const char *path_below(const char *path, const char *name);

#endif
