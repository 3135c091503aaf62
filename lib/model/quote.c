/* SPDX-License-Identifier: BSD-2-Clause */
/* The one quoting routine, for jls -q and jail -e. */
#include <string.h>

#include "buf.h"
#include "jailx.h"

/* The quote that a value is wrapped in, or 0 (FreeBSD's order of tests). */
static char
quote_for(const char *value)
{
	if (strchr(value, '\'') != NULL)
		return '"';
	if (strchr(value, '"') != NULL)
		return '\'';
	return *value == '\0' || strpbrk(value, " \t") != NULL ? '"' : 0;
}

char *
jailx_quote(const char *value, enum jailx_quote how)
{
	struct buf b = BUF_INIT;
	char q = quote_for(value);

	if (q != 0)
		buf_chr(&b, q);
	for (; *value != '\0'; value++) {
		if (how == JAILX_QUOTE_CONF && q != 0 &&
		    (*value == '\\' || *value == q))
			buf_chr(&b, '\\');
		buf_chr(&b, *value);
	}
	if (q != 0)
		buf_chr(&b, q);
	return buf_take(&b);
}
