/* SPDX-License-Identifier: BSD-2-Clause */
/* Terminals for programs in jails; as jailx_pty_open(). */
#ifndef PTY_H
#define PTY_H

#include "jailx.h"

struct jerr;

int pty_open(int jid, const struct jailx_user *user, int *ret_master,
    int *ret_slave, struct jerr *e);

#endif
