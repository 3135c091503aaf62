/* SPDX-License-Identifier: BSD-2-Clause */
/* What parameters mean: each row sets some and names the whole outcome. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <linux/capability.h>

#include "cleanup.h"
#include "policy.h"
#include "pset.h"

#define BIT(cap) (UINT64_C(1) << (cap))
#define BASE                                                                   \
	(BIT(CAP_CHOWN) | BIT(CAP_DAC_OVERRIDE) | BIT(CAP_FOWNER) |            \
	    BIT(CAP_FSETID) | BIT(CAP_KILL) | BIT(CAP_SETGID) |                \
	    BIT(CAP_SETUID) | BIT(CAP_SETPCAP) | BIT(CAP_SETFCAP) |            \
	    BIT(CAP_SYS_CHROOT) | BIT(CAP_IPC_OWNER))
#define HOSTNAME BIT(CAP_SYS_ADMIN)
#define PORTS BIT(CAP_NET_BIND_SERVICE)
#define OWN (BIT(CAP_SYS_NICE) | BIT(CAP_SYS_PTRACE)) /* in a namespace */
#define DEFAULT (BASE | HOSTNAME | PORTS | OWN)
#define OPEN_SYSV (OPEN_SYSVMSG | OPEN_SYSVSEM | OPEN_SYSVSHM)

static const struct {
	struct {
		enum param_id id;
		const char *text;
	} set[3];
	uint64_t caps;
	unsigned int open;
	bool mlock;
} rows[] = {
	{ { { 0, NULL } }, DEFAULT, 0, false },
	{ { { P_IP4, "inherit" } }, DEFAULT, OPEN_INET, false },
	{ { { P_IP4, "new" } }, DEFAULT, OPEN_INET, false },
	{ { { P_IP4, "disable" } }, DEFAULT, 0, false },
	{ { { P_IP4, "new" }, { P_IP6, "inherit" } }, DEFAULT,
	    OPEN_INET | OPEN_INET6, false },
	{ { { P_SYSVMSG, "new" } }, DEFAULT, OPEN_SYSVMSG, false },
	{ { { P_SYSVSEM, "inherit" } }, DEFAULT, OPEN_SYSVSEM, false },
	{ { { P_SYSVSHM, "new" } }, DEFAULT, OPEN_SYSVSHM, false },
	/* it stands for three others, and opens nothing that they do not */
	{ { { P_ALLOW_SYSVIPC, "true" } }, DEFAULT, 0, false },
	{ { { P_ALLOW_SYSVIPC, "true" }, { P_SYSVMSG, "inherit" },
	      { P_SYSVSHM, "disable" } },
	    DEFAULT, OPEN_SYSVMSG, false },
	{ { { P_SYSVMSG, "new" }, { P_SYSVSEM, "new" }, { P_SYSVSHM, "new" } },
	    DEFAULT, OPEN_SYSV, false },
	{ { { P_ALLOW_SOCKET_AF, "true" } }, DEFAULT, OPEN_SOCKET_AF, false },
	{ { { P_ALLOW_READ_MSGBUF, "true" } }, DEFAULT | BIT(CAP_SYSLOG),
	    OPEN_MSGBUF, false },
	{ { { P_ALLOW_MLOCK, "true" } }, DEFAULT | BIT(CAP_IPC_LOCK), 0, true },
	{ { { P_ALLOW_SET_HOSTNAME, "false" } }, BASE | PORTS | OWN, 0, false },
	{ { { P_ALLOW_RESERVED_PORTS, "false" } }, BASE | HOSTNAME | OWN, 0,
	    false },
	{ { { P_ALLOW_RAW_SOCKETS, "true" } }, DEFAULT | BIT(CAP_NET_RAW), 0,
	    false },
	{ { { P_ALLOW_CHFLAGS, "true" } }, DEFAULT, 0, false },
	/* the host's user namespace: nothing that reaches beyond */
	{ { { P_USERNS, "inherit" } }, BASE | PORTS, 0, false },
	{ { { P_USERNS, "inherit" }, { P_ALLOW_SET_HOSTNAME, "true" } },
	    BASE | PORTS, 0, false },
	{ { { P_USERNS, "inherit" }, { P_ALLOW_CHFLAGS, "true" } },
	    BASE | PORTS | BIT(CAP_LINUX_IMMUTABLE), 0, false },
	{ { { P_USERNS, "inherit" }, { P_ALLOW_CHFLAGS, "true" },
	      { P_SECURELEVEL, "0" } },
	    BASE | PORTS | BIT(CAP_LINUX_IMMUTABLE), 0, false },
	{ { { P_USERNS, "inherit" }, { P_ALLOW_CHFLAGS, "true" },
	      { P_SECURELEVEL, "1" } },
	    BASE | PORTS, 0, false },
	{ { { P_USERNS, "inherit" }, { P_ALLOW_READ_MSGBUF, "true" } },
	    BASE | PORTS, OPEN_MSGBUF, false },
	{ { { P_USERNS, "inherit" }, { P_ALLOW_RAW_SOCKETS, "true" } },
	    BASE | PORTS | BIT(CAP_NET_RAW), OPEN_RAW, false },
	{ { { P_USERNS, "inherit" }, { P_VNET, "new" } },
	    BASE | PORTS | BIT(CAP_NET_RAW),
	    OPEN_INET | OPEN_INET6 | OPEN_VNET | OPEN_RAW, false },
	{ { { P_VNET, "new" } },
	    DEFAULT | BIT(CAP_NET_RAW) | BIT(CAP_NET_ADMIN) |
		BIT(CAP_NET_BROADCAST),
	    OPEN_INET | OPEN_INET6 | OPEN_VNET | OPEN_RAW, false },
	{ { { P_ALLOW_SUSER, "false" } }, 0, 0, false },
	{ { { P_ALLOW_SUSER, "false" }, { P_ALLOW_MLOCK, "true" },
	      { P_IP4, "inherit" } },
	    0, OPEN_INET, true },
};

