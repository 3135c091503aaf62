/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Emission of the system call filter.
 *
 *	switch (arch) {
 *	case each architecture:
 *		search the runs of numbers, by halves
 *		goto the run's rule
 *	default:
 *		kill
 *	}
 *	rule: return a verdict, or look at arguments first
 *
 * Jumps go forward only, and a conditional one no further than 255, so the
 * program is built from its end: whatever is jumped to is there already, and
 * known by its distance from the end.  What has come out of reach is put down
 * again (a verdict) or reached through an unconditional jump.
 *
 * The kernel keeps, for each number, whether the filter allows it whatever
 * the arguments, found by running it; it can do so as the search uses only
 * loads of arch and number, and comparisons.
 *
 * Arguments that the kernel takes as int or unsigned int are compared by the
 * low word alone: the kernel ignores the high one, so a filter that did not
 * would be passed by setting it.
 */
#include <assert.h>
#include <errno.h>
#include <linux/audit.h>
#include <linux/fs.h>
#include <linux/netlink.h>
#include <linux/seccomp.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <sched.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/personality.h>
#include <sys/socket.h>

#include "cleanup.h"
#include "filter.h"
#include "filter_table.h"
#include "policy.h"

#include "filter_runs.h"

#define FAR 200 /* of the 255 that a jump reaches: room for one rule */
#define BLOCK 16 /* the longest rule */

#define DATA(field) ((uint32_t)offsetof(struct seccomp_data, field))
#define LOW(n) (DATA(args) + 8 * (n) + LOW_WORD)
#define HIGH(n) (DATA(args) + 8 * (n) + 4 - LOW_WORD)
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define LOW_WORD 0
#else
#define LOW_WORD 4
#endif

#define LD (BPF_LD | BPF_W | BPF_ABS)
#define AND (BPF_ALU | BPF_AND | BPF_K)
#define JEQ (BPF_JMP | BPF_JEQ | BPF_K)
#define JGE (BPF_JMP | BPF_JGE | BPF_K)
#define JSET (BPF_JMP | BPF_JSET | BPF_K)
#define JA (BPF_JMP | BPF_JA)
#define RET (BPF_RET | BPF_K)

#define REFUSE(err) (SECCOMP_RET_ERRNO | (err))

#define CLONE_NEWANY                                                           \
	(CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC |         \
	    CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET)
#define UNSHARE_ANY (CLONE_FILES | CLONE_FS | CLONE_SYSVSEM)

#define NEXT F_COUNT /* a target: the step below */
#define TYPE_MASK 0xf /* the rest are SOCK_CLOEXEC... */
#define AF_END 46 /* beyond the families of Linux 6.x */

/* One instruction of a rule. */
struct step {
	uint16_t code;
	uint32_t k;
	uint8_t yes, no; /* where jumps go: enum filter_rule */
};

/* The namespace flags lie in the low word; so do all others of clone. */
static const struct step clone_steps[] = {
	{ LD, LOW(0), 0, 0 },
	{ JSET, CLONE_NEWANY | CLONE_PARENT, F_EPERM, F_ALLOW },
};

/* Nothing but what is known to be harmless, for flags are still added. */
static const struct step unshare_steps[] = {
	{ LD, LOW(0), 0, 0 },
	{ JSET, ~(uint32_t)UNSHARE_ANY, F_EPERM, NEXT },
	{ LD, HIGH(0), 0, 0 },
	{ JSET, UINT32_MAX, F_EPERM, F_ALLOW },
};

/* gdb and setarch -R ask for ADDR_NO_RANDOMIZE. */
static const struct step personality_steps[] = {
	{ LD, LOW(0), 0, 0 },
	{ JEQ, UINT32_MAX, F_ALLOW, NEXT },
	{ JEQ, PER_LINUX, F_ALLOW, NEXT },
	{ JEQ, PER_LINUX32, F_ALLOW, NEXT },
	{ JEQ, UNAME26, F_ALLOW, NEXT },
	{ JEQ, UNAME26 | PER_LINUX32, F_ALLOW, NEXT },
	{ JEQ, ADDR_NO_RANDOMIZE, F_ALLOW, F_EPERM },
};

/* By the type in the request, which is how the kernel's authors share them. */
#define IOCTL_TYPE 0xff00
#define TTY ('T' << 8)
#define SOCKET 0x8900
#define BTRFS 0x9400
#define BCACHEFS 0xbc00

