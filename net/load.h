/* SPDX-License-Identifier: BSD-2-Clause */
/* The BPF programs: loading and attaching.  Every failure ends the program. */
#ifndef LOAD_H
#define LOAD_H

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <stdbool.h>
#include <stdint.h>

#include "jail_bpf.h"

/* Ends the program with a sentence, and the text of err unless it is 0. */
_Noreturn void die(int err, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* ---- programs.c ---- */

/* A network namespace. */
struct net {
	int fd;
	uint64_t cookie;
};

/* That of the caller. */
void net_open(struct net *ret);

/*
 * The programs in the kernel, those of sk_lookup or all others, with the maps
 * that are there already, where jails is the cgroup.
 */
struct bpf_object *programs_load(
    int jails, const struct net_config *config, bool is_lookup);

/* Attach all but sk_lookup at jail/, unless this build's are there. */
void programs_attach(int jails);
void programs_detach(int jails);

/* The id of our program that is attached at jails with that type, or 0. */
uint32_t program_attached(int jails, enum bpf_attach_type type);

/* ---- lookup.c ---- */

#define BPFFS "/sys/fs/bpf"
#define PINS BPFFS "/jail"

/* Have the folder of pins, with bpffs mounted where nothing is. */
void pins_make(void);

/* For what has other maps than the programs that are to come. */
void lookup_drop_all(void);

void lookup_attach(int jails, const struct net *net);
void lookup_detach(void);

/* ---- lsm.c ---- */

/* Ends the program when there are jails, and the LSM programs are in force. */
void lsm_check_unused(int jails);

/* They are in force from here on, where the kernel asks them. */
void lsm_attach(int jails);
void lsm_detach(int jails);

#endif
