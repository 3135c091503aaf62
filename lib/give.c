/* SPDX-License-Identifier: BSD-2-Clause */
/* Giving back what was taken from the host: see taken.h. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "cg.h"
#include "cleanup.h"
#include "core.h"
#include "face.h"
#include "jailx.h"
#include "jerr.h"
#include "taken.h"

#define SWEEP_TRIES 25

/* ---- others ---- */

/* What one other has of the lines that it is asked for is not ours to give. */
static int
ask_one(int above, int number, uint64_t own, const struct taken *t,
    const bool *ask, bool *todo)
{
	auto_jail struct jail other = JAIL_INIT;
	auto_taken struct taken has = { 0 };
	size_t i;
	int r = jail_open(above, number, &other);

	if (r == 0 && (other.id == own || !taken_is(other.dir)))
		return 0;
	if (r == 0)
		r = taken_read(other.dir, &has);
	/* it has just gone */
	if (r == -ENOENT || r == -ENODEV)
		return 0;
	for (i = 0; r == 0 && i < t->n; i++)
		todo[i] = todo[i] && !(ask[i] && taken_has(&has, t->line[i]));
	return r;
}

/* All those whose names are numbers: jids, or starts. */
static int
ask_all(
    int above, uint64_t own, const struct taken *t, const bool *ask, bool *todo)
{
	auto_free int *numbers = NULL;
	struct jerr e;
	ssize_t i, n = jails_list(above, &numbers, &e);
	int r = n < 0 ? (int)n : 0;

	for (i = 0; r == 0 && i < n; i++)
		r = ask_one(above, numbers[i], own, t, ask, todo);
	return r;
}

/* ---- giving back ---- */

static const struct kind {
	const char *word;
	taken_give_fn *give;
} kinds[] = {
	{ "alias ", alias_give },
};

/* What is to be given back, of all that it has: nobody else has it. */
static int
choose(const struct taken_place *place, int dir, bool careful,
    const struct taken *t, bool *todo)
{
	auto_free bool *ask = calloc(t->n + 1, sizeof(*ask));
	auto_taken struct taken shared = { 0 };
	auto_close int jails = -1;
	bool any = false;
	uint64_t own = 0;
	struct jerr e;
	size_t i;
	int r;

	if (ask == NULL)
		return -ENOMEM;
	if ((r = cg_id(dir, &own)) < 0 ||
	    (r = taken_shared(place, &shared)) < 0)
		return r;
	for (i = 0; i < t->n; i++)
		todo[i] = ask[i] = true;
	if ((r = ask_all(place->dir, own, t, ask, todo)) < 0)
		return r;
	for (i = 0; i < t->n; i++) {
		ask[i] = careful || taken_has(&shared, t->line[i]);
		any |= ask[i] && todo[i];
	}
	if (!any)
		return 0;
	if ((jails = jails_dir(false, &e)) < 0)
		return jails;
	return ask_all(jails, own, t, ask, todo);
}

static int
give_kinds(const struct taken_place *place, const struct taken *t, bool *todo,
    struct jerr *e)
{
	auto_free bool *some = calloc(t->n, sizeof(*some));
	struct jerr other;
	size_t i, k;
	int r, first = 0;

	if (some == NULL)
		return jerr_sys(e, ENOMEM, "record of what was taken");
	for (k = 0; k < nitems(kinds); k++) {
		const char *word = kinds[k].word;

		for (i = 0; i < t->n; i++)
			some[i] = todo[i] &&
				  strncmp(t->line[i], word, strlen(word)) == 0;
		r = kinds[k].give(place, t, some, first == 0 ? e : &other);
		if (first == 0)
			first = r;
		for (i = 0; i < t->n; i++) {
			if (strncmp(t->line[i], word, strlen(word)) == 0)
				todo[i] = some[i];
		}
	}
	return first;
}

int
taken_give(
    const struct taken_place *place, int dir, bool careful, struct jerr *e)
{
	auto_taken struct taken t = { 0 };
	auto_free bool *todo = NULL, *mine = NULL;
	size_t i;
	int r, first;

	if ((r = taken_read(dir, &t)) < 0)
		return jerr_sys(e, -r, "record of what was taken");
	if (t.n == 0)
		return 0;
	todo = calloc(t.n, sizeof(*todo));
	mine = calloc(t.n, sizeof(*mine));
	if (todo == NULL || mine == NULL)
		return jerr_sys(e, ENOMEM, "record of what was taken");
	if ((r = choose(place, dir, careful, &t, todo)) < 0)
		return jerr_sys(e, -r, "record of what was taken");
	memcpy(mine, todo, t.n * sizeof(*mine));
	first = give_kinds(place, &t, todo, e);
	for (i = 0; i < t.n; i++) {
		if (mine[i] && !todo[i])
			taken_unshare(place, t.line[i]);
	}
	taken_keep(&t, todo);
	if ((r = taken_write(dir, &t)) < 0 && first == 0)
		first = jerr_sys(e, -r, "record of what was taken");
	return first;
}

