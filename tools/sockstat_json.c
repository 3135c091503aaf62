/* SPDX-License-Identifier: BSD-2-Clause */
/* sockstat(1) in JSON. */
#include <sys/socket.h>

#include "sockstat.h"

#define VERSION_XO "1"

static void
put_holder(struct xo *x, const struct list *l, const struct row *row,
    const struct asked *a)
{
	const struct process *p;
	const char *name;

	if (row->holder == NULL)
		return;
	p = holders_process(&l->holders, row->holder);
	if ((name = user_name(a, p->uid)) != NULL)
		xo_string(x, "user", name);
	else
		xo_number(x, "user", (long)p->uid);
	xo_string(x, "command", p->name);
	xo_number(x, "pid", p->pid);
	xo_number(x, "fd", row->holder->fd);
}

static void
put_address(struct xo *x, const char *name, const struct sock *s,
    const struct jailx_address *a)
{
	char text[128];

	address_text(s, a, text, sizeof(text));
	xo_open(x, name, '{');
	xo_string(x, "address", text);
	xo_number(x, "port", a->port);
	xo_close(x);
}

static void
put_end(struct xo *x, const struct list *l, const struct sock *s)
{
	size_t n;
	const struct holder *h = holders_of(&l->holders, s->s.inode, &n);

	if (h == NULL)
		return;
	xo_open(x, NULL, '{');
	xo_number(x, "pid", holders_process(&l->holders, h)->pid);
	xo_number(x, "fd", h->fd);
	xo_close(x);
}

static void
put_path(struct xo *x, const char *name, const char *path)
{
	xo_open(x, name, '{');
	xo_string(x, "path", path);
	xo_close(x);
}

static void
put_foreign(struct xo *x, const struct list *l, const struct sock *s)
{
	const struct sock *peer = list_unix(l, s->s.peer);
	const struct sock *const *peers;
	char name[128] = "";
	size_t i, n;

	peers = list_peers(l, s->s.inode, &n);
	if (s->s.peer != 0 && peer == NULL)
		return;
	if (s->s.peer != 0) {
		name_text(&peer->s, name, sizeof(name));
		peers = &peer;
		n = 1;
	}
	if (*name != '\0') {
		put_path(x, "foreign", name);
	} else if (n > 0) {
		xo_open(x, "foreign", '{');
		xo_open(x, "connections", '[');
		for (i = 0; i < n; i++)
			put_end(x, l, peers[i]);
		xo_close(x);
		xo_close(x);
	}
}

static void
put_unix(struct xo *x, const struct list *l, const struct sock *s)
{
	char name[128];

	name_text(&s->s, name, sizeof(name));
	if (*name != '\0')
		put_path(x, "local", name);
	put_foreign(x, l, s);
}

static void
put_row(struct xo *x, const struct list *l, const struct row *row,
    const struct asked *a)
{
	const struct sock *s = row->sock;
	const char *state = state_name(s);
	char proto[32];

	put_holder(x, l, row, a);
	proto_name(s, "seqpacket", proto, sizeof(proto));
	xo_string(x, "proto", proto);
	if (s->proto == NULL) {
		put_unix(x, l, s);
	} else {
		put_address(x, "local", s, &s->s.local);
		put_address(x, "foreign", s, &s->s.foreign);
	}
	if ((a->flags & SHOW_STATE) != 0 && state != NULL)
		xo_string(x, "conn-state", state);
	if ((a->flags & SHOW_JAIL) != 0 && s->jid >= 0)
		xo_number(x, "jid", s->jid);
	if ((a->flags & SHOW_JAIL) != 0 && s->s.real_port != 0)
		xo_number(x, "real-port", s->s.real_port);
}

void
sockstat_json(const struct list *l, struct asked *a)
{
	struct xo *x = &a->xo;
	size_t i;

	xo_begin(x, VERSION_XO);
	xo_open(x, "sockstat", '{');
	xo_open(x, "socket", '[');
	for (i = 0; i < l->nrows; i++) {
		xo_open(x, NULL, '{');
		put_row(x, l, &l->rows[i], a);
		xo_close(x);
	}
	xo_end(x);
}
