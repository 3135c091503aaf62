/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * What comes from 127.0.0.1 or ::1 is not the jail's own, whose packets are all
 * from its addresses: a program of the host's is that towards the whole of
 * 127.0.0.0/8.  It is answered there, for a while, by the socket that it wrote
 * to; for other sockets and ports these addresses stay the jail itself.
 */

/* Whoever of that port the socket talks to. */
static __always_inline struct net_guest
guest_of(struct bpf_sock_addr *ctx)
{
	struct net_guest g = {
		.cookie = bpf_get_socket_cookie(ctx),
		.port = bpf_ntohs((__u16)ctx->user_port),
	};

	return g;
}

/* A datagram came from there, to a socket of a jail's. */
static __always_inline void
note_guest(struct bpf_sock_addr *ctx, const struct net_ip *from)
{
	struct net_policy *p;
	struct net_guest g;
	struct net_sock *s;
	__u64 now;

	if (!ip_is_loop(from))
		return;
	s = bpf_sk_storage_get(&jail_socks, ctx->sk, NULL, 0);
	if (s == NULL || (p = policy_of(s)) == NULL ||
	    mode_of(p, from) != NET_ADDRS || !is_own_loop(p, from))
		return;
	g = guest_of(ctx);
	now = bpf_ktime_get_ns();
	bpf_map_update_elem(&jail_guests, &g, &now, BPF_ANY);
}

/* Is what the socket sends for one? */
static __always_inline bool
is_guest(struct bpf_sock_addr *ctx)
{
	struct net_guest g = guest_of(ctx);
	__u64 *came = bpf_map_lookup_elem(&jail_guests, &g);

	return came != NULL && bpf_ktime_get_ns() - *came < GUEST_NS;
}
