/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * libjail(3): jail parameters as text, with FreeBSD's interface.
 */
#ifndef JAIL_H
#define JAIL_H

#include <sys/types.h>
#include <sys/jail.h>

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

/* jp_flags */
#define JP_RAWVALUE 0x01 /* the value is the caller's buffer */
#define JP_BOOL 0x02 /* a boolean: name and "no" name exist */
#define JP_NOBOOL 0x04 /* the "no" form of a boolean */
#define JP_JAILSYS 0x08 /* disable, new or inherit */
#define JP_KEYVALUE 0x10 /* meta.KEY or env.KEY */

/*
 * jp_ctltype: a type, and how the parameter may be changed.  FreeBSD has
 * these in <sys/sysctl.h>.
 */
#ifndef CTLTYPE
#define CTLTYPE 0xf /* mask of the type */
#define CTLTYPE_NODE 1
#define CTLTYPE_INT 2
#define CTLTYPE_STRING 3
#define CTLTYPE_S64 4
#define CTLTYPE_OPAQUE 5
#define CTLTYPE_STRUCT CTLTYPE_OPAQUE
#define CTLTYPE_UINT 6
#define CTLTYPE_LONG 7
#define CTLTYPE_ULONG 8
#define CTLTYPE_U64 9
#define CTLFLAG_RD 0x80000000 /* RD alone: cannot be set */
#define CTLFLAG_WR 0x40000000
#define CTLFLAG_RW (CTLFLAG_RD | CTLFLAG_WR)
#define CTLFLAG_TUN 0x00080000 /* RD and TUN: at creation only */
#define CTLFLAG_RDTUN (CTLFLAG_RD | CTLFLAG_TUN)
#endif

struct jailparam {
	char *jp_name;
	void *jp_value;
	size_t jp_valuelen; /* bytes of the value */
	size_t jp_elemlen; /* bytes of an array's element, or 0 */
	int jp_ctltype; /* CTLTYPE_* and CTLFLAG_* */
	int jp_structtype; /* kind of a struct value, or -1 */
	unsigned int jp_flags;
};

#define JAIL_ERRMSGLEN 1024

/* Why the last call failed; never empty after a failure. */
extern char jail_errmsg[JAIL_ERRMSGLEN];

/* The jid of a name or of a jid in text; -1 and jail_errmsg if absent. */
int jail_getid(const char *name);

/* The name of a jid, to be freed by the caller; NULL if absent. */
char *jail_getname(int jid);

/* Name, value pairs of text, ended by NULL; returns the jid or -1. */
int jail_setv(int flags, ...);

/* Name, buffer pairs, ended by NULL.  The buffers are not bounded. */
int jail_getv(int flags, ...);

/* Every parameter there is, to be freed with jailparam_free() and free(). */
int jailparam_all(struct jailparam **jpp);

/* Prepare jp for a parameter: learns its type.  0 or -1 [ENOENT]. */
int jailparam_init(struct jailparam *jp, const char *name);

/* Give it a value as text, or as bytes.  0 or -1 [EINVAL]. */
int jailparam_import(struct jailparam *jp, const char *value);
int jailparam_import_raw(struct jailparam *jp, void *value, size_t valuelen);

/* Hand them to jail_set() or jail_get(); returns the jid or -1. */
int jailparam_set(struct jailparam *jp, unsigned int njp, int flags);
int jailparam_get(struct jailparam *jp, unsigned int njp, int flags);

/* The value as text, to be freed by the caller; NULL on error. */
char *jailparam_export(struct jailparam *jp);

/* Free what the elements hold, not the array. */
void jailparam_free(struct jailparam *jp, unsigned int njp);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif

#endif
