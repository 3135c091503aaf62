/* SPDX-License-Identifier: BSD-2-Clause */
/* Which jails are meant: words, wildcards, and what depends on what. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "cleanup.h"
#include "conf.h"
#include "conf_show.h"
#include "jail.h"
#include "jailx.h"
#include "many.h"
#include "order.h"
#include "progress.h"
#include "select.h"

/* ---- nodes ---- */

static ssize_t
node_add(struct selection *s, const char *name, struct conf_jail *conf, int jid)
{
	struct node *more = grow(s->node, s->n, sizeof(*more));

	if (more == NULL)
		return -ENOMEM;
	s->node = more;
	more[s->n] = (struct node){ .conf = conf, .jid = jid };
	if ((more[s->n].name = strdup(name)) == NULL)
		return -ENOMEM;
	return (ssize_t)s->n++;
}

static ssize_t
node_find(const struct selection *s, const char *name)
{
	size_t i;

	for (i = 0; i < s->n && strcmp(s->node[i].name, name) != 0; i++)
		;
	return i < s->n ? (ssize_t)i : -1;
}

/* Every jail of the file: a wrong one ends the run before it begins. */
static int
add_conf(struct selection *s)
{
	struct conf_jail *jail;
	size_t i;
	int status = 0;

	for (i = 0; s->conf != NULL && i < conf_count(s->conf); i++) {
		if (conf_jail(s->conf, i, &jail, &conf_say_jail) < 0)
			status = -1;
		else if (node_add(s, jail->name, jail, 0) < 0) {
			say(NULL, "%s", strerror(ENOMEM));
			return -1;
		}
	}
	return status;
}

/* The name of the node that a running jail is, a block's or its own. */
static const char *
running_name(const struct selection *s, int jid, const struct jailx_set *set)
{
	static char number[16];
	const char *name = jailx_set_get(set, "name", 0);

	(void)snprintf(number, sizeof(number), "%d", jid);
	if (name == NULL || *name == '\0' ||
	    (node_find(s, name) < 0 && node_find(s, number) >= 0))
		return number;
	return name;
}

/* Running jails that match a pattern and have no node yet. */
static int
add_running(struct selection *s, const char *pattern)
{
	struct jailx_iter *it = jailx_iter_open(0);
	struct jailx_set *set = jailx_set_new();
	const char *name;
	int jid, r = 0;

	if (it == NULL || set == NULL) {
		say(NULL, "%s", jail_errmsg);
		r = -1;
	}
	while (r == 0 && (jid = jailx_iter_next(it, set)) > 0) {
		name = running_name(s, jid, set);
		if (conf_match(pattern, name) && node_find(s, name) < 0 &&
		    node_add(s, name, NULL, jid) < 0)
			r = -1;
	}
	jailx_set_free(set);
	jailx_iter_close(it);
	return r;
}

/*
 * A word that names a running jail by its jid or name: its node, or -1.  One
 * that a newer version made has nothing but its number, and can be killed.
 */
static ssize_t
add_one_running(struct selection *s, const char *word)
{
	struct jailx_set *set = jailx_set_new();
	int jid = jail_getid(word);
	ssize_t i = -1;

	if (set != NULL && jid > 0 &&
	    (jailx_load(set, jid, (s->op & OP_KILL) != 0) == 0 ||
		(errno == EPROTO && (s->op & OP_KILL) != 0))) {
		const char *name = running_name(s, jid, set);

		if ((i = node_find(s, name)) < 0)
			i = node_add(s, name, NULL, jid);
	}
	jailx_set_free(set);
	return i;
}

/* ---- selection ---- */

static bool
takes_running(const struct selection *s)
{
	return (s->op & (OP_CREATE | OP_MODIFY)) == 0;
}

/* The nodes that words may mean, beyond those of the file. */
static int
add_words(struct selection *s, char *const *words)
{
	for (; takes_running(s) && *words != NULL; words++) {
		if (conf_is_pattern(*words)) {
			if (add_running(s, *words) < 0)
				return -1;
		} else if (node_find(s, *words) < 0) {
			(void)add_one_running(s, *words); /* or "not found" */
		}
	}
	return 0;
}

static unsigned int
order_bits(unsigned int op)
{
	unsigned int bits = 0;

	if ((op & (OP_REMOVE | OP_KILL | OP_CLEAN)) != 0 &&
	    (op & OP_MODIFY) == 0)
		bits |= ORDER_STOP;
	if ((op & (OP_CREATE | OP_MODIFY)) != 0)
		bits |= ORDER_START;
	return bits;
}

static int
select_word(struct selection *s, const char *word)
{
	bool pattern = conf_is_pattern(word), running = takes_running(s);
	ssize_t i = pattern ? -1 : node_find(s, word);
	size_t k;

	/* a jid, or another name of a block's jail */
	if (i < 0 && !pattern && running)
		i = add_one_running(s, word);
	if (i >= 0 && s->node != NULL) {
		s->node[i].is_named = true;
		order_select(s->order, (size_t)i, order_bits(s->op));
		return 0;
	}
	for (k = 0; pattern && k < s->n; k++) {
		if (conf_match(word, s->node[k].name))
			order_select(s->order, k, order_bits(s->op));
	}
	if (pattern)
		return 0;
	say(NULL, "\"%s\" not found", word);
	return -1;
}

/* The order of all nodes. */
static int
make_order(struct selection *s)
{
	const struct conf_param *p;
	size_t i, k;
	int r = 0;

	if ((s->order = order_new()) == NULL)
		return -ENOMEM;
	for (i = 0; r == 0 && i < s->n; i++)
		r = order_add(s->order, s->node[i].name);
	for (i = 0; r == 0 && i < s->n; i++) {
		if (s->node[i].conf == NULL ||
		    (p = conf_get(s->node[i].conf, "depend")) == NULL)
			continue;
		for (k = 0; k < p->n; k++)
			(void)order_depend(/* said, and the node failed */
			    s->order, i, p->v[k], &conf_say_jail);
	}
	if (r == 0)
		(void)order_link(s->order, &conf_say_jail); /* likewise */
	return r;
}

static int
select_all(struct selection *s, char *const *words)
{
	static char all[] = "*", *const everything[] = { all, NULL };
	int status = 0;
	size_t i;

	if (*words == NULL)
		words = everything;
	for (; *words != NULL; words++) {
		if (select_word(s, *words) < 0)
			status = 1;
	}
	for (i = 0; i < s->n; i++) {
		s->selected += order_op(s->order, i) != 0;
		s->pulled +=
		    order_op(s->order, i) != 0 && order_pulled(s->order, i);
	}
	return status;
}

int
selection_make(struct selection *ret, const struct conf *conf, unsigned int op,
    char *const *words)
{
	struct selection s = { .conf = conf, .op = op };
	int r = -1;

	if (add_conf(&s) == 0 && add_words(&s, words) == 0) {
		if (make_order(&s) == 0)
			r = select_all(&s, words);
		else
			say(NULL, "%s", strerror(ENOMEM));
	}
	if (r < 0)
		selection_done(&s);
	else
		*ret = s;
	return r;
}

void
selection_done(struct selection *s)
{
	size_t i;

	for (i = 0; i < s->n; i++) {
		conf_jail_free(s->node[i].conf);
		free(s->node[i].name);
		free(s->node[i].why);
	}
	free(s->node);
	order_free(s->order);
}
