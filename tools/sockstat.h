/* SPDX-License-Identifier: BSD-2-Clause */
/* sockstat(1): what its parts share. */
#ifndef TOOLS_SOCKSTAT_H
#define TOOLS_SOCKSTAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "holders.h"
#include "jailx.h"
#include "xo.h"

enum {
	SHOW_4 = 0x001,
	SHOW_6 = 0x002,
	SHOW_UNIX = 0x004,
	SHOW_CONNECTED = 0x008,
	SHOW_LISTENING = 0x010,
	SHOW_STATE = 0x020, /* -s */
	SHOW_JAIL = 0x040, /* -v */
	NO_HEADER = 0x080,
	NO_NAMES = 0x100, /* of users */
	NO_LOOPBACK = 0x200,
	WIDE = 0x400,
};

#define PORTS 65536

/* What the user asked for. */
struct asked {
	unsigned int flags;
	struct xo xo;
	unsigned int protos; /* bits: indices of sockstat_protos; 0: all */
	bool *ports; /* PORTS of them; NULL: any */
	int *jids; /* NULL: any */
	size_t njids;
};

/* Protocols beside unix sockets. */
struct proto {
	const char *name;
	int proto;
	bool has_ports;
};
extern const struct proto sockstat_protos[];
extern const size_t sockstat_nprotos;

struct sock {
	struct jailx_socket s; /* name is its own */
	const struct proto *proto; /* NULL: a unix socket */
	int net; /* of which jail the network namespace is */
	int jid; /* that it was made in, -1: unknown */
	bool hidden; /* only there as the peer of others */
};

struct row {
	const struct sock *sock;
	const struct holder *holder; /* NULL: none that can be seen */
};

struct list {
	struct sock *v;
	size_t n;
	struct holders holders;
	const struct sock **by_inode, **by_peer; /* unix sockets */
	size_t nunix;
	struct row *rows; /* in their order */
	size_t nrows;
};

/* ---- sockstat_list.c ---- */

/* Find all out; what fails that has to be there exits. */
void list_read(struct list *ret, const struct asked *a);
void list_done(struct list *l);

/* The unix socket of an inode, NULL: not told. */
const struct sock *list_unix(const struct list *l, ino_t inode);

/* Those that have it as their peer: the first, and how many. */
const struct sock *const *list_peers(
    const struct list *l, ino_t inode, size_t *ret_n);

/* ---- sockstat_text.c, sockstat_json.c ---- */

/* tcp4, tcp46, stream... */
void proto_name(
    const struct sock *s, const char *seqpacket, char *ret, size_t size);

/* An address without its port; "*" for any. */
void address_text(const struct sock *s, const struct jailx_address *a,
    char *ret, size_t size);

/* The state of a TCP socket, NULL for others. */
const char *state_name(const struct sock *s);

/* The name of a unix socket as text, "@" before an abstract one. */
void name_text(const struct jailx_socket *s, char *ret, size_t size);

/* The name of a user of the host, NULL: none, or not asked for. */
const char *user_name(const struct asked *a, uid_t uid);

void sockstat_text(const struct list *l, const struct asked *a);
void sockstat_json(const struct list *l, struct asked *a);

#endif
