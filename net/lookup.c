/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The sk_lookup program, one for each network namespace that jails are in.
 * Its link is pinned, or it would go with us; bpffs is mounted where nothing
 * is.  A pin whose namespace has gone is cleared away by the next one.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "load.h"

#define BPFFS_MAGIC 0xcafe4a11
#define PREFIX "lookup_" /* of its pins */
#define SOURCE "jail" /* of the mount, if it is ours */

static bool
is_bpffs(void)
{
	struct statfs fs;

	return statfs(BPFFS, &fs) == 0 && fs.f_type == BPFFS_MAGIC;
}

void
pins_make(void)
{
	if (!is_bpffs() &&
	    mount(SOURCE, BPFFS, "bpf", MS_NOSUID | MS_NODEV | MS_NOEXEC,
		"mode=0700") < 0)
		die(errno, "mounting bpffs on " BPFFS);
	if (mkdir(PINS, 0700) < 0 && errno != EEXIST)
		die(errno, PINS);
}

/* Has the namespace of the link gone? */
static bool
is_defunct(int link)
{
	struct bpf_link_info info = { 0 };
	uint32_t len = sizeof(info);

	return bpf_obj_get_info_by_fd(link, &info, &len) == 0 &&
	       info.type == BPF_LINK_TYPE_NETNS && info.netns.netns_ino == 0;
}

/* Unpin the links that serve nobody, or all. */
static void
clear_pins(bool all)
{
	DIR *d = opendir(PINS);
	struct dirent *de;
	char path[PATH_MAX];
	int link;

	while (d != NULL && (de = readdir(d)) != NULL) {
		if (strncmp(de->d_name, PREFIX, strlen(PREFIX)) != 0)
			continue;
		(void)snprintf(path, sizeof(path), PINS "/%s", de->d_name);
		link = bpf_obj_get(path);
		if (all || (link >= 0 && is_defunct(link)))
			(void)unlink(path);
		if (link >= 0)
			(void)close(link);
	}
	if (d != NULL)
		(void)closedir(d);
}

static struct bpf_program *
lookup_program(struct bpf_object *obj)
{
	struct bpf_program *prog =
	    bpf_object__find_program_by_name(obj, "jail_lookup");

	if (prog == NULL)
		die(0, "the BPF object has no program jail_lookup");
	return prog;
}

void
lookup_drop_all(void)
{
	clear_pins(true);
}

void
lookup_attach(int jails, const struct net *net)
{
	struct net_config config = { .net = net->cookie };
	struct bpf_object *obj = programs_load(jails, &config, true);
	int prog = bpf_program__fd(lookup_program(obj)), link;
	char path[PATH_MAX];

	pins_make();
	clear_pins(false);
	(void)snprintf(
	    path, sizeof(path), PINS "/" PREFIX "%" PRIu64, net->cookie);
	if ((link = bpf_obj_get(path)) >= 0) {
		if (bpf_link_update(link, prog, NULL) < 0)
			die(errno, "replacing %s", path);
	} else {
		link = bpf_link_create(prog, net->fd, BPF_SK_LOOKUP, NULL);
		if (link < 0)
			die(errno, "sk_lookup in this network namespace");
		if (bpf_obj_pin(link, path) < 0)
			die(errno, "%s", path);
	}
	(void)close(link);
	bpf_object__close(obj);
}

/* Is what is mounted there our own mount? */
static bool
is_our_mount(void)
{
	char source[64], point[64], line[4096];
	FILE *f = fopen("/proc/self/mounts", "re");
	bool ours = false;

	while (f != NULL && fgets(line, sizeof(line), f) != NULL) {
		if (sscanf(line, "%63s %63s", source, point) == 2 &&
		    strcmp(point, BPFFS) == 0)
			ours = strcmp(source, SOURCE) == 0;
	}
	if (f != NULL)
		(void)fclose(f);
	return ours;
}

void
lookup_detach(void)
{
	if (!is_bpffs())
		return;
	clear_pins(true);
	if (rmdir(PINS) < 0 && errno != ENOENT)
		die(errno, PINS);
	if (is_our_mount())
		(void)umount(BPFFS); /* EBUSY: others use it by now */
}
