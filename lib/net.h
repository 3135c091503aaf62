/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The network of a jail on the host's stack: the policy that the BPF programs
 * (bpf/) go by, and who has which address.
 */
#ifndef NET_H
#define NET_H

#include <stdbool.h>
#include <stdint.h>

#include "core.h"
#include "jail_bpf.h"

struct build;
struct jerr;

#define NET_ADDRESSES_MAX 255 /* of a family, as FreeBSD's jail_max_af_ips */

/* ---- net_policy.c: what the parameters say ---- */

/* The addresses of a jail, those of IPv4 first. */
struct net_ips {
	struct net_ip *v;
	size_t n, n4;
};

void net_ips_done(struct net_ips *ips);
#define auto_ips __attribute__((cleanup(net_ips_done)))

int net_ips_get(struct net_ips *ret, const struct pset *params, struct jerr *e);
bool net_ips_has(const struct net_ips *ips, const struct net_ip *ip);

/* The first address of a family stays the first; the rest in their order. */
void net_order(struct pset *params);

/* Has the jail a policy? */
bool net_is_needed(const struct record *rec);

/* One that it must not be without; else it only gives ports below 1024. */
bool net_is_vital(const struct record *rec);

/* Can such addresses be? */
int net_check(const struct pset *params, struct jerr *e);

/*
 * The policy, but for its scope and namespace.  root: the host's uid of the
 * jail's root.
 */
int net_policy_get(struct net_policy *ret, const struct pset *params,
    const struct net_ips *ips, uint32_t root, struct jerr *e);

/* ---- net_maps.c: where the programs look ---- */

enum net_map {
	NET_MAP_POLICY,
	NET_MAP_HELD,
	NET_MAP_OWNER,
	NET_MAP_BELOW,
	NET_MAP_PORTS,
	NET_MAP_SOCKS,
	NET_MAP_EPOCH,
	NET_MAPS
};

struct net_maps {
	int fd[NET_MAPS];
	int lock; /* nobody else changes them */
	uint64_t cookie; /* of the caller's network namespace */
};

#define NET_MAPS_INIT                                                          \
	{                                                                      \
		.fd = { -1, -1, -1, -1, -1, -1, -1 }, .lock = -1               \
	}

void net_maps_done(struct net_maps *maps);
#define auto_maps __attribute__((cleanup(net_maps_done)))

/*
 * Open them, below the cgroup of jail 0.  load: with the programs of this
 * build in force, in the caller's network namespace too; else -ENOENT without
 * a sentence where there are none.
 */
int net_maps_open(struct net_maps *ret, int jails, bool load, struct jerr *e);

/* After policies were changed: sockets are to look at them anew. */
int net_maps_changed(const struct net_maps *maps);

/*
 * What programs in jails asked for, by socket, and the policies of the jails;
 * -1: nobody is told, or none.
 */
void net_asked_open(int *ret_socks, int *ret_policies);

/* ---- net_pins.c ---- */

/* Clear away what is pinned for network namespaces that have gone. */
void net_pins_clear(void);

/* ---- net_below.c: jails below others ---- */

/*
 * Who has an address among those that a jail with this policy is to be
 * compared with: the jails of its parent, where the parent has it as well.
 */
int net_owner_get(const struct net_maps *maps, const struct net_policy *p,
    const struct net_ip *ip, struct net_owner *ret);
int net_owner_put(const struct net_maps *maps, const struct net_policy *p,
    const struct net_ip *ip, const struct net_owner *owner);
void net_owner_del(const struct net_maps *maps, const struct net_policy *p,
    const struct net_ip *ip);

/*
 * A child's policy: where it belongs to its parent's, and what it inherits.
 * False: it has addresses that are not its parent's ones by inheritance.
 */
int net_below_policy(const struct net_maps *maps, int jails,
    const struct record *rec, struct net_policy *p, struct jerr *e);

/* Has it nothing of a network but what its parent has? */
bool net_is_inherited(const struct record *rec);

/* Connections look for listeners of jails below, too. */
int net_below_mark(const struct net_maps *maps, int jails,
    const struct record *rec, const struct net_ip *ip);

/*
 * The addresses of a jail have changed, and with them those of who inherits
 * them: was, now.
 */
int net_below_refresh(const struct net_maps *maps, const struct jail *j,
    const struct net_ips *was, const struct net_ips *now, struct jerr *e);

/* ---- net_ports.c ---- */

/*
 * Remember which UDP ports the host has on the wildcard address; a jail that
 * had one would keep its service from coming back.
 */
int net_ports_note(const struct net_maps *maps, struct jerr *e);

/* Ports that a jail may have all the same, and no longer. */
int net_ports_check(const struct pset *params, struct jerr *e);
int net_ports_take(
    const struct net_maps *maps, uint64_t jail, const struct pset *params);
void net_ports_drop(
    const struct net_maps *maps, uint64_t jail, const struct pset *params);

/* ---- net.c ---- */

/* A stage of a build, and its undoing. */
int net_setup(struct build *b, struct jerr *e);
int net_undo(const struct jail *j, struct jerr *e);

/*
 * Put the changed addresses of a living jail in force: was, now; only_check:
 * could they be?
 */
int net_update(const struct jail *j, const struct record *was,
    const struct pset *now, bool only_check, struct jerr *e);

#endif
