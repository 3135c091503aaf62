/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Jails by name, without a look at the others: hints on jail/ (bucket.h) say
 * which jails may have a name, their records say whether they do.
 *
 * Hints are written under the lock of jail/, which names are given under, and
 * before the record that has the name.  A hint is taken out only if the
 * record says otherwise, or can only come to say so.  So a bucket lacks no
 * jail, whenever its writer is killed; that one may be missing.  One that is
 * missing, or is not as it was packed, is one that says nothing: all records
 * are read then, and who may write makes the buckets anew.
 *
 * The record of a child has the last component of its name, and hints are of
 * that: a parent that is renamed changes nothing but itself.
 *
 * Who reads takes no lock.  A jail that has the name all the while is in the
 * bucket whenever that is read.  That none had it is certain if no hint was
 * wrong, or if the bucket is still the same after all hints were: a jail that
 * was given the name meanwhile has had the bucket written, its seq tells.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "buf.h"
#include "cleanup.h"
#include "core.h"
#include "jail_bpf.h"
#include "jerr.h"
#include "value.h"

#define TRIES 4

const char *
names_last(const char *name)
{
	const char *dot = strrchr(name, '.');

	return dot != NULL ? dot + 1 : name;
}

static void
add_own(const struct record *rec, int jid, struct buf *ret)
{
	const char *own = pset_get(&rec->params, P_NAME, 0);

	if (own != NULL)
		buf_str(ret, own);
	else
		buf_fmt(ret, "%d", jid);
}

static void
add_full(
    int jails, const struct record *rec, int jid, int depth, struct buf *ret)
{
	auto_jail struct jail j = JAIL_INIT;
	struct record above;
	bool alive;

	if (rec->parent != 0) {
		if (depth < NET_DEPTH &&
		    jail_open(jails, rec->parent, &j) == 0 &&
		    jail_read(&j, false, &above, &alive) == 0) {
			add_full(jails, &above, rec->parent, depth + 1, ret);
			record_done(&above);
		} else {
			buf_fmt(ret, "%d", rec->parent);
		}
		buf_chr(ret, '.');
	}
	add_own(rec, jid, ret);
}

void
names_full(int jails, const struct record *rec, int jid, struct buf *ret)
{
	add_full(jails, rec, jid, 1, ret);
}

/* In doubt (no memory) it has not. */
static bool
has_name(int jails, const struct record *rec, int jid, const char *name)
{
	auto_buf struct buf full = BUF_INIT;

	/* the last component says most, and mostly all */
	add_own(rec, jid, &full);
	if (buf_err(&full) < 0 || strcmp(full.p, names_last(name)) != 0)
		return false;
	if (rec->parent == 0)
		return names_last(name) == name;
	buf_done(&full);
	names_full(jails, rec, jid, &full);
	return buf_err(&full) == 0 && strcmp(full.p, name) == 0;
}

/* ---- writing, under the lock of jail/ ---- */

/* In doubt (no memory, no descriptors) it may. */
static bool
may_have(int jails, const struct hint *hint)
{
	auto_jail struct jail j = JAIL_INIT;
	struct record rec;
	const char *name;
	bool may;
	int r;

	/*
	 * No record: whoever was to write it would hold the lock of jail/.
	 * Ending: such a jail cannot be found by its name any more.
	 */
	if ((r = jail_open(jails, hint->jid, &j)) < 0 ||
	    (r = store_read(j.dir, false, &rec)) < 0)
		return r != -ENOENT && r != -ENODATA;
	name = pset_get(&rec.params, P_NAME, 0);
	may = rec.state != JAIL_ENDING && name != NULL &&
	      bucket_hash(name) == hint->hash;
	record_done(&rec);
	return may;
}

/* Take the wrong hints out; that of new has no record yet. */
static void
purge(int jails, struct bucket *b, int new)
{
	size_t i, n = 0;

	for (i = 0; i < b->n; i++) {
		if (b->v[i].jid == new || may_have(jails, &b->v[i]))
			b->v[n++] = b->v[i];
	}
	b->n = n;
	bucket_set_full(b);
}

/*
 * One that cannot be written says nothing: it must not stay as it was.  new is
 * the jail that it has a hint of since just now, or 0.
 */
static int
write_bucket(
    int jails, unsigned int which, struct bucket *b, int new, struct jerr *e)
{
	int r;

	b->seq++;
	r = store_set_bucket(jails, which, b);
	if (r < 0) {
		purge(jails, b, new);
		r = store_set_bucket(jails, which, b);
	}
	if (r < 0)
		r = store_set_bucket(jails, which, NULL);
	return r < 0 ? jerr_sys(e, -r, "names of jails") : 0;
}

int
names_add(int jails, const char *name, int jid, struct jerr *e)
{
	auto_bucket struct bucket b = { 0 };
	uint32_t hash = bucket_hash(names_last(name));
	unsigned int which = bucket_of(hash);
	int r = store_bucket(jails, which, &b);

	if (r == -ENODATA || r == -EPROTO)
		return 0;
	if (r < 0)
		return jerr_sys(e, -r, "names of jails");
	if (b.n >= b.full)
		purge(jails, &b, 0);
	if (bucket_add(&b, hash, jid) < 0)
		return jerr_sys(e, ENOMEM, "names of jails");
	return write_bucket(jails, which, &b, jid, e);
}

