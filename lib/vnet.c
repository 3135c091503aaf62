/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The network stack of a vnet jail: see vnet.h.
 *
 * What jail-net does for us it does with the jail's lock among its
 * descriptors: if we are killed, whoever looks next waits until it is done,
 * and undoes it by the record.
 */
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "buf.h"
#include "build.h"
#include "cleanup.h"
#include "face.h"
#include "io.h"
#include "jailx.h"
#include "jerr.h"
#include "libexec.h"
#include "vnet.h"

#define SALTS 64 /* names tried for the host's end */
#define INDEX_TRIES 4096
#define WORDS_MAX 2048 /* of a helper's command line */

/* ---- words of a helper's command line ---- */

struct words {
	const char *v[WORDS_MAX + 1];
	size_t n;
	bool too_many;
};

static void
word(struct words *w, const char *text)
{
	w->too_many |= w->n == WORDS_MAX;
	if (!w->too_many)
		w->v[w->n++] = text;
}

static int
run(struct words *w, const int *fds, size_t nfds, struct jerr *e)
{
	if (w->too_many)
		return jerr_sys(e, E2BIG, "vnet");
	w->v[w->n] = NULL;
	return libexec_run(w->v, fds, nfds, e);
}

/* What marks the host's end as this jail's, whatever it is called. */
static void
mark_of(const struct jail *j, char *ret, size_t size)
{
	(void)snprintf(ret, size, "cgroup %llu", (unsigned long long)j->id);
}

/* ---- vnet.bridge ---- */

/* A name for the host's end that nobody has. */
static int
choose_name(const char *jail, char ret[static VNET_IFNAME])
{
	unsigned int salt;

	for (salt = 0; salt < SALTS; salt++) {
		vnet_ifname(ret, jail, salt);
		if (if_nametoindex(ret) == 0)
			return 0;
	}
	return -EEXIST;
}

static void
read_machine(char *ret, size_t size)
{
	/* without one the name must do */
	if (io_readat(AT_FDCWD, "/etc/machine-id", ret, size) < 0)
		*ret = '\0';
}

static int
run_pair(const struct build *b, int netns, const char *name, struct jerr *e)
{
	static const char *const more[] = { "addr", "via" };
	static const enum param_id ids[] = { P_VNET_ADDR, P_VNET_GATEWAY };
	const struct pset *params = &b->rec.params;
	const char *jail = build_name(b);
	char in[VNET_MAC], out[VNET_MAC], machine[64], mark[40], alias[300];
	const int fds[] = { netns, b->lock };
	struct words w = { .n = 0 };
	size_t i, k;

	read_machine(machine, sizeof(machine));
	vnet_mac(in, jail, machine, false);
	vnet_mac(out, jail, machine, true);
	mark_of(&b->jail, mark, sizeof(mark));
	(void)snprintf(alias, sizeof(alias), "jail %.200s, %s", jail, mark);
	word(&w, "jail-net");
	word(&w, "pair");
	word(&w, pset_get(params, P_VNET_BRIDGE, 0));
	word(&w, name);
	word(&w, out);
	word(&w, alias);
	word(&w, VNET_INNER);
	word(&w, in);
	for (i = 0; i < nitems(ids); i++) {
		for (k = 0; k < pset_count(params, ids[i]); k++) {
			word(&w, more[i]);
			word(&w, pset_get(params, ids[i], k));
		}
	}
	return run(&w, fds, nitems(fds), e);
}

int
vnet_setup(struct build *b, struct jerr *e)
{
	const struct pset *params = &b->rec.params;
	const char *jail = build_name(b);
	auto_vnet struct vnet_record rec = { 0 };
	auto_close int netns = -1;
	int r;

	if (pset_count(params, P_VNET_BRIDGE) == 0)
		return 0;
	if ((r = netns = vnet_of_process(b->proc, b->warden)) < 0 ||
	    (r = netns_id_of(netns, &rec.own)) < 0 ||
	    (r = netns_own(&rec.home)) < 0)
		return jerr_sys(e, -r, "vnet: network namespace");
	if ((r = choose_name(jail, rec.pair)) < 0)
		return jerr(e, EEXIST,
		    "vnet.bridge: interfaces of the names that jail %s could "
		    "have are all there (%s)",
		    jail, rec.pair);
	if ((r = vnet_write(b->jail.dir, &rec)) < 0)
		return jerr_sys(e, -r, "record of jail %d", b->jail.jid);
	return run_pair(b, netns, rec.pair, e);
}

