/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What one ELF file asks of its loader.  The file may be hostile: reads are
 * bounded, memory is bounded (some 100 KiB stay allocated for a file at most),
 * and what is not understood is refused.
 */
#ifndef KERN_ELF_H
#define KERN_ELF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;

struct elf {
	bool bits64;
	bool foreign; /* not for this kernel's machines:
			 nothing below machine is set */
	uint16_t machine; /* EM_* */
	char *interp; /* NULL: static, or a library */
	char *soname; /* these are NULL where not given */
	char *rpath; /* NULL as well where runpath is given */
	char *runpath;
	char **needed; /* n_needed of them, in file order */
	size_t n_needed;
};

/*
 * Read the file.  undefined, if not NULL, is called with every undefined
 * dynamic symbol (in a broken file: with anything).  0, or -errno with *ret
 * untouched: EACCES (not a regular file), ENOEXEC (not ELF or broken; *ret_why
 * says in a few words how), ENOMEM, those of read.  End with elf_done().
 */
int elf_read(struct elf *ret, int fd,
    void (*undefined)(void *arg, const char *name), void *arg,
    const char **ret_why);
void elf_done(struct elf *elf);

/*
 * The interpreter alone.  1: its path is in buf; 0: the file is static, a
 * library, for a foreign machine or not ELF; -ENOEXEC broken, -ENAMETOOLONG.
 */
int elf_interp(int fd, char *buf, size_t size);

/*
 * The directories that a glibc loader was built to search, colon separated,
 * in its order; nothing where none are found.  0 or -errno.
 */
int elf_libdirs(int fd, struct buf *ret);

/*
 * What foreign files say is printed in errors: a name with a control character
 * is refused, here as a broken file.
 */
bool name_is_plain(const char *name);

/* "x86_64"; "unknown" */
const char *elf_machine_name(uint16_t machine);

#endif
