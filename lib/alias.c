/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Aliases: addresses that an interface of the host has for the life of a jail.
 *
 * libexec/jail/jail-net configures them, with a mark that the kernel keeps
 * with the address (IFA_PROTO), and takes away none without it.  So what is
 * recorded beforehand may turn out to have been there, and even then no crash
 * makes an address of the host's go.  One that is there with the mark is
 * another jail's, and shared.
 *
 * In the record (taken.h) an alias is "alias COOKIE INODE IFINDEX ADDRESS",
 * the first two those of the network namespace.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "buf.h"
#include "cleanup.h"
#include "core.h"
#include "io.h"
#include "jailx.h"
#include "jerr.h"
#include "libexec.h"
#include "netns.h"
#include "taken.h"

#define ALIASES_MAX 1024 /* of one start */

/* ---- those of a set ---- */

bool
alias_get(const struct pset *p, size_t i, struct jailx_alias *ret)
{
	static const int families[] = { AF_INET, AF_INET6 };
	const char *interface = pset_get(p, P_INTERFACE, 0);
	size_t f, k, n = 0;

	for (f = 0; f < nitems(families); f++) {
		for (k = 0; k < p->nifaddrs; k++) {
			const struct if_addr *a = &p->ifaddrs[k];
			const char *name =
			    *a->interface != '\0' ? a->interface : interface;

			if (a->family != families[f] || name == NULL ||
			    *name == '\0' || n++ < i)
				continue;
			*ret = (struct jailx_alias){
				.interface = name,
				.family = a->family,
				.address = a->addr,
				.prefix = a->prefix,
				.broadcast =
				    *a->broadcast != '\0' ? a->broadcast : NULL,
			};
			return true;
		}
	}
	return false;
}

/* ---- lines ---- */

static int
add_line(struct taken *t, const struct netns_id *ns, unsigned int index,
    const char *address)
{
	auto_buf struct buf b = BUF_INIT;

	buf_fmt(&b, "alias %" PRIu64 " %" PRIu64 " %u %s", ns->cookie,
	    ns->inode, index, address);
	return buf_err(&b) < 0 ? -ENOMEM : taken_add(t, b.p);
}

struct line {
	struct netns_id ns;
	unsigned int index;
	char address[64];
};

static bool
parse_line(const char *text, struct line *ret)
{
	return sscanf(text, "alias %" SCNu64 " %" SCNu64 " %u %63s",
		   &ret->ns.cookie, &ret->ns.inode, &ret->index,
		   ret->address) == 4;
}

/* ---- the helper ---- */

/* Its words: "jail-net", the verb, the cookie, then one for each address. */
struct words {
	char **v;
	size_t n;
};

static void
words_done(struct words *w)
{
	while (w->n > 0)
		free(w->v[--w->n]);
	free(w->v);
}
#define auto_words __attribute__((cleanup(words_done)))

static int
add_word(struct words *w, struct buf *b)
{
	char **more = grow(w->v, w->n, sizeof(*more));
	char *text = buf_err(b) < 0 ? NULL : buf_take(b);

	if (more != NULL)
		w->v = more;
	if (more == NULL || text == NULL) {
		free(text);
		return -ENOMEM;
	}
	w->v[w->n++] = text;
	return 0;
}

static int
begin_words(struct words *w, const char *verb, uint64_t cookie)
{
	auto_buf struct buf b = BUF_INIT;
	int r;

	buf_str(&b, "jail-net");
	if ((r = add_word(w, &b)) < 0)
		return r;
	buf_str(&b, verb);
	if ((r = add_word(w, &b)) < 0)
		return r;
	buf_fmt(&b, "%" PRIu64, cookie);
	return add_word(w, &b);
}

static int
run(const struct words *w, const int *fds, size_t nfds, struct jerr *e)
{
	auto_free const char **argv = calloc(w->n + 1, sizeof(*argv));
	size_t i;

	for (i = 0; argv != NULL && i < w->n; i++)
		argv[i] = w->v[i];
	if (argv == NULL)
		return jerr_sys(e, ENOMEM, "aliases");
	return libexec_run(argv, fds, nfds, e);
}

