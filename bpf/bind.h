/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * bind(2).  The address is one of the jail's.  A port of TCP is not the one
 * that was asked for, but any: Linux has one space of ports for all, in which
 * a listener would keep the host's services from the wildcard address, and
 * they it.  Connections are steered to it (steer.h).
 */

#define PORT_RESERVED 1024
#define SOL_SOCKET 1
#define SO_REUSEADDR 2
#define SO_REUSEPORT 15
#define NO_CAP_NEEDED 2 /* with ALLOW: of CAP_NET_BIND_SERVICE */
#define TCP_ESTABLISHED 1 /* of UDP: connected */

/*
 * A listener for IPv4 and IPv6.  The kernel makes one that is bound to an
 * address of IPv6 one of IPv6 alone; so it stays on the wildcard address,
 * where by its hidden port it is in nobody's way.
 */
static __always_inline bool
is_dual(const struct bpf_sock_addr *ctx, const struct net_policy *p,
    const struct net_sock *s, const struct net_ip *asked)
{
	return ctx->protocol == IPPROTO_TCP && !ip_is4(asked) &&
	       p->ip4 == NET_ADDRS && (s->flags & NET_SOCK_V6ONLY) == 0;
}

/* The address to bind to: 0, or why not. */
static __always_inline int
pick_address(const struct bpf_sock_addr *ctx, const struct net_policy *p,
    struct net_sock *s, const struct net_ip *asked, struct net_ip *ret)
{
	if (ip_is_any(asked)) {
		s->flags |= NET_SOCK_WILD;
		*ret = is_dual(ctx, p, s, asked) ? *asked : *first_of(p, asked);
		return 0;
	}
	s->flags &= (__u8)~NET_SOCK_WILD;
	if (is_own_loop(p, asked))
		*ret = *first_of(p, asked);
	else if (is_held(p, s->jail, asked))
		*ret = *asked;
	else
		return -EADDRNOTAVAIL;
	return 0;
}

static __always_inline bool
is_bound_to(struct bpf_sock *sk, const struct net_ip *ip)
{
	struct net_ip at;

	if (ip_is4(ip) && FIELD(sk->family) == AF_INET)
		return FIELD(sk->src_ip4) == ip->w[3];
	at.w[0] = FIELD(sk->src_ip6[0]);
	at.w[1] = FIELD(sk->src_ip6[1]);
	at.w[2] = FIELD(sk->src_ip6[2]);
	at.w[3] = FIELD(sk->src_ip6[3]);
	return ip_same(&at, ip);
}

/* A listener of the host's on this very address. */
static __always_inline bool
is_hosts(struct bpf_sock_addr *ctx, const struct net_sock *s,
    const struct net_ip *ip, __u16 port)
{
	struct net_claim_key hidden =
	    claim_key(s->key.scope, ip, port, IPPROTO_TCP);
	struct bpf_sock_tuple t = { 0 };
	struct bpf_sock *sk;
	bool is;

	if (ip_is4(ip)) {
		t.ipv4.daddr = ip->w[3];
		t.ipv4.dport = bpf_htons(port);
		sk = bpf_sk_lookup_tcp(
		    ctx, &t, sizeof(t.ipv4), BPF_F_CURRENT_NETNS, 0);
	} else {
		__builtin_memcpy(t.ipv6.daddr, ip->w, sizeof(t.ipv6.daddr));
		t.ipv6.dport = bpf_htons(port);
		sk = bpf_sk_lookup_tcp(
		    ctx, &t, sizeof(t.ipv6), BPF_F_CURRENT_NETNS, 0);
	}
	if (sk == NULL)
		return false;
	is = sk->state == TCP_LISTEN && sk->src_port == port &&
	     is_bound_to(sk, ip);
	bpf_sk_release(sk);
	hidden.kind = NET_CLAIM_HIDDEN;
	return is && bpf_map_lookup_elem(&jail_claims, &hidden) == NULL;
}

/* Likewise, for one that is to be of all the jail's addresses: the first. */
static __always_inline bool
is_hosts_any(struct bpf_sock_addr *ctx, const struct net_policy *p,
    const struct net_sock *s, const struct net_ip *ip, __u16 port)
{
	if (!ip_is_any(ip))
		return is_hosts(ctx, s, ip, port);
	return is_hosts(ctx, s, &p->addr6, port) ||
	       is_hosts(ctx, s, &p->addr4, port);
}

