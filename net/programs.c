/* SPDX-License-Identifier: BSD-2-Clause */
/* The programs that are attached at jail/. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "load.h"
#include "net_build.h"

#define XA_BUILD "trusted.jail.bpf" /* ABI and hash of what is attached */
#define PREFIX "jail_" /* of all our programs and maps */
#define PROGS_MAX 64
#define INITIAL_CGROUP_NS 0xeffffffb /* PROC_CGROUP_INIT_INO of the kernel */
#define FILEID_KERNFS 0xfe /* a handle that is a cgroup's id */

/* The object file, as it was compiled. */
__asm__(".section .rodata\n"
	".balign 8\n"
	".globl bpf_object_begin\n"
	"bpf_object_begin:\n"
	".incbin \"" BPF_OBJECT "\"\n"
	".globl bpf_object_end\n"
	"bpf_object_end:\n"
	".previous\n");
extern const unsigned char bpf_object_begin[], bpf_object_end[];

void
net_open(struct net *ret)
{
	socklen_t len = sizeof(ret->cookie);
	int s = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	ret->fd = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	if (s < 0 || ret->fd < 0)
		die(errno, "network namespace");
	if (getsockopt(s, SOL_SOCKET, SO_NETNS_COOKIE, &ret->cookie, &len) < 0)
		die(errno, "cookie of the network namespace");
	(void)close(s);
}

/* How many names a path has. */
static uint32_t
depth_of(const char *path)
{
	uint32_t n = 0;

	for (; *path != '\0'; path++)
		n += path[0] == '/' && path[1] != '\0';
	return n;
}

/* In a cgroup namespace nobody can say how deep it lies in the real tree. */
static void
check_namespace(void)
{
	struct stat st;

	if (stat("/proc/self/ns/cgroup", &st) < 0)
		die(errno, "cgroup namespace");
	if (st.st_ino != INITIAL_CGROUP_NS)
		die(0, "jails with addresses cannot be made in a cgroup "
		       "namespace, as containers have it: make them on the "
		       "host");
}

/* The level of jail/ below the root of the tree: a mount can be of a part. */
static uint32_t
level_of(int jails)
{
	char link[32], path[PATH_MAX], root[PATH_MAX], point[PATH_MAX];
	char line[2 * PATH_MAX + 1024];
	uint32_t level = 0;
	size_t best = 0;
	ssize_t n;
	FILE *f;

	check_namespace();
	(void)snprintf(link, sizeof(link), "/proc/self/fd/%d", jails);
	if ((n = readlink(link, path, sizeof(path) - 1)) < 0)
		die(errno, "cgroup of the jails");
	path[n] = '\0';
	if ((f = fopen("/proc/self/mountinfo", "re")) == NULL)
		die(errno, "/proc/self/mountinfo");
	while (fgets(line, sizeof(line), f) != NULL) {
		size_t len;

		if (strstr(line, " - cgroup2 ") == NULL ||
		    sscanf(line, "%*s %*s %*s %4095s %4095s", root, point) != 2)
			continue;
		len = strlen(point);
		if (strncmp(path, point, len) == 0 && path[len] == '/' &&
		    len >= best) {
			best = len;
			level = depth_of(root) + depth_of(path + len);
		}
	}
	(void)fclose(f);
	if (best == 0)
		die(0, "cgroup2 is not mounted where %s is", path);
	return level;
}

/* ---- what is attached ---- */

static bool
is_ours(uint32_t id, struct bpf_prog_info *info)
{
	uint32_t len = sizeof(*info);
	int fd = bpf_prog_get_fd_by_id(id);
	bool is;

	if (fd < 0)
		return false;
	is = bpf_obj_get_info_by_fd(fd, info, &len) == 0 &&
	     strncmp(info->name, PREFIX, strlen(PREFIX)) == 0;
	(void)close(fd);
	return is;
}

uint32_t
program_attached(int jails, enum bpf_attach_type type)
{
	uint32_t ids[PROGS_MAX], n = PROGS_MAX, i;
	struct bpf_prog_info info;

	if (bpf_prog_query(jails, type, 0, NULL, ids, &n) < 0)
		return 0;
	for (i = 0; i < n; i++) {
		memset(&info, 0, sizeof(info));
		if (is_ours(ids[i], &info))
			return ids[i];
	}
	return 0;
}

/* ---- who needs them ---- */

/* Is there a cgroup of this id? */
static bool
is_cgroup(int jails, uint64_t id)
{
	union {
		struct file_handle handle;
		char room[sizeof(struct file_handle) + sizeof(id)];
	} u = { .handle = { sizeof(id), FILEID_KERNFS } };
	int fd;

	memcpy(u.handle.f_handle, &id, sizeof(id));
	if ((fd = open_by_handle_at(jails, &u.handle, O_PATH | O_CLOEXEC)) < 0)
		return errno != ESTALE && errno != ENOENT;
	(void)close(fd);
	return true;
}

