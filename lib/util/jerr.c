/* SPDX-License-Identifier: BSD-2-Clause */
/* The error record. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "jerr.h"

int
jerr(struct jerr *e, int err, const char *fmt, ...)
{
	va_list ap;

	e->err = err;
	e->status = 0;
	va_start(ap, fmt);
	(void)vsnprintf(e->msg, sizeof(e->msg), fmt, ap);
	va_end(ap);
	return -err;
}

int
jerr_sys(struct jerr *e, int err, const char *fmt, ...)
{
	va_list ap;
	size_t len;

	e->err = err;
	e->status = 0;
	va_start(ap, fmt);
	(void)vsnprintf(e->msg, sizeof(e->msg), fmt, ap);
	va_end(ap);
	len = strlen(e->msg);
	(void)snprintf(
	    e->msg + len, sizeof(e->msg) - len, ": %s", strerror(err));
	return -err;
}
