/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <linux/seccomp.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "seccomp.h"

int
seccomp_load(const struct sock_filter *insn, size_t n)
{
	struct sock_fprog prog;

	if (n == 0 || n > BPF_MAXINSNS)
		return -EINVAL;
	prog.len = (unsigned short)n;
	prog.filter = (struct sock_filter *)(uintptr_t)insn; /* only read */
	/*
	 * Before Linux 5.16 a filter also switched speculative store bypass
	 * off for all that the process ever runs, unless told not to.  A jail
	 * is no sandbox for a just-in-time compiler: its programs run as they
	 * do on the host.
	 */
	if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
		SECCOMP_FILTER_FLAG_SPEC_ALLOW, &prog) < 0)
		return -errno;
	return 0;
}
