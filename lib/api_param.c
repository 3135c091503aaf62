/* SPDX-License-Identifier: BSD-2-Clause */
/* libjail(3): the jailparam functions. */
#include <assert.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "cleanup.h"
#include "face.h"
#include "jail.h"
#include "jerr.h"
#include "raw.h"
#include "sys.h"

/* No parameter of any jail: it asks for the jail after this one. */
static const struct jailx_param lastjid = {
	.name = "lastjid",
	.type = JAILX_INT,
	.max = INT_MAX,
};

static const struct jailx_param *
find(const char *name, bool *ret_no, struct jerr *e)
{
	if (strcmp(name, lastjid.name) != 0)
		return raw_find(name, ret_no, e);
	*ret_no = false;
	return &lastjid;
}

/* ---- types ---- */

static const struct {
	unsigned int ctltype;
	int structtype;
	unsigned int flags;
} types[] = {
	[JAILX_BOOL] = { CTLTYPE_INT, -1, JP_BOOL },
	[JAILX_INT] = { CTLTYPE_INT, -1, 0 },
	[JAILX_ULONG] = { CTLTYPE_ULONG, -1, 0 },
	[JAILX_STRING] = { CTLTYPE_STRING, -1, 0 },
	[JAILX_JAILSYS] = { CTLTYPE_INT, -1, JP_JAILSYS },
	[JAILX_IP4] = { CTLTYPE_STRUCT, 0, 0 },
	[JAILX_IP6] = { CTLTYPE_STRUCT, 1, 0 },
	[JAILX_KEYVALUE] = { CTLTYPE_STRING, -1, 0 },
	[JAILX_LIST] = { CTLTYPE_STRING, -1, 0 },
};
static_assert(nitems(types) == JAILX_LIST + 1, "a row for each type");

static unsigned int
access_of(const struct jailx_param *p)
{
	if ((p->flags & JAILX_RDONLY) != 0)
		return CTLFLAG_RD;
	return (p->flags & JAILX_CREATE) != 0 ? CTLFLAG_RDTUN : CTLFLAG_RW;
}

static void
set_type(struct jailparam *jp, const struct jailx_param *p, bool no)
{
	jp->jp_ctltype = (int)(types[p->type].ctltype | access_of(p));
	jp->jp_structtype = types[p->type].structtype;
	jp->jp_flags = types[p->type].flags;
	if (no)
		jp->jp_flags = JP_NOBOOL;
	if (raw_is_key(p, jp->jp_name))
		jp->jp_flags |= JP_KEYVALUE;
	if (raw_is_list(p))
		jp->jp_elemlen = raw_size(p);
	else
		jp->jp_valuelen =
		    raw_size(p) > 0 ? raw_size(p) : (size_t)p->max;
}

API int
jailparam_init(struct jailparam *jp, const char *name)
{
	const struct jailx_param *p;
	bool no = false;
	struct jerr e;

	*jp = (struct jailparam){ .jp_structtype = -1 };
	if ((p = find(name, &no, &e)) == NULL)
		return face(-ENOENT, &e);
	if ((jp->jp_name = strdup(name)) == NULL)
		return face(jerr_sys(&e, ENOMEM, "%s", name), &e);
	set_type(jp, p, no);
	return 0;
}

API int
jailparam_all(struct jailparam **jpp)
{
	struct jailparam *all = NULL, *more;
	const struct jailx_param *p = NULL;
	unsigned int n = 0;
	struct jerr e;
	int r = 0;

	while (r == 0 && (p = jailx_param_next(p)) != NULL) {
		if ((p->flags & JAILX_PSEUDO) != 0)
			continue;
		if ((more = grow(all, n, sizeof(*all))) == NULL) {
			r = face(jerr_sys(&e, ENOMEM, "parameters"), &e);
			break;
		}
		all = more;
		if ((r = jailparam_init(&all[n], p->name)) == 0)
			n++;
	}
	if (r < 0) {
		jailparam_free(all, n);
		cleanup_free(&all);
		return -1;
	}
	*jpp = all;
	return (int)n;
}

