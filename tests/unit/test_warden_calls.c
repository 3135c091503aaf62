/* SPDX-License-Identifier: BSD-2-Clause */
/* The warden's own filter in the running kernel. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "calls.h"

/* Exit status of a child that runs under the filter, or 128 + its signal. */
static int
in_child(int (*fn)(void))
{
	pid_t pid = fork();
	int status;

	assert_true(pid >= 0);
	if (pid == 0)
		_exit(calls_restrict() < 0 ? 99 : fn());
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static int
call_close(void)
{
	return close(-1) < 0 ? 7 : 8;
}

static int
call_getppid(void)
{
	return getppid() > 0 ? 0 : 1;
}

#ifdef __x86_64__
static int
x32_write(void)
{
	return syscall(0x40000000 | SYS_write, -1, "", 1) < 0 ? 0 : 1;
}

/* write() by its number, which is that of exit() here: with 5. */
static int
other_abi(void)
{
	long ret;

	__asm__ volatile("int $0x80"
			 : "=a"(ret)
			 : "0"(SYS_write), "b"(5L), "c"(0L), "d"(0L)
			 : "memory", "r8", "r9", "r10", "r11");
	return (int)ret & 1;
}
#endif

static void
test_calls(void **state)
{
	(void)state;
	assert_int_equal(in_child(call_close), 7);
	assert_int_equal(in_child(call_getppid), 128 + SIGSYS);
}

static void
test_other_entries(void **state)
{
	(void)state;
#ifdef __x86_64__
	assert_int_equal(in_child(x32_write), 128 + SIGSYS);
	assert_int_equal(in_child(other_abi), 128 + SIGSYS);
#else
	skip();
#endif
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_calls),
		cmocka_unit_test(test_other_entries),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
