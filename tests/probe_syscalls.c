/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What system calls answer, seen from inside a jail.  Static, to run in any
 * root.
 *
 *	probe_syscalls			print "name abi errno" a row
 *	probe_syscalls --check [GROUP...]
 *		compare with the verdict a jail without any allow.* gets, and
 *		exit 1 naming the rows that differ.  Rows of a GROUP (inet,
 *		inet6, sysvmsg, sysvsem, sysvshm, msgbuf, af) named are open
 *		in this jail: they must not be refused.
 *
 * Arguments are such that nothing happens where the call is let through: bad
 * descriptors and pointers, or a harmless request.  So a row with the verdict
 * 0 passes with any error but those of the filter.
 */
#include <errno.h>
#include <linux/sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#define nitems(a) (sizeof(a) / sizeof((a)[0]))
#define GARBAGE 0xff00000000L
#define X32 0x40000000L

enum abi {
	NATIVE,
	I386, /* by int $0x80 */
	X32ABI, /* by the bit in the number */
};

struct row {
	const char *name;
	enum abi abi;
	long nr;
	long arg[3];
	int verdict; /* errno, or 0 */
	const char *group; /* what opens it, or NULL */
};

#define N(call) #call, NATIVE, SYS_##call

static const struct row rows[] = {
	{ N(getpid), { 0 }, 0, NULL },
	{ N(read), { -1 }, 0, NULL },
	{ N(chroot), { 0 }, 0, NULL },
	{ N(ptrace), { -1 }, 0, NULL },
	{ N(seccomp), { -1 }, 0, NULL },
	{ N(mknodat), { -1 }, 0, NULL },
	{ N(prctl), { -1 }, 0, NULL },
	{ N(memfd_create), { 0 }, 0, NULL },
	{ N(process_vm_readv), { -1 }, 0, NULL },
	{ N(name_to_handle_at), { -1 }, 0, NULL },
	{ N(adjtimex), { 0 }, 0, NULL },
	{ N(clone3), { 0 }, ENOSYS, NULL },
	{ "clone NEWUSER", NATIVE, SYS_clone, { CLONE_NEWUSER }, EPERM, NULL },
	{ "clone NEWNS", NATIVE, SYS_clone, { CLONE_NEWNS }, EPERM, NULL },
	{ "clone NEWNET", NATIVE, SYS_clone, { CLONE_NEWNET }, EPERM, NULL },
	{ "unshare FS", NATIVE, SYS_unshare, { CLONE_FS }, 0, NULL },
	{ "unshare NEWUSER", NATIVE, SYS_unshare, { CLONE_NEWUSER }, EPERM,
	    NULL },
	{ "unshare NEWNS", NATIVE, SYS_unshare, { CLONE_NEWNS }, EPERM, NULL },
	{ "unshare NEWTIME", NATIVE, SYS_unshare, { CLONE_NEWTIME }, EPERM,
	    NULL },
	{ N(setns), { -1 }, EPERM, NULL },
	{ N(mount), { 0 }, EPERM, NULL },
	{ N(umount2), { 0 }, EPERM, NULL },
	{ N(pivot_root), { 0 }, EPERM, NULL },
	{ N(fsopen), { 0 }, EPERM, NULL },
	{ N(fsconfig), { -1 }, EPERM, NULL },
	{ N(fsmount), { -1 }, EPERM, NULL },
	{ N(fspick), { -1 }, EPERM, NULL },
	{ N(open_tree), { -1 }, EPERM, NULL },
	{ N(move_mount), { -1 }, EPERM, NULL },
	{ N(mount_setattr), { -1 }, EPERM, NULL },
	{ "open_tree_attr", NATIVE, 467, { -1 }, EPERM, NULL },
	{ "statmount", NATIVE, 457, { 0 }, ENOSYS, NULL },
	{ "listmount", NATIVE, 458, { 0 }, ENOSYS, NULL },
	{ N(open_by_handle_at), { -1 }, EPERM, NULL },
	{ N(quotactl), { -1 }, EPERM, NULL },
	{ N(quotactl_fd), { -1 }, EPERM, NULL },
	{ N(swapon), { 0 }, EPERM, NULL },
	{ N(swapoff), { 0 }, EPERM, NULL },
	{ N(reboot), { 0 }, EPERM, NULL },
	{ N(kexec_load), { 0, -1 }, EPERM, NULL },
	{ N(kexec_file_load), { -1, -1 }, EPERM, NULL },
	{ N(init_module), { 0 }, EPERM, NULL },
	{ N(finit_module), { -1 }, EPERM, NULL },
	{ N(delete_module), { 0 }, EPERM, NULL },
	{ N(acct), { -1 }, EPERM, NULL },
	{ N(bpf), { -1 }, EPERM, NULL },
	{ N(perf_event_open), { 0 }, EPERM, NULL },
	{ N(fanotify_init), { -1 }, EPERM, NULL },
	{ N(userfaultfd), { -1 }, EPERM, NULL },
	{ N(kcmp), { -1, -1, -1 }, EPERM, NULL },
	{ N(settimeofday), { -1 }, EPERM, NULL },
	{ N(clock_settime), { -1 }, EPERM, NULL },
	{ N(add_key), { 0 }, ENOSYS, NULL },
	{ N(request_key), { 0 }, ENOSYS, NULL },
	{ N(keyctl), { -1 }, ENOSYS, NULL },
	{ N(io_uring_setup), { 0 }, ENOSYS, NULL },
	{ N(io_uring_enter), { -1 }, ENOSYS, NULL },
	{ N(io_uring_register), { -1 }, ENOSYS, NULL },
	{ "personality PER_LINUX32", NATIVE, SYS_personality, { 8 }, 0, NULL },
	{ "personality query", NATIVE, SYS_personality, { 0xffffffff }, 0,
	    NULL },
	{ "personality READ_IMPLIES_EXEC", NATIVE, SYS_personality,
	    { 0x0400000 }, EPERM, NULL },
	{ "ioctl TIOCSTI", NATIVE, SYS_ioctl, { -1, TIOCSTI }, EPERM, NULL },
	{ "ioctl TIOCSTI high", NATIVE, SYS_ioctl, { -1, GARBAGE | TIOCSTI },
	    EPERM, NULL },
	{ "ioctl TIOCLINUX high", NATIVE, SYS_ioctl,
	    { -1, GARBAGE | TIOCLINUX }, EPERM, NULL },
	{ "ioctl TIOCSETD", NATIVE, SYS_ioctl, { -1, TIOCSETD }, EPERM, NULL },
	{ "ioctl TCGETS", NATIVE, SYS_ioctl, { -1, TCGETS }, 0, NULL },
	{ "socket unix", NATIVE, SYS_socket, { AF_UNIX, SOCK_STREAM }, 0,
	    NULL },
	{ "socket inet", NATIVE, SYS_socket, { AF_INET, SOCK_DGRAM },
	    EAFNOSUPPORT, "inet" },
	{ "socket inet6", NATIVE, SYS_socket, { AF_INET6, SOCK_DGRAM },
	    EAFNOSUPPORT, "inet6" },
	{ "socket route", NATIVE, SYS_socket, { AF_NETLINK, SOCK_RAW, 0 }, 0,
	    NULL },
	{ "socket netfilter", NATIVE, SYS_socket, { AF_NETLINK, SOCK_RAW, 12 },
	    EPROTONOSUPPORT, NULL },
	{ "socket alg", NATIVE, SYS_socket, { AF_ALG, SOCK_SEQPACKET },
	    EPROTONOSUPPORT, NULL },
	{ "socket alg high", NATIVE, SYS_socket,
	    { GARBAGE | AF_ALG, SOCK_SEQPACKET }, EPROTONOSUPPORT, NULL },
	{ "socket vsock", NATIVE, SYS_socket, { AF_VSOCK, SOCK_STREAM },
	    EPROTONOSUPPORT, NULL },
	{ "socket packet", NATIVE, SYS_socket, { AF_PACKET, SOCK_RAW },
	    EPROTONOSUPPORT, NULL },
	{ "socket bluetooth", NATIVE, SYS_socket, { AF_BLUETOOTH, -1 },
	    EPROTONOSUPPORT, "af" },
	{ N(msgget), { 0, -1 }, ENOSYS, "sysvmsg" },
	{ N(semget), { 0, -1 }, ENOSYS, "sysvsem" },
	{ N(shmget), { 0, -1 }, ENOSYS, "sysvshm" },
	{ "syslog size", NATIVE, SYS_syslog, { 10 }, EPERM, "msgbuf" },
	{ "syslog clear", NATIVE, SYS_syslog, { 5 }, EPERM, NULL },
#ifdef __x86_64__
	{ N(iopl), { -1 }, EPERM, NULL },
	{ N(ioperm), { -1, -1 }, EPERM, NULL },
	{ N(modify_ldt), { 0 }, 0, NULL },
	{ "getpid", I386, 20, { 0 }, 0, NULL },
	{ "mount", I386, 21, { 0 }, EPERM, NULL },
	{ "umount", I386, 22, { 0 }, EPERM, NULL },
	{ "stime", I386, 25, { -1 }, EPERM, NULL },
	{ "ioctl TIOCSTI", I386, 54, { -1, TIOCSTI }, EPERM, NULL },
	{ "socketcall", I386, 102, { 1 }, ENOSYS, NULL },
	{ "ipc", I386, 117, { -1 }, ENOSYS, NULL },
	{ "clone NEWUSER", I386, 120, { CLONE_NEWUSER }, EPERM, NULL },
	{ "init_module", I386, 128, { 0 }, EPERM, NULL },
	{ "unshare NEWUSER", I386, 310, { CLONE_NEWUSER }, EPERM, NULL },
	{ "setns", I386, 346, { -1 }, EPERM, NULL },
	{ "bpf", I386, 357, { -1 }, EPERM, NULL },
	{ "socket alg", I386, 359, { AF_ALG, SOCK_SEQPACKET }, EPROTONOSUPPORT,
	    NULL },
	{ "io_uring_setup", I386, 425, { 0 }, ENOSYS, NULL },
	{ "clone3", I386, 435, { 0 }, ENOSYS, NULL },
	{ "getpid", X32ABI, SYS_getpid, { 0 }, ENOSYS, NULL },
	{ "mount", X32ABI, SYS_mount, { 0 }, ENOSYS, NULL },
	{ "setns", X32ABI, SYS_setns, { -1 }, ENOSYS, NULL },
	{ "ioctl", X32ABI, 514, { -1 }, ENOSYS, NULL },
#endif
};

