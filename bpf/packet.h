/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Packets, whatever their socket was told: none comes that is for another's
 * address, none goes that is from one.
 */

#define ETH_P_IP 0x0800
#define ETH_P_IPV6 0x86dd

#define IP4_SOURCE 12
#define IP4_DEST 16
#define IP6_SOURCE 8
#define IP6_DEST 24

/*
 * The jail has gone, but a socket of it is left.  A connection may come to its
 * end; else nothing, for another jail may have been given the socket.
 */
static __always_inline int
check_orphan(struct bpf_sock *sk)
{
	return sk->protocol == IPPROTO_TCP && sk->state != TCP_LISTEN &&
		       sk->state != TCP_CLOSE
		   ? ALLOW
		   : REFUSE;
}

/* That of IPv4 at this place of the header. */
static __always_inline bool
load_ip4(struct __sk_buff *skb, __u32 at, __be32 *ret)
{
	const char *data = (const char *)(long)skb->data;

	if (data + at + sizeof(*ret) <= (const char *)(long)skb->data_end) {
		*ret = *(const __be32 *)(data + at);
		return true;
	}
	return bpf_skb_load_bytes(skb, at, ret, sizeof(*ret)) == 0;
}

static __always_inline int
check_address(struct __sk_buff *skb, const struct net_policy *p, __u64 jail,
    __u32 at4, __u32 at6)
{
	struct net_ip ip;
	__be32 ip4;

	if (skb->protocol == bpf_htons(ETH_P_IP)) {
		if (p->ip4 == NET_HOST)
			return ALLOW;
		if (!load_ip4(skb, at4, &ip4))
			return REFUSE;
		if (ip4 == p->addr4.w[3])
			return p->ip4 == NET_ADDRS ? ALLOW : REFUSE;
		if (p->n4 < 2)
			return REFUSE;
		ip = ip_of4(ip4);
	} else {
		if (p->ip6 == NET_HOST)
			return ALLOW;
		if (bpf_skb_load_bytes(skb, at6, &ip, sizeof(ip)) < 0)
			return REFUSE;
		if (p->ip6 == NET_OFF)
			return REFUSE;
	}
	return is_held(p, jail, &ip) ? ALLOW : REFUSE;
}

/* The nearest jail that the socket's cgroup is in. */
static __always_inline struct net_policy *
policy_of_cgroup(struct __sk_buff *skb, __u64 *ret_jail)
{
	__u64 id = bpf_skb_ancestor_cgroup_id(skb, (int)jail_level + 1);
	struct net_policy *p = bpf_map_lookup_elem(&jail_policy, &id), *below;
	int i;

	*ret_jail = id;
	for (i = 2; i <= NET_DEPTH && p != NULL; i++) {
		if ((p->flags & NET_CHILDREN) == 0)
			break;
		id = bpf_skb_ancestor_cgroup_id(skb, (int)jail_level + i);
		if ((below = bpf_map_lookup_elem(&jail_policy, &id)) == NULL)
			break;
		p = below;
		*ret_jail = id;
	}
	return p;
}

/* Sockets that the kernel makes for itself, as those of jails (MPTCP). */
static __always_inline int
check_unknown(struct __sk_buff *skb, __u32 at4, __u32 at6)
{
	__u64 jail;
	struct net_policy *p = policy_of_cgroup(skb, &jail);

	return p == NULL ? ALLOW : check_address(skb, p, jail, at4, at6);
}

/*
 * What a socket is to remember once its packet has passed: most have the same
 * address, and need no policy then until one has changed.  0: nothing.
 */
static __always_inline __u64
passed_of(struct __sk_buff *skb, __u32 at4)
{
	__u32 zero = 0, *epoch = bpf_map_lookup_elem(&jail_epoch, &zero);
	__u64 now;
	__be32 ip4;

	if (epoch == NULL || (now = *(volatile __u32 *)epoch) == 0 ||
	    skb->protocol != bpf_htons(ETH_P_IP) || !load_ip4(skb, at4, &ip4))
		return 0;
	return now << 32 | ip4;
}

/* Is the address at this place of the header the jail's? */
static __always_inline int
check_packet(struct __sk_buff *skb, __u32 at4, __u32 at6)
{
	struct bpf_sock *sk = skb->sk;
	struct net_policy *p;
	struct net_sock *s;
	__u64 passed;
	int verdict;

	if (sk == NULL)
		return ALLOW;
	if ((s = bpf_sk_storage_get(&jail_socks, sk, NULL, 0)) == NULL)
		return bpf_sk_fullsock(sk) == NULL
			   ? ALLOW
			   : check_unknown(skb, at4, at6);
	passed = passed_of(skb, at4); /* its epoch before the policy */
	if (passed != 0 && *(volatile __u64 *)&s->passed == passed)
		return ALLOW;
	if ((p = policy_of(s)) == NULL)
		return (sk = bpf_sk_fullsock(sk)) == NULL ? REFUSE
							  : check_orphan(sk);
	verdict = check_address(skb, p, s->jail, at4, at6);
	if (verdict == ALLOW && passed != 0)
		*(volatile __u64 *)&s->passed = passed;
	return verdict;
}

SEC("cgroup_skb/ingress")
int
jail_ingress(struct __sk_buff *skb)
{
	return check_packet(skb, IP4_DEST, IP6_DEST);
}

SEC("cgroup_skb/egress")
int
jail_egress(struct __sk_buff *skb)
{
	return check_packet(skb, IP4_SOURCE, IP6_SOURCE);
}
