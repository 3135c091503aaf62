/* SPDX-License-Identifier: BSD-2-Clause */
/* The network namespace of a jail, by whoever holds it. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "after.h"
#include "cg.h"
#include "cleanup.h"
#include "core.h"
#include "jerr.h"
#include "ns.h"
#include "uapi.h"
#include "vnet.h"

int
vnet_of_process(int proc, int pid)
{
	char name[32];
	int fd;

	(void)snprintf(name, sizeof(name), "%d/ns/net", pid);
	fd = openat(proc, name, O_RDONLY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

/* Numbers of namespaces that have gone are given to others. */
static bool
is_it(int fd, const struct netns_id *id)
{
	struct netns_id now;

	return netns_id_of(fd, &now) == 0 && now.cookie == id->cookie;
}

static int
of_warden(int proc, const struct jail *j, const struct netns_id *id)
{
	auto_close int pidfd = -1, fd = -1;
	pid_t pid;

	if (jail_warden(j, &pid, &pidfd) < 0 ||
	    (fd = vnet_of_process(proc, pid)) < 0 || !is_it(fd, id))
		return -ENOENT;
	return take_fd(&fd);
}

/* Among the descriptors of a keeper. */
static int
of_keeper(int proc, pid_t pid, const struct netns_id *id)
{
	char name[64], want[48], text[48];
	int found = -ENOENT, fd;
	struct dirent *d;
	DIR *dir;

	(void)snprintf(name, sizeof(name), "%d/fd", (int)pid);
	(void)snprintf(
	    want, sizeof(want), "net:[%llu]", (unsigned long long)id->inode);
	fd = openat(proc, name, O_DIRECTORY | O_RDONLY | O_CLOEXEC);
	if ((dir = fd >= 0 ? fdopendir(fd) : NULL) == NULL) {
		close_fd(fd);
		return -ENOENT;
	}
	while (found < 0 && (d = readdir(dir)) != NULL) {
		auto_close int ns = -1;
		ssize_t n = readlinkat(fd, d->d_name, text, sizeof(text) - 1);

		if (n < 0)
			continue;
		text[n] = '\0';
		if (strcmp(text, want) == 0 &&
		    (ns = openat(fd, d->d_name, O_RDONLY | O_CLOEXEC)) >= 0 &&
		    is_it(ns, id))
			found = take_fd(&ns);
	}
	(void)closedir(dir); /* only read */
	return found;
}

static int
of_keepers(int proc, int jails, const char *where, const struct netns_id *id)
{
	auto_close int dir = cg_open(jails, where);
	auto_free pid_t *pids = NULL;
	ssize_t i, n = dir >= 0 ? cg_procs(dir, &pids) : 0;
	int fd = -ENOENT;

	for (i = 0; fd < 0 && i < n; i++)
		fd = of_keeper(proc, pids[i], id);
	return fd;
}

int
vnet_find(const struct jail *j, const struct netns_id *id)
{
	static const char *const places[] = { "keeper", "after" };
	struct jerr e;
	auto_close int proc = ns_proc(), jails = jails_dir(false, &e);
	size_t i;
	int fd;

	if (proc < 0 || jails < 0)
		return -ENOENT;
	fd = of_warden(proc, j, id);
	for (i = 0; fd < 0 && i < nitems(places); i++)
		fd = of_keepers(proc, jails, places[i], id);
	return fd;
}
