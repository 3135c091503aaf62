/* SPDX-License-Identifier: BSD-2-Clause */
/* What the parameters of a vnet jail say, and names made of its name.  Pure. */
#ifndef MODEL_VNET_PARAMS_H
#define MODEL_VNET_PARAMS_H

#include <stdbool.h>

#define VNET_IFNAME 16 /* the kernel's IFNAMSIZ */
#define VNET_MAC 18 /* xx:xx:xx:xx:xx:xx */
#define VNET_INNER "eth0" /* what vnet.bridge makes in the jail */

struct jerr;
struct pset;

/* Do the vnet.* parameters go together, and are their values what they say? */
int vnet_check(const struct pset *params, struct jerr *e);

/*
 * The host's end of a jail's pair: of the jail's name alone while salt is 0,
 * others where that is taken.
 */
void vnet_ifname(char ret[static VNET_IFNAME], const char *jail, unsigned salt);

/*
 * The link address of an end, locally administered: the same whenever a jail
 * of this name starts on this machine (any text that tells machines apart).
 */
void vnet_mac(char ret[static VNET_MAC], const char *jail, const char *machine,
    bool host);

#endif
