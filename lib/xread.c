/* SPDX-License-Identifier: BSD-2-Clause */
/* Reading jails: that part of jailx.h, with what no record holds. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "buf.h"
#include "cleanup.h"
#include "core.h"
#include "face.h"
#include "jail.h"
#include "jerr.h"
#include "nest.h"
#include "net.h"
#include "taken.h"

static int
copy_names(struct pset *to, const struct pset *from)
{
	static const enum param_id ids[] = { P_HOST_HOSTNAME,
		P_HOST_DOMAINNAME };
	size_t i;
	int r = 0;

	for (i = 0; r == 0 && i < nitems(ids); i++) {
		const char *text = pset_get(from, ids[i], 0);

		r = pset_put(to, ids[i], text != NULL ? text : "");
	}
	return r;
}

/* The names of a jail that has the host's, or its parent's. */
static int
compute_host(struct pset *set, int jails, int parent)
{
	struct record above;
	struct utsname u;
	struct jerr e;
	int r;

	if (!pset_is(set, P_HOST, "inherit"))
		return 0;
	if (parent != 0) {
		if (jail_read_other(jails, parent, &above, &e) <= 0)
			return 0;
		if ((r = compute_host(&above.params, jails, above.parent)) == 0)
			r = copy_names(set, &above.params);
		record_done(&above);
		return r;
	}
	if (uname(&u) < 0)
		return 0;
	/* what the kernel calls one that was never set */
	if (strcmp(u.domainname, "(none)") == 0)
		u.domainname[0] = '\0';
	if ((r = pset_put(set, P_HOST_HOSTNAME, u.nodename)) < 0)
		return r;
	return pset_put(set, P_HOST_DOMAINNAME, u.domainname);
}

/* What only the place of a jail says, of one that has to do with others. */
static int
compute_place(struct pset *set, int jails, const struct record *rec, int jid)
{
	auto_buf struct buf name = BUF_INIT;
	char number[16];
	int n, r;

	if (pset_has(&rec->params, P_CHILDREN_MAX) &&
	    (n = nest_count(jails, jid)) > 0) {
		(void)snprintf(number, sizeof(number), "%d", n);
		if ((r = pset_put(set, P_CHILDREN_CUR, number)) < 0)
			return r;
	}
	if (rec->parent == 0)
		return 0;
	names_full(jails, rec, jid, &name);
	if ((r = buf_err(&name)) < 0 || (r = pset_put(set, P_NAME, name.p)) < 0)
		return r;
	(void)snprintf(number, sizeof(number), "%d", rec->parent);
	return pset_put(set, P_PARENT, number);
}

/* Values that no record holds. */
static int
compute(struct pset *set, int parent, int jid, bool alive)
{
	auto_close int jails = -1;
	const struct record rec = { .params = *set, .parent = parent };
	char number[16];
	struct jerr e;
	int r;

	if ((parent != 0 || pset_has(set, P_CHILDREN_MAX)) &&
	    (jails = jails_dir(false, &e)) >= 0 &&
	    (r = compute_place(set, jails, &rec, jid)) < 0)
		return r;

	(void)snprintf(number, sizeof(number), "%d", jid);
	if ((r = pset_put(set, P_JID, number)) < 0 ||
	    (r = pset_put(set, P_CPUSET_ID, number)) < 0 ||
	    (r = pset_put(set, P_DYING, alive ? "false" : "true")) < 0 ||
	    (r = compute_host(set, jails, parent)) < 0)
		return r;
	return pset_has(set, P_NAME) ? 0 : pset_put(set, P_NAME, number);
}

/* Hand a record over to set; -ENOENT when the jail is not to be shown. */
static int
fill(struct pset *set, int jid, struct record *rec, bool alive,
    unsigned int flags)
{
	if (!alive &&
	    ((flags & JAILX_ITER_DYING) == 0 || rec->state == JAIL_CREATING)) {
		record_done(rec);
		return -ENOENT;
	}
	pset_done(set);
	*set = rec->params;
	return compute(set, rec->parent, jid, alive);
}

int
face_read(struct pset *set, const struct jail *j, unsigned int flags)
{
	struct record rec;
	bool alive;
	int r;

	r = jail_read(j, (flags & JAILX_ITER_HIDDEN) != 0, &rec, &alive);
	if (r < 0)
		return r == -EPROTO ? r : -ENOENT;
	return fill(set, j->jid, &rec, alive, flags);
}

unsigned int
face_flags(bool dying)
{
	return (dying ? JAILX_ITER_DYING : 0U) |
	       (geteuid() == 0 ? JAILX_ITER_HIDDEN : 0U);
}

int
face_load(struct pset *set, int jid, bool dying, struct jerr *e)
{
	auto_jail struct jail j = JAIL_INIT;
	int r;

	if ((r = jail_find(jid, dying, &j, e)) < 0)
		return r;
	if ((r = face_read(set, &j, face_flags(dying))) == -EPROTO)
		return jail_unreadable(jid, e);
	return r < 0 ? jerr(e, ENOENT, "jail %d not found", jid) : 0;
}

API int
jailx_load(struct jailx_set *set, int jid, bool dying)
{
	struct jerr e;

	return face(face_load(&set->p, jid, dying, &e), &e);
}

struct jailx_iter {
	int jails;
	int *jids;
	size_t n, i;
	unsigned int flags;
};

API void
jailx_iter_close(struct jailx_iter *it)
{
	if (it == NULL)
		return;
	close_fd(it->jails);
	free(it->jids);
	free(it);
}

API struct jailx_iter *
jailx_iter_open(unsigned int flags)
{
	struct jailx_iter *it = calloc(1, sizeof(*it));
	struct jerr e;
	ssize_t n = 0;

	if (it == NULL) {
		(void)face(jerr_sys(&e, ENOMEM, "list of jails"), &e);
		return NULL;
	}
	/* the hidden half is root's: others get the rest */
	if (geteuid() != 0)
		flags &= ~(unsigned int)JAILX_ITER_HIDDEN;
	else
		net_pins_clear();
	it->flags = flags;
	it->jails = jails_dir(false, &e);
	if (it->jails >= 0 && geteuid() == 0)
		taken_sweep(it->jails);
	if (it->jails >= 0)
		n = jails_list(it->jails, &it->jids, &e);
	else if (it->jails != -ENOENT)
		n = it->jails;
	if (n < 0) {
		(void)face((int)n, &e);
		jailx_iter_close(it);
		return NULL;
	}
	it->n = (size_t)n;
	return it;
}

API int
jailx_iter_next(struct jailx_iter *it, struct jailx_set *set)
{
	bool hidden = (it->flags & JAILX_ITER_HIDDEN) != 0, alive;
	struct record rec;

	while (it->i < it->n) {
		int jid = it->jids[it->i++];

		if (jail_look(it->jails, jid, hidden, &rec, &alive) == 0 &&
		    fill(&set->p, jid, &rec, alive, it->flags) == 0)
			return jid;
	}
	return 0;
}

int
face_named(const char *name, struct jerr *e)
{
	auto_close int jails = jails_dir(false, e);
	int jid;

	if (jails < 0 && jails != -ENOENT)
		return jails;
	jid = jails < 0 ? 0 : names_find(jails, name, e);
	return jid != 0 ? jid : jerr(e, ENOENT, "jail \"%s\" not found", name);
}
