/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Between the caller's terminal and a command in a jail.
 *
 *	struct relay r = RELAY_INIT;
 *
 *	relay_open(&r, jid, user, fds, &how);	stdio and ctty of how
 *	jailx_spawn(jid, &how, &child);
 *	relay_begin(&r, &child);
 *	do {
 *		timeout = relay_prepare(&r, fds);
 *		poll(fds, RELAY_FDS, timeout);
 *	} while (!relay_handle(&r, fds));	relay_signal() where one comes
 *	relay_close(&r);
 *	jailx_wait(&child, &status);
 */
#ifndef TOOLS_RELAY_H
#define TOOLS_RELAY_H

#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <termios.h>

struct jailx_child;
struct jailx_spawn;
struct jailx_user;

#define RELAY_FDS 4 /* descriptors to poll */

struct relay {
	struct jailx_child *child;
	bool ended; /* the program has */
	bool dry; /* and the master is empty */
	bool resting; /* the master fails for now */
	int master; /* the pty, -1: none, signals only */
	int slave;
	int in; /* the terminal that is read, -1: none */
	int out; /* the one that is written, -1: none */
	int size; /* the one that has the window's size */
	bool alone; /* nobody else reads the terminal: raw mode */
	bool raw; /* it is in raw mode now */
	bool noted; /* saved is valid */
	struct termios saved; /* as it was before */
	struct relay_io *io; /* what is under way; NULL without a pty */
};

#define RELAY_INIT                                                             \
	{                                                                      \
		.master = -1, .slave = -1, .in = -1, .out = -1                 \
	}

/*
 * The signals that a relay wants to hear of, to be blocked and read by the
 * caller; those that only matter with a pty where it may be one.  Those that
 * are ignored stay so.
 */
void relay_signals(sigset_t *set, bool pty);

/* Is one of descriptors 0 to 2 a terminal? */
bool relay_wants_pty(void);

/*
 * Choose the standard input, output and error of a command: fds as they are,
 * but a pty made in the jail in place of each that is a terminal.  Fills in
 * how->stdio and how->ctty.  0, or -1 and jail_errmsg.
 */
int relay_open(struct relay *r, int jid, const struct jailx_user *user,
    const int fds[static 3], struct jailx_spawn *how);

/* The program runs: the terminal is its own from now on. */
void relay_begin(struct relay *r, struct jailx_child *child);

/* What to wait for; returns for how long, in milliseconds. */
int relay_prepare(const struct relay *r, struct pollfd f[static RELAY_FDS]);

/* Do what can be done.  True once the program has ended, its output written. */
bool relay_handle(struct relay *r, const struct pollfd f[static RELAY_FDS]);

/*
 * A signal of relay_signals() has come.  After SIGTSTP the caller stops
 * himself.
 */
void relay_signal(struct relay *r, int sig);

/*
 * Close what relay_open() opened, in whatever state.  The terminal is as it
 * was before.
 */
void relay_close(struct relay *r);

/* A wait status as an exit status: the program's own, or 128 + signal. */
int relay_exit_status(int status);

#endif
