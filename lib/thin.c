/* SPDX-License-Identifier: BSD-2-Clause */
/* What the commands of a thin jail need: the wants of its plan. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "build.h"
#include "cleanup.h"
#include "jerr.h"

static const char shell_chars[] = "!\"$&'()*;<>?[\\]`{|}~";

struct words {
	char **v;
	size_t n;
};

static int
add_word(struct words *w, const char *text, size_t len)
{
	char **more = grow(w->v, w->n, sizeof(*w->v));

	if (more == NULL)
		return -ENOMEM;
	w->v = more;
	if ((w->v[w->n] = strndup(text, len)) == NULL)
		return -ENOMEM;
	w->n++;
	return 0;
}

/* The program that starts a command line, and the shell where it is one. */
static int
add_command(struct words *w, const char *line)
{
	size_t len;

	line += strspn(line, " \t\n");
	len = strcspn(line, " \t\n");
	if (len == 0)
		return 0;
	if (strpbrk(line, shell_chars) != NULL && add_word(w, "/bin/sh", 7) < 0)
		return -ENOMEM;
	/* a word of shell syntax is no program's name */
	if (strcspn(line, shell_chars) < len)
		return 0;
	return add_word(w, line, len);
}

static int
collect_commands(const struct pset *params, struct words *w)
{
	static const enum param_id hooks[] = { P_EXEC_START, P_EXEC_STOP };
	const char *program = pset_get(params, P_COMMAND, 0);
	size_t i, k;
	int r = 0;

	if (program != NULL && *program != '\0')
		r = add_word(w, program, strlen(program));
	for (i = 0; i < nitems(hooks); i++) {
		for (k = 0; r == 0 && k < pset_count(params, hooks[i]); k++)
			r = add_command(w, pset_get(params, hooks[i], k));
	}
	return r;
}

int
thin_prepare(struct build *b, struct jerr *e)
{
	const struct pset *params = &b->rec.params;
	const struct pval *files = &params->val[P_THIN_FILES];
	struct words w = { 0 };
	size_t i;
	int r;

	if (!pset_bool(params, P_THIN))
		return 0;
	if ((r = collect_commands(params, &w)) < 0) {
		r = jerr_sys(e, -r, "thin");
	} else {
		struct thin_want want = {
			.programs = (const char *const *)w.v,
			.n_programs = w.n,
			.path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:"
				"/usr/bin:/sbin:/bin",
			.files = (const char *const *)files->v,
			.n_files = files->n,
			.users = pset_has(params, P_EXEC_JAIL_USER),
		};

		r = thin_plan(&b->thin, b->path, &want, e);
		/* as a shell says it of the command */
		if (r == -ENOENT && pset_has(params, P_COMMAND) &&
		    strncmp(e->msg, "thin.files:", 11) != 0)
			e->status = 127;
	}
	for (i = 0; i < w.n; i++)
		free(w.v[i]);
	free(w.v);
	return r;
}
