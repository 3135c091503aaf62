/* SPDX-License-Identifier: BSD-2-Clause */
/* The system calls that the warden has left. */
#ifndef CALLS_H
#define CALLS_H

/*
 * Those of its loop; whatever else it calls ends it, and with it the jail.  0,
 * or -1 with errno.
 */
int calls_restrict(void);

#endif
