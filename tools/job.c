/* SPDX-License-Identifier: BSD-2-Clause */
/* What jail(8) does with one jail. */
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "buf.h"
#include "child.h"
#include "cleanup.h"
#include "conf.h"
#include "jail.h"
#include "job.h"
#include "loop.h"
#include "progress.h"
#include "steps.h"

#define LOOK_MSEC 100 /* how often a jail that stops is looked at */

struct job *
job_new(const struct request *q)
{
	struct job *j = calloc(1, sizeof(*j));

	if (j == NULL)
		return NULL;
	j->q = q;
	j->hold = j->lock = j->stop = -1;
	return j;
}

void
job_free(struct job *j)
{
	if (j == NULL)
		return;
	(void)jailx_untake(j->taken); /* undone, where a start failed */
	jailx_set_free(j->given);
	jailx_set_free(j->now);
	close_fd(j->hold);
	close_fd(j->lock);
	close_fd(j->stop);
	free(j->name);
	free(j->why);
	free(j);
}

const struct jailx_set *
job_set(const struct job *j)
{
	return j->given != NULL ? j->given : j->now;
}

/* ---- saying ---- */

void
job_say(struct job *j, const char *fmt, ...)
{
	auto_free char *text = NULL;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vasprintf(&text, fmt, ap);
	va_end(ap);
	if (n < 0)
		text = NULL;
	say(j->name, "%s", text != NULL ? text : strerror(ENOMEM));
	free(j->why);
	j->why = take_ptr(text);
}

void
job_note(const struct job *j, int verbose, const char *fmt, ...)
{
	va_list ap;

	if (j->q->verbose < verbose)
		return;
	progress_clear();
	if (j->name != NULL)
		(void)printf("%s: ", j->name);
	va_start(ap, fmt);
	(void)vprintf(fmt, ap);
	va_end(ap);
	(void)putchar('\n');
	(void)fflush(stdout); /* before a command writes there */
}

/* One "name=v1,v2", tab before it, for -J. */
static void
record_param(FILE *f, const char *name, const char *const *v, size_t n)
{
	size_t i;

	(void)fprintf(f, "\t%s", name);
	for (i = 0; i < n; i++) {
		auto_free char *text = jailx_quote(v[i], JAILX_QUOTE_CONF);

		(void)fprintf(
		    f, "%c%s", i > 0 ? ',' : '=', text != NULL ? text : "");
	}
}

static void
record_given(FILE *f, const struct jailx_set *set)
{
	const struct jailx_param *p = NULL;
	size_t i, n;

	while ((p = jailx_param_next(p)) != NULL) {
		if (!jailx_set_has(set, p->name) || strcmp(p->name, "jid") == 0)
			continue;
		n = jailx_set_count(set, p->name);
		auto_free const char **v = calloc(n + 1, sizeof(*v));

		for (i = 0; v != NULL && i < n; i++)
			v[i] = jailx_set_get(set, p->name, i);
		record_param(f, p->name, v, v != NULL ? n : 0);
	}
}

void
job_record(struct job *j)
{
	FILE *f = j->q->jid_file;
	size_t i;

	if (f == NULL)
		return;
	if (j->q->old_line != NULL) {
		(void)fprintf(f, "%d\t%s", j->jid, j->q->old_line);
	} else {
		(void)fprintf(f, "jid=%d", j->jid);
		for (i = 0; j->conf != NULL && i < j->conf->n; i++) {
			const struct conf_param *p = &j->conf->p[i];

			if (strcmp(p->name, "jid") != 0)
				record_param(f, p->name,
				    (const char *const *)p->v, p->n);
		}
		if (j->conf == NULL)
			record_given(f, j->given);
	}
	(void)fputc('\n', f);
	(void)fflush(f); /* checked when it is closed */
}

/* ---- going through the steps ---- */

static const struct step *const lists[] = {
	[JOB_CREATE] = steps_create,
	[JOB_UPDATE] = steps_update,
	[JOB_UPDATE_OR_RESTART] = steps_update,
	[JOB_REMOVE] = steps_remove,
	[JOB_RESTART] = steps_remove,
	[JOB_KILL] = steps_kill,
	[JOB_AFTER] = steps_after,
};

void
job_begin(struct job *j, enum job_what what)
{
	j->step = lists[what];
	j->value = 0;
	j->again = what == JOB_RESTART || what == JOB_UPDATE_OR_RESTART;
}

static void
next_step(struct job *j)
{
	j->step++;
	j->value = 0;
	if (j->step->run != NULL)
		return;
	j->step = NULL;
	if (!j->again || j->status != 0)
		return;
	jailx_set_free(take_ptr(j->now));
	j->jid = 0;
	j->id = 0;
	job_begin(j, JOB_CREATE);
}

/*
 * A step has failed: a creation is undone, a jail that is to be removed stays,
 * and what follows a removal goes on.
 */
static void
fail(struct job *j)
{
	if (j->status == 0)
		j->status = 1;
	if (j->step->after > 0)
		return;
	steps_undo(j);
	j->step = NULL;
}

void
job_interrupt(struct job *j, int sig)
{
	j->interrupted = sig;
}

/* What follows a removal is not given up for a signal. */
static bool
is_interrupted(struct job *j)
{
	if (j->interrupted == 0 || j->step->after > 0 || j->is_removed)
		return false;
	if (j->status == 0)
		job_say(j, "interrupted");
	j->status = 128 + j->interrupted;
	return true;
}

bool
job_go(struct job *j)
{
	const struct step *s;

	while (j->child == NULL && (s = j->step) != NULL) {
		if (is_interrupted(j)) {
			fail(j);
			break;
		}
		switch (s->run(j, s)) {
		case STEP_NEXT:
			next_step(j);
			break;
		case STEP_WAIT:
			/* or it has been led to another list */
			if (j->step == s)
				return false;
			break;
		case STEP_FAILED:
			fail(j);
			break;
		}
	}
	return j->child == NULL;
}

/* ---- waiting ---- */

static int
time_left(const struct job *j)
{
	int64_t left = j->deadline - loop_now();

	return left < 0 ? 0 : left > 3600000 ? 3600000 : (int)left;
}

int
job_prepare(const struct job *j, struct pollfd f[static RELAY_FDS])
{
	int i, timeout = -1;

	for (i = 0; i < RELAY_FDS; i++)
		f[i] = (struct pollfd){ .fd = -1 };
	if (j->child != NULL)
		timeout = child_prepare(j->child, f);
	else if (j->stop >= 0)
		f[0] = (struct pollfd){ j->stop, POLLPRI, 0 };
	else if (loop_has_slot(j->loop))
		return 0;
	if (j->stop >= 0)
		timeout = LOOK_MSEC;
	if (j->deadline != 0 && (timeout < 0 || time_left(j) < timeout))
		timeout = time_left(j);
	return timeout;
}

void
job_handle(struct job *j, const struct pollfd f[static RELAY_FDS])
{
	if (j->child == NULL)
		return;
	if (child_handle(j->child, f)) {
		j->deadline = 0;
		loop_left(j->loop);
		if (!child_finish(take_ptr(j->child), j))
			fail(j);
	} else if (j->deadline != 0 && time_left(j) == 0) {
		j->deadline = 0;
		loop_left(j->loop);
		child_leave(take_ptr(j->child), j);
		fail(j);
	}
}
