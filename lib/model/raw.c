/* SPDX-License-Identifier: BSD-2-Clause */
/* Parameter values in memory, to and from text. */
#include <arpa/inet.h>
#include <errno.h>
#include <limits.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "buf.h"
#include "cleanup.h"
#include "jerr.h"
#include "pset.h"
#include "raw.h"
#include "value.h"

static const char *const jailsys_words[] = { "disable", "new", "inherit" };

size_t
raw_size(const struct jailx_param *p)
{
	switch (p->type) {
	case JAILX_BOOL:
	case JAILX_INT:
	case JAILX_JAILSYS:
		return sizeof(int);
	case JAILX_ULONG:
		return sizeof(unsigned long);
	case JAILX_IP4:
		return sizeof(struct in_addr);
	case JAILX_IP6:
		return sizeof(struct in6_addr);
	case JAILX_STRING:
	case JAILX_KEYVALUE:
	case JAILX_LIST:
		break;
	}
	return 0;
}

bool
raw_is_list(const struct jailx_param *p)
{
	return p->type == JAILX_IP4 || p->type == JAILX_IP6;
}

bool
raw_is_key(const struct jailx_param *p, const char *name)
{
	return p->type == JAILX_KEYVALUE && strcmp(name, p->name) != 0;
}

/* ---- text to bytes ---- */

static int
add_address(const struct jailx_param *p, const char *text, struct buf *ret,
    struct jerr *e)
{
	auto_buf struct buf canon = BUF_INIT;
	struct in6_addr addr;
	int r;

	if ((r = value_address(p, text, &canon, e)) < 0)
		return r;
	if (buf_err(&canon) < 0)
		return jerr_sys(e, ENOMEM, "%s", p->name);
	(void)inet_pton(p->type == JAILX_IP4 ? AF_INET : AF_INET6, canon.p,
	    &addr); /* value_address() has checked it */
	buf_add(ret, &addr, raw_size(p));
	return 0;
}

static int
add_addresses(const struct jailx_param *p, const char *text, struct buf *ret,
    struct jerr *e)
{
	auto_free char *copy = strdup(text);
	char *rest = copy, *word;
	int r = 0;

	if (copy == NULL)
		return jerr_sys(e, ENOMEM, "%s", p->name);
	if (*copy == '\0' || strcmp(copy, "-") == 0)
		return 0;
	while (r == 0 && (word = strsep(&rest, ",")) != NULL)
		r = add_address(p, word, ret, e);
	return r;
}

static int
jailsys_value(const char *word)
{
	size_t i;

	for (i = 0; i < nitems(jailsys_words); i++) {
		if (strcmp(word, jailsys_words[i]) == 0)
			break;
	}
	return (int)i;
}

/* The bytes of a canonical text that is no address. */
static void
add_scalar(const struct jailx_param *p, const char *canon, struct buf *ret)
{
	unsigned long u = strtoul(canon, NULL, 10);
	int i = (int)strtol(canon, NULL, 10);

	switch (p->type) {
	case JAILX_JAILSYS:
		i = jailsys_value(canon);
		break;
	case JAILX_BOOL:
		i = strcmp(canon, "true") == 0;
		break;
	case JAILX_ULONG:
		buf_add(ret, &u, sizeof(u));
		return;
	case JAILX_STRING:
	case JAILX_KEYVALUE:
	case JAILX_LIST:
		buf_add(ret, canon, strlen(canon) + 1);
		return;
	case JAILX_INT:
	case JAILX_IP4:
	case JAILX_IP6:
		break;
	}
	buf_add(ret, &i, sizeof(i));
}

int
raw_import(const struct jailx_param *p, const char *name, const char *text,
    struct buf *ret, struct jerr *e)
{
	struct jailx_param row = *p; /* under the name that was used */
	auto_buf struct buf canon = BUF_INIT;
	size_t before = ret->len;
	int r;

	row.name = name;
	if (raw_is_list(p)) {
		r = add_addresses(&row, text, ret, e);
	} else {
		r = value_canon(&row, text, false, &canon, e);
		if (r == 0 && buf_err(&canon) == 0)
			add_scalar(p, canon.p != NULL ? canon.p : "", ret);
	}
	if (r == 0 && (buf_err(&canon) < 0 || buf_err(ret) < 0))
		r = jerr_sys(e, ENOMEM, "%s", name);
	if (r < 0)
		ret->len = before;
	return r;
}

/* ---- bytes to text ---- */

