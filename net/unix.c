/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The programs that keep abstract unix sockets apart: LSM hooks, one of a
 * kind for the whole machine, by pinned links.  Not every kernel has them, and
 * one that has may not ask them ("bpf" is to be in /sys/kernel/security/lsm):
 * so they are tried.  Where they are not in force, that is no error; an
 * attribute of jail/ says it.
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

#define XA_UNIX "trusted.jail.unix" /* NET_BUILD, ids of the links or 0 0 */
#define HOOKS 2

/* The object file, as it was compiled. */
__asm__(".section .rodata\n"
	".balign 8\n"
	".globl unix_object_begin\n"
	"unix_object_begin:\n"
	".incbin \"" UNIX_OBJECT "\"\n"
	".globl unix_object_end\n"
	"unix_object_end:\n"
	".previous\n");
extern const unsigned char unix_object_begin[], unix_object_end[];

static const struct {
	const char *program;
	const char *pin, *new_pin;
} hooks[HOOKS] = {
	{ "jail_unix_conn", PINS "/unix_connect", PINS "/unix_connect_new" },
	{ "jail_unix_send", PINS "/unix_send", PINS "/unix_send_new" },
};

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
	struct bpf_object *obj = bpf_object__open_mem(unix_object_begin,
	    (size_t)(unix_object_end - unix_object_begin), NULL);

	if (obj == NULL)
		die(errno, "BPF object");
	if (bpf_object__load(obj) == 0)
		return obj;
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
	struct unix_seen seen = { 0, 0 };
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

/* Another folder of jails has them already: they are for all. */
static bool
find_pinned(struct bpf_object *obj, uint32_t *ids)
{
	size_t i;

	for (i = 0; i < HOOKS; i++)
		ids[i] = pinned_id(obj, i);
	return ids[0] != 0 && ids[1] != 0;
}

/* The new one is in force beside the old one until that is unpinned. */
static uint32_t
pin(const struct bpf_link *link, size_t hook)
{
	struct bpf_link_info info = { 0 };

	(void)unlink(hooks[hook].new_pin); /* of one who was killed */
	if (bpf_obj_pin(bpf_link__fd(link), hooks[hook].new_pin) < 0 ||
	    rename(hooks[hook].new_pin, hooks[hook].pin) < 0)
		die(errno, "%s", hooks[hook].pin);
	get_info(bpf_link__fd(link), &info, sizeof(info));
	return info.id;
}

/* Their ids become 0 where they are not asked. */
static void
attach(struct bpf_object *obj, uint32_t *ids)
{
	struct bpf_link *links[HOOKS] = { NULL, NULL };
	bool ok = true;
	size_t i;

	for (i = 0; i < HOOKS && ok; i++) {
		links[i] = bpf_program__attach(find_program(obj, i));
		ok = links[i] != NULL;
	}
	ok = ok && are_asked(obj);
	for (i = 0; i < HOOKS; i++) {
		ids[i] = ok ? pin(links[i], i) : 0;
		if (links[i] != NULL)
			(void)bpf_link__destroy(links[i]);
	}
}

/* Is link id there? */
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
	uint32_t connect = 0, send = 0;
	char was[96];
	ssize_t n = fgetxattr(jails, XA_UNIX, was, sizeof(was) - 1);

	was[n > 0 ? n : 0] = '\0';
	return strncmp(was, NET_BUILD " ", sizeof(NET_BUILD)) == 0 &&
	       sscanf(was, "%*s %*s %u %u", &connect, &send) == 2 &&
	       (connect == 0 || is_link(connect)) &&
	       (send == 0 || is_link(send));
}

void
unix_attach(int jails)
{
	uint32_t ids[HOOKS] = { 0, 0 };
	struct bpf_object *obj;
	char text[96];

	if (is_done(jails))
		return;
	if ((obj = load()) != NULL) {
		pins_make();
		if (!find_pinned(obj, ids))
			attach(obj, ids);
		bpf_object__close(obj);
	}
	(void)snprintf(text, sizeof(text), NET_BUILD " %u %u", ids[0], ids[1]);
	if (fsetxattr(jails, XA_UNIX, text, strlen(text), 0) < 0)
		die(errno, "record of the BPF programs");
}

static void
unpin(void)
{
	size_t i;

	for (i = 0; i < HOOKS; i++) {
		(void)unlink(hooks[i].new_pin); /* or there is none */
		(void)unlink(hooks[i].pin);
	}
}

void
unix_detach(int jails)
{
	unpin();
	(void)fremovexattr(jails, XA_UNIX); /* ENODATA: it was not there */
}

void
unix_check_unused(int jails)
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
