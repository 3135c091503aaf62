/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Take all that one user may have of what the kernel counts by user.
 *
 *	exhaust			a line "NAME NUMBER" each, then the end
 *	exhaust hold		the same, and wait for a signal
 */
#include <err.h>
#include <fcntl.h>
#include <mqueue.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/resource.h>
#include <unistd.h>

#define MOST 200000 /* where nothing bounds it */

static int
one_inotify(int i)
{
	(void)i;
	return inotify_init1(IN_CLOEXEC);
}

/* Its name goes, it stays: nothing is left on the host. */
static int
one_queue(int i)
{
	char name[64];
	mqd_t queue;

	(void)snprintf(name, sizeof(name), "/exhaust-%d-%d", (int)getpid(), i);
	queue = mq_open(name, O_CREAT | O_RDWR | O_CLOEXEC, 0600, NULL);
	if (queue >= 0)
		(void)mq_unlink(name);
	return queue;
}

static int
one_signal(int i)
{
	union sigval value = { .sival_int = i };

	return sigqueue(getpid(), SIGRTMIN, value);
}

static const struct {
	const char *name;
	int (*take)(int i);
} kinds[] = {
	{ "inotify", one_inotify },
	{ "queues", one_queue },
	{ "signals", one_signal },
};

int
main(int argc, char **argv)
{
	struct rlimit files;
	sigset_t ours;
	size_t k;
	int i, hold = argc > 1 && strcmp(argv[1], "hold") == 0;

	(void)sigemptyset(&ours);
	(void)sigaddset(&ours, SIGRTMIN);
	if (getrlimit(RLIMIT_NOFILE, &files) < 0)
		err(3, "descriptors");
	files.rlim_cur = files.rlim_max;
	if (setrlimit(RLIMIT_NOFILE, &files) < 0 ||
	    sigprocmask(SIG_BLOCK, &ours, NULL) < 0)
		err(3, "signals");
	for (k = 0; k < sizeof(kinds) / sizeof(kinds[0]); k++) {
		for (i = 0; i < MOST && kinds[k].take(i) >= 0; i++)
			;
		(void)printf("%s %d\n", kinds[k].name, i);
	}
	if (fflush(stdout) != 0)
		err(3, "stdout");
	if (hold)
		(void)pause();
	return 0;
}