/* ---- values ---- */

static void
drop_value(struct jailparam *jp)
{
	if ((jp->jp_flags & JP_RAWVALUE) == 0)
		cleanup_free(&jp->jp_value);
	jp->jp_value = NULL;
	jp->jp_flags &= ~(unsigned int)JP_RAWVALUE;
}

/* Give it the bytes, which may be none: the value is there all the same. */
static int
own_value(struct jailparam *jp, struct buf *raw, struct jerr *e)
{
	size_t len = raw->len;
	char *value = buf_take(raw);

	if (value == NULL)
		return jerr_sys(e, ENOMEM, "%s", jp->jp_name);
	drop_value(jp);
	jp->jp_value = value;
	jp->jp_valuelen = len;
	return 0;
}

API int
jailparam_import(struct jailparam *jp, const char *value)
{
	auto_buf struct buf raw = BUF_INIT;
	const struct jailx_param *p;
	struct jerr e;
	bool no;
	int r;

	if ((p = find(jp->jp_name, &no, &e)) == NULL)
		return face(-ENOENT, &e);
	/* bare: a boolean is set, a key is deleted */
	if (value == NULL) {
		drop_value(jp);
		jp->jp_valuelen = 0;
		return 0;
	}
	if ((r = raw_import(p, jp->jp_name, value, &raw, &e)) == 0)
		r = own_value(jp, &raw, &e);
	return face(r, &e);
}

API int
jailparam_import_raw(struct jailparam *jp, void *value, size_t valuelen)
{
	drop_value(jp);
	jp->jp_value = value;
	jp->jp_valuelen = valuelen;
	jp->jp_flags |= JP_RAWVALUE;
	return 0;
}

static int
not_imported(const struct jailparam *jp, struct jerr *e)
{
	return jerr(e, EINVAL, "parameter %s was not imported", jp->jp_name);
}

API char *
jailparam_export(struct jailparam *jp)
{
	auto_buf struct buf text = BUF_INIT;
	const struct jailx_param *p;
	char *value = NULL;
	struct jerr e;
	bool no;
	int r;

	if ((p = find(jp->jp_name, &no, &e)) == NULL)
		r = -ENOENT;
	else if (jp->jp_value == NULL)
		r = not_imported(jp, &e);
	else
		r = raw_export(
		    p, jp->jp_name, jp->jp_value, jp->jp_valuelen, &text, &e);
	if (r == 0 && (value = buf_take(&text)) == NULL)
		r = jerr_sys(&e, ENOMEM, "%s", jp->jp_name);
	(void)face(r, &e);
	return value;
}

API void
jailparam_free(struct jailparam *jp, unsigned int njp)
{
	unsigned int i;

	for (i = 0; i < njp; i++) {
		drop_value(&jp[i]);
		cleanup_free(&jp[i].jp_name);
		jp[i].jp_name = NULL;
	}
}

/* ---- set ---- */

/* May it stand without a value, and is its name of the kind it says? */
static int
check_settable(const struct jailparam *jp, struct jerr *e)
{
	const struct jailx_param *p;
	bool no;

	if ((p = find(jp->jp_name, &no, e)) == NULL)
		return -e->err;
	if (p->type == JAILX_BOOL && no != ((jp->jp_flags & JP_NOBOOL) != 0))
		return jerr(e, EINVAL, "mismatched boolean: %s", jp->jp_name);
	if (jp->jp_value == NULL && p->type != JAILX_BOOL &&
	    p->type != JAILX_JAILSYS && !raw_is_key(p, jp->jp_name))
		return not_imported(jp, e);
	return 0;
}

