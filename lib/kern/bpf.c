/* SPDX-License-Identifier: BSD-2-Clause */
/* BPF maps by bpf(2). */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "bpf.h"
#include "cleanup.h"

#define IDS_MAX 64 /* programs of a cgroup, maps of a program */

static int
call(int cmd, union bpf_attr *attr)
{
	long r = syscall(SYS_bpf, cmd, attr, sizeof(*attr));

	return r < 0 ? -errno : (int)r;
}

static uint64_t
pointer(const void *p)
{
	return (uint64_t)(uintptr_t)p;
}

static int
get_info(int fd, void *info, uint32_t size)
{
	union bpf_attr attr = { 0 };

	attr.info.bpf_fd = (uint32_t)fd;
	attr.info.info_len = size;
	attr.info.info = pointer(info);
	return call(BPF_OBJ_GET_INFO_BY_FD, &attr);
}

static int
open_id(int cmd, uint32_t id)
{
	union bpf_attr attr = { 0 };

	attr.prog_id = id; /* of maps the same field */
	return call(cmd, &attr);
}

/* The ids of the maps that the program with this name uses. */
static int
maps_of(uint32_t prog, const char *name, uint32_t *ids)
{
	struct bpf_prog_info info = { 0 };
	auto_close int fd = open_id(BPF_PROG_GET_FD_BY_ID, prog);
	int r;

	if (fd < 0)
		return fd;
	info.nr_map_ids = IDS_MAX;
	info.map_ids = pointer(ids);
	if ((r = get_info(fd, &info, sizeof(info))) < 0)
		return r;
	if (strncmp(info.name, name, sizeof(info.name)) != 0)
		return -ENOENT;
	return info.nr_map_ids < IDS_MAX ? (int)info.nr_map_ids : IDS_MAX;
}

/* The program of this name among those attached; its maps, and how many. */
static int
find_program(
    int target, enum bpf_attach_type type, const char *name, uint32_t *ret_maps)
{
	union bpf_attr attr = { 0 };
	uint32_t progs[IDS_MAX], i;
	int r;

	attr.query.target_fd = (uint32_t)target;
	attr.query.attach_type = type;
	attr.query.prog_ids = pointer(progs);
	attr.query.prog_cnt = IDS_MAX;
	if ((r = call(BPF_PROG_QUERY, &attr)) < 0)
		return r;
	for (i = 0; i < attr.query.prog_cnt; i++) {
		if ((r = maps_of(progs[i], name, ret_maps)) != -ENOENT)
			return r;
	}
	return -ENOENT;
}

bool
bpf_is_attached(int target, enum bpf_attach_type type, const char *name)
{
	uint32_t ids[IDS_MAX];

	return find_program(target, type, name, ids) >= 0;
}

bool
bpf_is_defunct(int dirfd, const char *name)
{
	struct bpf_link_info info = { 0 };
	union bpf_attr attr = { 0 };
	auto_close int fd = -1;
	char path[300];

	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d/%s", dirfd, name);
	attr.pathname = pointer(path);
	fd = call(BPF_OBJ_GET, &attr);
	return fd >= 0 && get_info(fd, &info, sizeof(info)) == 0 &&
	       info.type == BPF_LINK_TYPE_NETNS && info.netns.netns_ino == 0;
}

bool
bpf_is_lsm_link(uint32_t id)
{
	struct bpf_link_info info = { 0 };
	auto_close int fd = open_id(BPF_LINK_GET_FD_BY_ID, id);

	return fd >= 0 && get_info(fd, &info, sizeof(info)) == 0 &&
	       info.type == BPF_LINK_TYPE_TRACING &&
	       info.tracing.attach_type == BPF_LSM_MAC;
}

static int
open_named(uint32_t id, const char *const *names, int *fds, size_t n)
{
	struct bpf_map_info info = { 0 };
	auto_close int fd = open_id(BPF_MAP_GET_FD_BY_ID, id);
	size_t i;
	int r;

	if (fd < 0)
		return fd;
	if ((r = get_info(fd, &info, sizeof(info))) < 0)
		return r;
	for (i = 0; i < n; i++) {
		if (fds[i] < 0 &&
		    strncmp(info.name, names[i], sizeof(info.name)) == 0) {
			fds[i] = take_fd(&fd);
			break;
		}
	}
	return 0;
}

int
bpf_maps_open(
    int cgroup, const char *prog, const char *const *names, int *fds, size_t n)
{
	uint32_t ids[IDS_MAX];
	int count =
		find_program(cgroup, BPF_CGROUP_INET_SOCK_CREATE, prog, ids),
	    i, r = 0;
	size_t k, found = 0;

	if (count < 0)
		return count;
	for (k = 0; k < n; k++)
		fds[k] = -1;
	for (i = 0; i < count && r == 0; i++)
		r = open_named(ids[i], names, fds, n);
	for (k = 0; k < n; k++)
		found += fds[k] >= 0;
	if (r == 0 && found == n)
		return 0;
	for (k = 0; k < n; k++)
		cleanup_close(&fds[k]);
	return r < 0 ? r : -ENOENT;
}

int
bpf_map_get(int map, const void *key, void *ret)
{
	union bpf_attr attr = { 0 };

	attr.map_fd = (uint32_t)map;
	attr.key = pointer(key);
	attr.value = pointer(ret);
	return call(BPF_MAP_LOOKUP_ELEM, &attr);
}

int
bpf_map_put(int map, const void *key, const void *value)
{
	union bpf_attr attr = { 0 };

	attr.map_fd = (uint32_t)map;
	attr.key = pointer(key);
	attr.value = pointer(value);
	attr.flags = BPF_ANY;
	return call(BPF_MAP_UPDATE_ELEM, &attr);
}

int
bpf_map_del(int map, const void *key)
{
	union bpf_attr attr = { 0 };

	attr.map_fd = (uint32_t)map;
	attr.key = pointer(key);
	return call(BPF_MAP_DELETE_ELEM, &attr);
}
