/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Ranges of user and group ids: each jail has one of its own on the host,
 * so that jails are strangers to the host and to each other.  Chosen above
 * systemd's container range, beside what /etc/subuid and /etc/subgid give
 * to users.
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

#define FIRST 0x70000000U
#define LAST 0xfffeffffU /* the last range ends below (uid_t)-1 */

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

static int
compare_ids(const void *a, const void *b)
{
	const uint32_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static bool
is_free(
    uint32_t base, const uint32_t *used, size_t n, const struct spans *spans)
{
	uint32_t last = base + IDMAP_COUNT - 1;
	size_t i;

	if (n > 0 && bsearch(&base, used, n, sizeof(*used), compare_ids))
		return false;
	if (base <= foreign.last && last >= foreign.first)
		return false;
	for (i = 0; i < spans->n; i++) {
		if (base <= spans->v[i].last && last >= spans->v[i].first)
			return false;
	}
	return true;
}

int
idmap_choose(const uint32_t *used, size_t n, uint32_t *ret, struct jerr *e)
{
	auto_free uint32_t *sorted = malloc((n + 1) * sizeof(*sorted));
	struct spans spans = { 0 };
	uint32_t base;
	size_t i;
	int r = 0;

	if (sorted == NULL)
		return jerr_sys(e, ENOMEM, "id ranges");
	if (n > 0) {
		memcpy(sorted, used, n * sizeof(*sorted));
		qsort(sorted, n, sizeof(*sorted), compare_ids);
	}
	for (i = 0; r == 0 && i < nitems(subid_files); i++)
		r = read_subids(subid_files[i], &spans);
	if (r < 0) {
		free(spans.v);
		return jerr_sys(e, -r, "%s", subid_files[i - 1]);
	}
	for (base = FIRST; base <= LAST - IDMAP_COUNT + 1;
	     base += IDMAP_COUNT) {
		if (is_free(base, sorted, n, &spans))
			break;
	}
	free(spans.v);
	if (base > LAST - IDMAP_COUNT + 1)
		return jerr(
		    e, EAGAIN, "no range of %u user ids is free", IDMAP_COUNT);
	*ret = base;
	return 0;
}
