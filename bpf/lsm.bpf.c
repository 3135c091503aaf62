/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * What the hooks of the cgroup do not see; LSM hooks see every process of the
 * machine.  What the kernel's structs look like here is matched with its own
 * BTF when this is loaded.
 *
 * Abstract unix sockets: their names belong to the network namespace, which
 * jails share with the host, so a name is another's unless its socket was made
 * in the jail of who asks for it.  Sockets with a path are left to the file
 * system, those without a name to who was given them.
 *
 * Modules, which the kernel loads for whoever asks for what is in them: not
 * for a jail.
 */
#include <linux/bpf.h>
#include <linux/errno.h>
#include <stdbool.h>
#include <stddef.h>

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>

#include "jail_bpf.h"

#define LEVEL_MAX 16 /* of the tree of cgroups that is looked at */

/* ---- the kernel's structs, as far as they are used ---- */

#pragma clang attribute push(                                                  \
    __attribute__((preserve_access_index)), apply_to = record)

struct kernfs_node {
	const char *name;
	__u64 id;
};

struct cgroup {
	int level;
	struct kernfs_node *kn;
	struct cgroup *ancestors[];
};

struct css_set {
	struct cgroup *dfl_cgrp;
};

struct task_struct {
	struct css_set *cgroups;
};

struct sock_cgroup_data {
	struct cgroup *cgroup;
};

struct sock {
	struct sock_cgroup_data sk_cgrp_data;
};

struct socket {
	struct sock *sk;
};

struct sockaddr_un {
	unsigned short sun_family;
	char sun_path[1];
};

struct unix_address {
	int len;
	struct sockaddr_un name[];
};

struct unix_sock {
	struct unix_address *addr;
	struct sock *peer;
};

#pragma clang attribute pop

#define FAMILY_SIZE sizeof(unsigned short) /* before the text of a name */

/* ---- jails ---- */

/* Set by a call that these programs were asked about: they are in force. */
struct lsm_seen jail_seen SEC(".bss.seen");

static __always_inline struct cgroup *
ancestor(struct cgroup *cg, __u32 level)
{
	const char *list =
	    (const char *)cg + bpf_core_field_offset(struct cgroup, ancestors);
	struct cgroup *up = NULL;

	bpf_probe_read_kernel(
	    (void *)&up, sizeof(up), list + level * sizeof(up));
	return up;
}

static __always_inline struct kernfs_node *
node_at(struct cgroup *cg, __u32 level)
{
	return BPF_CORE_READ(ancestor(cg, level), kn);
}

/* The folder of jails, wherever it is: there may be two of them. */
static __always_inline bool
is_place(struct kernfs_node *kn)
{
	/* one comparison: compilers make many into a call of memcmp() */
	union {
		char s[8];
		__u64 v;
	} name = { .v = 0 }, jail = { .s = "jail" };

	bpf_probe_read_kernel(name.s, sizeof("jail"), BPF_CORE_READ(kn, name));
	return name.v == jail.v;
}

/* Jails have numbers for names, as nothing else has that lies beside them. */
static __always_inline bool
is_jail(struct kernfs_node *kn)
{
	char first = '\0';

	bpf_probe_read_kernel(&first, sizeof(first), BPF_CORE_READ(kn, name));
	return first >= '1' && first <= '9';
}

struct jail {
	__u64 id; /* of its cgroup; 0: the host */
	bool below; /* in the cgroup of its processes, not of its keepers */
};

/*
 * The jail of a cgroup, the nearest of jails in jails.  It is looked for from
 * above: what a jail makes of its own cgroup is nothing.
 */
static __always_inline struct jail
jail_of(struct cgroup *cg)
{
	__u32 level = (__u32)BPF_CORE_READ(cg, level), i;
	struct jail jail = { 0, false };
	struct kernfs_node *kn;
	bool below = false;

	for (i = 1; i < LEVEL_MAX && i <= level; i++) {
		kn = node_at(cg, i);
		if (below && is_jail(kn)) {
			jail.id = BPF_CORE_READ(kn, id);
		} else if (jail.id != 0) {
			jail.below = true;
			break;
		} else {
			below = is_place(kn);
		}
	}
	return jail;
}

static __always_inline struct jail
jail_of_current(void)
{
	struct task_struct *task = (void *)bpf_get_current_task_btf();

	return jail_of(BPF_CORE_READ(task, cgroups, dfl_cgrp));
}

/* ---- names ---- */

static __always_inline bool
is_abstract(struct unix_sock *u)
{
	struct unix_address *addr = BPF_CORE_READ(u, addr);
	char first = '/';

	if (addr == NULL || BPF_CORE_READ(addr, len) <= (int)FAMILY_SIZE)
		return false;
	bpf_core_read(&first, sizeof(first), &addr->name[0].sun_path[0]);
	return first == '\0';
}

/* As where nobody has the name. */
static __always_inline int
check_peer(struct sock *sk)
{
	struct cgroup *cg;

	if (!is_abstract((struct unix_sock *)sk))
		return 0;
	cg = BPF_CORE_READ(sk, sk_cgrp_data.cgroup);
	return jail_of(cg).id == jail_of_current().id ? 0 : -ECONNREFUSED;
}

/* ---- hooks ---- */

/* socket, listener, new socket */
SEC("lsm/unix_stream_connect")
int
jail_unix_conn(__u64 *ctx)
{
	if (!jail_seen.connect)
		jail_seen.connect = 1;
	return check_peer((struct sock *)ctx[1]);
}

/* sender, receiver; one that is connected to the sender has chosen it */
SEC("lsm/unix_may_send")
int
jail_unix_send(__u64 *ctx)
{
	struct sock *from = BPF_CORE_READ((struct socket *)ctx[0], sk);
	struct sock *to = BPF_CORE_READ((struct socket *)ctx[1], sk);

	if (!jail_seen.send)
		jail_seen.send = 1;
	if (BPF_CORE_READ((struct unix_sock *)to, peer) == from)
		return 0;
	return check_peer(to);
}

/* What becomes a jail's first process may: it mounts what the host says. */
SEC("lsm/kernel_module_request")
int
jail_module(__u64 *ctx)
{
	(void)ctx;
	return jail_of_current().below ? -EPERM : 0;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
