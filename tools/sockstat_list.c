/* SPDX-License-Identifier: BSD-2-Clause */
/* sockstat(1): sockets, who holds them, whose they are. */
#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "buf.h"
#include "cleanup.h"
#include "jail.h"
#include "sockstat.h"

/* ---- Which ------------------------------------------------------------- */

/* An IPv4 address in the clothes of IPv6 is what it is, as on FreeBSD. */
static void
unmap(struct jailx_socket *s)
{
	static const unsigned char mapped[12] = { [10] = 0xff, [11] = 0xff };
	struct jailx_address *const v[] = { &s->local, &s->foreign };
	size_t i;

	if (s->family != AF_INET6 ||
	    memcmp(s->local.ip, mapped, sizeof(mapped)) != 0)
		return;
	for (i = 0; i < nitems(v); i++) {
		memmove(v[i]->ip, v[i]->ip + sizeof(mapped), 4);
		memset(v[i]->ip + 4, 0, sizeof(v[i]->ip) - 4);
	}
	s->family = AF_INET;
}

static bool
is_loopback(int family, const struct jailx_address *a)
{
	static const unsigned char loop[16] = { [15] = 1 };

	return family == AF_INET ? a->ip[0] == IN_LOOPBACKNET
				 : memcmp(a->ip, loop, sizeof(loop)) == 0;
}

static bool
is_family_meant(const struct sock *k, unsigned int flags)
{
	const struct jailx_socket *s = &k->s;

	if (s->family == AF_INET)
		return (flags & SHOW_4) != 0;
	return (flags & SHOW_6) != 0 || ((flags & SHOW_4) != 0 && s->both);
}

/*
 * Does it wait for others?  A TCP or stream socket must listen for that, any
 * other one needs no more than a port or name.
 */
static bool
is_listening(const struct sock *k)
{
	const struct jailx_socket *s = &k->s;

	if (k->proto == NULL)
		return s->state == TCP_LISTEN ||
		       (s->type == SOCK_DGRAM && s->peer == 0 &&
			   s->name_len > 0);
	return s->proto == IPPROTO_TCP ? s->state == TCP_LISTEN
				       : s->foreign.port == 0;
}

static bool
is_connected(const struct sock *k)
{
	return k->proto == NULL ? k->s.peer != 0 : k->s.foreign.port != 0;
}

static bool
is_meant(const struct sock *k, const struct asked *a)
{
	const unsigned int both = SHOW_CONNECTED | SHOW_LISTENING;
	const unsigned int which = a->flags & both;
	const struct jailx_socket *s = &k->s;

	if (which == SHOW_LISTENING && !is_listening(k))
		return false;
	if (which == SHOW_CONNECTED && !is_connected(k))
		return false;
	if (k->proto == NULL)
		return true;
	if (!is_family_meant(k, a->flags))
		return false;
	if ((a->flags & NO_LOOPBACK) != 0 &&
	    (is_loopback(s->family, &s->local) ||
		is_loopback(s->family, &s->foreign)))
		return false;
	return a->ports == NULL ||
	       (k->proto->has_ports &&
		   (a->ports[s->local.port] || a->ports[s->foreign.port]));
}

/* ---- Sockets ----------------------------------------------------------- */

/* What jailx_sockets() is called with. */
struct round {
	struct list *l;
	const struct asked *a;
	const struct proto *proto;
	int net;
};

static int
add_socket(const struct jailx_socket *s, void *arg)
{
	const struct round *r = arg;
	struct list *l = r->l;
	struct sock k = { .s = *s, .proto = r->proto, .net = r->net }, *more;
	char *name = NULL;

	unmap(&k.s);
	k.hidden = !is_meant(&k, r->a);
	if (k.hidden && k.proto != NULL)
		return 0;
	if ((more = grow(l->v, l->n, sizeof(*more))) == NULL)
		err(1, "malloc");
	l->v = more;
	if (s->name_len > 0) {
		if ((name = malloc(s->name_len)) == NULL)
			err(1, "malloc");
		memcpy(name, s->name, s->name_len);
	}
	k.s.name = name;
	more[l->n++] = k;
	return 0;
}

