/* SPDX-License-Identifier: BSD-2-Clause */
/* Lines of key=value, as meta and env keep them: a NUL, a key, a NUL, a value.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "value.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What was set is found.  Of a key that is there twice the first counts. */
static void
check(const char *lines, const char *key, const char *value)
{
	struct buf text = BUF_INIT, got = BUF_INIT;
	const char *after;

	if (value_key_set(lines, key, value, &text) < 0)
		abort();
	after = text.p != NULL ? text.p : "";
	if (value != NULL && value_key_get(after, key, &got) != 1)
		abort();
	if (value != NULL && strcmp(got.p != NULL ? got.p : "", value) != 0)
		abort();
	buf_done(&text);
	buf_done(&got);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *copy = calloc(1, size + 3); /* three NULs at the end */
	const char *key, *value;

	if (copy == NULL)
		return 0;
	if (size > 0)
		memcpy(copy, data, size);
	key = copy + strlen(copy) + 1;
	value = key + strlen(key) + 1;
	if (*key != '\0' && strpbrk(key, "=\n") == NULL &&
	    strchr(value, '\n') == NULL) {
		check(copy, key, value);
		check(copy, key, NULL);
	}
	free(copy);
	return 0;
}
