/* SPDX-License-Identifier: BSD-2-Clause */
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "buf.h"
#include "cleanup.h"
#include "elf.h"

/* A small library or program: all tables in one segment at address 0. */
struct small {
	Elf64_Ehdr eh;
	Elf64_Phdr ph[3];
	Elf64_Dyn dyn[9];
	Elf64_Sym sym[3];
	char str[96];
	char interp[24];
};

static const char strings[] =
    "\0libc.so.6\0libm.so.6\0getpwnam\0defined\0me.so\0/rp\0/runp\0";

static uint64_t
at(const char *s)
{
	const char *p = memmem(strings, sizeof(strings), s, strlen(s) + 1);

	return (uint64_t)(p - strings);
}

static Elf64_Half
own_machine(void)
{
	auto_close int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	Elf64_Ehdr eh;

	assert_int_equal(pread(fd, &eh, sizeof(eh), 0), sizeof(eh));
	return eh.e_machine;
}

static void
small_make(struct small *s)
{
	*s = (struct small){
		.ph = { { .p_type = PT_LOAD, .p_filesz = sizeof(*s) },
		    { .p_type = PT_DYNAMIC,
			.p_filesz = sizeof(s->dyn),
			.p_offset = offsetof(struct small, dyn) },
		    { .p_type = PT_INTERP,
			.p_filesz = sizeof("/lib/ld.so"),
			.p_offset = offsetof(struct small, interp) } },
		.dyn = { { DT_NEEDED, { at("libc.so.6") } },
		    { DT_NEEDED, { at("libm.so.6") } },
		    { DT_SONAME, { at("me.so") } }, { DT_RPATH, { at("/rp") } },
		    { DT_STRTAB, { offsetof(struct small, str) } },
		    { DT_STRSZ, { sizeof(strings) } },
		    { DT_SYMTAB, { offsetof(struct small, sym) } } },
		.sym = { { 0 }, { .st_name = (Elf64_Word)at("getpwnam") },
		    { .st_name = (Elf64_Word)at("defined"), .st_shndx = 1 } },
		.interp = "/lib/ld.so",
	};
	memcpy(s->eh.e_ident, ELFMAG, SELFMAG);
	s->eh.e_ident[EI_CLASS] = ELFCLASS64;
	s->eh.e_ident[EI_DATA] = __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
				     ? ELFDATA2LSB
				     : ELFDATA2MSB;
	s->eh.e_type = ET_DYN;
	s->eh.e_machine = own_machine();
	s->eh.e_phoff = offsetof(struct small, ph);
	s->eh.e_phentsize = sizeof(Elf64_Phdr);
	s->eh.e_phnum = 3;
	memcpy(s->str, strings, sizeof(strings));
}

static int
memfile(const void *data, size_t len)
{
	int fd = memfd_create("elf", MFD_CLOEXEC);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, data, len), (ssize_t)len);
	return fd;
}

static void
note(void *arg, const char *name)
{
	buf_fmt(arg, "%s ", name);
}

static int
read_small(const struct small *s, size_t len, struct elf *ret)
{
	auto_close int fd = memfile(s, len);
	auto_buf struct buf b = BUF_INIT;
	const char *why = NULL;
	int r = elf_read(ret, fd, note, &b, &why);

	if (r == -ENOEXEC)
		assert_non_null(why);
	if (r == 0 && !ret->foreign && b.len > 0)
		assert_string_equal(b.p, "getpwnam ");
	return r;
}

static void
test_small(void **state)
{
	struct small s;
	struct elf e;

	(void)state;
	small_make(&s);
	assert_int_equal(read_small(&s, sizeof(s), &e), 0);
	assert_true(e.bits64);
	assert_false(e.foreign);
	assert_string_equal(e.interp, "/lib/ld.so");
	assert_string_equal(e.soname, "me.so");
	assert_string_equal(e.rpath, "/rp");
	assert_null(e.runpath);
	assert_int_equal(e.n_needed, 2);
	assert_string_equal(e.needed[0], "libc.so.6");
	assert_string_equal(e.needed[1], "libm.so.6");
	elf_done(&e);
	/* DT_RUNPATH makes the loader forget DT_RPATH. */
	s.dyn[7] = (Elf64_Dyn){ DT_RUNPATH, { at("/runp") } };
	assert_int_equal(read_small(&s, sizeof(s), &e), 0);
	assert_null(e.rpath);
	assert_string_equal(e.runpath, "/runp");
	elf_done(&e);
}

