/* SPDX-License-Identifier: BSD-2-Clause */
/* Who already listens where a new jail is going to. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "buf.h"
#include "cleanup.h"
#include "holders.h"
#include "job.h"
#include "listeners.h"

#define SAID_MAX 10

static const struct {
	const char *name;
	int proto;
	int state; /* of one that waits for others */
} protos[] = {
	{ "tcp", IPPROTO_TCP, TCP_LISTEN },
	{ "udp", IPPROTO_UDP, TCP_CLOSE },
	{ "udplite", IPPROTO_UDPLITE, TCP_CLOSE },
};

static const struct {
	int family;
	const char *param;
} families[] = {
	{ AF_INET, "ip4.addr" },
	{ AF_INET6, "ip6.addr" },
};

struct listener {
	const char *proto;
	bool is_tcp;
	struct jailx_socket s; /* without its name */
};

struct listeners {
	const struct jailx_set *set;
	size_t proto; /* of protos, while they are looked for */
	struct listener *v;
	size_t n;
	bool failed; /* no memory */
};

/* ---- Which ------------------------------------------------------------- */

static bool
is_any(const struct jailx_socket *s)
{
	static const unsigned char any[16];

	return memcmp(s->local.ip, any, sizeof(any)) == 0;
}

/* Is the address among those that the jail is to have? */
static bool
is_given(const struct listeners *l, int family, const unsigned char *ip)
{
	const char *param = families[family == AF_INET6].param;
	size_t i, n = jailx_set_count(l->set, param);
	unsigned char own[16];

	for (i = 0; i < n; i++)
		if (inet_pton(family, jailx_set_get(l->set, param, i), own) ==
			1 &&
		    memcmp(own, ip, family == AF_INET6 ? 16 : 4) == 0)
			return true;
	return false;
}

/* A port of UDP that the jail is to have although the host has it. */
static bool
is_allowed(const struct listeners *l, const struct jailx_socket *s)
{
	static const char param[] = "ip4.hostports";
	size_t i, n = jailx_set_count(l->set, param);
	const char *p;

	for (i = 0; s->proto != IPPROTO_TCP && i < n; i++)
		for (p = jailx_set_get(l->set, param, i); p != NULL;
		     p = *p == ',' ? p + 1 : NULL) {
			if (atoi(p) == s->local.port)
				return true;
			p += strcspn(p, ",");
		}
	return false;
}

/* Does it take what is sent to an address of the jail? */
static bool
is_in_the_way(const struct listeners *l, const struct jailx_socket *s)
{
	static const unsigned char mapped[12] = { [10] = 0xff, [11] = 0xff };
	bool has4 = jailx_set_count(l->set, "ip4.addr") > 0;
	bool has6 = jailx_set_count(l->set, "ip6.addr") > 0;

	if (s->foreign.port != 0 || s->local.port == 0 || is_allowed(l, s))
		return false;
	/* any of the jail's, where the BPF programs gave it another port */
	if (is_any(s) && s->real_port != 0)
		return false;
	if (is_any(s))
		return s->family == AF_INET ? has4 : has6 || (s->both && has4);
	if (s->family == AF_INET6 && memcmp(s->local.ip, mapped, 12) == 0)
		return is_given(l, AF_INET, s->local.ip + 12);
	return is_given(l, s->family, s->local.ip);
}

/* Of a server with a socket for IPv4 and one for IPv6, one will do. */
static bool
is_known(const struct listeners *l, const struct jailx_socket *s)
{
	size_t i;

	for (i = 0; i < l->n; i++) {
		const struct jailx_socket *t = &l->v[i].s;

		if (t->proto == s->proto && t->uid == s->uid &&
		    t->cgroup == s->cgroup && t->local.port == s->local.port &&
		    (is_any(t) ? is_any(s)
			       : t->family == s->family &&
				     memcmp(t->local.ip, s->local.ip, 16) == 0))
			return true;
	}
	return false;
}