static const struct step ioctl_steps[] = {
	{ LD, LOW(1), 0, 0 }, { AND, IOCTL_TYPE, 0, 0 },
	{ JEQ, TTY, F_IOCTL_TTY, NEXT }, { JEQ, SOCKET, F_IOCTL_SOCKET, NEXT },
	{ JEQ, BTRFS, F_IOCTL_BTRFS, NEXT },
	{ JEQ, BCACHEFS, F_ENOTTY, F_ALLOW }, /* as btrfs, with nothing else */
};

static const struct step tty_steps[] = {
	{ LD, LOW(1), 0, 0 },
	{ JEQ, TIOCSTI, F_EPERM, NEXT }, /* types for who reads it */
	{ JEQ, TIOCLINUX, F_EPERM, NEXT }, /* the same, by selecting */
	{ JEQ, TIOCSETD, F_EPERM, F_ALLOW }, /* loads any discipline */
};
static_assert((TIOCSTI & IOCTL_TYPE) == TTY && (TIOCLINUX & IOCTL_TYPE) == TTY,
    "they are of that type");
static_assert((TIOCSETD & IOCTL_TYPE) == TTY, "it is of that type");

/*
 * On a socket of any family these load a module first and look at rights
 * afterwards: bridge, or 8021q.
 */
static const struct step ioctl_socket_steps[] = {
	{ LD, LOW(1), 0, 0 },
	{ JEQ, SIOCGIFBR, F_EPERM, NEXT },
	{ JEQ, SIOCSIFBR, F_EPERM, NEXT },
	{ JEQ, SIOCBRADDBR, F_EPERM, NEXT },
	{ JEQ, SIOCBRDELBR, F_EPERM, NEXT },
	{ JEQ, SIOCBRADDIF, F_EPERM, NEXT },
	{ JEQ, SIOCBRDELIF, F_EPERM, NEXT },
	{ JEQ, SIOCGIFVLAN, F_EPERM, NEXT },
	{ JEQ, SIOCSIFVLAN, F_EPERM, F_ALLOW },
};

/*
 * A snapshot by a file that the jail's root owns is one of the whole
 * subvolume, which may be the host's root (before the kernel asked for the
 * subvolume's own directory); subvolumes are not under the jail's quota, and
 * rm -r of the host stops at them.  What all file systems have stays.
 */
static const struct step btrfs_steps[] = {
	{ LD, LOW(1), 0, 0 },
	{ JEQ, FICLONE, F_ALLOW, NEXT }, /* cp --reflink */
	{ JEQ, FICLONERANGE, F_ALLOW, NEXT },
	{ JEQ, FIDEDUPERANGE, F_ALLOW, F_ENOTTY },
};

/* SYSLOG_ACTION_READ_ALL and _SIZE_BUFFER: the rest consume, clear or mute. */
static const struct step syslog_steps[] = {
	{ LD, LOW(0), 0, 0 },
	{ JEQ, 3, F_ALLOW, NEXT },
	{ JEQ, 10, F_ALLOW, F_EPERM },
};

static const struct step socket_steps[] = {
	{ LD, LOW(0), 0, 0 },
	{ JEQ, AF_UNIX, F_ALLOW, NEXT },
	{ JEQ, AF_INET, F_INET, NEXT },
	{ JEQ, AF_INET6, F_INET6, NEXT },
	{ JEQ, AF_NETLINK, F_NETLINK, NEXT },
	{ JEQ, AF_PACKET, F_PACKET, F_AF },
};

/*
 * What the address rules of a jail cover: TCP, UDP, UDP-Lite and ICMP echo.
 * SCTP, DCCP, L2TP, MPTCP, SMC and what else there is bind and send on ways
 * of their own, and most load a module: a stack of the jail's own (vnet) does
 * not open them either.  SOCK_PACKET is the old name of AF_PACKET.  SOCK_RAW
 * is EPERM without the capability, as everywhere.
 */
static const struct step inet_steps[] = {
	{ LD, LOW(1), 0, 0 },
	{ AND, TYPE_MASK, 0, 0 },
	{ JEQ, SOCK_STREAM, F_STREAM, NEXT },
	{ JEQ, SOCK_DGRAM, F_DGRAM, NEXT },
	{ JEQ, SOCK_RAW, F_RAW, F_EPROTONOSUPPORT },
};

