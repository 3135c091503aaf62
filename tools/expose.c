/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Can unprivileged users of the host reach a jail's files?  What the jail's
 * root makes is root's on disk: a setuid program planted in the jail would be
 * root's for any host user who can run it there.
 */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "job.h"

/* Every directory on the way may be passed by others. */
static bool
is_reachable(const char *path)
{
	char part[4096];
	struct stat st;
	const char *p = path;

	do {
		p += strspn(p, "/");
		p += strcspn(p, "/");
		(void)snprintf(
		    part, sizeof(part), "%.*s", (int)(p - path), path);
		if (stat(part, &st) < 0 || (st.st_mode & S_IXOTH) == 0)
			return false;
	} while (p[strspn(p, "/")] != '\0');
	return true;
}

void
expose_warn(const struct job *j, const char *path)
{
	if (path == NULL || !is_reachable(path))
		return;
	job_note(j, 1,
	    "warning: path %s can be reached by every user of this host: a "
	    "setuid program or one with file capabilities made in the jail "
	    "would be root's for them; make a directory above it private "
	    "(chmod 700)",
	    path);
}
