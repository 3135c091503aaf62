/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Lines of passwd(5) and group(5).  libc's readers take a damaged or an
 * oversized number for some other user, at worst for root; here such a line
 * does not count.
 */
#include <errno.h>
#include <string.h>

#include "passwd.h"

int
id_parse(const char *text, uint32_t *ret)
{
	uint64_t n = 0;
	size_t i;

	for (i = 0; text[i] != '\0'; i++) {
		if (text[i] < '0' || text[i] > '9' || i > 10)
			return -EINVAL;
		n = n * 10 + (uint64_t)(text[i] - '0');
	}
	if (i == 0 || n >= ID_NONE)
		return -EINVAL;
	*ret = (uint32_t)n;
	return 0;
}

int
passwd_parse(char *line, struct passwd_line *ret)
{
	enum { NAME, PASSWORD, UID, GID, GECOS, HOME, SHELL, FIELDS };
	struct passwd_line p;
	char *field[FIELDS], *rest = line;
	int i;

	for (i = 0; i < FIELDS; i++) {
		if ((field[i] = strsep(&rest, ":")) == NULL)
			return -EINVAL;
	}
	if (rest != NULL || *field[NAME] == '\0' ||
	    id_parse(field[UID], &p.uid) < 0 ||
	    id_parse(field[GID], &p.gid) < 0)
		return -EINVAL;
	p.name = field[NAME];
	p.home = field[HOME];
	p.shell = field[SHELL];
	*ret = p;
	return 0;
}

int
group_has(char *line, const char *user, uint32_t *ret_gid)
{
	char *rest = line, *number, *member;
	uint32_t gid;

	(void)strsep(&rest, ":");
	(void)strsep(&rest, ":");
	if (rest == NULL || (number = strsep(&rest, ":")) == NULL ||
	    rest == NULL || id_parse(number, &gid) < 0)
		return -EINVAL;
	while ((member = strsep(&rest, ",")) != NULL) {
		if (strcmp(member, user) == 0) {
			*ret_gid = gid;
			return 1;
		}
	}
	return 0;
}