/* Of UDP a jail cannot have what the host has on the wildcard address. */
static __always_inline bool
is_hosts_udp(const struct net_policy *p, const struct net_sock *s, __u16 port)
{
	struct net_port host = { .owner = p->net, .port = port };
	struct net_port own = { .owner = s->jail, .port = port };

	return bpf_map_lookup_elem(&jail_ports, &host) != NULL &&
	       bpf_map_lookup_elem(&jail_ports, &own) == NULL;
}

static __always_inline int
check_port(struct bpf_sock_addr *ctx, const struct net_policy *p,
    const struct net_sock *s, const struct net_ip *ip, __u16 port)
{
	if (port < PORT_RESERVED &&
	    ((p->flags & NET_RESERVED) == 0 ||
		(__u32)bpf_get_current_uid_gid() != p->root))
		return -EACCES;
	if (ctx->protocol == IPPROTO_TCP)
		return is_hosts_any(ctx, p, s, ip, port) ? -EADDRINUSE : 0;
	return is_hosts_udp(p, s, port) ? -EADDRINUSE : 0;
}

/*
 * Both are set here only, where the address is the jail's own.  Of TCP the
 * first lets the host's services come back while connections of the jail's
 * to the same port are there.
 */
static __always_inline int
set_shared(struct bpf_sock_addr *ctx, const struct net_sock *s)
{
	int on = 1, group = (s->flags & NET_SOCK_GROUP) != 0;

	if (bpf_setsockopt(ctx, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) < 0)
		return -EINVAL;
	if (group && bpf_setsockopt(ctx, SOL_SOCKET, SO_REUSEPORT, &group,
			 sizeof(group)) < 0)
		return -EINVAL;
	return 0;
}

/* The port to bind to really, or why not. */
static __always_inline int
take_port(struct bpf_sock_addr *ctx, const struct net_policy *p,
    struct net_sock *s, const struct net_ip *asked, const struct net_ip *ip,
    __u16 port)
{
	struct net_claim_key key;
	__u16 hidden;
	int r;

	if ((r = check_port(ctx, p, s, ip, port)) < 0)
		return r;
	key = claim_key(s->key.scope, ip_is_any(asked) ? asked : ip, port,
	    (__u8)ctx->protocol);
	if ((r = claim(s, &key, bpf_get_socket_cookie(ctx), &hidden)) < 0)
		return r;
	if (ctx->protocol != IPPROTO_TCP)
		r = claim_real(p, s, ip);
	if (r < 0 || (r = set_shared(ctx, s)) < 0) {
		(void)forget_claim(s, s->cookie);
		return r;
	}
	return ctx->protocol == IPPROTO_TCP ? hidden : port;
}

/* 0: as it is; else why not.  *ip becomes what to bind to, *port likewise. */
static __always_inline int
bind_any(struct bpf_sock_addr *ctx, const struct net_policy *p,
    struct net_sock *s, struct net_ip *ip, __u16 *port)
{
	struct net_ip asked = *ip;
	int r;

	if (ctx->sk->src_port != 0)
		return 0; /* bound already: the kernel says so */
	(void)forget_claim(s, bpf_get_socket_cookie(ctx));
	if (mode_of(p, &asked) == NET_OFF)
		return -EADDRNOTAVAIL;
	if ((r = pick_address(ctx, p, s, &asked, ip)) < 0 || *port == 0)
		return r;
	if ((r = take_port(ctx, p, s, &asked, ip, *port)) < 0)
		return r;
	*port = (__u16)r;
	return 0;
}

/*
 * At an address of the host's, only what is reserved is ours to say; and
 * options that were only noted, because the other family is not the host's,
 * are set as far as they do no harm to it: the socket may be of both.
 */
