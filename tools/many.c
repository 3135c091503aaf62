/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Jails by name: those of jail.conf, and those that run.
 *
 * Each is a node of the order, which says who may begin; the loop runs their
 * jobs side by side.  One that fails stops nobody but those that depend on it.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "cleanup.h"
#include "conf.h"
#include "jail.h"
#include "job.h"
#include "loop.h"
#include "many.h"
#include "order.h"
#include "progress.h"
#include "select.h"
#include "steps.h"

/* A jail that has gone and left work behind: the lock is ours. */
struct left {
	char *name;
	int jid;
	uint64_t id;
	int lock;
};

struct many {
	const struct request *q;
	struct left *left; /* nleft of them, for -C */
	size_t nleft;
	unsigned int op;
	bool is_dry;
	size_t failed;
	struct selection s;
};

static void
node_failed(struct many *m, size_t i, const char *why)
{
	struct node *n = &m->s.node[i];

	order_reached(m->s.order, i, ORDER_FAILED);
	if (n->why != NULL)
		return;
	n->why = strdup(why != NULL ? why : "failed");
	m->failed++;
}

/* It failed before it came to a job. */
static void
refuse(struct many *m, size_t i, const char *fmt, const char *name)
{
	auto_buf struct buf b = BUF_INIT;

	buf_fmt(&b, fmt, name);
	say(m->s.node[i].name, "%s", b.p != NULL ? b.p : strerror(ENOMEM));
	node_failed(m, i, b.p);
}

/* ---- jobs ---- */

static bool
import_values(const struct node *n, struct jailx_set *set, const char *name,
    const struct conf_param *p)
{
	bool good = true;
	size_t i;

	for (i = 0; i < (p->n > 0 ? p->n : 1); i++) {
		if (jailx_set_address(set, name, p->n > 0 ? p->v[i] : NULL) ==
		    0)
			continue;
		say(n->name, "%s", jail_errmsg);
		good = false;
	}
	return good;
}

/*
 * The parameters of a block, each mistake said.  In a file "command" is like
 * exec.start, and comes after it.
 */
static struct jailx_set *
import(const struct node *n)
{
	static const char command[] = "command";
	struct jailx_set *set = jailx_set_new();
	const struct conf_param *p = n->conf->p, *last = p + n->conf->n;
	bool good = set != NULL;

	for (; set != NULL && p < last; p++) {
		if (strcmp(p->name, command) != 0)
			good = import_values(n, set, p->name, p) && good;
	}
	if (good && (p = conf_get(n->conf, command)) != NULL)
		good = import_values(n, set, "exec.start", p);
	if (good)
		return set;
	jailx_set_free(set);
	return NULL;
}

int
many_running(const struct jailx_set *set)
{
	const char *jid = jailx_set_get(set, "jid", 0);
	const char *name = jailx_set_get(set, "name", 0);
	struct jailx_set *now;
	int r = 0;

	if (jid != NULL)
		r = (int)strtol(jid, NULL, 10);
	else if (name != NULL && *name != '\0')
		r = jail_getid(name);
	if (r <= 0 || (now = jailx_set_new()) == NULL)
		return 0;
	if (jailx_load(now, r, false) < 0)
		r = 0;
	jailx_set_free(now);
	return r;
}

/* A job for node i, or NULL when it cannot be: it has failed then. */
static struct job *
make_job(struct many *m, size_t i)
{
	struct node *n = &m->s.node[i];
	struct job *j = job_new(m->q);

	if (j != NULL) {
		/* a single one that merely runs is as good as anonymous */
		if (n->conf != NULL || m->q->many)
			j->name = strdup(n->name);
		j->conf = n->conf;
		j->index = i;
		j->is_found = !n->is_named;
		j->jid = n->jid;
		if (n->conf == NULL)
			return j;
		if ((j->given = import(n)) != NULL) {
			j->jid = many_running(j->given);
			return j;
		}
	}
	node_failed(m, i, jail_errmsg);
	job_free(j);
	return NULL;
}

/* It is as it should be already, or that does not matter. */
static struct job *
nothing(struct many *m, struct job *j, enum order_state state)
{
	order_reached(m->s.order, j->index, state);
	if (state == ORDER_STARTED && j->jid > 0 && !m->is_dry)
		job_record(j);
	job_free(j);
	return NULL;
}

