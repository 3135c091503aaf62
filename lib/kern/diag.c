/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The kernel's list of sockets by NETLINK_SOCK_DIAG.  jail(8), which is static,
 * asks as well: so without a library.
 *
 * An answer is read whole before it is looked at, since one that the kernel
 * says was interrupted is asked for again.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <linux/unix_diag.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "buf.h"
#include "cleanup.h"
#include "diag.h"

#define TRIES 5
#define ROOM 65536 /* to read in; the kernel fills up to 32 KiB of it */

int
diag_open(void)
{
	auto_close int fd =
	    socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
	struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };

	/* connected: root of a network namespace could answer, or flood us */
	if (fd < 0 ||
	    connect(fd, (struct sockaddr *)&kernel, sizeof(kernel)) < 0)
		return -errno;
	return take_fd(&fd);
}

/* ---- what is asked ---- */

struct request {
	struct nlmsghdr head;
	union {
		struct inet_diag_req_v2 inet;
		struct unix_diag_req un;
	};
	struct nlattr storages; /* inet: with the map in it */
	struct nlattr map;
	uint32_t map_fd;
};

static int
ask(int fd, const struct diag_query *q)
{
	const bool has_map = q->map >= 0 && q->family != AF_UNIX;
	struct request r = {
		.head = { .nlmsg_len = offsetof(struct request, storages),
		    .nlmsg_type = SOCK_DIAG_BY_FAMILY,
		    .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP },
		.storages = { .nla_len = sizeof(r) -
					 offsetof(struct request, storages),
		    .nla_type = INET_DIAG_REQ_SK_BPF_STORAGES | NLA_F_NESTED },
		.map = { .nla_len = sizeof(r) - offsetof(struct request, map),
		    .nla_type = SK_DIAG_BPF_STORAGE_REQ_MAP_FD },
		.map_fd = (uint32_t)q->map,
	};

	if (q->family == AF_UNIX) {
		r.head.nlmsg_len = NLMSG_LENGTH(sizeof(struct unix_diag_req));
		r.un.sdiag_family = AF_UNIX;
		r.un.udiag_states = q->states;
		r.un.udiag_show =
		    UDIAG_SHOW_NAME | UDIAG_SHOW_PEER | UDIAG_SHOW_UID;
	} else {
		r.inet.sdiag_family = (__u8)q->family;
		r.inet.sdiag_protocol = (__u8)q->proto;
		r.inet.idiag_states = q->states;
	}
	if (has_map)
		r.head.nlmsg_len = sizeof(r);
	if (send(fd, &r, r.head.nlmsg_len, 0) < 0)
		return -errno;
	return 0;
}

/* ---- what is answered ---- */

/* The message at data, NULL if there is no whole one. */
static const struct nlmsghdr *
first_message(const void *data, size_t len)
{
	const struct nlmsghdr *h = data;

	return len < sizeof(*h) || h->nlmsg_len < sizeof(*h) ||
		       h->nlmsg_len > len
		   ? NULL
		   : h;
}

static const struct nlmsghdr *
next_message(const struct nlmsghdr *h, size_t *left)
{
	size_t len = NLMSG_ALIGN((size_t)h->nlmsg_len);

	if (len >= *left)
		return NULL;
	*left -= len;
	return first_message((const char *)h + len, *left);
}

/* What is said of a dump: 1 at its end, -errno, or 0 if it goes on. */
static int
verdict(const struct nlmsghdr *h)
{
	int32_t err = 0;

	if (h->nlmsg_type != NLMSG_DONE && h->nlmsg_type != NLMSG_ERROR)
		return 0;
	if (h->nlmsg_len >= NLMSG_LENGTH(sizeof(err)))
		memcpy(&err, NLMSG_DATA(h), sizeof(err));
	if (err < 0)
		return err;
	return h->nlmsg_type == NLMSG_DONE ? 1 : -EPROTO;
}

