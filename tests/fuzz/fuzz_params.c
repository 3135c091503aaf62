/* SPDX-License-Identifier: BSD-2-Clause */
/* Lines of name=value, as jail(8) gets them. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "jailx.h"
#include "jerr.h"
#include "pset.h"
#include "raw.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Text that was accepted is accepted again, and is the same then. */
static void
check_fixpoint(const struct pset *s, enum param_id id)
{
	const struct jailx_param *p = param(id);
	struct jerr e = { .err = 0 };
	struct pset again = { .key = NULL };
	size_t i, n = pset_count(s, id);

	for (i = 0; i < n; i++)
		if (pset_add(&again, p->name, pset_get(s, id, i), &e) < 0)
			abort();
	if (pset_count(&again, id) != n)
		abort();
	for (i = 0; i < n; i++)
		if (strcmp(pset_get(s, id, i), pset_get(&again, id, i)) != 0)
			abort();
	pset_done(&again);
}

/* The bytes that FreeBSD's programs get stand for the same text. */
static void
check_bytes(const struct pset *s, enum param_id id)
{
	const struct jailx_param *p = param(id);
	struct jerr e = { .err = 0 };
	struct buf bytes = BUF_INIT, text = BUF_INIT;

	if ((p->flags & JAILX_PSEUDO) == 0 && !raw_is_list(p) &&
	    raw_import(p, p->name, pset_get(s, id, 0), &bytes, &e) == 0) {
		if (raw_export(p, p->name, bytes.p, bytes.len, &text, &e) < 0)
			abort();
		if (strcmp(text.p != NULL ? text.p : "", pset_get(s, id, 0)) !=
		    0)
			abort();
	}
	buf_done(&bytes);
	buf_done(&text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *copy = strndup((const char *)data, size);
	char *rest = copy, *line, *value;
	struct pset s = { .key = NULL };
	enum param_id id;

	if (copy == NULL)
		return 0;
	while ((line = strsep(&rest, "\n")) != NULL) {
		struct jerr e = { .err = 0 };

		if ((value = strchr(line, '=')) != NULL)
			*value++ = '\0';
		if (pset_add(&s, line, value, &e) < 0 && e.msg[0] == '\0')
			abort(); /* an error always has a sentence */
		(void)jailx_param_suggest(line);
	}
	for (id = 0; id < P_COUNT; id++) {
		if (!pset_has(&s, id) || pset_count(&s, id) == 0)
			continue;
		check_fixpoint(&s, id);
		check_bytes(&s, id);
	}
	pset_done(&s);
	free(copy);
	return 0;
}
