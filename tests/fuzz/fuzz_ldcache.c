/* SPDX-License-Identifier: BSD-2-Clause */
/* The bytes of a hostile /etc/ld.so.cache. */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ldcache.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const names[] = { "libc.so.6", "liba.so.10", "" };
	/* The exact size, so that a byte too far is seen. */
	uint8_t *copy = malloc(size + (size == 0));
	struct ldcache c;
	const char *path;
	size_t len = 0;

	if (copy == NULL)
		return 0;
	memcpy(copy, data, size);
	if (ldcache_parse(&c, copy, size) == 0)
		for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
			for (size_t k = 0;
			     (path = ldcache_get(&c, names[i], k)) != NULL; k++)
				len += strlen(path);
	free(copy);
	return len == SIZE_MAX;
}
