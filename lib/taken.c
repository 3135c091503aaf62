/* SPDX-License-Identifier: BSD-2-Clause */
/* The record of what was taken from the host: see taken.h. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "after.h"
#include "buf.h"
#include "cg.h"
#include "cleanup.h"
#include "core.h"
#include "jailx.h"
#include "jerr.h"
#include "taken.h"
#include "xattr.h"

#define XA_TAKEN "trusted.jail.taken"
#define XA_SHARED "trusted.jail.shared"
#define TRIES 100
#define SLOTS 1000 /* that starts can have at once, and leave behind */

/* ---- lines ---- */

void
taken_done(struct taken *t)
{
	while (t->n > 0)
		free(t->line[--t->n]);
	free(t->line);
	t->line = NULL;
}

int
taken_add(struct taken *t, const char *line)
{
	char **more = grow(t->line, t->n, sizeof(*more));

	if (more == NULL)
		return -ENOMEM;
	t->line = more;
	if ((more[t->n] = strdup(line)) == NULL)
		return -ENOMEM;
	t->n++;
	return 0;
}

bool
taken_has(const struct taken *t, const char *line)
{
	size_t i;

	for (i = 0; i < t->n; i++) {
		if (strcmp(t->line[i], line) == 0)
			return true;
	}
	return false;
}

void
taken_keep(struct taken *t, const bool *keep)
{
	size_t i, n = 0;

	for (i = 0; i < t->n; i++) {
		if (keep[i])
			t->line[n++] = t->line[i];
		else
			free(t->line[i]);
	}
	t->n = n;
}

/* ---- attributes ---- */

static int
read_attr(int dir, const char *name, struct taken *ret)
{
	auto_free char *text = NULL;
	auto_taken struct taken t = { 0 };
	ssize_t len = xattr_read(dir, name, &text);
	char *rest, *line;

	if (len < 0 && len != -ENODATA)
		return (int)len;
	rest = text;
	while ((line = strsep(&rest, "\n")) != NULL) {
		if (*line != '\0' && taken_add(&t, line) < 0)
			return -ENOMEM;
	}
	*ret = t;
	t = (struct taken){ 0 };
	return 0;
}

static int
write_attr(int dir, const char *name, const struct taken *t)
{
	auto_buf struct buf b = BUF_INIT;
	size_t i;
	int r;

	if (t->n == 0)
		return xattr_drop(dir, name);
	for (i = 0; i < t->n; i++)
		buf_fmt(&b, "%s\n", t->line[i]);
	if ((r = buf_err(&b)) < 0)
		return r;
	return xattr_write(dir, name, b.p, b.len);
}

int
taken_read(int dir, struct taken *ret)
{
	return read_attr(dir, XA_TAKEN, ret);
}

int
taken_write(int dir, const struct taken *t)
{
	return write_attr(dir, XA_TAKEN, t);
}

bool
taken_is(int dir)
{
	return fgetxattr(dir, XA_TAKEN, NULL, 0) > 0;
}

/* ---- taken/ ---- */

void
taken_place_done(struct taken_place *place)
{
	cleanup_close(&place->lock);
	cleanup_close(&place->dir);
}

/* Is it still there by its name?  It goes with an old jail/ (place.c). */
static bool
is_place(int dir)
{
	struct jerr e;
	auto_close int jails = jails_dir(false, &e);
	auto_close int now = jails >= 0 ? cg_open(jails, TAKEN_DIR) : -1;
	uint64_t a, b;

	return now >= 0 && cg_id(now, &a) == 0 && cg_id(dir, &b) == 0 && a == b;
}

static int
open_place(bool create, struct jerr *e)
{
	auto_close int jails = -1;

	if (create)
		return after_dir(TAKEN_DIR, e);
	if ((jails = jails_dir(false, e)) < 0)
		return jails;
	return cg_open(jails, TAKEN_DIR);
}

int
taken_open(struct taken_place *ret, bool create, bool now, struct jerr *e)
{
	int i;

	for (i = 0; i < TRIES; i++) {
		auto_close int dir = open_place(create, e), lock = -1;

		if (dir < 0)
			return dir;
		lock = cg_lock(dir, now);
		if (lock == -EAGAIN)
			return lock;
		if (lock < 0 && lock != -ENODEV && lock != -ENOENT)
			return jerr_sys(e, -lock, "lock of jail/" TAKEN_DIR);
		if (lock >= 0 && is_place(dir)) {
			ret->dir = take_fd(&dir);
			ret->lock = take_fd(&lock);
			return 0;
		}
		jails_forget();
	}
	return jerr_sys(e, ESTALE, "cgroup jail/" TAKEN_DIR);
}

int
taken_share(const struct taken_place *place, const char *line, struct jerr *e)
{
	auto_taken struct taken shared = { 0 };
	int r = read_attr(place->dir, XA_SHARED, &shared);

	if (r == 0 && taken_has(&shared, line))
		return 0;
	if (r == 0 && (r = taken_add(&shared, line)) == 0)
		r = write_attr(place->dir, XA_SHARED, &shared);
	return r < 0 ? jerr_sys(e, -r, "record of what jails share") : 0;
}

int
taken_shared(const struct taken_place *place, struct taken *ret)
{
	return read_attr(place->dir, XA_SHARED, ret);
}

void
taken_unshare(const struct taken_place *place, const char *line)
{
	auto_taken struct taken shared = { 0 };
	bool *keep;
	size_t i;

	if (read_attr(place->dir, XA_SHARED, &shared) < 0 ||
	    !taken_has(&shared, line) ||
	    (keep = calloc(shared.n + 1, sizeof(*keep))) == NULL)
		return;
	for (i = 0; i < shared.n; i++)
		keep[i] = strcmp(shared.line[i], line) != 0;
	taken_keep(&shared, keep);
	free(keep);
	(void)write_attr(place->dir, XA_SHARED, &shared);
}

/* ---- a start's ---- */

void
taken_free(struct jailx_taken *t)
{
	if (t == NULL)
		return;
	close_fd(t->lock);
	close_fd(t->dir);
	free(t);
}

int
taken_new(
    const struct taken_place *place, struct jailx_taken **ret, struct jerr *e)
{
	struct jailx_taken *t = calloc(1, sizeof(*t));
	int i, r = -EEXIST;

	if (t == NULL)
		return jerr_sys(e, ENOMEM, "cgroup jail/" TAKEN_DIR);
	t->dir = t->lock = -1;
	for (i = 1; r == -EEXIST && i <= SLOTS; i++) {
		(void)snprintf(t->name, sizeof(t->name), "%d", i);
		r = cg_mkdir(place->dir, t->name);
	}
	if (r == 0 && ((r = t->dir = cg_open(place->dir, t->name)) < 0 ||
			  (r = t->lock = cg_lock(t->dir, true)) < 0))
		(void)unlinkat(place->dir, t->name, AT_REMOVEDIR);
	if (r >= 0) {
		*ret = t;
		return 0;
	}
	taken_free(t);
	return jerr_sys(e, -r, "cgroup jail/" TAKEN_DIR);
}

void
taken_drop(const struct taken_place *place, struct jailx_taken *t)
{
	/* one that stays is empty: the next one who looks removes it */
	(void)unlinkat(place->dir, t->name, AT_REMOVEDIR);
	taken_free(t);
}
