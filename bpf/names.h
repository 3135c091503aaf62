/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* What a program is shown of addresses: those it asked for. */

static __always_inline void
show_loop4(const struct net_policy *p, const struct net_sock *s, __be32 *ip)
{
	if ((s->flags & NET_SOCK_LOOP) != 0 && *ip == p->addr4.w[3])
		*ip = bpf_htonl(INADDR_LOOPBACK);
}

/* Who it talks to: 127.0.0.1 where it said so. */
static __always_inline int
show_peer4(struct bpf_sock_addr *ctx)
{
	struct net_sock *s = bpf_sk_storage_get(&jail_socks, ctx->sk, NULL, 0);
	struct net_policy *p;
	__be32 ip;

	if (s == NULL || (s->flags & NET_SOCK_LOOP) == 0 ||
	    (p = policy_of(s)) == NULL || p->ip4 != NET_ADDRS)
		return ALLOW;
	ip = ctx->user_ip4;
	show_loop4(p, s, &ip);
	ctx->user_ip4 = ip;
	return ALLOW;
}

static __always_inline int
show_peer6(struct bpf_sock_addr *ctx)
{
	struct net_sock *s = bpf_sk_storage_get(&jail_socks, ctx->sk, NULL, 0);
	struct net_policy *p;
	struct net_ip ip;
	__be32 last;

	if (s == NULL || (s->flags & NET_SOCK_LOOP) == 0 ||
	    (p = policy_of(s)) == NULL)
		return ALLOW;
	ip.w[0] = ctx->user_ip6[0];
	ip.w[1] = ctx->user_ip6[1];
	ip.w[2] = ctx->user_ip6[2];
	ip.w[3] = ctx->user_ip6[3];
	if (ip_is4(&ip) && p->ip4 == NET_ADDRS) {
		last = ip.w[3];
		show_loop4(p, s, &last);
		ctx->user_ip6[3] = last;
	} else if (p->ip6 == NET_ADDRS && ip_same(&ip, &p->addr6)) {
		ctx->user_ip6[0] = 0;
		ctx->user_ip6[1] = 0;
		ctx->user_ip6[2] = 0;
		ctx->user_ip6[3] = bpf_htonl(1);
	}
	return ALLOW;
}

SEC("cgroup/recvmsg4")
int
jail_recvmsg4(struct bpf_sock_addr *ctx)
{
	struct net_ip from = ip_of4(ctx->user_ip4);

	note_guest(ctx, &from);
	return show_peer4(ctx);
}

SEC("cgroup/recvmsg6")
int
jail_recvmsg6(struct bpf_sock_addr *ctx)
{
	struct net_ip from;

	from.w[0] = ctx->user_ip6[0];
	from.w[1] = ctx->user_ip6[1];
	from.w[2] = ctx->user_ip6[2];
	from.w[3] = ctx->user_ip6[3];
	note_guest(ctx, &from);
	return show_peer6(ctx);
}

SEC("cgroup/getpeername4")
int
jail_peer4(struct bpf_sock_addr *ctx)
{
	return show_peer4(ctx);
}

SEC("cgroup/getpeername6")
int
jail_peer6(struct bpf_sock_addr *ctx)
{
	return show_peer6(ctx);
}

/* Is it a listener, or will be, under the port that it really has? */
static __always_inline bool
is_hidden(const struct bpf_sock_addr *ctx, const struct net_sock *s)
{
	return s != NULL && s->hidden != 0 &&
	       ctx->user_port == bpf_htons(s->hidden);
}

SEC("cgroup/getsockname4")
int
jail_name4(struct bpf_sock_addr *ctx)
{
	struct net_sock *s = bpf_sk_storage_get(&jail_socks, ctx->sk, NULL, 0);
	struct net_policy *p;

	if (!is_hidden(ctx, s) || (p = policy_of(s)) == NULL)
		return ALLOW;
	ctx->user_port = bpf_htons(s->key.port);
	if ((s->flags & NET_SOCK_WILD) != 0 && p->n4 > 1)
		ctx->user_ip4 = 0;
	return ALLOW;
}

SEC("cgroup/getsockname6")
int
jail_name6(struct bpf_sock_addr *ctx)
{
	struct net_sock *s = bpf_sk_storage_get(&jail_socks, ctx->sk, NULL, 0);
	struct net_policy *p;

	if (!is_hidden(ctx, s) || (p = policy_of(s)) == NULL)
		return ALLOW;
	ctx->user_port = bpf_htons(s->key.port);
	/* one that serves IPv4 as well has more than one address */
	if ((s->flags & NET_SOCK_WILD) != 0 &&
	    (p->n6 > 1 ||
		(p->ip4 != NET_OFF && (s->flags & NET_SOCK_V6ONLY) == 0)) &&
	    !ip_is4(&s->key.ip)) {
		ctx->user_ip6[0] = 0;
		ctx->user_ip6[1] = 0;
		ctx->user_ip6[2] = 0;
		ctx->user_ip6[3] = 0;
	}
	return ALLOW;
}
