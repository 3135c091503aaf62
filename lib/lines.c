/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The fstab lines of a jail, those of mount and of the files of mount.fstab,
 * for who only wants to know what they name.  What cannot be read or
 * understood is passed over: whoever mounts it says so.
 */
#include <string.h>

#include "buf.h"
#include "core.h"
#include "fstab.h"
#include "jerr.h"
#include "path.h"

static bool
try_line(const char *who, const char *line, lines_fn *fn, void *arg)
{
	struct fstab_entry f;
	struct jerr e;
	bool ret;

	if (fstab_parse(line, who, &f, &e) != 1)
		return false;
	ret = fn(who, &f, arg);
	fstab_entry_done(&f);
	return ret;
}

static bool
try_file(const char *who, const char *file, lines_fn *fn, void *arg)
{
	auto_buf struct buf text = BUF_INIT;
	struct jerr e;
	char *rest, *line;

	if (path_read_text(file, who, &text, &e) < 0)
		return false;
	rest = text.p;
	while ((line = strsep(&rest, "\n")) != NULL) {
		if (try_line(who, line, fn, arg))
			return true;
	}
	return false;
}

bool
lines_each(const struct pset *params, lines_fn *fn, void *arg)
{
	const char *who = param(P_MOUNT)->name;
	const char *who_file = param(P_MOUNT_FSTAB)->name;
	size_t i;

	for (i = 0; i < pset_count(params, P_MOUNT); i++) {
		if (try_line(who, pset_get(params, P_MOUNT, i), fn, arg))
			return true;
	}
	for (i = 0; i < pset_count(params, P_MOUNT_FSTAB); i++) {
		if (try_file(
			who_file, pset_get(params, P_MOUNT_FSTAB, i), fn, arg))
			return true;
	}
	return false;
}