static const struct step inet6_steps[] = {
	{ LD, LOW(1), 0, 0 },
	{ AND, TYPE_MASK, 0, 0 },
	{ JEQ, SOCK_STREAM, F_STREAM, NEXT },
	{ JEQ, SOCK_DGRAM, F_DGRAM6, NEXT },
	{ JEQ, SOCK_RAW, F_RAW, F_EPROTONOSUPPORT },
};

static const struct step stream_steps[] = {
	{ LD, LOW(2), 0, 0 },
	{ JEQ, 0, F_ALLOW, NEXT }, /* TCP */
	{ JEQ, IPPROTO_TCP, F_ALLOW, F_EPROTONOSUPPORT },
};

static const struct step dgram_steps[] = {
	{ LD, LOW(2), 0, 0 }, { JEQ, 0, F_ALLOW, NEXT }, /* UDP */
	{ JEQ, IPPROTO_UDP, F_ALLOW, NEXT },
	{ JEQ, IPPROTO_UDPLITE, F_ALLOW, NEXT },
	{ JEQ, IPPROTO_ICMP, F_ALLOW, F_EPROTONOSUPPORT }, /* ping(8) */
};

static const struct step dgram6_steps[] = {
	{ LD, LOW(2), 0, 0 },
	{ JEQ, 0, F_ALLOW, NEXT },
	{ JEQ, IPPROTO_UDP, F_ALLOW, NEXT },
	{ JEQ, IPPROTO_UDPLITE, F_ALLOW, NEXT },
	{ JEQ, IPPROTO_ICMPV6, F_ALLOW, F_EPROTONOSUPPORT },
};

/* NETLINK_ROUTE alone: FreeBSD's route sockets. */
static const struct step netlink_steps[] = {
	{ LD, LOW(2), 0, 0 },
	{ JEQ, NETLINK_ROUTE, F_ALLOW, F_NETLINK_AF },
};

/*
 * Entered with the protocol loaded: those of which a network namespace has
 * its own.  Others are the host's, or load a module.
 */
static const struct step netlink_own_steps[] = {
	{ JEQ, NETLINK_SOCK_DIAG, F_ALLOW, NEXT }, /* ss(8) */
	{ JEQ, NETLINK_XFRM, F_ALLOW, NEXT }, /* IPsec: PRIV_NETINET_IPSEC */
	{ JEQ, NETLINK_NETFILTER, F_ALLOW, NEXT }, /* PRIV_NETINET_IPFW, PF */
	{ JEQ, NETLINK_KOBJECT_UEVENT, F_ALLOW, NEXT }, /* own interfaces */
	{ JEQ, NETLINK_GENERIC, F_ALLOW, F_EPROTONOSUPPORT }, /* ethtool(8) */
};

/* Entered with the family loaded.  Closed even with allow.socket_af: */
static const struct step other_steps[] = {
	{ JGE, AF_END, F_EPROTONOSUPPORT, NEXT }, /* unknown */
	{ JEQ, AF_ALG, F_EPROTONOSUPPORT, NEXT }, /* page cache writes */
	{ JEQ, AF_VSOCK, F_EPROTONOSUPPORT, NEXT }, /* the hypervisor */
	{ JEQ, AF_XDP, F_EPROTONOSUPPORT, NEXT }, /* the whole stack */
	{ JEQ, AF_KEY, F_EPROTONOSUPPORT, NEXT }, /* the host's IPsec */
	/* TCP or UDP of the kernel's own, which no address rule sees */
	{ JEQ, AF_SMC, F_EPROTONOSUPPORT, NEXT },
	{ JEQ, AF_RDS, F_EPROTONOSUPPORT, NEXT },
	{ JEQ, AF_RXRPC, F_EPROTONOSUPPORT, F_ALLOW },
};

#define STEPS(a)                                                               \
	{                                                                      \
		(a), nitems(a)                                                 \
	}

