/* SPDX-License-Identifier: BSD-2-Clause */
/* What the parts of a planning share: reading files, and its failures. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cleanup.h"
#include "elf.h"
#include "jerr.h"
#include "thin_ld.h"

enum { ELF_WORK = 4000 }; /* a hostile one at its worst */

bool
is_absent(int r)
{
	/* As the loader, which goes on whatever open() says. */
	return r == -ENOENT || r == -ENOTDIR || r == -ELOOP ||
	       r == -ENAMETOOLONG || r == -EACCES || r == -EISDIR ||
	       r == -EINVAL;
}

int
job_fail(struct thin_job *job, int r, const char *path)
{
	if (r == -E2BIG)
		return jerr(job->e, E2BIG, "%s: needs too many files", path);
	return jerr_sys(job->e, -r, "%s", path);
}

static int
elf_fail(struct thin_job *job, int r, const char *path, const char *why)
{
	if (r == -ENOEXEC)
		return jerr(
		    job->e, ENOEXEC, "%s: broken ELF file: %s", path, why);
	return job_fail(job, r, path);
}

int
job_elf(struct thin_job *job, struct vnode *node)
{
	auto_close int fd = -1;
	struct elf *elf;
	const char *why;
	int r;

	if (node->elf != NULL)
		return 0;
	if (node->jail && (r = view_work(&job->view, ELF_WORK)) < 0)
		return job_fail(job, r, node->name);
	if ((fd = view_open(&job->view, node)) < 0)
		return job_fail(job, fd, node->name);
	if ((elf = calloc(1, sizeof(*elf))) == NULL)
		return job_fail(job, -ENOMEM, node->name);
	if ((r = elf_read(elf, fd, nss_symbol, job, &why)) < 0) {
		free(elf);
		return elf_fail(job, r, node->name, why);
	}
	node->elf = elf;
	return 0;
}

/* Up to max bytes, and a NUL. */
static int
read_text(int fd, size_t max, char **ret, size_t *ret_len)
{
	auto_free char *text = NULL;
	size_t len = 0;
	ssize_t n;
	off_t size = lseek(fd, 0, SEEK_END);

	if (size >= 0 && (size_t)size < max)
		max = (size_t)size;
	if ((text = malloc(max + 1)) == NULL)
		return -ENOMEM;
	while (len < max) {
		n = pread(fd, text + len, max - len, (off_t)len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break; /* what cannot be read, is as if not there */
		len += (size_t)n;
	}
	text[len] = '\0';
	*ret = take_ptr(text);
	*ret_len = len;
	return 0;
}

int
job_text(struct thin_job *job, const char *path, size_t max, char **ret,
    size_t *ret_len, bool *trusted)
{
	auto_close int fd = -1;
	struct vnode *node;
	int r;

	*ret = NULL;
	*ret_len = 0;
	if ((r = view_find(&job->view, path, trusted, &node)) < 0)
		return is_absent(r) ? 0 : r;
	if (node->kind != V_FILE)
		return 0;
	if (node->jail)
		*trusted = false;
	if ((fd = view_open(&job->view, node)) < 0)
		return is_absent(fd) ? 0 : fd;
	return read_text(fd, max, ret, ret_len);
}
