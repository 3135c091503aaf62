/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * connect(2) and sendto(2): from an address of the jail's, and what goes to
 * 127.0.0.1 or ::1 goes to the jail itself.
 */

/* The address to reach dst from: of the net that dst is in, or the first. */
static __always_inline const struct net_ip *
source_for(const struct net_policy *p, const struct net_ip *dst)
{
	bool is4 = ip_is4(dst);
	__u32 i, n = is4 ? p->nsource4 : p->nsource6;
	const struct net_source *s;

	for (i = 0; i < NET_SOURCES && i < n; i++) {
		s = is4 ? &p->source4[i] : &p->source6[i];
		if ((dst->d[0] & s->mask.d[0]) == s->net.d[0] &&
		    (dst->d[1] & s->mask.d[1]) == s->net.d[1])
			return &s->from;
	}
	return first_of(p, dst);
}

/* Where to, really. */
static __always_inline void
aim(const struct net_policy *p, struct net_sock *s, struct net_ip *dst)
{
	bool any = ip_is_any(dst);

	if (any || is_own_loop(p, dst)) {
		*dst = *first_of(p, dst);
		s->flags |= NET_SOCK_LOOP;
	} else {
		s->flags &= (__u8)~NET_SOCK_LOOP;
	}
}

/*
 * A TCP socket that was bound and connects leaves by the port it really has,
 * which no longer stands for the one it asked for.
 */
static __always_inline void
forget_port(struct bpf_sock_addr *ctx, struct net_sock *s)
{
	if (ctx->protocol != IPPROTO_TCP || s->hidden == 0)
		return;
	(void)forget_claim(s, bpf_get_socket_cookie(ctx));
}

static __always_inline int
connect_any(struct bpf_sock_addr *ctx, const struct net_policy *p,
    struct net_sock *s, struct net_ip *dst)
{
	if (mode_of(p, dst) == NET_OFF)
		return -EAFNOSUPPORT;
	aim(p, s, dst);
	forget_port(ctx, s);
	return 0;
}

/* Bound to no address; what it sends would not leave. */
static __always_inline bool
is_wild(struct bpf_sock *sk)
{
	return (FIELD(sk->src_ip6[0]) | FIELD(sk->src_ip6[1]) |
		   FIELD(sk->src_ip6[2]) | FIELD(sk->src_ip6[3])) == 0;
}

SEC("cgroup/connect4")
int
jail_connect4(struct bpf_sock_addr *ctx)
{
	struct net_sock *s = bpf_sk_storage_get(&jail_socks, ctx->sk, NULL, 0);
	struct sockaddr_in from = { .sin_family = AF_INET };
	struct net_policy *p;
	struct net_ip dst;
	int r;

	if (s == NULL)
		return ALLOW;
	if ((p = policy_of(s)) == NULL)
		return refuse(-ENETDOWN);
	if (p->ip4 == NET_HOST)
		return ALLOW;
	dst = ip_of4(ctx->user_ip4);
	if ((r = connect_any(ctx, p, s, &dst)) < 0)
		return refuse(r);
	ctx->user_ip4 = dst.w[3];
	from.sin_addr.s_addr = source_for(p, &dst)->w[3];
	/* EINVAL: it is bound already, to one of the jail's or to none */
	if (bpf_bind(ctx, (struct sockaddr *)&from, sizeof(from)) < 0 &&
	    FIELD(ctx->sk->src_ip4) == 0)
		return refuse(-EADDRNOTAVAIL);
	return ALLOW;
}

