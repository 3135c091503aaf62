/* SPDX-License-Identifier: BSD-2-Clause */
/* Processes and namespaces. */
#include <errno.h>
#include <fcntl.h>
#include <linux/keyctl.h>
#include <linux/securebits.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/statvfs.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cleanup.h"
#include "io.h"
#include "mnt.h"
#include "ns.h"
#include "uapi.h"

#ifndef CLONE_INTO_CGROUP
#define CLONE_INTO_CGROUP 0x200000000ULL
#endif

pid_t
ns_fork(uint64_t flags, int cgroup, int *ret_pidfd)
{
	int pidfd = -1;
	struct clone_args args = {
		.flags = flags,
		.exit_signal = SIGCHLD,
	};
	long pid;

	if (cgroup >= 0) {
		args.flags |= CLONE_INTO_CGROUP;
		args.cgroup = (uint64_t)cgroup;
	}
	if (ret_pidfd != NULL) {
		args.flags |= CLONE_PIDFD;
		args.pidfd = (uint64_t)(uintptr_t)&pidfd;
	}
	if ((pid = syscall(SYS_clone3, &args, sizeof(args))) < 0)
		return -errno;
	if (pid > 0 && ret_pidfd != NULL)
		*ret_pidfd = pidfd;
	return (pid_t)pid;
}

/* ---- a child in the caller's memory ---- */

#define STACK_SIZE (1 << 20) /* touched pages alone cost something */
#define GUARD_SIZE (1 << 17) /* more than any frame */

struct stack {
	void *base;
};

static void
stack_free(struct stack *s)
{
	if (s->base != NULL)
		(void)munmap(s->base, GUARD_SIZE + STACK_SIZE); /* our own */
}

static int
stack_new(struct stack *s)
{
	int err;

	s->base = mmap(NULL, GUARD_SIZE + STACK_SIZE, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1, 0);
	if (s->base == MAP_FAILED) {
		s->base = NULL;
		return -errno;
	}
	if (mprotect(s->base, GUARD_SIZE, PROT_NONE) == 0)
		return 0;
	err = errno;
	stack_free(s);
	return -err;
}

/*
 * clone3(2), the child calling fn(arg) on the new stack.  libc has no
 * wrapper: its clone() cannot say CLONE_INTO_CGROUP.
 */
static long
clone3_call(struct clone_args *args, void (*fn)(void *), void *arg)
{
	long ret;
#if defined(__x86_64__)
	/* registers that neither the kernel nor the zeroed rbp touches */
	register void (*r8)(void *) __asm__("r8") = fn;
	register void *r9 __asm__("r9") = arg;

	__asm__ volatile("syscall\n\t"
			 "test %%rax, %%rax\n\t"
			 "jnz 1f\n\t"
			 "xor %%ebp, %%ebp\n\t" /* the outermost frame */
			 "mov %%r9, %%rdi\n\t"
			 "call *%%r8\n\t"
			 "hlt\n"
			 "1:"
			 : "=a"(ret)
			 : "0"((long)SYS_clone3), "D"(args), "S"(sizeof(*args)),
			 "r"(r8), "r"(r9)
			 : "rcx", "r11", "memory");
#elif defined(__aarch64__)
	register long x8 __asm__("x8") = SYS_clone3;
	register long x0 __asm__("x0") = (long)args;
	register long x1 __asm__("x1") = sizeof(*args);
	register void (*x9)(void *) __asm__("x9") = fn;
	register void *x10 __asm__("x10") = arg;

	__asm__ volatile("svc #0\n\t"
			 "cbnz x0, 1f\n\t"
			 "mov x29, xzr\n\t" /* the outermost frame */
			 "mov x30, xzr\n\t"
			 "mov x0, x10\n\t"
			 "blr x9\n\t"
			 "brk #0\n"
			 "1:"
			 : "+r"(x0)
			 : "r"(x8), "r"(x1), "r"(x9), "r"(x10)
			 : "memory");
	ret = x0;
#else
	/* elsewhere a plain fork: dearer, else the same */
	args->flags &= ~(uint64_t)(CLONE_VM | CLONE_VFORK);
	args->stack = args->stack_size = 0;
	if ((ret = syscall(SYS_clone3, args, sizeof(*args))) == 0)
		fn(arg);
	if (ret < 0)
		ret = -errno;
#endif
	return ret;
}