/* A datagram: 1 when the dump is over, 0, or -errno. */
static int
judge(const void *data, size_t len, bool *interrupted)
{
	const struct nlmsghdr *h;
	int r = 0;

	for (h = first_message(data, len); h != NULL && r == 0;
	     h = next_message(h, &len)) {
		if ((h->nlmsg_flags & NLM_F_DUMP_INTR) != 0)
			*interrupted = true;
		r = verdict(h);
	}
	return r;
}

/*
 * Append the next datagram, whole, however long it is: a socket with all its
 * values may be longer than what the kernel calls usual.
 */
static ssize_t
receive(int fd, struct buf *ret)
{
	struct sockaddr_nl from = { 0 };
	socklen_t len = sizeof(from);
	ssize_t n = recv(fd, NULL, 0, MSG_PEEK | MSG_TRUNC);
	size_t room = n > ROOM ? (size_t)n : ROOM;
	auto_free char *chunk = NULL;

	if (n < 0)
		return errno == EINTR ? 0 : -errno;
	if ((chunk = malloc(room)) == NULL)
		return -ENOMEM;
	n = recvfrom(fd, chunk, room, 0, (struct sockaddr *)&from, &len);
	if (n < 0)
		return errno == EINTR ? 0 : -errno;
	if (from.nl_pid != 0)
		return 0;
	buf_add(ret, chunk, (size_t)n);
	/* the next one is to begin at a multiple of 4 */
	buf_add(ret, "\0\0\0", NLMSG_ALIGN((size_t)n) - (size_t)n);
	return buf_err(ret) < 0 ? -ENOMEM : n;
}

/*
 * One dump, appended.  -EINTR: the kernel says that it was interrupted, and
 * may lack something.
 */
static int
dump_once(int fd, const struct diag_query *q, struct buf *ret)
{
	bool interrupted = false;
	size_t before;
	ssize_t n;
	int r;

	if ((r = ask(fd, q)) < 0)
		return r;
	while (r == 0) {
		before = ret->len;
		if ((n = receive(fd, ret)) < 0)
			return (int)n;
		if (n > 0)
			r = judge(ret->p + before, (size_t)n, &interrupted);
	}
	return r < 0 ? r : interrupted ? -EINTR : 0;
}

int
diag_dump(int fd, const struct diag_query *q, diag_fn *fn, void *arg)
{
	auto_buf struct buf b = BUF_INIT;
	int r = -EINTR, tries;

	for (tries = 0; tries < TRIES && r == -EINTR; tries++) {
		buf_done(&b);
		r = dump_once(fd, q, &b);
	}
	/* nearly all is better than nothing */
	if (r < 0 && r != -EINTR)
		return r;
	return diag_parse(b.p, b.len, q, fn, arg);
}

/* ---- what it means ---- */

struct attr {
	int type;
	const void *data;
	size_t len;
};

/* Take the next attribute off; false at the end, or where that is not one. */
static bool
next_attr(const char **p, size_t *left, struct attr *ret)
{
	struct nlattr a;
	size_t len;

	if (*left < sizeof(a))
		return false;
	memcpy(&a, *p, sizeof(a));
	if (a.nla_len < sizeof(a) || a.nla_len > *left)
		return false;
	ret->type = a.nla_type & NLA_TYPE_MASK;
	ret->data = *p + sizeof(a);
	ret->len = a.nla_len - sizeof(a);
	len = NLA_ALIGN((size_t)a.nla_len);
	len = len < *left ? len : *left;
	*p += len;
	*left -= len;
	return true;
}

/* The first one of a type in a nest of them. */
static bool
find_attr(const struct attr *in, int type, struct attr *ret)
{
	const char *p = in->data;
	size_t left = in->len;

	while (next_attr(&p, &left, ret))
		if (ret->type == type)
			return true;
	return false;
}

