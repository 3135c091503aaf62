/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A jail being built.  create.c fills it stage by stage (stages.c); what
 * must happen in the jail's own mount namespace is done by its first
 * process, a fork of the builder (inside.c), before it becomes the warden.
 */
#ifndef BUILD_H
#define BUILD_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "core.h"
#include "fstab.h"
#include "ns.h"
#include "thin_plan.h"

struct jerr;

/* A mount that the parameters ask for, in their order. */
struct build_mount {
	struct fstab_entry fs;
	const char *who; /* the parameter, for messages */
	const char *name; /* the target as the jail names it */
	bool is_file; /* the source is a file */
};

struct build {
	struct record rec;
	struct jail jail;
	struct jail above; /* its parent; dir -1: it has none */
	char *name; /* in full, NULL: none; the record has the last part */
	int lock; /* the jail's */
	int payload; /* cgroup */
	int start_lock; /* -1: nobody holds it up */
	bool held;
	char *real; /* path, canonical */
	int path; /* O_PATH on the host */
	int proc; /* a procfs of our own */
	int userns; /* -1: the host's */
	int cgroupns;
	struct ns_helper helper; /* which made them */
	struct build_mount *mounts;
	size_t nmounts;
	struct thin_plan thin;
	pid_t warden;
	int stacks; /* pidfd of the parent's warden, or -1 */
	int report[2]; /* setup pipe */
	int root; /* inside: the new root mount */
	bool is_bare; /* inside: nothing is mounted below path */
	struct buf *notes; /* for the user; shared by builder and inside */
};

/* ---- create.c ---- */

#define BUILD_INIT                                                             \
	{                                                                      \
		.jail = JAIL_INIT, .above = JAIL_INIT, .lock = -1,             \
		.payload = -1, .stacks = -1, .start_lock = -1, .path = -1,     \
		.proc = -1, .userns = -1, .cgroupns = -1,                      \
		.report = { -1, -1 }, .root = -1,                              \
	}

void build_done(struct build *b);

/* Complete and check a new jail's parameters. */
int build_prepare(struct build *b, bool held, struct jerr *e);

/* What the jail is called, in messages and titles. */
const char *build_name(const struct build *b);

/* ---- stages.c ---- */

/*
 * Run every stage; when one fails, undo those before it, last first.
 */
int stages_setup(struct build *b, struct jerr *e);

/*
 * Undo all stages of a jail, last first.  -EBUSY when a process entered
 * meanwhile: to be tried again.
 */
int stages_undo(const struct jail *j, struct jerr *e);

/* ---- check.c ---- */

/* The first stage: path is there and is a directory. */
int check_path(struct build *b, struct jerr *e);

/* ---- inside.c ---- */

/*
 * The first process of the jail, as ns_vfork() runs it with the struct
 * build, which it leaves as it is: ends in the warden or in a report.
 */
void inside_run(void *build);

/* ---- mount_lines.c ---- */

/* Read and check mount and mount.fstab. */
int mounts_read(struct build *b, struct jerr *e);
void mounts_done(struct build *b);

/* ---- mount.c ---- */

/* May what fd lies on be given to a jail? */
int mount_check_source(
    int fd, const char *who, const char *name, struct jerr *e);

/* Can it be mounted: its type and options? */
int mount_check(const struct build_mount *m, struct jerr *e);

/* Can a directory, or a file, be mounted on target? */
int mount_check_kind(
    bool is_dir, int target, const char *who, const char *name, struct jerr *e);

/*
 * Attach the root: not on the host's root, where something that covers it
 * later would leave the host's in sight, but where no source of a mount lies.
 */
int mount_place_root(const struct build *b, struct jerr *e);

/* Make the root file system and attach it. */
int mount_root(struct build *b, struct jerr *e);

/* Carry in what is mounted below path on the host. */
int mount_carried(struct build *b, struct jerr *e);

/* The mounts of the parameters. */
int mount_all(struct build *b, struct jerr *e);

/*
 * A clone of a host file or directory below dirfd, idmapped where the jail
 * has ids of its own, without devices, with attr (MOUNT_ATTR_*) added.  who
 * and name are for messages.
 */
int mount_idmapped(const struct build *b, int dirfd, const char *path,
    unsigned int attr, const char *who, const char *name, struct jerr *e);

/*
 * The target in the jail, no link followed: an O_PATH descriptor.  name is
 * said in messages as the host names it.
 */
int mount_target(
    const struct build *b, const char *who, const char *name, struct jerr *e);

/* A tmpfs of the jail's root user, with more options (leading comma). */
int mount_tmpfs(const struct build *b, const char *options, unsigned int attr);

/* ---- dev.c: attr (MOUNT_ATTR_*) is added ---- */

int mount_devfs(const struct build *b, unsigned int attr, const char *who,
    const char *name, struct jerr *e);
int mount_procfs(const struct build *b, unsigned int attr, const char *who,
    const char *name, struct jerr *e);
int mount_fdescfs(const struct build *b, unsigned int attr, const char *who,
    const char *name, struct jerr *e);

/* ---- thin.c ---- */

/* Find what the jail's commands need. */
int thin_prepare(struct build *b, struct jerr *e);

/*
 * Make the root of a thin jail out of path, the plan and the targets of
 * mounts: a detached or attached mount in b->root, attached.
 */
int thin_root(struct build *b, struct jerr *e);

#endif
