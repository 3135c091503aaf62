/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An observer inside a jail: tries what is named and prints how it ended.
 * Static, to run in any root.
 *
 *	probe NAME[=ARGUMENT] ...	a line "NAME: ok" or "NAME: EPERM" each
 *	probe --list			all names
 *
 * Arguments are real, as an attacker's would be: "ok" means that it was done.
 * Nothing lasting is done to a host that lets it through.  Names with an
 * argument take the pid of a process (of the host) or a path.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "probe.h"

static const struct probe_row *const tables[] = {
	system_rows,
	space_rows,
	process_rows,
};

int
done(long r)
{
	return r < 0 ? -errno : 0;
}

int
opened(long fd)
{
	int r = done(fd);

	if (fd >= 0)
		(void)close((int)fd);
	return r;
}

/* Each attempt in a process of its own: it may change what it runs in. */
static void
run(const struct probe_row *row, const char *word, const char *arg)
{
	pid_t pid;
	int r;

	(void)fflush(stdout);
	if ((pid = fork()) == 0) {
		r = row->try(arg);
		(void)printf(
		    "%s: %s\n", word, r == 0 ? "ok" : strerrorname_np(-r));
		(void)fflush(stdout);
		_exit(0);
	}
	if (pid < 0 || waitpid(pid, &r, 0) < 0)
		perror("probe");
	else if (WIFSIGNALED(r))
		(void)printf("%s: signal %d\n", word, WTERMSIG(r));
}

static const struct probe_row *
find_row(const char *name, size_t len)
{
	const struct probe_row *row;
	size_t i;

	for (i = 0; i < nitems(tables); i++) {
		for (row = tables[i]; row->name != NULL; row++) {
			if (strncmp(row->name, name, len) == 0 &&
			    row->name[len] == '\0')
				return row;
		}
	}
	(void)fprintf(stderr, "probe: %s: unknown\n", name);
	exit(2);
}

static void
list_rows(void)
{
	const struct probe_row *row;
	size_t i;

	for (i = 0; i < nitems(tables); i++) {
		for (row = tables[i]; row->name != NULL; row++)
			(void)printf("%s\n", row->name);
	}
}

int
main(int argc, char **argv)
{
	int i;

	if (argc == 2 && strcmp(argv[1], "--list") == 0) {
		list_rows();
		return 0;
	}
	for (i = 1; i < argc; i++) {
		const char *word = argv[i], *arg = strchr(word, '=');

		if (probe_show(word))
			continue;
		run(find_row(word, strcspn(word, "=")), word,
		    arg != NULL ? arg + 1 : NULL);
	}
	return 0;
}
