/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The network stack of a vnet jail: the pair of interfaces that connects it to
 * a bridge of the host, and interfaces of the host that are in it meanwhile.
 *
 * The namespace ends with its last process or descriptor, and what is in it,
 * if it is virtual, with it.  So the keeper of a jail that has interfaces of
 * the host holds it too, and they are brought home before the jail's processes
 * are killed.
 */
#ifndef VNET_H
#define VNET_H

#include <stddef.h>

#include "netns.h"
#include "vnet_params.h"

struct build;
struct jail;
struct jerr;

/* ---- vnet_store.c: what is recorded, before it is done ---- */

struct vnet_iface {
	int home; /* its index where it comes from */
	int inside; /* in the jail */
	char name[VNET_IFNAME];
};

struct vnet_record {
	struct netns_id own, home; /* namespaces */
	char pair[VNET_IFNAME]; /* the host's end; empty: none */
	struct vnet_iface *iface;
	size_t n;
};

void vnet_record_done(struct vnet_record *rec);
#define auto_vnet __attribute__((cleanup(vnet_record_done)))

/* -ENOMEM */
int vnet_record_add(struct vnet_record *rec, const struct vnet_iface *iface);

/* -ENODATA: nothing is recorded; -EPROTO: by another version. */
int vnet_read(int dir, struct vnet_record *ret);
int vnet_write(int dir, const struct vnet_record *rec);
int vnet_drop(int dir);

/* ---- vnet_find.c: the namespace of a jail ---- */

/* That of a process: a descriptor. */
int vnet_of_process(int proc, int pid);

/* By the warden, or by the keeper where that has ended.  -ENOENT. */
int vnet_find(const struct jail *j, const struct netns_id *id);

/* ---- vnet.c ---- */

/* A stage of a build, and its undoing. */
int vnet_setup(struct build *b, struct jerr *e);
int vnet_undo(const struct jail *j, struct jerr *e);

#endif
