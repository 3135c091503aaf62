/* SPDX-License-Identifier: BSD-2-Clause */
/* Capability sets in the running kernel, as /proc/self/status shows them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <inttypes.h>
#include <linux/capability.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "caps.h"

#define BIT(cap) (UINT64_C(1) << (cap))
#define SOME (BIT(CAP_CHOWN) | BIT(CAP_SYS_ADMIN) | BIT(CAP_SETPCAP))

static uint64_t
status(const char *set)
{
	FILE *f = fopen("/proc/self/status", "re");
	char line[256], name[16];
	uint64_t mask, ret = UINT64_MAX;

	if (f == NULL)
		return ret;
	while (fgets(line, sizeof(line), f) != NULL) {
		if (sscanf(line, "%15[^:]: %" SCNx64, name, &mask) == 2 &&
		    strcmp(name, set) == 0)
			ret = mask;
	}
	(void)fclose(f);
	return ret;
}

/* 0, or the number of the first step that went wrong. */
static int
bound(void)
{
	if (caps_bound(SOME | UINT64_C(1) << 63) != 0)
		return 1;
	return status("CapBnd") == SOME ? 0 : 2;
}

static int
set(void)
{
	if (caps_set(SOME) != 0)
		return 1;
	if (status("CapPrm") != SOME || status("CapEff") != SOME)
		return 2;
	if (status("CapInh") != 0 || status("CapAmb") != 0)
		return 3;
	/* what has gone does not come back */
	if (caps_set(SOME | BIT(CAP_KILL)) != 0)
		return 4;
	return status("CapPrm") == SOME && status("CapEff") == SOME ? 0 : 5;
}

/* A change of uid from 0 empties the effective set. */
static int
raise_again(void)
{
	uint64_t caps = SOME | BIT(CAP_SETUID);

	if (caps_set(caps) != 0 || prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) < 0)
		return 1;
	if (setuid(65534) < 0 || status("CapEff") != 0)
		return 2;
	if (caps_set(UINT64_MAX) != 0 || status("CapEff") != caps)
		return 3;
	return status("CapInh") == 0 && status("CapAmb") == 0 ? 0 : 4;
}

static int
nothing(void)
{
	if (caps_set(0) != 0 || status("CapPrm") != 0)
		return 1;
	if (caps_set(UINT64_MAX) != 0 || status("CapEff") != 0)
		return 2;
	return caps_bound(0) == -EPERM ? 0 : 3;
}

static void
in_child(int (*fn)(void))
{
	pid_t pid;
	int st;

	if (geteuid() != 0)
		skip();
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0)
		_exit(fn());
	assert_int_equal(waitpid(pid, &st, 0), pid);
	assert_int_equal(st, 0);
}

static void
test_bound(void **state)
{
	(void)state;
	in_child(bound);
}

static void
test_set(void **state)
{
	(void)state;
	in_child(set);
}

static void
test_raise(void **state)
{
	(void)state;
	in_child(raise_again);
}

static void
test_nothing(void **state)
{
	(void)state;
	in_child(nothing);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bound),
		cmocka_unit_test(test_set),
		cmocka_unit_test(test_raise),
		cmocka_unit_test(test_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
