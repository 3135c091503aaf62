/* SPDX-License-Identifier: BSD-2-Clause */
/* jail_get(): a jail chosen and read by pairs of iovecs. */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/jail.h>

#include "buf.h"
#include "cleanup.h"
#include "core.h"
#include "face.h"
#include "jerr.h"
#include "raw.h"
#include "sys.h"

#define NEAR 16 /* jids that are tried before all jails are listed */

static bool
load_one(struct pset *set, int jails, int jid, bool dying)
{
	auto_jail struct jail j = JAIL_INIT;

	return jail_open(jails, jid, &j) == 0 &&
	       face_read(set, &j, face_flags(dying)) == 0;
}

static int
load_next(struct pset *set, int lastjid, bool dying, struct jerr *e)
{
	auto_close int jails = jails_dir(false, e);
	auto_free int *jids = NULL;
	ssize_t n = 0, i;

	if (jails < 0 && jails != -ENOENT)
		return jails;
	/* mostly it is near, and the list costs what all jails cost */
	for (i = 1; jails >= 0 && lastjid >= 0 && i <= NEAR; i++) {
		if (lastjid <= INT_MAX - i &&
		    load_one(set, jails, lastjid + (int)i, dying))
			return lastjid + (int)i;
	}
	if (jails >= 0 && (n = jails_list(jails, &jids, e)) < 0)
		return (int)n;
	for (i = 0; i < n; i++) {
		if (jids[i] > lastjid && load_one(set, jails, jids[i], dying))
			return jids[i];
	}
	return jerr(e, ENOENT, "no jail after %d", lastjid);
}

/* The name of a living jail goes before that of a dying one. */
static int
load_named(struct pset *set, const char *name, bool dying, struct jerr *e)
{
	int jid = face_named(name, e), r;

	if (jid > 0)
		return (r = face_load(set, jid, dying, e)) < 0 ? r : jid;
	if (jid != -ENOENT || !dying)
		return jid;
	for (jid = 0; (jid = load_next(set, jid, true, e)) > 0;) {
		if (pset_is(set, P_NAME, name))
			return jid;
	}
	return jerr(e, ENOENT, "jail \"%s\" not found", name);
}

static int
load(struct pset *set, const struct sys_key *key, bool dying, struct jerr *e)
{
	int r;

	if (key->next)
		return load_next(set, key->lastjid, dying, e);
	if (key->jid != 0)
		return (r = face_load(set, key->jid, dying, e)) < 0 ? r
								    : key->jid;
	if (key->name == NULL)
		return jerr(e, ENOENT, "no jail specified");
	if (memchr(key->name, '\0', key->namelen) == NULL)
		return jerr(e, EINVAL, "jail_get: name: Invalid argument");
	return load_named(set, key->name, dying, e);
}

int
sys_get(const struct sys_key *key, const char *const *names, size_t n,
    int flags, struct buf *raw, struct jerr *e)
{
	const struct jailx_param *p;
	struct pset set = { 0 };
	bool no = false;
	int r, jid;
	size_t i;

	if ((r = pairs_check_flags(flags, JAIL_DYING, "jail_get", e)) < 0)
		return r;
	jid = r = load(&set, key, (flags & JAIL_DYING) != 0, e);
	for (i = 0; r >= 0 && i < n; i++) {
		if (names[i] == NULL)
			continue;
		if ((p = raw_find(names[i], &no, e)) != NULL) {
			r = raw_from_set(p, names[i], no, &set, &raw[i], e);
		} else {
			e->err = EINVAL;
			r = -EINVAL;
		}
	}
	pset_done(&set);
	return r < 0 ? r : jid;
}

int
sys_fits(const struct iovec *out, const char *name, const struct buf *raw,
    struct jerr *e)
{
	const struct jailx_param *p = jailx_param_find(name, NULL);
	bool exact = p != NULL && raw_size(p) > 0 && !raw_is_list(p);

	if (out->iov_base == NULL || out->iov_len == raw->len ||
	    (out->iov_len > raw->len && !exact))
		return 0;
	return jerr(e, EINVAL,
	    "jail_get: %s: Invalid argument (%zu bytes for a value of %zu)",
	    name, out->iov_len, raw->len);
}