static const char *const abi_name[] = {
	[NATIVE] = "native",
	[I386] = "i386",
	[X32ABI] = "x32",
};

/* Not every libc has strerrorname_np(3). */
static const struct {
	int err;
	const char *name;
} errs[] = {
	{ 0, "success" },
	{ EPERM, "EPERM" },
	{ ENOSYS, "ENOSYS" },
	{ EAFNOSUPPORT, "EAFNOSUPPORT" },
	{ EPROTONOSUPPORT, "EPROTONOSUPPORT" },
	{ EINVAL, "EINVAL" },
	{ EFAULT, "EFAULT" },
	{ EBADF, "EBADF" },
	{ ENOENT, "ENOENT" },
	{ ESRCH, "ESRCH" },
	{ EIO, "EIO" },
	{ EACCES, "EACCES" },
	{ EOPNOTSUPP, "EOPNOTSUPP" },
	{ ESOCKTNOSUPPORT, "ESOCKTNOSUPPORT" },
};

#ifdef __x86_64__
static long
int80(long nr, const long arg[3])
{
	long ret;

	__asm__ volatile(
	    "int $0x80"
	    : "=a"(ret)
	    : "0"(nr), "b"(arg[0]), "c"(arg[1]), "d"(arg[2]), "S"(0L), "D"(0L)
	    : "memory", "r8", "r9", "r10", "r11");
	if (ret < 0) {
		errno = (int)-ret;
		return -1;
	}
	return ret;
}
#else
static long
int80(long nr, const long arg[3])
{
	(void)nr;
	(void)arg;
	errno = ENOSYS;
	return -1;
}
#endif

