/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * jls(8) in JSON, byte for byte as FreeBSD's libxo lays it out: scripts
 * compare whole lines.  json-c does the strings.
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <json-c/json.h>

#include "buf.h"
#include "cleanup.h"
#include "jailx.h"
#include "jls.h"

#define VERSION_XO "2"

/* What stands for bytes that are no UTF-8: U+FFFD. */
#define REPLACEMENT "\xef\xbf\xbd"

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

/* The one string that all others pass through, and where we are. */
static struct json_object *string;
static bool pretty, first_jail, first_field;

/* ---- Writing ----------------------------------------------------------- */

/* The length of the UTF-8 sequence at s, 0 if it is none (RFC 3629). */
static size_t
utf8_length(const unsigned char *s)
{
	size_t i, len = s[0] < 0x80 ? 1 : s[0] < 0xe0 ? 2 : s[0] < 0xf0 ? 3 : 4;

	if ((s[0] >= 0x80 && s[0] < 0xc2) || s[0] > 0xf4)
		return 0;
	for (i = 1; i < len; i++)
		if ((s[i] & 0xc0) != 0x80)
			return 0;
	/* Too long a form, a surrogate, beyond U+10FFFF. */
	if ((s[0] == 0xe0 && s[1] < 0xa0) || (s[0] == 0xed && s[1] > 0x9f) ||
	    (s[0] == 0xf0 && s[1] < 0x90) || (s[0] == 0xf4 && s[1] > 0x8f))
		return 0;
	return len;
}

/* A string; paths may hold any byte, JSON may not. */
static void
put_string(const char *text)
{
	auto_buf struct buf b = BUF_INIT;
	const unsigned char *s = (const unsigned char *)text;
	size_t len;

	for (; *s != '\0'; s += len > 0 ? len : 1)
		if ((len = utf8_length(s)) > 0)
			buf_add(&b, s, len);
		else
			buf_str(&b, REPLACEMENT);
	if (buf_err(&b) < 0 || !json_object_set_string_len(
				   string, b.p == NULL ? "" : b.p, (int)b.len))
		errx(1, "malloc");
	(void)fputs(
	    json_object_to_json_string_ext(string,
		JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE),
	    stdout);
}

/* With --libxo pretty: a line of its own, so deep. */
static void
put_break(int depth)
{
	if (pretty)
		(void)printf("\n%*s", 2 * depth, "");
}

/* What is before a field's value; separator is between two fields. */
static void
put_name(const char *name, const char *separator)
{
	if (!first_field)
		(void)fputs(pretty ? "," : separator, stdout);
	first_field = false;
	put_break(4);
	put_string(name);
	(void)putchar(':');
}

static void
put_field(const char *name, const char *value, bool quoted)
{
	put_name(name, ",");
	if (pretty)
		(void)putchar(' ');
	if (quoted)
		put_string(value);
	else
		(void)fputs(value, stdout);
}

static void
put_list(const char *name, const char *param, const struct jailx_set *set)
{
	size_t i, n = jailx_set_count(set, param);

	put_name(name, ", ");
	(void)fputs(" [", stdout);
	for (i = 0; i < n; i++) {
		if (i > 0)
			(void)putchar(',');
		put_break(5);
		put_string(jailx_set_get(set, param, i));
	}
	put_break(4);
	(void)putchar(']');
}

/* ---- Jails ------------------------------------------------------------- */

static void
put_table(const struct field *f, const struct jailx_set *set)
{
	for (; f->name != NULL; f++)
		switch (f->kind) {
		case K_NUMBER:
			put_field(f->name, jls_get(set, f->param), false);
			break;
		case K_STRING:
			put_field(f->name, jls_get(set, f->param), true);
			break;
		case K_STATE:
			put_field(f->name,
			    jailx_set_bool(set, f->param) ? "DYING" : "ACTIVE",
			    true);
			break;
		case K_LIST:
			put_list(f->name, f->param, set);
			break;
		}
}

/* A parameter: numbers are strings, and with -n booleans are not. */
static void
put_column(const struct jls *j, const struct jls_column *c,
    const struct jailx_set *set)
{
	const char *value;

	if (jls_is_list(c)) {
		put_list(c->name, c->name, set);
	} else if (c->param->type == JAILX_BOOL &&
		   (j->flags & JLS_NAMEVAL) != 0) {
		put_field(c->param->name, jls_get(set, c->param->name), false);
	} else if ((value = jls_value(c, set)) != NULL) {
		put_field(c->name, value, true);
	}
}

static void
json_begin(const struct jls *j)
{
	pretty = (j->flags & JLS_PRETTY) != 0;
	first_jail = true;
	if ((string = json_object_new_string("")) == NULL)
		errx(1, "malloc");
	(void)putchar('{');
	put_break(1);
	(void)printf("\"__version\": \"%s\",%s", VERSION_XO, pretty ? "" : " ");
	put_break(1);
	(void)fputs("\"jail-information\": {", stdout);
	put_break(2);
	(void)fputs("\"jail\": [", stdout);
}

static void
json_row(const struct jls *j, const struct jailx_set *set)
{
	const struct jls_column *c;

	if (!first_jail)
		(void)fputs(pretty ? "," : ", ", stdout);
	first_jail = false;
	put_break(3);
	(void)putchar('{');
	first_field = true;
	for (c = j->columns; c < j->columns + j->ncolumns; c++)
		if (!jls_is_skipped(j, c, set))
			put_column(j, c, set);
	if ((j->flags & JLS_PARAMS) == 0)
		put_table((j->flags & JLS_VERBOSE) != 0 ? verbose
			  : (j->flags & JLS_NAMES) != 0 ? by_name
							: by_jid,
		    set);
	put_break(3);
	(void)putchar('}');
}

static void
json_end(const struct jls *j)
{
	(void)j;
	put_break(2);
	(void)putchar(']');
	put_break(1);
	(void)putchar('}');
	put_break(0);
	(void)fputs("}\n", stdout);
	(void)json_object_put(string);
}

const struct jls_view jls_json = { json_begin, json_row, json_end };