void
sys_put(struct iovec *out, const char *name, const struct buf *raw)
{
	const struct jailx_param *p = jailx_param_find(name, NULL);

	if (out->iov_base != NULL && raw->len > 0)
		memcpy(out->iov_base, raw->p, raw->len);
	/* a text ends at its NUL and leaves the size of its buffer alone */
	if (out->iov_base == NULL || raw->len == 0 || p == NULL ||
	    raw_size(p) > 0)
		out->iov_len = raw->len;
}

/* Note a pair that may be the key. */
static int
note_key(struct sys_key *key, const char *name, const struct iovec *value,
    struct jerr *e)
{
	int *number = NULL;

	if (strcmp(name, "lastjid") == 0) {
		number = &key->lastjid;
		key->next = true;
	} else if (strcmp(name, "jid") == 0 && value->iov_base != NULL) {
		number = &key->jid;
	} else if (strcmp(name, "name") == 0) {
		key->name = value->iov_base;
		key->namelen = value->iov_len;
	}
	if (number == NULL)
		return 0;
	if (value->iov_base == NULL || value->iov_len != sizeof(*number))
		return jerr(e, EINVAL, "jail_get: %s: Invalid argument", name);
	memcpy(number, value->iov_base, sizeof(*number));
	return 0;
}

/* What the key is called; the others of the three are to be filled in. */
static const char *
key_name(const struct sys_key *key)
{
	return key->next ? "lastjid" : key->jid != 0 ? "jid" : "name";
}

/* Find the key, and the names of what is to be read. */
static int
choose(struct sys_key *key, const struct iovec *iov, unsigned int niov,
    const char **names, struct jerr *e)
{
	unsigned int i;
	int r;

	for (i = 0; i < niov; i += 2) {
		if ((r = note_key(key, PAIR_NAME(iov, i), &iov[i + 1], e)) < 0)
			return r;
	}
	for (i = 0; i < niov; i += 2) {
		if (strcmp(PAIR_NAME(iov, i), "errmsg") != 0 &&
		    strcmp(PAIR_NAME(iov, i), key_name(key)) != 0)
			names[i / 2] = PAIR_NAME(iov, i);
	}
	return 0;
}

/* All or nothing: first the values, then whether they fit. */
static int
read_pairs(struct iovec *iov, unsigned int niov, int flags, const char **names,
    struct buf *raw, struct jerr *e)
{
	struct sys_key key = { 0 };
	unsigned int i, n = niov / 2;
	int r, jid;

	if ((r = choose(&key, iov, niov, names, e)) < 0 ||
	    (r = sys_get(&key, names, n, flags, raw, e)) < 0)
		return r;
	jid = r;
	for (i = 0; i < n; i++) {
		if (names[i] != NULL &&
		    (r = sys_fits(&iov[2 * i + 1], names[i], &raw[i], e)) < 0)
			return r;
	}
	for (i = 0; i < n; i++) {
		if (names[i] != NULL)
			sys_put(&iov[2 * i + 1], names[i], &raw[i]);
	}
	return jid;
}

static int
get_pairs(struct iovec *iov, unsigned int niov, int flags, struct jerr *e)
{
	auto_free const char **names = NULL;
	auto_free struct buf *raw = NULL;
	unsigned int i;
	int r;

	if ((r = pairs_check(iov, niov, "jail_get", e)) < 0)
		return r;
	names = calloc(niov / 2 + 1, sizeof(*names));
	raw = calloc(niov / 2 + 1, sizeof(*raw));
	if (names == NULL || raw == NULL)
		return jerr_sys(e, ENOMEM, "jail_get");
	r = read_pairs(iov, niov, flags, names, raw, e);
	for (i = 0; i < niov / 2; i++)
		buf_done(&raw[i]);
	return r;
}

API int
jail_get(struct iovec *iov, unsigned int niov, int flags)
{
	struct jerr e;
	int r = get_pairs(iov, niov, flags, &e);

	if (r < 0)
		pairs_tell(iov, niov, &e);
	return face(r, &e);
}
