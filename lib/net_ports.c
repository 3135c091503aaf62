/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * UDP ports that the host holds on the wildcard address.  Unlike a port of
 * TCP, which jails only seem to have, one of UDP is a jail's really: the
 * service of the host that had it could not be started again.  So such ports
 * are remembered, and refused to jails.
 */
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bpf.h"
#include "cleanup.h"
#include "diag.h"
#include "io.h"
#include "jerr.h"
#include "net.h"
#include "value.h"

#define IDLE (1U << 7) /* TCP_CLOSE: a UDP socket that is not connected */
#define RANGE "/proc/sys/net/ipv4/ip_local_port_range"

struct note {
	const struct net_maps *maps;
	long low, high; /* given out to whoever does not ask for one */
};

static int
note(const struct diag_sock *s, void *arg)
{
	static const unsigned char any[16];
	const struct note *n = arg;
	struct net_port key = {
		.owner = n->maps->cookie,
		.port = s->local.port,
	};
	uint8_t one = 1;

	if (s->local.port == 0 ||
	    (s->local.port >= n->low && s->local.port <= n->high) ||
	    memcmp(s->local.ip, any, s->family == AF_INET ? 4 : 16) != 0)
		return 0;
	return bpf_map_put(n->maps->fd[NET_MAP_PORTS], &key, &one);
}

static void
read_range(struct note *n)
{
	char text[64];

	n->low = 32768;
	n->high = 60999;
	if (io_readat(-1, RANGE, text, sizeof(text)) > 0)
		(void)sscanf(text, "%ld %ld", &n->low, &n->high);
}

int
net_ports_note(const struct net_maps *maps, struct jerr *e)
{
	static const int families[] = { AF_INET, AF_INET6 };
	struct diag_query q = {
		.proto = IPPROTO_UDP,
		.states = IDLE,
		.map = -1,
	};
	struct note n = { .maps = maps };
	auto_close int fd = diag_open();
	size_t i;
	int r;

	read_range(&n);
	for (i = 0; fd >= 0 && i < nitems(families); i++) {
		q.family = families[i];
		r = diag_dump(fd, &q, note, &n);
		if (r < 0 && r != -ENOENT)
			return jerr_sys(e, -r, "list of the host's sockets");
	}
	return 0;
}

/* ---- ip4.hostports ---- */

static int
port_at(const struct pset *params, size_t i, long *ret)
{
	return value_long(
	    pset_get(params, P_IP4_HOSTPORTS, i), 1, UINT16_MAX, ret);
}

int
net_ports_check(const struct pset *params, struct jerr *e)
{
	long port;
	size_t i;

	for (i = 0; i < pset_count(params, P_IP4_HOSTPORTS); i++) {
		if (port_at(params, i, &port) < 0)
			return jerr(e, EINVAL,
			    "ip4.hostports: %s is not a port",
			    pset_get(params, P_IP4_HOSTPORTS, i));
	}
	return 0;
}

int
net_ports_take(
    const struct net_maps *maps, uint64_t jail, const struct pset *params)
{
	struct net_port key = { .owner = jail };
	uint8_t one = 1;
	size_t i;
	long port;
	int r = 0;

	for (i = 0; r == 0 && i < pset_count(params, P_IP4_HOSTPORTS); i++) {
		if (port_at(params, i, &port) < 0)
			continue;
		key.port = (uint16_t)port;
		r = bpf_map_put(maps->fd[NET_MAP_PORTS], &key, &one);
	}
	return r;
}

void
net_ports_drop(
    const struct net_maps *maps, uint64_t jail, const struct pset *params)
{
	struct net_port key = { .owner = jail };
	size_t i;
	long port;

	for (i = 0; i < pset_count(params, P_IP4_HOSTPORTS); i++) {
		if (port_at(params, i, &port) < 0)
			continue;
		key.port = (uint16_t)port;
		(void)bpf_map_del(maps->fd[NET_MAP_PORTS], &key); /* or gone */
	}
}
