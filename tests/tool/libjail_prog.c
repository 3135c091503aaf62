/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A program of libjail(3) as one writes it on FreeBSD, where it compiles
 * unchanged.  libjail_test.sh compiles it against the installed headers.
 */
#include <sys/param.h>
#include <sys/jail.h>
#include <sys/uio.h>
#include <sys/wait.h>

#include <err.h>
#include <errno.h>
#include <jail.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Complain as libjail does, with the name of the error. */
static void
fail(void)
{
	const char *name = errno == ENOENT   ? "ENOENT"
			   : errno == EINVAL ? "EINVAL"
			   : errno == EEXIST ? "EEXIST"
			   : errno == EPERM  ? "EPERM"
			   : errno == ENOSYS ? "ENOSYS"
					     : "other";

	errx(1, "%s [%s]", jail_errmsg, name);
}

static int
check(int r)
{
	if (r < 0)
		fail();
	return r;
}

/* create NAME PATH */
static void
do_create(char **argv)
{
	(void)printf("%d\n",
	    check(jail_setv(JAIL_CREATE, "name", argv[0], "path", argv[1],
		"host.hostname", "made.by.libjail", "persist", NULL, NULL)));
}

/* set FLAGS PARAM[=VALUE]...: as jail(8) does */
static void
do_set(char **argv)
{
	struct jailparam jp[32];
	unsigned int n = 0;
	int flags = atoi(*argv++);
	char *value;

	for (; *argv != NULL && n < 32; argv++) {
		if ((value = strchr(*argv, '=')) != NULL)
			*value++ = '\0';
		(void)check(jailparam_init(&jp[n], *argv));
		(void)check(jailparam_import(&jp[n++], value));
	}
	(void)check(jailparam_set(jp, n, flags));
	jailparam_free(jp, n);
}

/* get JAIL PARAM...: as jls(8) does */
static void
do_get(char **argv)
{
	struct jailparam jp[32];
	unsigned int i, n = 0;
	int jid = check(jail_getid(argv[0]));
	char *text;

	(void)check(jailparam_init(&jp[n], "jid"));
	(void)check(jailparam_import_raw(&jp[n++], &jid, sizeof(jid)));
	for (argv++; *argv != NULL && n < 32; argv++)
		(void)check(jailparam_init(&jp[n++], *argv));
	(void)check(jailparam_get(jp, n, 0));
	for (i = 1; i < n; i++) {
		if ((text = jailparam_export(&jp[i])) == NULL)
			fail();
		(void)printf("%s=%s\n", jp[i].jp_name, text);
		free(text);
	}
	jailparam_free(jp, n);
}

/* getv NAME: the shortest way */
static void
do_getv(char **argv)
{
	char jid[16] = "0", host[MAXHOSTNAMELEN], path[MAXPATHLEN], no[8];
	int r = check(jail_getv(0, "jid", jid, "name", argv[0], "host.hostname",
	    host, "path", path, "nopersist", no, NULL));

	if (r != atoi(jid))
		errx(1, "jid is %s, but %d was returned", jid, r);
	(void)printf("%s %s %s\n", host, path, no);
}

/* list: the names of all jails, by lastjid */
static void
do_list(char **argv)
{
	struct jailparam jp[2];
	int lastjid = 0;
	char *name;

	(void)argv;
	(void)check(jailparam_init(&jp[0], "lastjid"));
	(void)check(jailparam_init(&jp[1], "name"));
	(void)check(jailparam_import_raw(&jp[0], &lastjid, sizeof(lastjid)));
	while ((lastjid = jailparam_get(jp, 2, 0)) >= 0) {
		if ((name = jailparam_export(&jp[1])) == NULL)
			fail();
		(void)printf("%d %s\n", lastjid, name);
		free(name);
	}
	jailparam_free(jp, 2);
	if (errno != ENOENT)
		fail();
}

