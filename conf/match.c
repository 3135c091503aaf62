/* SPDX-License-Identifier: BSD-2-Clause */
/* Names of jails, and patterns for them. */
#include <string.h>

#include "conf.h"

/* Is the component that begins here a "*"? */
static bool
is_star(const char *s, size_t len)
{
	return len == 1 && *s == '*';
}

bool
conf_is_pattern(const char *name)
{
	size_t len;

	for (;; name += len + 1) {
		len = strcspn(name, ".");
		if (is_star(name, len))
			return true;
		if (name[len] == '\0')
			return false;
	}
}

bool
conf_match(const char *pattern, const char *name)
{
	size_t p, n;

	for (;; pattern += p + 1, name += n + 1) {
		p = strcspn(pattern, ".");
		n = strcspn(name, ".");
		if (is_star(pattern, p) && pattern[p] == '\0')
			return *name != '\0';
		if (!is_star(pattern, p) &&
		    (p != n || strncmp(pattern, name, n) != 0))
			return false;
		if (pattern[p] == '\0' || name[n] == '\0')
			return pattern[p] == name[n];
	}
}
