/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Connections for a jail's address and port find the jail's listener, which
 * is bound to another port (bind.h).  Sockets of one SO_REUSEPORT group have
 * a slot each; one that closes leaves its slot by itself.
 */

SEC("sockops")
int
jail_listen(struct bpf_sock_ops *ctx)
{
	struct net_listener to = { 0 };
	struct net_claim_key key;
	struct net_claim *c;
	struct bpf_sock *sk;
	struct net_sock *s;
	__u16 slot;

	ctx->reply = (__u32)-1; /* for other calls: as if nobody was asked */
	if (ctx->op != BPF_SOCK_OPS_TCP_LISTEN_CB || (sk = ctx->sk) == NULL)
		return 1;
	s = bpf_sk_storage_get(&jail_socks, sk, NULL, 0);
	if (s == NULL || (s->flags & NET_SOCK_CLAIMS) == 0 ||
	    s->cookie != bpf_get_socket_cookie(ctx))
		return 1; /* the claim may be its listener's */
	key = s->key;
	to.scope = key.scope;
	to.ip = key.ip;
	to.port = key.port;
	if ((c = bpf_map_lookup_elem(&jail_claims, &key)) != NULL)
		c->flags |= NET_SOCK_LISTENS;
	key = count_key(&key);
	if (!ip_is_any(&s->key.ip) &&
	    (c = bpf_map_lookup_elem(&jail_claims, &key)) != NULL)
		c->flags |= NET_SOCK_LISTENS;
	for (slot = 0; slot < NET_SLOTS; slot++) {
		to.slot = slot;
		if (bpf_sock_hash_update(
			ctx, &jail_listeners, &to, BPF_NOEXIST) != -EEXIST)
			break;
	}
	return 1;
}

struct steering {
	struct bpf_sk_lookup *ctx;
	struct net_listener to;
	long r; /* 0: handed over */
};

/*
 * Called for one slot after the other.  Written as a loop, this would have
 * the verifier of Linux 6.1 go through every turn in every way.
 */
static long
steer_to(__u32 slot, void *data)
{
	struct steering *s = data;
	struct net_listener to = s->to;
	struct bpf_sock *sk;
	long r;

	to.slot = (__u16)slot;
	sk = bpf_map_lookup_elem(&jail_listeners, &to);
	if (sk == NULL)
		return 0;
	/* one of IPv6 alone does not take IPv4 */
	r = bpf_sk_assign(s->ctx, sk, 0);
	bpf_sk_release(sk);
	s->r = r;
	return r == 0;
}

/* Hand the packet to who claims this address and port. */
static __always_inline bool
steer(struct bpf_sk_lookup *ctx, __u64 scope, const struct net_ip *ip)
{
	__u16 port = (__u16)ctx->local_port;
	struct net_claim_key key = {
		.scope = scope,
		.ip = *ip,
		.port = port,
		.proto = IPPROTO_TCP,
		.kind = NET_CLAIM_PORT,
	};
	struct steering s = {
		.ctx = ctx,
		.to = { .scope = scope, .ip = *ip, .port = port },
		.r = -1,
	};

	if (bpf_map_lookup_elem(&jail_claims, &key) == NULL)
		return false;
	(void)bpf_loop(NET_SLOTS, steer_to, &s, 0);
	return s.r == 0;
}

/* Nobody is to come in by the port that it really is. */
static __always_inline bool
is_hidden_port(
    const struct bpf_sk_lookup *ctx, __u64 scope, const struct net_ip *ip)
{
	struct net_claim_key key = {
		.scope = scope,
		.ip = *ip,
		.port = (__u16)ctx->local_port,
		.proto = IPPROTO_TCP,
		.kind = NET_CLAIM_HIDDEN,
	};

	return bpf_map_lookup_elem(&jail_claims, &key) != NULL;
}

/*
 * Functions that are not static are verified once, and not for each of the
 * ways that lead to them.  The verifier has ip be NULL, too, and what they
 * return be anything: the compiler must not know more.
 */
int steer_scope(
    struct bpf_sk_lookup *ctx, __u64 scope, const struct net_ip *ip);
int hides_port(struct bpf_sk_lookup *ctx, __u64 scope, const struct net_ip *ip);

static __always_inline bool
is_true(int r)
{
	__asm__ volatile("" : "+r"(r));
	return r != 0;
}

/* Hand it to a listener of the scope, at the address or all of its. */
__attribute__((noinline)) int
steer_scope(struct bpf_sk_lookup *ctx, __u64 scope, const struct net_ip *ip)
{
	struct net_ip any;

	if (ip == NULL)
		return false;
	any = wildcard_of(ip);
	if (steer(ctx, scope, ip) || steer(ctx, scope, &any))
		return true;
	any.d[1] = 0;
	return ip_is4(ip) && steer(ctx, scope, &any); /* of IPv6 as well */
}

__attribute__((noinline)) int
hides_port(struct bpf_sk_lookup *ctx, __u64 scope, const struct net_ip *ip)
{
	struct net_ip any = { .d = { 0, 0 } };

	if (ip == NULL)
		return false;
	return is_hidden_port(ctx, scope, ip) ||
	       is_hidden_port(ctx, scope, &any);
}

/* Of jails in jails that have the address: the innermost that listens. */
static __attribute__((noinline)) int
steer_below(struct bpf_sk_lookup *ctx, __u64 scope, const struct net_ip *ip)
{
	struct net_held key = { .jail = scope, .ip = *ip };
	__u64 scopes[NET_DEPTH] = { scope };
	struct net_owner *owner;
	int i;

#pragma unroll
	for (i = 1; i < NET_DEPTH; i++) {
		if (key.jail != 0 &&
		    (owner = bpf_map_lookup_elem(&jail_below, &key)) != NULL)
			key.jail = scopes[i] = owner->scope;
		else
			key.jail = 0;
	}
#pragma unroll
	for (i = NET_DEPTH - 1; i >= 0; i--) {
		if (scopes[i] != 0 && is_true(steer_scope(ctx, scopes[i], ip)))
			return SK_PASS;
	}
#pragma unroll
	for (i = 0; i < NET_DEPTH; i++) {
		if (scopes[i] != 0 && is_true(hides_port(ctx, scopes[i], ip)))
			return SK_DROP;
	}
	return SK_PASS;
}

SEC("sk_lookup")
int
jail_lookup(struct bpf_sk_lookup *ctx)
{
	struct net_addr at = { .net = jail_net };
	struct net_owner *owner;
	__u64 scope;

	if (ctx->protocol != IPPROTO_TCP)
		return SK_PASS;
	if (ctx->family == AF_INET) {
		at.ip = ip_of4(FIELD(ctx->local_ip4));
	} else {
		at.ip.w[0] = FIELD(ctx->local_ip6[0]);
		at.ip.w[1] = FIELD(ctx->local_ip6[1]);
		at.ip.w[2] = FIELD(ctx->local_ip6[2]);
		at.ip.w[3] = FIELD(ctx->local_ip6[3]);
	}
	if ((owner = bpf_map_lookup_elem(&jail_owner, &at)) == NULL)
		return SK_PASS;
	scope = owner->scope;
	if (owner->below != 0)
		return steer_below(ctx, scope, &at.ip);
	if (is_true(steer_scope(ctx, scope, &at.ip)))
		return SK_PASS;
	return is_true(hides_port(ctx, scope, &at.ip)) ? SK_DROP : SK_PASS;
}
