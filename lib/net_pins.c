/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Links of sk_lookup programs are pinned, one for each network namespace that
 * jails were started in.  The kernel does not unpin that of a namespace which
 * has gone.
 */
#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include "bpf.h"
#include "cleanup.h"
#include "net.h"

#define PINS "/sys/fs/bpf/jail"

void
net_pins_clear(void)
{
	DIR *d = opendir(PINS);
	struct dirent *de;

	while (d != NULL && (de = readdir(d)) != NULL) {
		if (de->d_name[0] != '.' &&
		    bpf_is_defunct(dirfd(d), de->d_name))
			(void)unlinkat(dirfd(d), de->d_name, 0); /* or gone */
	}
	if (d != NULL)
		(void)closedir(d);
}
