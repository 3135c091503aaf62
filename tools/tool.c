/* SPDX-License-Identifier: BSD-2-Clause */
/* What every tool does first and last, and how it says how it is used. */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tool.h"

/* Open the lowest closed descriptors until 0, 1 and 2 are all in use. */
static void
fill_stdio(void)
{
	int fd;

	for (fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0 && errno == EBADF &&
		    open("/dev/null", O_RDWR | O_NOCTTY) < 0)
			err(1, "/dev/null");
}

/* What was printed but could not be written must not end in success. */
static void
close_stdout(void)
{
	int failed = ferror(stdout);

	errno = 0;
	if (fclose(stdout) == 0 && !failed)
		return;
	if (errno != 0)
		warn("stdout");
	else
		warnx("stdout: %s", strerror(EIO));
	_exit(1);
}

void
tool_init(char *const *argv, const char *usage)
{
	fill_stdio();
	if (atexit(close_stdout) != 0)
		errx(1, "atexit");
	if (argv[0] == NULL || argv[1] == NULL)
		return;
	if (strcmp(argv[1], "--help") == 0)
		(void)fputs(usage, stdout); /* checked at exit */
	else if (strcmp(argv[1], "--version") == 0)
		(void)printf("%s %s\n", program_invocation_short_name, VERSION);
	else
		return;
	exit(0);
}

void
tool_usage(const char *usage)
{
	(void)fputs(usage, stderr);
	exit(1);
}
