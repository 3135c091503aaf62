/* SPDX-License-Identifier: BSD-2-Clause */
/* The filter in the running kernel: it is taken, and it answers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cleanup.h"
#include "filter_prog.h"
#include "seccomp.h"

#define X32 0x40000000

/* Exit status of a child that runs under the filter, or 128 + its signal. */
static int
in_child(unsigned int open, int (*fn)(void))
{
	pid_t pid;
	int status, r;

	emit(open);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		r = prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
		_exit(r < 0 || seccomp_load(prog, prog_len) < 0 ? 99 : fn());
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static int
nothing(void)
{
	return 0;
}

static int
err_of(long ret)
{
	return ret < 0 ? errno : 0;
}

/* 0, or the number of the first line that is not as it should be. */
static int
native_calls(void)
{
	if (err_of(syscall(SYS_getpid)) != 0)
		return 1;
	if (err_of(syscall(SYS_setns, -1, 0)) != EPERM)
		return 2;
	if (err_of(syscall(SYS_unshare, CLONE_NEWUSER)) != EPERM)
		return 3;
	if (err_of(syscall(SYS_clone3, NULL, 0)) != ENOSYS)
		return 4;
	if (err_of(ioctl(-1, TIOCSTI, "x")) != EPERM)
		return 5;
	if (err_of(syscall(SYS_ioctl, -1, 0xff00000000UL | TIOCSTI, "x")) !=
	    EPERM)
		return 6;
	if (err_of(ioctl(-1, TCGETS, NULL)) != EBADF)
		return 7;
	if (err_of(socket(AF_INET, SOCK_DGRAM, 0)) != EAFNOSUPPORT)
		return 8;
	if (err_of(socket(AF_UNIX, SOCK_DGRAM, 0)) != 0)
		return 9;
	if (err_of(socket(AF_ALG, SOCK_SEQPACKET, 0)) != EPROTONOSUPPORT)
		return 10;
	if (err_of(syscall(SYS_shmget, 0, 4096, 0600)) != ENOSYS)
		return 11;
	return 0;
}

#ifdef __x86_64__
static long
int80(long nr, long arg)
{
	long ret;

	__asm__ volatile("int $0x80"
			 : "=a"(ret)
			 : "0"(nr), "b"(arg), "c"(0L), "d"(0L)
			 : "memory", "r8", "r9", "r10", "r11");
	return ret;
}

static int
other_entries(void)
{
	if (int80(20, 0) != getpid()) /* getpid */
		return 1;
	if (int80(346, 0) != -EPERM) /* setns */
		return 2;
	if (int80(102, 1) != -ENOSYS) /* socketcall */
		return 3;
	if (int80(359, AF_ALG) != -EPROTONOSUPPORT) /* socket */
		return 4;
	if (int80(117, 1) != -ENOSYS) /* ipc */
		return 5;
	return err_of(syscall(X32 | SYS_getpid)) == ENOSYS ? 0 : 6;
}
#endif

static void
test_every_open(void **state)
{
	unsigned int open;

	(void)state;
	for (open = 0; open <= OPEN_LAST; open++)
		assert_int_equal(in_child(open, nothing), 0);
}

static void
test_native(void **state)
{
	(void)state;
	assert_int_equal(in_child(0, native_calls), 0);
}

static void
test_other_entries(void **state)
{
	(void)state;
#ifdef __x86_64__
	assert_int_equal(in_child(0, other_entries), 0);
#else
	skip();
#endif
}

static void
test_length(void **state)
{
	(void)state;
	assert_int_equal(seccomp_load(prog, 0), -EINVAL);
	assert_int_equal(seccomp_load(prog, 65537), -EINVAL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_open),
		cmocka_unit_test(test_native),
		cmocka_unit_test(test_other_entries),
		cmocka_unit_test(test_length),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
