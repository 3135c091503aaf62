/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The public face of jailx.h: conversion to -1, errno and jail_errmsg.  What
 * reads jails is in xread.c.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "buf.h"
#include "cg.h"
#include "cleanup.h"
#include "core.h"
#include "face.h"
#include "jail.h"
#include "jerr.h"
#include "log.h"
#include "pty.h"
#include "spawn.h"
#include "taken.h"
#include "user.h"
#include "value.h"

API char jail_errmsg[JAIL_ERRMSGLEN];

int
face(int r, const struct jerr *e)
{
	if (r >= 0)
		return r;
	(void)snprintf(jail_errmsg, sizeof(jail_errmsg), "%s", e->msg);
	errno = -r;
	return -1;
}

/* ---- sets ---- */

API struct jailx_set *
jailx_set_new(void)
{
	struct jailx_set *set = calloc(1, sizeof(*set));

	if (set == NULL)
		(void)snprintf(
		    jail_errmsg, sizeof(jail_errmsg), "%s", strerror(ENOMEM));
	return set;
}

API void
jailx_set_free(struct jailx_set *set)
{
	if (set == NULL)
		return;
	pset_done(&set->p);
	free(set);
}

API int
jailx_set_add(struct jailx_set *set, const char *name, const char *value)
{
	struct jerr e;

	return face(pset_add(&set->p, name, value, &e), &e);
}

API int
jailx_set_address(struct jailx_set *set, const char *name, const char *value)
{
	struct jerr e;

	return face(pset_add_ifaddr(&set->p, name, value, &e), &e);
}

API bool
jailx_set_alias(const struct jailx_set *set, size_t i, struct jailx_alias *ret)
{
	return alias_get(&set->p, i, ret);
}

API void
jailx_set_clear(struct jailx_set *set, const char *name)
{
	enum param_id id = param_find(name, NULL);

	if (id != P_COUNT)
		pset_clear(&set->p, id);
}

API bool
jailx_set_has(const struct jailx_set *set, const char *name)
{
	enum param_id id = param_exact(name, 0);

	return id != P_COUNT && pset_has(&set->p, id);
}

/* The value of meta.KEY, kept in the set until the next one. */
static const char *
get_key(const struct jailx_set *set, enum param_id id, const char *name)
{
	struct pset *p = (struct pset *)(uintptr_t)&set->p; /* a cache */
	const char *lines = pset_get(p, id, 0);
	auto_buf struct buf b = BUF_INIT;

	if (lines == NULL ||
	    value_key_get(lines, name + strlen(param(id)->name) + 1, &b) != 1)
		return NULL;
	free(p->key);
	p->key = buf_take(&b);
	return p->key;
}

API const char *
jailx_set_get(const struct jailx_set *set, const char *name, size_t i)
{
	enum param_id id = param_exact(name, 0);

	if (id != P_COUNT)
		return pset_get(&set->p, id, i);
	id = param_find(name, NULL);
	if (id == P_COUNT || param(id)->type != JAILX_KEYVALUE || i > 0)
		return NULL;
	return get_key(set, id, name);
}

API size_t
jailx_set_count(const struct jailx_set *set, const char *name)
{
	enum param_id id = param_exact(name, 0);

	return id != P_COUNT ? pset_count(&set->p, id) : 0;
}

API long
jailx_set_int(const struct jailx_set *set, const char *name)
{
	enum param_id id = param_exact(name, 0);

	return id != P_COUNT ? pset_int(&set->p, id) : 0;
}

API bool
jailx_set_bool(const struct jailx_set *set, const char *name)
{
	enum param_id id = param_exact(name, 0);

	return id != P_COUNT && pset_bool(&set->p, id);
}

/* ---- operations ---- */

static struct buf notes;
static int exec_status;

API const char *
jailx_notes(void)
{
	return notes.p != NULL ? notes.p : "";
}

API int
jailx_check(const struct jailx_set *set)
{
	struct jerr e = { .err = 0 };
	int r = jail_check(&set->p, &e);

	exec_status = e.status;
	return face(r, &e);
}

API int
jailx_create(const struct jailx_set *set, int *ret_hold)
{
	struct jerr e = { .err = 0 };
	int r;

	buf_done(&notes);
	r = jail_create(&set->p, ret_hold, &notes, &e);
	exec_status = e.status;
	return face(r, &e);
}

