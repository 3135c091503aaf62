/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The jail calls and their constants, with FreeBSD's names and values, so
 * that a program written for FreeBSD compiles unchanged.  On Linux they are
 * functions of libjail, not system calls.
 */
#ifndef SYS_JAIL_H
#define SYS_JAIL_H

#include <sys/types.h>
#include <sys/uio.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

/* Flags of jail_set() and jail_get(). */
#define JAIL_CREATE 0x01 /* create the jail if it does not exist */
#define JAIL_UPDATE 0x02 /* change the parameters of a running jail */
#define JAIL_ATTACH 0x04 /* attach the caller afterwards */
#define JAIL_DYING 0x08 /* get: include dying jails; set: no effect */
#define JAIL_USE_DESC 0x10 /* the "desc" parameter names the jail */
#define JAIL_AT_DESC 0x20 /* names are relative to that jail */
#define JAIL_GET_DESC 0x40 /* return a descriptor in "desc" */
#define JAIL_OWN_DESC 0x80 /* closing the descriptor removes the jail */

/* Values of "jailsys" parameters (host, ip4, ip6, vnet, sysvmsg...). */
#define JAIL_SYS_DISABLE 0
#define JAIL_SYS_NEW 1
#define JAIL_SYS_INHERIT 2

#define JAIL_MAX 999999 /* the highest jid that is handed out */
#define HOSTUUIDLEN 64
#define OSRELEASELEN 32
#ifndef MAXHOSTNAMELEN
#define MAXHOSTNAMELEN 256
#endif

/*
 * Create or change a jail.  iov holds niov/2 pairs: a NUL-terminated name,
 * then its value (booleans: no value, or an int).  A pair named "errmsg"
 * receives the text of an error.  Returns the jid, or -1 with errno: EPERM,
 * EFAULT, EINVAL, EEXIST, ENOENT, ENAMETOOLONG, EAGAIN, EADDRINUSE, EFBIG,
 * ENOTSUP (a value that this version cannot enforce).
 */
int jail_set(struct iovec *iov, unsigned int niov, int flags);

/*
 * Read parameters.  The jail is chosen by a "lastjid", "jid" or "name" pair;
 * the other pairs are filled in.  Returns the jid, or -1 with errno.
 */
int jail_get(struct iovec *iov, unsigned int niov, int flags);

/*
 * Move the calling process into the jail, for good.  The process must have
 * one thread.  Linux: the pid namespace is that of its *children*; fork
 * before running anything that looks at processes.  Returns 0, or -1 with
 * errno: EINVAL no such or a dying jail; EPERM; ENOMEM.
 */
int jail_attach(int jid);

/*
 * Kill every process of the jail and remove it.  Returns 0, or -1 with
 * errno: EINVAL no such jail; EPERM.
 */
int jail_remove(int jid);

/* The same by jail descriptor.  Linux: always -1, ENOSYS. */
int jail_attach_jd(int fd);
int jail_remove_jd(int fd);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif

#endif
