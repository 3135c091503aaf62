/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Devices of a jail whose root has the host's ids.  That its file systems are
 * mounted nodev and that it has no CAP_MKNOD keeps it from devices already;
 * this holds whatever file a node lies in, and whoever opens it there.
 */
#include "jail_devices.h"

static __always_inline bool
is_device(__u32 major, __u32 minor)
{
#define IS(name, ma, mi)                                                       \
	if (major == (ma) && minor == (mi))                                    \
		return true;
	JAIL_DEVICES(IS)
#undef IS
	if (major == JAIL_PTMX_MAJOR && minor == JAIL_PTMX_MINOR)
		return true;
	return major >= JAIL_PTS_MAJOR && major <= JAIL_PTS_MAJOR_LAST;
}

SEC("cgroup/dev")
int
jail_device(struct bpf_cgroup_dev_ctx *ctx)
{
	__u32 type = ctx->access_type & 0xffff, access = ctx->access_type >> 16;
	struct net_policy *p;
	__u64 jail;

	if ((p = policy_current(&jail)) == NULL ||
	    (p->flags & NET_DEVICES) == 0)
		return ALLOW;
	/* our own, in the jail's cgroup itself: it makes /dev */
	if (bpf_get_current_cgroup_id() == jail)
		return ALLOW;
	if ((access & BPF_DEVCG_ACC_MKNOD) != 0 || type != BPF_DEVCG_DEV_CHAR)
		return REFUSE;
	return is_device(ctx->major, ctx->minor) ? ALLOW : REFUSE;
}
