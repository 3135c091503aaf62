/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Socket options.  What lets a socket have a port together with others is
 * only noted: bind.h sets it, where the address is the jail's own.  A socket
 * that the kernel binds by itself (listen, sendto) is on the wildcard
 * address, where such a port could be the host's.  IPV6_V6ONLY is noted as
 * well, because a program cannot ask for it.
 */

#define SOL_IP 0
#define SOL_IPV6 41
#define IP_TRANSPARENT 19
#define IP_LOCAL_PORT_RANGE 51
#define IPV6_V6ONLY 26
#define IPV6_TRANSPARENT 75

static __always_inline bool
is_refused(const struct bpf_sockopt *ctx)
{
	if (ctx->level == SOL_IP)
		return ctx->optname == IP_TRANSPARENT ||
		       ctx->optname == IP_LOCAL_PORT_RANGE;
	return ctx->level == SOL_IPV6 && ctx->optname == IPV6_TRANSPARENT;
}

static __always_inline __u8
wish_of(const struct bpf_sockopt *ctx)
{
	if (ctx->level == SOL_IPV6 && ctx->optname == IPV6_V6ONLY)
		return NET_SOCK_V6ONLY;
	if (ctx->level != SOL_SOCKET)
		return 0;
	if (ctx->optname == SO_REUSEADDR)
		return NET_SOCK_SHARE;
	return ctx->optname == SO_REUSEPORT ? NET_SOCK_GROUP : 0;
}

SEC("cgroup/setsockopt")
int
jail_setsockopt(struct bpf_sockopt *ctx)
{
	struct net_sock *s;
	__u8 wish = wish_of(ctx);
	int *value = ctx->optval;

	if ((wish == 0 && !is_refused(ctx)) || ctx->sk == NULL)
		return ALLOW;
	s = bpf_sk_storage_get(&jail_socks, ctx->sk, NULL, 0);
	if (s == NULL)
		return ALLOW;
	if (wish == 0)
		return refuse(-EPERM);
	if ((void *)(value + 1) > ctx->optval_end)
		return refuse(-EINVAL);
	if (*value != 0)
		s->flags |= wish;
	else
		s->flags &= (__u8)~wish;
	if (wish != NET_SOCK_V6ONLY)
		ctx->optlen = -1; /* done */
	return ALLOW;
}

/* As it was set. */
SEC("cgroup/getsockopt")
int
jail_getsockopt(struct bpf_sockopt *ctx)
{
	struct net_sock *s;
	__u8 wish = wish_of(ctx);
	int *value = ctx->optval;

	if (wish == 0 || wish == NET_SOCK_V6ONLY || ctx->sk == NULL ||
	    (void *)(value + 1) > ctx->optval_end)
		return ALLOW;
	s = bpf_sk_storage_get(&jail_socks, ctx->sk, NULL, 0);
	if (s != NULL)
		*value = (s->flags & wish) != 0;
	return ALLOW;
}