/* ---- taking ---- */

/* What is wanted: a line and a word each, the same one only once. */
static int
want(const struct pset *p, const struct netns_id *ns, struct taken *t,
    struct words *w, struct jerr *e)
{
	struct jailx_alias a;
	unsigned int index;
	size_t i, n;

	for (i = 0; alias_get(p, i, &a); i++) {
		auto_buf struct buf b = BUF_INIT;

		if ((index = if_nametoindex(a.interface)) == 0)
			return jerr(e, ENXIO, "%s: interface %s does not exist",
			    a.address, a.interface);
		n = t->n;
		if (n == ALIASES_MAX)
			return jerr(
			    e, E2BIG, "more than %d aliases", ALIASES_MAX);
		buf_fmt(&b, "%u,%s/%u", index, a.address, a.prefix);
		if (a.broadcast != NULL)
			buf_fmt(&b, ",%s", a.broadcast);
		if (add_line(t, ns, index, a.address) < 0)
			return jerr_sys(e, ENOMEM, "aliases");
		if (n > 0) {
			/* said before?  Its last line goes then */
			char *last = t->line[--t->n];

			if (taken_has(t, last)) {
				free(last);
				continue;
			}
			t->n++;
		}
		if (add_word(w, &b) < 0)
			return jerr_sys(e, ENOMEM, "aliases");
	}
	return 0;
}

/*
 * Have them configured, under the lock of taken/, which the helper holds as
 * well.  answer: a letter each, 'n' new, 'j' a jail's already, 'h' the host's.
 */
static int
configure(const struct taken_place *place, const struct words *w, char *answer,
    size_t n, struct jerr *e)
{
	int said[2], r;
	ssize_t got = 0;

	if (pipe2(said, O_CLOEXEC) < 0)
		return jerr_sys(e, errno, "pipe");
	const int fds[] = { place->lock, said[1] };

	r = run(w, fds, nitems(fds), e);
	close_fd(said[1]);
	if (r == 0)
		got = io_read(said[0], answer, n);
	close_fd(said[0]);
	if (r == 0 && got != (ssize_t)n)
		r = jerr(e, EIO, "jail-net: said too little of aliases");
	return r;
}

/* Of what was recorded: what is the host's is not ours, and stays. */
static int
settle(const struct taken_place *place, const struct jailx_taken *slot,
    struct taken *t, const char *answer, struct jerr *e)
{
	auto_free bool *keep = calloc(t->n, sizeof(*keep));
	size_t i;
	int r;

	if (keep == NULL)
		return jerr_sys(e, ENOMEM, "aliases");
	for (i = 0; i < t->n; i++) {
		keep[i] = answer[i] != 'h';
		if (answer[i] == 'j' &&
		    (r = taken_share(place, t->line[i], e)) < 0)
			return r;
	}
	taken_keep(t, keep);
	r = taken_write(slot->dir, t);
	return r < 0 ? jerr_sys(e, -r, "record of aliases") : 0;
}

static int
take_all(const struct taken_place *place, struct taken *t,
    const struct words *w, struct jailx_taken **ret, struct jerr *e)
{
	auto_free char *answer = calloc(t->n + 1, 1);
	struct jailx_taken *slot;
	struct jerr other;
	int r;

	if (answer == NULL)
		return jerr_sys(e, ENOMEM, "aliases");
	if ((r = taken_new(place, &slot, e)) < 0)
		return r;
	if ((r = taken_write(slot->dir, t)) < 0)
		r = jerr_sys(e, -r, "record of aliases");
	if (r == 0)
		r = configure(place, w, answer, t->n, e);
	if (r == 0)
		r = settle(place, slot, t, answer, e);
	if (r == 0 && t->n > 0) {
		*ret = slot;
		return 0;
	}
	if (r < 0 && taken_give(place, slot->dir, true, &other) < 0)
		taken_free(slot); /* the next one who looks */
	else
		taken_drop(place, slot);
	return r;
}

