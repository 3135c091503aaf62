/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How the loader of a program finds a library.
 *
 * A name with a slash is a path.  Another is looked for, by glibc, in
 *	DT_RPATH of the object and of those that needed it, up to the program,
 *	    unless the object has DT_RUNPATH;
 *	DT_RUNPATH of the object;
 *	/etc/ld.so.cache;
 *	the directories compiled in;
 * and by musl in DT_RUNPATH or DT_RPATH of the object and of those that needed
 * it, and its configured directories.  A file for another machine is passed
 * over.
 *
 * Two things differ on purpose.  A library in the jail's path is preferred to
 * one of the host that only the host's cache knows: the jail may see no cache.
 * And glibc-hwcaps variants are planned only if nothing else is there, or
 * beside the others where the jail sees the cache that names them.
 */
#include <elf.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "cleanup.h"
#include "elf.h"
#include "jerr.h"
#include "thin_ld.h"
#include "thin_search.h"

#define CACHE "/etc/ld.so.cache"

enum { MAX_CACHE = 4 << 20 };

int
job_take(struct thin_job *job, const char *path, bool trusted)
{
	int r = view_take(&job->view, path, trusted, false);

	return r < 0 ? job_fail(job, r, path) : 0;
}

bool
elf_same_kind(const struct elf *a, const struct elf *b)
{
	return !a->foreign && a->machine == b->machine &&
	       a->bits64 == b->bits64;
}

/* Look at one path.  0, also if it is not there, or -errno with a sentence. */
static int
try(struct search *s, const char *path, bool trusted)
{
	bool inside = trusted;
	struct vnode *node;
	int r;

	r = view_find(&s->job->view, path, &inside, &node);
	if (r < 0)
		return is_absent(r) ? 0 : job_fail(s->job, r, s->by->path);
	if (node->kind != V_FILE || (s->jail_only && !node->jail))
		return 0;
	if ((r = job_elf(s->job, node)) == -EACCES)
		return 0;
	if (r < 0)
		return r;
	if (!elf_same_kind(node->elf, s->ld->v[0]->node->elf))
		return 0;
	free(s->path);
	if ((s->path = strdup(path)) == NULL)
		return job_fail(s->job, -ENOMEM, path);
	s->node = node;
	s->asked = trusted;
	s->trusted = inside;
	return 0;
}

static const char *
platform(uint16_t machine)
{
	return machine == EM_386 ? "i686" : elf_machine_name(machine);
}

/* What the tokens of a search path stand for; NULL: it is no token. */
static const char *
token(const struct search *s, const struct ld_obj *o, const char *p,
    size_t *ret_len, char *lib, size_t size)
{
	bool brace = p[1] == '{';
	const char *t = p + 1 + brace, *dirs = s->ld->libdirs;
	size_t len = strcspn(t, brace ? "}" : "/:$.-{}");

	*ret_len = 1 + 2 * (size_t)brace + len;
	if (brace && t[len] == '\0')
		return NULL;
	if (len == 6 && strncmp(t, "ORIGIN", 6) == 0)
		return o->origin;
	if (len == 8 && strncmp(t, "PLATFORM", 8) == 0)
		return platform(o->node->elf->machine);
	if (len != 3 || strncmp(t, "LIB", 3) != 0 || dirs[0] != '/')
		return NULL;
	/* As the first directory compiled in, which is / and $LIB. */
	len = strcspn(dirs + 1, ":");
	if (len >= size)
		return NULL;
	memcpy(lib, dirs + 1, len);
	lib[len] = '\0';
	return lib;
}

static int
expand(const struct search *s, const struct ld_obj *o, const char *p,
    size_t len, struct buf *ret)
{
	const char *end = p + len, *text;
	char lib[256];
	size_t n;

	while (p < end && ret->len < PATH_MAX) {
		text = *p != '$' ? NULL : token(s, o, p, &n, lib, sizeof(lib));
		if (text != NULL && n <= (size_t)(end - p)) {
			buf_str(ret, text);
			p += n;
		} else {
			buf_chr(ret, *p++);
		}
	}
	return buf_err(ret);
}

/* Look in a list of directories; o says what their tokens mean. */
static int
try_dirs(struct search *s, const struct ld_obj *o, const char *dirs,
    bool trusted, const char *sub)
{
	size_t len;
	int r = 0;

	for (const char *p = dirs; p != NULL && s->node == NULL && r == 0;
	     p = p[len] == ':' ? p + len + 1 : NULL) {
		auto_buf struct buf b = BUF_INIT;

		len = strcspn(p, ":");
		if ((r = view_work(&s->job->view, 1)) < 0)
			return job_fail(s->job, r, o->path);
		if (len == 0 || (p[0] != '/' && p[0] != '$'))
			continue; /* what is relative, is nowhere */
		if (expand(s, o, p, len, &b) < 0)
			return job_fail(s->job, -ENOMEM, o->path);
		buf_fmt(&b, "/%s%s", sub, s->name);
		if (buf_err(&b) < 0)
			return job_fail(s->job, -ENOMEM, o->path);
		r = try(s, b.p, trusted);
	}
	return r;
}

