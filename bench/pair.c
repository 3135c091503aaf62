/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Time two commands against each other, fairly: in one run, alternating
 * A B B A, each started by posix_spawn() (no shell), until each has run
 * ROUNDS times; the first WARMUP of each do not count.
 *
 *	pair [-n rounds] [-w warmup] command-a :: command-b
 *	pair [-n rounds] [-w warmup] command-a
 *	pair -u [-n rounds] [-w warmup] command-a :: command-b
 *	pair -t text [-n rounds] [-w warmup] command-a :: command-b
 *
 * -u: B undoes A, so that they run A B A B.
 * -t: each is started once; a round is that it reads the text, as a line, and
 * writes how many microseconds it took for what that says.
 *
 * Prints one line: median of A, median of B, ratio of the medians, least of
 * A, least of B; times in microseconds.  With A alone: median and least.  A
 * command that fails ends the run: the time of an error tells nothing.
 */
#include <sys/wait.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

struct side {
	char **argv;
	double *us; /* one a round */
	size_t n;
	FILE *to, *from; /* with -t */
};

static const char *text; /* of -t */
static posix_spawn_file_actions_t quiet; /* stdin, stdout: /dev/null */

static double
now_us(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t); /* cannot fail */
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static double
run(char **argv)
{
	double start = now_us();
	int status, r;
	pid_t pid;

	r = posix_spawnp(&pid, argv[0], &quiet, NULL, argv, environ);
	if (r != 0) {
		errno = r;
		err(1, "%s", argv[0]);
	}
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			err(1, "waitpid");
	if (status != 0)
		errx(1, "%s failed, wait status %#x", argv[0],
		    (unsigned int)status);
	return now_us() - start;
}

/* With -t: started once, at the other end of two pipes. */
static void
start(struct side *side)
{
	posix_spawn_file_actions_t piped;
	int to[2], from[2], r;
	pid_t pid;

	if (pipe2(to, O_CLOEXEC) < 0 || pipe2(from, O_CLOEXEC) < 0)
		err(1, "pipe");
	if (posix_spawn_file_actions_init(&piped) != 0 ||
	    posix_spawn_file_actions_adddup2(&piped, to[0], 0) != 0 ||
	    posix_spawn_file_actions_adddup2(&piped, from[1], 1) != 0)
		errx(1, "out of memory");
	r = posix_spawnp(
	    &pid, side->argv[0], &piped, NULL, side->argv, environ);
	if (r != 0) {
		errno = r;
		err(1, "%s", side->argv[0]);
	}
	(void)posix_spawn_file_actions_destroy(&piped);
	(void)close(to[0]);
	(void)close(from[1]);
	side->to = fdopen(to[1], "w");
	side->from = fdopen(from[0], "r");
	if (side->to == NULL || side->from == NULL)
		err(1, NULL);
}

static double
ask(struct side *side)
{
	char line[64];

	if (fprintf(side->to, "%s\n", text) < 0 || fflush(side->to) != 0 ||
	    fgets(line, sizeof(line), side->from) == NULL)
		errx(1, "%s: %s: not done", side->argv[0], text);
	return strtod(line, NULL);
}

static void
round_of(struct side *side, int count)
{
	double us = text != NULL ? ask(side) : run(side->argv);

	if (count)
		side->us[side->n++] = us;
}

static int
by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* Sorts; the least is then us[0]. */
static double
median(struct side *side)
{
	qsort(side->us, side->n, sizeof(side->us[0]), by_size);
	return (side->us[(side->n - 1) / 2] + side->us[side->n / 2]) / 2;
}

static void
side_init(struct side *side, char **argv, long rounds)
{
	if (argv[0] == NULL)
		errx(2, "a command is missing");
	side->argv = argv;
	side->us = calloc((size_t)rounds, sizeof(side->us[0]));
	if (side->us == NULL)
		err(1, NULL);
	if (text != NULL)
		start(side);
}

/* With -t: at the end of what it reads, the command ends. */
static void
side_done(struct side *side)
{
	free(side->us);
	if (side->to != NULL)
		(void)fclose(side->to);
	if (side->from != NULL)
		(void)fclose(side->from);
}

static long
number(const char *arg, long least)
{
	char *end;
	long n = strtol(arg, &end, 10);

	if (*arg == '\0' || *end != '\0' || n < least || n > 1000000)
		errx(2, "%s: not a number of rounds", arg);
	return n;
}

static void
prepare_quiet(void)
{
	if (posix_spawn_file_actions_init(&quiet) != 0 ||
	    posix_spawn_file_actions_addopen(
		&quiet, 0, "/dev/null", O_RDONLY, 0) != 0 ||
	    posix_spawn_file_actions_addopen(
		&quiet, 1, "/dev/null", O_WRONLY, 0) != 0)
		errx(1, "out of memory");
}

/* Cut argv at "::"; what follows it, or NULL. */
static char **
second_command(char **argv)
{
	for (; *argv != NULL; argv++)
		if (strcmp(*argv, "::") == 0) {
			*argv = NULL;
			return argv + 1;
		}
	return NULL;
}

int
main(int argc, char **argv)
{
	long rounds = 101, warmup = 5, i;
	int undo = 0;
	struct side a = { 0 }, b = { 0 };
	char **second;
	int c;

	while ((c = getopt(argc, argv, "+n:t:uw:")) != -1) {
		switch (c) {
		case 'n':
			rounds = number(optarg, 1);
			break;
		case 't':
			text = optarg;
			break;
		case 'u':
			undo = 1;
			break;
		case 'w':
			warmup = number(optarg, 0);
			break;
		default:
			return 2;
		}
	}
	second = second_command(argv + optind);
	side_init(&a, argv + optind, rounds);
	if (second != NULL)
		side_init(&b, second, rounds);
	prepare_quiet();
	for (i = 0; i < warmup + rounds; i++) {
		if (undo || i % 2 == 0)
			round_of(&a, i >= warmup);
		if (second != NULL)
			round_of(&b, i >= warmup);
		if (!undo && i % 2 != 0)
			round_of(&a, i >= warmup);
	}
	if (second == NULL) {
		double m = median(&a);

		printf("%.2f %.2f\n", m, a.us[0]);
	} else {
		double ma = median(&a), mb = median(&b);

		printf("%.2f %.2f %.3f %.2f %.2f\n", ma, mb, ma / mb, a.us[0],
		    b.us[0]);
	}
	side_done(&a);
	side_done(&b);
	while (wait(NULL) > 0)
		continue;
	return 0;
}
