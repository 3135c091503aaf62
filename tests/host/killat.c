/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * killat USEC COMMAND...: SIGKILL for the command USEC microseconds after it
 * was started.  Exit status 0 when that is how it ended, 1 when it had ended
 * before.  USEC "-": the command runs to its end, and the microseconds that
 * it took are printed.
 */
#include <err.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static long
now_usec(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

int
main(int argc, char **argv)
{
	long begin, wait, at;
	int status;
	pid_t pid;

	if (argc < 3)
		errx(2, "usage: killat USEC|- COMMAND ...");
	wait = strcmp(argv[1], "-") == 0 ? -1 : strtol(argv[1], NULL, 10);
	(void)prctl(PR_SET_TIMERSLACK, 1, 0, 0, 0);
	begin = now_usec();
	if ((pid = fork()) < 0)
		err(2, "fork");
	if (pid == 0) {
		(void)execvp(argv[2], argv + 2);
		err(2, "%s", argv[2]);
	}
	if (wait >= 0) {
		while ((at = now_usec() - begin) < wait) {
			struct timespec ts = { 0, (wait - at) * 1000 };

			if (ts.tv_nsec > 900000000)
				ts.tv_nsec = 900000000;
			(void)nanosleep(&ts, NULL);
		}
		(void)kill(pid, SIGKILL);
	}
	if (waitpid(pid, &status, 0) < 0)
		err(2, "wait");
	if (wait < 0)
		(void)printf("%ld\n", now_usec() - begin);
	return !(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}