static pid_t
clone_on(const struct stack *stack, uint64_t flags, int cgroup,
    void (*fn)(void *), void *arg)
{
	struct clone_args args = {
		.flags = flags,
		.exit_signal = SIGCHLD,
		.stack = (uint64_t)(uintptr_t)stack->base + GUARD_SIZE,
		.stack_size = STACK_SIZE,
	};

	if (cgroup >= 0) {
		args.flags |= CLONE_INTO_CGROUP;
		args.cgroup = (uint64_t)cgroup;
	}
	return (pid_t)clone3_call(&args, fn, arg);
}

pid_t
ns_vfork(uint64_t flags, int cgroup, void (*fn)(void *), void *arg)
{
	struct stack stack;
	pid_t pid;
	int r;

	if ((r = stack_new(&stack)) < 0)
		return r;
	pid = clone_on(&stack, flags | CLONE_VM | CLONE_VFORK, cgroup, fn, arg);
	stack_free(&stack); /* the child needs it no more */
	return pid;
}

/* ---- in another pid namespace ---- */

struct below {
	uint64_t flags;
	int cgroup;
	void (*fn)(void *);
	void *arg;
	struct stack stack;
	int pidfd; /* in the descriptors of the caller, which are shared */
	int err;
};

/*
 * In that namespace, with the caller's memory and descriptors: only who is
 * in a pid namespace can make one below it.  What it makes is the caller's
 * child.
 */
static void
clone_below(void *arg)
{
	struct below *b = arg;
	struct clone_args args = {
		.flags = b->flags | CLONE_VM | CLONE_VFORK | CLONE_PARENT |
			 CLONE_PIDFD | CLONE_INTO_CGROUP,
		.pidfd = (uint64_t)(uintptr_t)&b->pidfd,
		.cgroup = (uint64_t)b->cgroup,
		.stack = (uint64_t)(uintptr_t)b->stack.base + GUARD_SIZE,
		.stack_size = STACK_SIZE,
	};
	long r = clone3_call(&args, b->fn, b->arg);

	b->err = r < 0 ? (int)r : 0;
	_exit(0);
}

/* The helper died over it: what it made is not to run on our stacks. */
static void
end_below(int pidfd)
{
	siginfo_t si;

	(void)sys_pidfd_send_signal(pidfd, SIGKILL); /* or it has ended */
	while (waitid(P_PIDFD, (id_t)pidfd, &si, WEXITED) < 0 && errno == EINTR)
		;
}

/* The number that the process has in our namespace. */
static pid_t
pid_of(int proc, int pidfd)
{
	char name[48], text[512];
	const char *p;
	ssize_t n;

	(void)snprintf(name, sizeof(name), "self/fdinfo/%d", pidfd);
	if ((n = io_readat(proc, name, text, sizeof(text))) < 0)
		return (pid_t)n;
	if ((p = strstr(text, "\nPid:")) == NULL)
		return -EPROTO;
	return (pid_t)strtol(p + sizeof("\nPid:") - 1, NULL, 10);
}

int
ns_vfork_below(int proc, uint64_t flags, int cgroup, void (*fn)(void *),
    void *arg, pid_t *ret_pid)
{
	struct below b = { flags, cgroup, fn, arg, { NULL }, -1, -ESRCH };
	struct stack stack = { NULL };
	pid_t helper, pid = 0;
	int r;

	if ((r = stack_new(&stack)) < 0)
		return r;
	if ((r = stack_new(&b.stack)) == 0) {
		helper = clone_on(&stack, CLONE_VM | CLONE_VFORK | CLONE_FILES,
		    -1, clone_below, &b);
		r = helper < 0 ? helper : b.err;
		/* it has ended; ECHILD: the caller leaves that to the kernel */
		while (helper > 0 && waitpid(helper, NULL, 0) < 0 &&
		       errno == EINTR)
			;
	}
	if (r < 0 && b.pidfd >= 0)
		end_below(b.pidfd);
	stack_free(&b.stack);
	stack_free(&stack);
	if (r == 0)
		pid = pid_of(proc, b.pidfd);
	close_fd(b.pidfd);
	if (r < 0 || pid < 0)
		return r < 0 ? r : pid;
	*ret_pid = pid;
	return 0;
}

