/* SPDX-License-Identifier: BSD-2-Clause */
/* A hostile ELF file. */
#include <limits.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "buf.h"
#include "elf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
note(void *arg, const char *name)
{
	*(size_t *)arg += strlen(name);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static int fd = -1;
	struct elf e;
	struct buf b = BUF_INIT;
	char interp[PATH_MAX];
	const char *why = NULL;
	size_t len = 0;

	if (fd < 0 && (fd = memfd_create("fuzz", MFD_CLOEXEC)) < 0)
		abort();
	if (ftruncate(fd, 0) < 0 || pwrite(fd, data, size, 0) != (ssize_t)size)
		abort();
	if (elf_interp(fd, interp, sizeof(interp)) == 1)
		len += strlen(interp);
	if (elf_read(&e, fd, note, &len, &why) == 0) {
		for (size_t i = 0; i < e.n_needed; i++)
			len += strlen(e.needed[i]);
		elf_done(&e);
	}
	(void)elf_libdirs(fd, &b);
	buf_done(&b);
	return len == SIZE_MAX;
}
