/* SPDX-License-Identifier: BSD-2-Clause */
/* The steps of a job, in FreeBSD's order. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "alias.h"
#include "buf.h"
#include "child.h"
#include "cleanup.h"
#include "jail.h"
#include "job.h"
#include "line.h"
#include "listeners.h"
#include "loop.h"
#include "steps.h"

/* ---- commands ---- */

static enum step_result
begin(struct job *j, const struct command *c)
{
	long timeout = jailx_set_int(job_set(j), "exec.timeout");
	int r = child_start(&j->child, j, c);

	if (r <= 0)
		return r < 0 ? STEP_FAILED : STEP_NEXT;
	loop_enter(j->loop);
	if (timeout > 0)
		j->deadline = loop_now() + timeout * 1000;
	return STEP_WAIT;
}

static enum step_result
run_text(struct job *j, const struct step *s, const char *text)
{
	struct command c = { .title = text, .in_jail = s->in_jail };
	enum step_result r = STEP_NEXT;
	struct line l;

	if (line_parse(&l, text) < 0) {
		job_say(j, "%s: %s", text, strerror(ENOMEM));
		return STEP_FAILED;
	}
	c.argv = l.argv;
	c.background = l.background;
	if (l.argv[0] != NULL)
		r = begin(j, &c);
	line_done(&l);
	return r;
}

/* Has the work that follows the removal come to this step before? */
static bool
is_marked(struct job *j, const struct step *s)
{
	return s->after > 0 && j->lock >= 0 && j->value == 0 &&
	       jailx_mark(j->jid, j->id, j->lock, s->after) == 0;
}

/* Each command of the list in its turn. */
static enum step_result
run_list(struct job *j, const struct step *s)
{
	const struct jailx_set *set = job_set(j);
	size_t n = jailx_set_count(set, s->param);
	enum step_result r = STEP_NEXT;

	if (n > 0 && is_marked(j, s))
		return STEP_NEXT;
	while (r == STEP_NEXT && j->value < n) {
		if (!loop_has_slot(j->loop))
			return STEP_WAIT;
		r = run_text(j, s, jailx_set_get(set, s->param, j->value++));
	}
	return r;
}

/* The words of the command line. */
static enum step_result
run_words(struct job *j, const struct step *s)
{
	size_t i, n = jailx_set_count(j->given, s->param);
	auto_free const char **argv = calloc(n + 1, sizeof(*argv));
	auto_buf struct buf title = BUF_INIT;
	struct command c = { .in_jail = true, .is_own = true };

	for (i = 0; argv != NULL && i < n; i++) {
		argv[i] = jailx_set_get(j->given, s->param, i);
		buf_fmt(&title, "%s%s", i > 0 ? " " : "", argv[i]);
	}
	if (argv == NULL || buf_err(&title) < 0) {
		job_say(j, "command: %s", strerror(ENOMEM));
		return STEP_FAILED;
	}
	if (j->value++ > 0 || n == 0 || *argv[0] == '\0')
		return STEP_NEXT;
	c.title = title.p;
	c.argv = argv;
	return begin(j, &c);
}

static enum step_result
run_command(struct job *j, const struct step *s)
{
	return j->is_argv ? run_words(j, s) : run_list(j, s);
}

/* ---- creating ---- */

static bool
has_after(const struct job *j)
{
	return j->taken != NULL || j->has_taken ||
	       jailx_set_count(j->given, "exec.poststop") > 0 ||
	       jailx_set_count(j->given, "exec.release") > 0 ||
	       jailx_set_count(j->given, "vnet.interface") > 0;
}

/* Is something to be done between the creation and the end of the start? */
static bool
has_start(const struct job *j)
{
	const struct jailx_set *set = j->given;

	return jailx_set_count(set, "exec.created") > 0 ||
	       jailx_set_count(set, "exec.start") > 0 ||
	       jailx_set_has(set, "command") ||
	       jailx_set_count(set, "exec.poststart") > 0 || has_after(j);
}

/* What exec.prestart must not run before; else creation says it all. */
static enum step_result
check(struct job *j, const struct step *s)
{
	(void)s;
	if (jailx_set_count(j->given, "exec.prestart") == 0 ||
	    jailx_check(j->given) == 0)
		return STEP_NEXT;
	job_say(j, "%s", jail_errmsg);
	return STEP_FAILED;
}

/* The parameters as jail_set(2) had them, with -v. */
static void
note_set(const struct job *j, const char *what, bool failed)
{
	const struct jailx_param *p = NULL;
	auto_buf struct buf b = BUF_INIT;
	size_t i;

	if (j->q->verbose <= 0)
		return;
	while ((p = jailx_param_next(p)) != NULL) {
		if (!jailx_set_has(j->given, p->name) ||
		    strcmp(p->name, "jid") == 0)
			continue;
		buf_fmt(&b, " %s", p->name);
		for (i = 0; i < jailx_set_count(j->given, p->name); i++) {
			auto_free char *text =
			    jailx_quote(jailx_set_get(j->given, p->name, i),
				JAILX_QUOTE_CONF);

			buf_chr(&b, i > 0 ? ',' : '=');
			buf_str(&b, text != NULL ? text : "");
		}
	}
	job_note(j, 1, "jail_set(%s)%s%s%s", what, b.p != NULL ? b.p : "",
	    failed ? ": " : "", failed ? jail_errmsg : "");
}

