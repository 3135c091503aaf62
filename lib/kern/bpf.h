/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The maps of BPF programs that are attached to a cgroup, without libbpf,
 * which is not there for a static program.  -errno on failure.
 */
#ifndef KERN_BPF_H
#define KERN_BPF_H

#include <linux/bpf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Open the maps of these names that are bound to the program called prog,
 * which is attached to the cgroup as its sock_create program.  -ENOENT: there
 * is no such program.  All of fds are opened, or none.
 */
int bpf_maps_open(
    int cgroup, const char *prog, const char *const *names, int *fds, size_t n);

/* Is a program of this name attached to the cgroup or network namespace? */
bool bpf_is_attached(int target, enum bpf_attach_type type, const char *name);

/* Is what is pinned there a link to a network namespace that has gone? */
bool bpf_is_defunct(int dirfd, const char *name);

/* Is the link with this id that of an LSM program, in force? */
bool bpf_is_lsm_link(uint32_t id);

/* -ENOENT: the key is not there. */
int bpf_map_get(int map, const void *key, void *ret);
int bpf_map_put(int map, const void *key, const void *value);
int bpf_map_del(int map, const void *key);

#endif
