/* SPDX-License-Identifier: BSD-2-Clause */
/* What jail(8) says on standard error, and a line about a long run. */
#ifndef TOOLS_PROGRESS_H
#define TOOLS_PROGRESS_H

/* "jail: ", the jail's name if there is one, and a sentence. */
void say(const char *jail, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* May the line be shown: is standard error a terminal? */
void progress_open(void);

/* Show the text, after the first second; it replaces the one before. */
void progress_show(const char *text);

/* Before anything is written by other means. */
void progress_clear(void);

#endif
