/* SPDX-License-Identifier: BSD-2-Clause */
/* Running helper programs. */
#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cleanup.h"
#include "io.h"
#include "jerr.h"
#include "libexec.h"
#include "ns.h"
#include "uapi.h"

#define FIRST 3
#define HIGH 64 /* above what is to be placed */

struct run {
	const char *path;
	const char *const *argv;
	const int *fds;
	size_t nfds;
	int said;
};

/* fds to their places: first out of the way of each other. */
static int
place(const struct run *run, int *said)
{
	int high[8];
	size_t i;

	if (run->nfds > nitems(high) ||
	    (*said = fcntl(run->said, F_DUPFD_CLOEXEC, HIGH)) < 0)
		return -1;
	for (i = 0; i < run->nfds; i++) {
		if ((high[i] = fcntl(run->fds[i], F_DUPFD_CLOEXEC, HIGH)) < 0)
			return -1;
	}
	for (i = 0; i < run->nfds; i++) {
		if (dup2(high[i], FIRST + (int)i) < 0)
			return -1;
	}
	return dup2(*said, 1) < 0 || dup2(*said, 2) < 0 ? -1 : 0;
}

static void
child(void *arg)
{
	static char *const env[] = { NULL };
	const struct run *run = arg;
	union {
		const char *const *words;
		char *const *argv;
	} u = { .words = run->argv };
	int null = open("/dev/null", O_RDONLY | O_CLOEXEC), said;

	if (null >= 0 && dup2(null, 0) == 0 && place(run, &said) == 0 &&
	    syscall(SYS_close_range, FIRST + (int)run->nfds, ~0U, 0) == 0) {
		(void)execve(run->path, u.argv, env);
		(void)dprintf(2, "%s: %s", run->path, strerror(errno));
	}
	_exit(1);
}

/* Its last words, without the end of the line. */
static void
hear(int fd, char *text, size_t size)
{
	ssize_t n = io_read(fd, text, size - 1);

	text[n > 0 ? n : 0] = '\0';
	text[strcspn(text, "\n")] = '\0';
}

int
libexec_run(
    const char *const *argv, const int *fds, size_t nfds, struct jerr *e)
{
	char path[256], text[512];
	int said[2], status = 0;
	struct run run = { path, argv, fds, nfds, -1 };
	pid_t pid;

	(void)snprintf(path, sizeof(path), "%s/%s", LIBEXECDIR, argv[0]);
	if (pipe2(said, O_CLOEXEC) < 0)
		return jerr_sys(e, errno, "pipe");
	run.said = said[1];
	pid = ns_vfork(0, -1, child, &run);
	close_fd(said[1]);
	if (pid > 0) {
		hear(said[0], text, sizeof(text));
		while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
			;
	}
	close_fd(said[0]);
	if (pid < 0)
		return jerr_sys(e, (int)-pid, "%s", argv[0]);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return 0;
	return jerr(
	    e, EIO, "%s", *text != '\0' ? text : "a helper program was killed");
}
