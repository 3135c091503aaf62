/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Between the caller's terminal and a command in a jail.
 *
 *	struct relay r = RELAY_INIT;
 *
 *	relay_open(&r, jid, user, &how);	stdio and ctty of how
 *	jailx_spawn(jid, &how, &child);
 *	relay_run(&r, &child, &status);
 *	relay_close(&r);
 */
#ifndef TOOLS_RELAY_H
#define TOOLS_RELAY_H

#include <sys/types.h>
#include <signal.h>
#include <stdbool.h>
#include <termios.h>

struct jailx_child;
struct jailx_spawn;
struct jailx_user;

struct relay {
	int master; /* the pty, -1: none, signals only */
	int slave;
	int in; /* the terminal that is read, -1: none */
	int out; /* the one that is written, -1: none */
	int size; /* the one that has the window's size */
	bool alone; /* nobody else reads the terminal: raw mode */
	bool raw; /* it is in raw mode now */
	bool noted; /* saved is valid */
	struct termios saved; /* as it was before */
	int signals; /* a signalfd */
	sigset_t mask; /* the signals blocked before */
};

#define RELAY_INIT                                                             \
	{                                                                      \
		.master = -1, .slave = -1, .in = -1, .out = -1, .signals = -1  \
	}

/*
 * Choose the standard input, output and error of a command: descriptors 0 to
 * 2 as they are, but a pty made in the jail in place of each that is a
 * terminal.  Fills in how->stdio and how->ctty.  Signals to be passed on are
 * held back from here to relay_close().  0, or -1 and jail_errmsg.
 */
int relay_open(struct relay *r, int jid, const struct jailx_user *user,
    struct jailx_spawn *how);

/*
 * Copy between the terminal and the pty and pass signals on until the program
 * has ended and all its output is written.  The terminal is as it was on
 * every return, the child done.  0 with the wait status of the program, or -1
 * and jail_errmsg.
 */
int relay_run(struct relay *r, struct jailx_child *child, int *ret_status);

/* Close what relay_open() opened, in whatever state. */
void relay_close(struct relay *r);

/* A wait status as an exit status: the program's own, or 128 + signal. */
int relay_exit_status(int status);

#endif
