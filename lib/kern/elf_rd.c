/* SPDX-License-Identifier: BSD-2-Clause */
/* Bounded reading of an ELF file: its headers, and bytes by address. */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cleanup.h"
#include "elf.h"
#include "elf_rd.h"

/* What this kernel can run. */
static const uint16_t native[] = {
#if defined(__x86_64__)
	EM_X86_64,
	EM_386,
#elif defined(__i386__)
	EM_386,
#elif defined(__aarch64__)
	EM_AARCH64,
	EM_ARM,
#elif defined(__arm__)
	EM_ARM,
#elif defined(__riscv)
	EM_RISCV,
#elif defined(__powerpc64__)
	EM_PPC64,
#elif defined(__s390x__)
	EM_S390,
#elif defined(__mips__)
	EM_MIPS,
#elif defined(__loongarch__)
	EM_LOONGARCH,
#endif
};

static bool
is_native(uint16_t machine)
{
	for (size_t i = 0; i < nitems(native); i++)
		if (native[i] == machine)
			return true;
	return false;
}

int
elfrd_broken(struct elfrd *r, const char *why)
{
	r->why = why;
	return -ENOEXEC;
}

int
elfrd_at(struct elfrd *r, void *data, size_t len, uint64_t off)
{
	char *p = data;
	ssize_t n;

	if (off > r->size || len > r->size - off)
		return elfrd_broken(r, "it ends too early");
	while (len > 0) {
		if ((n = pread(r->fd, p, len, (off_t)off)) < 0) {
			if (errno == EINTR)
				continue;
			return -errno;
		}
		if (n == 0)
			return elfrd_broken(r, "it ends too early");
		p += n;
		off += (uint64_t)n;
		len -= (size_t)n;
	}
	return 0;
}

int
elfrd_open(struct elfrd *r, int fd)
{
	struct stat st;

	*r = (struct elfrd){ .fd = fd };
	if (fstat(fd, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode))
		return -EACCES;
	r->size = (uint64_t)st.st_size;
	return 0;
}

void
elfrd_done(struct elfrd *r)
{
	free(r->str);
	r->str = NULL;
}

static void
phdr_widen(Elf64_Phdr *ret, const void *data)
{
	Elf32_Phdr p;

	memcpy(&p, data, sizeof(p));
	*ret = (Elf64_Phdr){ .p_type = p.p_type,
		.p_offset = p.p_offset,
		.p_vaddr = p.p_vaddr,
		.p_filesz = p.p_filesz };
}

static int
read_phdrs(struct elfrd *r, uint64_t off, size_t size, size_t n)
{
	size_t want = r->bits64 ? sizeof(Elf64_Phdr) : sizeof(Elf32_Phdr);
	unsigned char raw[ELFRD_PHDRS * sizeof(Elf64_Phdr)];
	int err;

	if (n == 0 || n > ELFRD_PHDRS || size != want)
		return elfrd_broken(r, "odd program headers");
	if ((err = elfrd_at(r, raw, n * want, off)) < 0)
		return err;
	for (size_t i = 0; i < n; i++)
		if (r->bits64)
			memcpy(&r->ph[i], raw + i * want, want);
		else
			phdr_widen(&r->ph[i], raw + i * want);
	r->n_ph = n;
	return 0;
}

/* A machine number in the file's own byte order. */
static uint16_t
machine_of(const unsigned char *ident, uint16_t machine)
{
	unsigned char data = __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
				 ? ELFDATA2LSB
				 : ELFDATA2MSB;

	return ident[EI_DATA] == data ? machine : __builtin_bswap16(machine);
}

int
elfrd_headers(struct elfrd *r, struct elf *elf)
{
	union {
		unsigned char ident[EI_NIDENT];
		Elf64_Ehdr e64;
		Elf32_Ehdr e32;
	} h = { 0 };
	int err;

	if (r->size < sizeof(h.e32))
		return elfrd_broken(r, "it is too short");
	if ((err = elfrd_at(r, &h,
		 r->size < sizeof(h) ? sizeof(h.e32) : sizeof(h), 0)) < 0)
		return err;
	if (memcmp(h.ident, ELFMAG, SELFMAG) != 0)
		return elfrd_broken(r, "no ELF header");
	elf->bits64 = r->bits64 = h.ident[EI_CLASS] == ELFCLASS64;
	elf->machine = machine_of(h.ident, h.e32.e_machine);
	if (elf->machine != h.e32.e_machine || !is_native(elf->machine)) {
		elf->foreign = true;
		return 0;
	}
	if (h.ident[EI_CLASS] != ELFCLASS64 && h.ident[EI_CLASS] != ELFCLASS32)
		return elfrd_broken(r, "neither 32 nor 64 bits");
	if (h.e32.e_type != ET_EXEC && h.e32.e_type != ET_DYN)
		return elfrd_broken(r, "neither a program nor a library");
	return r->bits64 ? read_phdrs(r, h.e64.e_phoff, h.e64.e_phentsize,
			       h.e64.e_phnum)
			 : read_phdrs(r, h.e32.e_phoff, h.e32.e_phentsize,
			       h.e32.e_phnum);
}

const Elf64_Phdr *
elfrd_phdr(const struct elfrd *r, uint32_t type)
{
	for (size_t i = 0; i < r->n_ph; i++)
		if (r->ph[i].p_type == type)
			return &r->ph[i];
	return NULL;
}

bool
name_is_plain(const char *name)
{
	for (; *name != '\0'; name++)
		if ((unsigned char)*name < ' ' || *name == 0x7f)
			return false;
	return true;
}

int
elfrd_interp(struct elfrd *r, char *buf, size_t size)
{
	const Elf64_Phdr *p = elfrd_phdr(r, PT_INTERP);
	char path[PATH_MAX];
	int err;

	if (p == NULL)
		return 0;
	if (p->p_filesz < 2 || p->p_filesz > sizeof(path))
		return elfrd_broken(r, "an interpreter of odd length");
	if ((err = elfrd_at(r, path, p->p_filesz, p->p_offset)) < 0)
		return err;
	if (path[p->p_filesz - 1] != '\0' || path[0] == '\0')
		return elfrd_broken(r, "an interpreter without end");
	if (!name_is_plain(path))
		return elfrd_broken(r, "a name with control characters");
	if (strlen(path) >= size)
		return -ENAMETOOLONG;
	memcpy(buf, path, strlen(path) + 1);
	return 1;
}

int
elfrd_offset(struct elfrd *r, uint64_t addr, uint64_t *ret, uint64_t *ret_len)
{
	for (size_t i = 0; i < r->n_ph; i++) {
		const Elf64_Phdr *p = &r->ph[i];

		if (p->p_type != PT_LOAD || addr < p->p_vaddr ||
		    addr - p->p_vaddr >= p->p_filesz || p->p_offset > r->size)
			continue;
		*ret = p->p_offset + (addr - p->p_vaddr);
		*ret_len = p->p_filesz - (addr - p->p_vaddr);
		return 0;
	}
	return elfrd_broken(r, "a table outside of the file");
}
