/* SPDX-License-Identifier: BSD-2-Clause */
/* Which jail may start or stop when. */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "cleanup.h"
#include "order.h"

/* The other end of a dependency. */
struct edge {
	size_t node;
	bool light;
};

struct edges {
	struct edge *v;
	size_t n;
};

struct node {
	char *name;
	struct edges needs; /* what it depends on */
	struct edges needed; /* what depends on it */
	unsigned int op;
	bool asked; /* for itself, not pulled in */
	bool begun; /* what it is at was handed out */
	enum order_state state;
};

struct order {
	struct node *v;
	size_t n;
	size_t *by_name; /* sorted, once a name was looked for */
	size_t *stack; /* room for n */
	/* a bit for each node that may begin, or is skipped */
	uint64_t *to_stop, *to_start;
	size_t left;
	bool stale; /* the bits are to be made anew */
};

struct order *
order_new(void)
{
	return calloc(1, sizeof(struct order));
}

void
order_free(struct order *o)
{
	size_t i;

	if (o == NULL)
		return;
	for (i = 0; i < o->n; i++) {
		free(o->v[i].name);
		free(o->v[i].needs.v);
		free(o->v[i].needed.v);
	}
	free(o->v);
	free(o->by_name);
	free(o->stack);
	free(o->to_stop);
	free(o->to_start);
	free(o);
}

int
order_add(struct order *o, const char *name)
{
	struct node *grown = grow(o->v, o->n, sizeof(*o->v));
	char *copy;

	if (grown == NULL)
		return -ENOMEM;
	o->v = grown;
	if ((copy = strdup(name)) == NULL)
		return -ENOMEM;
	o->v[o->n++] = (struct node){ .name = copy };
	return 0;
}

/* ---- the graph ---- */

static int
compare(const void *a, const void *b, void *arg)
{
	const struct order *o = arg;

	return strcmp(
	    o->v[*(const size_t *)a].name, o->v[*(const size_t *)b].name);
}

static size_t
words(const struct order *o)
{
	return o->n / 64 + 1;
}

/* All nodes are there: make what has room for each. */
static int
index_nodes(struct order *o)
{
	size_t i;

	if (o->by_name != NULL)
		return 0;
	o->stack = calloc(o->n + 1, sizeof(*o->stack));
	o->to_stop = calloc(words(o), sizeof(*o->to_stop));
	o->to_start = calloc(words(o), sizeof(*o->to_start));
	if (o->stack == NULL || o->to_stop == NULL || o->to_start == NULL ||
	    (o->by_name = calloc(o->n + 1, sizeof(*o->by_name))) == NULL)
		return -ENOMEM;
	for (i = 0; i < o->n; i++)
		o->by_name[i] = i;
	qsort_r(o->by_name, o->n, sizeof(*o->by_name), compare, o);
	return 0;
}

/* The node whose name is the first len bytes; -1: there is none. */
static ssize_t
find(const struct order *o, const char *name, size_t len)
{
	size_t low = 0, high = o->n, mid;
	const char *other;
	int r;

	while (low < high) {
		mid = low + (high - low) / 2;
		other = o->v[o->by_name[mid]].name;
		if ((r = strncmp(name, other, len)) == 0)
			r = other[len] != '\0' ? -1 : 0;
		if (r == 0)
			return (ssize_t)o->by_name[mid];
		if (r < 0)
			high = mid;
		else
			low = mid + 1;
	}
	return -1;
}

static int
add_edge(struct edges *e, size_t node, bool light)
{
	struct edge *grown = grow(e->v, e->n, sizeof(*e->v));

	if (grown == NULL)
		return -ENOMEM;
	e->v = grown;
	e->v[e->n++] = (struct edge){ .node = node, .light = light };
	return 0;
}

static int
connect(struct order *o, size_t i, size_t on, bool light)
{
	int r;

	if ((r = add_edge(&o->v[i].needs, on, light)) == 0 &&
	    (r = add_edge(&o->v[on].needed, i, light)) < 0)
		o->v[i].needs.n--;
	return r;
}

int
order_depend(
    struct order *o, size_t i, const char *name, const struct conf_say *say)
{
	auto_free char *text = NULL;
	ssize_t on;