/* A procfs that can be written, of our pid namespace. */
static bool
is_own_proc(int fd)
{
	struct statfs fs;
	char self[16];
	ssize_t n;

	if (fstatfs(fd, &fs) < 0 || fs.f_type != PROC_MAGIC ||
	    (fs.f_flags & ST_RDONLY) != 0 ||
	    (n = readlinkat(fd, "self", self, sizeof(self) - 1)) < 0)
		return false;
	self[n] = '\0';
	return strtol(self, NULL, 10) == getpid();
}

/*
 * The last close of a new one waits for all processors, which is why it is
 * not the first choice.
 */
int
ns_proc(void)
{
	auto_close int host = open("/proc", O_DIRECTORY | O_RDONLY | O_CLOEXEC);
	int fd;

	if (host >= 0 && is_own_proc(host))
		return take_fd(&host);
	fd = mnt_new("proc", NULL,
	    MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC);
	/* without the privilege for it, the host's serves */
	if (fd < 0 && host >= 0)
		fd = take_fd(&host);
	return fd;
}

static int
open_ns(int proc, pid_t pid, const char *ns)
{
	char name[64];
	int fd;

	(void)snprintf(name, sizeof(name), "%d/ns/%s", (int)pid, ns);
	fd = openat(proc, name, O_RDONLY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

static int
write_map(int proc, pid_t pid, const char *which, uint32_t base, uint32_t count)
{
	char name[64], map[64];

	(void)snprintf(name, sizeof(name), "%d/%s", (int)pid, which);
	(void)snprintf(map, sizeof(map), "0 %u %u", base, count);
	return io_writeat(proc, name, map);
}

struct helper {
	int hold[2], ready[2];
	const int *lock;
	size_t nlock;
	uint32_t base, count; /* of the user namespace; 0: none */
};

/*
 * What is in a user namespace counts for its owner as well, by the limits that
 * each user has (pending signals, message queues, inotify): were they all
 * root's, one could use up what the host's root and the others have.  So base
 * is the owner.  The ids are this thread's alone, whose memory has others:
 * libc does not know.
 */
static int
own_users(uint32_t base)
{
	if (prctl(PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP, 0, 0, 0) < 0)
		return -errno;
	if (syscall(SYS_setresuid, -1, base, -1) < 0)
		return -EPERM; /* no such id in the container that we are in */
	return unshare(CLONE_NEWUSER) < 0 ? -errno : 0;
}

/*
 * The helper: lives until the other end of the pipe is closed.  It shares
 * the caller's memory, and with it errno: a call that fails is the last.
 * It may outlive the caller's frame, from when it has said that it is ready.
 */
static void
hold_namespaces(void *arg)
{
	const struct helper own = *(const struct helper *)arg, *h = &own;
	int r = 0;
	size_t i;
	char c;

	for (i = 0; i < h->nlock; i++) {
		if (h->lock[i] >= 0)
			(void)close(h->lock[i]); /* cannot fail */
	}
	(void)close(h->hold[1]); /* cannot fail */
	if (h->count > 0)
		r = own_users(h->base);
	/* clone3() would take the parent's cgroup as the namespace's root */
	if (r == 0 && unshare(CLONE_NEWCGROUP) < 0)
		r = -errno;
	(void)write(h->ready[1], &r, sizeof(r)); /* EOF tells as much */
	(void)close(h->ready[1]); /* cannot fail */
	(void)read(h->hold[0], &c, 1); /* whatever: it is the end */
	_exit(0);
}

static int
map_and_open(int proc, pid_t pid, uint32_t base, uint32_t count, int *ret_user,
    int *ret_cgroup)
{
	auto_close int user = -1, cgroup = open_ns(proc, pid, "cgroup");
	int r;

	if (cgroup < 0)
		return cgroup;
	if (count > 0) {
		if ((r = write_map(proc, pid, "uid_map", base, count)) < 0 ||
		    (r = write_map(proc, pid, "gid_map", base, count)) < 0)
			return r;
		if ((user = open_ns(proc, pid, "user")) < 0)
			return user;
		*ret_user = take_fd(&user);
	}
	*ret_cgroup = take_fd(&cgroup);
	return 0;
}

/* The caller's side while the helper lives. */
static int
use_helper(const struct helper *h, int proc, pid_t pid, uint32_t base,
    uint32_t count, int *ret_user, int *ret_cgroup)
{
	int state = -ECHILD;

	if (io_read(h->ready[0], &state, sizeof(state)) != sizeof(state))
		return -ECHILD;
	if (state < 0)
		return state;
	return map_and_open(proc, pid, base, count, ret_user, ret_cgroup);
}

int
ns_new(int proc, int cgroup, uint32_t base, uint32_t count, const int *lock,
    size_t nlock, int *ret_user, int *ret_cgroup, struct ns_helper *ret_helper)
{
	struct helper h = {
		.lock = lock,
		.nlock = nlock,
		.base = base,
		.count = count,
	};
	struct ns_helper left = { 0 };
	struct stack stack;
	pid_t pid;
	int r;

	if (pipe2(h.hold, O_CLOEXEC) < 0)
		return -errno;
	if (pipe2(h.ready, O_CLOEXEC) < 0) {
		r = -errno;
		close_fd(h.hold[0]);
		close_fd(h.hold[1]);
		return r;
	}
	pid = r = stack_new(&stack);
	if (r == 0)
		pid = clone_on(&stack, CLONE_VM, cgroup, hold_namespaces, &h);
	close_fd(h.hold[0]);
	close_fd(h.ready[1]);
	left.pid = pid > 0 ? pid : 0;
	left.stack = stack.base;
	r = pid < 0
		? (int)pid
		: use_helper(&h, proc, pid, base, count, ret_user, ret_cgroup);
	close_fd(h.ready[0]);
	close_fd(h.hold[1]);
	if (r < 0)
		ns_helper_done(&left);
	else
		*ret_helper = left;
	return r;
}

void
ns_helper_done(struct ns_helper *h)
{
	struct stack stack = { h->stack };

	if (h->pid > 0)
		(void)kill(h->pid, SIGKILL); /* our child, unreaped */
	while (h->pid > 0 && waitpid(h->pid, NULL, 0) < 0 && errno == EINTR)
		;
	stack_free(&stack);
	*h = (struct ns_helper){ 0 };
}

int
ns_new_keyring(void)
{
	long id =
	    syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL, 0, 0, 0);

	/* ENOSYS: a kernel without keyrings has none to share */
	return id < 0 && errno != ENOSYS ? -errno : 0;
}

int
ns_files_of(uint32_t id)
{
	/* entering a user namespace sets these bits back */
	if (prctl(PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP, 0, 0, 0) < 0)
		return -errno;
	/* they return the id before, whatever happens */
	(void)syscall(SYS_setfsgid, id);
	(void)syscall(SYS_setfsuid, id);
	if (syscall(SYS_setfsuid, -1) != (long)id ||
	    syscall(SYS_setfsgid, -1) != (long)id)
		return -EPERM;
	return 0;
}

void
ns_set_title(const char *title)
{
	unsigned long at = (unsigned long)(uintptr_t)title;

	/* EPERM, without CAP_SYS_RESOURCE: it looks like its parent */
	(void)prctl(PR_SET_MM, PR_SET_MM_ARG_START, at, 0, 0);
	(void)prctl(PR_SET_MM, PR_SET_MM_ARG_END, at + strlen(title) + 1, 0, 0);
}

int
ns_hide(void)
{
	return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0 ? -errno : 0;
}
