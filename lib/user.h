/* SPDX-License-Identifier: BSD-2-Clause */
/* Users of the host and of jails; as jailx_user_find(). */
#ifndef USER_H
#define USER_H

#include "jailx.h"

struct jerr;

int user_find(
    struct jailx_user *ret, int jid, const char *name, struct jerr *e);
void user_done(struct jailx_user *user);

#endif
