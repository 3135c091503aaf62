/* SPDX-License-Identifier: BSD-2-Clause */
/* jail -e: what a jail.conf(5) has, a line for each jail. */
#include <stdio.h>
#include <string.h>

#include "buf.h"
#include "conf.h"
#include "conf_show.h"
#include "progress.h"

static void
say_conf(void *arg, const char *jail, const char *sentence)
{
	(void)arg;
	say(jail, "%s", sentence);
}

const struct conf_say conf_say_jail = { .fn = say_conf };

int
conf_show(const char *file, const char *separator)
{
	auto_buf struct buf lines = BUF_INIT;
	struct conf *c;
	struct conf_jail *j;
	size_t i;
	int status = 0;

	if (conf_read(&c, file, &conf_say_jail) < 0)
		return 1;
	for (i = 0; i < conf_count(c); i++) {
		if (conf_jail(c, i, &j, &conf_say_jail) < 0) {
			status = 1;
			continue;
		}
		conf_line(j, separator, &lines);
		buf_chr(&lines, '\n');
		conf_jail_free(j);
	}
	if (buf_err(&lines) < 0) {
		say(NULL, "%s", strerror(-buf_err(&lines)));
		status = 1;
	}
	if (status == 0 && lines.len > 0)
		(void)fwrite(lines.p, 1, lines.len, stdout); /* see exit */
	conf_free(c);
	return status;
}
