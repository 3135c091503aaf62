/* SPDX-License-Identifier: BSD-2-Clause */
/* How the loader of a program finds a library. */
#ifndef THIN_SEARCH_H
#define THIN_SEARCH_H

#include <stdbool.h>

struct elf;
struct ld;
struct ld_obj;
struct thin_job;
struct vnode;

/* A library that is looked for; found if node is not NULL. */
struct search {
	struct thin_job *job;
	struct ld *ld;
	struct ld_obj *by;
	const char *name;
	struct vnode *node;
	char *path; /* the caller frees it */
	bool asked; /* trust in the path */
	bool trusted; /* trust in what is there */
	bool jail_only; /* the host's files do not count */
};

/* 0, found or not, or -errno with a sentence. */
int ld_search(struct search *s);

/* Take the file of that path, with the links on the way. */
int job_take(struct thin_job *job, const char *path, bool trusted);

bool elf_same_kind(const struct elf *a, const struct elf *b);

#endif