static int
add(const struct jailx_socket *s, void *arg)
{
	struct listeners *l = arg;
	struct listener *more;

	if (!is_in_the_way(l, s) || is_known(l, s))
		return 0;
	if ((more = grow(l->v, l->n, sizeof(*more))) == NULL) {
		l->failed = true;
		return 1;
	}
	l->v = more;
	more[l->n++] = (struct listener){
		.proto = protos[l->proto].name,
		.is_tcp = protos[l->proto].proto == IPPROTO_TCP,
		.s = *s,
	};
	return 0;
}

/* What cannot be found out is not warned of. */
static void
find(struct listeners *l)
{
	size_t i;

	for (l->proto = 0; l->proto < nitems(protos); l->proto++)
		for (i = 0; i < nitems(families); i++)
			(void)jailx_sockets(0, families[i].family,
			    protos[l->proto].proto,
			    1U << protos[l->proto].state, add, l);
}

static int
compare(const void *a, const void *b)
{
	const struct listener *x = a, *y = b;

	if (x->s.local.port != y->s.local.port)
		return x->s.local.port < y->s.local.port ? -1 : 1;
	return (x->s.proto > y->s.proto) - (x->s.proto < y->s.proto);
}

/* ---- What it means ----------------------------------------------------- */

/* "nginx (pid 812) of the host" */
static void
put_owner(struct buf *b, const struct listener *l, const struct holders *h,
    struct jailx_where *where)
{
	size_t n;
	const struct holder *holder = holders_of(h, l->s.inode, &n);
	const struct process *p =
	    holder == NULL ? NULL : holders_process(h, holder);
	const char *c;
	int jid = where == NULL || l->s.cgroup == 0
		      ? -1
		      : jailx_where_cgroup(where, l->s.cgroup);

	for (c = p == NULL ? "" : p->name; *c != '\0'; c++)
		buf_chr(b, (unsigned char)*c < ' ' || *c == 0x7f ? '?' : *c);
	if (p != NULL)
		buf_fmt(b, " (pid %d)", p->pid);
	else
		buf_str(b, "something");
	if (jid > 0)
		buf_fmt(b, " of jail %d", jid);
	else
		buf_str(b, " of the host");
}

static void
put_address(struct buf *b, const struct jailx_socket *s)
{
	char text[INET6_ADDRSTRLEN] = "*";

	if (!is_any(s))
		(void)inet_ntop(s->family, s->local.ip, text, sizeof(text));
	buf_fmt(b, "%s:%u", text, s->local.port);
}

static void
say(const struct job *j, const struct listener *l, const struct holders *h,
    struct jailx_where *where)
{
	auto_buf struct buf owner = BUF_INIT, address = BUF_INIT;

	put_owner(&owner, l, h, where);
	put_address(&address, &l->s);
	if (buf_err(&owner) < 0 || buf_err(&address) < 0)
		return;
	if (l->is_tcp)
		job_note(j, 1,
		    "warning: %s listens on %s (%s): the jail can use port %u "
		    "as well, but as long as nothing listens there in the "
		    "jail, it takes what is meant for the jail's address",
		    owner.p, address.p, l->proto, l->s.local.port);
	else
		job_note(j, 1,
		    "warning: %s has %s (%s): the jail cannot use port %u, and "
		    "what is sent there to the jail's address goes to it; let "
		    "it bind an address of the host's own instead, or name "
		    "the port in ip4.hostports",
		    owner.p, address.p, l->proto, l->s.local.port);
}

void
listeners_warn(const struct job *j)
{
	struct listeners l = { .set = j->given };
	struct holders h = { 0 };
	struct jailx_where *where;
	size_t i;

	if (j->q->verbose <= 0 || (jailx_set_count(l.set, "ip4.addr") == 0 &&
				      jailx_set_count(l.set, "ip6.addr") == 0))
		return;
	find(&l);
	if (l.n == 0)
		return;
	qsort(l.v, l.n, sizeof(*l.v), compare);
	where = jailx_where_open();
	/* without memory or /proc nobody is named */
	(void)holders_read(&h, where);
	for (i = 0; i < l.n && i < SAID_MAX; i++)
		say(j, &l.v[i], &h, where);
	if (i < l.n)
		job_note(
		    j, 1, "warning: and %zu more (sockstat -46l)", l.n - i);
	holders_done(&h);
	jailx_where_close(where);
	free(l.v);
}
