/* SPDX-License-Identifier: BSD-2-Clause */
/* jail -N: what a job would do, in its order. */
#include <stdio.h>
#include <string.h>

#include "alias.h"
#include "buf.h"
#include "cleanup.h"
#include "job.h"
#include "many.h"
#include "steps.h"

static void
line(const struct job *j, const char *where, const char *text)
{
	(void)printf("%s%s%s: %s\n", j->name != NULL ? j->name : "",
	    j->name != NULL ? ": " : "", where, text);
}

static void
print_words(const struct job *j, const struct step *s)
{
	auto_buf struct buf b = BUF_INIT;
	size_t i;

	for (i = 0; i < jailx_set_count(j->given, s->param); i++)
		buf_fmt(&b, "%s%s", i > 0 ? " " : "",
		    jailx_set_get(j->given, s->param, i));
	if (b.len > 0)
		line(j, "in the jail", b.p);
}

/* Mounts, and the parameters that make the jail. */
static void
print_create(const struct job *j)
{
	static const char *const mounts[] = { "mount", "mount.fstab" };
	static const char *const flags[] = { "mount.devfs", "mount.fdescfs",
		"mount.procfs" };
	const char *path = jailx_set_get(j->given, "path", 0);
	size_t i, k;

	line(j, "create", path != NULL ? path : "/");
	for (i = 0; i < nitems(mounts); i++)
		for (k = 0; k < jailx_set_count(j->given, mounts[i]); k++)
			line(j, mounts[i],
			    jailx_set_get(j->given, mounts[i], k));
	for (i = 0; i < nitems(flags); i++)
		if (jailx_set_bool(j->given, flags[i]))
			line(j, "mount", flags[i] + strlen("mount."));
}

static void
print_step(const struct job *j, const struct step *s)
{
	const struct jailx_set *set = job_set(j);
	const char *where = s->in_jail ? "in the jail" : "on the host";
	char text[64];
	size_t i;

	if (s->param != NULL && j->is_argv && strcmp(s->param, "command") == 0)
		print_words(j, s);
	else if (s->param != NULL) {
		for (i = 0; set != NULL && i < jailx_set_count(set, s->param);
		     i++)
			line(j, s->what != NULL ? s->what : where,
			    jailx_set_get(set, s->param, i));
	} else if (s->what != NULL && strcmp(s->what, "alias") == 0) {
		alias_print(j, line);
	} else if (s->what != NULL && strcmp(s->what, "create") == 0) {
		print_create(j);
	} else if (s->what != NULL) {
		(void)snprintf(text, sizeof(text), "jail %d", j->jid);
		line(j, s->what, text);
	}
}

void
dry_print(struct job *j)
{
	const struct step *s;

	/* the commands of a jail without a block are those it recorded */
	if (j->given == NULL && (j->now = jailx_set_new()) != NULL)
		(void)jailx_load(j->now, j->jid, false); /* then none */
	for (s = j->step; s != NULL && s->run != NULL; s++)
		print_step(j, s);
	if (j->again && j->given != NULL) {
		job_begin(j, JOB_CREATE);
		dry_print(j);
	}
}
