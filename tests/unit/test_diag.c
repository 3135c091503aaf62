/* SPDX-License-Identifier: BSD-2-Clause */
/* The kernel's lists of sockets: answers as they may come, and real ones. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <errno.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <linux/unix_diag.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "buf.h"
#include "diag.h"

#define CGROUP UINT64_C(0x1234567890)

static const struct diag_query tcp = {
	.family = AF_INET6,
	.proto = IPPROTO_TCP,
	.map = -1,
};
static const struct diag_query local = { .family = AF_UNIX, .map = -1 };

/* ---- answers ---- */

static void
put_attr(struct buf *b, int type, const void *data, size_t len)
{
	struct nlattr a = {
		.nla_len = (uint16_t)(sizeof(a) + len),
		.nla_type = (uint16_t)type,
	};

	buf_add(b, &a, sizeof(a));
	buf_add(b, data, len);
	buf_add(b, "\0\0\0", NLA_ALIGN(len) - len);
}

static void
put_message(struct buf *b, int type, const struct buf *body)
{
	struct nlmsghdr h = {
		.nlmsg_len = (uint32_t)(sizeof(h) + body->len),
		.nlmsg_type = (uint16_t)type,
		.nlmsg_flags = NLM_F_MULTI,
	};

	buf_add(b, &h, sizeof(h));
	buf_add(b, body->p, body->len);
	buf_add(b, "\0\0\0", NLMSG_ALIGN(body->len) - body->len);
}

/* A listening socket on [::]:port that takes IPv4 too; what is stored. */
static void
put_tcp(struct buf *b, uint16_t port, const char *stored)
{
	struct inet_diag_msg m = {
		.idiag_family = AF_INET6,
		.idiag_state = TCP_LISTEN,
		.id.idiag_sport = htons(port),
		.idiag_uid = 7,
		.idiag_inode = 1000U + port,
	};
	struct buf body = BUF_INIT, storage = BUF_INIT, all = BUF_INIT;
	uint64_t cgroup = CGROUP;
	uint8_t v6only = 0;
	uint32_t id = 3;

	buf_add(&body, &m, sizeof(m));
	put_attr(&body, INET_DIAG_SHUTDOWN, "\0", 1);
	put_attr(&body, INET_DIAG_CGROUP_ID, &cgroup, sizeof(cgroup));
	put_attr(&body, INET_DIAG_SKV6ONLY, &v6only, sizeof(v6only));
	if (stored != NULL) {
		put_attr(&storage, SK_DIAG_BPF_STORAGE_MAP_ID, &id, sizeof(id));
		put_attr(&storage, SK_DIAG_BPF_STORAGE_PAD, NULL, 0);
		put_attr(&storage, SK_DIAG_BPF_STORAGE_MAP_VALUE, stored,
		    strlen(stored) + 1);
		put_attr(&all, SK_DIAG_BPF_STORAGE | NLA_F_NESTED, storage.p,
		    storage.len);
		put_attr(&body, INET_DIAG_SK_BPF_STORAGES | NLA_F_NESTED, all.p,
		    all.len);
	}
	put_message(b, SOCK_DIAG_BY_FAMILY, &body);
	buf_done(&body);
	buf_done(&storage);
	buf_done(&all);
}

static void
put_unix(
    struct buf *b, uint32_t inode, const char *name, size_t len, uint32_t peer)
{
	struct unix_diag_msg m = {
		.udiag_family = AF_UNIX,
		.udiag_type = SOCK_STREAM,
		.udiag_state = TCP_ESTABLISHED,
		.udiag_ino = inode,
	};
	struct buf body = BUF_INIT;
	uint32_t uid = 9;

	buf_add(&body, &m, sizeof(m));
	if (len > 0)
		put_attr(&body, UNIX_DIAG_NAME, name, len);
	if (peer != 0)
		put_attr(&body, UNIX_DIAG_PEER, &peer, sizeof(peer));
	put_attr(&body, UNIX_DIAG_UID, &uid, sizeof(uid));
	put_message(b, SOCK_DIAG_BY_FAMILY, &body);
	buf_done(&body);
}

static void
put_done(struct buf *b)
{
	struct buf body = BUF_INIT;

	buf_add(&body, "\0\0\0\0", 4);
	put_message(b, NLMSG_DONE, &body);
	buf_done(&body);
}

/* ---- what is made of them ---- */

#define MAX 8

struct seen {
	struct diag_sock s[MAX];
	char name[MAX][32];
	char value[MAX][32];
	size_t n;
	size_t stop; /* after so many; 0: never */
};

static int
see(const struct diag_sock *s, void *arg)
{
	struct seen *seen = arg;

	assert_true(seen->n < MAX);
	assert_true(s->name_len < sizeof(seen->name[0]));
	assert_true(s->value_len < sizeof(seen->value[0]));
	if (s->name_len > 0)
		memcpy(seen->name[seen->n], s->name, s->name_len);
	if (s->value_len > 0)
		memcpy(seen->value[seen->n], s->value, s->value_len);
	seen->s[seen->n++] = *s;
	return seen->n == seen->stop ? 5 : 0;
}

