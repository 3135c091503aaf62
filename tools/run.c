/* SPDX-License-Identifier: BSD-2-Clause */
/* The commands of a jail: exec.* and command, in the jail and on the host. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "buf.h"
#include "cleanup.h"
#include "env.h"
#include "jail.h"
#include "ops.h"
#include "relay.h"

/* A text that has one of these goes to the shell. */
static const char shell_chars[] = "!\"$&'()*;<>?[\\]`{|}~";

/* Where the lists of the table run. */
static const struct hook {
	const char *param;
	bool in_jail;
} hooks[] = {
	{ "exec.start", true },
	{ "exec.poststart", false },
	{ "exec.stop", true },
};

static const int ending[] = { SIGHUP, SIGINT, SIGQUIT, SIGTERM };

/* Those that are not ignored, as below nohup(1). */
static void
ending_set(sigset_t *set)
{
	struct sigaction now;
	size_t i;

	(void)sigemptyset(set);
	for (i = 0; i < nitems(ending); i++) {
		if (sigaction(ending[i], NULL, &now) == 0 &&
		    now.sa_handler != SIG_IGN)
			(void)sigaddset(set, ending[i]);
	}
}

void
run_hold_signals(void)
{
	sigset_t set;

	ending_set(&set);
	(void)sigprocmask(SIG_BLOCK, &set, NULL);
}

int
run_interrupted(void)
{
	static const struct timespec now;
	sigset_t set;
	int sig;

	ending_set(&set);
	sig = sigtimedwait(&set, NULL, &now);
	return sig > 0 ? sig : 0;
}

static uint64_t only;

void
run_only(uint64_t id)
{
	only = id;
}

/* ---- a command line ---- */

struct line {
	char *copy; /* the words are in here */
	const char **argv;
	bool background;
};

static void
line_done(struct line *l)
{
	free(l->copy);
	free(l->argv);
}

/* The words of a text, by FreeBSD's rule for shell or no shell. */
static int
line_parse(const char *text, struct line *ret)
{
	struct line l = { .copy = strdup(text) };
	size_t len = strlen(text), n = 0;
	char *rest = l.copy, *word;

	/* no more words than every second character, the shell's and NULL */
	if (l.copy == NULL ||
	    (l.argv = calloc(len / 2 + 5, sizeof(*l.argv))) == NULL) {
		line_done(&l);
		return -1;
	}
	if (len > 0 && strcspn(text, shell_chars) == len - 1 &&
	    text[len - 1] == '&') {
		l.copy[len - 1] = '\0';
		l.background = true;
	} else if (strpbrk(text, shell_chars) != NULL) {
		l.argv[0] = "/bin/sh";
		l.argv[1] = "-c";
		l.argv[2] = l.copy;
		*ret = l;
		return 0;
	}
	while ((word = strsep(&rest, " \t\f\v\r\n")) != NULL) {
		if (*word != '\0')
			l.argv[n++] = word;
	}
	*ret = l;
	return 0;
}

/* ---- environment and user ---- */

static int
add_jail_variables(char ***env, int jid, const struct jailx_set *set)
{
	char number[16];
	const char *name = jailx_set_get(set, "name", 0);
	const char *path = jailx_set_get(set, "path", 0);

	(void)snprintf(number, sizeof(number), "%d", jid);
	if (env_set(env, "JID", number) < 0 ||
	    env_set(env, "JNAME", name != NULL ? name : number) < 0 ||
	    env_set(env, "JPATH", path != NULL ? path : "/") < 0)
		return -1;
	return 0;
}

/* 1 with the user of commands in the jail, 0 if none is named, -1. */
static int
jail_user(int jid, const struct jailx_set *set, struct jailx_user *user)
{
	const char *name = jailx_set_get(set, "exec.jail_user", 0);
	bool host = jailx_set_bool(set, "exec.system_jail_user");

	if (name == NULL)
		return 0;
	return jailx_user_find(user, host ? 0 : jid, name) < 0 ? -1 : 1;
}

/* Root's home and shell, for a clean environment: the jail's, or the host's. */
static bool
root_user(int jid, struct jailx_user *user)
{
	return jailx_user_find(user, jid, "0") == 0 ||
	       jailx_user_find(user, 0, "0") == 0;
}

/* ---- running ---- */

/* How it ended, said as FreeBSD does. */
static enum run_result
judge(const char *title, int status)
{
	if (WIFSIGNALED(status))
		say("%s: exited on signal %d", title, WTERMSIG(status));
	else if (WEXITSTATUS(status) != 0)
		say("%s: failed", title);
	else
		return RUN_OK;
	return RUN_FAILED;
}

/* Start a program in the jail and, unless it survives, stay with it. */
static int
spawn_in_jail(int jid, struct jailx_spawn *how, int *ret_status)
{
	struct relay relay = RELAY_INIT;
	struct jailx_child child;
	int r;

	if (relay_open(&relay, jid, how->user, how) < 0)
		return -1;
	if ((r = jailx_spawn(jid, how, &child)) == 0) {
		if (how->survive)
			*ret_status = 0;
		else
			r = relay_run(&relay, &child, ret_status);
	}
	relay_close(&relay);
	return r;
}

