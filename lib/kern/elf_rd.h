/* SPDX-License-Identifier: BSD-2-Clause */
/* Bounded reading of an ELF file; private to elf.c. */
#ifndef KERN_ELF_RD_H
#define KERN_ELF_RD_H

#include <elf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifndef EM_LOONGARCH
#define EM_LOONGARCH 258
#endif

struct elf;

enum { ELFRD_PHDRS = 256 };

/* The file while it is read.  All functions: >= 0 or -errno. */
struct elfrd {
	int fd; /* the caller's */
	uint64_t size;
	bool bits64;
	Elf64_Phdr ph[ELFRD_PHDRS]; /* widened if need be */
	size_t n_ph;
	char *str; /* the string table, a NUL behind it */
	size_t str_len;
	size_t kept; /* bytes of names handed out */
	const char *why; /* of ENOEXEC */
};

/* EACCES unless it is a regular file. */
int elfrd_open(struct elfrd *r, int fd);
void elfrd_done(struct elfrd *r);

/* Remember why; returns -ENOEXEC. */
int elfrd_broken(struct elfrd *r, const char *why);

/* All of len bytes, or it is broken. */
int elfrd_at(struct elfrd *r, void *data, size_t len, uint64_t off);

/* The headers.  Of a foreign file only what says that it is. */
int elfrd_headers(struct elfrd *r, struct elf *elf);
const Elf64_Phdr *elfrd_phdr(const struct elfrd *r, uint32_t type);

/* 1 with the interpreter in buf, 0 if there is none. */
int elfrd_interp(struct elfrd *r, char *buf, size_t size);

/*
 * Where in the file an address lies; *ret_len bytes from there on are of the
 * same segment, though they may lie behind the file's end.
 */
int elfrd_offset(
    struct elfrd *r, uint64_t addr, uint64_t *ret, uint64_t *ret_len);

#endif
