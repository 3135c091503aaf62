/* SPDX-License-Identifier: BSD-2-Clause */
/* Jobs side by side. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#include "buf.h"
#include "child.h"
#include "cleanup.h"
#include "job.h"
#include "loop.h"
#include "relay.h"

#define TICK_MSEC 1000
#define JOB_FDS 12 /* what a job may have open */
#define OTHER_FDS 64 /* all else */

static const int ending[] = { SIGHUP, SIGINT, SIGQUIT, SIGTERM };

struct loop {
	const struct request *q;
	const struct feed *feed;
	struct job **jobs; /* n of them, at most max */
	size_t n, max;
	struct pollfd *fds; /* the signals', then RELAY_FDS a job */
	int commands; /* that run now */
	bool is_many; /* nobody is alone with the terminal */
	int null; /* /dev/null, -1 */
	int signals; /* a signalfd */
	sigset_t mask; /* as it was before */
	int signal; /* that ends us */
};

int64_t
loop_now(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

int
loop_stdin(const struct loop *l)
{
	return l->null >= 0 ? l->null : STDIN_FILENO;
}

bool
loop_has_slot(const struct loop *l)
{
	return l->q->commands <= 0 || l->commands < l->q->commands;
}

void
loop_enter(struct loop *l)
{
	l->commands++;
}

void
loop_left(struct loop *l)
{
	l->commands--;
}

/* ---- signals ---- */

static bool
is_ending(int sig)
{
	size_t i;

	for (i = 0; i < nitems(ending) && ending[i] != sig; i++)
		;
	return i < nitems(ending);
}

/*
 * A signal is the program's that the caller is with; with none, or with
 * several, it is ours.
 */
static void
on_signal(struct loop *l, int sig)
{
	bool taken = false;
	size_t i;

	for (i = 0; i < l->n; i++) {
		if (l->jobs[i]->child == NULL)
			continue;
		taken = taken || child_in_jail(l->jobs[i]->child);
		child_signal(l->jobs[i]->child, sig);
	}
	if (sig == SIGTSTP)
		(void)raise(SIGSTOP);
	if (!is_ending(sig) || (taken && !l->is_many))
		return;
	l->signal = sig;
	for (i = 0; i < l->n; i++)
		job_interrupt(l->jobs[i], sig);
}

static void
read_signals(struct loop *l)
{
	struct signalfd_siginfo si;

	while (read(l->signals, &si, sizeof(si)) == sizeof(si))
		on_signal(l, (int)si.ssi_signo);
}

static int
open_signals(struct loop *l)
{
	sigset_t set;

	relay_signals(&set, relay_wants_pty());
	l->signals = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
	if (l->signals < 0)
		return -1;
	return sigprocmask(SIG_BLOCK, &set, &l->mask);
}

/* ---- the loop ---- */

/* New jobs, as long as there are descriptors for them. */
static bool
take_jobs(struct loop *l)
{
	struct job *j;
	bool any = false;

	while (l->n < l->max && l->signal == 0 &&
	       (j = l->feed->next(l->feed->arg)) != NULL) {
		j->loop = l;
		l->jobs[l->n++] = j;
		any = true;
	}
	return any;
}

/* Take every job as far as it goes.  True if one has ended. */
static bool
go_on(struct loop *l)
{
	bool any = false;
	size_t i, kept = 0;

	for (i = 0; i < l->n; i++) {
		struct job *j = l->jobs[i];

		if (!job_go(j)) {
			l->jobs[kept++] = j;
			continue;
		}
		l->feed->ended(l->feed->arg, j);
		any = true;
	}
	l->n = kept;
	return any;
}

static bool
tick(struct loop *l)
{
	return l->feed->tick != NULL &&
	       l->feed->tick(l->feed->arg, l->jobs, l->n);
}

static int
min_time(int a, int b)
{
	return a < 0 || (b >= 0 && b < a) ? b : a;
}

static int
wait_and_handle(struct loop *l)
{
	int timeout = l->feed->tick != NULL ? TICK_MSEC : -1;
	size_t i;

	l->fds[0] = (struct pollfd){ l->signals, POLLIN, 0 };
	for (i = 0; i < l->n; i++)
		timeout = min_time(timeout,
		    job_prepare(l->jobs[i], &l->fds[1 + i * RELAY_FDS]));
	if (poll(l->fds, 1 + l->n * RELAY_FDS, timeout) < 0)
		return errno == EINTR ? 0 : -1;
	if (l->fds[0].revents != 0)
		read_signals(l);
	for (i = 0; i < l->n; i++)
		job_handle(l->jobs[i], &l->fds[1 + i * RELAY_FDS]);
	return 0;
}

static int
run(struct loop *l)
{
	for (;;) {
		/* what has ended may let others begin, or run a command */
		while (take_jobs(l) | go_on(l) | tick(l))
			;
		if (l->n == 0)
			return 0;
		if (wait_and_handle(l) < 0)
			return -1;
	}
}

static void
loop_done(struct loop *l)
{
	if (l->signals >= 0)
		(void)sigprocmask(SIG_SETMASK, &l->mask, NULL);
	close_fd(l->signals);
	close_fd(l->null);
	free(l->jobs);
	free(l->fds);
}

static int
loop_init(struct loop *l)
{
	l->jobs = calloc(l->max, sizeof(*l->jobs));
	l->fds = calloc(1 + l->max * RELAY_FDS, sizeof(*l->fds));
	if (l->jobs == NULL || l->fds == NULL || open_signals(l) < 0)
		return -1;
	if (l->is_many)
		l->null = open("/dev/null", O_RDONLY | O_CLOEXEC);
	return 0;
}

/* So many jobs as the limit of descriptors allows. */
static size_t
most_jobs(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0 ||
	    limit.rlim_cur < OTHER_FDS + JOB_FDS)
		return 1;
	if (limit.rlim_cur > 16384)
		limit.rlim_cur = 16384;
	return (limit.rlim_cur - OTHER_FDS) / JOB_FDS;
}

static int
loop_start(const struct request *q, const struct feed *feed, size_t max)
{
	struct loop l = {
		.q = q,
		.feed = feed,
		.max = max,
		.is_many = max > 1,
		.null = -1,
		.signals = -1,
	};
	int r = loop_init(&l);

	if (r == 0)
		r = run(&l);
	if (r < 0) {
		perror("jail: loop");
		exit(1);
	}
	loop_done(&l);
	return l.signal;
}

int
loop_run(const struct request *q, const struct feed *feed, bool alone)
{
	return loop_start(q, feed, alone ? 1 : most_jobs());
}

/* ---- one job ---- */

struct one {
	struct job *job; /* not begun yet */
	int status;
};

static struct job *
one_next(void *arg)
{
	struct one *o = arg;

	return take_ptr(o->job);
}

static void
one_ended(void *arg, struct job *j)
{
	struct one *o = arg;

	o->status = j->status;
	job_free(j);
}

int
loop_one(struct job *j)
{
	struct one o = { .job = j };
	const struct feed feed = {
		.next = one_next,
		.ended = one_ended,
		.arg = &o,
	};

	(void)loop_start(j->q, &feed, 1);
	return o.status;
}