static struct job *
not_possible(struct many *m, struct job *j, const char *fmt, bool quietly)
{
	size_t i = j->index;

	job_free(j);
	if (quietly)
		node_failed(m, i, "not found");
	else
		refuse(m, i, fmt, m->s.node[i].name);
	return NULL;
}

static struct job *
begin(struct job *j, enum job_what what)
{
	j->id = j->jid > 0 ? jailx_id(j->jid) : 0;
	job_begin(j, what);
	return j;
}

static struct job *
begin_start(struct many *m, size_t i)
{
	struct job *j = make_job(m, i);
	bool named = m->s.node[i].is_named && !order_pulled(m->s.order, i);

	if (j == NULL)
		return NULL;
	if (m->is_dry && (order_op(m->s.order, i) & ORDER_STOP) != 0)
		j->jid = 0; /* it would be gone by now */
	if (j->jid <= 0 &&
	    ((m->op & OP_CREATE) != 0 || order_pulled(m->s.order, i)))
		return begin(j, JOB_CREATE);
	if (j->jid <= 0)
		return not_possible(m, j, "\"%s\" not found", false);
	if ((m->op & OP_MODIFY) != 0 && !order_pulled(m->s.order, i))
		return begin(j, (m->op & OP_REMOVE) != 0 ? JOB_UPDATE_OR_RESTART
							 : JOB_UPDATE);
	if (named)
		return not_possible(m, j, "\"%s\" already exists", false);
	return nothing(m, j, ORDER_STARTED);
}

static void
note_left(int jid, uint64_t id, int lock, void *arg)
{
	struct many *m = arg;
	struct jailx_set *set = jailx_set_new();
	struct left *more = grow(m->left, m->nleft, sizeof(*more));
	const char *name = NULL;

	if (more != NULL)
		m->left = more;
	if (set != NULL && jailx_load(set, jid, true) == 0)
		name = jailx_set_get(set, "name", 0);
	if (more != NULL && name != NULL)
		more[m->nleft++] = (struct left){ strdup(name), jid, id, lock };
	else
		close_fd(lock);
	jailx_set_free(set);
}

/* What a jail of this name left behind is this job's. */
static void
take_left(struct many *m, struct job *j)
{
	size_t i;

	for (i = 0; i < m->nleft; i++) {
		struct left *l = &m->left[i];

		if (l->lock < 0 || l->name == NULL ||
		    strcmp(l->name, m->s.node[j->index].name) != 0)
			continue;
		j->jid = l->jid;
		j->id = l->id;
		j->lock = take_fd(&l->lock);
		return;
	}
}

static struct job *
begin_clean(struct many *m, struct job *j)
{
	if (j->jid > 0)
		return not_possible(
		    m, j, "\"%s\" is running: remove it first", false);
	take_left(m, j);
	j->is_removed = true;
	job_begin(j, JOB_AFTER);
	return j;
}

static struct job *
begin_stop(struct many *m, size_t i)
{
	struct job *j = make_job(m, i);
	bool named = m->s.node[i].is_named && !order_pulled(m->s.order, i);

	if (j == NULL)
		return NULL;
	if ((m->op & OP_CLEAN) != 0)
		return begin_clean(m, j);
	if (j->jid > 0)
		return begin(j, (m->op & OP_KILL) != 0 ? JOB_KILL : JOB_REMOVE);
	if (named)
		return not_possible(m, j, "\"%s\" not found",
		    m->q->verbose < 0 && m->op == OP_REMOVE);
	return nothing(m, j, ORDER_STOPPED);
}

/* ---- the feed ---- */

static struct job *
next(void *arg)
{
	struct many *m = arg;
	enum order_what what;
	struct job *j;
	ssize_t i;

	while ((i = order_next(m->s.order, &what)) >= 0) {
		if (what == ORDER_SKIP) {
			if (m->q->verbose >= 0)
				say(m->s.node[i].name, "skipped");
			node_failed(m, (size_t)i, "skipped");
			continue;
		}
		j = what == ORDER_GO_STOP ? begin_stop(m, (size_t)i)
					  : begin_start(m, (size_t)i);
		if (j != NULL)
			return j;
	}
	return NULL;
}