static enum run_result
run_argv(const struct request *q, int jid, const struct jailx_set *set,
    const char *const *argv, bool background, const char *title,
    int *ret_status)
{
	bool clean = jailx_set_bool(set, "exec.clean");
	struct jailx_spawn how = {
		.argv = argv, .survive = background, .id = only
	};
	struct jailx_user user = { 0 };
	int has_user = jail_user(jid, set, &user), status = 0, r;
	bool known =
	    has_user > 0 || (clean && has_user == 0 && root_user(jid, &user));
	char **env = env_build(clean, known ? &user : NULL);

	note(q, "run command in jail%s%s: %s", has_user > 0 ? " as " : "",
	    has_user > 0 ? user.name : "", title);
	if (has_user > 0)
		how.user = &user;
	if (clean && known)
		how.cwd = user.home;
	if (has_user < 0 || env == NULL ||
	    (!clean && add_jail_variables(&env, jid, set) < 0)) {
		say("%s", has_user < 0 ? jail_errmsg : strerror(ENOMEM));
		r = -1;
		*ret_status = 1;
	} else {
		how.envp = (const char *const *)env;
		if ((r = spawn_in_jail(jid, &how, &status)) < 0) {
			*ret_status = jailx_exec_status();
			say("%s", jail_errmsg);
			say("%s: failed", title);
		}
	}
	env_free(env);
	jailx_user_done(&user);
	if (r < 0)
		return RUN_FAILED;
	*ret_status = relay_exit_status(status);
	return judge(title, status);
}

static enum run_result
run_on_host(const struct request *q, int jid, const struct jailx_set *set,
    const struct line *l, const char *title)
{
	char **env = env_build(false, NULL);
	posix_spawnattr_t attr;
	sigset_t none;
	int status = 0, r;
	pid_t pid;

	note(q, "run command: %s", title);
	if (env == NULL || add_jail_variables(&env, jid, set) < 0 ||
	    (r = posix_spawnattr_init(&attr)) != 0) {
		env_free(env);
		say("%s: %s", title, strerror(ENOMEM));
		return RUN_FAILED;
	}
	(void)sigemptyset(&none);
	(void)posix_spawnattr_setsigmask(&attr, &none);
	(void)posix_spawnattr_setflags(
	    &attr, (short)(POSIX_SPAWN_SETSIGMASK |
			   (l->background ? POSIX_SPAWN_SETSID : 0)));
	r = posix_spawnp(&pid, l->argv[0], NULL, &attr,
	    (char *const *)(uintptr_t)l->argv, env);
	(void)posix_spawnattr_destroy(&attr);
	env_free(env);
	if (r != 0) {
		say("exec %s: %s", l->argv[0], strerror(r));
		say("%s: failed", title);
		return RUN_FAILED;
	}
	if (l->background)
		return RUN_OK;
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return judge(title, status);
}

static enum run_result
run_line(const struct request *q, int jid, const struct jailx_set *set,
    const char *text, bool in_jail)
{
	struct line l;
	enum run_result res = RUN_OK;
	int status;

	if (line_parse(text, &l) < 0) {
		say("%s: %s", text, strerror(ENOMEM));
		return RUN_FAILED;
	}
	if (l.argv[0] != NULL)
		res = in_jail ? run_argv(q, jid, set, l.argv, l.background,
				    text, &status)
			      : run_on_host(q, jid, set, &l, text);
	line_done(&l);
	return res;
}

enum run_result
run_hooks(const struct request *q, int jid, const struct jailx_set *set,
    const char *param)
{
	bool in_jail = false;
	size_t i;

	for (i = 0; i < nitems(hooks); i++) {
		if (strcmp(hooks[i].param, param) == 0)
			in_jail = hooks[i].in_jail;
	}
	for (i = 0; i < jailx_set_count(set, param); i++) {
		if (run_line(q, jid, set, jailx_set_get(set, param, i),
			in_jail) != RUN_OK)
			return RUN_FAILED;
	}
	return RUN_OK;
}

enum run_result
run_command(const struct request *q, int jid, const struct jailx_set *set,
    int *ret_status)
{
	size_t i, n = jailx_set_count(set, "command");
	auto_free const char **argv = calloc(n + 1, sizeof(*argv));
	auto_buf struct buf title = BUF_INIT;

	*ret_status = 1;
	for (i = 0; argv != NULL && i < n; i++) {
		argv[i] = jailx_set_get(set, "command", i);
		buf_fmt(&title, "%s%s", i > 0 ? " " : "", argv[i]);
	}
	if (argv == NULL || buf_err(&title) < 0) {
		say("command: %s", strerror(ENOMEM));
		return RUN_FAILED;
	}
	if (n == 0 || *argv[0] == '\0') {
		*ret_status = 0;
		return RUN_OK;
	}
	return run_argv(q, jid, set, argv, false, title.p, ret_status);
}
