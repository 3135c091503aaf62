/* SPDX-License-Identifier: BSD-2-Clause */
/* jexec(8): run a command in a jail. */
#include <err.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "buf.h"
#include "env.h"
#include "jail.h"
#include "jailx.h"
#include "relay.h"
#include "tool.h"

static const char usage[] =
    "usage: jexec [-l] [-d dir] [-u username | -U username] jail "
    "[command ...]\n";

struct request {
	bool clean; /* -l */
	const char *dir; /* -d */
	const char *host_user; /* -u */
	const char *jail_user; /* -U */
	int jid;
	const char *const *command; /* NULL: a shell */
};

/*
 * Parsing stops at the first operand: what follows the jail is the command
 * with its own options.
 */
static void
parse(struct request *q, int argc, char **argv)
{
	int c;

	while ((c = getopt(argc, argv, "+d:lnu:U:")) >= 0)
		switch (c) {
		case 'd':
			q->dir = optarg;
			break;
		case 'l':
			q->clean = true;
			break;
		case 'n':
			break; /* once meant "by name", always so */
		case 'u':
			q->host_user = optarg;
			break;
		case 'U':
			q->jail_user = optarg;
			break;
		default:
			tool_usage(usage);
		}
	if (optind == argc || (q->host_user != NULL && q->jail_user != NULL))
		tool_usage(usage);
	if (optind + 1 < argc)
		q->command = (const char *const *)(argv + optind + 1);
}

/* Whose identity (-u, -U) or environment (-l) it is.  False: nobody's. */
static bool
find_user(const struct request *q, struct jailx_user *user)
{
	int r;

	if (q->host_user != NULL)
		r = jailx_user_find(user, 0, q->host_user);
	else if (q->jail_user != NULL)
		r = jailx_user_find(user, q->jid, q->jail_user);
	else if (!q->clean)
		return false;
	/* A jail without a passwd file gets the host's idea of root. */
	else if ((r = jailx_user_find(user, q->jid, "0")) < 0)
		r = jailx_user_find(user, 0, "0");
	if (r < 0)
		errx(1, "%s", jail_errmsg);
	return true;
}

/* Does the library's sentence say just that: "chdir /x: No such file..."? */
static bool
says(const char *what, const char *object, int error)
{
	auto_buf struct buf b = BUF_INIT;

	buf_fmt(&b, "%s %s: %s", what, object, strerror(error));
	return buf_err(&b) == 0 && strcmp(b.p, jail_errmsg) == 0;
}

/* The jail could not be entered.  FreeBSD's call has one word for "gone". */
_Noreturn static void
fail_attach(const struct request *q)
{
	auto_buf struct buf b = BUF_INIT;

	buf_fmt(&b, "jail %d ", q->jid);
	if (buf_err(&b) == 0 && strncmp(b.p, jail_errmsg, b.len) == 0)
		errx(1, "jail_attach(%d): %s", q->jid, strerror(EINVAL));
	errx(1, "%s", jail_errmsg);
}

/*
 * Why the command could not be started, in FreeBSD's words where it has any.
 * Status 127 and 126 are the command's, as in a shell; the rest is ours.
 */
_Noreturn static void
fail_start(const struct request *q, const struct jailx_spawn *how, int error)
{
	const char *program = how->argv[0];

	errno = error;
	if (how->cwd != NULL && says("chdir", how->cwd, error))
		err(1, "chdir: %s", how->cwd);
	if (jailx_exec_status() == 0)
		fail_attach(q);
	if (says("exec", program, error))
		warn("%s: %s", q->command != NULL ? "execvp" : "execlp",
		    program);
	else
		warnx("%s", jail_errmsg);
	exit(jailx_exec_status());
}

/* Stay with the command until it has ended, passing signals on. */
static void
stay(struct relay *r, int signals)
{
	struct pollfd fds[RELAY_FDS + 1];
	struct signalfd_siginfo si;
	int timeout;

	do {
		timeout = relay_prepare(r, fds);
		fds[RELAY_FDS] = (struct pollfd){ signals, POLLIN, 0 };
		if (poll(fds, RELAY_FDS + 1, timeout) < 0) {
			if (errno != EINTR)
				err(1, "poll");
			continue;
		}
		if (fds[RELAY_FDS].revents == 0 ||
		    read(signals, &si, sizeof(si)) != sizeof(si))
			continue;
		relay_signal(r, (int)si.ssi_signo);
		if (si.ssi_signo == SIGTSTP)
			(void)raise(SIGSTOP);
	} while (!relay_handle(r, fds));
}

/* Start the command and stay with it.  Returns its exit status. */
static int
run(const struct request *q, struct jailx_spawn *how)
{
	static const int stdio[] = { 0, 1, 2 };
	struct relay relay = RELAY_INIT;
	struct jailx_child child;
	sigset_t set;
	int signals, status;

	relay_signals(&set, relay_wants_pty());
	signals = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
	if (signals < 0 || sigprocmask(SIG_BLOCK, &set, NULL) < 0)
		err(1, "signalfd");
	if (relay_open(&relay, q->jid, how->user, stdio, how) < 0)
		fail_attach(q);
	if (jailx_spawn(q->jid, how, &child) < 0)
		fail_start(q, how, errno);
	relay_begin(&relay, &child);
	stay(&relay, signals);
	relay_close(&relay);
	if (jailx_wait(&child, &status) < 0)
		errx(1, "%s", jail_errmsg);
	return relay_exit_status(status);
}

/* What the options ask for, as the library wants it. */
static int
jexec(const struct request *q, const struct jailx_user *user)
{
	char **env = env_build(q->clean, user);
	const char *shell[] = { NULL, "-i", NULL };
	struct jailx_spawn how = { .cwd = q->dir };

	if (env == NULL)
		err(1, "malloc");
	if ((shell[0] = env_get(env, "SHELL")) == NULL)
		shell[0] = "/bin/sh";
	how.argv = q->command != NULL ? q->command : shell;
	how.envp = (const char *const *)env;
	/* -l alone borrows root's environment, not its groups. */
	if (q->host_user != NULL || q->jail_user != NULL)
		how.user = user;
	if (how.cwd == NULL && q->clean)
		how.cwd = user->home;
	return run(q, &how);
}

int
main(int argc, char **argv)
{
	struct request q = { 0 };
	struct jailx_user user = { 0 };
	bool has_user;
	int status;

	tool_init(argv, usage);
	parse(&q, argc, argv);
	if ((q.jid = jail_getid(argv[optind])) < 0)
		errx(1, "%s", jail_errmsg);
	has_user = find_user(&q, &user);
	status = jexec(&q, has_user ? &user : NULL);
	jailx_user_done(&user);
	return status;
}
