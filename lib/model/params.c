/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The parameter table.
 *
 * Rows of JAILX_LATER are known and shown, but only their default can be
 * enforced yet: any other value is refused, never silently dropped.
 */
#include <assert.h>
#include <limits.h>
#include <string.h>

#include "cleanup.h"
#include "params.h"

#define PS JAILX_PSEUDO
#define HID JAILX_HIDDEN
#define C JAILX_CREATE
#define RO JAILX_RDONLY
#define LATER JAILX_LATER
#define NODEF JAILX_NODEF

#define BOOL(d) .type = JAILX_BOOL, .def = (d)
#define INT(lo, hi, d) .type = JAILX_INT, .min = (lo), .max = (hi), .def = (d)
#define STR(size) .type = JAILX_STRING, .max = (size)
#define SYS(d) .type = JAILX_JAILSYS, .def = (d)
#define LIST .type = JAILX_LIST

#define ALLOW(id, text, d, fl, what)                                           \
	[P_ALLOW_##id] = {                                                     \
		.name = "allow." text, BOOL(d), .flags = (fl), .desc = (what)  \
	}
#define MOUNT(id, text)                                                        \
	ALLOW(MOUNT_##id, "mount." text, "false", LATER,                       \
	    "mount " text " from inside")
#define HOOK(id, text, what)                                                   \
	[P_EXEC_##id] = {                                                      \
		.name = "exec." text, LIST, .flags = PS | HID, .desc = (what)  \
	}

