/* SPDX-License-Identifier: BSD-2-Clause */
/* Lines of fstab(5). */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "fstab.h"
#include "jerr.h"

void
fstab_entry_done(struct fstab_entry *f)
{
	free(f->source);
	free(f->target);
	free(f->type);
	free(f->options);
	*f = (struct fstab_entry){ 0 };
}

static int
is_octal(char c)
{
	return c >= '0' && c <= '7';
}

/* Decode \ooo and \\ in place.  -EINVAL for any other escape. */
static int
decode(char *s)
{
	char *out = s;

	for (; *s != '\0'; s++) {
		if (*s != '\\') {
			*out++ = *s;
		} else if (s[1] == '\\') {
			*out++ = *++s;
		} else if (is_octal(s[1]) && is_octal(s[2]) && is_octal(s[3]) &&
			   s[1] <= '3' && (s[1] | s[2] | s[3]) != '0') {
			*out++ = (char)((s[1] - '0') << 6 | (s[2] - '0') << 3 |
					(s[3] - '0'));
			s += 3;
		} else {
			return -EINVAL;
		}
	}
	*out = '\0';
	return 0;
}

/* The next word of *rest, or NULL. */
static char *
word(char **rest)
{
	char *w;

	do {
		if ((w = strsep(rest, " \t\f\v\r\n")) == NULL)
			return NULL;
	} while (*w == '\0');
	return w;
}

int
fstab_parse(
    const char *line, const char *who, struct fstab_entry *ret, struct jerr *e)
{
	auto_free char *copy = strdup(line);
	char *rest = copy, *source, *target, *type, *options;
	struct fstab_entry f;

	if (copy == NULL)
		return jerr_sys(e, ENOMEM, "%s", who);
	copy[strcspn(copy, "#")] = '\0';
	if ((source = word(&rest)) == NULL)
		return 0;
	target = word(&rest);
	type = word(&rest);
	options = word(&rest);
	if (target == NULL || type == NULL)
		return jerr(
		    e, EINVAL, "%s: %s: missing information", who, line);
	if (decode(source) < 0 || decode(target) < 0)
		return jerr(e, EINVAL, "%s: %s: fstab parse error", who, line);
	f = (struct fstab_entry){
		.source = strdup(source),
		.target = strdup(target),
		.type = strdup(type),
		.options = strdup(options != NULL ? options : ""),
	};
	if (f.source == NULL || f.target == NULL || f.type == NULL ||
	    f.options == NULL) {
		fstab_entry_done(&f);
		return jerr_sys(e, ENOMEM, "%s", who);
	}
	*ret = f;
	return 1;
}
