/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The LSM programs, one of a kind for the whole machine, by pinned links.  Not
 * every kernel has them, and one that has may not ask them ("bpf" is to be in
 * /sys/kernel/security/lsm): so they are tried.  Where they are not in force,
 * that is no error; an attribute of jail/ says it.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "load.h"
#include "net_build.h"

#define XA_LSM "trusted.jail.lsm" /* NET_BUILD, id of the first link or 0 */
#define NEW_PIN PINS "/lsm_new"

/* The object file, as it was compiled. */
__asm__(".section .rodata\n"
	".balign 8\n"
	".globl lsm_object_begin\n"
	"lsm_object_begin:\n"
	".incbin \"" LSM_OBJECT "\"\n"
	".globl lsm_object_end\n"
	"lsm_object_end:\n"
	".previous\n");
extern const unsigned char lsm_object_begin[], lsm_object_end[];

static const struct {
	const char *program;
	const char *pin;
} hooks[] = {
	{ "jail_unix_conn", PINS "/lsm_connect" },
	{ "jail_unix_send", PINS "/lsm_send" },
	{ "jail_module", PINS "/lsm_module" },
};
#define HOOKS (sizeof(hooks) / sizeof(*hooks))

/* ---- loading ---- */

static struct bpf_map *
find_map(struct bpf_object *obj, const char *section)
{
	size_t len = strlen(section), n;
	struct bpf_map *map;

	bpf_object__for_each_map(map, obj)
	{
		n = strlen(bpf_map__name(map));
		if (n >= len &&
		    strcmp(bpf_map__name(map) + n - len, section) == 0)
			return map;
	}
	die(0, "the BPF object has no %s", section);
}

/* NULL: this kernel does not take them. */
static struct bpf_object *
load(void)
{
	struct bpf_object *obj = bpf_object__open_mem(lsm_object_begin,
	    (size_t)(lsm_object_end - lsm_object_begin), NULL);

	if (obj == NULL)
		die(errno, "BPF object");
	if (bpf_object__load(obj) == 0)
		return obj;
	if (errno == ENOMEM)
		die(errno, "BPF object"); /* next time it may */
	bpf_object__close(obj);
	return NULL;
}

static struct bpf_program *
find_program(struct bpf_object *obj, size_t hook)
{
	struct bpf_program *prog =
	    bpf_object__find_program_by_name(obj, hooks[hook].program);

	if (prog == NULL)
		die(0, "the BPF object has no %s", hooks[hook].program);
	return prog;
}

/* ---- trying ---- */

/* A socket with an abstract name that the kernel chooses. */
static int
make_named(int type, struct sockaddr_un *ret, socklen_t *ret_len)
{
	struct sockaddr_un any = { .sun_family = AF_UNIX };
	int s = socket(AF_UNIX, type | SOCK_CLOEXEC, 0);

	*ret_len = sizeof(*ret);
	if (s < 0 ||
	    bind(s, (struct sockaddr *)&any, sizeof(any.sun_family)) < 0 ||
	    getsockname(s, (struct sockaddr *)ret, ret_len) < 0)
		die(errno, "abstract unix socket");
	return s;
}

/* Connect to it, or have a message sent, as anybody may here. */
static void
try(int type)
{
	struct sockaddr_un name;
	socklen_t len;
	int to = make_named(type, &name, &len);
	int s = socket(AF_UNIX, type | SOCK_CLOEXEC, 0);

	if (type == SOCK_STREAM && listen(to, 1) < 0)
		die(errno, "abstract unix socket");
	/* refused or not: they have been asked */
	if (s >= 0)
		(void)connect(s, (struct sockaddr *)&name, len);
	(void)close(s);
	(void)close(to);
}

static bool
are_asked(struct bpf_object *obj)
{
	struct lsm_seen seen = { 0, 0 };
	uint32_t zero = 0;

	try(SOCK_STREAM);
	try(SOCK_DGRAM);
	return bpf_map_lookup_elem(
		   bpf_map__fd(find_map(obj, ".seen")), &zero, &seen) == 0 &&
	       seen.connect != 0 && seen.send != 0;
}

/* ---- attaching ---- */

static void
get_info(int fd, void *ret, uint32_t size)
{
	if (bpf_obj_get_info_by_fd(fd, ret, &size) < 0)
		die(errno, "BPF link");
}

