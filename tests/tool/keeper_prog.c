/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What follows a jail's end, and the checks before its beginning, by
 * jailx.h: keeper_test.sh and check_test.sh compile this against the installed
 * headers.
 *
 * The work that follows has two steps.  Each adds a line "step N" to the file
 * LOG; while there is a file LOG.N, whoever does it waits before that step.
 */
#define _GNU_SOURCE /* strerrorname_np() */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <jail.h>
#include <jailx.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define STEPS 2

/* Complain as libjail does, with the name of the error. */
static int
check(int r)
{
	if (r < 0)
		errx(1, "%s [%s]", jail_errmsg, strerrorname_np(errno));
	return r;
}

/* In one write, so that two of them do not mix. */
static void __attribute__((format(printf, 2, 3)))
add_line(const char *log, const char *fmt, ...)
{
	char text[200];
	va_list ap;
	int len, fd;

	va_start(ap, fmt);
	len = vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	fd = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
	if (fd < 0 || write(fd, text, (size_t)len) != len)
		err(1, "%s", log);
	(void)close(fd);
}

static void
rest(const char *log, int n)
{
	static const struct timespec moment = { .tv_nsec = 2000000 };
	char name[4096];

	(void)snprintf(name, sizeof(name), "%s.%d", log, n);
	while (access(name, F_OK) == 0)
		(void)nanosleep(&moment, NULL);
}

static void
work(int jid, uint64_t id, int lock, void *arg)
{
	const char *log = arg;
	struct jailx_set *set = jailx_set_new();
	int n, r;

	/* the record is there until the end, with what root alone may see */
	if (set == NULL || jailx_load(set, jid, true) < 0 ||
	    jailx_set_get(set, "exec.stop", 0) == NULL)
		add_line(log, "no record: %s\n", jail_errmsg);
	jailx_set_free(set);
	for (n = 1; n <= STEPS; n++) {
		rest(log, n);
		if ((r = jailx_mark(jid, id, lock, n)) == 1)
			add_line(log, "step %d\n", n);
		else if (r < 0)
			add_line(log, "step %d: %s\n", n, jail_errmsg);
	}
	if (jailx_forget(jid, id, lock) < 0)
		add_line(log, "not forgotten: %s\n", jail_errmsg);
}

static struct jailx_set *
make_set(const char *name, const char *path)
{
	struct jailx_set *set = jailx_set_new();

	if (set == NULL)
		err(1, "set");
	(void)check(jailx_set_add(set, "name", name));
	(void)check(jailx_set_add(set, "path", path));
	(void)check(jailx_set_add(set, "exec.stop", "true"));
	return set;
}

static void
say_jid(int jid)
{
	(void)printf("%d %llu\n", jid, (unsigned long long)jailx_id(jid));
	(void)fflush(stdout);
}

/* create NAME PATH LOG: a jail that stays, with a keeper */
static void
do_create(char **argv)
{
	struct jailx_set *set = make_set(argv[0], argv[1]);
	int jid;

	(void)check(jailx_set_add(set, "persist", NULL));
	jid = check(jailx_create(set, NULL));
	(void)check(jailx_keep(jid, jailx_id(jid), work, argv[2]));
	say_jid(jid);
	jailx_set_free(set);
}

/*
 * start NAME PATH LOG [PARAM]: a jail that is held; then a line is read:
 * "release", or else it is abandoned
 */
static void
do_start(char **argv)
{
	struct jailx_set *set = make_set(argv[0], argv[1]);
	int jid, hold = -1, lock = -2;
	char line[32] = "";
	uint64_t id;

	if (argv[3] != NULL)
		(void)check(jailx_set_add(set, argv[3], NULL));
	jid = check(jailx_create(set, &hold));
	id = jailx_id(jid);
	(void)check(jailx_keep(jid, id, work, argv[2]));
	say_jid(jid);
	if (fgets(line, sizeof(line), stdin) == NULL ||
	    strcmp(line, "release\n") != 0) {
		(void)check(jailx_abandon(jid, hold));
		return;
	}
	(void)check(jailx_release(jid, hold, &lock));
	(void)printf("%s\n", lock >= 0 ? "mine" : "not mine");
	if (lock >= 0)
		work(jid, id, lock, argv[2]);
	jailx_set_free(set);
}