API int
jailparam_set(struct jailparam *jp, unsigned int njp, int flags)
{
	auto_free struct iovec *iov = calloc(2 * njp + 2, sizeof(*iov));
	unsigned int i;
	struct jerr e;
	int r = 0;

	if (iov == NULL)
		return face(jerr_sys(&e, ENOMEM, "jail_set"), &e);
	for (i = 0; r == 0 && i < njp; i++) {
		r = check_settable(&jp[i], &e);
		iov[2 * i].iov_base = jp[i].jp_name;
		iov[2 * i].iov_len = strlen(jp[i].jp_name) + 1;
		iov[2 * i + 1].iov_base = jp[i].jp_value;
		iov[2 * i + 1].iov_len =
		    jp[i].jp_value != NULL ? jp[i].jp_valuelen : 0;
	}
	if (r == 0)
		r = sys_set(iov, 2 * njp, flags, &e);
	return face(r, &e);
}

/* ---- get ---- */

/* The parameter that names the jail, as jail_get() would choose; or njp. */
static unsigned int
choose_key(const struct jailparam *jp, unsigned int njp, struct sys_key *ret)
{
	unsigned int i, jid = njp, name = njp;

	for (i = 0; i < njp; i++) {
		bool is_int =
		    jp[i].jp_value != NULL && jp[i].jp_valuelen == sizeof(int);

		if (strcmp(jp[i].jp_name, "lastjid") == 0 && is_int) {
			memcpy(&ret->lastjid, jp[i].jp_value, sizeof(int));
			ret->next = true;
			return i;
		}
		if (strcmp(jp[i].jp_name, "jid") == 0 && is_int) {
			memcpy(&ret->jid, jp[i].jp_value, sizeof(int));
			jid = ret->jid != 0 ? i : njp;
		}
		if (strcmp(jp[i].jp_name, "name") == 0 &&
		    jp[i].jp_value != NULL)
			name = i;
	}
	if (name < njp) {
		ret->name = jp[name].jp_value;
		ret->namelen = jp[name].jp_valuelen;
	}
	return jid < njp ? jid : name;
}

/* Into the caller's buffer, or a new one. */
static int
give(struct jailparam *jp, struct buf *raw, bool dry, struct jerr *e)
{
	struct iovec out = { jp->jp_value, jp->jp_valuelen };

	if ((jp->jp_flags & JP_RAWVALUE) == 0)
		return dry ? 0 : own_value(jp, raw, e);
	if (dry)
		return sys_fits(&out, jp->jp_name, raw, e);
	sys_put(&out, jp->jp_name, raw);
	jp->jp_valuelen = out.iov_len;
	return 0;
}

static int
get(struct jailparam *jp, unsigned int njp, int flags, const char **names,
    struct buf *raw, struct jerr *e)
{
	struct sys_key key = { 0 };
	unsigned int i, chosen = choose_key(jp, njp, &key);
	int r, jid, dry;

	for (i = 0; i < njp; i++)
		names[i] = i != chosen ? jp[i].jp_name : NULL;
	r = jid = sys_get(&key, names, njp, flags, raw, e);
	/* all or nothing: first whether everything fits */
	for (dry = 1; r >= 0 && dry >= 0; dry--) {
		for (i = 0; r >= 0 && i < njp; i++) {
			if (names[i] != NULL)
				r = give(&jp[i], &raw[i], dry == 1, e);
		}
	}
	return r < 0 ? r : jid;
}

API int
jailparam_get(struct jailparam *jp, unsigned int njp, int flags)
{
	auto_free const char **names = calloc(njp + 1, sizeof(*names));
	auto_free struct buf *raw = calloc(njp + 1, sizeof(*raw));
	unsigned int i;
	struct jerr e;
	int r;

	if (names == NULL || raw == NULL)
		return face(jerr_sys(&e, ENOMEM, "jail_get"), &e);
	r = get(jp, njp, flags, names, raw, &e);
	for (i = 0; i < njp; i++)
		buf_done(&raw[i]);
	return face(r, &e);
}
