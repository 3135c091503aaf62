/* SPDX-License-Identifier: BSD-2-Clause */
/* The grammar of jail names.  Pure. */
#ifndef MODEL_NAME_H
#define MODEL_NAME_H

struct jerr;

/*
 * Is name fit for a jail of this jid (0: not yet chosen)?  The number that a
 * numeric name stands for is put into *ret_jid.  0, or -errno with a
 * sentence.
 */
int name_check(const char *name, int jid, int *ret_jid, struct jerr *e);

#endif
