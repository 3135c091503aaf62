/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Ranges of user and group ids: each jail has one of its own on the host,
 * so that jails are strangers to the host and to each other.  Chosen above
 * systemd's container range, beside what /etc/subuid and /etc/subgid give
 * to users.
 *
 * A range is taken from the front of a run of free ones, and none is given
 * back to the run: what is in it no jail has, and the others need not be
 * looked at.  Once it is used up they all are, and the first run of as many
 * ranges as there are jails becomes the next one.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "cleanup.h"
#include "core.h"
#include "jerr.h"
#include "value.h"

#define LAST 0xfffeffffU /* the last range ends below (uid_t)-1 */
#define RUN_LEAST 64

static const char *const subid_files[] = { "/etc/subuid", "/etc/subgid" };

/* systemd's "foreign" range, for images owned by nobody here. */
static const struct id_span foreign = { 0x7ffe0000U, 0x7ffeffffU };

struct spans {
	struct id_span *v;
	size_t n;
};

/* "user:first:count" */
static int
parse_subid(char *line, struct id_span *ret)
{
	char *rest = line, *first, *count;
	long a, n;

	line[strcspn(line, "\n")] = '\0';
	(void)strsep(&rest, ":");
	if (rest == NULL || (first = strsep(&rest, ":")) == NULL ||
	    (count = rest) == NULL ||
	    value_long(first, 0, UINT32_MAX, &a) < 0 ||
	    value_long(count, 1, UINT32_MAX - a, &n) < 0)
		return -EINVAL;
	*ret = (struct id_span){ (uint32_t)a, (uint32_t)(a + n - 1) };
	return 0;
}

static int
read_subids(const char *path, struct spans *spans)
{
	FILE *f = fopen(path, "re");
	char *line = NULL;
	size_t size = 0;
	struct id_span s, *more;
	int r = 0;

	if (f == NULL)
		return 0; /* no such file: nobody has a range */
	while (r == 0 && getline(&line, &size, f) > 0) {
		if (parse_subid(line, &s) < 0)
			continue;
		if ((more = grow(spans->v, spans->n, sizeof(*more))) == NULL) {
			r = -ENOMEM;
			break;
		}
		spans->v = more;
		spans->v[spans->n++] = s;
	}
	free(line);
	(void)fclose(f); /* only read */
	return r;
}

/* What /etc/subuid and /etc/subgid give to users; to be freed. */
static int
read_spans(struct spans *ret, struct jerr *e)
{
	struct spans spans = { 0 };
	size_t i;
	int r;

	for (i = 0; i < nitems(subid_files); i++) {
		if ((r = read_subids(subid_files[i], &spans)) < 0) {
			free(spans.v);
			return jerr_sys(e, -r, "%s", subid_files[i]);
		}
	}
	*ret = spans;
	return 0;
}

bool
idmap_is_own(const struct pset *params)
{
	return pset_is(params, P_USERNS, "new");
}

bool
idmap_has(const struct pset *params, uint32_t id)
{
	return id < IDMAP_COUNT || !idmap_is_own(params);
}

static bool
is_allowed(uint32_t base, const struct spans *spans)
{
	uint32_t last = base + IDMAP_COUNT - 1;
	size_t i;

	if (base <= foreign.last && last >= foreign.first)
		return false;
	for (i = 0; i < spans->n; i++) {
		if (base <= spans->v[i].last && last >= spans->v[i].first)
			return false;
	}
	return true;
}

int
idmap_take(struct id_run *run, uint32_t *ret, struct jerr *e)
{
	struct spans spans = { 0 };
	uint32_t base = run->next;
	int r;

	if (base < IDMAP_FIRST || run->end > LAST + 1 || base >= run->end ||
	    (base - IDMAP_FIRST) % IDMAP_COUNT != 0 ||
	    (run->end - IDMAP_FIRST) % IDMAP_COUNT != 0)
		return 0; /* used up, or not ours */
	if ((r = read_spans(&spans, e)) < 0)
		return r;
	while (base < run->end && !is_allowed(base, &spans))
		base += IDMAP_COUNT;
	free(spans.v);
	run->next = base < run->end ? base + IDMAP_COUNT : base;
	if (base == run->end)
		return 0;
	*ret = base;
	return 1;
}

/* ---- the search for a run ---- */

#define SLOTS ((LAST - IDMAP_FIRST + 1) / IDMAP_COUNT)

static void
mark(bool *taken, uint32_t first, uint32_t last)
{
	uint32_t i;

	if (first > LAST || last < IDMAP_FIRST)
		return;
	if (first < IDMAP_FIRST)
		first = IDMAP_FIRST;
	if (last > LAST)
		last = LAST;
	for (i = (first - IDMAP_FIRST) / IDMAP_COUNT;
	     i <= (last - IDMAP_FIRST) / IDMAP_COUNT; i++)
		taken[i] = true;
}

/*
 * The first run of so many that are not taken, else the first of the longest:
 * its length.  Low ids come first: ps(1) takes those above 2^31 for negative.
 */
static uint32_t
first_run(const bool *taken, uint32_t most, uint32_t *ret_start)
{
	uint32_t i, n = 0, best = 0;

	for (i = 0; i < SLOTS && best < most; i++) {
		n = taken[i] ? 0 : n + 1;
		if (n > best) {
			best = n;
			*ret_start = i + 1 - n;
		}
	}
	return best;
}

int
idmap_find_run(
    const uint32_t *used, size_t n, struct id_run *ret, struct jerr *e)
{
	auto_free bool *taken = calloc(SLOTS, sizeof(*taken));
	struct spans spans = { 0 };
	uint32_t start = 0, len, most = n < RUN_LEAST ? RUN_LEAST : n;
	size_t i;
	int r;

	if (taken == NULL)
		return jerr_sys(e, ENOMEM, "id ranges");
	if ((r = read_spans(&spans, e)) < 0)
		return r;
	mark(taken, foreign.first, foreign.last);
	for (i = 0; i < spans.n; i++)
		mark(taken, spans.v[i].first, spans.v[i].last);
	free(spans.v);
	for (i = 0; i < n; i++)
		mark(taken, used[i],
		    used[i] > LAST ? LAST : used[i] + (IDMAP_COUNT - 1));
	if ((len = first_run(taken, most, &start)) == 0)
		return jerr(
		    e, EAGAIN, "no range of %u user ids is free", IDMAP_COUNT);
	ret->next = IDMAP_FIRST + start * IDMAP_COUNT;
	ret->end = ret->next + len * IDMAP_COUNT;
	return 0;
}
