/* SPDX-License-Identifier: BSD-2-Clause */
/* An address of the command line. */
#ifndef IP_H
#define IP_H

#include "addr.h"

/* Of IPv4 or IPv6, mapped: as one of IPv6.  Its length, 0 if it is none. */
socklen_t parse_ip(
    const char *text, uint16_t port, bool mapped, union addr *ret);

#endif
