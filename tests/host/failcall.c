/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * failcall FILE list COMMAND...
 * failcall FILE PROCESS:CALL:HOW COMMAND...
 * failcall FILE expose COMMAND...
 *
 * Run the command and, in one of the processes that it makes (0 is its own,
 * the others in their order), let one system call (the first is 1) fail
 * without being done: with the errno HOW, or by SIGKILL for "kill".  FILE gets
 * the name of that call once it was reached; with list a line "PROCESS CALL
 * NAME" for each call there is.
 *
 * expose: prctl(PR_SET_DUMPABLE) does nothing, and says that it did.
 *
 * A process counts from its start to the exec of a program that is not the
 * warden: the dynamic loader of the host, or what runs in the jail, is no
 * matter of ours.  Exit status: the command's, 128 + N for signal N.  What it
 * leaves running goes on untraced.
 *
 * strace -f -e inject=CALL:when=N does this for one name at a time and counts
 * in each process for itself, so that it is always the builder's Nth call
 * that fails, and never the Nth of the processes that it makes later.
 */
#include <elf.h>
#include <err.h>
#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/ptrace.h>

/* Made by the test out of the compiler's headers: [SYS_x] = "x", ... */
static const char *const names[] = {
#if __has_include("names.h")
#include "names.h"
#endif
};

#define OPTIONS                                                                \
	(PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK |    \
	    PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC)

struct proc {
	pid_t pid;
	int calls;
	int armed; /* the call that it is in is to fail */
	int free; /* not traced any more */
};

static struct proc procs[256];
static int nprocs;
static int want_proc, want_call, want_kill, want_err, listing, exposing;
static FILE *report;

static struct proc *
proc_of(pid_t pid)
{
	int i;

	for (i = 0; i < nprocs; i++) {
		if (procs[i].pid == pid && !procs[i].free)
			return &procs[i];
	}
	if (nprocs == sizeof(procs) / sizeof(procs[0]))
		errx(2, "too many processes");
	procs[nprocs].pid = pid;
	return &procs[nprocs++];
}

static const char *
name_of(unsigned long long nr)
{
	static char number[32];

	if (nr < sizeof(names) / sizeof(names[0]) && names[nr] != NULL)
		return names[nr];
	(void)snprintf(number, sizeof(number), "%llu", nr);
	return number;
}

#if defined(__x86_64__)
static void
skip_call(pid_t pid)
{
	if (ptrace(PTRACE_POKEUSER, pid,
		offsetof(struct user_regs_struct, orig_rax), -1L) < 0 &&
	    errno != ESRCH) /* killed meanwhile */
		err(2, "skip");
}

static void
set_result(pid_t pid, long value)
{
	if (ptrace(PTRACE_POKEUSER, pid, offsetof(struct user_regs_struct, rax),
		value) < 0 &&
	    errno != ESRCH) /* killed meanwhile */
		err(2, "result");
}
#elif defined(__aarch64__)
static void
skip_call(pid_t pid)
{
	int nr = -1;
	struct iovec iov = { &nr, sizeof(nr) };

	if (ptrace(PTRACE_SETREGSET, pid, 0x404 /* NT_ARM_SYSTEM_CALL */,
		&iov) < 0 &&
	    errno != ESRCH) /* killed meanwhile */
		err(2, "skip");
}

static void
set_result(pid_t pid, long value)
{
	struct user_regs_struct regs;
	struct iovec iov = { &regs, sizeof(regs) };

	if (ptrace(PTRACE_GETREGSET, pid, NT_PRSTATUS, &iov) < 0 &&
	    errno != ESRCH) /* killed meanwhile */
		err(2, "result");
	regs.regs[0] = (unsigned long)value;
	if (ptrace(PTRACE_SETREGSET, pid, NT_PRSTATUS, &iov) < 0 &&
	    errno != ESRCH) /* killed meanwhile */
		err(2, "result");
}
#else
#error "registers of this machine"
#endif

