/* SPDX-License-Identifier: BSD-2-Clause */
/* What root may do to the machine: mounts, devices, the kernel. */
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/io_uring.h>
#include <linux/perf_event.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/swap.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "probe.h"

/* ---- mounts ---- */

static int
try_mount(const char *arg)
{
	(void)arg;
	return done(mount("none", "/tmp", "tmpfs", 0, NULL));
}

static int
try_bind(const char *arg)
{
	(void)arg;
	return done(mount("/tmp", "/tmp", NULL, MS_BIND, NULL));
}

static int
try_remount(const char *arg)
{
	return done(mount(
	    NULL, arg != NULL ? arg : "/", NULL, MS_REMOUNT | MS_BIND, NULL));
}

static int
try_propagation(const char *arg)
{
	(void)arg;
	return done(mount(NULL, "/", NULL, MS_REC | MS_SHARED, NULL));
}

static int
try_umount(const char *arg)
{
	return done(umount2(arg != NULL ? arg : "/", MNT_DETACH));
}

static int
try_pivot_root(const char *arg)
{
	(void)arg;
	return done(syscall(SYS_pivot_root, ".", "."));
}

static int
try_fsopen(const char *arg)
{
	(void)arg;
	return opened(syscall(SYS_fsopen, "tmpfs", 0));
}

static int
try_open_tree(const char *arg)
{
	(void)arg;
	return opened(syscall(SYS_open_tree, AT_FDCWD, "/", 1 /* clone */));
}

static int
try_move_mount(const char *arg)
{
	(void)arg;
	return done(
	    syscall(SYS_move_mount, AT_FDCWD, "/", AT_FDCWD, "/tmp", 0));
}

static int
try_mount_setattr(const char *arg)
{
	struct mount_attr attr = { .attr_clr = MOUNT_ATTR_RDONLY };

	return done(syscall(SYS_mount_setattr, AT_FDCWD,
	    arg != NULL ? arg : "/", 0, &attr, sizeof(attr)));
}

/* ---- devices ---- */

static int
make_node(mode_t mode, dev_t dev)
{
	const char *name = "/tmp/probe-node";
	int r = done(mknod(name, mode | 0600, dev));

	(void)unlink(name);
	return r;
}

static int
try_mknod_block(const char *arg)
{
	(void)arg;
	return make_node(S_IFBLK, makedev(8, 0));
}

static int
try_mknod_char(const char *arg)
{
	(void)arg;
	return make_node(S_IFCHR, makedev(1, 3));
}

static int
try_mknod_overlay(const char *arg)
{
	(void)arg;
	return make_node(S_IFCHR, makedev(0, 0)); /* a white-out */
}

static int
try_mkfifo(const char *arg)
{
	(void)arg;
	return make_node(S_IFIFO, 0);
}

/* ---- the machine ---- */

static int
try_init_module(const char *arg)
{
	(void)arg;
	return done(syscall(SYS_init_module, "", 0L, ""));
}

static int
try_finit_module(const char *arg)
{
	(void)arg;
	return done(syscall(SYS_finit_module, 0, "", 0));
}

static int
try_delete_module(const char *arg)
{
	(void)arg;
	return done(syscall(SYS_delete_module, "nonesuch", O_NONBLOCK));
}

static int
try_reboot(const char *arg)
{
	(void)arg;
	/* only what Ctrl-Alt-Del means; off is how hosts have it */
	return done(syscall(SYS_reboot, 0xfee1dead, 672274793, 0, NULL));
}

static int
try_kexec(const char *arg)
{
	(void)arg;
	return done(syscall(SYS_kexec_load, 0L, 0L, NULL, 0L));
}

static int
try_swapon(const char *arg)
{
	(void)arg;
	return done(swapon("/tmp/nonesuch", 0));
}

static int
try_swapoff(const char *arg)
{
	(void)arg;
	return done(swapoff("/tmp/nonesuch"));
}

static int
try_settimeofday(const char *arg)
{
	struct timeval now;

	(void)arg;
	(void)gettimeofday(&now, NULL);
	return done(settimeofday(&now, NULL));
}

