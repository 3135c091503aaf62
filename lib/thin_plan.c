/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a thin jail needs: its commands, with the interpreters of scripts, and
 * the files of thin.files; each with what its loader would load (thin_ld.c),
 * and at last what libc reads by itself (thin_nss.c).  All is marked in one
 * overlay (thin_view.c), from which the plan is written out.
 *
 * A directory of thin.files is bound whole; ELF files in it bring nothing.
 */
#include <errno.h>
#include <glob.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "buf.h"
#include "cleanup.h"
#include "elf.h"
#include "jerr.h"
#include "thin_ld.h"
#include "thin_plan.h"

enum {
	MAX_SCRIPTS = 5,
	SCRIPT_LINE = 256, /* as far as the kernel reads */
};

/* A file that is to be executed, or opened as a module. */
struct exec {
	const char *path;
	bool trusted;
	bool module;
	int level; /* of scripts above it */
};

static int exec_add(struct thin_job *job, const struct exec *x);

/* 1 with the first line's beginning if it starts with "#!", 0 or -errno. */
static int
script_line(struct thin_job *job, const struct vnode *node,
    char line[static SCRIPT_LINE])
{
	auto_close int fd = view_open(&job->view, node);
	ssize_t n;

	if (fd < 0)
		return fd;
	if ((n = pread(fd, line, SCRIPT_LINE - 1, 0)) < 0)
		return -errno;
	line[n] = '\0';
	line[strcspn(line, "\n")] = '\0';
	return strncmp(line, "#!", 2) == 0;
}

/* The next word, ended; *p moves behind it.  NULL: there is none. */
static char *
word(char **p)
{
	char *w = *p + strspn(*p, " \t");

	*p = w + strcspn(w, " \t");
	if (**p != '\0')
		*(*p)++ = '\0';
	return *w != '\0' ? w : NULL;
}

/* Find a command along the search path; *ret is NULL if it is nowhere. */
static int
path_search(struct thin_job *job, const char *name, bool trusted, char **ret)
{
	const char *path = job->want->path != NULL ? job->want->path : "";
	struct vnode *node;
	size_t len;
	bool inside;
	int r;

	*ret = NULL;
	for (const char *p = path; p != NULL;
	     p = p[len] == ':' ? p + len + 1 : NULL) {
		auto_buf struct buf b = BUF_INIT;

		len = strcspn(p, ":");
		if (len == 0 || p[0] != '/')
			continue;
		buf_fmt(&b, "%.*s/%s", (int)len, p, name);
		if (buf_err(&b) < 0)
			return job_fail(job, -ENOMEM, name);
		inside = trusted;
		r = view_find(&job->view, b.p, &inside, &node);
		if (r < 0 && !is_absent(r))
			return job_fail(job, r, name);
		if (r < 0 || node->kind != V_FILE || !node->exec)
			continue;
		*ret = buf_take(&b);
		return *ret != NULL ? 0 : job_fail(job, -ENOMEM, name);
	}
	return 0;
}

/* "#!/usr/bin/env [-S] [-x...] [A=b...] name ..." needs name too. */
static int
env_add(
    struct thin_job *job, const struct exec *x, const char *script, char *args)
{
	struct exec y = *x;
	auto_free char *path = NULL;
	char *name;
	int r;

	while ((name = word(&args)) != NULL) {
		if (strncmp(name, "-S", 2) == 0 && name[2] != '\0')
			name += 2;
		if (name[0] != '-' && strchr(name, '=') == NULL)
			break;
	}
	if (name == NULL || !name_is_plain(name))
		return 0;
	if (strchr(name, '/') == NULL) {
		if ((r = path_search(job, name, x->trusted, &path)) < 0)
			return r;
		if (path == NULL)
			return jerr(job->e, ENOENT,
			    "%s: needs %s, which is not in PATH (%s)", script,
			    name, job->want->path);
	}
	y.path = path != NULL ? path : name;
	return exec_add(job, &y);
}

