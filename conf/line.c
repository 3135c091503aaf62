/* SPDX-License-Identifier: BSD-2-Clause */
/* A jail as a line of jail -e. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "cleanup.h"
#include "conf.h"
#include "jailx.h"

static void
add_quoted(struct buf *b, const char *text)
{
	auto_free char *quoted = jailx_quote(text, JAILX_QUOTE_FILE);

	if (quoted == NULL)
		b->err = ENOMEM;
	else
		buf_str(b, quoted);
}

/* A name is one piece: more of them have to be quoted than of values. */
static void
add_name(struct buf *b, const char *name)
{
	auto_free char *quoted = jailx_quote(name, JAILX_QUOTE_FILE);
	bool wrap =
	    strcmp(name, ".include") == 0 || strpbrk(name, "$*+/") != NULL;

	if (quoted == NULL)
		b->err = ENOMEM;
	else if (wrap && strcmp(quoted, name) == 0)
		buf_fmt(b, "\"%s\"", name);
	else
		buf_str(b, quoted);
}

void
conf_line(const struct conf_jail *j, const char *separator, struct buf *ret)
{
	const struct conf_param *p;
	size_t i, k;

	for (i = 0; i < j->n; i++) {
		p = &j->p[i];
		if (i > 0)
			buf_str(ret, separator);
		add_name(ret, p->name);
		for (k = 0; k < p->n; k++) {
			buf_chr(ret, k == 0 ? '=' : ',');
			add_quoted(ret, p->v[k]);
		}
	}
}