/* The id of what is pinned there if it is this very program, or 0. */
static uint32_t
pinned_id(struct bpf_object *obj, size_t hook)
{
	struct bpf_prog_info ours = { 0 }, theirs = { 0 };
	struct bpf_link_info info = { 0 };
	int link = bpf_obj_get(hooks[hook].pin), prog;

	if (link < 0)
		return 0;
	get_info(link, &info, sizeof(info));
	(void)close(link);
	if ((prog = bpf_prog_get_fd_by_id(info.prog_id)) < 0)
		return 0;
	get_info(prog, &theirs, sizeof(theirs));
	(void)close(prog);
	prog = bpf_program__fd(find_program(obj, hook));
	get_info(prog, &ours, sizeof(ours));
	return memcmp(ours.tag, theirs.tag, sizeof(ours.tag)) == 0 ? info.id
								   : 0;
}

/* The first link's id, if another folder of jails has them: they are for all.
 */
static uint32_t
find_pinned(struct bpf_object *obj)
{
	uint32_t first = pinned_id(obj, 0);
	size_t i;

	for (i = 1; i < HOOKS && first != 0; i++) {
		if (pinned_id(obj, i) == 0)
			first = 0;
	}
	return first;
}

/* The new one is in force beside the old one until that is unpinned. */
static void
pin(const struct bpf_link *link, const char *path)
{
	(void)unlink(NEW_PIN); /* of one who was killed */
	if (bpf_obj_pin(bpf_link__fd(link), NEW_PIN) < 0 ||
	    rename(NEW_PIN, path) < 0)
		die(errno, "%s", path);
}

/* The first link's id; 0: they are not asked, and let go of. */
static uint32_t
attach(struct bpf_object *obj)
{
	struct bpf_link_info info = { 0 };
	struct bpf_link *links[HOOKS];
	size_t i, n;

	for (n = 0; n < HOOKS; n++) {
		links[n] = bpf_program__attach(find_program(obj, n));
		if (links[n] == NULL)
			break;
	}
	if (n == HOOKS && are_asked(obj)) {
		get_info(bpf_link__fd(links[0]), &info, sizeof(info));
		for (i = 0; i < HOOKS; i++)
			pin(links[i], hooks[i].pin);
	}
	for (i = 0; i < n; i++)
		(void)bpf_link__destroy(links[i]);
	return info.id;
}

/* Is there a link of this id? */
static bool
is_link(uint32_t id)
{
	int fd = bpf_link_get_fd_by_id(id);

	if (fd >= 0)
		(void)close(fd);
	return fd >= 0;
}

/* Has this build been tried here, and is what came of it still there? */
static bool
is_done(int jails)
{
	uint32_t id;
	char was[96];
	ssize_t n = fgetxattr(jails, XA_LSM, was, sizeof(was) - 1);

	was[n > 0 ? n : 0] = '\0';
	return strncmp(was, NET_BUILD " ", sizeof(NET_BUILD)) == 0 &&
	       sscanf(was + sizeof(NET_BUILD), "%u", &id) == 1 &&
	       (id == 0 || is_link(id));
}

void
lsm_attach(int jails)
{
	struct bpf_object *obj;
	uint32_t id = 0;
	char text[96];

	if (is_done(jails))
		return;
	/* asked first: to load an object, libbpf reads all BTF of the kernel */
	if (libbpf_probe_bpf_prog_type(BPF_PROG_TYPE_LSM, NULL) != 0 &&
	    (obj = load()) != NULL) {
		pins_make();
		if ((id = find_pinned(obj)) == 0)
			id = attach(obj);
		bpf_object__close(obj);
	}
	(void)snprintf(text, sizeof(text), NET_BUILD " %u", id);
	if (fsetxattr(jails, XA_LSM, text, strlen(text), 0) < 0)
		die(errno, "record of the BPF programs");
}

void
lsm_detach(int jails)
{
	size_t i;

	(void)unlink(NEW_PIN);
	for (i = 0; i < HOOKS; i++)
		(void)unlink(hooks[i].pin); /* ENOENT: there is none */
	(void)fremovexattr(jails, XA_LSM); /* ENODATA: it was not there */
}

void
lsm_check_unused(int jails)
{
	int fd = openat(jails, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = fd >= 0 ? fdopendir(fd) : NULL;
	struct dirent *de;

	if (d == NULL)
		die(errno, "cgroup of the jails");
	while ((de = readdir(d)) != NULL) {
		/* a jail's is its number */
		if (de->d_name[0] >= '1' && de->d_name[0] <= '9' &&
		    access(hooks[0].pin, F_OK) == 0)
			die(0, "there are jails that need the BPF programs");
	}
	(void)closedir(d);
}
