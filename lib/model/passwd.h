/* SPDX-License-Identifier: BSD-2-Clause */
/* Lines of passwd(5) and group(5), as foreign text.  Pure. */
#ifndef MODEL_PASSWD_H
#define MODEL_PASSWD_H

#include <stdbool.h>
#include <stdint.h>

#define ID_NONE UINT32_MAX /* (uid_t)-1: nobody's */

/* A user or group id: decimal digits alone, below ID_NONE.  0 or -EINVAL. */
int id_parse(const char *text, uint32_t *ret);

struct passwd_line {
	char *name, *home, *shell; /* in the line */
	uint32_t uid, gid;
};

/*
 * Split a line, which is changed.  -EINVAL for one that is not whole: seven
 * fields, a name, ids.
 */
int passwd_parse(char *line, struct passwd_line *ret);

/*
 * Does a line of group(5), which is changed, list the user?  1 with the gid,
 * 0, or -EINVAL.
 */
int group_has(char *line, const char *user, uint32_t *ret_gid);

#endif