static void
inet(void **state)
{
	struct buf b = BUF_INIT;
	struct seen seen = { .n = 0 };

	(void)state;
	put_tcp(&b, 80, NULL);
	put_tcp(&b, 443, "stored");
	put_done(&b);
	assert_int_equal(diag_parse(b.p, b.len, &tcp, see, &seen), 0);
	assert_int_equal(seen.n, 2);
	assert_int_equal(seen.s[0].family, AF_INET6);
	assert_int_equal(seen.s[0].proto, IPPROTO_TCP);
	assert_int_equal(seen.s[0].state, TCP_LISTEN);
	assert_false(seen.s[0].v6only);
	assert_int_equal(seen.s[0].uid, 7);
	assert_int_equal(seen.s[0].inode, 1080);
	assert_int_equal(seen.s[0].cgroup, CGROUP);
	assert_int_equal(seen.s[0].local.port, 80);
	assert_int_equal(seen.s[0].foreign.port, 0);
	assert_null(seen.s[0].value);
	assert_int_equal(seen.s[1].local.port, 443);
	assert_int_equal(seen.s[1].value_len, sizeof("stored"));
	assert_string_equal(seen.value[1], "stored");
	buf_done(&b);
}

static void
unix_names(void **state)
{
	struct buf b = BUF_INIT;
	struct seen seen = { .n = 0 };

	(void)state;
	put_unix(&b, 5, "/run/x", 6, 6);
	put_unix(&b, 6, NULL, 0, 5);
	put_unix(&b, 7, "\0x\0", 3, 0);
	put_done(&b);
	assert_int_equal(diag_parse(b.p, b.len, &local, see, &seen), 0);
	assert_int_equal(seen.n, 3);
	assert_int_equal(seen.s[0].type, SOCK_STREAM);
	assert_int_equal(seen.s[0].uid, 9);
	assert_int_equal(seen.s[0].peer, 6);
	assert_string_equal(seen.name[0], "/run/x");
	assert_int_equal(seen.s[1].name_len, 0);
	assert_int_equal(seen.s[2].name_len, 3);
	assert_memory_equal(seen.name[2], "\0x\0", 3);
	buf_done(&b);
}

static void
stops(void **state)
{
	struct buf b = BUF_INIT;
	struct seen seen = { .stop = 2 };

	(void)state;
	put_tcp(&b, 1, NULL);
	put_tcp(&b, 2, NULL);
	put_tcp(&b, 3, NULL);
	assert_int_equal(diag_parse(b.p, b.len, &tcp, see, &seen), 5);
	assert_int_equal(seen.n, 2);
	buf_done(&b);
}

/* Cut anywhere: the sockets before are told, nothing else is read. */
static void
cut(void **state)
{
	struct buf b = BUF_INIT;
	size_t len, first;

	(void)state;
	put_tcp(&b, 80, "stored");
	first = b.len;
	put_tcp(&b, 81, "stored");
	put_done(&b);
	for (len = 0; len < b.len; len++) {
		struct seen seen = { .n = 0 };
		char *p = malloc(len > 0 ? len : 1); /* for the sanitizer */

		assert_non_null(p);
		memcpy(p, b.p, len);
		assert_int_equal(diag_parse(p, len, &tcp, see, &seen), 0);
		assert_int_equal(seen.n, len < first	   ? 0
					 : len < first * 2 ? 1
							   : 2);
		free(p);
	}
	buf_done(&b);
}

/* Any one byte wrong: nothing out of bounds, and no end without one. */
static void
damaged(void **state)
{
	struct buf b = BUF_INIT;
	size_t i;
	int v;

	(void)state;
	put_tcp(&b, 80, "stored");
	put_unix(&b, 5, "/run/x", 6, 6);
	put_done(&b);
	for (i = 0; i < b.len; i++)
		for (v = 0; v < 256; v += 15) {
			struct seen seen = { .n = 0 };
			char was = b.p[i];

			b.p[i] = (char)v;
			(void)diag_parse(b.p, b.len, &tcp, see, &seen);
			(void)diag_parse(b.p, b.len, &local, see, &seen);
			b.p[i] = was;
		}
	buf_done(&b);
}

/* ---- the kernel's ---- */

struct wanted {
	uint32_t inode;
	uint32_t peer;
	size_t times;
};

static int
want(const struct diag_sock *s, void *arg)
{
	struct wanted *w = arg;

	if (s->inode == w->inode) {
		w->peer = s->peer;
		w->times++;
	}
	return 0;
}

static uint32_t
inode_of(int fd)
{
	struct stat st;

	assert_int_equal(fstat(fd, &st), 0);
	return (uint32_t)st.st_ino;
}

static void
real(void **state)
{
	struct diag_query q = local;
	struct wanted w = { 0 };
	int fd = diag_open(), pair[2], r;

	(void)state;
	if (fd < 0)
		skip();
	q.states = UINT32_MAX;
	assert_int_equal(
	    socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
	w.inode = inode_of(pair[0]);
	if ((r = diag_dump(fd, &q, want, &w)) == -ENOENT)
		skip();
	assert_int_equal(r, 0);
	assert_int_equal(w.times, 1);
	assert_int_equal(w.peer, inode_of(pair[1]));
	/* a second one on the same descriptor, and one that there is not */
	assert_int_equal(diag_dump(fd, &q, want, &w), 0);
	assert_int_equal(w.times, 2);
	q.family = AF_INET;
	q.proto = 250;
	assert_int_equal(diag_dump(fd, &q, want, &w), -ENOENT);
	q.proto = IPPROTO_TCP;
	r = diag_dump(fd, &q, want, &w);
	assert_true(r == 0 || r == -ENOENT);
	(void)close(pair[0]);
	(void)close(pair[1]);
	(void)close(fd);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(inet),
		cmocka_unit_test(unix_names),
		cmocka_unit_test(stops),
		cmocka_unit_test(cut),
		cmocka_unit_test(damaged),
		cmocka_unit_test(real),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