static int
script_add(struct thin_job *job, const struct exec *x, char *line)
{
	struct exec y = { .trusted = x->trusted, .level = x->level + 1 };
	char *args = line + 2;
	struct vnode *node;
	bool inside = x->trusted;
	const char *base;
	int r;

	y.path = word(&args);
	if (y.path == NULL || y.path[0] != '/' || !name_is_plain(y.path))
		return jerr(job->e, ENOEXEC,
		    "%s: a script without an absolute interpreter", x->path);
	if (y.level > MAX_SCRIPTS)
		return jerr(job->e, ELOOP,
		    "%s: more than %d interpreters, one for another", x->path,
		    MAX_SCRIPTS);
	r = view_find(&job->view, y.path, &inside, &node);
	if (r < 0 && is_absent(r))
		return jerr(job->e, ENOENT,
		    "%s: interpreter %s not found, error %d", x->path, y.path,
		    ENOENT);
	if (r < 0)
		return job_fail(job, r, x->path);
	if ((r = exec_add(job, &y)) < 0)
		return r;
	base = strrchr(y.path, '/') + 1;
	return strcmp(base, "env") == 0 ? env_add(job, &y, x->path, args) : 0;
}

static bool
is_elf(const char *line)
{
	return memcmp(line, "\177ELF", 4) == 0;
}

/* A file that is there, whatever it is, and what it brings. */
static int
exec_add(struct thin_job *job, const struct exec *x)
{
	char line[SCRIPT_LINE] = "";
	struct exec in = *x;
	struct vnode *node;
	int r;

	r = view_find(&job->view, x->path, &in.trusted, &node);
	if (r == 0)
		r = script_line(job, node, line);
	if (r < 0)
		return job_fail(job, r, x->path);
	in.trusted = in.trusted && !node->jail;
	if (is_elf(line))
		return ld_load(job, x->path, x->trusted, x->module);
	if (!x->module && r == 0)
		return jerr(job->e, ENOEXEC,
		    "%s: neither an ELF file nor a script with #!", x->path);
	if ((r = view_take(&job->view, x->path, x->trusted, false)) < 0)
		return job_fail(job, r, x->path);
	/* Of data that only begins like a script nothing is executed. */
	if (x->module && (!node->exec || strncmp(line, "#!", 2) != 0))
		return 0;
	return script_add(job, &in, line);
}

static int
program_add(struct thin_job *job, const char *name)
{
	struct exec x = { .path = name, .trusted = true };
	auto_free char *path = NULL;
	struct vnode *node;
	bool trusted = true;
	int r;

	if (strchr(name, '/') == NULL) {
		if ((r = path_search(job, name, true, &path)) < 0)
			return r;
		if (path == NULL)
			return jerr(job->e, ENOENT,
			    "%s: no such program in PATH (%s)", name,
			    job->want->path != NULL ? job->want->path : "");
		x.path = path;
	}
	r = view_find(&job->view, x.path, &trusted, &node);
	if (r < 0 && is_absent(r))
		return jerr(job->e, -r,
		    r == -ENOENT ? "%s: no such program"
				 : "%s: cannot be found",
		    name);
	if (r < 0)
		return job_fail(job, r, name);
	return exec_add(job, &x);
}

static int
dir_add(struct thin_job *job, const char *path, const struct vnode *node)
{
	int r;

	if (node->parent == NULL)
		return jerr(
		    job->e, EINVAL, "thin.files: %s is the whole host", path);
	if ((r = view_take(&job->view, path, true, true)) == -EACCES)
		return jerr(job->e, EACCES,
		    "thin.files: %s leads elsewhere by a link in the jail's "
		    "path",
		    path);
	return r < 0 ? job_fail(job, r, path) : 0;
}

/* One name of thin.files; optional: one that a glob gave. */
static int
file_add(struct thin_job *job, const char *path, bool optional)
{
	struct exec x = { .path = path, .trusted = true, .module = true };
	struct vnode *node;
	bool trusted = true;
	int r;

	r = view_find(&job->view, path, &trusted, &node);
	if (r < 0 && is_absent(r))
		return optional ? 0
				: jerr(job->e, ENOENT,
				      "thin.files: %s: no such file", path);
	if (r < 0)
		return job_fail(job, r, path);
	if (node->kind == V_DIR)
		return dir_add(job, path, node);
	if (node->kind != V_FILE)
		return optional ? 0
				: jerr(job->e, EINVAL,
				      "thin.files: %s: neither a file nor a "
				      "directory",
				      path);
	return exec_add(job, &x);
}