int
alias_take(const struct pset *p, struct jailx_taken **ret, struct jerr *e)
{
	auto_place struct taken_place place = TAKEN_PLACE_INIT;
	auto_taken struct taken t = { 0 };
	auto_words struct words w = { 0 };
	struct jailx_alias a;
	struct netns_id ns;
	int r;

	*ret = NULL;
	if (!alias_get(p, 0, &a))
		return 0;
	if ((r = netns_own(&ns)) < 0)
		return jerr_sys(e, -r, "network namespace");
	if (begin_words(&w, "alias-add", ns.cookie) < 0)
		return jerr_sys(e, ENOMEM, "aliases");
	if ((r = want(p, &ns, &t, &w, e)) < 0 ||
	    (r = taken_open(&place, true, false, e)) < 0)
		return r;
	return take_all(&place, &t, &w, ret, e);
}

/* ---- giving back ---- */

/* Those of one namespace.  netns: its descriptor, -1: the caller's. */
static int
give_in(const struct taken_place *place, const struct taken *t,
    const bool *todo, const struct netns_id *ns, int netns, struct jerr *e)
{
	const int fds[] = { place->lock, netns };
	auto_words struct words w = { 0 };
	struct line line;
	size_t i;

	if (begin_words(&w, "alias-del", ns->cookie) < 0)
		return jerr_sys(e, ENOMEM, "aliases");
	for (i = t->n; i-- > 0;) { /* last things first */
		auto_buf struct buf b = BUF_INIT;

		if (!todo[i] || !parse_line(t->line[i], &line) ||
		    line.ns.cookie != ns->cookie)
			continue;
		buf_fmt(&b, "%u,%s", line.index, line.address);
		if (add_word(&w, &b) < 0)
			return jerr_sys(e, ENOMEM, "aliases");
	}
	return run(&w, fds, netns >= 0 ? 2 : 1, e);
}

/* The namespace of a line: 0, with -1 for our own; -ENOENT: it has gone. */
static int
find_netns(const struct netns_id *own, const struct netns_id *ns, int *ret)
{
	int fd = -1;

	if (ns->cookie != own->cookie) {
		/* the cookie has gone with ours */
		if (ns->inode == own->inode)
			return -ENOENT;
		if ((fd = netns_find(ns->inode)) < 0)
			return fd;
	}
	*ret = fd;
	return 0;
}

int
alias_give(const struct taken_place *place, const struct taken *t, bool *todo,
    struct jerr *e)
{
	struct netns_id own;
	struct line line, other;
	uint64_t failed = 0;
	struct jerr why;
	size_t i, k;
	int r = 0, first = 0;

	if ((r = netns_own(&own)) < 0)
		return jerr_sys(e, -r, "network namespace");
	for (i = 0; i < t->n; i++) {
		auto_close int netns = -1;

		if (!todo[i])
			continue;
		if (!parse_line(t->line[i], &line)) {
			todo[i] = false; /* damaged: it tells nothing */
			continue;
		}
		if (line.ns.cookie == failed)
			continue;
		r = find_netns(&own, &line.ns, &netns);
		if (r == 0)
			r = give_in(place, t, todo, &line.ns, netns, &why);
		else if (r == -ENOENT)
			r = 0; /* the address has gone with it */
		else
			r = jerr(&why, -r,
			    "%s: its network namespace cannot be seen from "
			    "here: run jls there",
			    line.address);
		for (k = i; r == 0 && k < t->n; k++) {
			if (parse_line(t->line[k], &other) &&
			    other.ns.cookie == line.ns.cookie)
				todo[k] = false;
		}
		if (r < 0) {
			failed = line.ns.cookie;
			if (first == 0)
				*e = why;
			first = first == 0 ? r : first;
		}
	}
	return first;
}
