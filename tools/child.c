/* SPDX-License-Identifier: BSD-2-Clause */
/* One command of a job, on the host or in the jail. */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "child.h"
#include "cleanup.h"
#include "env.h"
#include "jail.h"
#include "job.h"
#include "loop.h"

struct child {
	char *title;
	bool in_jail, is_own;
	pid_t pid; /* on the host */
	int pidfd;
	struct jailx_child in; /* in the jail */
	struct relay relay;
};

bool
child_in_jail(const struct child *c)
{
	return c->in_jail;
}

static void
child_free(struct child *c)
{
	relay_close(&c->relay);
	close_fd(c->pidfd);
	free(c->title);
	free(c);
}

static struct child *
child_new(const struct command *cmd)
{
	struct child *c = calloc(1, sizeof(*c));

	if (c == NULL)
		return NULL;
	c->relay = (struct relay)RELAY_INIT;
	c->pidfd = -1;
	c->in_jail = cmd->in_jail;
	c->is_own = cmd->is_own;
	if ((c->title = strdup(cmd->title)) == NULL) {
		free(c);
		return NULL;
	}
	return c;
}

/* ---- user and environment ---- */

/*
 * The user that a command runs as: 1 with one, 0: whoever we are, which in the
 * jail is its root.  A clean environment is somebody's in any case.
 */
static int
find_user(struct job *j, bool in_jail, bool clean, struct jailx_user *user,
    bool *ret_named)
{
	const struct jailx_set *set = job_set(j);
	const char *name = jailx_set_get(
	    set, in_jail ? "exec.jail_user" : "exec.system_user", 0);
	bool host = !in_jail || jailx_set_bool(set, "exec.system_jail_user");

	*ret_named = name != NULL;
	if (name != NULL) {
		if (jailx_user_find(user, host ? 0 : j->jid, name) == 0)
			return 1;
		job_say(j, "%s", jail_errmsg);
		return -1;
	}
	/* a jail without a passwd file borrows the host's root */
	if (clean && ((in_jail && jailx_user_find(user, j->jid, "0") == 0) ||
			 jailx_user_find(user, 0, "0") == 0))
		return 1;
	return 0;
}

static int
add_jail_variables(char ***env, const struct job *j, bool in_jail)
{
	const struct jailx_set *set = job_set(j);
	const struct jailx_set *of = j->now != NULL ? j->now : set;
	const char *name = jailx_set_get(of, "name", 0);
	const char *path = jailx_set_get(of, "path", 0);
	char number[16], root[32];
	pid_t pid;

	(void)snprintf(number, sizeof(number), "%d", j->jid);
	if ((j->jid > 0 && env_set(env, "JID", number) < 0) ||
	    env_set(env, "JNAME", name != NULL ? name : number) < 0 ||
	    env_set(env, "JPATH", path != NULL ? path : "/") < 0)
		return -1;
	if (in_jail || j->jid <= 0 || j->is_removed ||
	    (pid = jailx_warden(j->jid, j->id)) <= 0)
		return 0;
	(void)snprintf(root, sizeof(root), "/proc/%d/root", (int)pid);
	return env_set(env, "JROOT", root);
}

static char **
make_env(const struct job *j, bool in_jail, bool clean,
    const struct jailx_user *user)
{
	char **env = env_build(clean, user);

	if (env != NULL && !clean && add_jail_variables(&env, j, in_jail) < 0) {
		env_free(env);
		return NULL;
	}
	return env;
}

/* ---- in the jail ---- */

/*
 * Standard input is the caller's only for one who is alone; the output of
 * commands may be kept in a file.
 */
static int
choose_stdio(struct job *j, int fds[static 3], int *ret_log)
{
	const struct jailx_set *set = job_set(j);
	const char *log = jailx_set_get(set, "exec.consolelog", 0);
	const char *path = jailx_set_get(set, "path", 0);

	fds[0] = loop_stdin(j->loop);
	fds[1] = STDOUT_FILENO;
	fds[2] = STDERR_FILENO;
	*ret_log = -1;
	if (log == NULL || *log == '\0')
		return 0;
	*ret_log = jailx_log_open(path != NULL ? path : "/", log);
	if (*ret_log < 0) {
		job_say(j, "exec.consolelog: %s", jail_errmsg);
		return -1;
	}
	fds[1] = fds[2] = *ret_log;
	return 0;
}

static int
spawn(struct child *c, struct job *j, struct jailx_spawn *how)
{
	auto_close int log = -1;
	int fds[3];

	if (choose_stdio(j, fds, &log) < 0)
		return -1;
	if (relay_open(&c->relay, j->jid, how->user, fds, how) < 0 ||
	    jailx_spawn(j->jid, how, &c->in) < 0) {
		if (c->is_own)
			j->status = jailx_exec_status();
		job_say(j, "%s", jail_errmsg);
		return -1;
	}
	return 0;
}

static int
start_in_jail(struct child *c, struct job *j, const struct command *cmd)
{
	const struct jailx_set *set = job_set(j);
	bool clean = jailx_set_bool(set, "exec.clean"), named = false;
	struct jailx_spawn how = {
		.argv = cmd->argv,
		.id = j->id,
		/* FreeBSD's exec.timeout does not kill */
		.survive =
		    cmd->background || jailx_set_int(set, "exec.timeout") > 0,
	};
	struct jailx_user user = { 0 };
	int has_user = find_user(j, true, clean, &user, &named), r = -1;
	char **env = has_user < 0 ? NULL
				  : make_env(j, true, clean,
					has_user > 0 ? &user : NULL);

	if (named && has_user > 0)
		how.user = &user;
	if (clean && has_user > 0)
		how.cwd = user.home;
	job_note(j, 1, "run command in jail%s%s: %s",
	    how.user != NULL ? " as " : "", how.user != NULL ? user.name : "",
	    cmd->title);
	if (env != NULL) {
		how.envp = (const char *const *)env;
		r = spawn(c, j, &how);
	} else if (has_user >= 0) {
		job_say(j, "%s", strerror(ENOMEM));
	}
	env_free(env);
	jailx_user_done(&user);
	return r;
}