/* end JID ID LOG: remove it, and do what follows */
static void
do_end(char **argv)
{
	int jid = atoi(argv[0]), lock = -2;
	uint64_t id = strtoull(argv[1], NULL, 10);

	(void)check(jailx_end(jid, id, &lock));
	(void)printf("%s\n", lock >= 0 ? "mine" : "not mine");
	(void)fflush(stdout);
	if (lock >= 0)
		work(jid, id, lock, argv[2]);
}

/* force JID ID: remove it, and nothing follows */
static void
do_force(char **argv)
{
	(void)check(jailx_remove(atoi(argv[0]), strtoull(argv[1], NULL, 10)));
}

/* remove JID: as a program of FreeBSD does */
static void
do_remove(char **argv)
{
	if (jail_remove(atoi(argv[0])) < 0 && errno != EINVAL)
		(void)check(-1);
}

/* unfinished LOG */
static void
do_unfinished(char **argv)
{
	(void)check(jailx_unfinished(work, argv[0]));
}

/* keep JID ID LOG: what is refused to one that is not there */
static void
do_keep(char **argv)
{
	(void)check(jailx_keep(
	    atoi(argv[0]), strtoull(argv[1], NULL, 10), work, argv[2]));
}

/* stop JID ID: SIGTERM, and wait as long as it takes */
static void
do_stop(char **argv)
{
	struct pollfd pfd = { .events = POLLPRI };
	pid_t *pids, *pid;

	pfd.fd = check(
	    jailx_stop(atoi(argv[0]), strtoull(argv[1], NULL, 10), &pids));
	for (pid = pids; *pid != 0; pid++)
		(void)printf("%d\n", (int)*pid);
	free(pids);
	while (!jailx_is_stopped(pfd.fd))
		(void)poll(&pfd, 1, 100);
	(void)close(pfd.fd);
}

/* warden JID ID: its pid */
static void
do_warden(char **argv)
{
	(void)printf("%d\n", (int)check(jailx_warden(
				 atoi(argv[0]), strtoull(argv[1], NULL, 10))));
}

/* check PARAM[=VALUE]... */
static void
do_check(char **argv)
{
	struct jailx_set *set = jailx_set_new();
	char *value;

	for (; set != NULL && *argv != NULL; argv++) {
		if ((value = strchr(*argv, '=')) != NULL)
			*value++ = '\0';
		(void)check(jailx_set_add(set, *argv, value));
	}
	(void)check(jailx_check(set));
	jailx_set_free(set);
}

/* log ROOT FILE: append standard input */
static void
do_log(char **argv)
{
	int fd = check(jailx_log_open(argv[0], argv[1]));
	char text[4096];
	ssize_t n;

	if (fcntl(fd, F_GETFL) & O_NONBLOCK)
		errx(1, "the file does not block");
	if (!(fcntl(fd, F_GETFD) & FD_CLOEXEC))
		errx(1, "the file is not closed by an exec");
	while ((n = read(STDIN_FILENO, text, sizeof(text))) > 0) {
		if (write(fd, text, (size_t)n) != n)
			err(1, "write");
	}
	(void)close(fd);
}

static const struct {
	const char *name;
	int nargs; /* at least */
	void (*run)(char **);
} verbs[] = {
	{ "create", 3, do_create },
	{ "start", 3, do_start },
	{ "end", 3, do_end },
	{ "force", 2, do_force },
	{ "remove", 1, do_remove },
	{ "unfinished", 1, do_unfinished },
	{ "keep", 3, do_keep },
	{ "stop", 2, do_stop },
	{ "warden", 2, do_warden },
	{ "check", 0, do_check },
	{ "log", 2, do_log },
};

int
main(int argc, char **argv)
{
	size_t i;

	for (i = 0; argc > 1 && i < sizeof(verbs) / sizeof(verbs[0]); i++) {
		if (strcmp(argv[1], verbs[i].name) != 0 ||
		    argc - 2 < verbs[i].nargs)
			continue;
		verbs[i].run(argv + 2);
		return 0;
	}
	(void)fprintf(stderr, "usage: keeper_prog verb [arg ...]\n");
	return 2;
}