static int
try_clock_settime(const char *arg)
{
	struct timespec now;

	(void)arg;
	(void)clock_gettime(CLOCK_REALTIME, &now);
	return done(clock_settime(CLOCK_REALTIME, &now));
}

static int
try_acct(const char *arg)
{
	(void)arg;
	return done(acct(NULL));
}

static int
try_syslog(const char *arg)
{
	char text[64];

	(void)arg;
	return done(syscall(SYS_syslog, 3, text, sizeof(text)));
}

static int
try_nice(const char *arg)
{
	(void)arg;
	return done(setpriority(PRIO_PROCESS, 0, -10));
}

static int
try_sethostname(const char *arg)
{
	return done(sethostname(
	    arg != NULL ? arg : "probe", strlen(arg != NULL ? arg : "probe")));
}

static int
try_setdomainname(const char *arg)
{
	(void)arg;
	return done(setdomainname("probe", 5));
}

/* ---- keys, programs in the kernel, queues ---- */

static int
try_keyctl(const char *arg)
{
	(void)arg;
	return done(syscall(SYS_keyctl, 0 /* KEYCTL_GET_KEYRING_ID */, -3, 1));
}

static int
try_add_key(const char *arg)
{
	(void)arg;
	return done(syscall(SYS_add_key, "user", "probe", "x", 1L, -3));
}

static int
try_bpf(const char *arg)
{
	union bpf_attr attr = {
		.map_type = BPF_MAP_TYPE_ARRAY,
		.key_size = 4,
		.value_size = 4,
		.max_entries = 1,
	};

	(void)arg;
	return opened(syscall(SYS_bpf, BPF_MAP_CREATE, &attr, sizeof(attr)));
}

static int
try_perf(const char *arg)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_SOFTWARE,
		.size = sizeof(attr),
		.config = PERF_COUNT_SW_TASK_CLOCK,
		.exclude_kernel = 1,
	};

	(void)arg;
	return opened(syscall(SYS_perf_event_open, &attr, 0, -1, -1, 0L));
}

static int
try_io_uring(const char *arg)
{
	struct io_uring_params params = { .flags = 0 };

	(void)arg;
	return opened(syscall(SYS_io_uring_setup, 1, &params));
}

static int
try_userfaultfd(const char *arg)
{
	(void)arg;
	return opened(syscall(SYS_userfaultfd, 1 /* UFFD_USER_MODE_ONLY */));
}

static int
try_fanotify(const char *arg)
{
	(void)arg;
	return opened(
	    syscall(SYS_fanotify_init, 0x200 /* FAN_REPORT_FID */, O_RDONLY));
}

const struct probe_row system_rows[] = {
	{ "acct", try_acct },
	{ "add_key", try_add_key },
	{ "bind", try_bind },
	{ "bpf", try_bpf },
	{ "clock_settime", try_clock_settime },
	{ "delete_module", try_delete_module },
	{ "fanotify", try_fanotify },
	{ "finit_module", try_finit_module },
	{ "fsopen", try_fsopen },
	{ "init_module", try_init_module },
	{ "io_uring", try_io_uring },
	{ "kexec", try_kexec },
	{ "keyctl", try_keyctl },
	{ "mkfifo", try_mkfifo },
	{ "mknod_block", try_mknod_block },
	{ "mknod_char", try_mknod_char },
	{ "mknod_overlay", try_mknod_overlay },
	{ "mount", try_mount },
	{ "mount_setattr", try_mount_setattr },
	{ "move_mount", try_move_mount },
	{ "nice", try_nice },
	{ "open_tree", try_open_tree },
	{ "perf", try_perf },
	{ "pivot_root", try_pivot_root },
	{ "propagation", try_propagation },
	{ "reboot", try_reboot },
	{ "remount", try_remount },
	{ "setdomainname", try_setdomainname },
	{ "sethostname", try_sethostname },
	{ "settimeofday", try_settimeofday },
	{ "swapoff", try_swapoff },
	{ "swapon", try_swapon },
	{ "syslog", try_syslog },
	{ "umount", try_umount },
	{ "userfaultfd", try_userfaultfd },
	{ NULL, NULL },
};