/* The names of all jails. */
static int
collect(int jails, struct bucket *buckets, struct jerr *e)
{
	auto_free int *jids = NULL;
	ssize_t n = jails_list(jails, &jids, e), i;

	for (i = 0; i < n; i++) {
		struct record rec;
		const char *name;
		uint32_t hash;
		int r;

		if ((r = jail_read_other(jails, jids[i], &rec, e)) < 0)
			return r;
		if (r == 0)
			continue;
		if (rec.state != JAIL_ENDING && rec.head_only)
			return jail_unreadable(jids[i], e);
		if ((name = pset_get(&rec.params, P_NAME, 0)) != NULL) {
			hash = bucket_hash(name);
			r = bucket_add(
			    &buckets[bucket_of(hash)], hash, jids[i]);
		}
		record_done(&rec);
		if (r < 0)
			return jerr_sys(e, ENOMEM, "names of jails");
	}
	return n < 0 ? (int)n : 0;
}

/* Make all buckets anew; killed half-way: those that are there are good. */
static int
build(int jails, struct jerr *e)
{
	struct bucket buckets[BUCKETS] = { 0 };
	struct timespec ts;
	unsigned int i;
	int r;

	(void)clock_gettime(CLOCK_MONOTONIC, &ts); /* cannot fail */
	r = collect(jails, buckets, e);
	for (i = 0; i < BUCKETS; i++) {
		/* not that of a bucket that was here before */
		buckets[i].seq =
		    (uint32_t)(ts.tv_sec * 1000000 + ts.tv_nsec / 1000);
		bucket_set_full(&buckets[i]);
		if (r == 0)
			r = write_bucket(jails, i, &buckets[i], 0, e);
		bucket_done(&buckets[i]);
	}
	return r;
}

/* The jails that may have the name.  To be freed; returns how many. */
static ssize_t
hints(int jails, const char *name, int **ret, uint32_t *ret_seq)
{
	auto_bucket struct bucket b = { 0 };
	uint32_t hash = bucket_hash(names_last(name));
	int r = store_bucket(jails, bucket_of(hash), &b), *jids;
	ssize_t n = 0;
	size_t i;

	if (r < 0)
		return r;
	if ((jids = calloc(b.n + 1, sizeof(*jids))) == NULL)
		return -ENOMEM;
	for (i = 0; i < b.n; i++) {
		if (b.v[i].hash == hash)
			jids[n++] = b.v[i].jid;
	}
	*ret = jids;
	*ret_seq = b.seq;
	return n;
}

/* 1: it stands in the way of another one of this name. */
static int
takes(int jails, int jid, const char *name, struct jerr *e)
{
	struct record rec;
	bool is;
	int r;

	if ((r = jail_read_other(jails, jid, &rec, e)) != 1)
		return r;
	if (rec.state != JAIL_ENDING && rec.head_only)
		return jail_unreadable(jid, e);
	is = rec.state != JAIL_ENDING && has_name(jails, &rec, jid, name);
	record_done(&rec);
	return is ? 1 : 0;
}

int
names_check_free(int jails, const char *name, int own, struct jerr *e)
{
	auto_free int *jids = NULL;
	uint32_t seq;
	ssize_t n = hints(jails, name, &jids, &seq), i;
	int r;

	if (n == -ENODATA || n == -EPROTO) {
		if ((r = build(jails, e)) < 0)
			return r;
		n = hints(jails, name, &jids, &seq);
	}
	if (n < 0 && (n = jails_list(jails, &jids, e)) < 0)
		return (int)n;
	for (i = 0; i < n; i++) {
		if (jids[i] == own)
			continue;
		if ((r = takes(jails, jids[i], name, e)) == 1) {
			/* it may have ended by itself, or its builder died */
			jail_reap(jails, jids[i]);
			r = takes(jails, jids[i], name, e);
		}
		if (r != 0)
			return r < 0 ? r
				     : jerr(e, EEXIST,
					   "jail \"%s\" already exists", name);
	}
	return 0;
}

/* ---- reading ---- */

/* Is a living jail called that?  1, 0, or -errno. */
static int
is_named(int jails, int jid, const char *name)
{
	struct record rec;
	bool alive, is;
	int r;

	if ((r = jail_look(jails, jid, false, &rec, &alive)) < 0)
		return r == -EMFILE || r == -ENFILE || r == -ENOMEM ? r : 0;
	is = alive && has_name(jails, &rec, jid, name);
	record_done(&rec);
	return is ? 1 : 0;
}

static int
first_named(int jails, const int *jids, ssize_t n, const char *name)
{
	ssize_t i;
	int r;

	for (i = 0; i < n; i++) {
		if ((r = is_named(jails, jids[i], name)) != 0)
			return r < 0 ? r : jids[i];
	}
	return 0;
}

/* By hints alone.  -EAGAIN: they do not say. */
static int
find_by_hints(int jails, const char *name)
{
	uint32_t seq, before = 0;
	int i, r;

	for (i = 0; i < TRIES; i++) {
		auto_free int *jids = NULL;
		ssize_t n = hints(jails, name, &jids, &seq);

		if (n < 0)
			return -EAGAIN;
		if (n == 0 || (i > 0 && seq == before))
			return 0;
		if ((r = first_named(jails, jids, n, name)) != 0)
			return r;
		before = seq;
	}
	return -EAGAIN;
}

int
names_find(int jails, const char *name, struct jerr *e)
{
	auto_free int *jids = NULL;
	ssize_t n;
	long number;
	int r = 0;

	/* one without a name is called by its number */
	if (value_long(names_last(name), 1, INT32_MAX, &number) == 0 &&
	    (r = is_named(jails, (int)number, name)) == 1)
		return (int)number;
	if (r == 0)
		r = find_by_hints(jails, name);
	if (r == -EAGAIN) {
		if ((n = jails_list(jails, &jids, e)) < 0)
			return (int)n;
		r = first_named(jails, jids, n, name);
	}
	return r < 0 ? jerr_sys(e, -r, "jail \"%s\"", name) : r;
}