/* ---- vnet.interface ---- */

static int
probe_index(void *arg)
{
	char name[IF_NAMESIZE];

	return if_indextoname(*(const unsigned int *)arg, name) != NULL;
}

/* The same index in the jail if it is free there, or one that is. */
static int
choose_index(int netns, int home, const struct vnet_record *rec)
{
	unsigned int index = (unsigned int)home;
	size_t i, k;

	for (i = 0; i < INDEX_TRIES; i++, index++) {
		for (k = 0; k < rec->n; k++) {
			if (rec->iface[k].inside == (int)index)
				break;
		}
		if (k == rec->n && netns_call(netns, probe_index, &index) == 0)
			return (int)index;
	}
	return -EBUSY;
}

/* The jail that an interface of this namespace is in; 0: it is in none. */
static int
find_taker(const char *name, const struct netns_id *home)
{
	auto_free int *jids = NULL;
	struct jerr e;
	auto_close int jails = jails_dir(false, &e);
	ssize_t i, n = jails >= 0 ? jails_list(jails, &jids, &e) : 0;
	size_t k;

	for (i = 0; i < n; i++) {
		auto_jail struct jail j = JAIL_INIT;
		auto_vnet struct vnet_record rec = { 0 };

		if (jail_open(jails, jids[i], &j) < 0 ||
		    vnet_read(j.dir, &rec) < 0 ||
		    rec.home.cookie != home->cookie)
			continue;
		for (k = 0; k < rec.n; k++) {
			if (strcmp(rec.iface[k].name, name) == 0)
				return j.jid;
		}
	}
	return 0;
}

static int
no_interface(const char *name, const struct netns_id *home, struct jerr *e)
{
	int jid = find_taker(name, home);

	if (jid > 0)
		return jerr(e, EBUSY,
		    "vnet.interface: %s: Device busy: jail %d has it", name,
		    jid);
	return jerr(e, ENXIO,
	    "vnet.interface: %s: no such interface (ip link lists them)", name);
}

static bool
has_iface(const struct vnet_record *rec, int home)
{
	size_t i;

	for (i = 0; i < rec->n; i++) {
		if (rec->iface[i].home == home)
			return true;
	}
	return false;
}

/* All that are to be moved, before the first of them is. */
static int
plan(struct vnet_record *rec, int netns, const struct pset *params,
    struct jerr *e)
{
	size_t i, n = pset_count(params, P_VNET_INTERFACE);
	struct vnet_iface iface;
	int r;

	for (i = 0; i < n; i++) {
		const char *name = pset_get(params, P_VNET_INTERFACE, i);

		if ((iface.home = (int)if_nametoindex(name)) == 0)
			return no_interface(name, &rec->home, e);
		if (has_iface(rec, iface.home))
			continue; /* said twice is said once */
		/* the name may be another one for it */
		if (if_indextoname((unsigned int)iface.home, iface.name) ==
		    NULL)
			return no_interface(name, &rec->home, e);
		if ((r = choose_index(netns, iface.home, rec)) < 0)
			return jerr_sys(e, -r, "vnet.interface: %s", name);
		iface.inside = r;
		if (vnet_record_add(rec, &iface) < 0)
			return jerr_sys(e, ENOMEM, "vnet.interface");
	}
	return 0;
}

/* jail-net VERB INDEX,INDEX,NAME... */
static int
run_move(const char *verb, const struct vnet_record *rec, const int *fds,
    size_t nfds, struct jerr *e)
{
	auto_free char(*text)[64] = calloc(rec->n, sizeof(*text));
	struct words w = { .n = 0 };
	size_t i;

	if (text == NULL)
		return jerr_sys(e, ENOMEM, "vnet.interface");
	word(&w, "jail-net");
	word(&w, verb);
	for (i = 0; i < rec->n; i++) {
		(void)snprintf(text[i], sizeof(text[i]), "%d,%d,%s",
		    rec->iface[i].home, rec->iface[i].inside,
		    rec->iface[i].name);
		word(&w, text[i]);
	}
	return run(&w, fds, nfds, e);
}

