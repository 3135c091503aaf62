/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * leak NAME PATH ROUNDS [children]: a program that lives long and makes and
 * removes jails by libjail over and over, in every flavour, the failing ones
 * too.  Its descriptors and its memory must be as many afterwards as after the
 * first round, with the last argument its children too.
 */
#include <ctype.h>
#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <jail.h>
#include <jailx.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/jail.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *path;

struct flavour {
	const char *what;
	const char *params[8][2];
	int hold; /* started, with a command */
	int fails;
};

static const struct flavour flavours[] = {
	{ "plain", { { "persist", NULL } }, 0, 0 },
	{ "held", { { "host.hostname", "leak" } }, 1, 0 },
	{ "held persist", { { "persist", NULL } }, 1, 0 },
	{ "devfs",
	    { { "persist", NULL }, { "mount.devfs", NULL },
		{ "mount.fdescfs", NULL }, { "mount.procfs", NULL } },
	    1, 0 },
	{ "thin", { { "thin", NULL }, { "command", "/bin/true" } }, 1, 0 },
	{ "tmpfs",
	    { { "persist", NULL }, { "mount", "tmpfs PATH/tmp tmpfs rw 0 0" } },
	    0, 0 },
	{ "bad path", { { "persist", NULL }, { "path", "/nonexistent" } }, 0,
	    1 },
	{ "bad mount",
	    { { "persist", NULL }, { "mount.devfs", NULL },
		{ "mount", "tmpfs PATH/nonexistent tmpfs rw 0 0" } },
	    0, 1 },
	{ "bad source",
	    { { "persist", NULL },
		{ "mount", "/nonexistent PATH/tmp nullfs rw 0 0" } },
	    0, 1 },
	{ "bad option",
	    { { "persist", NULL },
		{ "mount", "tmpfs PATH/tmp tmpfs rw,nonsense 0 0" } },
	    0, 1 },
	{ "bad thin", { { "thin", NULL }, { "command", "/nonexistent" } }, 1,
	    1 },
	{ "no reason to live", { { "host.hostname", "leak" } }, 0, 1 },
};

static struct jailx_set *
make_set(const struct flavour *f, const char *name)
{
	struct jailx_set *set = jailx_set_new();
	char value[4096];
	const char *at;
	size_t i;

	if (set == NULL || jailx_set_add(set, "name", name) < 0 ||
	    jailx_set_add(set, "path", path) < 0)
		errx(2, "%s", jail_errmsg);
	for (i = 0; i < 8 && f->params[i][0] != NULL; i++) {
		const char *text = f->params[i][1];

		if (text != NULL && (at = strstr(text, "PATH")) != NULL) {
			(void)snprintf(value, sizeof(value), "%.*s%s%s",
			    (int)(at - text), text, path, at + 4);
			text = value;
		}
		if (strcmp(f->params[i][0], "path") == 0)
			jailx_set_clear(set, "path");
		if (jailx_set_add(set, f->params[i][0], text) < 0)
			errx(2, "%s: %s", f->what, jail_errmsg);
	}
	return set;
}

/* Run a program in it, or one that is not there. */
static void
run(int jid, const char *program, int null)
{
	const char *argv[] = { program, NULL }, *envp[] = { NULL };
	struct jailx_spawn how = {
		.argv = argv,
		.envp = envp,
		.stdio = { null, null, null },
	};
	struct jailx_child child;
	int status;

	if (jailx_spawn(jid, &how, &child) == 0 &&
	    jailx_wait(&child, &status) < 0)
		errx(1, "wait: %s", jail_errmsg);
}

static void
one(const struct flavour *f, const char *name, int null)
{
	struct jailx_set *set = make_set(f, name), *now = jailx_set_new();
	int hold = -1, jid = jailx_create(set, f->hold ? &hold : NULL);
	int lock = -1;

	if ((jid < 0) != f->fails)
		errx(1, "%s: %s", f->what,
		    jid < 0 ? jail_errmsg : "should have failed");
	if (jid > 0) {
		if (jailx_load(now, jid, false) < 0 || jail_getid(name) != jid)
			errx(1, "%s: %s", f->what, jail_errmsg);
		if (f->hold) {
			run(jid, "/bin/true", null);
			run(jid, "/nonexistent", null);
			if (jailx_release(jid, hold, &lock) < 0)
				errx(1, "release: %s", jail_errmsg);
			if (lock >= 0)
				errx(1, "release: work follows");
		}
		if (jail_remove(jid) < 0 && errno != EINVAL)
			errx(1, "remove: %s", jail_errmsg);
	}
	jailx_set_free(set);
	jailx_set_free(now);
}

static int
count(const char *dir)
{
	struct dirent *d;
	DIR *p = opendir(dir);
	int n = 0;

	while (p != NULL && (d = readdir(p)) != NULL)
		n += isdigit((unsigned char)d->d_name[0]) != 0;
	if (p != NULL)
		(void)closedir(p);
	return n;
}

static int
count_children(void)
{
	char name[64], text[65536];
	int fd, n = 0;
	ssize_t len, i;

	(void)snprintf(
	    name, sizeof(name), "/proc/self/task/%d/children", (int)getpid());
	if ((fd = open(name, O_RDONLY | O_CLOEXEC)) < 0)
		return waitpid(-1, NULL, WNOHANG) < 0 ? 0 : 1;
	len = read(fd, text, sizeof(text));
	(void)close(fd);
	for (i = 0; i < len; i++)
		n += text[i] == ' ';
	return n;
}

static long
memory(void)
{
	long size = 0, rss = 0;
	FILE *f = fopen("/proc/self/statm", "re");

	if (f == NULL || fscanf(f, "%ld %ld", &size, &rss) != 2)
		return -1;
	(void)fclose(f);
	return size;
}

int
main(int argc, char **argv)
{
	int i, rounds, fds = 0, children = 0, null, bad = 0;
	long pages = 0;
	size_t k;

	if (argc < 4)
		errx(2, "usage: leak NAME PATH ROUNDS [children]");
	path = argv[2];
	rounds = atoi(argv[3]);
	null = open("/dev/null", O_RDWR | O_CLOEXEC);
	for (i = 0; i < rounds; i++) {
		for (k = 0; k < sizeof(flavours) / sizeof(flavours[0]); k++)
			one(&flavours[k], argv[1], null);
		if (i == 0) {
			fds = count("/proc/self/fd");
			children = count_children();
		}
		if (i == rounds / 2)
			pages = memory();
	}
	(void)printf("descriptors %d %d, children %d %d, pages %ld %ld\n", fds,
	    count("/proc/self/fd"), children, count_children(), pages,
	    memory());
	if (count("/proc/self/fd") != fds) {
		(void)system("ls -l /proc/$PPID/fd >&2");
		bad = 1;
	}
	if (argc > 4 && count_children() != 0)
		bad = 1;
	if (memory() > pages + 64)
		bad = 1;
	return bad;
}