API int
jailx_take(const struct jailx_set *set, struct jailx_taken **ret_taken)
{
	struct jerr e;

	return face(alias_take(&set->p, ret_taken, &e), &e);
}

API char *
jailx_exposed(const struct jailx_set *set)
{
	struct buf b = BUF_INIT;

	expose_list(&set->p, &b);
	return b.len > 0 ? buf_take(&b) : NULL;
}

API int
jailx_release(int jid, int hold, int *ret_lock)
{
	struct jerr e;
	int lock = -1, r = jail_release(jid, hold, &lock, &e);

	if (r == 0)
		*ret_lock = lock;
	return face(r, &e);
}

API int
jailx_abandon(int jid, int hold)
{
	struct jerr e;

	return face(jail_abandon(jid, hold, &e), &e);
}

API uint64_t
jailx_id(int jid)
{
	auto_jail struct jail j = JAIL_INIT;
	struct jerr e;

	return jail_find(jid, true, &j, &e) < 0 ? 0 : j.id;
}

API int
jailx_remove(int jid, uint64_t id)
{
	auto_jail struct jail j = JAIL_INIT;
	struct jerr e;

	if (geteuid() != 0)
		return face(
		    jerr(&e, EPERM, "jail_remove: Operation not permitted"),
		    &e);
	if (jail_find(jid, true, &j, &e) < 0 || j.id != id)
		return 0;
	return face(jail_drop(&j, &e), &e);
}

API int
jailx_update(int jid, const struct jailx_set *set)
{
	auto_jail struct jail j = JAIL_INIT;
	struct jerr e;
	int r;

	if (geteuid() != 0)
		return face(
		    jerr(&e, EPERM, "jail_set: Operation not permitted"), &e);
	if ((r = jail_find(jid, false, &j, &e)) == 0)
		r = jail_update(&j, &set->p, &e);
	return face(r, &e);
}

/* A living jail that has this id. */
static int
find_this(int jid, uint64_t id, struct jail *ret, struct jerr *e)
{
	int r = jail_find(jid, false, ret, e);

	if (r < 0 || ret->id == id)
		return r;
	jail_done(ret);
	return jerr(e, ENOENT, "jail %d not found", jid);
}

API int
jailx_stop(int jid, uint64_t id, pid_t **ret_pids)
{
	auto_jail struct jail j = JAIL_INIT;
	struct jerr e;
	int r;

	if ((r = find_this(jid, id, &j, &e)) == 0)
		r = jail_stop(&j, ret_pids, &e);
	return face(r, &e);
}

API bool
jailx_is_stopped(int fd)
{
	/* ENODEV: the cgroup has gone, and the jail with it */
	return cg_events_populated(fd) != 1;
}

API pid_t
jailx_warden(int jid, uint64_t id)
{
	auto_jail struct jail j = JAIL_INIT;
	auto_close int pidfd = -1;
	struct jerr e;
	pid_t pid = -1;
	int r;

	if ((r = find_this(jid, id, &j, &e)) == 0 &&
	    jail_warden(&j, &pid, &pidfd) < 0)
		r = jerr(&e, ESRCH, "jail %d is dying", jid);
	return face(r < 0 ? r : pid, &e);
}

API int
jailx_log_open(const char *root, const char *file)
{
	struct jerr e;

	return face(log_open(root, file, &e), &e);
}

/* ---- users, processes ---- */

API int
jailx_user_find(struct jailx_user *user, int jid, const char *name)
{
	struct jerr e;

	return face(user_find(user, jid, name, &e), &e);
}

API void
jailx_user_done(struct jailx_user *user)
{
	user_done(user);
}

API int
jailx_spawn(
    int jid, const struct jailx_spawn *how, struct jailx_child *ret_child)
{
	struct jerr e = { .err = 0 };
	int r = spawn(jid, how, ret_child, &e);

	exec_status = e.status;
	return face(r, &e);
}

API int
jailx_exec_status(void)
{
	return exec_status;
}

API int
jailx_wait(struct jailx_child *child, int *ret_status)
{
	struct jerr e;

	return face(spawn_wait(child, ret_status, &e), &e);
}

API int
jailx_pty_open(
    int jid, const struct jailx_user *user, int *ret_master, int *ret_slave)
{
	struct jerr e;

	return face(pty_open(jid, user, ret_master, ret_slave, &e), &e);
}
