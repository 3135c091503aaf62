/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The parameter table: one row for each parameter that exists.  Pure.  The
 * public face is jailx_param_*().
 */
#ifndef MODEL_PARAMS_H
#define MODEL_PARAMS_H

#include <stdbool.h>

#include "jailx.h"

enum param_id {
	/* of the kernel: what jls shows */
	P_CHILDREN_CUR,
	P_CHILDREN_MAX,
	P_CPUSET_ID,
	P_DEVFS_RULESET,
	P_DYING,
	P_ENFORCE_STATFS,
	P_ENV,
	P_HOST,
	P_HOST_DOMAINNAME,
	P_HOST_HOSTID,
	P_HOST_HOSTNAME,
	P_HOST_HOSTUUID,
	P_IP4,
	P_IP4_ADDR,
	P_IP4_HOSTPORTS,
	P_IP4_SADDRSEL,
	P_IP6,
	P_IP6_ADDR,
	P_IP6_SADDRSEL,
	P_JID,
	P_META,
	P_NAME,
	P_OSRELDATE,
	P_OSRELEASE,
	P_PARENT,
	P_PATH,
	P_PERSIST,
	P_SECURELEVEL,
	P_SYSVMSG,
	P_SYSVSEM,
	P_SYSVSHM,
	P_USERNS,
	P_VNET,
	P_ALLOW_ADJTIME,
	P_ALLOW_CHFLAGS,
	P_ALLOW_EXTATTR,
	P_ALLOW_MLOCK,
	P_ALLOW_MOUNT,
	P_ALLOW_MOUNT_DEVFS,
	P_ALLOW_MOUNT_FDESCFS,
	P_ALLOW_MOUNT_FUSEFS,
	P_ALLOW_MOUNT_LINPROCFS,
	P_ALLOW_MOUNT_LINSYSFS,
	P_ALLOW_MOUNT_NULLFS,
	P_ALLOW_MOUNT_PROCFS,
	P_ALLOW_MOUNT_TMPFS,
	P_ALLOW_MOUNT_ZFS,
	P_ALLOW_NFSD,
	P_ALLOW_QUOTAS,
	P_ALLOW_RAW_SOCKETS,
	P_ALLOW_READ_MSGBUF,
	P_ALLOW_RESERVED_PORTS,
	P_ALLOW_ROUTING,
	P_ALLOW_SET_HOSTNAME,
	P_ALLOW_SETAUDIT,
	P_ALLOW_SETTIME,
	P_ALLOW_SOCKET_AF,
	P_ALLOW_SUSER,
	P_ALLOW_SYSVIPC,
	P_ALLOW_UNPRIVILEGED_PARENT_TAMPERING,
	P_ALLOW_UNPRIVILEGED_PROC_DEBUG,
	P_ALLOW_VMM,
	P_ALLOW_VMM_PPT,
	/* jail(8)'s own */
	P_ALLOW_DYING,
	P_COMMAND,
	P_DEPEND,
	P_EXEC_CLEAN,
	P_EXEC_CONSOLELOG,
	P_EXEC_CREATED,
	P_EXEC_FIB,
	P_EXEC_JAIL_USER,
	P_EXEC_POSTSTART,
	P_EXEC_POSTSTOP,
	P_EXEC_PREPARE,
	P_EXEC_PRESTART,
	P_EXEC_PRESTOP,
	P_EXEC_RELEASE,
	P_EXEC_START,
	P_EXEC_STOP,
	P_EXEC_SYSTEM_JAIL_USER,
	P_EXEC_SYSTEM_USER,
	P_EXEC_TIMEOUT,
	P_INTERFACE,
	P_IP_HOSTNAME,
	P_MOUNT,
	P_MOUNT_DEVFS,
	P_MOUNT_FDESCFS,
	P_MOUNT_FSTAB,
	P_MOUNT_PROCFS,
	P_STOP_TIMEOUT,
	P_THIN,
	P_THIN_FILES,
	P_VNET_INTERFACE,
	P_ZFS_DATASET,
	P_COUNT
};

/* The row of an id. */
const struct jailx_param *param(enum param_id id);

/* The id of a name, P_COUNT if there is none; as jailx_param_find(). */
enum param_id param_find(const char *name, bool *ret_no);

/*
 * The row of exactly this name, looked for from a place on and around: names
 * in the table's order cost one comparison each.
 */
enum param_id param_exact(const char *name, enum param_id from);

#endif
