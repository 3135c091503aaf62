/* SPDX-License-Identifier: BSD-2-Clause */
/* The observer's parts: attempts by name, and what it shows. */
#ifndef PROBE_H
#define PROBE_H

#define nitems(a) (sizeof(a) / sizeof((a)[0]))

struct probe_row {
	const char *name;
	int (*try)(const char *arg); /* NULL without one; 0 or -errno */
};

/* Each ends with a row without a name. */
extern const struct probe_row system_rows[];
extern const struct probe_row space_rows[];
extern const struct probe_row process_rows[];

/* Print what is called name: 1, or 0 if nothing is. */
int probe_show(const char *name);

/* The result of a system call: 0 or -errno. */
int done(long r);

/* The same of one that gives a descriptor, which is closed. */
int opened(long fd);

#endif
