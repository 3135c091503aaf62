/* SPDX-License-Identifier: BSD-2-Clause */
/* jls(8): list jails. */
#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "buf.h"
#include "cleanup.h"
#include "jail.h"
#include "jailx.h"
#include "jls.h"
#include "tool.h"

static const char usage[] = "usage: jls [-dhNnqv] [-j jail] [param ...]\n";

/* ---- Options ----------------------------------------------------------- */

/* What a letter sets, and which earlier letters it cancels. */
static const struct {
	char letter;
	unsigned int set;
	unsigned int cancel;
} options[] = {
	{ 'a', JLS_DYING, 0 },
	{ 'c', JLS_CHECK, 0 },
	{ 'd', JLS_DYING, 0 },
	{ 'h', JLS_HEADER, JLS_SKIP | JLS_VERBOSE },
	{ 'N', JLS_NAMES, 0 },
	{ 'n', JLS_NAMEVAL, JLS_VERBOSE },
	{ 'q', JLS_QUOTED, 0 },
	{ 's', JLS_NAMEVAL | JLS_QUOTED | JLS_SKIP, JLS_HEADER | JLS_VERBOSE },
	{ 'v', JLS_VERBOSE, JLS_HEADER | JLS_NAMEVAL | JLS_SKIP },
};

/* The options of jls; unlike FreeBSD's they may follow parameters. */
static const char *
parse(struct jls *j, int argc, char **argv)
{
	const char *jail = NULL;
	size_t i;
	int c;

	while ((c = getopt(argc, argv, "acdhj:Nnqsv")) >= 0) {
		if (c == 'j') {
			jail = optarg;
			continue;
		}
		for (i = 0; i < nitems(options); i++)
			if (options[i].letter == c)
				break;
		if (i == nitems(options))
			tool_usage(usage);
		j->flags &= ~options[i].cancel;
		j->flags |= options[i].set;
	}
	return jail;
}

/* ---- Columns ----------------------------------------------------------- */

_Noreturn static void
unknown(const char *name)
{
	const char *other = jailx_param_suggest(name);

	/* One of jail(8)'s own is as unknown here as none. */
	if (other == NULL ||
	    (jailx_param_find(other, NULL)->flags & JAILX_PSEUDO) != 0)
		errx(1, "unknown parameter: %s", name);
	errx(1, "unknown parameter: %s (did you mean %s?)", name, other);
}

/* The jailsys parameter that rules a dotted one: ip4 of ip4.addr, or NULL. */
static const char *
parent_of(const char *name)
{
	const struct jailx_param *p = NULL;
	size_t len = strcspn(name, ".");

	if (name[len] == '\0')
		return NULL;
	while ((p = jailx_param_next(p)) != NULL)
		if (p->type == JAILX_JAILSYS && strlen(p->name) == len &&
		    strncmp(p->name, name, len) == 0)
			return p->name;
	return NULL;
}

/* Add a column, unless it is there. */
static void
column_add(struct jls *j, const char *name)
{
	struct jls_column *c;
	size_t i;

	for (i = 0; i < j->ncolumns; i++)
		if (strcmp(j->columns[i].name, name) == 0)
			return;
	c = grow(j->columns, j->ncolumns, sizeof(*c));
	if (c == NULL)
		err(1, "malloc");
	j->columns = c;
	c += j->ncolumns;
	*c = (struct jls_column){ .name = name };
	c->param = jailx_param_find(name, &c->no);
	if (c->param == NULL || (c->param->flags & JAILX_PSEUDO) != 0)
		unknown(name);
	c->key = c->param->type == JAILX_KEYVALUE &&
		 strcmp(name, c->param->name) != 0;
	c->parent = parent_of(name);
	j->ncolumns++;
}

/* Names without a dot first, each group in byte order. */
static int
name_cmp(const void *a, const void *b)
{
	const char *left = *(const char *const *)a;
	const char *right = *(const char *const *)b;
	bool left_dot = strchr(left, '.') != NULL;
	bool right_dot = strchr(right, '.') != NULL;

	if (left_dot != right_dot)
		return left_dot ? 1 : -1;
	return strcmp(left, right);
}

static void
column_add_all(struct jls *j)
{
	const struct jailx_param *p = NULL;
	const char **names = NULL, **more;
	size_t i, n = 0;

	while ((p = jailx_param_next(p)) != NULL) {
		if ((p->flags & JAILX_PSEUDO) != 0)
			continue;
		if ((more = grow(names, n, sizeof(*names))) == NULL)
			err(1, "malloc");
		names = more;
		names[n++] = p->name;
	}
	if (n > 0)
		qsort(names, n, sizeof(*names), name_cmp);
	for (i = 0; i < n; i++)
		column_add(j, names[i]);
	free(names);
}

