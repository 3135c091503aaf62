/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * jail-bpf load | lsm | unload, with jail/ open as descriptor 3.
 *
 * load: the programs are attached at jail/, and those that are there of
 * another build are replaced, each in one step, with the maps as they are;
 * and the caller's network namespace has its sk_lookup program; and what lsm
 * does.  Done by one at a time, which has the lock of jail/net/.
 * lsm: the LSM programs are put into force, where the kernel can.
 * unload: all of it goes, where no jail needs it any more.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "load.h"

#define JAILS 3

void
die(int err, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	(void)vfprintf(stderr, fmt, ap);
	va_end(ap);
	if (err != 0)
		(void)fprintf(stderr, ": %s", strerror(abs(err)));
	(void)fputc('\n', stderr);
	exit(1);
}

static int
quiet(enum libbpf_print_level level, const char *fmt, va_list ap)
{
	(void)level;
	(void)fmt;
	(void)ap;
	return 0;
}

static int
loud(enum libbpf_print_level level, const char *fmt, va_list ap)
{
	return level == LIBBPF_DEBUG ? 0 : vfprintf(stderr, fmt, ap);
}

/* That of addresses; it stays open until we end. */
static void
lock(void)
{
	int fd = openat(JAILS, "net/cgroup.kill", O_WRONLY | O_CLOEXEC);

	if (fd < 0 || flock(fd, LOCK_EX) < 0)
		die(errno, "lock of the jails");
}

/*
 * Pins are to outlive us, so they are made where the host's first process
 * sees them; "ip netns exec" has mounts of its own.
 */
static void
enter_host_mounts(void)
{
	int fd = open("/proc/1/ns/mnt", O_RDONLY | O_CLOEXEC);

	/* without the privilege, ours it is */
	if (fd >= 0) {
		(void)setns(fd, CLONE_NEWNS);
		(void)close(fd);
	}
}

static int
usage(void)
{
	(void)fprintf(stderr, "usage: jail-bpf load | lsm | unload, with the "
			      "cgroup of the jails open as descriptor 3\n");
	return 1;
}

static void
load(void)
{
	struct net net;

	net_open(&net);
	enter_host_mounts();
	lsm_attach(JAILS);
	programs_attach(JAILS);
	lookup_attach(JAILS, &net);
}

static void
load_lsm(void)
{
	enter_host_mounts();
	lsm_attach(JAILS);
}

static void
unload(void)
{
	enter_host_mounts();
	lsm_check_unused(JAILS);
	programs_detach(JAILS);
	lsm_detach(JAILS);
	lookup_detach();
}

static const struct {
	const char *name;
	void (*run)(void);
} verbs[] = {
	{ "load", load },
	{ "lsm", load_lsm },
	{ "unload", unload },
};

int
main(int argc, char **argv)
{
	size_t i;

	for (i = 0; argc == 2 && i < sizeof(verbs) / sizeof(*verbs); i++) {
		if (strcmp(argv[1], verbs[i].name) != 0)
			continue;
		(void)libbpf_set_print(getenv("JAIL_BPF_DEBUG") ? loud : quiet);
		(void)libbpf_set_strict_mode(LIBBPF_STRICT_ALL);
		lock();
		verbs[i].run();
		return 0;
	}
	return usage();
}
