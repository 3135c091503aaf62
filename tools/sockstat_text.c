/* SPDX-License-Identifier: BSD-2-Clause */
/* sockstat(1) in plain text, and how things are written in either form. */
#include <arpa/inet.h>
#include <err.h>
#include <net/if.h>
#include <netinet/tcp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "buf.h"
#include "cleanup.h"
#include "sockstat.h"

#define UNKNOWN "??"
#define COMMAND_WIDTH 10
#define ADDRESS_WIDTH 21

/* ---- Words ------------------------------------------------------------- */

/* FreeBSD's, by Linux's numbers. */
static const char *const states[] = {
	[TCP_ESTABLISHED] = "ESTABLISHED",
	[TCP_SYN_SENT] = "SYN_SENT",
	[TCP_SYN_RECV] = "SYN_RCVD",
	[TCP_FIN_WAIT1] = "FIN_WAIT_1",
	[TCP_FIN_WAIT2] = "FIN_WAIT_2",
	[TCP_TIME_WAIT] = "TIME_WAIT",
	[TCP_CLOSE] = "CLOSED",
	[TCP_CLOSE_WAIT] = "CLOSE_WAIT",
	[TCP_LAST_ACK] = "LAST_ACK",
	[TCP_LISTEN] = "LISTEN",
	[TCP_CLOSING] = "CLOSING",
	[TCP_CLOSING + 1] = "SYN_RCVD", /* TCP_NEW_SYN_RECV */
	[TCP_CLOSING + 2] = "CLOSED", /* TCP_BOUND_INACTIVE */
};

const char *
state_name(const struct sock *s)
{
	if (s->proto == NULL || s->s.proto != IPPROTO_TCP || s->s.state <= 0 ||
	    (size_t)s->s.state >= nitems(states))
		return NULL;
	return states[s->s.state];
}

void
proto_name(const struct sock *s, const char *seqpacket, char *ret, size_t size)
{
	const char *name = s->s.type == SOCK_STREAM	 ? "stream"
			   : s->s.type == SOCK_SEQPACKET ? seqpacket
							 : "dgram";
	const char *version = s->s.family == AF_INET ? "4"
			      : s->s.both	     ? "46"
						     : "6";

	if (s->proto == NULL)
		(void)snprintf(ret, size, "%s", name);
	else
		(void)snprintf(ret, size, "%s%s", s->proto->name, version);
}

static bool
is_any(const struct jailx_address *a)
{
	static const unsigned char any[16];

	return memcmp(a->ip, any, sizeof(any)) == 0;
}

void
address_text(
    const struct sock *s, const struct jailx_address *a, char *ret, size_t size)
{
	char text[INET6_ADDRSTRLEN] = "*", name[IF_NAMESIZE];

	if (!is_any(a))
		(void)inet_ntop(s->s.family, a->ip, text, sizeof(text));
	if (s->s.family != AF_INET6 || a->ip[0] != 0xfe ||
	    (a->ip[1] & 0xc0) != 0x80 || s->s.ifindex == 0)
		(void)snprintf(ret, size, "%s", text);
	else if (s->net == 0 && if_indextoname(s->s.ifindex, name) != NULL)
		(void)snprintf(ret, size, "%s%%%s", text, name);
	else
		(void)snprintf(ret, size, "%s%%%u", text, s->s.ifindex);
}

void
name_text(const struct jailx_socket *s, char *ret, size_t size)
{
	size_t i, len = s->name_len;

	/* a path ends at its NUL, an abstract name may hold some */
	if (len > 0 && s->name[0] != '\0')
		len = strnlen(s->name, len);
	if (len > size - 1)
		len = size - 1;
	for (i = 0; i < len; i++)
		ret[i] = s->name[i] == '\0' ? '@' : s->name[i];
	ret[len] = '\0';
}

const char *
user_name(const struct asked *a, uid_t uid)
{
	static uid_t last;
	static char name[64];
	static bool is_set;
	struct passwd *pw;

	if ((a->flags & NO_NAMES) != 0)
		return NULL;
	if (!is_set || last != uid) {
		pw = getpwuid(uid);
		(void)snprintf(
		    name, sizeof(name), "%s", pw == NULL ? "" : pw->pw_name);
		last = uid;
		is_set = true;
	}
	return *name == '\0' ? NULL : name;
}

