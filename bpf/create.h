/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* A socket is made: which may be, and whose it is. */

#define SOCK_STREAM 1
#define SOCK_DGRAM 2
#define SOCK_RAW 3

/* Protocols that no rule of ours is proved for are not given out. */
static __always_inline int
check_protocol(const struct net_policy *p, __u32 type, __u32 protocol)
{
	if (type == SOCK_RAW)
		return (p->flags & NET_RAW) != 0 ? 0 : -EPERM;
	if (type == SOCK_STREAM)
		return protocol == IPPROTO_TCP ? 0 : -EPROTONOSUPPORT;
	if (type != SOCK_DGRAM)
		return -EPROTONOSUPPORT;
	if (protocol == IPPROTO_UDP || protocol == IPPROTO_UDPLITE)
		return 0;
	if (protocol == IPPROTO_ICMP || protocol == IPPROTO_ICMPV6)
		return (p->flags & NET_PING) != 0 ? 0 : -EPERM;
	return -EPROTONOSUPPORT;
}

static __always_inline int
check_create(const struct net_policy *p, struct bpf_sock *sk)
{
	__u8 mode = sk->family == AF_INET ? p->ip4 : p->ip6;

	if (mode == NET_OFF)
		return -EAFNOSUPPORT;
	if (mode == NET_HOST && sk->family == AF_INET)
		return 0;
	/* one of IPv6 can be of IPv4 as well */
	if (mode == NET_HOST && p->ip4 == NET_HOST)
		return 0;
	return check_protocol(p, sk->type, sk->protocol);
}

SEC("cgroup/sock_create")
int
jail_create(struct bpf_sock *sk)
{
	struct net_policy *p;
	struct net_sock *s;
	__u64 jail;
	int r;

	if (sk->family != AF_INET && sk->family != AF_INET6)
		return ALLOW;
	if ((p = policy_current(&jail)) == NULL)
		return ALLOW;
	if ((r = check_create(p, sk)) < 0)
		return refuse(r);
	if (p->mark != 0)
		sk->mark = p->mark;
	if (p->ip4 == NET_HOST && p->ip6 == NET_HOST)
		return ALLOW;
	s = bpf_sk_storage_get(
	    &jail_socks, sk, NULL, BPF_SK_STORAGE_GET_F_CREATE);
	if (s == NULL)
		return refuse(-ENOBUFS);
	s->jail = jail;
	s->key.scope = p->scope;
	return ALLOW;
}