static const struct jailx_param table[] = {
	[P_CHILDREN_CUR] = { .name = "children.cur",
	    INT(0, INT_MAX, "0"),
	    .flags = RO,
	    .desc = "number of child jails" },
	[P_CHILDREN_MAX] = { .name = "children.max",
	    INT(0, 999999, "0"),
	    .desc = "how many child jails it may have" },
	[P_CPUSET_ID] = { .name = "cpuset.id",
	    INT(0, INT_MAX, NULL),
	    .flags = RO | NODEF,
	    .desc = "cpuset of the jail: its jid" },
	[P_DEVFS_RULESET] = { .name = "devfs_ruleset",
	    INT(0, 65535, "0"),
	    .desc = "device ruleset of mount.devfs (0: ruleset 4)" },
	[P_DYING] = { .name = "dying",
	    BOOL("false"),
	    .flags = RO,
	    .desc = "is being removed" },
	[P_ENFORCE_STATFS] = { .name = "enforce_statfs",
	    INT(0, 2, "2"),
	    .desc = "which mounts the jail sees" },
	[P_ENV] = { .name = "env",
	    .type = JAILX_KEYVALUE,
	    .max = 4096,
	    .flags = HID,
	    .desc = "text for the jail's own use" },
	[P_HOST] = { .name = "host",
	    SYS("new"),
	    .desc = "own hostname and domainname" },
	[P_HOST_DOMAINNAME] = { .name = "host.domainname",
	    STR(256),
	    .desc = "NIS domain name" },
	[P_HOST_HOSTID] = { .name = "host.hostid",
	    .type = JAILX_ULONG,
	    .def = "0",
	    .desc = "numeric host id" },
	[P_HOST_HOSTNAME] = { .name = "host.hostname",
	    STR(256),
	    .desc = "host name" },
	[P_HOST_HOSTUUID] = { .name = "host.hostuuid",
	    STR(64),
	    .def = "00000000-0000-0000-0000-000000000000",
	    .desc = "host UUID" },
	[P_IP4] = { .name = "ip4",
	    SYS("disable"),
	    .flags = C,
	    .desc = "use of IPv4" },
	[P_IP4_ADDR] = { .name = "ip4.addr",
	    .type = JAILX_IP4,
	    .desc = "IPv4 addresses" },
	[P_IP4_HOSTPORTS] = { .name = "ip4.hostports",
	    LIST,
	    .desc = "UDP ports it may have although the host has (Linux)" },
	[P_IP4_SADDRSEL] = { .name = "ip4.saddrsel",
	    BOOL("true"),
	    .desc = "choose the source address" },
	[P_IP6] = { .name = "ip6",
	    SYS("disable"),
	    .flags = C,
	    .desc = "use of IPv6" },
	[P_IP6_ADDR] = { .name = "ip6.addr",
	    .type = JAILX_IP6,
	    .desc = "IPv6 addresses" },
	[P_IP6_SADDRSEL] = { .name = "ip6.saddrsel",
	    BOOL("true"),
	    .desc = "choose the source address" },
	[P_JID] = { .name = "jid",
	    INT(0, INT_MAX, NULL),
	    .flags = C | NODEF,
	    .desc = "number of the jail" },
	[P_META] = { .name = "meta",
	    .type = JAILX_KEYVALUE,
	    .max = 4096,
	    .flags = HID,
	    .desc = "text for the administrator's use" },
	[P_NAME] = { .name = "name",
	    STR(256),
	    .flags = NODEF,
	    .desc = "name of the jail" },
	[P_OSRELDATE] = { .name = "osreldate",
	    INT(1, INT_MAX, NULL),
	    .flags = C | NODEF,
	    .desc = "release date reported" },
	[P_OSRELEASE] = { .name = "osrelease",
	    STR(32),
	    .flags = C | NODEF,
	    .desc = "release name reported" },
	[P_PARENT] = { .name = "parent",
	    INT(0, INT_MAX, "0"),
	    .flags = RO,
	    .desc = "jid of the parent jail" },
	[P_PATH] = { .name = "path",
	    STR(1024),
	    .flags = C,
	    .def = "/",
	    .desc = "root directory of the jail" },
	[P_PERSIST] = { .name = "persist",
	    BOOL("false"),
	    .desc = "exists without processes" },
	[P_SECURELEVEL] = { .name = "securelevel",
	    INT(-1, 3, "-1"),
	    .desc = "may only rise" },
	[P_SYSVMSG] = { .name = "sysvmsg",
	    SYS("disable"),
	    .flags = C,
	    .desc = "System V message queues" },
	[P_SYSVSEM] = { .name = "sysvsem",
	    SYS("disable"),
	    .flags = C,
	    .desc = "System V semaphores" },
	[P_SYSVSHM] = { .name = "sysvshm",
	    SYS("disable"),
	    .flags = C,
	    .desc = "System V shared memory" },
	[P_UNIX_PRIVATE] = { .name = "unix.private",
	    BOOL("false"),
	    .flags = C,
	    .desc = "abstract unix sockets of its own (Linux)" },
	[P_USERNS] = { .name = "userns",
	    SYS("new"),
	    .flags = C,
	    .desc = "own user ids (Linux)" },
	[P_VNET] = { .name = "vnet",
	    SYS("inherit"),
	    .flags = C,
	    .desc = "own network stack" },

	ALLOW(ADJTIME, "adjtime", "false", LATER, "steer the clock slowly"),
	ALLOW(CHFLAGS, "chflags", "false", 0, "change system file flags"),
	ALLOW(EXTATTR, "extattr", "false", LATER, "system extended attributes"),
	ALLOW(MLOCK, "mlock", "false", 0, "lock memory without limit"),
	ALLOW(MOUNT, "mount", "false", LATER, "mount file systems"),
	MOUNT(DEVFS, "devfs"),
	MOUNT(FDESCFS, "fdescfs"),
	MOUNT(FUSEFS, "fusefs"),
	MOUNT(LINPROCFS, "linprocfs"),
	MOUNT(LINSYSFS, "linsysfs"),
	MOUNT(NULLFS, "nullfs"),
	MOUNT(PROCFS, "procfs"),
	MOUNT(TMPFS, "tmpfs"),
	MOUNT(ZFS, "zfs"),
	ALLOW(NFSD, "nfsd", "false", LATER, "run an NFS server"),
	ALLOW(QUOTAS, "quotas", "false", LATER, "administer quotas"),
	ALLOW(RAW_SOCKETS, "raw_sockets", "false", 0, "raw sockets"),
	ALLOW(READ_MSGBUF, "read_msgbuf", "false", 0, "read kernel messages"),
	ALLOW(RESERVED_PORTS, "reserved_ports", "true", 0,
	    "bind ports below 1024"),
	ALLOW(ROUTING, "routing", "false", LATER, "change the routing table"),
	ALLOW(SET_HOSTNAME, "set_hostname", "true", 0, "set its host name"),
	ALLOW(SETAUDIT, "setaudit", "false", LATER, "audit session state"),
	ALLOW(SETTIME, "settime", "false", LATER, "set the clock"),
	ALLOW(SOCKET_AF, "socket_af", "false", 0, "other socket families"),
	ALLOW(SUSER, "suser", "true", 0, "root has privileges inside"),
	ALLOW(SYSVIPC, "sysvipc", "false", C, "share all System V IPC"),
	ALLOW(UNPRIVILEGED_PARENT_TAMPERING, "unprivileged_parent_tampering",
	    "false", LATER, "the parent's users may signal and debug"),
	ALLOW(UNPRIVILEGED_PROC_DEBUG, "unprivileged_proc_debug", "true", LATER,
	    "unprivileged debugging"),
	ALLOW(VMM, "vmm", "false", LATER, "virtual machines"),
	ALLOW(VMM_PPT, "vmm_ppt", "false", LATER, "pass-through devices"),

	[P_ALLOW_DYING] = { .name = "allow.dying",
	    BOOL("false"),
	    .flags = PS,
	    .desc = "deprecated, without effect" },
	[P_COMMAND] = { .name = "command",
	    LIST,
	    .flags = PS,
	    .desc = "program to run in the jail" },
	[P_DEPEND] = { .name = "depend",
	    LIST,
	    .flags = PS,
	    .desc = "jails to start first" },
	[P_EXEC_CLEAN] = { .name = "exec.clean",
	    BOOL("false"),
	    .flags = PS | HID,
	    .desc = "clean environment" },
	[P_EXEC_CONSOLELOG] = { .name = "exec.consolelog",
	    STR(4096),
	    .flags = PS | HID,
	    .desc = "file for the output" },
	HOOK(CREATED, "created", "host: right after creation"),
	[P_EXEC_FIB] = { .name = "exec.fib",
	    INT(0, 65535, "0"),
	    .flags = PS | HID | C,
	    .desc = "mark of sockets, for a routing table" },
	[P_EXEC_JAIL_USER] = { .name = "exec.jail_user",
	    STR(256),
	    .flags = PS | HID,
	    .desc = "user of commands in the jail" },
	HOOK(POSTSTART, "poststart", "host: after exec.start, command"),
	HOOK(POSTSTOP, "poststop", "host: after removal"),
	HOOK(PREPARE, "prepare", "host: before all else"),
	HOOK(PRESTART, "prestart", "host: before creation"),
	HOOK(PRESTOP, "prestop", "host: before removal"),
	HOOK(RELEASE, "release", "host: last of all"),
	HOOK(START, "start", "in the jail: start it"),
	HOOK(STOP, "stop", "in the jail: stop it"),
	[P_EXEC_SYSTEM_JAIL_USER] = { .name = "exec.system_jail_user",
	    BOOL("false"),
	    .flags = PS | HID,
	    .desc = "look exec.jail_user up on the host" },
	[P_EXEC_SYSTEM_USER] = { .name = "exec.system_user",
	    STR(256),
	    .flags = PS | HID,
	    .desc = "user of commands on the host" },
	[P_EXEC_TIMEOUT] = { .name = "exec.timeout",
	    INT(0, INT_MAX, "0"),
	    .flags = PS | HID,
	    .desc = "seconds a command may take" },
	[P_INTERFACE] = { .name = "interface",
	    STR(256),
	    .flags = PS | HID,
	    .desc = "interface of the addresses" },
	[P_IP_HOSTNAME] = { .name = "ip_hostname",
	    BOOL("false"),
	    .flags = PS | HID,
	    .desc = "addresses by host.hostname" },
	[P_MOUNT] = { .name = "mount",
	    LIST,
	    .flags = PS | HID | C,
	    .desc = "fstab line to mount" },
	[P_MOUNT_DEVFS] = { .name = "mount.devfs",
	    BOOL("false"),
	    .flags = PS | HID | C,
	    .desc = "mount devfs on /dev" },
	[P_MOUNT_FDESCFS] = { .name = "mount.fdescfs",
	    BOOL("false"),
	    .flags = PS | HID | C,
	    .desc = "mount fdescfs on /dev/fd" },
	[P_MOUNT_FSTAB] = { .name = "mount.fstab",
	    LIST,
	    .flags = PS | HID | C,
	    .desc = "file of fstab lines" },
	[P_MOUNT_PROCFS] = { .name = "mount.procfs",
	    BOOL("false"),
	    .flags = PS | HID | C,
	    .desc = "mount procfs on /proc" },
	[P_STOP_TIMEOUT] = { .name = "stop.timeout",
	    INT(0, INT_MAX, "10"),
	    .flags = PS | HID,
	    .desc = "seconds of grace after SIGTERM" },
	[P_THIN] = { .name = "thin",
	    BOOL("false"),
	    .flags = PS | HID | C,
	    .desc = "supply what the command needs (Linux)" },
	[P_THIN_FILES] = { .name = "thin.files",
	    LIST,
	    .flags = PS | HID | C,
	    .desc = "more files for thin (Linux)" },
	[P_VNET_ADDR] = { .name = "vnet.addr",
	    LIST,
	    .flags = PS | HID | C,
	    .desc = "addresses of vnet.bridge's interface (Linux)" },
	[P_VNET_BRIDGE] = { .name = "vnet.bridge",
	    STR(16),
	    .flags = PS | HID | C,
	    .desc = "bridge to be connected to (Linux)" },
	[P_VNET_GATEWAY] = { .name = "vnet.gateway",
	    LIST,
	    .flags = PS | HID | C,
	    .desc = "default route of vnet.bridge (Linux)" },
	[P_VNET_INTERFACE] = { .name = "vnet.interface",
	    LIST,
	    .flags = PS | HID | C,
	    .desc = "interfaces to move in" },
	[P_ZFS_DATASET] = { .name = "zfs.dataset",
	    LIST,
	    .flags = PS | HID | LATER,
	    .desc = "datasets to attach" },
};
static_assert(nitems(table) == P_COUNT, "a row for each parameter");

