/* SPDX-License-Identifier: BSD-2-Clause */
/* The maps of the BPF programs, which are loaded where they are not there. */
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "bpf.h"
#include "cg.h"
#include "cleanup.h"
#include "jerr.h"
#include "libexec.h"
#include "net.h"
#include "net_build.h"

#define PROGRAM "jail_create" /* which the maps are bound to */
#define LOCK_DIR "net" /* in jail/ */
#define LOADS_MAX 8
#define XA_BUILD "trusted.jail.bpf"

#ifndef SO_NETNS_COOKIE
#define SO_NETNS_COOKIE 71
#endif

static const char *const names[] = {
	[NET_MAP_POLICY] = "jail_policy",
	[NET_MAP_HELD] = "jail_held",
	[NET_MAP_OWNER] = "jail_owner",
	[NET_MAP_BELOW] = "jail_below",
	[NET_MAP_PORTS] = "jail_ports",
	[NET_MAP_SOCKS] = "jail_socks",
	[NET_MAP_EPOCH] = "jail_epoch",
};

void
net_maps_done(struct net_maps *maps)
{
	size_t i;

	for (i = 0; i < nitems(maps->fd); i++)
		cleanup_close(&maps->fd[i]);
	cleanup_close(&maps->lock);
}

static int
get_cookie(uint64_t *ret)
{
	auto_close int s = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	socklen_t len = sizeof(*ret);

	if (s < 0 || getsockopt(s, SOL_SOCKET, SO_NETNS_COOKIE, ret, &len) < 0)
		return -errno;
	return 0;
}

/* Are the programs of this build attached, and that of this namespace? */
static bool
is_loaded(int jails)
{
	auto_close int net = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	char build[sizeof(NET_BUILD)];
	ssize_t n = fgetxattr(jails, XA_BUILD, build, sizeof(build));

	return n == sizeof(NET_BUILD) - 1 &&
	       memcmp(build, NET_BUILD, sizeof(NET_BUILD) - 1) == 0 &&
	       bpf_is_attached(net, BPF_SK_LOOKUP, "jail_lookup");
}

static int
load(int jails, struct jerr *e)
{
	const char *argv[] = { "jail-bpf", "load", NULL };

	return libexec_run(argv, &jails, 1, e);
}

static int
lock(struct net_maps *maps, int jails, struct jerr *e)
{
	auto_close int dir = cg_open(jails, LOCK_DIR);

	if (dir < 0)
		return dir == -ENOENT
			   ? dir
			   : jerr_sys(e, -dir, "lock of the addresses");
	maps->lock = cg_lock(dir, false);
	return maps->lock < 0
		   ? jerr_sys(e, -maps->lock, "lock of the addresses")
		   : 0;
}

/*
 * The lock, with the programs in force: they may be unloaded, or replaced by
 * another build's, until we have it.
 */
static int
lock_loaded(struct net_maps *maps, int jails, struct jerr *e)
{
	int tries, r;

	for (tries = 0; tries < LOADS_MAX; tries++) {
		if ((r = lock(maps, jails, e)) < 0)
			return r == -ENOENT ? jerr_sys(e, ENOENT,
						  "lock of the addresses")
					    : r;
		if (is_loaded(jails))
			return 0;
		cleanup_close(&maps->lock); /* the helper's now */
		if ((r = load(jails, e)) < 0)
			return r;
	}
	return jerr(e, EAGAIN,
	    "the BPF programs of jails are replaced all the time: let one "
	    "version of the tools start jails");
}

int
net_maps_open(struct net_maps *ret, int jails, bool with_load, struct jerr *e)
{
	struct net_maps maps = NET_MAPS_INIT;
	int r;

	if ((r = get_cookie(&maps.cookie)) < 0)
		return jerr_sys(e, -r, "cookie of the network namespace");
	if (with_load) {
		(void)cg_mkdir(jails, LOCK_DIR); /* opened next */
		r = lock_loaded(&maps, jails, e);
	} else {
		r = lock(&maps, jails, e);
	}
	if (r < 0)
		return r;
	r = bpf_maps_open(jails, PROGRAM, names, maps.fd, nitems(maps.fd));
	if (r < 0) {
		net_maps_done(&maps);
		return r == -ENOENT && !with_load
			   ? r
			   : jerr_sys(e, -r, "BPF programs of jails");
	}
	*ret = maps;
	return 0;
}

int
net_maps_changed(const struct net_maps *maps)
{
	uint32_t zero = 0, epoch;
	int r;

	if ((r = bpf_map_get(maps->fd[NET_MAP_EPOCH], &zero, &epoch)) < 0)
		return r;
	if (++epoch == 0)
		epoch++; /* 0: none yet */
	return bpf_map_put(maps->fd[NET_MAP_EPOCH], &zero, &epoch);
}

void
net_asked_open(int *ret_socks, int *ret_policies)
{
	const char *const asked[] = {
		names[NET_MAP_SOCKS],
		names[NET_MAP_POLICY],
	};
	int fds[nitems(asked)] = { -1, -1 };
	struct jerr e;
	auto_close int jails = jails_dir(false, &e);

	if (jails < 0 ||
	    bpf_maps_open(jails, PROGRAM, asked, fds, nitems(asked)) < 0)
		fds[0] = fds[1] = -1;
	*ret_socks = fds[0];
	*ret_policies = fds[1];
}