static const struct {
	const struct step *step;
	size_t n;
} rule_steps[] = {
	[F_CLONE] = STEPS(clone_steps),
	[F_UNSHARE] = STEPS(unshare_steps),
	[F_PERSONALITY] = STEPS(personality_steps),
	[F_IOCTL] = STEPS(ioctl_steps),
	[F_IOCTL_TTY] = STEPS(tty_steps),
	[F_IOCTL_SOCKET] = STEPS(ioctl_socket_steps),
	[F_IOCTL_BTRFS] = STEPS(btrfs_steps),
	[F_SYSLOG_READ] = STEPS(syslog_steps),
	[F_SOCKET] = STEPS(socket_steps),
	[F_INET_TYPE] = STEPS(inet_steps),
	[F_INET6_TYPE] = STEPS(inet6_steps),
	[F_STREAM] = STEPS(stream_steps),
	[F_DGRAM] = STEPS(dgram_steps),
	[F_DGRAM6] = STEPS(dgram6_steps),
	[F_NETLINK] = STEPS(netlink_steps),
	[F_NETLINK_OWN] = STEPS(netlink_own_steps),
	[F_OTHER_AF] = STEPS(other_steps),
};
static_assert(nitems(rule_steps) == F_OTHER_AF + 1, "a row per argument rule");
static_assert(
    nitems(other_steps) <= BLOCK && nitems(personality_steps) <= BLOCK,
    "rules fit into what FAR leaves free");

static const uint32_t verdict[] = {
	[F_ENOSYS] = REFUSE(ENOSYS),
	[F_ALLOW] = SECCOMP_RET_ALLOW,
	[F_EPERM] = REFUSE(EPERM),
	[F_EAFNOSUPPORT] = REFUSE(EAFNOSUPPORT),
	[F_EPROTONOSUPPORT] = REFUSE(EPROTONOSUPPORT),
	[F_ENOTTY] = REFUSE(ENOTTY),
	[F_KILL] = SECCOMP_RET_KILL_PROCESS,
};
static_assert(nitems(verdict) == F_KILL + 1, "a row per verdict");

/* Which rule stands for one that depends on the jail. */
static const struct {
	unsigned int need; /* all of these in open */
	uint8_t yes, no;
} by_open[] = {
	[F_SYSLOG] = { OPEN_MSGBUF, F_SYSLOG_READ, F_EPERM },
	[F_SYSVMSG] = { OPEN_SYSVMSG, F_ALLOW, F_ENOSYS },
	[F_SYSVSEM] = { OPEN_SYSVSEM, F_ALLOW, F_ENOSYS },
	[F_SYSVSHM] = { OPEN_SYSVSHM, F_ALLOW, F_ENOSYS },
	[F_SYSVIPC] = { OPEN_SYSVMSG | OPEN_SYSVSEM | OPEN_SYSVSHM, F_ALLOW,
	    F_ENOSYS },
	[F_INET] = { OPEN_INET, F_INET_TYPE, F_EAFNOSUPPORT },
	[F_INET6] = { OPEN_INET6, F_INET6_TYPE, F_EAFNOSUPPORT },
	[F_AF] = { OPEN_SOCKET_AF, F_OTHER_AF, F_EPROTONOSUPPORT },
	[F_RAW] = { OPEN_RAW, F_ALLOW, F_EPERM },
	[F_PACKET] = { OPEN_VNET, F_ALLOW, F_EPROTONOSUPPORT },
	[F_NETLINK_AF] = { OPEN_VNET, F_NETLINK_OWN, F_EPROTONOSUPPORT },
};
static_assert(nitems(by_open) == F_COUNT, "a row per rule that depends");

/*
 * The program in the making.  A place is the distance of an instruction from
 * the end, the last one being 1; 0 is none.
 */
struct emit {
	struct sock_filter *insn;
	size_t max;
	size_t n; /* instructions so far, or more */
	unsigned int open;
	bool far; /* a jump was too long */
	size_t at[F_COUNT]; /* the nearest of each rule */
};

/* How far a conditional jump in the newest instruction goes. */
static uint8_t
distance(struct emit *e, size_t place)
{
	size_t d = e->n - place - 1;

	if (d > UINT8_MAX)
		e->far = true;
	return (uint8_t)d;
}

/* Put an instruction before all others.  Too many are counted, not kept. */
static size_t
put(struct emit *e, uint16_t code, uint32_t k, size_t yes, size_t no)
{
	struct sock_filter *i;

	if (++e->n > e->max)
		return e->n;
	i = &e->insn[e->max - e->n];
	*i = (struct sock_filter){ .code = code, .k = k };
	if (code == JA) {
		i->k = (uint32_t)(e->n - yes - 1);
	} else if (BPF_CLASS(code) == BPF_JMP) {
		i->jt = distance(e, yes);
		i->jf = distance(e, no);
	}
	return e->n;
}

