/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the loader of a program would load: objects breadth first, each name
 * once.  How one is found is in thin_search.c.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "cleanup.h"
#include "elf.h"
#include "jerr.h"
#include "thin_ld.h"
#include "thin_search.h"

enum { MAX_OBJECTS = 1000 };

static void
obj_free(struct ld_obj *o)
{
	if (o == NULL)
		return;
	free(o->path);
	free(o->origin);
	free(o->name);
	free(o);
}

void
ld_free(struct ld *ld)
{
	if (ld == NULL)
		return;
	for (size_t i = 0; i < ld->n; i++)
		obj_free(ld->v[i]);
	free(ld->v);
	free(ld->libdirs);
	free(ld->libconf);
	free(ld);
}

static char *
dir_of(const char *path)
{
	const char *slash = path != NULL ? strrchr(path, '/') : NULL;

	if (slash == NULL || slash == path)
		return strdup("/");
	return strndup(path, (size_t)(slash - path));
}

/* Append what was found. */
static int
obj_add(const struct search *s)
{
	struct ld *ld = s->ld;
	struct ld_obj **v = grow(ld->v, ld->n, sizeof(*v));
	struct ld_obj *o = calloc(1, sizeof(*o));

	if (v != NULL)
		ld->v = v;
	if (v == NULL || o == NULL || s->node == NULL) {
		free(o);
		(void)job_fail(s->job, -ENOMEM, s->path);
		return -ENOMEM;
	}
	/* The kernel tells a program its real name, a loader the one found. */
	o->origin = dir_of(s->by == NULL ? s->node->name : s->path);
	o->path = strdup(s->path);
	o->name = strdup(s->name);
	o->node = s->node;
	o->loader = s->by;
	o->trusted = s->trusted && !s->node->jail;
	ld->v[ld->n++] = o;
	if (o->path == NULL || o->name == NULL || o->origin == NULL)
		return job_fail(s->job, -ENOMEM, s->path);
	return ld->n <= MAX_OBJECTS ? 0
				    : job_fail(s->job, -E2BIG, ld->v[0]->path);
}

static bool
is_loaded(const struct ld *ld, const char *name)
{
	const char *soname;

	for (size_t i = 0; i < ld->n; i++) {
		soname = ld->v[i]->node->elf->soname;
		if (strcmp(ld->v[i]->name, name) == 0 ||
		    (soname != NULL && strcmp(soname, name) == 0))
			return true;
	}
	return false;
}

/* musl's libc is its loader, by any of the names that libc was split into. */
static bool
is_musl_libc(const char *name)
{
	static const char *const parts[] = { "libc.", "libpthread.", "librt.",
		"libm.", "libdl.", "libutil.", "libxnet." };

	for (size_t i = 0; i < nitems(parts); i++)
		if (strncmp(name, parts[i], strlen(parts[i])) == 0)
			return true;
	return false;
}

/* Is it there already, here or in the program that a module is for? */
static bool
is_satisfied(const struct ld *ld, const char *name)
{
	return is_loaded(ld, name) || (ld->musl && is_musl_libc(name)) ||
	       (ld->base != NULL && is_loaded(ld->base, name));
}

static bool
has_node(const struct ld *ld, const struct vnode *node)
{
	for (size_t i = 0; i < ld->n; i++)
		if (ld->v[i]->node == node)
			return true;
	return false;
}

static int
load_needed(
    struct thin_job *job, struct ld *ld, struct ld_obj *by, const char *name)
{
	struct search s = { .job = job, .ld = ld, .by = by, .name = name };
	int r;

	/* Comparing names is work too, and a hostile file has many. */
	if ((r = view_work(&job->view, 1 + ld->n / 16)) < 0)
		return job_fail(job, r, by->path);
	if (name[0] == '\0' || is_satisfied(ld, name))
		return 0;
	if ((r = ld_search(&s)) == 0 && s.node == NULL)
		r = jerr(job->e, ENOENT, "%s: needs %s, which was not found",
		    by->path, name);
	if (r == 0)
		r = job_take(job, s.path, s.asked);
	if (r == 0 && !has_node(ld, s.node))
		r = obj_add(&s);
	free(s.path);
	return r;
}

/* All that the objects from the given one on need. */
static int
load_all(struct thin_job *job, struct ld *ld, size_t from)
{
	const struct elf *elf;
	int r = 0;

	for (size_t i = from; i < ld->n && r == 0; i++) {
		elf = ld->v[i]->node->elf;
		for (size_t k = 0; k < elf->n_needed && r == 0; k++)
			r = load_needed(job, ld, ld->v[i], elf->needed[k]);
	}
	return r;
}