/* There is one map, so one value. */
static void
parse_storages(struct diag_sock *s, const struct attr *storages)
{
	struct attr storage, value;

	if (!find_attr(storages, SK_DIAG_BPF_STORAGE, &storage) ||
	    !find_attr(&storage, SK_DIAG_BPF_STORAGE_MAP_VALUE, &value))
		return;
	s->value = value.data;
	s->value_len = value.len;
}

static void
parse_inet_attrs(struct diag_sock *s, struct attr all)
{
	const char *p = all.data;
	struct attr a;

	while (next_attr(&p, &all.len, &a))
		switch (a.type) {
		case INET_DIAG_CGROUP_ID:
			if (a.len == sizeof(s->cgroup))
				memcpy(&s->cgroup, a.data, a.len);
			break;
		case INET_DIAG_SKV6ONLY:
			if (a.len == 1)
				s->v6only = *(const char *)a.data != 0;
			break;
		case INET_DIAG_SK_BPF_STORAGES:
			parse_storages(s, &a);
			break;
		default:
			break;
		}
}

static bool
parse_inet(struct diag_sock *s, const struct nlmsghdr *h)
{
	const struct inet_diag_msg *m = NLMSG_DATA(h);
	const size_t size = NLMSG_SPACE(sizeof(*m));

	if (h->nlmsg_len < NLMSG_LENGTH(sizeof(*m)) ||
	    (m->idiag_family != AF_INET && m->idiag_family != AF_INET6))
		return false;
	s->family = m->idiag_family;
	s->state = m->idiag_state;
	s->v6only = true; /* unless it is told otherwise */
	s->uid = m->idiag_uid;
	s->inode = m->idiag_inode;
	s->ifindex = m->id.idiag_if;
	memcpy(s->local.ip, m->id.idiag_src, sizeof(s->local.ip));
	memcpy(s->foreign.ip, m->id.idiag_dst, sizeof(s->foreign.ip));
	s->local.port = ntohs(m->id.idiag_sport);
	s->foreign.port = ntohs(m->id.idiag_dport);
	if (h->nlmsg_len > size)
		parse_inet_attrs(
		    s, (struct attr){ .data = (const char *)h + size,
			   .len = h->nlmsg_len - size });
	return true;
}

static bool
parse_unix(struct diag_sock *s, const struct nlmsghdr *h)
{
	const struct unix_diag_msg *m = NLMSG_DATA(h);
	const size_t size = NLMSG_SPACE(sizeof(*m));
	const char *p = (const char *)h + size;
	struct attr a;
	size_t left;

	if (h->nlmsg_len < NLMSG_LENGTH(sizeof(*m)) ||
	    m->udiag_family != AF_UNIX)
		return false;
	s->family = AF_UNIX;
	s->type = m->udiag_type;
	s->state = m->udiag_state;
	s->inode = m->udiag_ino;
	left = h->nlmsg_len > size ? h->nlmsg_len - size : 0;
	while (next_attr(&p, &left, &a)) {
		if (a.type == UNIX_DIAG_NAME) {
			s->name = a.data;
			s->name_len = a.len;
		} else if (a.type == UNIX_DIAG_PEER &&
			   a.len == sizeof(s->peer)) {
			memcpy(&s->peer, a.data, a.len);
		} else if (a.type == UNIX_DIAG_UID && a.len == sizeof(s->uid)) {
			memcpy(&s->uid, a.data, a.len);
		}
	}
	return true;
}

int
diag_parse(const void *data, size_t len, const struct diag_query *q,
    diag_fn *fn, void *arg)
{
	const struct nlmsghdr *h;
	int r = 0;

	for (h = first_message(data, len); h != NULL && r == 0;
	     h = next_message(h, &len)) {
		struct diag_sock s = { .proto = q->proto };

		if (h->nlmsg_type != SOCK_DIAG_BY_FAMILY)
			continue;
		if (q->family == AF_UNIX ? parse_unix(&s, h)
					 : parse_inet(&s, h))
			r = fn(&s, arg);
	}
	return r;
}