	if (index_nodes(o) < 0)
		return -ENOMEM;
	if ((on = find(o, name, strlen(name))) >= 0)
		return connect(o, i, (size_t)on, false);
	if (asprintf(&text, "depends on undefined jail \"%s\"", name) < 0)
		return -ENOMEM;
	say->fn(say->arg, o->v[i].name, text);
	o->v[i].state = ORDER_FAILED;
	return -ENOENT;
}

/*
 * Take out what needs nothing that is left, as if it were done.  *first to
 * *last in o->stack are those that may go; count is what each still needs.
 */
static void
peel(struct order *o, size_t *count, size_t *first, size_t *last)
{
	struct edges *e;
	size_t i;

	while (*first < *last) {
		e = &o->v[o->stack[(*first)++]].needed;
		for (i = 0; i < e->n; i++) {
			if (count[e->v[i].node] > 0 &&
			    --count[e->v[i].node] == 0)
				o->stack[(*last)++] = e->v[i].node;
		}
	}
}

/* What node i needs and has not got. */
static size_t
blocker(const struct order *o, const size_t *count, size_t i)
{
	const struct edges *e = &o->v[i].needs;
	size_t k = 0;

	while (count[e->v[k].node] == 0)
		k++;
	return e->v[k].node;
}

/* The first node, in the order of the file, of a loop that i leads to. */
static size_t
loop_node(const struct order *o, const size_t *count, size_t i)
{
	size_t steps, k, least;

	for (steps = 0; steps < o->n; steps++)
		i = blocker(o, count, i);
	least = i;
	for (k = blocker(o, count, i); k != i; k = blocker(o, count, k)) {
		if (k < least)
			least = k;
	}
	return least;
}

/* Say one node of each loop, and take it out. */
static int
find_loops(struct order *o, const struct conf_say *say)
{
	auto_free size_t *count = calloc(o->n + 1, sizeof(*count));
	size_t first = 0, last = 0, i, bad;

	if (count == NULL)
		return -ENOMEM;
	for (i = 0; i < o->n; i++) {
		count[i] = o->v[i].needs.n;
		if (count[i] == 0)
			o->stack[last++] = i;
	}
	peel(o, count, &first, &last);
	for (i = 0; i < o->n; i++) {
		while (count[i] > 0) {
			bad = loop_node(o, count, i);
			say->fn(say->arg, o->v[bad].name, "dependency loop");
			o->v[bad].state = ORDER_FAILED;
			count[bad] = 0;
			o->stack[last++] = bad;
			peel(o, count, &first, &last);
		}
	}
	return 0;
}

int
order_link(struct order *o, const struct conf_say *say)
{
	const char *dot;
	ssize_t on;
	size_t i;

	if (index_nodes(o) < 0)
		return -ENOMEM;
	for (i = 0; i < o->n; i++) {
		if ((dot = strrchr(o->v[i].name, '.')) == NULL)
			continue;
		on = find(o, o->v[i].name, (size_t)(dot - o->v[i].name));
		if (on >= 0 && connect(o, i, (size_t)on, true) < 0)
			return -ENOMEM;
	}
	return find_loops(o, say);
}

/* ---- what is to be done ---- */

/* Mark i, and all that it needs for op in the direction of the edges. */
static void
pull(struct order *o, size_t i, unsigned int op)
{
	struct edges *e;
	size_t n = 0, k;

	if ((o->v[i].op & op) != 0)
		return;
	o->stack[n++] = i;
	o->left += o->v[i].op == 0 && o->v[i].state != ORDER_FAILED;
	o->v[i].op |= op;
	while (n > 0) {
		i = o->stack[--n];
		e = op == ORDER_STOP ? &o->v[i].needed : &o->v[i].needs;
		for (k = 0; k < e->n; k++) {
			struct node *d = &o->v[e->v[k].node];

			if ((d->op & op) != 0)
				continue;
			o->left += d->op == 0 && d->state != ORDER_FAILED;
			d->op |= op;
			o->stack[n++] = e->v[k].node;
		}
	}
}

void
order_select(struct order *o, size_t i, unsigned int op)
{
	o->v[i].asked = true;
	if ((op & ORDER_STOP) != 0)
		pull(o, i, ORDER_STOP);
	if ((op & ORDER_START) != 0)
		pull(o, i, ORDER_START);
	o->stale = true;
}

