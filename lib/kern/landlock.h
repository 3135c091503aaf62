/* SPDX-License-Identifier: BSD-2-Clause */
/* Landlock domains, for what no other means of the kernel gives. */
#ifndef KERN_LANDLOCK_H
#define KERN_LANDLOCK_H

#include <stdbool.h>

/* Can a domain be kept to abstract unix sockets of its own (Linux 6.12)? */
bool landlock_has_scopes(void);

/*
 * Put the calling process and its children to come into such a domain, which
 * is another one for each call.  Takes CAP_SYS_ADMIN in its user namespace.
 * Programs that it runs may make domains within.  -errno on failure.
 */
int landlock_scope_abstract(void);

#endif
