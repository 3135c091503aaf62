/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * jail-bpf load | unload, with jail/ open as descriptor 3.
 *
 * load: the programs are attached at jail/, and those that are there of
 * another build are replaced, each in one step, with the maps as they are;
 * and the caller's network namespace has its sk_lookup program.  Done by one
 * at a time, which has the lock of jail/net/.
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
	(void)fprintf(stderr, "usage: jail-bpf load | unload, with the cgroup "
			      "of the jails open as descriptor 3\n");
	return 1;
}

int
main(int argc, char **argv)
{
	struct net net;

	if (argc != 2)
		return usage();
	(void)libbpf_set_print(getenv("JAIL_BPF_DEBUG") ? loud : quiet);
	(void)libbpf_set_strict_mode(LIBBPF_STRICT_ALL);
	lock();
	net_open(&net);
	enter_host_mounts();
	if (strcmp(argv[1], "load") == 0) {
		programs_attach(JAILS);
		lookup_attach(JAILS, &net);
		return 0;
	}
	if (strcmp(argv[1], "unload") == 0) {
		programs_detach(JAILS);
		lookup_detach();
		return 0;
	}
	return usage();
}
