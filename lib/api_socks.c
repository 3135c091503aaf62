/* SPDX-License-Identifier: BSD-2-Clause */
/* The public face of sockets, and of whose they are. */
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "bpf.h"
#include "cleanup.h"
#include "core.h"
#include "diag.h"
#include "face.h"
#include "jailx.h"
#include "jerr.h"
#include "net.h"
#include "where.h"

/* ---- sockets ---- */

struct each {
	jailx_socket_fn *fn;
	void *arg;
	int policies; /* a map, or -1 */
};

/* What listens at all of the jail's addresses: at any, or at the only one. */
static void
show_wildcard(
    struct jailx_socket *s, const struct net_sock *asked, int policies)
{
	bool is4 = s->family == AF_INET;
	struct net_policy p;

	if (policies < 0 || bpf_map_get(policies, &asked->jail, &p) < 0 ||
	    (is4 ? p.n4 : p.n6) == 0)
		return;
	memset(s->local.ip, 0, sizeof(s->local.ip));
	if (is4 && p.n4 == 1)
		memcpy(s->local.ip, &p.addr4.w[3], sizeof(p.addr4.w[3]));
	else if (!is4 && p.n6 == 1 && (p.ip4 == NET_OFF || !s->both))
		memcpy(s->local.ip, p.addr6.b, sizeof(s->local.ip));
}

/*
 * The port that the jail's program asked for is shown in place of the real,
 * and so is the address where connections to others are handed over, too.
 */
static void
show_asked(struct jailx_socket *s, const struct diag_sock *d, int policies)
{
	struct net_sock asked;

	if (d->value_len < sizeof(asked))
		return;
	memcpy(&asked, d->value, sizeof(asked));
	if (asked.key.port == 0 || asked.key.port == s->local.port)
		return;
	s->real_port = s->local.port;
	s->local.port = asked.key.port;
	if (s->state == TCP_LISTEN && (asked.flags & NET_SOCK_WILD) != 0)
		show_wildcard(s, &asked, policies);
}

static void
copy_address(struct jailx_address *ret, const struct diag_addr *from)
{
	memcpy(ret->ip, from->ip, sizeof(ret->ip));
	ret->port = from->port;
}

static int
each_socket(const struct diag_sock *d, void *arg)
{
	const struct each *each = arg;
	struct jailx_socket s = {
		.family = d->family,
		.type = d->type,
		.proto = d->proto,
		.state = d->state,
		.both = d->family == AF_INET6 && !d->v6only,
		.uid = d->uid,
		.inode = d->inode,
		.cgroup = d->cgroup,
		.ifindex = d->ifindex,
		.name = d->name,
		.name_len = d->name_len,
		.peer = d->peer,
	};

	copy_address(&s.local, &d->local);
	copy_address(&s.foreign, &d->foreign);
	show_asked(&s, d, each->policies);
	return each->fn(&s, each->arg);
}

/* The kernel's list for the network namespace of a jail. */
static int
open_there(int jid, int *ret, struct jerr *e)
{
	auto_jail struct jail j = JAIL_INIT;
	auto_close int here = -1, warden = -1;
	pid_t pid;
	int r;

	if ((r = jail_find(jid, false, &j, e)) < 0)
		return r;
	if (jail_warden(&j, &pid, &warden) < 0)
		return jerr(e, ESRCH, "jail %d is dying", jid);
	if ((here = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC)) < 0)
		return jerr_sys(e, errno, "/proc/self/ns/net");
	if (setns(warden, CLONE_NEWNET) < 0)
		return jerr_sys(e, errno, "network of jail %d", jid);
	*ret = diag_open();
	if (setns(here, CLONE_NEWNET) < 0)
		return jerr_sys(e, errno, "the way back from jail %d", jid);
	return 0;
}

static int
open_list(int jid, struct jerr *e)
{
	int fd = -1, r;

	if (jid == 0)
		fd = diag_open();
	else if ((r = open_there(jid, &fd, e)) < 0) {
		close_fd(fd);
		return r;
	}
	if (fd == -EPROTONOSUPPORT || fd == -EAFNOSUPPORT)
		return jerr(e, ENOTSUP, "this kernel does not list sockets");
	return fd < 0 ? jerr_sys(e, -fd, "list of sockets") : fd;
}

API int
jailx_sockets(int jid, int family, int proto, uint32_t states,
    jailx_socket_fn *fn, void *arg)
{
	auto_close int map = -1, policies = -1, fd = -1;
	struct each each = { .fn = fn, .arg = arg };
	struct diag_query q = {
		.family = family,
		.proto = proto,
		.states = states,
	};
	struct jerr e;
	int r;

	net_asked_open(&map, &policies);
	q.map = map;
	each.policies = policies;
	if ((fd = open_list(jid, &e)) < 0)
		return face(fd, &e);
	r = diag_dump(fd, &q, each_socket, &each);
	if (r == -EPERM && q.map >= 0) {
		q.map = -1; /* then with the ports that the kernel has */
		r = diag_dump(fd, &q, each_socket, &each);
	}
	if (r == -ENOENT)
		r = jerr(&e, ENOENT, "this kernel does not list such sockets");
	else if (r < 0)
		r = jerr_sys(&e, -r, "list of sockets");
	return face(r, &e);
}

API uint64_t
jailx_net(int jid)
{
	auto_jail struct jail j = JAIL_INIT;
	auto_close int warden = -1;
	char path[64] = "/proc/self/ns/net";
	struct stat st;
	struct jerr e;
	pid_t pid;

	if (jid != 0) {
		if (jail_find(jid, false, &j, &e) < 0 ||
		    jail_warden(&j, &pid, &warden) < 0)
			return 0;
		(void)snprintf(path, sizeof(path), "/proc/%d/ns/net", pid);
	}
	return stat(path, &st) < 0 ? 0 : st.st_ino;
}

/* ---- whose they are ---- */

struct jailx_where {
	struct where w;
};

API struct jailx_where *
jailx_where_open(void)
{
	struct jailx_where *w = calloc(1, sizeof(*w));
	struct jerr e;
	int r = w == NULL ? jerr_sys(&e, ENOMEM, "cgroups of jails")
			  : where_init(&w->w, &e);

	if (r == 0)
		return w;
	free(w);
	(void)face(r, &e);
	return NULL;
}

API void
jailx_where_close(struct jailx_where *w)
{
	if (w == NULL)
		return;
	where_done(&w->w);
	free(w);
}

API int
jailx_where_cgroup(struct jailx_where *w, uint64_t cgroup)
{
	int r = where_is(&w->w, cgroup);
	struct jerr e;

	if (r < 0)
		r = jerr(&e, -r, "the cgroup has gone");
	return face(r, &e);
}

API int
jailx_where_process(struct jailx_where *w, int proc)
{
	uint64_t cgroup;
	struct jerr e;
	int r = where_process(&w->w, proc, &cgroup);

	if (r < 0)
		return face(jerr_sys(&e, -r, "cgroup of a process"), &e);
	return jailx_where_cgroup(w, cgroup);
}