unsigned int
order_op(const struct order *o, size_t i)
{
	return o->v[i].op;
}

bool
order_pulled(const struct order *o, size_t i)
{
	return o->v[i].op != 0 && !o->v[i].asked;
}

enum order_state
order_state(const struct order *o, size_t i)
{
	return o->v[i].state;
}

size_t
order_left(const struct order *o)
{
	return o->left;
}

/* ---- the run ---- */

/* What a node is at: ORDER_STOP, ORDER_START, or 0 when it has ended. */
static unsigned int
phase(const struct node *n)
{
	if (n->op == 0 || n->state == ORDER_FAILED)
		return 0;
	if ((n->op & ORDER_STOP) != 0 && n->state < ORDER_STOPPED)
		return ORDER_STOP;
	return (n->op & ORDER_START) != 0 && n->state < ORDER_STARTED
		   ? ORDER_START
		   : 0;
}

/* May it begin?  Or, *ret_skip, never? */
static bool
is_ready(const struct order *o, const struct node *n, bool *ret_skip)
{
	bool stop = phase(n) == ORDER_STOP, ready = true;
	const struct edges *e = stop ? &n->needed : &n->needs;
	size_t i;

	for (i = 0; i < e->n; i++) {
		enum order_state state = o->v[e->v[i].node].state, want;

		if (state == ORDER_FAILED) {
			*ret_skip = true;
			return true;
		}
		if (stop)
			want = e->v[i].light ? ORDER_REMOVED : ORDER_STOPPED;
		else
			want = e->v[i].light ? ORDER_CREATED : ORDER_STARTED;
		if (state < want)
			ready = false;
	}
	*ret_skip = false;
	return ready;
}

static uint64_t
bit(size_t i)
{
	return (uint64_t)1 << (i % 64);
}

static void
look_at(struct order *o, size_t i)
{
	struct node *n = &o->v[i];
	bool skip;

	if (n->begun || phase(n) == 0 || !is_ready(o, n, &skip))
		return;
	if (phase(n) == ORDER_STOP)
		o->to_stop[i / 64] |= bit(i);
	else
		o->to_start[i / 64] |= bit(i);
}

/* Take the first node to start, or else the last one to stop; -1: none. */
static ssize_t
pick(struct order *o)
{
	size_t w, i;

	for (w = 0; w < words(o); w++) {
		if (o->to_start[w] == 0)
			continue;
		i = w * 64 + (size_t)__builtin_ctzll(o->to_start[w]);
		o->to_start[w] &= ~bit(i);
		return (ssize_t)i;
	}
	while (w-- > 0) {
		if (o->to_stop[w] == 0)
			continue;
		i = w * 64 + 63 - (size_t)__builtin_clzll(o->to_stop[w]);
		o->to_stop[w] &= ~bit(i);
		return (ssize_t)i;
	}
	return -1;
}

ssize_t
order_next(struct order *o, enum order_what *ret_what)
{
	struct node *n;
	size_t k;
	ssize_t i;
	bool skip;

	for (k = 0; o->stale && k < o->n; k++)
		look_at(o, k);
	o->stale = false;
	while (o->by_name != NULL && (i = pick(o)) >= 0) {
		n = &o->v[i];
		if (n->begun || phase(n) == 0 || !is_ready(o, n, &skip))
			continue; /* something came in between */
		if (skip) {
			*ret_what = ORDER_SKIP;
			order_reached(o, (size_t)i, ORDER_FAILED);
		} else {
			*ret_what = phase(n) == ORDER_STOP ? ORDER_GO_STOP
							   : ORDER_GO_START;
			n->begun = true;
		}
		return i;
	}
	return -1;
}

void
order_reached(struct order *o, size_t i, enum order_state state)
{
	struct node *n = &o->v[i];
	unsigned int was = phase(n);
	size_t k;

	if (n->state == ORDER_FAILED || state < n->state)
		return;
	n->state = state;
	if (was != 0 && phase(n) != was) {
		n->begun = false; /* stopped, now to be started */
		if (phase(n) == 0)
			o->left--;
	}
	if (o->by_name == NULL)
		return;
	look_at(o, i);
	for (k = 0; k < n->needs.n; k++)
		look_at(o, n->needs.v[k].node);
	for (k = 0; k < n->needed.n; k++)
		look_at(o, n->needed.v[k].node);
}
