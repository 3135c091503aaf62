/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * The devices of a jail, FreeBSD's ruleset 4: what mount.devfs makes, and
 * what the device program lets a jail with userns=inherit open.  All are
 * characters', for everybody to read and write.
 */
#ifndef JAIL_DEVICES_H
#define JAIL_DEVICES_H

/* DEVICE(name, major, minor) for each. */
#define JAIL_DEVICES(DEVICE)                                                   \
	DEVICE("null", 1, 3)                                                   \
	DEVICE("zero", 1, 5)                                                   \
	DEVICE("full", 1, 7)                                                   \
	DEVICE("random", 1, 8)                                                 \
	DEVICE("urandom", 1, 9)                                                \
	DEVICE("tty", 5, 0)

/* The nodes of a devpts, which makes them itself. */
#define JAIL_PTMX_MAJOR 5
#define JAIL_PTMX_MINOR 2
#define JAIL_PTS_MAJOR 136
#define JAIL_PTS_MAJOR_LAST 143

#endif
