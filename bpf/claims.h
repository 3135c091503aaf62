/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Which ports sockets of a jail are bound to.  The kernel cannot say: those
 * of TCP are bound to others than they asked for, and SO_REUSEADDR is set on
 * all of them.
 */

static __always_inline struct net_claim_key
claim_key(__u64 scope, const struct net_ip *ip, __u16 port, __u8 proto)
{
	struct net_claim_key key = {
		.scope = scope,
		.ip = *ip,
		.port = port,
		.proto = proto,
		.kind = NET_CLAIM_PORT,
	};

	return key;
}

/* How many claims are on addresses of the family, at this port. */
static __always_inline struct net_claim_key
count_key(const struct net_claim_key *of)
{
	struct net_claim_key key = *of;

	key.kind = NET_CLAIM_COUNT;
	key.ip = wildcard_of(&of->ip);
	return key;
}

/* Jails have ranges of this size: two of one are of one jail. */
#define RANGE_BITS 16

/*
 * May both have the port: two that said so?  A scope can be that of several
 * jails; one of them gets no packet of another's by that.
 */
static __always_inline bool
can_share(const struct net_claim *c, __u8 flags, __u32 uid)
{
	if ((c->flags & flags & NET_SOCK_GROUP) != 0)
		return c->uid == uid;
	return (c->flags & flags & NET_SOCK_SHARE) != 0 &&
	       (c->flags & NET_SOCK_LISTENS) == 0 &&
	       c->uid >> RANGE_BITS == uid >> RANGE_BITS;
}

/* Wildcard and address exclude each other, but for who asked to share. */
static __always_inline bool
has_rival(const struct net_claim_key *key, __u8 flags, __u32 uid)
{
	struct net_claim_key other = count_key(key);
	struct net_claim *c;

	if (!ip_is_any(&key->ip))
		other.kind = NET_CLAIM_PORT;
	c = bpf_map_lookup_elem(&jail_claims, &other);
	return c != NULL && !can_share(c, flags, uid);
}

/* Together they share what all of them do. */
static __always_inline void
count_up(const struct net_claim_key *key, __u8 flags, __u32 uid)
{
	struct net_claim first = { .count = 1, .uid = uid, .flags = flags };
	struct net_claim *c = bpf_map_lookup_elem(&jail_claims, key);

	if (c == NULL) {
		bpf_map_update_elem(&jail_claims, key, &first, BPF_NOEXIST);
		return;
	}
	__sync_fetch_and_add(&c->count, 1);
	if (c->uid != uid)
		flags &= (__u8)~NET_SOCK_GROUP;
	c->flags &= flags | NET_SOCK_LISTENS;
}

static __always_inline void
count_down(const struct net_claim_key *key)
{
	struct net_claim *c = bpf_map_lookup_elem(&jail_claims, key);

	if (c != NULL && __sync_fetch_and_add(&c->count, -1) == 1)
		bpf_map_delete_elem(&jail_claims, key);
}

/* Claim key for s.  *ret_hidden: the real port of the group, or 0. */
static __always_inline int
claim(struct net_sock *s, const struct net_claim_key *key, __u64 cookie,
    __u16 *ret_hidden)
{
	__u32 uid = (__u32)bpf_get_current_uid_gid();
	struct net_claim new = {
		.count = 1,
		.uid = uid,
		.flags = s->flags & (NET_SOCK_SHARE | NET_SOCK_GROUP),
	};
	struct net_claim_key count = count_key(key);
	struct net_claim *c;

	*ret_hidden = 0;
	if (has_rival(key, s->flags, uid))
		return -EADDRINUSE;
	if ((c = bpf_map_lookup_elem(&jail_claims, key)) != NULL) {
		if (!can_share(c, s->flags, uid))
			return -EADDRINUSE;
		if ((c->flags & s->flags & NET_SOCK_GROUP) != 0)
			*ret_hidden = c->hidden;
		__sync_fetch_and_add(&c->count, 1);
	} else if (bpf_map_update_elem(&jail_claims, key, &new, BPF_NOEXIST) <
		   0) {
		return -EADDRINUSE;
	}
	if (!ip_is_any(&key->ip))
		count_up(&count, new.flags, uid);
	s->key = *key;
	s->cookie = cookie;
	s->flags |= NET_SOCK_CLAIMS;
	return 0;
}

static __always_inline struct net_claim_key
hidden_key(const struct net_sock *s)
{
	struct net_claim_key key =
	    claim_key(s->key.scope, &s->at, s->hidden, s->key.proto);

	key.kind = NET_CLAIM_HIDDEN;
	return key;
}

/*
 * A port of UDP is the real one, and SO_REUSEADDR is set: a jail and those
 * below it cannot both have it at an address that both have.
 */
static __always_inline struct net_claim_key
real_key(const struct net_sock *s)
{
	struct net_claim_key key =
	    claim_key(s->real, &s->at, s->key.port, s->key.proto);

	key.kind = NET_CLAIM_HIDDEN;
	return key;
}

static __always_inline int
claim_real(
    const struct net_policy *p, struct net_sock *s, const struct net_ip *ip)
{
	struct net_claim new = { .count = 1, .uid = (__u32)s->jail };
	struct net_claim_key key;
	struct net_claim *c;

	if ((p->flags & (NET_CHILDREN | NET_NESTED)) == 0)
		return 0;
	s->at = *ip;
	s->real = scope_above(p, s->key.scope, ip);
	key = real_key(s);
	if (bpf_map_update_elem(&jail_claims, &key, &new, BPF_NOEXIST) == 0)
		return 0;
	c = bpf_map_lookup_elem(&jail_claims, &key);
	if (c == NULL || c->uid != new.uid) {
		s->real = 0;
		return -EADDRINUSE;
	}
	__sync_fetch_and_add(&c->count, 1);
	return 0;
}

static __always_inline void
unclaim(struct net_sock *s, __u64 cookie)
{
	struct net_claim_key key = s->key, count = count_key(&key), hidden;

	if ((s->flags & NET_SOCK_CLAIMS) == 0 || s->cookie != cookie)
		return;
	s->flags &= (__u8)~NET_SOCK_CLAIMS;
	count_down(&key);
	if (!ip_is_any(&key.ip))
		count_down(&count);
	if (s->real != 0) {
		hidden = real_key(s);
		count_down(&hidden);
		s->real = 0;
	}
	if (s->hidden != 0) {
		hidden = hidden_key(s);
		count_down(&hidden);
		s->hidden = 0;
	}
}

/*
 * Of a socket that starts anew: what a bind(2) that failed after us has left,
 * or its copy of the claim of the listener that it was accepted from.  Not
 * static: verified once, not for each way that leads to it.
 */
int forget_claim(struct net_sock *s, __u64 cookie);

__attribute__((noinline)) int
forget_claim(struct net_sock *s, __u64 cookie)
{
	if (s == NULL)
		return 0;
	unclaim(s, cookie);
	s->flags &= (__u8)~NET_SOCK_CLAIMS;
	s->key.port = 0;
	s->hidden = 0;
	s->real = 0;
	return 0;
}

SEC("cgroup/sock_release")
int
jail_release(struct bpf_sock *sk)
{
	struct net_sock *s = bpf_sk_storage_get(&jail_socks, sk, NULL, 0);

	if (s != NULL && (s->flags & NET_SOCK_CLAIMS) != 0)
		unclaim(s, bpf_get_socket_cookie(sk));
	return ALLOW;
}
