/* SPDX-License-Identifier: BSD-2-Clause */
/* The text of a command, as exec.start and its kin have it. */
#include <stdlib.h>
#include <string.h>

#include "line.h"

static const char shell_chars[] = "!\"$&'()*;<>?[\\]`{|}~";

void
line_done(struct line *l)
{
	free(l->copy);
	free(l->argv);
	*l = (struct line){ 0 };
}

int
line_parse(struct line *ret, const char *text)
{
	struct line l = { .copy = strdup(text) };
	size_t len = strlen(text), n = 0;
	char *rest = l.copy, *word;

	/* no more words than every second character, the shell's and NULL */
	if (l.copy == NULL ||
	    (l.argv = calloc(len / 2 + 5, sizeof(*l.argv))) == NULL) {
		line_done(&l);
		return -1;
	}
	if (len > 0 && strcspn(text, shell_chars) == len - 1 &&
	    text[len - 1] == '&') {
		l.copy[len - 1] = '\0';
		l.background = true;
	} else if (strpbrk(text, shell_chars) != NULL) {
		l.argv[0] = "/bin/sh";
		l.argv[1] = "-c";
		l.argv[2] = l.copy;
		*ret = l;
		return 0;
	}
	while ((word = strsep(&rest, " \t\f\v\r\n")) != NULL) {
		if (*word != '\0')
			l.argv[n++] = word;
	}
	*ret = l;
	return 0;
}