/* The rows of jails that were killed with all that belongs to them do not
 * count. */
static bool
has_jails(int map, int jails)
{
	uint64_t id, *last = NULL;

	while (bpf_map_get_next_key(map, last, &id) == 0) {
		if (is_cgroup(jails, id))
			return true;
		last = &id;
	}
	return false;
}

/* Is a jail in the map that the program decides by? */
static bool
is_used(uint32_t prog, int jails)
{
	uint32_t ids[PROGS_MAX], len, i;
	struct bpf_prog_info info = {
		.nr_map_ids = PROGS_MAX,
		.map_ids = (uint64_t)(uintptr_t)ids,
	};
	int fd = bpf_prog_get_fd_by_id(prog);
	bool used = false;

	len = sizeof(info);
	if (fd < 0 || bpf_obj_get_info_by_fd(fd, &info, &len) < 0)
		return false;
	(void)close(fd);
	for (i = 0; i < info.nr_map_ids && i < PROGS_MAX; i++) {
		struct bpf_map_info mi = { 0 };

		len = sizeof(mi);
		fd = bpf_map_get_fd_by_id(ids[i]);
		if (fd >= 0 && bpf_obj_get_info_by_fd(fd, &mi, &len) == 0 &&
		    strcmp(mi.name, "jail_policy") == 0)
			used = has_jails(fd, jails);
		if (fd >= 0)
			(void)close(fd);
	}
	return used;
}

/* ---- maps ---- */

/* Have the map be the one of this name that the program uses. */
static void
reuse_from(struct bpf_object *obj, uint32_t prog)
{
	uint32_t ids[PROGS_MAX], len, i;
	struct bpf_prog_info info = {
		.nr_map_ids = PROGS_MAX,
		.map_ids = (uint64_t)(uintptr_t)ids,
	};
	int fd = bpf_prog_get_fd_by_id(prog);

	len = sizeof(info);
	if (fd < 0 || bpf_obj_get_info_by_fd(fd, &info, &len) < 0)
		die(errno, "maps of the BPF programs");
	(void)close(fd);
	for (i = 0; i < info.nr_map_ids && i < PROGS_MAX; i++) {
		struct bpf_map_info mi = { 0 };
		struct bpf_map *map;

		len = sizeof(mi);
		if ((fd = bpf_map_get_fd_by_id(ids[i])) < 0 ||
		    bpf_obj_get_info_by_fd(fd, &mi, &len) < 0)
			die(errno, "maps of the BPF programs");
		map = bpf_object__find_map_by_name(obj, mi.name);
		if (map != NULL &&
		    strncmp(mi.name, PREFIX, strlen(PREFIX)) == 0 &&
		    bpf_map__reuse_fd(map, fd) < 0)
			die(errno, "map %s", mi.name);
		(void)close(fd);
	}
}

static void
reuse_maps(struct bpf_object *obj, int jails)
{
	struct bpf_program *prog;
	uint32_t id;

	bpf_object__for_each_program(prog, obj)
	{
		enum bpf_attach_type type =
		    bpf_program__expected_attach_type(prog);

		if (type != BPF_SK_LOOKUP &&
		    (id = program_attached(jails, type)) != 0)
			reuse_from(obj, id);
	}
}

/* ---- loading ---- */

static void
set_config(struct bpf_object *obj, const struct net_config *config)
{
	struct bpf_map *map;

	bpf_object__for_each_map(map, obj)
	{
		const char *dot = strrchr(bpf_map__name(map), '.');

		if (dot == NULL || strcmp(dot, ".config") != 0)
			continue;
		if (bpf_map__value_size(map) != sizeof(*config) ||
		    bpf_map__set_initial_value(map, config, sizeof(*config)) <
			0)
			die(0, "the BPF object has another configuration");
		return;
	}
	die(0, "the BPF object has no configuration");
}

static struct bpf_object *
open_object(void)
{
	struct bpf_object *obj = bpf_object__open_mem(bpf_object_begin,
	    (size_t)(bpf_object_end - bpf_object_begin), NULL);

	if (obj == NULL)
		die(errno, "BPF object");
	return obj;
}

struct bpf_object *
programs_load(int jails, const struct net_config *config, bool is_lookup)
{
	struct net_config own = *config;
	struct bpf_object *obj;
	struct bpf_program *prog;
	int r;

	own.level = level_of(jails);
	obj = open_object();
	set_config(obj, &own);
	reuse_maps(obj, jails);
	bpf_object__for_each_program(prog, obj)
	{
		bool for_lookup =
		    bpf_program__type(prog) == BPF_PROG_TYPE_SK_LOOKUP;

		(void)bpf_program__set_autoload(prog, for_lookup == is_lookup);
	}
	if ((r = bpf_object__load(obj)) < 0)
		die(r, "this kernel does not take the BPF programs (Linux 6.1 "
		       "with CONFIG_CGROUP_BPF is needed)");
	return obj;
}