static int
interp_find(struct thin_job *job, struct search *s)
{
	const struct ld_obj *root = s->ld->v[0];
	int r;

	s->trusted = s->asked = root->trusted;
	r = view_find(&job->view, s->path, &s->trusted, &s->node);
	if (r < 0 && !is_absent(r))
		return job_fail(job, r, root->path);
	if (r < 0 || s->node->kind != V_FILE)
		return jerr(job->e, ENOENT,
		    "%s: ELF interpreter %s not found, error %d", root->path,
		    s->path, ENOENT);
	if ((r = job_elf(job, s->node)) < 0)
		return r;
	if (!elf_same_kind(s->node->elf, root->node->elf))
		return jerr(job->e, ENOEXEC,
		    "%s: ELF interpreter %s is for another machine", root->path,
		    s->path);
	return job_take(job, s->path, s->asked);
}

static int
load_interp(struct thin_job *job, struct ld *ld)
{
	char *path = ld->v[0]->node->elf->interp;
	struct search s = {
		.job = job, .ld = ld, .by = ld->v[0], .name = path, .path = path
	};
	const char *base = strrchr(path, '/');
	int r;

	if ((r = interp_find(job, &s)) < 0)
		return r;
	ld->interp = s.node;
	ld->interp_path = path;
	ld->musl = base != NULL && strncmp(base, "/ld-musl-", 9) == 0;
	return obj_add(&s);
}

/* A module is taken to be for the first program of its kind. */
static void
find_base(const struct thin_job *job, struct ld *ld, const struct elf *elf)
{
	for (size_t i = 0; i < job->n_ld && ld->base == NULL; i++)
		if (job->ld[i]->interp != NULL &&
		    elf_same_kind(job->ld[i]->v[0]->node->elf, elf))
			ld->base = job->ld[i];
	if (ld->base != NULL) {
		ld->interp = ld->base->interp;
		ld->interp_path = ld->base->interp_path;
		ld->musl = ld->base->musl;
	}
}

static int
load_root(struct search *s, bool module)
{
	const struct elf *elf;
	int r;

	r = view_find(&s->job->view, s->path, &s->trusted, &s->node);
	if (r < 0)
		return job_fail(s->job, r, s->path);
	if ((r = job_elf(s->job, s->node)) < 0)
		return r;
	elf = s->node->elf;
	if (elf->foreign)
		return jerr(s->job->e, ENOEXEC,
		    "%s: ELF file for another machine (%s)", s->path,
		    elf_machine_name(elf->machine));
	if (module && elf->interp == NULL)
		find_base(s->job, s->ld, elf);
	if ((r = job_take(s->job, s->path, s->asked)) < 0 ||
	    (r = obj_add(s)) < 0)
		return r;
	if (s->ld->base != NULL)
		s->ld->v[0]->loader = s->ld->base->v[0];
	return elf->interp != NULL ? load_interp(s->job, s->ld) : 0;
}

static int
job_add_ld(struct thin_job *job, struct ld **ret)
{
	struct ld **v = grow(job->ld, job->n_ld, sizeof(*v));

	if (v != NULL)
		job->ld = v;
	*ret = v != NULL ? calloc(1, sizeof(**ret)) : NULL;
	if (*ret != NULL)
		return 0;
	(void)job_fail(job, -ENOMEM, "thin");
	return -ENOMEM;
}

int
ld_load(struct thin_job *job, const char *path, bool trusted, bool module)
{
	auto_free char *copy = strdup(path);
	struct search s = { .job = job,
		.name = path,
		.path = copy,
		.asked = trusted,
		.trusted = trusted };
	const struct elf *elf;
	struct ld *ld;
	int r;

	if (copy == NULL)
		return job_fail(job, -ENOMEM, path);
	if ((r = job_add_ld(job, &ld)) < 0)
		return r;
	s.ld = ld;
	r = load_root(&s, module);
	if (ld->n > 0) {
		/* From here on the job frees it. */
		job->ld[job->n_ld] = ld;
		elf = ld->v[0]->node->elf;
		if (r == 0 && elf->n_needed > 0)
			r = ld_libdirs(job, ld, elf);
		job->n_ld++;
	} else {
		ld_free(ld);
	}
	return r < 0 ? r : load_all(job, ld, 0);
}

int
ld_libc_module(
    struct thin_job *job, struct ld *ld, const char *name, bool trusted)
{
	struct search s = { .job = job, .ld = ld, .name = name };
	size_t from = ld->n;
	struct ld_obj *libc = NULL;
	int r;

	for (size_t i = 0; i < ld->n; i++)
		if (strcmp(ld->v[i]->name, "libc.so.6") == 0)
			libc = ld->v[i];
	if (libc == NULL || is_loaded(ld, name))
		return 0;
	if (!trusted)
		libc->trusted = false;
	s.by = libc;
	if ((r = ld_search(&s)) == 0 && s.node != NULL)
		r = job_take(job, s.path, s.asked);
	if (r == 0 && s.node != NULL)
		r = obj_add(&s);
	free(s.path);
	if (r == 0)
		r = load_all(job, ld, from);
	return r == -ENOENT || r == -ENOEXEC ? 0 : r;
}