/* ---- on the host ---- */

static _Noreturn void
give_up(const char *what, const char *object)
{
	(void)fprintf(
	    stderr, "jail: %s %s: %s\n", what, object, strerror(errno));
	_exit(1);
}

/* The child's side: everything was prepared before the fork. */
static _Noreturn void
run_program(const struct command *cmd, char **env,
    const struct jailx_user *user, bool switches, bool clean)
{
	sigset_t none;

	(void)sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
	if (cmd->background)
		(void)setsid(); /* a new process leads no group: it works */
	if (switches) {
		if (setgroups(user->ngroups, user->groups) < 0)
			give_up("initgroups", user->name);
		if (setgid(user->gid) < 0)
			give_up("setgid", user->name);
		if (setuid(user->uid) < 0)
			give_up("setuid", user->name);
	}
	if (clean && chdir(user->home) < 0)
		give_up("chdir", user->home);
	environ = env;
	(void)execvp(cmd->argv[0], (char *const *)(uintptr_t)cmd->argv);
	give_up("exec", cmd->argv[0]);
}

static int
start_on_host(struct child *c, struct job *j, const struct command *cmd)
{
	bool clean = jailx_set_bool(job_set(j), "exec.clean"), named = false;
	struct jailx_user user = { 0 };
	int has_user = find_user(j, false, clean, &user, &named);
	char **env = has_user < 0 ? NULL
				  : make_env(j, false, clean,
					has_user > 0 ? &user : NULL);

	if (env == NULL) {
		if (has_user >= 0)
			job_say(j, "%s", strerror(ENOMEM));
		jailx_user_done(&user);
		return -1;
	}
	named = named && has_user > 0;
	job_note(j, 1, "run command%s%s: %s", named ? " as " : "",
	    named ? user.name : "", cmd->title);
	if ((c->pid = fork()) == 0)
		run_program(cmd, env, &user, named, clean && has_user > 0);
	if (c->pid < 0)
		job_say(j, "fork: %s", strerror(errno));
	env_free(env);
	jailx_user_done(&user);
	if (c->pid < 0)
		return -1;
	/* a pid of ours cannot become another's before it is waited for */
	if ((c->pidfd = (int)syscall(SYS_pidfd_open, c->pid, 0)) >= 0)
		return 0;
	job_say(j, "pidfd_open: %s", strerror(errno));
	(void)kill(c->pid, SIGKILL); /* nobody could tell when it ends */
	while (waitpid(c->pid, NULL, 0) < 0 && errno == EINTR)
		;
	return -1;
}

/* ---- both ---- */

int
child_start(struct child **ret, struct job *j, const struct command *cmd)
{
	struct child *c = child_new(cmd);
	int r;

	if (c == NULL) {
		job_say(j, "%s: %s", cmd->title, strerror(ENOMEM));
		return -1;
	}
	r = cmd->in_jail ? start_in_jail(c, j, cmd) : start_on_host(c, j, cmd);
	if (r < 0) {
		if (j->status == 0)
			j->status = 1;
		job_say(j, "%s: failed", cmd->title);
		child_free(c);
		return -1;
	}
	if (cmd->background) {
		child_leave(c, NULL);
		return 0;
	}
	if (cmd->in_jail)
		relay_begin(&c->relay, &c->in);
	*ret = c;
	return 1;
}

int
child_prepare(const struct child *c, struct pollfd f[static RELAY_FDS])
{
	int i;

	if (c->in_jail)
		return relay_prepare(&c->relay, f);
	for (i = 0; i < RELAY_FDS; i++)
		f[i] = (struct pollfd){ .fd = -1 };
	f[0] = (struct pollfd){ c->pidfd, POLLIN, 0 };
	return -1;
}

bool
child_handle(struct child *c, const struct pollfd f[static RELAY_FDS])
{
	return c->in_jail ? relay_handle(&c->relay, f) : f[0].revents != 0;
}

void
child_signal(struct child *c, int sig)
{
	/* what the keyboard sends reaches the host's commands by itself */
	if (c->in_jail)
		relay_signal(&c->relay, sig);
	else if (sig == SIGTERM)
		(void)kill(c->pid, sig);
}

bool
child_finish(struct child *c, struct job *j)
{
	int status = 0;

	relay_close(&c->relay);
	if (c->in_jail) {
		if (jailx_wait(&c->in, &status) < 0) {
			job_say(j, "%s", jail_errmsg);
			status = 1 << 8;
		}
	} else {
		while (waitpid(c->pid, &status, 0) < 0 && errno == EINTR)
			;
	}
	if (status != 0)
		j->status = c->is_own ? relay_exit_status(status) : 1;
	if (WIFSIGNALED(status))
		job_say(
		    j, "%s: exited on signal %d", c->title, WTERMSIG(status));
	else if (status != 0)
		job_say(j, "%s: failed", c->title);
	child_free(c);
	return status == 0;
}

void
child_leave(struct child *c, struct job *j)
{
	if (j != NULL)
		job_say(j, "%s: timed out", c->title);
	if (c->in_jail) {
		close_fd(c->in.pidfd);
		close_fd(c->in.status);
		close_fd(c->in.leash);
	}
	child_free(c);
}
