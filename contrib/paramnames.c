/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Write a completion file: the template on stdin, with @PARAMS@ replaced by
 * the names of the parameter table.  Runs at build time.
 */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "jailx.h"

#define MARK "@PARAMS@"

/* A name, with "=" where a value has to follow, and a boolean's "no" form. */
static void
print_name(const struct jailx_param *p)
{
	const char *last = strrchr(p->name, '.');
	int head = last != NULL ? (int)(last + 1 - p->name) : 0;

	if ((p->flags & JAILX_RDONLY) != 0)
		return;
	if (p->type == JAILX_BOOL)
		printf("%s %.*sno%s ", p->name, head, p->name, p->name + head);
	else if (p->type == JAILX_KEYVALUE)
		printf("%s. ", p->name);
	else
		printf("%s= ", p->name);
}

int
main(void)
{
	const struct jailx_param *p = NULL;
	char line[4096];
	char *mark;

	while (fgets(line, sizeof(line), stdin) != NULL) {
		mark = strstr(line, MARK);
		if (mark == NULL) {
			fputs(line, stdout);
			continue;
		}
		printf("%.*s", (int)(mark - line), line);
		while ((p = jailx_param_next(p)) != NULL)
			print_name(p);
		fputs(mark + strlen(MARK), stdout);
	}
	return ferror(stdin) != 0 || fflush(stdout) != 0;
}