static int
take(const struct jail *j, int lock, const struct pset *params, struct jerr *e)
{
	auto_vnet struct vnet_record rec = { 0 };
	auto_close int proc = ns_proc(), netns = -1, pidfd = -1;
	pid_t pid;
	int r;

	if ((r = vnet_read(j->dir, &rec)) < 0 && r != -ENODATA)
		return jerr_sys(e, -r, "record of jail %d", j->jid);
	if ((r = proc) < 0 || (r = jail_warden(j, &pid, &pidfd)) < 0 ||
	    (r = netns = vnet_of_process(proc, pid)) < 0 ||
	    (r = netns_id_of(netns, &rec.own)) < 0 ||
	    (r = netns_own(&rec.home)) < 0)
		return jerr_sys(e, -r, "vnet: network namespace");
	if ((r = plan(&rec, netns, params, e)) < 0)
		return r;
	if ((r = vnet_write(j->dir, &rec)) < 0)
		return jerr_sys(e, -r, "record of jail %d", j->jid);
	return run_move("take", &rec, (const int[]){ netns, lock }, 2, e);
}

static int
take_interfaces(int jid, uint64_t id, struct jerr *e)
{
	auto_jail struct jail j = JAIL_INIT;
	auto_close int lock = -1;
	struct record rec;
	int r;

	if (geteuid() != 0)
		return jerr(e, EPERM, "jail_set: Operation not permitted");
	if ((r = jail_find(jid, false, &j, e)) < 0)
		return r;
	if (j.id != id || (lock = jail_lock(&j)) < 0 || !jail_is_alive(&j))
		return jerr(e, ENOENT, "jail %d not found", jid);
	if ((r = store_read(j.dir, true, &rec)) < 0)
		return jerr_sys(e, -r, "record of jail %d", jid);
	r = take(&j, lock, &rec.params, e);
	record_done(&rec);
	return r;
}

API int
jailx_take_interfaces(int jid, uint64_t id)
{
	struct jerr e;

	return face(take_interfaces(jid, id, &e), &e);
}

/* ---- undoing ---- */

static int
give(const struct vnet_record *rec, int netns, int home, struct jerr *e)
{
	if (rec->n == 0 || netns < 0)
		return 0;
	return run_move("give", rec, (const int[]){ netns, home }, 2, e);
}

/* It goes with the namespace, but not at once. */
static int
drop_pair(const struct jail *j, const struct vnet_record *rec, int home,
    struct jerr *e)
{
	struct words w = { .n = 0 };
	char mark[40];

	if (rec->pair[0] == '\0')
		return 0;
	mark_of(j, mark, sizeof(mark));
	word(&w, "jail-net");
	word(&w, "unpair");
	word(&w, rec->pair);
	word(&w, mark);
	return run(&w, &home, 1, e);
}

/* The namespace that it was started from. */
static int
find_home(const struct vnet_record *rec)
{
	auto_close int fd = -1;
	struct netns_id id;

	if (netns_own(&id) == 0 && id.cookie == rec->home.cookie) {
		fd = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
		return fd < 0 ? -errno : take_fd(&fd);
	}
	if ((fd = netns_find(rec->home.inode)) < 0)
		return fd;
	/* a number may have become that of another */
	if (netns_id_of(fd, &id) < 0 || id.cookie != rec->home.cookie)
		return -ENOENT;
	return take_fd(&fd);
}

int
vnet_undo(const struct jail *j, struct jerr *e)
{
	auto_vnet struct vnet_record rec = { 0 };
	auto_close int home = -1, netns = -1;
	struct jerr other;
	int r, r2;

	/* ENODEV: it has gone; EPROTO: nothing that we could undo */
	if (vnet_read(j->dir, &rec) < 0)
		return 0;
	if ((home = find_home(&rec)) < 0)
		return 0; /* without a home, there is nowhere to go */
	netns = vnet_find(j, &rec.own);
	r = give(&rec, netns, home, e);
	r2 = drop_pair(j, &rec, home, r == 0 ? e : &other);
	r = r < 0 ? r : r2;
	if (r == 0)
		(void)vnet_drop(j->dir); /* doing it again does no harm */
	return r;
}
