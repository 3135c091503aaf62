/* SPDX-License-Identifier: BSD-2-Clause */
/* What the rows' attempts are made of.  How one ended is what it says. */
#ifndef TRY_H
#define TRY_H

#include "addr.h"

/* Words are kept apart by a blank. */
void say(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The name of errno, if r < 0.  Is it? */
bool failed(long r);

/* The same, with what failed before it. */
bool failed_at(const char *what, long r);

/* The row's socket; if it cannot be made, that is how the row ended. */
int try_socket(const struct attempt *t);
int try_socket_of(const struct attempt *t, int type);

int set_int(int fd, int level, int name, int value);

/* bind(2), connect(2) to such an address: 0 or -1 with errno. */
int bind_to(const struct attempt *t, int fd, enum who who, uint16_t port);
int connect_to(const struct attempt *t, int fd, enum who who, uint16_t port);

/* What the socket says it is bound to, and connected to. */
void say_local(const struct attempt *t, int fd);
void say_peer(const struct attempt *t, int fd);
void say_addr(const struct attempt *t, const char *what, const union addr *a);

/* The port it says it has. */
uint16_t local_port(int fd);

/* The interface that the addresses lie on: the one beside lo. */
unsigned int table_device(void);

/* In a process of its own, until the end of this one: answer "jail". */
void serve_jail(int fd, int type);

/* The same, but say as whom each connection came and at which address. */
void accept_one(const struct attempt *t, int fd);

/* Wait for an answer "NAME SOURCE" and say the source: "from own". */
void say_source(int fd);

/* Is there something to read, soon? */
bool is_readable(int fd);

/* A command for the peer on this host, or for the one outside. */
const char *ask_host(const char *format, ...)
    __attribute__((format(printf, 1, 2)));
const char *ask_out(const char *format, ...)
    __attribute__((format(printf, 1, 2)));
bool has_out(void);

/* The same with a socket: to the peer, or *ret_fd from it. */
const char *ask_with(int fd, const char *command, int *ret_fd);

/* At which addresses others reach the jail: "own=jail host=ECONNREFUSED". */
void say_reached(const struct attempt *t, int type, uint16_t port);

#endif