/* A place that leads to place and can be jumped to from here. */
static size_t
reach(struct emit *e, size_t place)
{
	return e->n - place < FAR ? place : put(e, JA, 0, place, 0);
}

static enum filter_rule
resolve(const struct emit *e, enum filter_rule rule)
{
	if (rule <= F_OTHER_AF)
		return rule;
	return (e->open & by_open[rule].need) == by_open[rule].need
		   ? by_open[rule].yes
		   : by_open[rule].no;
}

static size_t rule_place(struct emit *e, enum filter_rule rule);

static bool
is_jump(const struct step *s)
{
	return BPF_CLASS(s->code) == BPF_JMP;
}

/* The place of a step's target, given that of the step below it. */
static size_t
target(struct emit *e, enum filter_rule rule, size_t next)
{
	return rule == NEXT ? next : e->at[resolve(e, rule)];
}

/* All targets first, for a step may fall through to the one below it. */
static size_t
put_steps(struct emit *e, const struct step *step, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		if (!is_jump(&step[i]))
			continue;
		if (step[i].yes != NEXT)
			(void)rule_place(e, step[i].yes);
		if (step[i].no != NEXT)
			(void)rule_place(e, step[i].no);
	}
	for (i = n; i-- > 0;) {
		(void)put(e, step[i].code, step[i].k,
		    target(e, step[i].yes, e->n), target(e, step[i].no, e->n));
	}
	return e->n;
}

/* Where the rule is, put down first if it is not within reach. */
static size_t
rule_place(struct emit *e, enum filter_rule rule)
{
	size_t *at;

	rule = resolve(e, rule);
	at = &e->at[rule];
	if (*at != 0 && e->n - *at < FAR)
		return *at;
	if (rule <= F_KILL)
		*at = put(e, RET, verdict[rule], 0, 0);
	else if (*at != 0)
		*at = put(e, JA, 0, *at, 0);
	else
		*at = put_steps(e, rule_steps[rule].step, rule_steps[rule].n);
	return *at;
}

/* The search for a number among n runs. */
static size_t
put_search(struct emit *e, const struct filter_run *run, size_t n)
{
	size_t half = n / 2, above, below;

	if (n == 1)
		return rule_place(e, run[0].rule);
	above = put_search(e, run + half, n - half);
	below = put_search(e, run, half);
	above = reach(e, above);
	below = reach(e, below);
	return put(e, JGE, run[half].first, above, below);
}

/* The runs as they are for this jail: neighbours that agree become one. */
static size_t
merge_runs(const struct emit *e, const struct filter_arch *a,
    struct filter_run ret[static FILTER_RUNS])
{
	enum filter_rule rule;
	size_t i, n = 0;

	for (i = 0; i < a->nruns; i++) {
		rule = resolve(e, a->run[i].rule);
		if (n > 0 && ret[n - 1].rule == rule)
			continue;
		ret[n].first = a->run[i].first;
		ret[n++].rule = (uint8_t)rule;
	}
	return n;
}

/* The search of one architecture; others go on to other, which moves up. */
static void
put_arch(struct emit *e, const struct filter_arch *a, size_t *other)
{
	struct filter_run run[FILTER_RUNS] = { { 0 } };
	size_t place;

	place = put_search(e, run, merge_runs(e, a, run));
	if (place != e->n)
		(void)put(e, JA, 0, place, 0);
	place = put(e, LD, DATA(nr), 0, 0);
	*other = reach(e, *other);
	*other = put(e, JEQ, a->audit, place, *other);
}

int
filter_emit(struct sock_filter *insn, size_t max, unsigned int open)
{
	struct emit e = { .insn = insn, .max = max, .open = open };
	size_t i, place;

	if (max > FILTER_MAX)
		e.max = FILTER_MAX;
	place = rule_place(&e, F_KILL);
	for (i = nitems(filter_arch); i-- > 0;)
		put_arch(&e, &filter_arch[i], &place);
	(void)put(&e, LD, DATA(arch), 0, 0);
	if (e.n > e.max || e.far)
		return -ENOSPC;
	memmove(insn, insn + (e.max - e.n), e.n * sizeof(*insn));
	return (int)e.n;
}