static int
glob_add(struct thin_job *job, const char *pattern)
{
	glob_t g = { 0 };
	int r = 0;

	switch (glob(pattern, GLOB_NOSORT, NULL, &g)) {
	case 0:
		break;
	case GLOB_NOMATCH:
		r = jerr(
		    job->e, ENOENT, "thin.files: nothing matches %s", pattern);
		break;
	case GLOB_NOSPACE:
		r = job_fail(job, -ENOMEM, pattern);
		break;
	default:
		r = job_fail(job, -EIO, pattern);
		break;
	}
	for (size_t i = 0; i < g.gl_pathc && r == 0; i++)
		r = file_add(job, g.gl_pathv[i], true);
	globfree(&g);
	return r;
}

static int
files_add(struct thin_job *job, const char *name)
{
	if (name[0] != '/')
		return jerr(
		    job->e, EINVAL, "thin.files: %s is not absolute", name);
	if (strpbrk(name, "*?[") != NULL)
		return glob_add(job, name);
	return file_add(job, name, false);
}

static int
job_run(struct thin_job *job, const struct thin_want *want)
{
	int r = 0;

	for (size_t i = 0; i < want->n_programs && r == 0; i++)
		r = program_add(job, want->programs[i]);
	for (size_t i = 0; i < want->n_files && r == 0; i++)
		r = files_add(job, want->files[i]);
	return r < 0 ? r : nss_add(job);
}

static void
job_done(struct thin_job *job)
{
	for (size_t i = 0; i < job->n_ld; i++)
		ld_free(job->ld[i]);
	free(job->ld);
	free(job->cache_data);
	view_done(&job->view);
}

static int
plan_add(struct thin_plan *p, const struct vnode *n)
{
	struct thin_entry *v = grow(p->v, p->n, sizeof(*v)), *t;

	if (v == NULL)
		return -ENOMEM;
	p->v = v;
	t = &v[p->n++];
	t->kind = n->kind == V_LINK  ? THIN_LINK
		  : n->kind == V_DIR ? THIN_DIR
				     : THIN_FILE;
	t->name = strdup(n->name);
	t->source = strdup(n->kind == V_LINK ? n->text : n->source);
	t->dev = n->dev;
	t->ino = n->ino;
	return t->name != NULL && t->source != NULL ? 0 : -ENOMEM;
}

static int
by_name(const void *a, const void *b)
{
	const struct thin_entry *x = a, *y = b;

	return strcmp(x->name, y->name);
}

/* All that was taken. */
static int
plan_collect(struct thin_plan *p, const struct thin_view *v)
{
	const struct vnode *n = v->root;
	int r = 0;

	while (n != NULL && r == 0) {
		if (n->taken)
			r = plan_add(p, n);
		/* What is in a directory bound whole, comes with it. */
		if (n->child != NULL && !n->taken) {
			n = n->child;
			continue;
		}
		while (n != NULL && n->next == NULL)
			n = n->parent;
		n = n != NULL ? n->next : NULL;
	}
	if (p->n > 0)
		qsort(p->v, p->n, sizeof(*p->v), by_name);
	return r;
}

int
thin_plan(struct thin_plan *plan, int rootfd, const struct thin_want *want,
    struct jerr *e)
{
	struct thin_job job = { .want = want, .e = e };
	struct thin_plan p = { 0 };
	int r;

	if ((r = view_init(&job.view, rootfd)) < 0)
		return jerr_sys(e, -r, "thin");
	if ((r = job_run(&job, want)) == 0 &&
	    (r = plan_collect(&p, &job.view)) < 0)
		(void)job_fail(&job, r, "thin"); /* for its sentence */
	job_done(&job);
	if (r < 0) {
		thin_plan_done(&p);
		return r;
	}
	*plan = p;
	return 0;
}

void
thin_plan_done(struct thin_plan *plan)
{
	for (size_t i = 0; i < plan->n; i++) {
		free(plan->v[i].name);
		free(plan->v[i].source);
	}
	free(plan->v);
	*plan = (struct thin_plan){ 0 };
}