static __always_inline int
bind_host(struct bpf_sock_addr *ctx, const struct net_policy *p,
    const struct net_sock *s, __u16 port)
{
	int on = 1;

	if (s != NULL && (s->flags & NET_SOCK_SHARE) != 0 &&
	    ctx->protocol == IPPROTO_TCP)
		(void)bpf_setsockopt(
		    ctx, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (port == 0 || port >= PORT_RESERVED)
		return ALLOW;
	if ((p->flags & NET_RESERVED) == 0)
		return refuse(-EACCES);
	return (__u32)bpf_get_current_uid_gid() == p->root
		   ? ALLOW | NO_CAP_NEEDED
		   : ALLOW;
}

SEC("cgroup/bind4")
int
jail_bind4(struct bpf_sock_addr *ctx)
{
	struct net_sock *s = bpf_sk_storage_get(&jail_socks, ctx->sk, NULL, 0);
	__u16 port = bpf_ntohs((__u16)ctx->user_port);
	struct net_policy *p;
	struct net_ip ip;
	__u64 jail;
	int r;

	p = s != NULL ? policy_of(s) : policy_current(&jail);
	if (p == NULL)
		return s == NULL ? ALLOW : refuse(-ENETDOWN);
	if (p->ip4 == NET_HOST)
		return bind_host(ctx, p, s, port);
	if (s == NULL)
		return ALLOW;
	ip = ip_of4(ctx->user_ip4);
	if ((r = bind_any(ctx, p, s, &ip, &port)) < 0)
		return refuse(r);
	ctx->user_ip4 = ip.w[3];
	ctx->user_port = bpf_htons(port);
	return ALLOW | NO_CAP_NEEDED;
}

SEC("cgroup/bind6")
int
jail_bind6(struct bpf_sock_addr *ctx)
{
	struct net_sock *s = bpf_sk_storage_get(&jail_socks, ctx->sk, NULL, 0);
	__u16 port = bpf_ntohs((__u16)ctx->user_port);
	struct net_policy *p;
	struct net_ip ip;
	__u64 jail;
	int r;

	p = s != NULL ? policy_of(s) : policy_current(&jail);
	if (p == NULL)
		return s == NULL ? ALLOW : refuse(-ENETDOWN);
	ip.w[0] = ctx->user_ip6[0];
	ip.w[1] = ctx->user_ip6[1];
	ip.w[2] = ctx->user_ip6[2];
	ip.w[3] = ctx->user_ip6[3];
	if (mode_of(p, &ip) == NET_HOST)
		return bind_host(ctx, p, s, port);
	if (s == NULL)
		return ALLOW;
	if ((r = bind_any(ctx, p, s, &ip, &port)) < 0)
		return refuse(r);
	ctx->user_ip6[0] = ip.w[0];
	ctx->user_ip6[1] = ip.w[1];
	ctx->user_ip6[2] = ip.w[2];
	ctx->user_ip6[3] = ip.w[3];
	ctx->user_port = bpf_htons(port);
	return ALLOW | NO_CAP_NEEDED;
}

/* Where it is bound to is known now. */
static __always_inline int
bound(struct bpf_sock *sk, const struct net_ip *at)
{
	struct net_sock *s = bpf_sk_storage_get(&jail_socks, sk, NULL, 0);
	struct net_claim_key key;
	struct net_policy *p;
	struct net_claim *c;
	struct net_ip ip;
	__u16 port = (__u16)sk->src_port, none;

	if (s == NULL || (p = policy_of(s)) == NULL ||
	    mode_of(p, at) != NET_ADDRS)
		return ALLOW;
	s->at = *at;
	if ((s->flags & NET_SOCK_CLAIMS) == 0) {
		/* it left the port to us; a claim of another does no harm */
		ip = (s->flags & NET_SOCK_WILD) != 0 ? wildcard_of(at) : *at;
		key = claim_key(s->key.scope, &ip, port, (__u8)sk->protocol);
		(void)claim(s, &key, bpf_get_socket_cookie(sk), &none);
		return ALLOW;
	}
	if (sk->protocol != IPPROTO_TCP)
		return ALLOW;
	s->hidden = port;
	key = hidden_key(s);
	count_up(&key, 0, 0);
	key = s->key;
	if ((c = bpf_map_lookup_elem(&jail_claims, &key)) != NULL)
		c->hidden = port;
	return ALLOW;
}

SEC("cgroup/post_bind4")
int
jail_bound4(struct bpf_sock *sk)
{
	struct net_ip at = ip_of4(sk->src_ip4);

	return bound(sk, &at);
}

SEC("cgroup/post_bind6")
int
jail_bound6(struct bpf_sock *sk)
{
	struct net_ip at;

	at.w[0] = FIELD(sk->src_ip6[0]);
	at.w[1] = FIELD(sk->src_ip6[1]);
	at.w[2] = FIELD(sk->src_ip6[2]);
	at.w[3] = FIELD(sk->src_ip6[3]);
	return bound(sk, &at);
}
