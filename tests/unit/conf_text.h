/* SPDX-License-Identifier: BSD-2-Clause */
/* jail.conf(5) from files in memory, for the tests of conf/. */
#ifndef CONF_TEXT_H
#define CONF_TEXT_H

#include <stddef.h>

struct buf;

struct conf_file {
	const char *path; /* NULL: the end of a list */
	const char *text;
};

/*
 * Read the first file as jail -e ';' does: a line for each jail, or all that
 * was said.  To be freed.
 */
char *conf_show(const struct conf_file *files);

/* The same for one file, called F. */
char *conf_show_text(const char *text);

/* Is what it shows this?  Says what differs. */
void assert_conf(const char *text, const char *shown);
void assert_conf_files(const struct conf_file *files, const char *shown);

/* The parts of it: struct conf_source and struct conf_say are made of them. */
int conf_file_read(void *arg, const char *path, size_t max, struct buf *ret);
int conf_file_list(void *arg, const char *pattern, char ***ret, size_t *ret_n);
void conf_note(void *arg, const char *jail, const char *sentence);

#endif
