/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What one ELF file asks of its loader, read as the loader reads it: through
 * the program headers alone, for section headers may be missing or lie.
 *
 * Not by libelf.  It reaches the dynamic section without section headers only
 * by elf_getdata_rawchunk(), which allocates what the file says; its fast mode
 * maps the file, and a jail that truncates the file meanwhile would end us by
 * SIGBUS.  With pread() a truncation is a short read, and every length is
 * checked against the size of the file and against a limit of ours.
 *
 * Files of a foreign machine are recognised, not read, so no byte order but
 * our own is met; files of 32 bits are widened as they are read.
 */
#include <elf.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "cleanup.h"
#include "elf.h"
#include "elf_rd.h"

enum {
	MAX_DYNS = 8192,
	MAX_STRTAB = 16 << 20,
	MAX_SYMS = 256 << 10,
	MAX_STRINGS = 64 << 10, /* names kept, together */
	MAX_LOADER = 4 << 20,
};

/* The entries of the dynamic section that hold addresses. */
struct dyn {
	uint64_t strtab, strsz, symtab, hash, gnu_hash;
};

static const struct {
	uint16_t machine;
	const char *name;
} machines[] = {
	{ EM_X86_64, "x86_64" },
	{ EM_386, "i386" },
	{ EM_AARCH64, "aarch64" },
	{ EM_ARM, "arm" },
	{ EM_RISCV, "riscv" },
	{ EM_PPC64, "ppc64" },
	{ EM_PPC, "ppc" },
	{ EM_S390, "s390" },
	{ EM_MIPS, "mips" },
	{ EM_LOONGARCH, "loongarch" },
	{ EM_SPARCV9, "sparc64" },
};

const char *
elf_machine_name(uint16_t machine)
{
	for (size_t i = 0; i < nitems(machines); i++)
		if (machines[i].machine == machine)
			return machines[i].name;
	return "unknown";
}

/* The dynamic section; *ret_n is 0 if there is none. */
static int
rd_dynamic(struct elfrd *r, Elf64_Dyn **ret, size_t *ret_n)
{
	const Elf64_Phdr *p = elfrd_phdr(r, PT_DYNAMIC);
	size_t size = r->bits64 ? sizeof(Elf64_Dyn) : sizeof(Elf32_Dyn);
	auto_free Elf64_Dyn *d = NULL;
	auto_free unsigned char *raw = NULL;
	size_t n = p != NULL ? p->p_filesz / size : 0;
	Elf32_Dyn d32;
	int err;

	if (n > MAX_DYNS)
		return elfrd_broken(r, "an odd dynamic section");
	raw = malloc(n * size + 1);
	d = malloc(n * sizeof(*d) + 1);
	if (raw == NULL || d == NULL)
		return -ENOMEM;
	if (n > 0 && (err = elfrd_at(r, raw, n * size, p->p_offset)) < 0)
		return err;
	for (size_t i = 0; i < n; i++) {
		if (r->bits64) {
			memcpy(&d[i], raw + i * size, size);
		} else {
			memcpy(&d32, raw + i * size, size);
			d[i].d_tag = d32.d_tag;
			d[i].d_un.d_val = d32.d_un.d_val;
		}
		if (d[i].d_tag == DT_NULL)
			n = i;
	}
	*ret = take_ptr(d);
	*ret_n = n;
	return 0;
}

static void
dyn_collect(struct dyn *ret, const Elf64_Dyn *d, size_t n)
{
	*ret = (struct dyn){ 0 };
	for (size_t i = 0; i < n; i++) {
		if (d[i].d_tag == DT_STRTAB)
			ret->strtab = d[i].d_un.d_ptr;
		else if (d[i].d_tag == DT_STRSZ)
			ret->strsz = d[i].d_un.d_val;
		else if (d[i].d_tag == DT_SYMTAB)
			ret->symtab = d[i].d_un.d_ptr;
		else if (d[i].d_tag == DT_HASH)
			ret->hash = d[i].d_un.d_ptr;
		else if (d[i].d_tag == DT_GNU_HASH)
			ret->gnu_hash = d[i].d_un.d_ptr;
	}
}

/* The string table.  Of a very long one the beginning. */
static int
rd_strtab(struct elfrd *r, const struct dyn *d)
{
	uint64_t off, len;
	int err;

	if ((err = elfrd_offset(r, d->strtab, &off, &len)) < 0)
		return err;
	if (d->strsz < len)
		len = d->strsz;
	if (len > MAX_STRTAB)
		len = MAX_STRTAB;
	if (off > r->size || len > r->size - off)
		return elfrd_broken(r, "it ends too early");
	if ((r->str = malloc(len + 1)) == NULL)
		return -ENOMEM;
	r->str[len] = '\0';
	r->str_len = len;
	return elfrd_at(r, r->str, len, off);
}

