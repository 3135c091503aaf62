/* SPDX-License-Identifier: BSD-2-Clause */
/* A piece of a string: escapes and variables. */
#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "buf.h"
#include "read.h"

/* What a letter after a backslash stands for. */
static const struct escape {
	char letter;
	unsigned char is;
} escapes[] = {
	{ 'a', '\a' },
	{ 'b', '\b' },
	{ 'f', '\f' },
	{ 'n', '\n' },
	{ 'r', '\r' },
	{ 't', '\t' },
	{ 'v', '\v' },
};

/* A number of at most max digits.  Returns how many it has. */
static size_t
number(const char *s, const char *end, unsigned int base, size_t max, int *ret)
{
	static const char digits[] = "0123456789abcdef";
	const char *d;
	size_t n;

	*ret = 0;
	for (n = 0; n < max && s + n < end && s[n] != '\0'; n++) {
		d = memchr(digits, tolower((unsigned char)s[n]), base);
		if (d == NULL)
			break;
		*ret = *ret * (int)base + (int)(d - digits);
	}
	return n;
}

/*
 * What stands after a backslash, at least a character.  Returns its length;
 * *ret is the character, -1 for none.
 */
static size_t
escape(const char *s, const char *end, int *ret)
{
	size_t i, n;

	if ((n = number(s, end, 8, 3, ret)) > 0) {
		*ret &= 0xff;
		return n;
	}
	if (*s == 'x' && (n = number(s + 1, end, 16, 2, ret)) > 0)
		return n + 1;
	for (i = 0; i < sizeof(escapes) / sizeof(escapes[0]); i++) {
		if (escapes[i].letter == *s)
			break;
	}
	if (*s == '\n')
		*ret = -1;
	else if (i < sizeof(escapes) / sizeof(escapes[0]))
		*ret = escapes[i].is;
	else
		*ret = (unsigned char)*s;
	return 1;
}

/* Hand the text gathered so far over as a piece; nothing is no piece. */
static int
flush(struct value *v, struct buf *b)
{
	if (b->len == 0)
		return buf_err(b);
	return value_add(v, buf_take(b), false);
}

/*
 * The variable that begins after a dollar sign: the length of all of it, 0 if
 * there is none, or -EINVAL.
 */
static ssize_t
variable(const char *s, const char *end, const char **ret, size_t *ret_len)
{
	const char *p = s;

	if (p < end && *p == '{') {
		while (++p < end && *p != '}') {
			if (*p == '\n' || *p == '{')
				return -EINVAL;
		}
		if (p >= end)
			return -EINVAL;
		*ret = s + 1;
		*ret_len = (size_t)(p - s - 1);
		return p + 1 - s;
	}
	if (p >= end || !(isalpha((unsigned char)*p) || *p == '_'))
		return 0;
	while (p < end && (isalnum((unsigned char)*p) || *p == '_'))
		p++;
	*ret = s;
	*ret_len = (size_t)(p - s);
	return p - s;
}

static int
add_variable(struct value *v, struct buf *b, const char *name, size_t len)
{
	int r;

	if ((r = flush(v, b)) < 0)
		return r;
	buf_add(b, name, len);
	return value_add(v, buf_take(b), true);
}

static int
split(struct value *v, struct buf *b, const char *text, size_t len, bool vars,
    size_t *ret_at)
{
	const char *s = text, *end = text + len, *name;
	size_t n;
	ssize_t skip;
	int c, r;

	while (s < end) {
		*ret_at = (size_t)(s - text);
		c = (unsigned char)*s++;
		if (c == '\\' && s < end) {
			s += escape(s, end, &c);
			if (c == 0)
				return -EILSEQ;
		} else if (c == '$' && vars) {
			if ((skip = variable(s, end, &name, &n)) < 0)
				return (int)skip;
			if (skip > 0 && (r = add_variable(v, b, name, n)) < 0)
				return r;
			s += skip;
			if (skip > 0)
				continue;
		}
		if (c >= 0)
			buf_chr(b, (char)c);
	}
	return flush(v, b);
}

int
word_split(
    struct value *ret, const char *text, size_t len, bool vars, size_t *ret_at)
{
	struct value v = { 0 };
	auto_buf struct buf b = BUF_INIT;
	int r = split(&v, &b, text, len, vars, ret_at);

	if (r < 0)
		value_done(&v);
	else
		*ret = v;
	return r;
}