/* ---- Columns ----------------------------------------------------------- */

enum column {
	C_USER,
	C_COMMAND,
	C_PID,
	C_FD,
	C_PROTO,
	C_LOCAL,
	C_FOREIGN,
	C_STATE,
	C_JID,
	C_PORT,
	C_COUNT
};

static const struct {
	const char *title;
	int width; /* at least */
	bool right; /* a number */
	unsigned int flag; /* printed with this one; 0: always */
} columns[] = {
	[C_USER] = { "USER", 0, false, 0 },
	[C_COMMAND] = { "COMMAND", COMMAND_WIDTH, false, 0 },
	[C_PID] = { "PID", 0, true, 0 },
	[C_FD] = { "FD", 0, true, 0 },
	[C_PROTO] = { "PROTO", 0, false, 0 },
	[C_LOCAL] = { "LOCAL ADDRESS", ADDRESS_WIDTH, false, 0 },
	[C_FOREIGN] = { "FOREIGN ADDRESS", ADDRESS_WIDTH, false, 0 },
	[C_STATE] = { "CONN STATE", 0, false, SHOW_STATE },
	[C_JID] = { "JID", 0, true, SHOW_JAIL },
	[C_PORT] = { "REAL PORT", 0, true, SHOW_JAIL },
};
_Static_assert(nitems(columns) == C_COUNT, "a row for each column");

/* The texts of a row; what a program named is made printable. */
struct cells {
	struct buf text[C_COUNT];
};

static void
put(struct buf *b, const char *text)
{
	for (; *text != '\0'; text++)
		buf_chr(b,
		    (unsigned char)*text < ' ' || *text == 0x7f ? '?' : *text);
}

/* ---- Rows -------------------------------------------------------------- */

static void
put_holder(struct cells *c, const struct list *l, const struct row *row,
    const struct asked *a)
{
	const struct process *p;
	const char *name;

	if (row->holder == NULL) {
		buf_str(&c->text[C_USER], UNKNOWN);
		buf_str(&c->text[C_COMMAND], UNKNOWN);
		buf_str(&c->text[C_PID], UNKNOWN);
		buf_str(&c->text[C_FD], UNKNOWN);
		return;
	}
	p = holders_process(&l->holders, row->holder);
	if ((name = user_name(a, p->uid)) != NULL)
		put(&c->text[C_USER], name);
	else
		buf_fmt(&c->text[C_USER], "%u", p->uid);
	put(&c->text[C_COMMAND], p->name);
	buf_fmt(&c->text[C_PID], "%d", p->pid);
	buf_fmt(&c->text[C_FD], "%d", row->holder->fd);
}

static void
put_address(struct buf *b, const struct sock *s, const struct jailx_address *a)
{
	char text[128];

	address_text(s, a, text, sizeof(text));
	buf_str(b, text);
	if (a->port == 0)
		buf_str(b, ":*");
	else
		buf_fmt(b, ":%u", a->port);
}

/* Who has it: the first that holds it. */
static void
put_end(struct buf *b, const struct list *l, const struct sock *s)
{
	size_t n;
	const struct holder *h = holders_of(&l->holders, s->s.inode, &n);

	if (h == NULL)
		buf_str(b, UNKNOWN);
	else
		buf_fmt(
		    b, "[%d %d]", holders_process(&l->holders, h)->pid, h->fd);
}

static void
put_unix(struct cells *c, const struct list *l, const struct sock *s)
{
	struct buf *there = &c->text[C_FOREIGN];
	const struct sock *peer = list_unix(l, s->s.peer);
	const struct sock *const *peers;
	char name[128];
	size_t i, n;

	peers = list_peers(l, s->s.inode, &n);
	name_text(&s->s, name, sizeof(name));
	put(&c->text[C_LOCAL], *name != '\0'	? name
			       : s->s.peer == 0 ? "(not connected)"
						: UNKNOWN);
	if (s->s.peer != 0) {
		buf_str(there, "-> ");
		if (peer != NULL)
			name_text(&peer->s, name, sizeof(name));
		if (peer != NULL && *name != '\0')
			put(there, name);
		else if (peer != NULL)
			put_end(there, l, peer);
		else
			buf_str(there, UNKNOWN);
		return;
	}
	buf_str(there, n > 0 ? "<- " : UNKNOWN);
	for (i = 0; i < n; i++) {
		if (i > 0)
			buf_chr(there, ',');
		put_end(there, l, peers[i]);
	}
}