/* Cut anywhere, it is broken, and nothing is left in the output. */
static void
test_cut(void **state)
{
	struct small s;
	struct elf e = { .machine = 7 };

	(void)state;
	small_make(&s);
	for (size_t len = 0; len < offsetof(struct small, interp) + 11; len++)
		assert_int_equal(read_small(&s, len, &e), -ENOEXEC);
	assert_int_equal(e.machine, 7);
}

/* Each byte of the headers changed: refused or read, never worse. */
static void
test_flipped(void **state)
{
	struct small s;
	struct elf e;

	(void)state;
	for (size_t i = 0; i < offsetof(struct small, str); i++) {
		small_make(&s);
		((unsigned char *)&s)[i] ^= 0xff;
		if (read_small(&s, sizeof(s), &e) == 0)
			elf_done(&e);
	}
}

static void
test_foreign(void **state)
{
	struct small s;
	struct elf e;

	(void)state;
	small_make(&s);
	s.eh.e_machine = EM_SPARCV9;
	assert_int_equal(read_small(&s, sizeof(s), &e), 0);
	assert_true(e.foreign);
	assert_string_equal(elf_machine_name(e.machine), "sparc64");
	/* The other byte order. */
	s.eh.e_ident[EI_DATA] ^= 3;
	s.eh.e_machine = __builtin_bswap16(EM_S390);
	assert_int_equal(read_small(&s, sizeof(s), &e), 0);
	assert_true(e.foreign);
	assert_int_equal(e.machine, EM_S390);
	assert_string_equal(elf_machine_name(0xfffe), "unknown");
}

static void
test_interp(void **state)
{
	auto_close int self = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	auto_close int text = memfile("#!/bin/sh\n", 10);
	auto_close int dir = open("/", O_RDONLY | O_CLOEXEC);
	char buf[64] = "untouched";
	struct small s;

	(void)state;
	assert_int_equal(elf_interp(text, buf, sizeof(buf)), 0);
	assert_int_equal(elf_interp(dir, buf, sizeof(buf)), -EACCES);
	assert_string_equal(buf, "untouched");
	assert_true(elf_interp(self, buf, sizeof(buf)) >= 0);
	small_make(&s);
	{
		auto_close int fd = memfile(&s, sizeof(s));

		assert_int_equal(elf_interp(fd, buf, 4), -ENAMETOOLONG);
		assert_int_equal(elf_interp(fd, buf, sizeof(buf)), 1);
		assert_string_equal(buf, "/lib/ld.so");
	}
	memset(s.interp, 'x', sizeof(s.interp));
	{
		auto_close int fd = memfile(&s, sizeof(s));

		assert_int_equal(elf_interp(fd, buf, sizeof(buf)), -ENOEXEC);
	}
}

/* A sparse file of a monstrous size says nothing that we would believe. */
static void
test_sparse(void **state)
{
	struct small s;
	struct elf e;
	const char *why;

	(void)state;
	small_make(&s);
	s.ph[0].p_filesz = (uint64_t)1 << 40;
	s.dyn[5].d_un.d_val = (uint64_t)1 << 39;
	s.dyn[7] = (Elf64_Dyn){ DT_HASH, { 8 } };
	{
		auto_close int fd = memfile(&s, sizeof(s));

		assert_int_equal(ftruncate(fd, (off_t)1 << 40), 0);
		assert_int_equal(elf_read(&e, fd, NULL, NULL, &why), 0);
		elf_done(&e);
	}
}

/* The loader of this very program, if it is glibc's. */
static void
test_libdirs(void **state)
{
	auto_close int self = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	auto_close int fd = -1;
	auto_buf struct buf b = BUF_INIT;
	char interp[256];

	(void)state;
	if (elf_interp(self, interp, sizeof(interp)) != 1 ||
	    strstr(interp, "ld-linux") == NULL)
		skip();
	assert_true((fd = open(interp, O_RDONLY | O_CLOEXEC)) >= 0);
	assert_int_equal(elf_libdirs(fd, &b), 0);
	assert_non_null(b.p);
	assert_int_equal(b.p[0], '/');
	assert_non_null(strstr(b.p, "/usr/lib"));
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_small),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_flipped),
		cmocka_unit_test(test_foreign),
		cmocka_unit_test(test_interp),
		cmocka_unit_test(test_sparse),
		cmocka_unit_test(test_libdirs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
