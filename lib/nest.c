/* SPDX-License-Identifier: BSD-2-Clause */
/* Jails below other jails: see nest.h. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cg.h"
#include "cleanup.h"
#include "core.h"
#include "jail_bpf.h"
#include "jerr.h"
#include "nest.h"

#define PATH_SIZE (NET_DEPTH * sizeof("2147483647/") + 1)

void
nest_done(struct nest *nest)
{
	free(nest->v);
	*nest = (struct nest){ 0 };
}

int
nest_read(int jails, struct nest *ret)
{
	struct nest nest = { 0 };
	ssize_t n = store_nest(jails, &nest.v);

	if (n < 0)
		return (int)n;
	nest.n = (size_t)n;
	*ret = nest;
	return 0;
}

static const struct nest_row *
row_of(const struct nest *nest, int jid)
{
	size_t i;

	for (i = 0; i < nest->n; i++) {
		if (nest->v[i].jid == jid)
			return &nest->v[i];
	}
	return NULL;
}

/* Fill path from its end.  NULL: no place that can be. */
static const char *
path_of(const struct nest *nest, int jid, char *path, size_t size)
{
	char *p = path + size - 1, number[16];
	const struct nest_row *row;
	int depth, len;

	*p = '\0';
	for (depth = 0; jid > 0; depth++) {
		len = snprintf(number, sizeof(number), "/%d", jid);
		if (depth == NET_DEPTH || p - path < len)
			return NULL;
		p -= len;
		memcpy(p, number, (size_t)len);
		row = row_of(nest, jid);
		jid = row != NULL ? row->parent : 0;
	}
	return p + 1;
}

static bool
is_there(const struct nest *nest, int jails, int jid)
{
	char room[PATH_SIZE];
	const char *path = path_of(nest, jid, room, sizeof(room));

	return path != NULL && faccessat(jails, path, F_OK, 0) == 0;
}

int
nest_open(int jails, int jid, int *ret_parent)
{
	auto_nest struct nest nest = { 0 };
	const struct nest_row *row;
	char room[PATH_SIZE];
	const char *path;
	int fd, r;

	if ((r = nest_read(jails, &nest)) < 0)
		return r;
	if ((row = row_of(&nest, jid)) == NULL ||
	    (path = path_of(&nest, jid, room, sizeof(room))) == NULL)
		return -ENOENT;
	if ((fd = cg_open(jails, path)) >= 0)
		*ret_parent = row->parent;
	return fd;
}

ssize_t
nest_list(int jails, int **ret)
{
	auto_nest struct nest nest = { 0 };
	int *jids, r;
	ssize_t n = 0;
	size_t i;

	if ((r = nest_read(jails, &nest)) < 0)
		return r;
	if ((jids = calloc(nest.n + 1, sizeof(*jids))) == NULL)
		return -ENOMEM;
	for (i = 0; i < nest.n; i++) {
		if (is_there(&nest, jails, nest.v[i].jid))
			jids[n++] = nest.v[i].jid;
	}
	*ret = jids;
	return n;
}

bool
nest_has(int jails, int jid)
{
	auto_nest struct nest nest = { 0 };

	/* in doubt it is */
	return nest_read(jails, &nest) < 0 ||
	       (row_of(&nest, jid) != NULL && is_there(&nest, jails, jid));
}

static bool
is_below(const struct nest *nest, int jid, int above)
{
	const struct nest_row *row;
	int depth;

	for (depth = 0; depth < NET_DEPTH; depth++) {
		if ((row = row_of(nest, jid)) == NULL)
			return false;
		if ((jid = row->parent) == above)
			return true;
	}
	return false;
}

int
nest_count(int jails, int jid)
{
	auto_nest struct nest nest = { 0 };
	int n = 0, r = nest_read(jails, &nest);
	size_t i;

	for (i = 0; i < nest.n; i++) {
		n += is_below(&nest, nest.v[i].jid, jid) &&
		     is_there(&nest, jails, nest.v[i].jid);
	}
	return r < 0 ? r : n;
}

