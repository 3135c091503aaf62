/* SPDX-License-Identifier: BSD-2-Clause */
/* What a process must not take along; by processes of the test's own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cleanup.h"
#include "inherit.h"

/* A score below 0 takes a privilege to set: a file stands for it. */
static void
test_oom(void **state)
{
	static const struct {
		const char *was;
		int is;
	} rows[] = {
		{ "0\n", 0 },
		{ "1000\n", 1000 },
		{ "300\n", 300 },
		{ "-1\n", 0 },
		{ "-17\n", 0 },
		{ "-1000\n", 0 },
	};
	char name[] = "/tmp/test_inherit.XXXXXX", text[16];
	int fd = mkstemp(name);
	size_t i;

	(void)state;
	assert_true(fd >= 0);
	for (i = 0; i < nitems(rows); i++) {
		assert_int_equal(ftruncate(fd, 0), 0);
		assert_true(
		    pwrite(fd, rows[i].was, strlen(rows[i].was), 0) > 0);
		assert_int_equal(inherit_oom(AT_FDCWD, name), 0);
		memset(text, 0, sizeof(text));
		assert_true(pread(fd, text, sizeof(text) - 1, 0) > 0);
		assert_int_equal(atoi(text), rows[i].is);
	}
	(void)unlink(name);
	close_fd(fd);
	assert_int_equal(inherit_oom(AT_FDCWD, name), -ENOENT);
	assert_int_equal(inherit_oom(AT_FDCWD, "/proc/self/oom_score_adj"), 0);
}

/* Run it in a child, whose exit status it is. */
static int
in_child(int (*fn)(void))
{
	int status = -1;
	pid_t pid = fork();

	if (pid == 0)
		_exit(fn());
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static int
do_personality(void)
{
	if (personality(PER_LINUX32 | READ_IMPLIES_EXEC | ADDR_NO_RANDOMIZE |
			ADDR_COMPAT_LAYOUT | MMAP_PAGE_ZERO | UNAME26) < 0)
		return 77;
	if (inherit_personality() != 0)
		return 1;
	return personality(0xffffffffUL) == (PER_LINUX32 | UNAME26) ? 0 : 2;
}

static int
do_limits(void)
{
	struct rlimit lock = { 4096, 8192 }, now;

	if (setrlimit(RLIMIT_MEMLOCK, &lock) < 0 || inherit_limits(false) != 0)
		return 1;
	if (getrlimit(RLIMIT_MEMLOCK, &now) < 0 || now.rlim_cur != 4096 ||
	    now.rlim_max != 8192)
		return 2;
	if (getrlimit(RLIMIT_NICE, &now) < 0 || now.rlim_max != 0 ||
	    getrlimit(RLIMIT_RTPRIO, &now) < 0 || now.rlim_max != 0)
		return 3;
	return 0;
}

static int
do_scheduler(void)
{
	static const int policies[] = { SCHED_FIFO, SCHED_RR,
		SCHED_FIFO | SCHED_RESET_ON_FORK };
	struct sched_param param = { .sched_priority = 1 };
	size_t i;

	for (i = 0; i < nitems(policies); i++) {
		if (sched_setscheduler(0, policies[i], &param) < 0)
			return 77;
		if (inherit_scheduler() != 0)
			return 1;
		if ((sched_getscheduler(0) & ~SCHED_RESET_ON_FORK) !=
		    SCHED_OTHER)
			return 2;
	}
	param.sched_priority = 0;
	if (sched_setscheduler(0, SCHED_BATCH, &param) < 0 ||
	    inherit_scheduler() != 0)
		return 3;
	return sched_getscheduler(0) == SCHED_BATCH ? 0 : 4;
}

static void
test_children(void **state)
{
	int r;

	(void)state;
	assert_int_equal(in_child(do_personality), 0);
	assert_int_equal(in_child(do_limits), 0);
	r = in_child(do_scheduler);
	if (r == 77)
		print_message("no right to real time: not looked at\n");
	else
		assert_int_equal(r, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_oom),
		cmocka_unit_test(test_children),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
