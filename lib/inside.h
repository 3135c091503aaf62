/* SPDX-License-Identifier: BSD-2-Clause */
/* Between the builder's fork and the warden: the descriptors it is given. */
#ifndef INSIDE_H
#define INSIDE_H

enum {
	WARDEN_REPORT = 3, /* setup pipe: one struct jerr */
	WARDEN_USERNS, /* closed where the jail has none of its own */
	WARDEN_CGROUPNS,
	WARDEN_DIR, /* the jail's cgroup */
	WARDEN_EVENTS, /* payload/cgroup.events */
	WARDEN_FILE, /* what it was exec'd from */
	WARDEN_FDS
};

/* Flags in argv[1], as letters: the namespaces of the jail's own. */
#define WARDEN_OWN_USER 'U'
#define WARDEN_OWN_UTS 'u'
#define WARDEN_OWN_IPC 'i'
#define WARDEN_OWN_NET 'n'

#endif
