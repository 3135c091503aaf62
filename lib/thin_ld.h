/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the loader of a program would load, found as glibc's or musl's finds
 * it; and the state of one planning, which its parts share.
 */
#ifndef THIN_LD_H
#define THIN_LD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ldcache.h"
#include "thin_view.h"

struct jerr;
struct thin_want;

/* A loaded file. */
struct ld_obj {
	struct vnode *node;
	struct ld_obj *loader; /* who needed it; NULL: the program */
	char *path; /* by which it was found */
	char *origin; /* $ORIGIN */
	char *name; /* by which it was asked for */
	bool trusted; /* what it says (thin_view.h) */
};

/* A program or module with all that comes with it. */
struct ld {
	struct ld_obj **v; /* the program first */
	size_t n;
	struct ld *base; /* of a module: the program it is taken to be
			    for; NULL: none */
	struct vnode *interp;
	const char *interp_path; /* as the program has it */
	bool musl;
	char *libdirs; /* where the loader looks in the end */
	char *libconf; /* the file that said so, if one did */
	bool libdirs_trusted;
};

struct thin_job {
	struct thin_view view;
	const struct thin_want *want;
	struct jerr *e;
	struct ldcache cache; /* /etc/ld.so.cache of the view */
	char *cache_data; /* NULL: not read yet, or none */
	bool cache_read;
	bool cache_trusted;
	bool users, hosts; /* some file looks such things up */
	struct ld **ld; /* in the order of loading */
	size_t n_ld;
};

/*
 * Load the file at path, a program or a module (a library that is opened by
 * name while a program runs): what it needs is taken in the view.  It must be
 * ELF; 0 or -errno with a sentence.
 */
int ld_load(struct thin_job *job, const char *path, bool trusted, bool module);

/*
 * Load a module that libc opens by itself, if there is one of that name.
 * Missing parts are no error.  0 or -errno.
 */
int ld_libc_module(
    struct thin_job *job, struct ld *ld, const char *name, bool trusted);
void ld_free(struct ld *ld);

/* Read an ELF file into node->elf, once.  0 or -errno with a sentence. */
int job_elf(struct thin_job *job, struct vnode *node);

/*
 * The bytes of a small file of the view, a NUL behind them; *ret is NULL where
 * there is none that could be read.  0, -ENOMEM, -E2BIG.
 */
int job_text(struct thin_job *job, const char *path, size_t max, char **ret,
    size_t *ret_len, bool *trusted);

/* A failure of a look-up that means no more than "not here". */
bool is_absent(int r);

/* The sentence for all other failures of look-ups.  Returns r. */
int job_fail(struct thin_job *job, int r, const char *path);

/* thin_nss.c: note an undefined symbol; add what was noted. */
void nss_symbol(void *job, const char *name);
int nss_add(struct thin_job *job);

/* thin_libdirs.c: where ld's loader looks in the end, for a file of elf's kind.
 */
int ld_libdirs(struct thin_job *job, struct ld *ld, const struct elf *elf);

#endif
