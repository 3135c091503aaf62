/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What was taken from the host for a jail and is to be given back, where the
 * kernel does not do that by itself.
 *
 * Each thing is a line of text, "KIND ..." (alias.c), in the attribute
 * trusted.jail.taken, which is written before the thing is taken:
 *
 *	<jid>/		of a jail
 *	taken/N/	of one that is not there yet: its starter holds the
 *			lock of that directory.  With a free lock: of a
 *			starter that died, or what could not be given back
 *
 * Who takes, or gives back, holds the lock of taken/, and so do the programs
 * that it runs for that: if it is killed, they finish before anybody else
 * looks.  A jail's own lock is taken before that one, never after.
 *
 * Several jails may hold the same thing, as one address: each has the line,
 * and the last one gives it back.  trusted.jail.shared of taken/ has the
 * lines for which others are to be asked at all, as that takes time.
 *
 * Jails without such things have no attribute, and a host without such jails
 * no taken/: they pay for one look-up.
 */
#ifndef TAKEN_H
#define TAKEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct jail;
struct jailx_alias;
struct jerr;
struct pset;

struct taken {
	char **line; /* n of them, in the order of taking */
	size_t n;
};

void taken_done(struct taken *t);
#define auto_taken __attribute__((cleanup(taken_done)))

/* 0 or -ENOMEM. */
int taken_add(struct taken *t, const char *line);
bool taken_has(const struct taken *t, const char *line);

/* Keep those lines alone that keep[] says. */
void taken_keep(struct taken *t, const bool *keep);

/* The attribute of a directory; none is an empty list, and vice versa. */
bool taken_is(int dir);
int taken_read(int dir, struct taken *ret);
int taken_write(int dir, const struct taken *t);

/* ---- taken/, locked ---- */

#define TAKEN_DIR "taken"

struct taken_place {
	int dir, lock;
};

#define TAKEN_PLACE_INIT                                                       \
	{                                                                      \
		.dir = -1, .lock = -1                                          \
	}

void taken_place_done(struct taken_place *place);
#define auto_place __attribute__((cleanup(taken_place_done)))

/*
 * -ENOENT without a sentence: it is not there, and not to be made; -EAGAIN
 * likewise: another process has it, and it was not to be waited for.
 */
int taken_open(struct taken_place *ret, bool create, bool now, struct jerr *e);

/* Have others asked about this line when it is given back. */
int taken_share(
    const struct taken_place *place, const char *line, struct jerr *e);

/* Those lines, and without one that nobody has; one too many does no harm. */
int taken_shared(const struct taken_place *place, struct taken *ret);
void taken_unshare(const struct taken_place *place, const char *line);

/* ---- a start's ---- */

struct jailx_taken {
	char name[16]; /* in taken/ */
	int dir, lock;
};

int taken_new(
    const struct taken_place *place, struct jailx_taken **ret, struct jerr *e);

/* It has gone, and its directory with it. */
void taken_drop(const struct taken_place *place, struct jailx_taken *t);

/* Only forget it here: who looks next gives back. */
void taken_free(struct jailx_taken *t);

/* ---- give.c ---- */

/*
 * Give back what the directory has, last things first, unless another has
 * them too.  careful: ask all others.  What cannot be given back stays, with
 * the reason in e.
 */
int taken_give(
    const struct taken_place *place, int dir, bool careful, struct jerr *e);

/* The same for a jail; cheap where it has nothing. */
int taken_give_jail(const struct jail *j, struct jerr *e);

/* Before its directory goes: what is left is put into taken/. */
int taken_leave_jail(const struct jail *j, struct jerr *e);

/* What starters that died have left.  Silent, and hardly waits. */
void taken_sweep(int jails);

/* ---- alias.c: aliases of interfaces ---- */

/* The i-th address that has an interface, those of IPv4 first. */
bool alias_get(const struct pset *p, size_t i, struct jailx_alias *ret);

/* Configure and record those of a set; NULL where all were there before. */
int alias_take(const struct pset *p, struct jailx_taken **ret, struct jerr *e);

/* ---- the kinds ---- */

/*
 * Give back the lines for which todo[] says so, and clear it for those that
 * have gone.
 */
typedef int taken_give_fn(const struct taken_place *place,
    const struct taken *t, bool *todo, struct jerr *e);

taken_give_fn alias_give;

#endif
