/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is kept of a jail: extended attributes on its cgroup directory.
 *
 *	user.jail		"VERSION SEQ STATE IDMAP", then what jls shows
 *	trusted.jail		"VERSION SEQ", then what root alone may see
 *	user.jail.persist	its presence: the jail stays without processes;
 *				a word says for how long
 *
 * After the first line come NUL-ended texts name=value, a list as one text
 * for each element, an empty list as the bare name.  Unknown names of a
 * newer version are passed over.
 */
#ifndef STORE_H
#define STORE_H

#include <stdbool.h>
#include <stdint.h>

#include "pset.h"

enum jail_state {
	JAIL_CREATING, /* builder at work; not to be entered or shown */
	JAIL_ALIVE,
	JAIL_ENDING, /* removal has begun and can only go on */
	JAIL_STATES
};

enum jail_persist {
	PERSIST_NO,
	PERSIST_YES,
	PERSIST_START, /* as long as somebody holds the start lock */
	PERSIST_START_STAY, /* the same, and PERSIST_YES after that */
};

/* The name that the warden asks for; see warden/warden.c. */
#define STORE_PERSIST "user.jail.persist"

struct record {
	enum jail_state state;
	unsigned int seq; /* grows with each update */
	uint32_t idmap; /* host id of the jail's root */
	enum jail_persist persist;
	struct pset params;
};

void record_done(struct record *rec);

/*
 * Read the record of the cgroup open as dir; hidden: also what root alone
 * may see.  -ENODATA: no record (yet); -EPROTO: not one that we can read.
 */
int store_read(int dir, bool hidden, struct record *ret);

/* The state alone, cheaply. */
int store_state(int dir, enum jail_state *ret);

/*
 * Write the record, its seq plus one: one setxattr for each half.  -E2BIG,
 * -ENOSPC: more than the kernel keeps.
 */
int store_write(int dir, struct record *rec);

/* Change the state alone. */
int store_set_state(int dir, enum jail_state state);

int store_persist(int dir, enum jail_persist *ret);
int store_set_persist(int dir, enum jail_persist how);

/* On jail/: the jid given out last; 0 when there was none. */
int store_last_jid(int dir);
int store_set_last_jid(int dir, int jid);

#endif
