/* SPDX-License-Identifier: BSD-2-Clause */
/* jail -e: what a jail.conf(5) has, a line for each jail. */
#ifndef TOOLS_CONF_SHOW_H
#define TOOLS_CONF_SHOW_H

#include "conf.h"

#define CONF_FILE "/etc/jail.conf" /* whatever the prefix is */

/* "jail: " and "NAME: " before what conf/ says. */
extern const struct conf_say conf_say_jail;

/*
 * Print the jails of a file.  Nothing is printed when anything is wrong.
 * Returns an exit status.
 */
int conf_show(const char *file, const char *separator);

#endif
