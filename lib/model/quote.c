/* SPDX-License-Identifier: BSD-2-Clause */
/* The one quoting routine, for jls -q and jail -e. */
#include <ctype.h>
#include <string.h>

#include "buf.h"
#include "jailx.h"

/* Does jail.conf(5) take what begins here for a variable? */
static bool
is_variable(const char *s)
{
	return *s == '$' &&
	       (isalpha((unsigned char)s[1]) || s[1] == '_' || s[1] == '{');
}

/* Does jail.conf(5) read the text as it is, without quotes? */
static bool
is_bare(const char *s)
{
	for (; *s != '\0'; s++) {
		if (!isalnum((unsigned char)*s) &&
		    strchr("_!%&()-.:<>?@[]^`|~$*+/", *s) == NULL)
			return false;
		if (is_variable(s))
			return false;
		if (*s == '/' && (s[1] == '/' || s[1] == '*'))
			return false; /* a comment */
	}
	return true;
}

/*
 * The quote that a value is wrapped in, or 0: FreeBSD's order of tests, and
 * more where a file would not give the value back.
 */
static char
quote_for(const char *value, enum jailx_quote how)
{
	if (strchr(value, '\'') != NULL)
		return '"';
	if (strchr(value, '"') != NULL)
		return '\'';
	if (*value == '\0' || strpbrk(value, " \t") != NULL)
		return '"';
	return how == JAILX_QUOTE_FILE && !is_bare(value) ? '"' : 0;
}

/* One character between quotes. */
static void
add_char(struct buf *b, const char *s, char quote, enum jailx_quote how)
{
	if (how == JAILX_QUOTE_FILE && *s == '\n') {
		buf_str(b, "\\n"); /* a jail stays on its line */
		return;
	}
	if (how != JAILX_QUOTE_JLS && (*s == '\\' || *s == quote))
		buf_chr(b, '\\');
	else if (how == JAILX_QUOTE_FILE && quote == '"' && is_variable(s))
		buf_chr(b, '\\');
	buf_chr(b, *s);
}

char *
jailx_quote(const char *value, enum jailx_quote how)
{
	struct buf b = BUF_INIT;
	char q = quote_for(value, how);

	if (q == 0) {
		buf_str(&b, value);
		return buf_take(&b);
	}
	buf_chr(&b, q);
	for (; *value != '\0'; value++)
		add_char(&b, value, q, how);
	buf_chr(&b, q);
	return buf_take(&b);
}
