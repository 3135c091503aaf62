/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where a loader looks when nothing else says where: glibc's directories are
 * compiled in and differ between distributions, so they are read from the
 * loader; musl has a file, and a fixed list where that is missing.
 */
#include <elf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "cleanup.h"
#include "elf.h"
#include "thin_ld.h"

enum { MAX_PATHFILE = 64 << 10 };

/* For a module whose program is not known. */
static const struct {
	uint16_t machine;
	bool bits64;
	const char *dirs;
} usual[] = {
	{ EM_X86_64, true,
	    "/lib/x86_64-linux-gnu:/usr/lib/x86_64-linux-gnu:"
	    "/lib64:/usr/lib64:/lib:/usr/lib" },
	{ EM_386, false,
	    "/lib/i386-linux-gnu:/usr/lib/i386-linux-gnu:"
	    "/lib32:/usr/lib32:/lib:/usr/lib" },
	{ EM_AARCH64, true,
	    "/lib/aarch64-linux-gnu:"
	    "/usr/lib/aarch64-linux-gnu:/lib64:/usr/lib64:/lib:/usr/lib" },
	{ EM_RISCV, true,
	    "/lib/riscv64-linux-gnu:"
	    "/usr/lib/riscv64-linux-gnu:/lib64:/usr/lib64:/lib:/usr/lib" },
};

static int
usual_dirs(const struct elf *elf, struct buf *ret)
{
	const char *dirs = "/lib64:/usr/lib64:/lib:/usr/lib";

	for (size_t i = 0; i < nitems(usual); i++)
		if (usual[i].machine == elf->machine &&
		    usual[i].bits64 == elf->bits64)
			dirs = usual[i].dirs;
	buf_str(ret, dirs);
	return buf_err(ret);
}

/* /lib/ld-musl-ARCH.so.1 reads /etc/ld-musl-ARCH.path: lines or colons. */
static int
musl_dirs(struct thin_job *job, struct ld *ld, struct buf *ret)
{
	/* The name by which it was asked for, as musl does. */
	const char *arch = strrchr(ld->interp_path, '/') + strlen("/ld-musl-");
	struct buf conf = BUF_INIT;
	auto_free char *text = NULL;
	size_t len;
	int r;

	buf_fmt(&conf, "/etc/ld-musl-%.*s.path", (int)strcspn(arch, "."), arch);
	if ((ld->libconf = buf_take(&conf)) == NULL)
		return -ENOMEM;
	r = job_text(
	    job, ld->libconf, MAX_PATHFILE, &text, &len, &ld->libdirs_trusted);
	if (r < 0)
		return r;
	if (text == NULL) {
		free(take_ptr(ld->libconf));
		buf_str(ret, "/lib:/usr/local/lib:/usr/lib");
		return buf_err(ret);
	}
	for (char *p = text; (p = strchr(p, '\n')) != NULL;)
		*p = ':';
	buf_str(ret, text);
	return buf_err(ret);
}

static int
glibc_dirs(struct thin_job *job, const struct ld *ld, struct buf *ret)
{
	auto_close int fd = view_open(&job->view, ld->interp);
	int r;

	if (fd < 0)
		return fd;
	if ((r = elf_libdirs(fd, ret)) < 0 || ret->len > 0)
		return r;
	return usual_dirs(ld->v[0]->node->elf, ret);
}

/* One that has the same loader, and so the same directories. */
static const struct ld *
same_loader(const struct thin_job *job, const struct ld *ld)
{
	for (size_t i = 0; i < job->n_ld && ld->interp != NULL; i++)
		if (job->ld[i]->interp == ld->interp &&
		    job->ld[i]->libdirs != NULL)
			return job->ld[i];
	return NULL;
}

static int
copy_dirs(struct ld *ld, const struct ld *from)
{
	ld->libdirs_trusted = from->libdirs_trusted;
	if (from->libconf != NULL &&
	    (ld->libconf = strdup(from->libconf)) == NULL)
		return -ENOMEM;
	return (ld->libdirs = strdup(from->libdirs)) != NULL ? 0 : -ENOMEM;
}

int
ld_libdirs(struct thin_job *job, struct ld *ld, const struct elf *elf)
{
	auto_buf struct buf b = BUF_INIT;
	const struct ld *from = same_loader(job, ld);
	int r;

	if (from != NULL) {
		r = copy_dirs(ld, from);
		return r < 0 ? job_fail(job, r, ld->v[0]->path) : 0;
	}
	/* A jail's own loader names directories in vain. */
	ld->libdirs_trusted = ld->interp == NULL || !ld->interp->jail;
	if (ld->musl)
		r = musl_dirs(job, ld, &b);
	else if (ld->interp != NULL)
		r = glibc_dirs(job, ld, &b);
	else
		r = usual_dirs(elf, &b);
	if (r < 0)
		return job_fail(job, r, ld->v[0]->path);
	ld->libdirs = buf_take(&b);
	return ld->libdirs != NULL ? 0 : job_fail(job, -ENOMEM, "thin");
}