static void
ended(void *arg, struct job *j)
{
	struct many *m = arg;

	if (j->status != 0)
		node_failed(m, j->index, j->why);
	else
		order_reached(m->s.order, j->index,
		    j->is_created || !j->is_removed ? ORDER_STARTED
						    : ORDER_STOPPED);
	job_free(j);
}

/* "12/50 started, waiting for www, db" */
static void
show(const struct many *m, struct job *const *jobs, size_t n)
{
	auto_buf struct buf b = BUF_INIT;
	size_t i, left = order_left(m->s.order);

	buf_fmt(&b, "%zu/%zu %s", m->s.selected - left, m->s.selected,
	    (m->op & OP_CREATE) != 0   ? "started"
	    : (m->op & OP_MODIFY) != 0 ? "updated"
				       : "removed");
	for (i = 0; i < n; i++)
		buf_fmt(&b, "%s%s", i == 0 ? ", waiting for " : ", ",
		    m->s.node[jobs[i]->index].name);
	if (n > 0 && buf_err(&b) == 0)
		progress_show(b.p);
}

static bool
tick(void *arg, struct job *const *jobs, size_t n)
{
	struct many *m = arg;
	enum order_state state;
	bool any = false;
	size_t i;

	for (i = 0; i < n; i++) {
		state = jobs[i]->is_created   ? ORDER_CREATED
			: jobs[i]->is_removed ? ORDER_REMOVED
					      : ORDER_IDLE;
		if (state == ORDER_IDLE ||
		    order_state(m->s.order, jobs[i]->index) == state)
			continue;
		order_reached(m->s.order, jobs[i]->index, state);
		any = true;
	}
	show(m, jobs, n);
	return any;
}

/* ---- the whole ---- */

static void
summary(const struct many *m)
{
	size_t i;

	if (m->s.selected - m->s.pulled < 2 || m->failed == 0)
		return;
	(void)fprintf(stderr, "jail: %zu of %zu jails failed:\n", m->failed,
	    m->s.selected);
	for (i = 0; i < m->s.n; i++) {
		if (m->s.node[i].why != NULL)
			(void)fprintf(stderr, "jail:   %s: %s\n",
			    m->s.node[i].name, m->s.node[i].why);
	}
}

/* As the loop would, without doing anything. */
static void
dry_run(struct many *m)
{
	struct job *j;

	while ((j = next(m)) != NULL) {
		bool removes = j->is_removed || j->step == steps_remove ||
			       j->step == steps_kill;

		dry_print(j);
		order_reached(m->s.order, j->index,
		    removes ? ORDER_STOPPED : ORDER_STARTED);
		job_free(j);
	}
}

static void
many_done(struct many *m)
{
	size_t i;

	for (i = 0; i < m->nleft; i++) {
		free(m->left[i].name);
		close_fd(m->left[i].lock); /* the next jail(8)'s */
	}
	free(m->left);
	selection_done(&m->s);
}

/* Nodes that a loop or a missing dependency has made fail. */
static void
count_failed(struct many *m)
{
	size_t i;

	for (i = 0; i < m->s.n; i++) {
		if (order_op(m->s.order, i) != 0 &&
		    order_state(m->s.order, i) == ORDER_FAILED)
			node_failed(m, i, "dependency");
	}
}

int
many_run(const struct request *q, const struct conf *conf, unsigned int op,
    char *const *words, bool dry)
{
	struct many m = { .q = q, .op = op, .is_dry = dry };
	const struct feed feed = {
		.next = next,
		.ended = ended,
		.tick = tick,
		.arg = &m,
	};
	int status;

	if ((status = selection_make(&m.s, conf, op, words)) < 0)
		return 1;
	if ((op & OP_CLEAN) != 0 && !dry)
		(void)jailx_unfinished(note_left, &m); /* then none */
	count_failed(&m);
	if (dry) {
		dry_run(&m);
	} else {
		progress_open();
		(void)loop_run(q, &feed, m.s.selected == 1);
		progress_clear();
		summary(&m);
	}
	if (m.failed > 0)
		status = 1;
	many_done(&m);
	return status;
}