static void
export_addresses(
    const struct jailx_param *p, const char *value, size_t len, struct buf *ret)
{
	int family = p->type == JAILX_IP4 ? AF_INET : AF_INET6;
	char text[INET6_ADDRSTRLEN];
	struct in6_addr addr;
	size_t size = raw_size(p), i;

	for (i = 0; i + size <= len; i += size) {
		memcpy(&addr, value + i, size);
		if (i > 0)
			buf_chr(ret, ',');
		buf_str(ret, inet_ntop(family, &addr, text, sizeof(text)));
	}
}

static int
export_int(const struct jailx_param *p, const char *name, const void *value,
    struct buf *ret, struct jerr *e)
{
	int i;

	memcpy(&i, value, sizeof(i));
	if (p->type == JAILX_BOOL)
		buf_str(ret, i != 0 ? "true" : "false");
	else if (p->type == JAILX_INT)
		buf_fmt(ret, "%d", i);
	else if (i >= 0 && (size_t)i < nitems(jailsys_words))
		buf_str(ret, jailsys_words[i]);
	else
		return jerr(
		    e, EINVAL, "%s: unknown jailsys value \"%d\"", name, i);
	return 0;
}

static int
export_text(const char *name, const char *value, size_t len, struct buf *ret,
    struct jerr *e)
{
	/* no bytes: a key that is not there */
	if (len > 0 && memchr(value, '\0', len) == NULL)
		return jerr(e, EINVAL, "%s: not NUL-terminated", name);
	buf_str(ret, len > 0 ? value : "");
	return 0;
}

int
raw_export(const struct jailx_param *p, const char *name, const void *value,
    size_t len, struct buf *ret, struct jerr *e)
{
	size_t size = raw_size(p);
	unsigned long u;
	int r = 0;

	if (raw_is_list(p) ? len % size != 0 : size > 0 && len != size)
		return jerr(e, EINVAL, "%s: a value of %zu bytes, not %zu",
		    name, len, size);
	if (raw_is_list(p)) {
		export_addresses(p, value, len, ret);
	} else if (size == 0) {
		r = export_text(name, value, len, ret, e);
	} else if (p->type == JAILX_ULONG) {
		memcpy(&u, value, sizeof(u));
		buf_fmt(ret, "%lu", u);
	} else {
		r = export_int(p, name, value, ret, e);
	}
	if (r == 0 && buf_err(ret) < 0)
		r = jerr_sys(e, ENOMEM, "%s", name);
	return r;
}

/* ---- from a set ---- */

static int
key_from_set(const struct jailx_param *p, const char *name, const char *lines,
    struct buf *ret, struct jerr *e)
{
	size_t before = ret->len;

	/* no bytes at all tell a missing key from an empty value */
	if (lines != NULL &&
	    value_key_get(lines, name + strlen(p->name) + 1, ret) == 1)
		buf_chr(ret, '\0');
	if (buf_err(ret) < 0) {
		ret->len = before;
		return jerr_sys(e, ENOMEM, "%s", name);
	}
	return 0;
}

int
raw_from_set(const struct jailx_param *p, const char *name, bool no,
    const struct pset *set, struct buf *ret, struct jerr *e)
{
	enum param_id id = param_exact(p->name, 0);
	const char *text = pset_get(set, id, 0);
	size_t i;
	int r = 0;

	if (raw_is_key(p, name))
		return key_from_set(p, name, text, ret, e);
	if (raw_is_list(p)) {
		for (i = 0; r == 0 && i < pset_count(set, id); i++)
			r = raw_import(p, name, pset_get(set, id, i), ret, e);
		return r;
	}
	if (p->type == JAILX_BOOL)
		text = pset_bool(set, id) != no ? "true" : "false";
	/* a number that this reader may not see */
	if (text == NULL)
		text = raw_size(p) > 0 ? "0" : "";
	return raw_import(p, name, text, ret, e);
}

const struct jailx_param *
raw_find(const char *name, bool *ret_no, struct jerr *e)
{
	bool no = false;
	const struct jailx_param *p = jailx_param_find(name, &no);
	struct pset none = { 0 };

	if (p != NULL && (p->flags & JAILX_PSEUDO) == 0) {
		*ret_no = no;
		return p;
	}
	if (p != NULL)
		(void)jerr(e, ENOENT, "unknown parameter: %s", name);
	else
		(void)pset_add(&none, name, NULL, e); /* has the sentence */
	pset_done(&none);
	return NULL;
}