/* What a kernel does not list is left out. */
static void
read_some(struct list *l, const struct asked *a, int net, int family,
    const struct proto *proto)
{
	struct round r = { .l = l, .a = a, .proto = proto, .net = net };

	if (jailx_sockets(net, family, proto == NULL ? 0 : proto->proto,
		UINT32_MAX, add_socket, &r) < 0 &&
	    errno != ENOENT)
		errx(1, "%s", jail_errmsg);
}

static void
read_net(struct list *l, const struct asked *a, int net)
{
	size_t i;

	for (i = 0; i < sockstat_nprotos; i++) {
		if ((a->protos & (1U << i)) == 0)
			continue;
		/* some of AF_INET6 turn out to be of IPv4 */
		if ((a->flags & (SHOW_4 | SHOW_6)) != 0)
			read_some(l, a, net, AF_INET6, &sockstat_protos[i]);
		if ((a->flags & SHOW_4) != 0)
			read_some(l, a, net, AF_INET, &sockstat_protos[i]);
	}
	if ((a->flags & SHOW_UNIX) != 0)
		read_some(l, a, net, AF_UNIX, NULL);
}

/*
 * The network namespaces of the jails that are meant, each once.  Where one
 * may not be entered there is the caller's.
 */
static void
read_sockets(struct list *l, const struct asked *a)
{
	const uint64_t own = jailx_net(0);
	auto_free uint64_t *seen = calloc(a->njids + 1, sizeof(*seen));
	size_t i, k, n = 0;

	if (seen == NULL)
		err(1, "malloc");
	if (a->njids == 0)
		read_net(l, a, 0);
	for (i = 0; i < a->njids; i++) {
		uint64_t net = jailx_net(a->jids[i]);

		if (net == 0)
			net = own;
		for (k = 0; k < n && seen[k] != net; k++)
			;
		if (k < n)
			continue;
		seen[n++] = net;
		read_net(l, a, net == own ? 0 : a->jids[i]);
	}
}

/* ---- Unix sockets and their peers -------------------------------------- */

static int
compare_inodes(const void *a, const void *b)
{
	const struct sock *x = *(const struct sock *const *)a;
	const struct sock *y = *(const struct sock *const *)b;

	return (x->s.inode > y->s.inode) - (x->s.inode < y->s.inode);
}

static int
compare_peers(const void *a, const void *b)
{
	const struct sock *x = *(const struct sock *const *)a;
	const struct sock *y = *(const struct sock *const *)b;

	if (x->s.peer != y->s.peer)
		return x->s.peer < y->s.peer ? -1 : 1;
	return compare_inodes(a, b);
}

static void
index_unix(struct list *l)
{
	size_t i;

	l->by_inode = calloc(l->n + 1, sizeof(*l->by_inode));
	l->by_peer = calloc(l->n + 1, sizeof(*l->by_peer));
	if (l->by_inode == NULL || l->by_peer == NULL)
		err(1, "malloc");
	for (i = 0; i < l->n; i++)
		if (l->v[i].proto == NULL) {
			l->by_inode[l->nunix] = &l->v[i];
			l->by_peer[l->nunix++] = &l->v[i];
		}
	qsort(l->by_inode, l->nunix, sizeof(*l->by_inode), compare_inodes);
	qsort(l->by_peer, l->nunix, sizeof(*l->by_peer), compare_peers);
}

const struct sock *
list_unix(const struct list *l, ino_t inode)
{
	const struct sock key = { .s.inode = inode }, *p = &key;
	const struct sock **found = bsearch(
	    &p, l->by_inode, l->nunix, sizeof(*l->by_inode), compare_inodes);

	return found == NULL ? NULL : *found;
}

