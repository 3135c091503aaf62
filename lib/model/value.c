/* SPDX-License-Identifier: BSD-2-Clause */
/* One value: text as typed to canonical text, by the type of its row. */
#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "buf.h"
#include "cleanup.h"
#include "jerr.h"
#include "value.h"

static const char *const jailsys_words[] = { "disable", "new", "inherit" };

int
value_long(const char *text, long min, long max, long *ret)
{
	char *end;
	long n;

	if (isspace((unsigned char)text[0]))
		return -EINVAL; /* strtol() would skip it */
	errno = 0;
	n = strtol(text, &end, 10);
	if (end == text || *end != '\0')
		return -EINVAL;
	if (errno == ERANGE || n < min || n > max)
		return -ERANGE;
	*ret = n;
	return 0;
}

int
value_bool(const char *text, bool *ret)
{
	long n;

	if (strcasecmp(text, "true") == 0)
		*ret = true;
	else if (*text == '\0' || strcasecmp(text, "false") == 0)
		*ret = false; /* empty: as FreeBSD reads a number */
	else if (value_long(text, LONG_MIN, LONG_MAX, &n) == 0)
		*ret = n != 0;
	else
		return -EINVAL;
	return 0;
}

static int
canon_bool(const struct jailx_param *p, const char *value, bool no,
    struct buf *ret, struct jerr *e)
{
	bool b = true;

	if (value != NULL && value_bool(value, &b) < 0)
		return jerr(e, EINVAL, "%s: unknown boolean value \"%s\"",
		    p->name, value);
	buf_str(ret, b != no ? "true" : "false");
	return 0;
}

static int
canon_number(const struct jailx_param *p, const char *value, struct buf *ret,
    struct jerr *e)
{
	long min = p->min, max = p->max, n = 0;
	int r;

	if (p->type == JAILX_ULONG) {
		min = 0;
		max = LONG_MAX;
	}
	if (value == NULL || (r = value_long(value, min, max, &n)) == -EINVAL)
		return jerr(e, EINVAL, "%s: non-integer value \"%s\"", p->name,
		    value != NULL ? value : "");
	if (r == -ERANGE)
		return jerr(e, EINVAL, "%s: %s is not between %ld and %ld",
		    p->name, value, min, max);
	buf_fmt(ret, "%ld", n);
	return 0;
}

static int
canon_jailsys(const struct jailx_param *p, const char *value, struct buf *ret,
    struct jerr *e)
{
	size_t i;
	long n;

	if (value == NULL || *value == '\0')
		value = "new";
	for (i = 0; i < nitems(jailsys_words); i++) {
		if (strcasecmp(value, jailsys_words[i]) == 0)
			break;
	}
	if (i == nitems(jailsys_words)) {
		if (value_long(value, 0, (long)nitems(jailsys_words) - 1, &n) <
		    0)
			return jerr(e, EINVAL,
			    "%s: unknown jailsys value \"%s\"", p->name, value);
		i = (size_t)n;
	}
	buf_str(ret, jailsys_words[i]);
	return 0;
}

static int
canon_text(const struct jailx_param *p, const char *value, struct buf *ret,
    struct jerr *e)
{
	if (value == NULL)
		value = "";
	if (p->max > 0 && strlen(value) >= (size_t)p->max) {
		if (p->type == JAILX_KEYVALUE)
			return jerr(e, EFBIG, "jail_set: File too large");
		return jerr_sys(e, ENAMETOOLONG, "%s", p->name);
	}
	buf_str(ret, value);
	return 0;
}

int
value_canon(const struct jailx_param *p, const char *value, bool no,
    struct buf *ret, struct jerr *e)
{
	switch (p->type) {
	case JAILX_BOOL:
		return canon_bool(p, value, no, ret, e);
	case JAILX_INT:
	case JAILX_ULONG:
		return canon_number(p, value, ret, e);
	case JAILX_JAILSYS:
		return canon_jailsys(p, value, ret, e);
	case JAILX_IP4:
	case JAILX_IP6:
		return value_address(p, value, ret, e);
	case JAILX_STRING:
	case JAILX_KEYVALUE:
	case JAILX_LIST:
		break;
	}
	return canon_text(p, value, ret, e);
}

int
value_address(const struct jailx_param *p, const char *value, struct buf *ret,
    struct jerr *e)
{
	int family = p->type == JAILX_IP4 ? AF_INET : AF_INET6;
	char text[INET6_ADDRSTRLEN];
	struct in6_addr addr;

	if (inet_pton(family, value, &addr) != 1)
		return jerr(e, EINVAL, "%s: not an IPv%d address: %s", p->name,
		    p->type == JAILX_IP4 ? 4 : 6, value);
	buf_str(ret, inet_ntop(family, &addr, text, sizeof(text)));
	return 0;
}

/* The line of a key: its start, or NULL. */
static const char *
key_line(const char *lines, const char *key)
{
	size_t len = strlen(key);
	const char *line, *nl;

	for (line = lines; *line != '\0'; line = nl + 1) {
		if (strncmp(line, key, len) == 0 && line[len] == '=')
			return line;
		if ((nl = strchr(line, '\n')) == NULL)
			break;
	}
	return NULL;
}

int
value_key_get(const char *lines, const char *key, struct buf *ret)
{
	const char *line = key_line(lines, key);

	if (line == NULL)
		return 0;
	line += strlen(key) + 1;
	buf_add(ret, line, strcspn(line, "\n"));
	return 1;
}

int
value_key_set(
    const char *lines, const char *key, const char *value, struct buf *ret)
{
	const char *line = key_line(lines, key), *rest;

	/* A key that is there keeps its place, a new one goes to the front. */
	if (line == NULL) {
		if (value != NULL)
			buf_fmt(ret, "%s=%s\n", key, value);
		buf_str(ret, lines);
		return buf_err(ret);
	}
	rest = line + strcspn(line, "\n");
	if (*rest == '\n')
		rest++;
	buf_add(ret, lines, (size_t)(line - lines));
	if (value != NULL)
		buf_fmt(ret, "%s=%s\n", key, value);
	buf_str(ret, rest);
	return buf_err(ret);
}