static void
on_call(struct proc *p)
{
	struct __ptrace_syscall_info info;
	int index = (int)(p - procs);

	if (ptrace(PTRACE_GET_SYSCALL_INFO, p->pid, sizeof(info), &info) < 0)
		return; /* killed meanwhile */
	if (info.op == PTRACE_SYSCALL_INFO_EXIT) {
		if (p->armed)
			set_result(p->pid, -want_err);
		p->armed = 0;
		return;
	}
	if (info.op != PTRACE_SYSCALL_INFO_ENTRY || ++p->calls <= 0)
		return;
	if (exposing) {
		if (info.entry.nr == SYS_prctl &&
		    info.entry.args[0] == PR_SET_DUMPABLE) {
			skip_call(p->pid);
			p->armed = 1; /* with no error */
		}
	} else if (listing) {
		(void)fprintf(report, "%d %d %s\n", index, p->calls,
		    name_of(info.entry.nr));
	} else if (index == want_proc && p->calls == want_call) {
		(void)fprintf(report, "%s\n", name_of(info.entry.nr));
		(void)fflush(report);
		if (want_kill) {
			(void)kill(p->pid, SIGKILL);
		} else {
			/* the kernel closes whatever it says of it */
			if (info.entry.nr != SYS_close)
				skip_call(p->pid);
			p->armed = 1;
		}
	}
}

/* After an exec: ours, or let go? */
static int
is_ours(const struct proc *p)
{
	char path[64], exe[4096];
	ssize_t n;

	if (p == &procs[0])
		return 1;
	(void)snprintf(path, sizeof(path), "/proc/%d/exe", (int)p->pid);
	n = readlink(path, exe, sizeof(exe) - 1);
	exe[n < 0 ? 0 : n] = '\0';
	return n >= 7 && strcmp(exe + n - 7, "/warden") == 0;
}

static void
on_stop(struct proc *p, int status)
{
	int sig = WSTOPSIG(status), event = status >> 16;
	unsigned long child;

	if (sig == (SIGTRAP | 0x80)) {
		on_call(p);
		sig = 0;
	} else if (event == PTRACE_EVENT_FORK || event == PTRACE_EVENT_VFORK ||
		   event == PTRACE_EVENT_CLONE) {
		if (ptrace(PTRACE_GETEVENTMSG, p->pid, 0, &child) == 0)
			(void)proc_of((pid_t)child);
		sig = 0;
	} else if (event == PTRACE_EVENT_EXEC) {
		sig = 0;
		if (!is_ours(p)) {
			(void)ptrace(PTRACE_DETACH, p->pid, 0, 0);
			p->free = 1;
			return;
		}
	} else if (event == PTRACE_EVENT_STOP) {
		sig = 0;
	}
	(void)ptrace(PTRACE_SYSCALL, p->pid, 0, sig); /* killed: no matter */
}

static void
parse(const char *what)
{
	char how[32];

	if (strcmp(what, "list") == 0) {
		listing = 1;
		return;
	}
	if (strcmp(what, "expose") == 0) {
		exposing = 1;
		return;
	}
	if (sscanf(what, "%d:%d:%31s", &want_proc, &want_call, how) != 3)
		errx(2, "%s: PROCESS:CALL:HOW", what);
	want_kill = strcmp(how, "kill") == 0;
	want_err = strcmp(how, "EIO") == 0	? EIO
		   : strcmp(how, "ENOMEM") == 0 ? ENOMEM
						: 0;
	if (!want_kill && want_err == 0)
		errx(2, "%s: EIO, ENOMEM or kill", how);
}

int
main(int argc, char **argv)
{
	int status;
	pid_t pid, first;

	if (argc < 4)
		errx(2, "usage: failcall FILE PROCESS:CALL:HOW COMMAND ...");
	if ((report = fopen(argv[1], "we")) == NULL)
		err(2, "%s", argv[1]);
	parse(argv[2]);
	if ((first = fork()) < 0)
		err(2, "fork");
	if (first == 0) {
		(void)raise(SIGSTOP);
		(void)execvp(argv[3], argv + 3);
		err(2, "%s", argv[3]);
	}
	/* seized: what we leave behind gets no SIGSTOP from attaching */
	if (waitpid(first, &status, WUNTRACED) != first ||
	    !WIFSTOPPED(status) || ptrace(PTRACE_SEIZE, first, 0, OPTIONS) < 0)
		err(2, "ptrace");
	(void)proc_of(first);
	procs[0].calls = -1000; /* not before its exec */
	(void)kill(first, SIGCONT);
	while ((pid = waitpid(-1, &status, __WALL)) > 0) {
		if (WIFSTOPPED(status)) {
			if (pid == first && procs[0].calls < 0 &&
			    status >> 16 == PTRACE_EVENT_EXEC)
				procs[0].calls = 0;
			on_stop(proc_of(pid), status);
			continue;
		}
		if (pid == first)
			return WIFSIGNALED(status) ? 128 + WTERMSIG(status)
						   : WEXITSTATUS(status);
		proc_of(pid)->free = 1;
	}
	err(2, "wait");
}