/* all JAIL: every parameter there is */
static void
do_all(char **argv)
{
	struct jailparam *jp, *more;
	int i, n = check(jailparam_all(&jp));
	char *text;

	if ((more = realloc(jp, (size_t)(n + 1) * sizeof(*jp))) == NULL)
		err(1, "realloc");
	jp = more;
	/* it has a jid of its own, which is not yet known: "name" decides */
	for (i = 0; i < n; i++) {
		if (strcmp(jp[i].jp_name, "name") == 0)
			(void)check(jailparam_import(&jp[i], argv[0]));
	}
	(void)check(jailparam_get(jp, (unsigned int)n, 0));
	for (i = 0; i < n; i++) {
		if ((text = jailparam_export(&jp[i])) == NULL)
			fail();
		(void)printf("%s=%s\n", jp[i].jp_name, text);
		free(text);
	}
	jailparam_free(jp, (unsigned int)n);
	free(jp);
}

static void
do_name(char **argv)
{
	char *name = jail_getname(atoi(argv[0]));

	if (name == NULL)
		fail();
	(void)printf("%s\n", name);
	free(name);
}

static void
do_id(char **argv)
{
	(void)printf("%d\n", check(jail_getid(argv[0])));
}

static void
do_remove(char **argv)
{
	(void)check(jail_remove(check(jail_getid(argv[0]))));
}

/* In a child: the pid namespace of a jail is that of children on Linux. */
static void
run(char **argv)
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		(void)execv(argv[0], argv);
		err(127, "%s", argv[0]);
	}
	if (pid < 0 || waitpid(pid, &status, 0) < 0)
		err(1, "fork");
	exit(WIFEXITED(status) ? WEXITSTATUS(status) : 1);
}

/* attach JAIL COMMAND... */
static void
do_attach(char **argv)
{
	(void)check(jail_attach(check(jail_getid(argv[0]))));
	run(argv + 1);
}

/* start NAME PATH COMMAND...: a jail that lives as long as the command */
static void
do_start(char **argv)
{
	(void)check(jail_setv(
	    JAIL_CREATE | JAIL_ATTACH, "name", argv[0], "path", argv[1], NULL));
	run(argv + 2);
}

/* jd: jail descriptors */
static void
do_jd(char **argv)
{
	(void)argv;
	(void)check(jail_remove_jd(0));
}

/* ---- the calls themselves ---- */

static char errmsg[JAIL_ERRMSGLEN];

static void
put(struct iovec *iov, const char *name, void *value, size_t len)
{
	iov[0].iov_base = (void *)(uintptr_t)name;
	iov[0].iov_len = strlen(name) + 1;
	iov[1].iov_base = value;
	iov[1].iov_len = len;
}

/* sys_set FLAGS NIOV NAME: a jail_set() with a name alone */
static void
do_sys_set(char **argv)
{
	struct iovec iov[4];

	put(&iov[0], argv[2], NULL, 0);
	put(&iov[2], "errmsg", errmsg, sizeof(errmsg));
	if (jail_set(iov, (unsigned int)atoi(argv[1]), atoi(argv[0])) < 0)
		errx(1, "%s (%s)", errmsg, strerror(errno));
}

/* sys_get JID SIZE: the host name into a buffer of SIZE bytes */
static void
do_sys_get(char **argv)
{
	struct iovec iov[8];
	char host[MAXHOSTNAMELEN];
	int jid = atoi(argv[0]), persist = -1;

	put(&iov[0], "jid", &jid, sizeof(jid));
	put(&iov[2], "host.hostname", host, (size_t)atoi(argv[1]));
	put(&iov[4], "persist", &persist, sizeof(persist));
	put(&iov[6], "errmsg", errmsg, sizeof(errmsg));
	if (jail_get(iov, 8, 0) < 0)
		errx(1, "%s (%s)", errmsg, strerror(errno));
	(void)printf("%s %d\n", host, persist);
}

static const struct {
	const char *name;
	int nargs; /* at least */
	void (*run)(char **);
} verbs[] = {
	{ "create", 2, do_create },
	{ "set", 1, do_set },
	{ "get", 1, do_get },
	{ "getv", 1, do_getv },
	{ "list", 0, do_list },
	{ "all", 1, do_all },
	{ "id", 1, do_id },
	{ "name", 1, do_name },
	{ "remove", 1, do_remove },
	{ "attach", 2, do_attach },
	{ "start", 3, do_start },
	{ "jd", 0, do_jd },
	{ "sys_set", 3, do_sys_set },
	{ "sys_get", 2, do_sys_get },
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
	(void)fprintf(stderr, "usage: libjail_prog verb [arg ...]\n");
	return 2;
}
