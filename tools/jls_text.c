/* SPDX-License-Identifier: BSD-2-Clause */
/* jls(8) in plain text. */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "jailx.h"
#include "jls.h"

/* The indent of the lines that follow a jail's first. */
#define INDENT "        "

/* ---- The table, also with names (-N) ----------------------------------- */

static void
table_begin(struct jls *j)
{
	if ((j->flags & JLS_NAMES) != 0)
		(void)printf(" %-15s %-15s %-29s Path\n", "JID", "IP Address",
		    "Hostname");
	else
		(void)printf(
		    "%6s  IP Address      Hostname%22sPath\n", "JID", "");
}

static void
table_row(struct jls *j, const struct jailx_set *set)
{
	if ((j->flags & JLS_NAMES) != 0)
		(void)printf(" %-15s ", jls_get(set, "name"));
	else
		(void)printf("%6s  ", jls_get(set, "jid"));
	(void)printf("%-15.15s %-29.29s %.74s\n", jls_get(set, "ip4.addr"),
	    jls_get(set, "host.hostname"), jls_get(set, "path"));
}

/* ---- Several lines a jail (-v) ----------------------------------------- */

static void
verbose_begin(struct jls *j)
{
	(void)j;
	(void)printf("%6s  Hostname%22sPath\n", "JID", "");
	(void)printf(INDENT "Name%26sState\n", "");
	(void)printf(INDENT "CPUSetID\n");
	(void)printf(INDENT "IP Address(es)\n");
}

static void
print_addresses(const struct jailx_set *set, const char *name)
{
	size_t i, n = jailx_set_count(set, name);

	for (i = 0; i < n; i++)
		(void)printf(INDENT "%s\n", jailx_set_get(set, name, i));
}

static void
verbose_row(struct jls *j, const struct jailx_set *set)
{
	(void)j;
	(void)printf("%6s  %-29.29s %.74s\n", jls_get(set, "jid"),
	    jls_get(set, "host.hostname"), jls_get(set, "path"));
	(void)printf(INDENT "%-29.29s %.74s\n", jls_get(set, "name"),
	    jailx_set_bool(set, "dying") ? "DYING" : "ACTIVE");
	(void)printf(INDENT "%s\n", jls_get(set, "cpuset.id"));
	print_addresses(set, "ip4.addr");
	print_addresses(set, "ip6.addr");
}

/* ---- Parameters -------------------------------------------------------- */

static void
params_begin(struct jls *j)
{
	size_t i;

	if ((j->flags & JLS_HEADER) == 0)
		return;
	for (i = 0; i < j->ncolumns; i++)
		(void)printf("%s%s", i > 0 ? " " : "", j->columns[i].name);
	(void)putchar('\n');
}

/* The text of a value, quoted where -q asks for it or it is empty. */
static void
print_text(const struct jls *j, const char *value)
{
	auto_free char *quoted = NULL;

	if (*value == '\0' || ((j->flags & JLS_QUOTED) != 0 &&
				  strpbrk(value, "'\" \t") != NULL)) {
		if ((quoted = jailx_quote(value, JAILX_QUOTE_JLS)) == NULL)
			err(1, "malloc");
		value = quoted;
	}
	(void)fputs(value, stdout);
}

static void
print_list(const struct jls *j, const char *name, const struct jailx_set *set)
{
	size_t i, n = jailx_set_count(set, name);

	if (n == 0 && (j->flags & JLS_QUOTED) != 0)
		(void)fputs("\"\"", stdout);
	else if (n == 0 && (j->flags & JLS_NAMEVAL) == 0)
		(void)putchar('-');
	for (i = 0; i < n; i++)
		(void)printf(
		    "%s%s", i > 0 ? "," : "", jailx_set_get(set, name, i));
}

/* With -n a boolean is its name: persist, allow.nomount. */
static void
print_boolean(const struct jailx_param *p, const struct jailx_set *set)
{
	const char *dot = strrchr(p->name, '.');
	size_t head = dot == NULL ? 0 : (size_t)(dot + 1 - p->name);

	(void)printf("%.*s%s%s", (int)head, p->name,
	    jailx_set_bool(set, p->name) ? "" : "no", p->name + head);
}

static void
print_column(const struct jls *j, const struct jls_column *c,
    const struct jailx_set *set)
{
	const bool nameval = (j->flags & JLS_NAMEVAL) != 0;
	const char *value;

	if (nameval && c->param->type == JAILX_BOOL) {
		print_boolean(c->param, set);
		return;
	}
	value = jls_is_list(c) ? "" : jls_value(c, set);
	if (nameval)
		(void)fputs(c->name, stdout);
	/* To set a bare meta.KEY is to delete it: -s tells of none so. */
	if (nameval && (value != NULL || (j->flags & JLS_SKIP) == 0))
		(void)putchar('=');
	if (jls_is_list(c))
		print_list(j, c->name, set);
	else if (value != NULL)
		print_text(j, value);
}

static void
params_row(struct jls *j, const struct jailx_set *set)
{
	const struct jls_column *c;
	bool first = true;

	for (c = j->columns; c < j->columns + j->ncolumns; c++) {
		if (jls_is_skipped(j, c, set))
			continue;
		if (!first)
			(void)putchar(' ');
		first = false;
		print_column(j, c, set);
	}
	(void)putchar('\n');
}

static void
no_end(struct jls *j)
{
	(void)j;
}

const struct jls_view jls_table = { table_begin, table_row, no_end };
const struct jls_view jls_verbose = { verbose_begin, verbose_row, no_end };
const struct jls_view jls_params = { params_begin, params_row, no_end };