/* What to print: the parameters asked for, or all of them, or a table. */
static void
choose(struct jls *j, char *const *names)
{
	if (*names == NULL) {
		if ((j->flags & (JLS_HEADER | JLS_NAMEVAL)) == 0)
			return;
		column_add_all(j);
	} else {
		j->flags &= ~JLS_VERBOSE;
	}
	j->flags |= JLS_PARAMS;
	for (; *names != NULL; names++)
		if (strcmp(*names, "all") == 0)
			column_add_all(j);
		else
			column_add(j, *names);
}

/* ---- Values ------------------------------------------------------------ */

const char *
jls_get(const struct jailx_set *set, const char *name)
{
	const char *value = jailx_set_get(set, name, 0);

	return value == NULL ? "" : value;
}

const char *
jls_value(const struct jls_column *c, const struct jailx_set *set)
{
	if (c->key)
		return jailx_set_get(set, c->name, 0);
	if (c->no)
		return jailx_set_bool(set, c->param->name) ? "false" : "true";
	return jls_get(set, c->name);
}

bool
jls_is_list(const struct jls_column *c)
{
	return c->param->type == JAILX_IP4 || c->param->type == JAILX_IP6 ||
	       c->param->type == JAILX_LIST;
}

bool
jls_is_skipped(const struct jls *j, const struct jls_column *c,
    const struct jailx_set *set)
{
	if ((j->flags & JLS_SKIP) == 0)
		return false;
	if ((c->param->flags & JAILX_RDONLY) != 0)
		return true;
	return c->parent != NULL && strcmp(jls_get(set, c->parent), "new") != 0;
}

/* ---- Jails ------------------------------------------------------------- */

/* Load one jail.  A dying one has no name any more that looks it up. */
static int
load_one(const struct jls *j, const char *jail, struct jailx_set *set)
{
	bool dying = (j->flags & JLS_DYING) != 0;
	struct jailx_iter *it;
	int jid = jail_getid(jail);

	if (jid >= 0)
		return jailx_load(set, jid, dying);
	if (!dying || (it = jailx_iter_open(
			   JAILX_ITER_DYING | JAILX_ITER_HIDDEN)) == NULL)
		return -1;
	while ((jid = jailx_iter_next(it, set)) > 0)
		if (strcmp(jls_get(set, "name"), jail) == 0)
			break;
	jailx_iter_close(it);
	return jid > 0 ? 0 : -1;
}

static void
print_all(struct jls *j, const struct jls_view *view, struct jailx_set *set)
{
	struct jailx_iter *it;
	unsigned int flags = 0;
	size_t i;

	if ((j->flags & JLS_DYING) != 0)
		flags |= JAILX_ITER_DYING;
	for (i = 0; i < j->ncolumns; i++)
		if ((j->columns[i].param->flags & JAILX_HIDDEN) != 0)
			flags |= JAILX_ITER_HIDDEN;
	it = jailx_iter_open(flags);
	if (it == NULL)
		errx(1, "%s", jail_errmsg);
	view->begin(j);
	while (jailx_iter_next(it, set) > 0)
		view->row(j, set);
	view->end(j);
	jailx_iter_close(it);
}

static const struct jls_view *
choose_view(const struct jls *j)
{
	if (j->xo.json)
		return &jls_json;
	if ((j->flags & JLS_PARAMS) != 0)
		return &jls_params;
	return (j->flags & JLS_VERBOSE) != 0 ? &jls_verbose : &jls_table;
}

int
main(int argc, char **argv)
{
	struct jls j = { 0 };
	const struct jls_view *view;
	struct jailx_set *set;
	const char *jail;

	tool_init(argv, usage);
	/* In big pieces, on a terminal too; what fails is seen at exit. */
	(void)setvbuf(stdout, NULL, _IOFBF, 65536);
	argc = xo_take(&j.xo, argv, usage);
	jail = parse(&j, argc, argv);
	if ((j.flags & JLS_CHECK) != 0 && jail == NULL)
		errx(1, "-j jail to check must be provided for -c");
	choose(&j, argv + optind);
	if ((set = jailx_set_new()) == NULL)
		err(1, "malloc");
	view = choose_view(&j);
	if (jail == NULL) {
		print_all(&j, view, set);
	} else if (load_one(&j, jail, set) < 0) {
		if ((j.flags & JLS_CHECK) == 0)
			warnx("%s", jail_errmsg);
		exit(1);
	} else if ((j.flags & JLS_CHECK) == 0) {
		view->begin(&j);
		view->row(&j, set);
		view->end(&j);
	}
	jailx_set_free(set);
	free(j.columns);
	return 0;
}