static void
attach(int jails, const struct bpf_program *prog)
{
	enum bpf_attach_type type = bpf_program__expected_attach_type(prog);
	uint32_t old = program_attached(jails, type);
	LIBBPF_OPTS(bpf_prog_attach_opts, opts, .flags = BPF_F_ALLOW_MULTI);

	if (old != 0) {
		if ((opts.replace_prog_fd = bpf_prog_get_fd_by_id(old)) < 0)
			die(errno, "BPF program %u", old);
		opts.flags |= BPF_F_REPLACE;
	}
	if (bpf_prog_attach_opts(bpf_program__fd(prog), jails, type, &opts) < 0)
		die(errno, "attaching %s", bpf_program__name(prog));
	if (old != 0)
		(void)close(opts.replace_prog_fd);
}

/* "ABI HASH" of what is attached; an empty text where nothing is. */
static void
read_build(int jails, char *ret, size_t size)
{
	ssize_t n = fgetxattr(jails, XA_BUILD, ret, size - 1);

	ret[n > 0 ? n : 0] = '\0';
	if (program_attached(jails, BPF_CGROUP_INET_SOCK_CREATE) == 0)
		ret[0] = '\0';
}

/* Has what is attached the maps that we have? */
static bool
is_our_abi(const char *was)
{
	unsigned int abi = 0;

	return sscanf(was, "%u", &abi) == 1 && abi == NET_ABI;
}

/* The library finds all maps by one program. */
static void
bind_maps(struct bpf_object *obj)
{
	struct bpf_program *prog =
	    bpf_object__find_program_by_name(obj, "jail_create");
	struct bpf_map *map;

	bpf_object__for_each_map(map, obj)
	{
		if (prog == NULL || bpf_prog_bind_map(bpf_program__fd(prog),
					bpf_map__fd(map), NULL) < 0)
			die(errno, "map %s", bpf_map__name(map));
	}
}

static void
detach_all(int jails, struct bpf_object *obj)
{
	struct bpf_program *prog;
	uint32_t id;
	int fd;

	bpf_object__for_each_program(prog, obj)
	{
		enum bpf_attach_type type =
		    bpf_program__expected_attach_type(prog);

		if (type == BPF_SK_LOOKUP)
			continue;
		while ((id = program_attached(jails, type)) != 0) {
			fd = bpf_prog_get_fd_by_id(id);
			if (fd < 0 || bpf_prog_detach2(fd, jails, type) < 0)
				die(errno, "detaching BPF program %u", id);
			(void)close(fd);
		}
	}
}

/*
 * Nothing is to be left of programs with other maps, or of a load that was
 * killed halfway: we would take its maps over.
 */
static void
make_room(int jails)
{
	uint32_t id = program_attached(jails, BPF_CGROUP_INET_SOCK_CREATE);
	struct bpf_object *obj;

	if (id != 0 && is_used(id, jails))
		die(0, "jails with addresses run under BPF programs of another "
		       "version: stop them, and these programs are replaced");
	obj = open_object();
	detach_all(jails, obj);
	bpf_object__close(obj);
	lookup_drop_all();
}

void
programs_attach(int jails)
{
	struct net_config config = { 0 };
	char was[64];
	struct bpf_program *prog;
	struct bpf_object *obj;

	read_build(jails, was, sizeof(was));
	if (strcmp(was, NET_BUILD) == 0)
		return;
	if (!is_our_abi(was))
		make_room(jails);
	obj = programs_load(jails, &config, false);
	bind_maps(obj);
	bpf_object__for_each_program(prog, obj)
	{
		if (bpf_program__type(prog) != BPF_PROG_TYPE_SK_LOOKUP)
			attach(jails, prog);
	}
	if (fsetxattr(jails, XA_BUILD, NET_BUILD, strlen(NET_BUILD), 0) < 0)
		die(errno, "record of the BPF programs");
	bpf_object__close(obj);
}

/* ---- unloading ---- */

void
programs_detach(int jails)
{
	uint32_t id = program_attached(jails, BPF_CGROUP_INET_SOCK_CREATE);
	struct bpf_object *obj;

	if (id != 0 && is_used(id, jails))
		die(0, "there are jails that need the BPF programs");
	obj = open_object();
	detach_all(jails, obj);
	bpf_object__close(obj);
	(void)fremovexattr(jails, XA_BUILD); /* ENODATA: it was not there */
}