/* The errno that the call gives, 0 for none. */
static int
try(const struct row *r)
{
	long nr = r->abi == X32ABI ? r->nr | X32 : r->nr;
	long ret;
	pid_t self = getpid();

	errno = 0;
	if (r->abi == I386)
		ret = int80(r->nr, r->arg);
	else
		ret = syscall(nr, r->arg[0], r->arg[1], r->arg[2], 0L, 0L, 0L);
	/* A clone that was let through has made a second one of us. */
	if (getpid() != self)
		_exit(0);
	return ret < 0 ? errno : 0;
}

static bool
is_open(const struct row *r, char *const *groups)
{
	for (; r->group != NULL && *groups != NULL; groups++) {
		if (strcmp(r->group, *groups) == 0)
			return true;
	}
	return false;
}

static bool
as_expected(const struct row *r, int got, char *const *groups)
{
	/* EPERM may come from the kernel then (kernel.dmesg_restrict). */
	if (is_open(r, groups))
		return got != r->verdict || got == EPERM;
	if (r->verdict == 0)
		return got != ENOSYS && got != EPERM;
	return got == r->verdict;
}

static const char *
err_name(int err)
{
	static char number[12];
	size_t i;

	for (i = 0; i < nitems(errs); i++) {
		if (errs[i].err == err)
			return errs[i].name;
	}
	(void)snprintf(number, sizeof(number), "%d", err);
	return number;
}

int
main(int argc, char **argv)
{
	bool check = argc > 1 && strcmp(argv[1], "--check") == 0;
	int got, bad = 0;
	size_t i;

	for (i = 0; i < nitems(rows); i++) {
		got = try(&rows[i]);
		if (check && as_expected(&rows[i], got, argv + 2))
			continue;
		bad += check;
		(void)printf("%s %s %s", rows[i].name, abi_name[rows[i].abi],
		    err_name(got));
		if (check)
			(void)printf(
			    " (expected %s)", err_name(rows[i].verdict));
		(void)printf("\n");
	}
	return bad > 0 || fflush(stdout) != 0;
}