const struct sock *const *
list_peers(const struct list *l, ino_t inode, size_t *ret_n)
{
	size_t low = 0, high = l->nunix, middle, end;

	while (low < high) {
		middle = low + (high - low) / 2;
		if (l->by_peer[middle]->s.peer < inode)
			low = middle + 1;
		else
			high = middle;
	}
	for (end = low; end < l->nunix && l->by_peer[end]->s.peer == inode;)
		end++;
	*ret_n = end - low;
	return &l->by_peer[low];
}

/* ---- Rows -------------------------------------------------------------- */

static bool
is_jail_meant(const struct asked *a, int jid)
{
	size_t i;

	for (i = 0; i < a->njids; i++)
		if (a->jids[i] == jid)
			return true;
	return a->njids == 0;
}

/* A socket is of the jail that it was made in, and of that of its holder. */
static void
add_row(struct list *l, const struct asked *a, const struct sock *k,
    const struct holder *holder)
{
	struct row *more;

	if (!is_jail_meant(a, k->jid) &&
	    (holder == NULL ||
		!is_jail_meant(a, holders_process(&l->holders, holder)->jid)))
		return;
	if ((more = grow(l->rows, l->nrows, sizeof(*more))) == NULL)
		err(1, "malloc");
	l->rows = more;
	more[l->nrows++] = (struct row){ .sock = k, .holder = holder };
}

static int
compare_sockets(const struct sock *a, const struct sock *b)
{
	/* as protocols are listed, unix sockets last */
	if (a->proto != b->proto)
		return a->proto != NULL &&
			       (b->proto == NULL || a->proto < b->proto)
			   ? -1
			   : 1;
	if (a->s.local.port != b->s.local.port)
		return a->s.local.port < b->s.local.port ? -1 : 1;
	return (a->s.inode > b->s.inode) - (a->s.inode < b->s.inode);
}

/* Those that somebody holds first. */
static int
compare_rows(const void *a, const void *b)
{
	const struct row *x = a, *y = b;

	if (x->holder == NULL || y->holder == NULL) {
		if (x->holder != y->holder)
			return x->holder != NULL ? -1 : 1;
		return compare_sockets(x->sock, y->sock);
	}
	if (x->holder->process != y->holder->process)
		return x->holder->process < y->holder->process ? -1 : 1;
	return (x->holder->fd > y->holder->fd) -
	       (x->holder->fd < y->holder->fd);
}

static int
jid_of(struct jailx_where *where, const struct sock *k)
{
	return where == NULL || k->s.cgroup == 0
		   ? -1
		   : jailx_where_cgroup(where, k->s.cgroup);
}

static void
make_rows(struct list *l, const struct asked *a, struct jailx_where *where)
{
	size_t i, h, n;

	for (i = 0; i < l->n; i++) {
		struct sock *k = &l->v[i];
		const struct holder *holder =
		    holders_of(&l->holders, k->s.inode, &n);

		if (k->hidden)
			continue;
		k->jid = jid_of(where, k);
		/* of a unix socket the kernel does not tell */
		if (k->jid < 0 && n > 0)
			k->jid = holders_process(&l->holders, holder)->jid;
		for (h = 0; h < n; h++)
			add_row(l, a, k, &holder[h]);
		if (n == 0)
			add_row(l, a, k, NULL);
	}
	if (l->nrows > 1)
		qsort(l->rows, l->nrows, sizeof(*l->rows), compare_rows);
}

void
list_read(struct list *ret, const struct asked *a)
{
	struct jailx_where *where;

	*ret = (struct list){ 0 };
	read_sockets(ret, a);
	index_unix(ret);
	/* after the sockets: of jails that came meanwhile it knows, too */
	if ((where = jailx_where_open()) == NULL && a->njids > 0)
		errx(1, "%s", jail_errmsg);
	if (holders_read(&ret->holders, where) < 0)
		err(1, "/proc");
	make_rows(ret, a, where);
	jailx_where_close(where);
}

void
list_done(struct list *l)
{
	size_t i;

	for (i = 0; i < l->n; i++)
		free((void *)(uintptr_t)l->v[i].s.name);
	free(l->v);
	free(l->by_inode);
	free(l->by_peer);
	free(l->rows);
	holders_done(&l->holders);
}
