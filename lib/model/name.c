/* SPDX-License-Identifier: BSD-2-Clause */
/* The grammar of jail names. */
#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <string.h>

#include "jerr.h"
#include "name.h"
#include "value.h"

/* Control characters would break every line-wise listing. */
static int
has_control(const char *name)
{
	for (; *name != '\0'; name++) {
		if (iscntrl((unsigned char)*name))
			return 1;
	}
	return 0;
}

int
name_check(const char *name, int jid, int *ret_jid, struct jerr *e)
{
	const char *dot = strrchr(name, '.');
	long n;

	if (*name == '\0')
		return 0;
	if (has_control(name))
		return jerr(
		    e, EINVAL, "name: control characters are not allowed");
	if (dot != NULL)
		return jerr(e, ENOENT, "jail \"%.*s\" not found",
		    (int)(dot - name), name);
	if (strspn(name, "0123456789") != strlen(name))
		return 0;
	if (value_long(name, 1, INT_MAX, &n) < 0 || name[0] == '0' ||
	    (jid > 0 && n != jid))
		return jerr(
		    e, EINVAL, "name cannot be numeric (unless it is the jid)");
	*ret_jid = (int)n;
	return 0;
}
