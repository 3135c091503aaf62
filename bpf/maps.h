/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The maps, and what all programs ask of them. */
#ifndef MAPS_H
#define MAPS_H

#include <linux/bpf.h>
#include <linux/errno.h>
#include <linux/in.h>
#include <linux/in6.h>
#include <stdbool.h>
#include <stddef.h>

#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#include "jail_bpf.h"

#define AF_INET 2
#define AF_INET6 10
#define TCP_CLOSE 7
#define TCP_LISTEN 10
#define JAILS_MAX 65536
#define GUESTS_MAX 8192
#define GUEST_NS (120 * 1000000000ULL) /* for so long it is one */

#define ALLOW 1
#define REFUSE 0

/* Set when the programs are loaded; alone in its section. */
const volatile struct net_config jail_config SEC(
    ".rodata.config") = { .level = 1 };

#define jail_level jail_config.level
#define jail_net jail_config.net

/*
 * The kernel has a bucket for each entry that may be, from the beginning: room
 * that nobody needs costs memory, and time at the first start of a jail.  One
 * jail of one address has up to 3 claims for a port of TCP, 2 for one of UDP:
 * that alone cannot fill CLAIMS_MAX.  Where it is full, ports are refused.
 */
#define ADDRESSES_MAX (JAILS_MAX * 2)
#define CLAIMS_MAX (JAILS_MAX * 8)

#define HASH_OF(n, k, v)                                                       \
	__uint(type, BPF_MAP_TYPE_HASH);                                       \
	__uint(map_flags, BPF_F_NO_PREALLOC);                                  \
	__uint(max_entries, n);                                                \
	__type(key, k);                                                        \
	__type(value, v)

struct {
	HASH_OF(JAILS_MAX, __u64, struct net_policy);
} jail_policy SEC(".maps");
struct {
	HASH_OF(ADDRESSES_MAX, struct net_held, __u8);
} jail_held SEC(".maps");
struct {
	HASH_OF(ADDRESSES_MAX, struct net_addr, struct net_owner);
} jail_owner SEC(".maps");
struct {
	HASH_OF(ADDRESSES_MAX, struct net_held, struct net_owner);
} jail_below SEC(".maps");
struct {
	HASH_OF(CLAIMS_MAX, struct net_claim_key, struct net_claim);
} jail_claims SEC(".maps");
struct {
	HASH_OF(ADDRESSES_MAX, struct net_port, __u8);
} jail_ports SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_SOCKHASH);
	__uint(max_entries, JAILS_MAX * 4);
	__type(key, struct net_listener);
	__type(value, __u64);
} jail_listeners SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, GUESTS_MAX);
	__type(key, struct net_guest);
	__type(value, __u64);
} jail_guests SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_SK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC | BPF_F_CLONE);
	__type(key, int);
	__type(value, struct net_sock);
} jail_socks SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} jail_epoch SEC(".maps");

/*
 * A field of what the kernel hands to a program: one load, at its own offset.
 * Compilers merge loads of two branches into one at an offset that they
 * compute, which the verifier does not take; assembly keeps them apart.
 */
#define FIELD(x)                                                               \
	({                                                                     \
		__typeof__(x) v_ = *(const volatile __typeof__(x) *)&(x);      \
		__asm__ volatile("" : "+r"(v_));                               \
		v_;                                                            \
	})

static __always_inline int
refuse(int err)
{
	bpf_set_retval(err);
	return REFUSE;
}

/* ---- addresses ---- */

static __always_inline struct net_ip
ip_of4(__be32 a)
{
	struct net_ip ip = { .w = { 0, 0, bpf_htonl(0xffff), a } };

	return ip;
}

static __always_inline bool
ip_is4(const struct net_ip *ip)
{
	return ip->w[0] == 0 && ip->w[1] == 0 && ip->w[2] == bpf_htonl(0xffff);
}

static __always_inline bool
ip_same(const struct net_ip *a, const struct net_ip *b)
{
	return a->d[0] == b->d[0] && a->d[1] == b->d[1];
}

static __always_inline bool
ip_is_any(const struct net_ip *ip)
{
	return ip_is4(ip) ? ip->w[3] == 0 : (ip->d[0] | ip->d[1]) == 0;
}

static __always_inline bool
ip_is_loop(const struct net_ip *ip)
{
	if (ip_is4(ip))
		return ip->w[3] == bpf_htonl(INADDR_LOOPBACK);
	return ip->d[0] == 0 && ip->w[2] == 0 && ip->w[3] == bpf_htonl(1);
}

static __always_inline struct net_ip
wildcard_of(const struct net_ip *ip)
{
	struct net_ip any = { .d = { 0, 0 } };

	return ip_is4(ip) ? ip_of4(0) : any;
}

/* ---- policies ---- */

/* What the jail has of the family that the address is of. */
static __always_inline __u8
mode_of(const struct net_policy *p, const struct net_ip *ip)
{
	return ip_is4(ip) ? p->ip4 : p->ip6;
}

static __always_inline const struct net_ip *
first_of(const struct net_policy *p, const struct net_ip *ip)
{
	return ip_is4(ip) ? &p->addr4 : &p->addr6;
}

static __always_inline bool
is_held(const struct net_policy *p, __u64 jail, const struct net_ip *ip)
{
	struct net_held key;

	if (ip_same(ip, first_of(p, ip)))
		return true;
	if ((ip_is4(ip) ? p->n4 : p->n6) < 2)
		return false;
	key.jail = jail;
	key.ip = *ip;
	return bpf_map_lookup_elem(&jail_held, &key) != NULL;
}

/* 127.0.0.1 and ::1, for a jail that does not have them itself. */
static __always_inline bool
is_own_loop(const struct net_policy *p, const struct net_ip *ip)
{
	return ip_is_loop(ip) &&
	       (p->flags & (ip_is4(ip) ? NET_LOOP4 : NET_LOOP6)) == 0;
}

static __always_inline struct net_policy *
policy_of(const struct net_sock *s)
{
	__u64 jail = s->jail;

	return bpf_map_lookup_elem(&jail_policy, &jail);
}

/* The scope of the outermost jail that has the address, for a jail of scope. */
static __always_inline __u64
scope_above(const struct net_policy *p, __u64 scope, const struct net_ip *ip)
{
	struct net_addr at = { .net = p->net, .ip = *ip };
	struct net_owner *owner;

	if ((ip_is4(ip) ? p->above4 : p->above6) == 0)
		return scope;
	owner = bpf_map_lookup_elem(&jail_owner, &at);
	return owner != NULL ? owner->scope : scope;
}

/* The policy of the running process: that of its nearest jail. */
static __always_inline struct net_policy *
policy_current(__u64 *ret_jail)
{
	__u64 id = bpf_get_current_ancestor_cgroup_id((int)jail_level + 1);
	struct net_policy *p = bpf_map_lookup_elem(&jail_policy, &id), *below;
	int i;

	*ret_jail = id;
	for (i = 2; i <= NET_DEPTH && p != NULL; i++) {
		if ((p->flags & NET_CHILDREN) == 0)
			break;
		id = bpf_get_current_ancestor_cgroup_id((int)jail_level + i);
		if ((below = bpf_map_lookup_elem(&jail_policy, &id)) == NULL)
			break;
		p = below;
		*ret_jail = id;
	}
	return p;
}

#endif