int
taken_give_jail(const struct jail *j, struct jerr *e)
{
	auto_place struct taken_place place = TAKEN_PLACE_INIT;
	int r;

	if (!taken_is(j->dir))
		return 0;
	if ((r = taken_open(&place, true, false, e)) < 0)
		return r;
	return taken_give(&place, j->dir, false, e);
}

int
taken_leave_jail(const struct jail *j, struct jerr *e)
{
	auto_place struct taken_place place = TAKEN_PLACE_INIT;
	auto_taken struct taken t = { 0 };
	struct jailx_taken *slot = NULL;
	struct jerr why;
	int r;

	if (taken_give_jail(j, &why) >= 0 || !taken_is(j->dir))
		return 0;
	if ((r = taken_open(&place, true, false, e)) < 0 ||
	    (r = taken_new(&place, &slot, e)) < 0 || slot == NULL)
		return r;
	if ((r = taken_read(j->dir, &t)) == 0 &&
	    (r = taken_write(slot->dir, &t)) == 0) {
		taken_free(slot);
		return 0;
	}
	taken_drop(&place, slot);
	return jerr_sys(e, -r, "record of what was taken");
}

/* One whose starter is no more. */
static void
sweep_one(const struct taken_place *place, int number)
{
	auto_jail struct jail slot = JAIL_INIT; /* by its number, as a jail */
	auto_close int lock = -1;
	char name[16];
	struct jerr e;

	if (jail_open(place->dir, number, &slot) < 0 ||
	    (lock = cg_lock(slot.dir, true)) < 0 ||
	    taken_give(place, slot.dir, true, &e) < 0 || taken_is(slot.dir))
		return;
	(void)snprintf(name, sizeof(name), "%d", number);
	(void)unlinkat(place->dir, name, AT_REMOVEDIR);
}

void
taken_sweep(int jails)
{
	auto_place struct taken_place place = TAKEN_PLACE_INIT;
	static const struct timespec pause = { .tv_nsec = 2000000 };
	auto_free int *slots = NULL;
	struct stat st;
	struct jerr e;
	ssize_t i, n;
	int r, tries = 0;

	if (fstatat(jails, TAKEN_DIR, &st, AT_SYMLINK_NOFOLLOW) < 0 ||
	    st.st_nlink <= 2)
		return;
	/* who is killed leaves a helper that works for a moment */
	while ((r = taken_open(&place, false, true, &e)) == -EAGAIN &&
	       tries++ < SWEEP_TRIES)
		(void)nanosleep(&pause, NULL); /* less is no harm */
	n = r < 0 ? r : jails_numbers(place.dir, &slots, &e);
	for (i = 0; i < n; i++)
		sweep_one(&place, slots[i]);
}

/* ---- the public face ---- */

static int
move(struct jailx_taken *t, int jid, uint64_t id, struct jerr *e)
{
	auto_jail struct jail j = JAIL_INIT;
	auto_close int lock = -1;
	auto_place struct taken_place place = TAKEN_PLACE_INIT;
	auto_taken struct taken lines = { 0 };
	int r;

	if ((r = jail_find(jid, true, &j, e)) < 0)
		return r;
	if (j.id != id || (lock = jail_lock(&j)) < 0)
		return jerr(e, ENOENT, "jail %d not found", jid);
	if ((r = taken_open(&place, true, false, e)) < 0)
		return r;
	if ((r = taken_read(t->dir, &lines)) < 0 ||
	    (r = taken_write(j.dir, &lines)) < 0)
		return jerr_sys(e, -r, "record of jail %d", jid);
	taken_drop(&place, t);
	return 0;
}

API int
jailx_taken_to(struct jailx_taken *taken, int jid, uint64_t id)
{
	struct jerr e;

	return face(move(taken, jid, id, &e), &e);
}

static int
untake(struct jailx_taken *t, struct jerr *e)
{
	auto_place struct taken_place place = TAKEN_PLACE_INIT;
	int r;

	if ((r = taken_open(&place, true, false, e)) == 0)
		r = taken_give(&place, t->dir, true, e);
	if (r == 0)
		taken_drop(&place, t);
	else
		taken_free(t);
	return r;
}

API int
jailx_untake(struct jailx_taken *taken)
{
	struct jerr e;

	return taken == NULL ? 0 : face(untake(taken, &e), &e);
}
