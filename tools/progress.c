/* SPDX-License-Identifier: BSD-2-Clause */
/* What jail(8) says on standard error, and a line about a long run. */
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "loop.h"
#include "progress.h"

#define QUIET_MSEC 1000

static int64_t begun; /* 0: never shown */
static bool is_shown;

void
progress_open(void)
{
	begun = isatty(STDERR_FILENO) ? loop_now() : 0;
}

void
progress_clear(void)
{
	if (is_shown)
		(void)fputs("\r\033[K", stderr);
	is_shown = false;
}

void
progress_show(const char *text)
{
	struct winsize ws = { .ws_col = 80 };

	if (begun == 0 || loop_now() - begun < QUIET_MSEC)
		return;
	if (ioctl(STDERR_FILENO, TIOCGWINSZ, &ws) < 0 || ws.ws_col == 0)
		ws.ws_col = 80;
	/* a line that wraps could not be cleared */
	(void)fprintf(stderr, "\r\033[K%.*s", ws.ws_col - 1, text);
	(void)fflush(stderr); /* a terminal that fails shows nothing */
	is_shown = true;
}

void
say(const char *jail, const char *fmt, ...)
{
	va_list ap;

	progress_clear();
	(void)fprintf(stderr, "jail: %s%s", jail != NULL ? jail : "",
	    jail != NULL ? ": " : "");
	va_start(ap, fmt);
	(void)vfprintf(stderr, fmt, ap);
	va_end(ap);
	(void)fputc('\n', stderr);
}