const struct jailx_param *
param(enum param_id id)
{
	return &table[id];
}

/* Is this the "no" form of the boolean p: allow.nomount, nopersist? */
static bool
is_no_form(const struct jailx_param *p, const char *name)
{
	const char *dot = strrchr(p->name, '.');
	size_t head = dot != NULL ? (size_t)(dot + 1 - p->name) : 0;

	return p->type == JAILX_BOOL && strncmp(name, p->name, head) == 0 &&
	       strncmp(name + head, "no", 2) == 0 &&
	       strcmp(name + head + 2, p->name + head) == 0;
}

/* Is this a key of the parameter p: meta.KEY? */
static bool
is_key_of(const struct jailx_param *p, const char *name)
{
	size_t len = strlen(p->name);

	return p->type == JAILX_KEYVALUE && strncmp(name, p->name, len) == 0 &&
	       name[len] == '.' && name[len + 1] != '\0';
}

enum param_id
param_find(const char *name, bool *ret_no)
{
	enum param_id id;
	bool no = false;

	for (id = 0; id < P_COUNT; id++) {
		if (strcmp(name, table[id].name) == 0 ||
		    is_key_of(&table[id], name))
			break;
		if ((no = is_no_form(&table[id], name)))
			break;
	}
	if (id < P_COUNT && ret_no != NULL)
		*ret_no = no;
	return id;
}

