/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * The network of jails on the host's stack, and their devices.  All is attached once, at jail/,
 * and does nothing for who is in none that has a policy; sk_lookup to a
 * network namespace.  No program here is changed for a jail: what differs
 * lies in the maps.
 */
#include "maps.h"

#include "claims.h"
#include "create.h"
#include "bind.h"
#include "guest.h"
#include "talk.h"
#include "names.h"
#include "options.h"
#include "packet.h"
#include "steer.h"
#include "device.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";
