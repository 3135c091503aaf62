/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The emitted filter against the table it was made of (by a small classic
 * BPF interpreter and libseccomp's numbers), and against a list of verdicts
 * written down here.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <linux/audit.h>
#include <linux/fs.h>
#include <linux/seccomp.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <sched.h>
#include <seccomp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "cleanup.h"
#include "filter_prog.h"
#include "filter_table.h"

#define OPEN_SYSV (OPEN_SYSVMSG | OPEN_SYSVSEM | OPEN_SYSVSHM)
#define OPEN_OWN (OPEN_INET | OPEN_INET6 | OPEN_VNET | OPEN_RAW)
#define ALLOW 0 /* as an errno: none */
#define KILL (-1)
#define GARBAGE (UINT64_C(0xdeadbeef) << 32)
#define X32 0x40000000
#define MAX_NR 600
#define MPTCP 262 /* not all headers have these */
#define SMC 256
#define L2TP 115

static const struct {
	uint32_t audit, scmp;
} arch[] = {
#ifdef __x86_64__
	{ AUDIT_ARCH_X86_64, SCMP_ARCH_X86_64 },
	{ AUDIT_ARCH_I386, SCMP_ARCH_X86 },
#else
	{ AUDIT_ARCH_AARCH64, SCMP_ARCH_AARCH64 },
	{ AUDIT_ARCH_ARM, SCMP_ARCH_ARM },
#endif
};

struct call {
	const char *name;
	uint64_t arg[3];
	unsigned int open;
	int verdict;
};

static const struct call calls[] = {
	{ "read", { 0 }, 0, ALLOW },
	{ "execve", { 0 }, 0, ALLOW },
	{ "futex", { 0 }, 0, ALLOW },
	{ "chroot", { 0 }, 0, ALLOW },
	{ "ptrace", { 0 }, 0, ALLOW },
	{ "seccomp", { 0 }, 0, ALLOW },
	{ "mknodat", { 0 }, 0, ALLOW },
	{ "fchmodat2", { 0 }, 0, ALLOW },
	{ "name_to_handle_at", { 0 }, 0, ALLOW },
	{ "adjtimex", { 0 }, 0, ALLOW },
	{ "mount", { 0 }, 0, EPERM },
	{ "umount2", { 0 }, 0, EPERM },
	{ "pivot_root", { 0 }, 0, EPERM },
	{ "fsopen", { 0 }, 0, EPERM },
	{ "open_tree", { 0 }, 0, EPERM },
	{ "move_mount", { 0 }, 0, EPERM },
	{ "mount_setattr", { 0 }, 0, EPERM },
	{ "setns", { 0 }, 0, EPERM },
	{ "open_by_handle_at", { 0 }, 0, EPERM },
	{ "bpf", { 0 }, 0, EPERM },
	{ "perf_event_open", { 0 }, 0, EPERM },
	{ "kexec_load", { 0 }, 0, EPERM },
	{ "finit_module", { 0 }, 0, EPERM },
	{ "reboot", { 0 }, 0, EPERM },
	{ "swapon", { 0 }, 0, EPERM },
	{ "acct", { 0 }, 0, EPERM },
	{ "quotactl", { 0 }, 0, EPERM },
	{ "userfaultfd", { 0 }, 0, EPERM },
	{ "fanotify_init", { 0 }, 0, EPERM },
	{ "settimeofday", { 0 }, 0, EPERM },
	{ "clock_settime", { 0 }, 0, EPERM },
	{ "clone3", { 0 }, 0, ENOSYS },
	{ "io_uring_setup", { 0 }, OPEN_ALL, ENOSYS },
	{ "io_uring_enter", { 0 }, OPEN_ALL, ENOSYS },
	{ "keyctl", { 0 }, OPEN_ALL, ENOSYS },
	{ "add_key", { 0 }, OPEN_ALL, ENOSYS },
	{ "socketcall", { 1 }, OPEN_ALL, ENOSYS },

	{ "msgget", { 0 }, 0, ENOSYS },
	{ "msgget", { 0 }, OPEN_SYSVMSG, ALLOW },
	{ "semget", { 0 }, OPEN_SYSVMSG | OPEN_SYSVSHM, ENOSYS },
	{ "semctl", { 0 }, OPEN_SYSVSEM, ALLOW },
	{ "shmat", { 0 }, 0, ENOSYS },
	{ "shmat", { 0 }, OPEN_SYSVSHM, ALLOW },
	{ "ipc", { 0 }, OPEN_SYSVMSG | OPEN_SYSVSHM, ENOSYS },
	{ "ipc", { 0 }, OPEN_SYSV, ALLOW },
	{ "syslog", { 3 }, 0, EPERM },
	{ "syslog", { 3 }, OPEN_MSGBUF, ALLOW },
	{ "syslog", { GARBAGE | 10 }, OPEN_MSGBUF, ALLOW },
	{ "syslog", { 5 }, OPEN_MSGBUF, EPERM },
	{ "syslog", { GARBAGE | 4 }, OPEN_MSGBUF, EPERM },

	{ "clone", { SIGCHLD }, 0, ALLOW },
	{ "clone", { CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_THREAD }, 0,
	    ALLOW },
	{ "clone", { CLONE_NEWUSER | SIGCHLD }, 0, EPERM },
	{ "clone", { GARBAGE | CLONE_NEWNS }, 0, EPERM },
	{ "clone", { CLONE_NEWCGROUP }, 0, EPERM },
	{ "clone", { CLONE_NEWUTS }, 0, EPERM },
	{ "clone", { CLONE_NEWIPC }, 0, EPERM },
	{ "clone", { CLONE_NEWPID }, 0, EPERM },
	{ "clone", { CLONE_NEWNET }, OPEN_ALL, EPERM },
	{ "unshare", { CLONE_FS | CLONE_FILES }, 0, ALLOW },
	{ "unshare", { CLONE_NEWUSER }, OPEN_ALL, EPERM },
	{ "unshare", { CLONE_FS | CLONE_NEWNS }, 0, EPERM },
	{ "unshare", { 0x80 /* CLONE_NEWTIME */ }, 0, EPERM },
	{ "unshare", { 0x00100000 }, 0, EPERM },
	{ "unshare", { GARBAGE | CLONE_FS }, 0, EPERM },

	{ "personality", { 0 }, 0, ALLOW },
	{ "personality", { 8 }, 0, ALLOW },
	{ "personality", { 0x20000 }, 0, ALLOW },
	{ "personality", { 0x20008 }, 0, ALLOW },
	{ "personality", { 0x40000 }, 0, ALLOW },
	{ "personality", { 0xffffffff }, 0, ALLOW },
	{ "personality", { GARBAGE | 0xffffffff }, 0, ALLOW },
	{ "personality", { 0x0400000 /* READ_IMPLIES_EXEC */ }, 0, EPERM },
	{ "personality", { GARBAGE | 0x0100000 }, 0, EPERM },
	{ "ioctl", { 0, TCGETS }, 0, ALLOW },
	{ "ioctl", { 0, TIOCSTI }, OPEN_ALL, EPERM },
	{ "ioctl", { 0, GARBAGE | TIOCSTI }, OPEN_ALL, EPERM },
	{ "ioctl", { 0, GARBAGE | TIOCLINUX }, OPEN_ALL, EPERM },
	{ "ioctl", { 0, GARBAGE | TIOCSETD }, OPEN_ALL, EPERM },
	{ "ioctl", { TIOCSTI, TCGETS, TIOCSTI }, 0, ALLOW },
	{ "ioctl", { 0, FIONREAD }, 0, ALLOW },
	{ "ioctl", { 0, SIOCGIFCONF }, 0, ALLOW },
	{ "ioctl", { 0, SIOCGIFBR }, OPEN_ALL, EPERM },
	{ "ioctl", { 0, GARBAGE | SIOCSIFBR }, OPEN_ALL, EPERM },
	{ "ioctl", { 0, SIOCBRADDBR }, OPEN_ALL, EPERM },
	{ "ioctl", { 0, SIOCBRDELBR }, OPEN_ALL, EPERM },
	{ "ioctl", { 0, SIOCBRADDIF }, OPEN_ALL, EPERM },
	{ "ioctl", { 0, SIOCBRDELIF }, OPEN_ALL, EPERM },
	{ "ioctl", { 0, SIOCGIFVLAN }, OPEN_ALL, EPERM },
	{ "ioctl", { 0, GARBAGE | SIOCSIFVLAN }, OPEN_ALL, EPERM },
	{ "ioctl", { 0, FICLONE }, 0, ALLOW },
	{ "ioctl", { 0, FICLONERANGE }, 0, ALLOW },
	{ "ioctl", { 0, FIDEDUPERANGE }, 0, ALLOW },
	{ "ioctl", { 0, FS_IOC_FSGETXATTR }, 0, ALLOW },
	{ "ioctl", { 0, 0x50009401 /* SNAP_CREATE */ }, OPEN_ALL, ENOTTY },
	{ "ioctl", { 0, GARBAGE | 0x50009417 /* _V2 */ }, OPEN_ALL, ENOTTY },
	{ "ioctl", { 0, 0x5000940e /* SUBVOL_CREATE */ }, OPEN_ALL, ENOTTY },
	{ "ioctl", { 0, 0x50009418 /* _V2 */ }, OPEN_ALL, ENOTTY },
	{ "ioctl", { 0, 0x5000940f /* SNAP_DESTROY */ }, OPEN_ALL, ENOTTY },
	{ "ioctl", { 0, 0x5000943f /* _V2 */ }, OPEN_ALL, ENOTTY },
	{ "ioctl", { 0, 0x4008941a /* SUBVOL_SETFLAGS */ }, OPEN_ALL, ENOTTY },
	{ "ioctl", { 0, 0x4020bc10 /* bcachefs subvolume */ }, OPEN_ALL,
	    ENOTTY },

	{ "socket", { AF_UNIX, SOCK_STREAM }, 0, ALLOW },
	{ "socketpair", { AF_UNIX, SOCK_STREAM }, 0, ALLOW },
	{ "socket", { AF_INET, SOCK_STREAM }, 0, EAFNOSUPPORT },
	{ "socket", { AF_INET, SOCK_STREAM }, OPEN_INET6, EAFNOSUPPORT },
	{ "socket", { GARBAGE | AF_INET, SOCK_RAW }, 0, EAFNOSUPPORT },
	{ "socket", { AF_INET, SOCK_STREAM }, OPEN_INET, ALLOW },
	{ "socket", { AF_INET, SOCK_STREAM | SOCK_CLOEXEC, IPPROTO_TCP },
	    OPEN_INET, ALLOW },
	{ "socket", { AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, IPPROTO_UDP },
	    OPEN_INET, ALLOW },
	{ "socket", { AF_INET, SOCK_DGRAM, IPPROTO_ICMP }, OPEN_INET, ALLOW },
	{ "socket", { AF_INET, SOCK_DGRAM, GARBAGE }, OPEN_INET, ALLOW },
	{ "socket", { AF_INET, SOCK_RAW | SOCK_CLOEXEC }, OPEN_ALL, EPERM },
	{ "socket", { AF_INET, SOCK_RAW, IPPROTO_RAW }, OPEN_ALL, EPERM },
	{ "socket", { AF_INET, SOCK_STREAM, MPTCP }, OPEN_ALL,
	    EPROTONOSUPPORT },
	{ "socket", { AF_INET, SOCK_STREAM, GARBAGE | SMC }, OPEN_ALL,
	    EPROTONOSUPPORT },
	{ "socket", { AF_INET, SOCK_STREAM, IPPROTO_SCTP }, OPEN_ALL,
	    EPROTONOSUPPORT },
	{ "socket", { AF_INET, SOCK_SEQPACKET, IPPROTO_SCTP }, OPEN_ALL,
	    EPROTONOSUPPORT },
	{ "socket", { AF_INET, SOCK_SEQPACKET }, OPEN_ALL, EPROTONOSUPPORT },
	{ "socket", { AF_INET, SOCK_DCCP, IPPROTO_DCCP }, OPEN_ALL,
	    EPROTONOSUPPORT },
	{ "socket", { AF_INET, SOCK_DGRAM, IPPROTO_UDPLITE }, OPEN_INET,
	    ALLOW },
	{ "socket", { AF_INET6, SOCK_DGRAM, IPPROTO_UDPLITE }, OPEN_INET6,
	    ALLOW },
	{ "socket", { AF_INET, SOCK_DGRAM, L2TP }, OPEN_ALL, EPROTONOSUPPORT },
	{ "socket", { AF_INET, SOCK_DGRAM, IPPROTO_ICMPV6 }, OPEN_ALL,
	    EPROTONOSUPPORT },
	{ "socket", { AF_INET, SOCK_PACKET }, OPEN_ALL, EPROTONOSUPPORT },
	{ "socket", { AF_INET, GARBAGE | SOCK_PACKET | SOCK_CLOEXEC }, OPEN_ALL,
	    EPROTONOSUPPORT },
	{ "socket", { AF_INET6, SOCK_DGRAM }, OPEN_INET, EAFNOSUPPORT },
	{ "socket", { AF_INET6, SOCK_DGRAM }, OPEN_INET6, ALLOW },
	{ "socket", { AF_INET6, SOCK_STREAM, IPPROTO_TCP }, OPEN_INET6, ALLOW },
	{ "socket", { AF_INET6, SOCK_DGRAM, IPPROTO_UDP }, OPEN_INET6, ALLOW },
	{ "socket", { AF_INET6, SOCK_DGRAM, IPPROTO_ICMPV6 }, OPEN_INET6,
	    ALLOW },
	{ "socket", { AF_INET6, SOCK_DGRAM, IPPROTO_ICMP }, OPEN_ALL,
	    EPROTONOSUPPORT },
	{ "socket", { AF_INET6, SOCK_RAW, IPPROTO_ICMPV6 }, OPEN_ALL, EPERM },
	{ "socket", { AF_INET6, SOCK_STREAM, MPTCP }, OPEN_ALL,
	    EPROTONOSUPPORT },
	{ "socket", { AF_INET6, SOCK_DGRAM, L2TP }, OPEN_ALL, EPROTONOSUPPORT },
	{ "socket", { AF_INET6, SOCK_PACKET }, OPEN_ALL, EPROTONOSUPPORT },
	{ "socket", { AF_NETLINK, SOCK_RAW, 0 }, 0, ALLOW },
	{ "socket", { AF_NETLINK, SOCK_RAW, GARBAGE }, 0, ALLOW },
	{ "socket", { AF_NETLINK, SOCK_RAW, 9 /* AUDIT */ }, 0,
	    EPROTONOSUPPORT },
	{ "socket", { AF_NETLINK, SOCK_RAW, GARBAGE | 12 /* NETFILTER */ },
	    OPEN_ALL, EPROTONOSUPPORT },
	{ "socket", { AF_INET, SOCK_RAW, IPPROTO_RAW }, OPEN_ALL | OPEN_RAW,
	    ALLOW },
	{ "socket", { AF_INET6, SOCK_RAW, IPPROTO_ICMPV6 }, OPEN_ALL | OPEN_RAW,
	    ALLOW },
	{ "socket", { AF_PACKET, SOCK_RAW, 0x300 }, OPEN_ALL | OPEN_RAW,
	    EPROTONOSUPPORT },
	{ "socket", { AF_INET, SOCK_PACKET }, OPEN_ALL | OPEN_RAW,
	    EPROTONOSUPPORT },
	{ "socket", { AF_INET, SOCK_RAW, IPPROTO_ICMP }, OPEN_OWN, ALLOW },
	{ "socket", { AF_INET, GARBAGE | SOCK_RAW | SOCK_CLOEXEC, IPPROTO_RAW },
	    OPEN_OWN, ALLOW },
	{ "socket", { AF_INET6, SOCK_RAW, IPPROTO_ICMPV6 }, OPEN_OWN, ALLOW },
	{ "socket", { AF_INET, SOCK_STREAM, MPTCP }, OPEN_OWN,
	    EPROTONOSUPPORT },
	{ "socket", { AF_INET, SOCK_STREAM, IPPROTO_SCTP }, OPEN_OWN,
	    EPROTONOSUPPORT },
	{ "socket", { AF_INET, SOCK_PACKET }, OPEN_OWN, EPROTONOSUPPORT },
	{ "socket", { AF_PACKET, SOCK_RAW, 0x300 }, OPEN_OWN, ALLOW },
	{ "socket", { GARBAGE | AF_PACKET, SOCK_DGRAM }, OPEN_OWN, ALLOW },
	{ "socket", { AF_NETLINK, SOCK_RAW, 0 }, OPEN_OWN, ALLOW },
	{ "socket", { AF_NETLINK, SOCK_RAW, 2 /* USERSOCK */ }, OPEN_OWN,
	    EPROTONOSUPPORT },
	{ "socket", { AF_NETLINK, SOCK_RAW, 4 /* SOCK_DIAG */ }, OPEN_OWN,
	    ALLOW },
	{ "socket", { AF_NETLINK, SOCK_RAW, 6 /* XFRM */ }, OPEN_OWN, ALLOW },
	{ "socket", { AF_NETLINK, SOCK_RAW, 9 /* AUDIT */ }, OPEN_OWN,
	    EPROTONOSUPPORT },
	{ "socket", { AF_NETLINK, SOCK_RAW, GARBAGE | 12 /* NETFILTER */ },
	    OPEN_OWN, ALLOW },
	{ "socket", { AF_NETLINK, SOCK_RAW, 15 /* UEVENT */ }, OPEN_OWN,
	    ALLOW },
	{ "socket", { AF_NETLINK, SOCK_RAW, 16 /* GENERIC */ }, OPEN_OWN,
	    ALLOW },
	{ "socket", { AF_NETLINK, SOCK_RAW, 21 /* CRYPTO */ }, OPEN_OWN,
	    EPROTONOSUPPORT },
	{ "socket", { AF_KEY, SOCK_RAW, 2 }, OPEN_OWN, EPROTONOSUPPORT },
	{ "socket", { AF_XDP, SOCK_RAW }, OPEN_OWN, EPROTONOSUPPORT },
	{ "socket", { AF_UNSPEC }, 0, EPROTONOSUPPORT },
	{ "socket", { AF_BLUETOOTH, SOCK_RAW }, 0, EPROTONOSUPPORT },
	{ "socket", { AF_BLUETOOTH, SOCK_RAW }, OPEN_SOCKET_AF, ALLOW },
	{ "socket", { AF_ALG, SOCK_SEQPACKET }, OPEN_ALL, EPROTONOSUPPORT },
	{ "socket", { GARBAGE | AF_ALG }, OPEN_ALL, EPROTONOSUPPORT },
	{ "socketpair", { AF_ALG }, OPEN_ALL, EPROTONOSUPPORT },
	{ "socket", { AF_VSOCK }, OPEN_ALL, EPROTONOSUPPORT },
	{ "socket", { AF_PACKET }, OPEN_ALL, EPROTONOSUPPORT },
	{ "socket", { AF_XDP }, OPEN_ALL, EPROTONOSUPPORT },
	{ "socket", { AF_KEY }, OPEN_ALL, EPROTONOSUPPORT },
	{ "socket", { AF_SMC }, OPEN_ALL, EPROTONOSUPPORT },
	{ "socket", { AF_RDS }, OPEN_ALL, EPROTONOSUPPORT },
	{ "socket", { AF_RXRPC }, OPEN_ALL, EPROTONOSUPPORT },
	{ "socket", { 46 }, OPEN_ALL, EPROTONOSUPPORT },
	{ "socket", { UINT32_MAX }, OPEN_ALL, EPROTONOSUPPORT },
};

static uint32_t
load(const struct seccomp_data *data, uint32_t off)
{
	uint32_t word;

	assert_true(off % 4 == 0 && off < sizeof(*data));
	memcpy(&word, (const char *)data + off, sizeof(word));
	return word;
}

static bool
taken(const struct sock_filter *i, uint32_t a)
{
	switch (BPF_OP(i->code)) {
	case BPF_JEQ:
		return a == i->k;
	case BPF_JGE:
		return a >= i->k;
	case BPF_JSET:
		return (a & i->k) != 0;
	default:
		fail_msg("jump %#x", i->code);
		return false;
	}
}

/* The return value of the program. */
static uint32_t
run(const struct seccomp_data *data)
{
	const struct sock_filter *i;
	uint32_t a = 0;
	size_t pc = 0;

	for (;;) {
		assert_true(pc < prog_len);
		i = &prog[pc++];
		if (i->code == (BPF_LD | BPF_W | BPF_ABS))
			a = load(data, i->k);
		else if (i->code == (BPF_ALU | BPF_AND | BPF_K))
			a &= i->k;
		else if (i->code == (BPF_JMP | BPF_JA))
			pc += i->k;
		else if (BPF_CLASS(i->code) == BPF_JMP)
			pc += taken(i, a) ? i->jt : i->jf;
		else if (i->code == (BPF_RET | BPF_K))
			return i->k;
		else
			fail_msg("instruction %#x", i->code);
	}
}

/* The verdict on a call: an errno, ALLOW or KILL. */
static int
verdict(uint32_t audit, int nr, const uint64_t arg[3])
{
	struct seccomp_data data = { .arch = audit, .nr = nr };
	uint32_t ret;

	if (arg != NULL)
		memcpy(data.args, arg, 3 * sizeof(*arg));
	ret = run(&data);
	if (ret == SECCOMP_RET_ALLOW)
		return ALLOW;
	if (ret == SECCOMP_RET_KILL_PROCESS)
		return KILL;
	assert_int_equal(ret & SECCOMP_RET_ACTION_FULL, SECCOMP_RET_ERRNO);
	return (int)(ret & SECCOMP_RET_DATA);
}

/* What a rule says of a call whose arguments are all 0. */
static int
expected(enum filter_rule rule, unsigned int open)
{
	static const struct {
		unsigned int need;
		int shut, opened;
	} rules[] = {
		[F_ENOSYS] = { 0, 0, ENOSYS },
		[F_ALLOW] = { 0, 0, ALLOW },
		[F_EPERM] = { 0, 0, EPERM },
		[F_CLONE] = { 0, 0, ALLOW },
		[F_UNSHARE] = { 0, 0, ALLOW },
		[F_PERSONALITY] = { 0, 0, ALLOW },
		[F_IOCTL] = { 0, 0, ALLOW },
		[F_SOCKET] = { OPEN_SOCKET_AF, EPROTONOSUPPORT, ALLOW },
		[F_SYSLOG] = { 0, 0, EPERM },
		[F_SYSVMSG] = { OPEN_SYSVMSG, ENOSYS, ALLOW },
		[F_SYSVSEM] = { OPEN_SYSVSEM, ENOSYS, ALLOW },
		[F_SYSVSHM] = { OPEN_SYSVSHM, ENOSYS, ALLOW },
		[F_SYSVIPC] = { OPEN_SYSV, ENOSYS, ALLOW },
	};

	assert_true(rule < nitems(rules));
	return (open & rules[rule].need) == rules[rule].need
		   ? rules[rule].opened
		   : rules[rule].shut;
}

static enum filter_rule
rule_of(uint32_t scmp, int nr)
{
	char *name = seccomp_syscall_resolve_num_arch(scmp, nr);
	enum filter_rule rule = F_ENOSYS;
	struct filter_word w;

	/* A number without a name counts where numbers are common. */
	if ((name != NULL || nr >= 424) && filter_word_find(&w, name, nr))
		rule = w.group->rule;
	free(name);
	return rule;
}

static void
test_every_number(void **state)
{
	unsigned int open;
	enum filter_rule rule[nitems(arch)][MAX_NR + 1];
	size_t a;
	int nr;

	(void)state;
	for (a = 0; a < nitems(arch); a++) {
		for (nr = 0; nr <= MAX_NR; nr++)
			rule[a][nr] = rule_of(arch[a].scmp, nr);
	}
	for (open = 0; open <= OPEN_LAST; open++) {
		emit(open);
		for (a = 0; a < nitems(arch); a++) {
			for (nr = 0; nr <= MAX_NR; nr++)
				assert_int_equal(
				    verdict(arch[a].audit, nr, NULL),
				    expected(rule[a][nr], open));
		}
	}
}

static bool
is_call(uint32_t scmp, int nr, const char *name)
{
	char *known = seccomp_syscall_resolve_num_arch(scmp, nr);
	bool ret = known != NULL && strcmp(known, name) == 0;

	free(known);
	return ret;
}

/* Try a row on each architecture that has the call; how many have it. */
static size_t
try_call(const struct call *c)
{
	size_t a, ret = 0;
	int nr;

	for (a = 0; a < nitems(arch); a++) {
		for (nr = 0; nr <= MAX_NR; nr++) {
			if (!is_call(arch[a].scmp, nr, c->name))
				continue;
			ret++;
			if (verdict(arch[a].audit, nr, c->arg) != c->verdict)
				fail_msg("%s(%#jx, %#jx, %#jx)", c->name,
				    (uintmax_t)c->arg[0], (uintmax_t)c->arg[1],
				    (uintmax_t)c->arg[2]);
		}
	}
	return ret;
}

static void
test_calls(void **state)
{
	struct filter_word w;
	size_t i;

	(void)state;
	for (i = 0; i < nitems(calls); i++) {
		emit(calls[i].open);
		/* Not every architecture has each, nor an old libseccomp. */
		if (try_call(&calls[i]) == 0)
			assert_true(filter_word_find(&w, calls[i].name, -1));
	}
}

static void
test_strange_numbers(void **state)
{
	static const uint32_t nrs[] = { X32, X32 + 1, X32 + 59, X32 + 512,
		X32 + 547, X32 | 165, UINT32_MAX, 0x80000000, 0x7fffffff,
		100000 };
	size_t a, i;

	(void)state;
	emit(OPEN_ALL);
	for (a = 0; a < nitems(arch); a++) {
		for (i = 0; i < nitems(nrs); i++)
			assert_int_equal(
			    verdict(arch[a].audit, (int)nrs[i], NULL), ENOSYS);
	}
}

static void
test_strange_architecture(void **state)
{
	static const uint32_t audit[] = { 0, AUDIT_ARCH_MIPS, AUDIT_ARCH_PPC64,
		AUDIT_ARCH_S390X, AUDIT_ARCH_RISCV64, UINT32_MAX,
		AUDIT_ARCH_X86_64 & ~(uint32_t)__AUDIT_ARCH_LE };
	size_t i;
	int nr;

	(void)state;
	emit(OPEN_ALL);
	for (i = 0; i < nitems(audit); i++) {
		for (nr = 0; nr < MAX_NR; nr++)
			assert_int_equal(verdict(audit[i], nr, NULL), KILL);
	}
}

/* Too little room is an error, and nothing is written beyond it. */
static void
test_room(void **state)
{
	struct sock_filter guard, some[FILTER_MAX];
	size_t max;

	(void)state;
	emit(OPEN_ALL);
	memset(&guard, 0xa5, sizeof(guard));
	for (max = 0; max <= prog_len; max++) {
		some[max] = guard;
		assert_int_equal(filter_emit(some, max, OPEN_ALL),
		    max < prog_len ? -ENOSPC : (int)prog_len);
		assert_memory_equal(&some[max], &guard, sizeof(guard));
	}
	assert_memory_equal(some, prog, prog_len * sizeof(*prog));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_number),
		cmocka_unit_test(test_calls),
		cmocka_unit_test(test_strange_numbers),
		cmocka_unit_test(test_strange_architecture),
		cmocka_unit_test(test_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