/* The search paths that objects carry. */
static int
try_objects(struct search *s)
{
	const struct elf *elf = s->by->node->elf;
	const struct ld_obj *o;
	const char *dirs;
	int r = 0;

	for (o = s->by; o != NULL && s->node == NULL && r == 0; o = o->loader) {
		if (!s->ld->musl && elf->runpath != NULL)
			break;
		dirs = o->node->elf->rpath;
		if (s->ld->musl && o->node->elf->runpath != NULL)
			dirs = o->node->elf->runpath;
		r = try_dirs(s, o, dirs, o->trusted, "");
	}
	if (r == 0 && s->node == NULL && !s->ld->musl)
		r = try_dirs(s, s->by, elf->runpath, s->by->trusted, "");
	return r;
}

static int
cache_read(struct thin_job *job)
{
	size_t len;
	int r;

	if (job->cache_read)
		return 0;
	job->cache_read = true;
	job->cache_trusted = true;
	r = job_text(
	    job, CACHE, MAX_CACHE, &job->cache_data, &len, &job->cache_trusted);
	if (r < 0)
		return job_fail(job, r, CACHE);
	if (job->cache_data != NULL &&
	    ldcache_parse(&job->cache, job->cache_data, len) < 0)
		free(take_ptr(job->cache_data));
	return 0;
}

/* Does the loader look into the directory of that path without a cache? */
static bool
in_libdirs(const struct ld *ld, const char *path)
{
	size_t dir = (size_t)(strrchr(path, '/') - path), len;

	for (const char *p = ld->libdirs; p != NULL;
	     p = p[len] == ':' ? p + len + 1 : NULL) {
		len = strcspn(p, ":");
		if (len == dir && strncmp(p, path, len) == 0)
			return true;
	}
	return false;
}

/*
 * Found by the cache: the jail may need it too.  Its loader then opens the
 * variant for its processor, and nothing else if that is missing.
 */
static int
cache_take(struct search *s)
{
	struct search v = *s;
	const char *path;
	int r = 0;

	if (in_libdirs(s->ld, s->path))
		return 0;
	if ((r = job_take(s->job, CACHE, true)) < 0)
		return r;
	for (size_t i = 0; r == 0; i++) {
		path = ldcache_get(&s->job->cache, s->name, i);
		if (path == NULL)
			return 0;
		if (strstr(path, "/glibc-hwcaps/") == NULL)
			continue;
		v.path = NULL;
		v.node = NULL;
		r = try(&v, path, s->asked);
		if (r == 0 && v.node != NULL)
			r = job_take(s->job, path, s->asked);
		free(v.path);
	}
	return r;
}

static int
try_cache(struct search *s)
{
	struct thin_job *job = s->job;
	const char *path;
	int r;

	if ((r = cache_read(job)) < 0 || job->cache_data == NULL)
		return r;
	for (size_t i = 0; s->node == NULL && r == 0; i++) {
		path = ldcache_get(&job->cache, s->name, i);
		if (path == NULL)
			return 0;
		if (path[0] == '/')
			r = try(s, path, s->by->trusted && job->cache_trusted);
	}
	return r < 0 || s->node == NULL ? r : cache_take(s);
}

static int
try_libdirs(struct search *s, const char *sub)
{
	bool trusted = s->by->trusted && s->ld->libdirs_trusted;
	int r;

	if (s->node != NULL)
		return 0;
	r = try_dirs(s, s->by, s->ld->libdirs, trusted, sub);
	if (r < 0 || s->node == NULL || s->ld->libconf == NULL)
		return r;
	return job_take(s->job, s->ld->libconf, true);
}

int
ld_search(struct search *s)
{
	int r;

	if (strchr(s->name, '/') != NULL)
		return try(s, s->name, s->by->trusted);
	if ((r = try_objects(s)) < 0 || s->node != NULL)
		return r;
	if (s->ld->musl)
		return try_libdirs(s, "");
	if (s->job->view.rootfd >= 0) {
		s->jail_only = true;
		if ((r = try_libdirs(s, "")) < 0 || s->node != NULL)
			return r;
		s->jail_only = false;
	}
	if ((r = try_cache(s)) < 0 || (r = try_libdirs(s, "")) < 0)
		return r;
	if ((r = try_libdirs(s, "glibc-hwcaps/x86-64-v2/")) < 0)
		return r;
	return try_libdirs(s, "glibc-hwcaps/x86-64-v3/");
}
