/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The error record: one sentence and one errno, made by the first frame that
 * knows object and step; frames above pass it up untouched.
 */
#ifndef UTIL_JERR_H
#define UTIL_JERR_H

#define JERR_LEN 1024

struct jerr {
	int err; /* positive errno, 0 while nothing failed */
	int status; /* a shell's word for a failed exec, or 0 */
	char msg[JERR_LEN];
};

/* Record the sentence as it is.  err is positive.  Returns -err. */
int jerr(struct jerr *e, int err, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* Record the sentence and append ": " and the text of err.  Returns -err. */
int jerr_sys(struct jerr *e, int err, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

#endif
