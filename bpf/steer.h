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
	if (s == NULL || s->key.port == 0)
		return 1;
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

SEC("sk_lookup")
int
jail_lookup(struct bpf_sk_lookup *ctx)
{
	struct net_addr at = { .net = jail_net };
	struct net_ip any;
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
	if (steer(ctx, scope, &at.ip))
		return SK_PASS;
	any = wildcard_of(&at.ip);
	if (steer(ctx, scope, &any))
		return SK_PASS;
	any.d[1] = 0;
	if (ip_is4(&at.ip) && steer(ctx, scope, &any)) /* of IPv6 as well */
		return SK_PASS;
	any.d[1] = 0;
	return is_hidden_port(ctx, scope, &at.ip) ||
		       is_hidden_port(ctx, scope, &any)
		   ? SK_DROP
		   : SK_PASS;
}