static void
make_cells(struct cells *c, const struct list *l, const struct row *row,
    const struct asked *a)
{
	const struct sock *s = row->sock;
	const char *state = state_name(s);
	char proto[32];

	put_holder(c, l, row, a);
	proto_name(s, "seqpack", proto, sizeof(proto));
	buf_str(&c->text[C_PROTO], proto);
	if (s->proto == NULL) {
		put_unix(c, l, s);
	} else {
		put_address(&c->text[C_LOCAL], s, &s->s.local);
		put_address(&c->text[C_FOREIGN], s, &s->s.foreign);
	}
	buf_str(&c->text[C_STATE], state == NULL ? UNKNOWN : state);
	if (s->jid < 0)
		buf_str(&c->text[C_JID], UNKNOWN);
	else
		buf_fmt(&c->text[C_JID], "%d", s->jid);
	if (s->proto == NULL || s->s.local.port == 0)
		buf_str(&c->text[C_PORT], UNKNOWN);
	else
		buf_fmt(&c->text[C_PORT], "%u",
		    s->s.real_port != 0 ? s->s.real_port : s->s.local.port);
}

static void
cells_done(struct cells *c)
{
	size_t i;

	for (i = 0; i < C_COUNT; i++) {
		if (buf_err(&c->text[i]) < 0)
			errx(1, "malloc");
		buf_done(&c->text[i]);
	}
}

/* ---- Lines ------------------------------------------------------------- */

static bool
is_shown(size_t column, const struct asked *a)
{
	return columns[column].flag == 0 ||
	       (a->flags & columns[column].flag) != 0;
}

/* The last column is not filled up. */
static void
print_line(const char *const text[C_COUNT], const int width[C_COUNT],
    const struct asked *a)
{
	size_t i, last = 0;

	for (i = 0; i < C_COUNT; i++)
		if (is_shown(i, a))
			last = i;
	for (i = 0; i <= last; i++) {
		int w = i == last && !columns[i].right ? 0 : width[i];
		int max = i == C_COMMAND && (a->flags & WIDE) == 0
			      ? COMMAND_WIDTH
			      : -1;

		if (is_shown(i, a))
			(void)printf("%s%*.*s", i > 0 ? " " : "",
			    columns[i].right ? w : -w, max, text[i]);
	}
	(void)putchar('\n');
}

/*
 * Commands and addresses are aligned with -w alone; other columns are as wide
 * as what is in them.
 */
static void
widen(int width[C_COUNT], const struct cells *c, const struct asked *a)
{
	size_t i;

	for (i = 0; i < C_COUNT; i++) {
		bool wide =
		    (i != C_COMMAND && i != C_LOCAL && i != C_FOREIGN) ||
		    (a->flags & WIDE) != 0;

		if (wide && (int)c->text[i].len > width[i])
			width[i] = (int)c->text[i].len;
	}
}

void
sockstat_text(const struct list *l, const struct asked *a)
{
	struct cells *cells = calloc(l->nrows + 1, sizeof(*cells));
	const char *text[C_COUNT];
	int width[C_COUNT];
	size_t i, k;

	if (cells == NULL)
		err(1, "malloc");
	for (i = 0; i < C_COUNT; i++) {
		text[i] = columns[i].title;
		width[i] = (int)strlen(text[i]);
		if (columns[i].width > width[i] && (a->flags & WIDE) == 0)
			width[i] = columns[i].width;
	}
	for (i = 0; i < l->nrows; i++) {
		make_cells(&cells[i], l, &l->rows[i], a);
		widen(width, &cells[i], a);
	}
	if ((a->flags & NO_HEADER) == 0)
		print_line(text, width, a);
	for (i = 0; i < l->nrows; i++) {
		for (k = 0; k < C_COUNT; k++)
			text[k] = cells[i].text[k].p == NULL
				      ? ""
				      : cells[i].text[k].p;
		print_line(text, width, a);
		cells_done(&cells[i]);
	}
	free(cells);
}