static void
test_rows(void **state)
{
	struct policy p;
	size_t i, k;

	(void)state;
	for (i = 0; i < nitems(rows); i++) {
		struct pset s = { 0 };

		for (k = 0; k < nitems(rows[i].set); k++) {
			if (rows[i].set[k].text != NULL)
				assert_int_equal(pset_put(&s, rows[i].set[k].id,
						     rows[i].set[k].text),
				    0);
		}
		policy_get(&p, &s);
		if (p.caps != rows[i].caps || p.open != rows[i].open ||
		    p.mlock != rows[i].mlock)
			fail_msg("row %zu: caps %#jx, open %#x, mlock %d", i,
			    (uintmax_t)p.caps, p.open, p.mlock);
		pset_done(&s);
	}
}

/* Whatever a jail may do: never these. */
static void
test_never(void **state)
{
	static const int never[] = { CAP_SYS_MODULE, CAP_SYS_RAWIO,
		CAP_SYS_TIME, CAP_SYS_BOOT, CAP_MKNOD, CAP_DAC_READ_SEARCH,
		CAP_BPF, CAP_PERFMON, CAP_MAC_ADMIN, CAP_MAC_OVERRIDE,
		CAP_SYS_PACCT, CAP_SYS_TTY_CONFIG, CAP_CHECKPOINT_RESTORE };
	static const int hosts[] = { CAP_SYS_ADMIN, CAP_SYS_PTRACE,
		CAP_SYS_NICE, CAP_SYS_RESOURCE, CAP_NET_ADMIN, CAP_SYSLOG,
		CAP_LEASE, CAP_AUDIT_CONTROL, CAP_AUDIT_WRITE };
	struct pset s = { 0 };
	struct policy p;
	size_t i;

	(void)state;
	for (i = 0; i < P_COUNT; i++) {
		if (param((enum param_id)i)->type == JAILX_BOOL)
			assert_int_equal(
			    pset_put(&s, (enum param_id)i, "true"), 0);
	}
	policy_get(&p, &s);
	for (i = 0; i < nitems(never); i++)
		assert_false(p.caps >> never[i] & 1);
	/* nor these, where they would be the host's */
	assert_int_equal(pset_put(&s, P_USERNS, "inherit"), 0);
	assert_int_equal(pset_put(&s, P_VNET, "new"), 0);
	policy_get(&p, &s);
	for (i = 0; i < nitems(never); i++)
		assert_false(p.caps >> never[i] & 1);
	for (i = 0; i < nitems(hosts); i++)
		assert_false(p.caps >> hosts[i] & 1);
	pset_done(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_never),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