/* What the jail's root makes is root's for whoever can reach it. */
static void
warn_exposed(const struct job *j)
{
	auto_free char *names =
	    j->q->verbose > 0 ? jailx_exposed(j->given) : NULL;
	char *rest = names, *name;

	while ((name = strsep(&rest, "\n")) != NULL)
		job_note(j, 1,
		    "warning: %s can be reached by users of this host: a "
		    "setuid program or one with file capabilities made there "
		    "in the jail would be root's for them; make a directory "
		    "above it private (chmod 700)%s",
		    name,
		    strncmp(name, "path ", 5) == 0 ? "" : ", or mount it ro");
}

static enum step_result
create(struct job *j, const struct step *s)
{
	int jid;

	(void)s;
	warn_exposed(j);
	listeners_warn(j);
	jid = jailx_create(j->given, has_start(j) ? &j->hold : NULL);
	note_set(j, "JAIL_CREATE", jid < 0);
	if (jid < 0) {
		job_say(j, "%s", jail_errmsg);
		j->status = jailx_exec_status();
		return STEP_FAILED;
	}
	j->jid = jid;
	j->id = jailx_id(jid);
	j->is_created = true;
	j->is_removed = false;
	j->is_kept = false;
	if (alias_hand_over(j) < 0)
		return STEP_FAILED;
	if (*jailx_notes() != '\0')
		job_note(j, 1, "%s", jailx_notes());
	if (j->q->print_jid) {
		(void)printf("%d\n", jid);
		(void)fflush(stdout);
	}
	job_note(j, j->name != NULL ? 0 : 1, "created");
	return STEP_NEXT;
}

static int
keep(struct job *j)
{
	if (j->is_kept)
		return 0;
	if (jailx_keep(j->jid, j->id, steps_follow, NULL) < 0) {
		job_say(j, "%s", jail_errmsg);
		return -1;
	}
	j->is_kept = true;
	return 0;
}

/* The keeper comes first: without it they would not all come home. */
static enum step_result
take_interfaces(struct job *j, const struct step *s)
{
	(void)s;
	if (jailx_set_count(j->given, "vnet.interface") == 0)
		return STEP_NEXT;
	if (keep(j) < 0)
		return STEP_FAILED;
	if (jailx_take_interfaces(j->jid, j->id) == 0)
		return STEP_NEXT;
	job_say(j, "%s", jail_errmsg);
	return STEP_FAILED;
}

/* It is started: from now on it lives by itself. */
static enum step_result
settle(struct job *j, const struct step *s)
{
	(void)s;
	job_record(j);
	if (has_after(j) && keep(j) < 0)
		return STEP_FAILED;
	if (j->hold >= 0 &&
	    jailx_release(j->jid, take_fd(&j->hold), &j->lock) < 0) {
		job_say(j, "%s", jail_errmsg);
		return STEP_FAILED;
	}
	if (j->lock >= 0) {
		/* nothing keeps it: it has gone, and this follows */
		j->is_removed = true;
		j->step = steps_after;
		j->value = 0;
		return STEP_WAIT;
	}
	return STEP_NEXT;
}

static void
undo_create(struct job *j)
{
	int r = 0;

	if (!j->is_created || j->is_removed)
		return;
	if (j->hold >= 0)
		r = jailx_abandon(j->jid, take_fd(&j->hold));
	else
		r = jailx_remove(j->jid, j->id);
	if (r < 0)
		job_say(j, "%s", jail_errmsg);
	else if (j->name != NULL)
		job_note(j, 0, "removed");
}

void
steps_undo(struct job *j)
{
	undo_create(j);
	alias_undo(j);
}

/* ---- changing ---- */

static enum step_result
update(struct job *j, const struct step *s)
{
	static const char fixed[] = "cannot be changed after creation";
	int r = jailx_update(j->jid, j->given);

	(void)s;
	note_set(j, "JAIL_UPDATE", r < 0);
	if (r < 0 && j->again && strstr(jail_errmsg, fixed) != NULL) {
		job_begin(j, JOB_RESTART);
		return STEP_WAIT;
	}
	if (r < 0) {
		job_say(j, "%s", jail_errmsg);
		return STEP_FAILED;
	}
	j->again = false;
	job_note(j, j->name != NULL ? 0 : 1, "updated");
	job_record(j);
	return STEP_NEXT;
}

/* ---- removing ---- */