static int
rd_keep(struct elfrd *r, uint64_t at, char **ret)
{
	char *s;

	if (at >= r->str_len)
		return elfrd_broken(r, "a name outside of its string table");
	r->kept += strlen(r->str + at) + 1;
	if (r->kept > MAX_STRINGS)
		return elfrd_broken(r, "too many names");
	if (!name_is_plain(r->str + at))
		return elfrd_broken(r, "a name with control characters");
	if ((s = strdup(r->str + at)) == NULL)
		return -ENOMEM;
	free(*ret);
	*ret = s;
	return 0;
}

static int
rd_needed(struct elfrd *r, struct elf *elf, uint64_t at)
{
	char **v, *s = NULL;
	int err;

	if ((err = rd_keep(r, at, &s)) < 0)
		return err;
	v = grow(elf->needed, elf->n_needed, sizeof(*v));
	if (v == NULL) {
		free(s);
		return -ENOMEM;
	}
	elf->needed = v;
	elf->needed[elf->n_needed++] = s;
	return 0;
}

static int
rd_names(struct elfrd *r, struct elf *elf, const Elf64_Dyn *d, size_t n)
{
	int err = 0;

	for (size_t i = 0; i < n && err == 0; i++) {
		if (d[i].d_tag == DT_NEEDED)
			err = rd_needed(r, elf, d[i].d_un.d_val);
		else if (d[i].d_tag == DT_SONAME)
			err = rd_keep(r, d[i].d_un.d_val, &elf->soname);
		else if (d[i].d_tag == DT_RPATH)
			err = rd_keep(r, d[i].d_un.d_val, &elf->rpath);
		else if (d[i].d_tag == DT_RUNPATH)
			err = rd_keep(r, d[i].d_un.d_val, &elf->runpath);
	}
	if (elf->runpath != NULL) {
		free(elf->rpath);
		elf->rpath = NULL;
	}
	return err;
}

static uint64_t
rd_word(struct elfrd *r, uint64_t addr, size_t i)
{
	uint64_t off, len;
	uint32_t word;

	if (addr == 0 || elfrd_offset(r, addr, &off, &len) < 0 ||
	    elfrd_at(r, &word, sizeof(word), off + i * sizeof(word)) < 0)
		return 0;
	return word;
}

/*
 * How many dynamic symbols to look at.  Nothing in the file says it: linkers
 * put the string table behind the symbols, DT_HASH counts them, and
 * DT_GNU_HASH says how many undefined ones come first (1, meaning nothing,
 * where no symbol is defined at all).
 */
static size_t
n_symbols(struct elfrd *r, const struct dyn *d, size_t size)
{
	uint64_t n = 0, first = rd_word(r, d->gnu_hash, 1);

	if (d->strtab > d->symtab)
		n = (d->strtab - d->symtab) / size;
	else if (d->hash != 0)
		n = rd_word(r, d->hash, 1);
	if (first > 1 && (n == 0 || first < n))
		n = first;
	return n < MAX_SYMS ? n : MAX_SYMS;
}

static int
rd_symbols(struct elfrd *r, const struct dyn *d,
    void (*undefined)(void *arg, const char *name), void *arg)
{
	size_t size = r->bits64 ? sizeof(Elf64_Sym) : sizeof(Elf32_Sym);
	size_t shndx = r->bits64 ? offsetof(Elf64_Sym, st_shndx)
				 : offsetof(Elf32_Sym, st_shndx);
	size_t n = n_symbols(r, d, size);
	auto_free unsigned char *raw = NULL;
	uint64_t off, len;
	uint16_t section;
	uint32_t name;
	int err;

	if (d->symtab == 0 || n == 0)
		return 0;
	if ((err = elfrd_offset(r, d->symtab, &off, &len)) < 0)
		return err;
	if (n > len / size)
		n = len / size;
	if (off > r->size || n * size > r->size - off)
		return elfrd_broken(r, "it ends too early");
	if ((raw = malloc(n * size + 1)) == NULL)
		return -ENOMEM;
	if ((err = elfrd_at(r, raw, n * size, off)) < 0)
		return err;
	for (size_t i = 1; i < n; i++) {
		memcpy(&name, raw + i * size, sizeof(name));
		memcpy(&section, raw + i * size + shndx, sizeof(section));
		if (section == SHN_UNDEF && name != 0 && name < r->str_len)
			undefined(arg, r->str + name);
	}
	return 0;
}