SEC("cgroup/connect6")
int
jail_connect6(struct bpf_sock_addr *ctx)
{
	struct net_sock *s = bpf_sk_storage_get(&jail_socks, ctx->sk, NULL, 0);
	struct sockaddr_in6 from = { .sin6_family = AF_INET6 };
	const struct net_ip *source;
	struct net_policy *p;
	struct net_ip dst;
	int r;

	if (s == NULL)
		return ALLOW;
	if ((p = policy_of(s)) == NULL)
		return refuse(-ENETDOWN);
	dst.w[0] = ctx->user_ip6[0];
	dst.w[1] = ctx->user_ip6[1];
	dst.w[2] = ctx->user_ip6[2];
	dst.w[3] = ctx->user_ip6[3];
	if (mode_of(p, &dst) == NET_HOST) {
		/* bound to one of IPv4, it would reach the host's 127.0.0.1 */
		if (p->ip4 != NET_HOST && ip_is_any(&dst))
			ctx->user_ip6[3] = bpf_htonl(1);
		return ALLOW;
	}
	if ((r = connect_any(ctx, p, s, &dst)) < 0)
		return refuse(r);
	ctx->user_ip6[0] = dst.w[0];
	ctx->user_ip6[1] = dst.w[1];
	ctx->user_ip6[2] = dst.w[2];
	ctx->user_ip6[3] = dst.w[3];
	source = source_for(p, &dst);
	__builtin_memcpy(&from.sin6_addr, source->w, sizeof(from.sin6_addr));
	if (bpf_bind(ctx, (struct sockaddr *)&from, sizeof(from)) < 0 &&
	    is_wild(ctx->sk))
		return refuse(-EADDRNOTAVAIL);
	return ALLOW;
}

/*
 * src: what the socket is bound to, or IP_PKTINFO says, or nothing.  has_dst:
 * the destination is not that of connect(2), but for a socket of IPv6 that was
 * connected to an address of IPv4.
 */
static __always_inline int
send_any(struct bpf_sock_addr *ctx, const struct net_policy *p,
    struct net_sock *s, struct net_ip *dst, struct net_ip *src)
{
	bool has_dst = ctx->user_port != 0;
	bool is_connected = ctx->sk->state == TCP_ESTABLISHED;

	if (mode_of(p, dst) == NET_OFF)
		return -EAFNOSUPPORT;
	if (has_dst && !(is_connected && ip_same(dst, first_of(p, dst))) &&
	    !(is_own_loop(p, dst) && is_guest(ctx)))
		aim(p, s, dst);
	if (ip_is_any(src))
		*src = *source_for(p, dst);
	else if (is_own_loop(p, src))
		*src = *first_of(p, src);
	else if (!is_held(p, s->jail, src))
		return -EADDRNOTAVAIL;
	return 0;
}

SEC("cgroup/sendmsg4")
int
jail_sendmsg4(struct bpf_sock_addr *ctx)
{
	struct net_sock *s = bpf_sk_storage_get(&jail_socks, ctx->sk, NULL, 0);
	struct net_policy *p;
	struct net_ip dst, src;
	int r;

	if (s == NULL)
		return ALLOW;
	if ((p = policy_of(s)) == NULL)
		return refuse(-ENETDOWN);
	if (p->ip4 == NET_HOST)
		return ALLOW;
	dst = ip_of4(ctx->user_ip4);
	src = ip_of4(ctx->msg_src_ip4);
	if ((r = send_any(ctx, p, s, &dst, &src)) < 0)
		return refuse(r);
	ctx->user_ip4 = dst.w[3];
	ctx->msg_src_ip4 = src.w[3];
	return ALLOW;
}

SEC("cgroup/sendmsg6")
int
jail_sendmsg6(struct bpf_sock_addr *ctx)
{
	struct net_sock *s = bpf_sk_storage_get(&jail_socks, ctx->sk, NULL, 0);
	struct net_policy *p;
	struct net_ip dst, src;
	int r;

	if (s == NULL)
		return ALLOW;
	if ((p = policy_of(s)) == NULL)
		return refuse(-ENETDOWN);
	if (p->ip6 == NET_HOST)
		return ALLOW;
	dst.w[0] = ctx->user_ip6[0];
	dst.w[1] = ctx->user_ip6[1];
	dst.w[2] = ctx->user_ip6[2];
	dst.w[3] = ctx->user_ip6[3];
	src.w[0] = ctx->msg_src_ip6[0];
	src.w[1] = ctx->msg_src_ip6[1];
	src.w[2] = ctx->msg_src_ip6[2];
	src.w[3] = ctx->msg_src_ip6[3];
	if ((r = send_any(ctx, p, s, &dst, &src)) < 0)
		return refuse(r);
	ctx->user_ip6[0] = dst.w[0];
	ctx->user_ip6[1] = dst.w[1];
	ctx->user_ip6[2] = dst.w[2];
	ctx->user_ip6[3] = dst.w[3];
	ctx->msg_src_ip6[0] = src.w[0];
	ctx->msg_src_ip6[1] = src.w[1];
	ctx->msg_src_ip6[2] = src.w[2];
	ctx->msg_src_ip6[3] = src.w[3];
	return ALLOW;
}
