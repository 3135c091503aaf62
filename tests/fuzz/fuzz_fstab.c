/* SPDX-License-Identifier: BSD-2-Clause */
/* A line of an fstab. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "fstab.h"
#include "jerr.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *line = strndup((const char *)data, size);
	struct jerr e = { .err = 0 };
	struct fstab_entry f = { .source = NULL };
	int r;

	if (line == NULL)
		return 0;
	r = fstab_parse(line, "mount", &f, &e);
	if (r < 0 && (e.err != -r || e.msg[0] == '\0'))
		abort(); /* an error always has a sentence */
	if (r <= 0 && f.source != NULL)
		abort(); /* outputs stay untouched */
	if (r > 0) {
		if (*f.source == '\0' || *f.target == '\0' || *f.type == '\0' ||
		    f.options == NULL)
			abort();
		fstab_entry_done(&f);
	}
	free(line);
	return 0;
}