ssize_t
nest_children(const struct jail *j, int **ret)
{
	struct jerr e;

	return jails_numbers(j->dir, ret, &e);
}

bool
nest_is_parent(const struct jail *j)
{
	struct stat st;

	/* kernfs counts directories as links; one is payload/, until it ends */
	if (fstat(j->dir, &st) < 0 || st.st_nlink < 3)
		return false;
	return st.st_nlink > 3 || faccessat(j->dir, "payload", F_OK, 0) < 0;
}

/* ---- under the lock of jail/ ---- */

/* Is it time to look for pairs without a directory? */
static bool
is_full(size_t n)
{
	return n >= 8 && (n & (n - 1)) == 0;
}

/* Take out jid, and with all what is not there. */
static int
purge(struct nest *nest, int jails, int jid, bool all)
{
	struct nest kept = { calloc(nest->n + 1, sizeof(*kept.v)), 0 };
	size_t i;

	if (kept.v == NULL)
		return -ENOMEM;
	for (i = 0; i < nest->n; i++) {
		if (nest->v[i].jid != jid &&
		    (!all || is_there(nest, jails, nest->v[i].jid)))
			kept.v[kept.n++] = nest->v[i];
	}
	nest_done(nest);
	*nest = kept; /* with room for one more */
	return 0;
}

int
nest_place(int jails, int jid, int parent)
{
	auto_nest struct nest nest = { 0 };
	bool was = false;
	int last = store_last_jid(jails, &was), r;
	size_t n;

	if (last < 0 || (parent == 0 && !was))
		return last < 0 ? last : 0;
	if ((r = nest_read(jails, &nest)) < 0)
		return r;
	n = nest.n;
	if ((row_of(&nest, jid) != NULL || is_full(n)) &&
	    (r = purge(&nest, jails, jid, is_full(n))) < 0)
		return r;
	if (parent != 0)
		nest.v[nest.n++] = (struct nest_row){ jid, parent };
	else if (nest.n == n)
		return 0;
	/* who does not see the sign passes the pairs over */
	if (!was && (r = store_set_last_jid(jails, last, true)) < 0)
		return r;
	return store_set_nest(jails, nest.v, nest.n);
}

static int
check_one(int jails, int jid, const struct record *rec, struct jerr *e)
{
	long max = pset_int(&rec->params, P_CHILDREN_MAX);
	int n = nest_count(jails, jid);

	if (n < 0)
		return jerr_sys(e, -n, "children of jail %d", jid);
	return n >= max ? jerr(e, EPERM, "prison limit exceeded") : 0;
}

int
nest_check_room(int jails, int jid, struct jerr *e)
{
	struct record rec;
	int depth, r;

	for (depth = 1; jid != 0; depth++) {
		if (depth == NET_DEPTH)
			return jerr(e, EPERM,
			    "prison limit exceeded: jails in jails can be %d "
			    "deep",
			    NET_DEPTH);
		if ((r = jail_read_other(jails, jid, &rec, e)) <= 0)
			return r < 0
				   ? r
				   : jerr(e, ENOENT, "jail %d not found", jid);
		r = check_one(jails, jid, &rec, e);
		jid = rec.parent;
		record_done(&rec);
		if (r < 0)
			return r;
	}
	return 0;
}

/* Clear away all below it that nobody stands for any more. */
static void
clear(int jails, int jid)
{
	auto_nest struct nest nest = { 0 };
	size_t i;

	if (nest_read(jails, &nest) < 0)
		return;
	for (i = 0; i < nest.n; i++) {
		if (is_below(&nest, nest.v[i].jid, jid))
			jail_reap(jails, nest.v[i].jid);
	}
}

void
nest_make_room(int jails, int jid)
{
	auto_nest struct nest nest = { 0 };
	const struct nest_row *row = NULL;
	struct jerr e;
	int depth;

	if (nest_check_room(jails, jid, &e) == 0 || nest_read(jails, &nest) < 0)
		return;
	for (depth = 0; depth < NET_DEPTH; depth++) {
		if ((row = row_of(&nest, jid)) == NULL)
			break;
		jid = row->parent;
	}
	clear(jails, jid);
}