static int
rd_all(struct elfrd *r, struct elf *elf,
    void (*undefined)(void *arg, const char *name), void *arg)
{
	auto_free Elf64_Dyn *d = NULL;
	char interp[PATH_MAX];
	struct dyn dyn;
	size_t n = 0;
	int err;

	if ((err = elfrd_headers(r, elf)) < 0 || elf->foreign)
		return err;
	if ((err = elfrd_interp(r, interp, sizeof(interp))) < 0)
		return err;
	if (err == 1 && (elf->interp = strdup(interp)) == NULL)
		return -ENOMEM;
	if ((err = rd_dynamic(r, &d, &n)) < 0)
		return err;
	dyn_collect(&dyn, d, n);
	if (dyn.strtab == 0)
		return 0;
	if ((err = rd_strtab(r, &dyn)) < 0)
		return err;
	if ((err = rd_names(r, elf, d, n)) < 0 || undefined == NULL)
		return err;
	return rd_symbols(r, &dyn, undefined, arg);
}

int
elf_read(struct elf *ret, int fd,
    void (*undefined)(void *arg, const char *name), void *arg,
    const char **ret_why)
{
	struct elf elf = { 0 };
	struct elfrd r;
	int err;

	if ((err = elfrd_open(&r, fd)) == 0)
		err = rd_all(&r, &elf, undefined, arg);
	elfrd_done(&r);
	if (err < 0) {
		elf_done(&elf);
		if (err == -ENOEXEC)
			*ret_why = r.why;
		return err;
	}
	*ret = elf;
	return 0;
}

void
elf_done(struct elf *elf)
{
	for (size_t i = 0; i < elf->n_needed; i++)
		free(elf->needed[i]);
	free(elf->needed);
	free(elf->interp);
	free(elf->soname);
	free(elf->rpath);
	free(elf->runpath);
	*elf = (struct elf){ 0 };
}

int
elf_interp(int fd, char *buf, size_t size)
{
	struct elf elf = { 0 };
	unsigned char magic[SELFMAG];
	struct elfrd r;
	int err;

	if ((err = elfrd_open(&r, fd)) < 0)
		return err;
	if (r.size < sizeof(magic))
		return 0;
	if ((err = elfrd_at(&r, magic, sizeof(magic), 0)) < 0)
		return err;
	if (memcmp(magic, ELFMAG, SELFMAG) != 0)
		return 0;
	if ((err = elfrd_headers(&r, &elf)) < 0 || elf.foreign)
		return err;
	return elfrd_interp(&r, buf, size);
}

/* "/lib/x86_64-linux-gnu/": how glibc writes its system_dirs[]. */
static bool
is_libdir(const char *s, size_t len)
{
	if (len < 5 || len > 255 || s[0] != '/' || s[len - 1] != '/' ||
	    memmem(s, len, "/lib", 4) == NULL)
		return false;
	for (size_t i = 0; i < len; i++)
		if (s[i] <= ' ' || s[i] >= 0x7f || s[i] == ':' || s[i] == '%')
			return false;
	return true;
}

/* Append one, without its last slash, unless it is there already. */
static void
libdir_add(struct buf *ret, const char *s, size_t len)
{
	const char *p = ret->p;

	while (p != NULL && *p != '\0') {
		if (strncmp(p, s, len - 1) == 0 &&
		    (p[len - 1] == ':' || p[len - 1] == '\0'))
			return;
		p = strchrnul(p, ':');
		p += *p == ':';
	}
	if (ret->len > 0)
		buf_chr(ret, ':');
	buf_add(ret, s, len - 1);
}

int
elf_libdirs(int fd, struct buf *ret)
{
	auto_free char *data = NULL;
	const char *p, *end;
	struct elfrd r;
	int err;

	if ((err = elfrd_open(&r, fd)) < 0)
		return err;
	if (r.size > MAX_LOADER)
		return 0;
	if ((data = malloc(r.size + 1)) == NULL)
		return -ENOMEM;
	if ((err = elfrd_at(&r, data, r.size, 0)) < 0)
		return err;
	data[r.size] = '\0';
	/* A string in the loader begins behind a NUL. */
	for (p = data + 1, end = data + r.size; p < end; p++) {
		if ((p = memchr(p, '/', (size_t)(end - p))) == NULL)
			break;
		if (p[-1] == '\0' && is_libdir(p, strlen(p)))
			libdir_add(ret, p, strlen(p));
	}
	return buf_err(ret);
}