/* What the jail recorded; commands are the block's where it has one. */
static enum step_result
load(struct job *j, const struct step *s)
{
	(void)s;
	if ((j->now = jailx_set_new()) != NULL &&
	    jailx_load(j->now, j->jid, false) == 0)
		return STEP_NEXT;
	if (errno == ENOENT && j->is_found) {
		j->is_removed = true;
		while (j->step[1].run != NULL)
			j->step++;
		return STEP_NEXT;
	}
	job_say(j, "%s", jail_errmsg);
	return STEP_FAILED;
}

static void
note_signalled(const struct job *j, const pid_t *pids)
{
	auto_buf struct buf b = BUF_INIT;

	for (; pids != NULL && *pids != 0; pids++)
		buf_fmt(&b, " %d", (int)*pids);
	if (b.len > 0)
		job_note(j, 1, "sent SIGTERM to:%s", b.p);
}

static enum step_result
stop(struct job *j, const struct step *s)
{
	long timeout = jailx_set_int(job_set(j), "stop.timeout");
	auto_free pid_t *pids = NULL;

	(void)s;
	if (j->stop < 0) {
		/* a jail that ends by itself meanwhile is what is wanted */
		if (timeout <= 0 ||
		    (j->stop = jailx_stop(j->jid, j->id, &pids)) < 0)
			return STEP_NEXT;
		note_signalled(j, pids);
		j->deadline = loop_now() + timeout * 1000;
	}
	if (!jailx_is_stopped(j->stop) && loop_now() < j->deadline)
		return STEP_WAIT;
	cleanup_close(&j->stop);
	j->deadline = 0;
	return STEP_NEXT;
}

void
job_note_removed(const struct job *j)
{
	job_note(j, j->q->many ? 0 : 1, "removed");
}

static enum step_result
removed(struct job *j, int r)
{
	if (r < 0) {
		job_say(j, "jail_remove: %s", jail_errmsg);
		return STEP_FAILED;
	}
	j->is_removed = true;
	job_note_removed(j);
	return STEP_NEXT;
}

static enum step_result
end(struct job *j, const struct step *s)
{
	(void)s;
	return removed(j, jailx_end(j->jid, j->id, &j->lock));
}

static enum step_result
kill_jail(struct job *j, const struct step *s)
{
	(void)s;
	return removed(j, jailx_remove(j->jid, j->id));
}

static enum step_result
forget(struct job *j, const struct step *s)
{
	(void)s;
	if (j->lock >= 0 &&
	    jailx_forget(j->jid, j->id, take_fd(&j->lock)) < 0) {
		job_say(j, "%s", jail_errmsg);
		return STEP_FAILED;
	}
	return STEP_NEXT;
}

#define HOST(name)                                                             \
	{                                                                      \
		.run = run_list, .param = "exec." name                         \
	}
#define INSIDE(name)                                                           \
	{                                                                      \
		.run = run_list, .param = "exec." name, .in_jail = true        \
	}
#define AFTER(n, name)                                                         \
	{                                                                      \
		.run = run_list, .param = "exec." name, .after = (n)           \
	}
#define STEP(fn, ...)                                                          \
	{                                                                      \
		.run = (fn), __VA_ARGS__                                       \
	}
#define END                                                                    \
	{                                                                      \
		NULL                                                           \
	}

#define AFTER_STEPS                                                            \
	AFTER(1, "poststop"), STEP(alias_down), AFTER(2, "release"),           \
	    STEP(forget), END

const struct step steps_create[] = {
	STEP(alias_resolve),
	HOST("prepare"),
	STEP(alias_up, .what = "alias"),
	STEP(check),
	HOST("prestart"),
	STEP(create, .what = "create"),
	HOST("created"),
	STEP(take_interfaces, .param = "vnet.interface", .what = "move in"),
	INSIDE("start"),
	STEP(run_command, .param = "command", .in_jail = true),
	HOST("poststart"),
	STEP(settle),
	END,
};
const struct step steps_update[] = {
	STEP(alias_resolve),
	STEP(update, .what = "update"),
	END,
};
const struct step steps_remove[] = {
	STEP(load),
	HOST("prestop"),
	INSIDE("stop"),
	STEP(stop, .what = "SIGTERM"),
	STEP(end, .what = "remove"),
	AFTER_STEPS,
};
const struct step steps_kill[] = {
	STEP(kill_jail, .what = "remove"),
	END,
};
const struct step steps_after[] = { AFTER_STEPS };

void
steps_follow(int jid, uint64_t id, int lock, void *request)
{
	static const struct request quiet = { .verbose = -1 };
	struct job *j = job_new(request != NULL ? request : &quiet);
	const char *name;

	if (j == NULL || (j->now = jailx_set_new()) == NULL ||
	    jailx_load(j->now, jid, true) < 0) {
		job_free(j);
		close_fd(lock);
		return;
	}
	name = jailx_set_get(j->now, "name", 0);
	j->name = name != NULL ? strdup(name) : NULL;
	j->jid = jid;
	j->id = id;
	j->lock = lock;
	j->is_removed = true;
	job_begin(j, JOB_AFTER);
	(void)loop_one(j);
}