enum param_id
param_exact(const char *name, enum param_id from)
{
	unsigned int i, id;

	for (i = 0; i < P_COUNT; i++) {
		id = (from + i) % P_COUNT;
		if (strcmp(name, table[id].name) == 0)
			return (enum param_id)id;
	}
	return P_COUNT;
}

const struct jailx_param *
jailx_param_find(const char *name, bool *ret_no)
{
	enum param_id id = param_find(name, ret_no);

	return id == P_COUNT ? NULL : &table[id];
}

const struct jailx_param *
jailx_param_next(const struct jailx_param *p)
{
	if (p == NULL)
		return table;
	return p + 1 < table + P_COUNT ? p + 1 : NULL;
}

#define NAME_MAX_LEN 64 /* longer words are no mistyped names */

/* Edit distance of two short words (Levenshtein's). */
static unsigned int
distance(const char *a, const char *b)
{
	unsigned int row[NAME_MAX_LEN + 1], i, j, diag, up;
	size_t la = strlen(a), lb = strlen(b);

	if (la > NAME_MAX_LEN || lb > NAME_MAX_LEN)
		return UINT_MAX;
	for (j = 0; j <= lb; j++)
		row[j] = j;
	for (i = 1; i <= la; i++) {
		diag = row[0];
		row[0] = i;
		for (j = 1; j <= lb; j++) {
			up = row[j];
			row[j] = diag + (a[i - 1] != b[j - 1]);
			if (row[j] > up + 1)
				row[j] = up + 1;
			if (row[j] > row[j - 1] + 1)
				row[j] = row[j - 1] + 1;
			diag = up;
		}
	}
	return row[lb];
}

const char *
jailx_param_suggest(const char *name)
{
	const char *best = NULL;
	unsigned int d, least = 3; /* two slips of the finger at most */
	size_t i;

	for (i = 0; i < P_COUNT; i++) {
		d = distance(name, table[i].name);
		if (d < least) {
			least = d;
			best = table[i].name;
		}
	}
	return best;
}
