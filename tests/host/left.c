/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * left NAME [DIR]: what is there of the jail NAME, one thing a line: its
 * cgroups, its processes (those named after it and those with HOSTTEST=NAME
 * in their environment), and the host's mounts at or of DIR.  Exit status 1
 * when there is something.
 *
 * A cgroup without a record belongs to nobody that can be told.  Builders
 * make one for a moment; one that stays is told whosever it is.
 */
#include <ctype.h>
#include <dirent.h>
#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <time.h>
#include <unistd.h>

static const char *const places[] = {
	"/sys/fs/cgroup/system.slice/jail.service/jail",
	"/sys/fs/cgroup/jail",
	"/sys/fs/cgroup/unified/system.slice/jail.service/jail",
	"/sys/fs/cgroup/unified/jail",
};

static int found;

static char *
slurp(const char *path, size_t *ret_len)
{
	static char text[1 << 20];
	size_t len = 0;
	ssize_t n;
	int fd;

	*ret_len = 0;
	if ((fd = open(path, O_RDONLY | O_CLOEXEC)) < 0)
		return NULL;
	while (len < sizeof(text) - 1 &&
	       (n = read(fd, text + len, sizeof(text) - 1 - len)) > 0)
		len += (size_t)n;
	(void)close(fd);
	text[len] = '\0';
	*ret_len = len;
	return text;
}

/* Is want one of the NUL-ended texts? */
static int
has_text(const char *text, size_t len, const char *want)
{
	const char *p;

	for (p = text; p < text + len; p += strlen(p) + 1) {
		if (strcmp(p, want) == 0)
			return 1;
	}
	return 0;
}

static void
tell(const char *what, const char *of)
{
	(void)printf("%s %s\n", what, of);
	found = 1;
}

static ssize_t
get_record(const char *dir, char *text, size_t size)
{
	ssize_t n = getxattr(dir, "user.jail", text, size - 1);

	text[n < 0 ? 0 : n] = '\0';
	return n;
}

/* Without a record now and a moment later: the same directory? */
static int
stays_bare(const char *dir)
{
	struct timespec moment = { 0, 1000000 };
	struct stat was, is;
	char text[16];
	int i;

	if (stat(dir, &was) < 0)
		return 0;
	for (i = 0; i < 1000; i++) {
		(void)nanosleep(&moment, NULL);
		if (stat(dir, &is) < 0 || is.st_ino != was.st_ino ||
		    getxattr(dir, "user.jail", text, 0) >= 0)
			return 0;
	}
	return 1;
}

static void
look_at_jail(const char *dir, const char *name)
{
	static char text[65537];
	char want[300];
	ssize_t n = get_record(dir, text, sizeof(text));

	(void)snprintf(want, sizeof(want), "name=%s", name);
	if (n > 0 && has_text(text, (size_t)n, want)) {
		(void)printf("cgroup %s: %s\n", dir, text);
		found = 1;
	} else if (n < 0 && access(dir, F_OK) == 0 && stays_bare(dir)) {
		tell("bare cgroup", dir);
	}
}

static void
look_at_cgroups(const char *name)
{
	char dir[4096];
	struct dirent *d;
	size_t i;
	DIR *top;

	for (i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		if ((top = opendir(places[i])) == NULL)
			continue;
		while ((d = readdir(top)) != NULL) {
			if (!isdigit((unsigned char)d->d_name[0]))
				continue;
			(void)snprintf(
			    dir, sizeof(dir), "%s/%s", places[i], d->d_name);
			look_at_jail(dir, name);
		}
		(void)closedir(top);
	}
}

static void
look_at_processes(const char *name)
{
	char title[300], mark[300], path[300], said[700];
	struct dirent *d;
	char *text;
	size_t len;
	DIR *proc;

	if ((proc = opendir("/proc")) == NULL)
		err(2, "/proc");
	(void)snprintf(title, sizeof(title), "jail: %s", name);
	(void)snprintf(mark, sizeof(mark), "HOSTTEST=%s", name);
	while ((d = readdir(proc)) != NULL) {
		int is_warden, is_marked;

		if (!isdigit((unsigned char)d->d_name[0]))
			continue;
		(void)snprintf(
		    path, sizeof(path), "/proc/%s/environ", d->d_name);
		text = slurp(path, &len);
		is_marked = text != NULL && has_text(text, len, mark);
		(void)snprintf(
		    path, sizeof(path), "/proc/%s/cmdline", d->d_name);
		text = slurp(path, &len);
		is_warden = text != NULL && strcmp(text, title) == 0;
		/* a zombie has neither: it is its parent's matter */
		if (!is_warden && !is_marked)
			continue;
		(void)snprintf(said, sizeof(said), "%s: %.300s", d->d_name,
		    text != NULL ? text : "");
		tell("process", said);
	}
	(void)closedir(proc);
}

static void
look_at_mounts(const char *dir)
{
	size_t len;
	char *rest = slurp("/proc/self/mountinfo", &len), *line;

	if (rest == NULL)
		err(2, "mountinfo");
	while ((line = strsep(&rest, "\n")) != NULL) {
		if (strstr(line, dir) != NULL)
			tell("mount", line);
	}
}

int
main(int argc, char **argv)
{
	if (argc < 2 || argc > 3)
		errx(2, "usage: left NAME [DIR]");
	look_at_cgroups(argv[1]);
	look_at_processes(argv[1]);
	if (argc == 3)
		look_at_mounts(argv[2]);
	return found;
}
