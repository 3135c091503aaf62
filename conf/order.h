/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which jail may start or stop when.  Pure: a graph of names, told what
 * happens and asked what may happen next.
 *
 * Dependencies come from "depend", and lightly from names: a.b depends on a,
 * but waits for its existence alone, not for its commands.  A jail starts when
 * all that it depends on have; it stops when all that depend on it have.  What
 * is not asked for but needed for that is pulled in.
 *
 *	order_new, order_add for each jail of the file, order_depend for each
 *	value of depend, order_link, order_select for each jail asked for;
 *	then until order_left() is 0:
 *		while ((i = order_next(o, &what)) >= 0)
 *			begin what with i
 *		wait; order_reached(o, i, state) for what has come about
 */
#ifndef CONF_ORDER_H
#define CONF_ORDER_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "conf.h"

/* What is to be done with a jail; both: stop it, then start it. */
enum {
	ORDER_STOP = 0x1,
	ORDER_START = 0x2,
};

/* How far a jail has come in this run, in this order. */
enum order_state {
	ORDER_IDLE,
	ORDER_REMOVED, /* it is no more, commands may follow */
	ORDER_STOPPED, /* up to its last command, or it did not run */
	ORDER_CREATED, /* it is there, commands may follow */
	ORDER_STARTED, /* up to its last command, or it ran already */
	ORDER_FAILED,
};

/* What order_next() answers. */
enum order_what {
	ORDER_GO_STOP,
	ORDER_GO_START,
	ORDER_SKIP, /* something it waits for failed: it has failed, too */
};

struct order;

struct order *order_new(void); /* NULL: no memory */
void order_free(struct order *o);

/* Nodes count from 0 in the order of these calls.  0 or -ENOMEM. */
int order_add(struct order *o, const char *name);

/*
 * Node i depends on the one called name.  All nodes have been added.  -ENOENT
 * and a sentence: there is none, and i has failed.
 */
int order_depend(
    struct order *o, size_t i, const char *name, const struct conf_say *say);

/*
 * Add what the names imply, and look for loops: "dependency loop" is said of
 * one jail of each, which has failed.  After the last order_depend().
 */
int order_link(struct order *o, const struct conf_say *say);

/*
 * Ask for ORDER_* of node i, and pull in what that needs: for a stop all that
 * depend on it, for a start all that it depends on.
 */
void order_select(struct order *o, size_t i, unsigned int op);

/* What is to be done with i in all, 0: nothing; was it merely pulled in? */
unsigned int order_op(const struct order *o, size_t i);
bool order_pulled(const struct order *o, size_t i);
enum order_state order_state(const struct order *o, size_t i);

/*
 * The next node that may begin, each once for each thing to do: starts in the
 * order of the file, stops in the reverse.  -1: none just now.
 */
ssize_t order_next(struct order *o, enum order_what *ret_what);

/*
 * Node i has come to a state.  ORDER_FAILED may come at any time, also for a
 * node that has not begun.
 */
void order_reached(struct order *o, size_t i, enum order_state state);

/* How many selected nodes have not ended yet. */
size_t order_left(const struct order *o);

#endif
