/* SPDX-License-Identifier: BSD-2-Clause */
/* jls(8) in JSON. */
#include <string.h>

#include "jailx.h"
#include "jls.h"
#include "xo.h"

#define VERSION_XO "2"

enum kind {
	K_NUMBER,
	K_STRING,
	K_STATE, /* ACTIVE or DYING */
	K_LIST,
};

/* A field of the tables that come without parameters. */
struct field {
	const char *name;
	const char *param;
	enum kind kind;
};

static const struct field by_jid[] = {
	{ "jid", "jid", K_NUMBER },
	{ "ipv4", "ip4.addr", K_STRING },
	{ "hostname", "host.hostname", K_STRING },
	{ "path", "path", K_STRING },
	{ NULL, NULL, K_STRING },
};

static const struct field by_name[] = {
	{ "name", "name", K_STRING },
	{ "ipv4", "ip4.addr", K_STRING },
	{ "hostname", "host.hostname", K_STRING },
	{ "path", "path", K_STRING },
	{ NULL, NULL, K_STRING },
};

static const struct field verbose[] = {
	{ "jid", "jid", K_NUMBER },
	{ "hostname", "host.hostname", K_STRING },
	{ "path", "path", K_STRING },
	{ "name", "name", K_STRING },
	{ "state", "dying", K_STATE },
	{ "cpusetid", "cpuset.id", K_NUMBER },
	{ "ipv4_addrs", "ip4.addr", K_LIST },
	{ "ipv6_addrs", "ip6.addr", K_LIST },
	{ NULL, NULL, K_STRING },
};

static void
put_list(struct xo *x, const char *name, const char *param,
    const struct jailx_set *set)
{
	size_t i, n = jailx_set_count(set, param);

	xo_open(x, name, '[');
	for (i = 0; i < n; i++)
		xo_element(x, jailx_set_get(set, param, i));
	xo_close(x);
}

static void
put_table(struct xo *x, const struct field *f, const struct jailx_set *set)
{
	for (; f->name != NULL; f++)
		switch (f->kind) {
		case K_NUMBER:
			xo_raw(x, f->name, jls_get(set, f->param));
			break;
		case K_STRING:
			xo_string(x, f->name, jls_get(set, f->param));
			break;
		case K_STATE:
			xo_string(x, f->name,
			    jailx_set_bool(set, f->param) ? "DYING" : "ACTIVE");
			break;
		case K_LIST:
			put_list(x, f->name, f->param, set);
			break;
		}
}

/* A parameter: numbers are strings, and with -n booleans are not. */
static void
put_column(
    struct jls *j, const struct jls_column *c, const struct jailx_set *set)
{
	const char *value;

	if (jls_is_list(c))
		put_list(&j->xo, c->name, c->name, set);
	else if (c->param->type == JAILX_BOOL && (j->flags & JLS_NAMEVAL) != 0)
		xo_raw(&j->xo, c->param->name, jls_get(set, c->param->name));
	else if ((value = jls_value(c, set)) != NULL)
		xo_string(&j->xo, c->name, value);
}

static void
json_begin(struct jls *j)
{
	xo_begin(&j->xo, VERSION_XO);
	xo_open(&j->xo, "jail-information", '{');
	xo_open(&j->xo, "jail", '[');
}

static void
json_row(struct jls *j, const struct jailx_set *set)
{
	const struct jls_column *c;

	xo_open(&j->xo, NULL, '{');
	for (c = j->columns; c < j->columns + j->ncolumns; c++)
		if (!jls_is_skipped(j, c, set))
			put_column(j, c, set);
	if ((j->flags & JLS_PARAMS) == 0)
		put_table(&j->xo,
		    (j->flags & JLS_VERBOSE) != 0 ? verbose
		    : (j->flags & JLS_NAMES) != 0 ? by_name
						  : by_jid,
		    set);
	xo_close(&j->xo);
}

static void
json_end(struct jls *j)
{
	xo_end(&j->xo);
}

const struct jls_view jls_json = { json_begin, json_row, json_end };
