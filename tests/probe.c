/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An observer inside a jail: tries what is named and prints how it ended.
 * Static, to run in any root.
 *
 *	probe NAME[=ARGUMENT] ...	a line "NAME: ok" or "NAME: EPERM" each
 *	probe --list			all names
 *
 * Arguments are real, as an attacker's would be: "ok" means that it was done.
 * Nothing lasting is done to a host that lets it through.  Names with an
 * argument take the pid of a process (of the host) or a path.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/capability.h>
#include <linux/io_uring.h>
#include <linux/perf_event.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/ipc.h>
#include <sys/mount.h>
#include <sys/msg.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/swap.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define nitems(a) (sizeof(a) / sizeof((a)[0]))

/* The result of a system call: 0 or -errno. */
static int
done(long r)
{
	return r < 0 ? -errno : 0;
}

/* The same of one that gives a descriptor. */
static int
opened(long fd)
{
	int r = done(fd);

	if (fd >= 0)
		(void)close((int)fd);
	return r;
}

static pid_t
pid_of(const char *arg)
{
	return arg != NULL ? (pid_t)atoi(arg) : 1;
}

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

/* ---- namespaces ---- */

static const struct space {
	const char *name;
	unsigned long flag;
} spaces[] = {
	{ "user", CLONE_NEWUSER },
	{ "mnt", CLONE_NEWNS },
	{ "pid", CLONE_NEWPID },
	{ "net", CLONE_NEWNET },
	{ "ipc", CLONE_NEWIPC },
	{ "uts", CLONE_NEWUTS },
	{ "cgroup", CLONE_NEWCGROUP },
};

static unsigned long
space_flag(const char *name)
{
	size_t i;

	for (i = 0; name != NULL && i < nitems(spaces); i++) {
		if (strcmp(spaces[i].name, name) == 0)
			return spaces[i].flag;
	}
	return CLONE_NEWUSER;
}

static int
try_unshare(const char *arg)
{
	return done(unshare((int)space_flag(arg)));
}

/* The child of a raw clone ends at once. */
static int
ended(long pid)
{
	int r = done(pid);

	if (pid == 0)
		_exit(0);
	if (pid > 0)
		(void)waitpid((pid_t)pid, NULL, 0);
	return r;
}

static int
try_clone(const char *arg)
{
	return ended(syscall(
	    SYS_clone, space_flag(arg) | SIGCHLD, NULL, NULL, NULL, NULL));
}

static int
try_clone3(const char *arg)
{
	struct clone_args args = {
		.flags = arg != NULL ? space_flag(arg) : 0,
		.exit_signal = SIGCHLD,
	};

	return ended(syscall(SYS_clone3, &args, sizeof(args)));
}

/* By a pidfd of its own process: allowed to everybody by itself. */
static int
try_setns(const char *arg)
{
	int fd = (int)syscall(SYS_pidfd_open, getpid(), 0), r;

	if (fd < 0)
		return -errno;
	r = done(setns(fd, (int)space_flag(arg != NULL ? arg : "uts")));
	(void)close(fd);
	return r;
}

/* ---- what reaches around the root ---- */

static int
try_open_by_handle(const char *arg)
{
	struct file_handle *h = calloc(1, sizeof(*h) + 128);
	int id, r;

	h->handle_bytes = 128;
	r = done(
	    name_to_handle_at(AT_FDCWD, arg != NULL ? arg : "/", h, &id, 0));
	if (r == 0)
		r = opened(open_by_handle_at(AT_FDCWD, h, O_RDONLY));
	free(h);
	return r;
}

/* The well-known way out of a bare chroot: is the host's path there then? */
static int
try_chroot_escape(const char *arg)
{
	int fd = open("/", O_RDONLY | O_DIRECTORY), i;
	struct stat st;

	(void)mkdir("/tmp/probe-dir", 0700);
	if (fd < 0 || chroot("/tmp/probe-dir") < 0 || fchdir(fd) < 0)
		return -errno;
	(void)close(fd);
	for (i = 0; i < 64; i++) {
		if (chdir("..") < 0)
			return -errno;
	}
	if (chroot(".") < 0)
		return -errno;
	return done(stat(arg, &st));
}

static int
try_chroot(const char *arg)
{
	return done(chroot(arg != NULL ? arg : "/"));
}

static int
try_open(const char *arg)
{
	return opened(open(arg, O_RDONLY | O_NONBLOCK));
}

static int
try_write(const char *arg)
{
	return opened(open(arg, O_WRONLY | O_NONBLOCK));
}

static int
try_stat(const char *arg)
{
	struct stat st;

	return done(stat(arg, &st));
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

/* ---- terminals ---- */

static int
try_tiocsti(const char *arg)
{
	(void)arg;
	return done(ioctl(STDIN_FILENO, TIOCSTI, "x"));
}

static int
try_tioclinux(const char *arg)
{
	char sub = 2;

	(void)arg;
	return done(ioctl(STDIN_FILENO, TIOCLINUX, &sub));
}

/* ---- processes: of the host, by pid ---- */

static int
try_kill(const char *arg)
{
	return done(kill(pid_of(arg), 0));
}

static int
try_sigqueue(const char *arg)
{
	union sigval value = { .sival_int = 0 };

	return done(sigqueue(pid_of(arg), 0, value));
}

static int
try_pidfd_open(const char *arg)
{
	return opened(syscall(SYS_pidfd_open, pid_of(arg), 0));
}

static int
try_setpriority(const char *arg)
{
	return done(setpriority(PRIO_PROCESS, (id_t)pid_of(arg), 5));
}

static int
try_getpriority(const char *arg)
{
	errno = 0;
	(void)getpriority(PRIO_PROCESS, (id_t)pid_of(arg));
	return -errno;
}

static int
try_prlimit(const char *arg)
{
	struct rlimit old;

	return done(prlimit(pid_of(arg), RLIMIT_NOFILE, NULL, &old));
}

static int
try_setaffinity(const char *arg)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(0, &set);
	return done(sched_setaffinity(pid_of(arg), sizeof(set), &set));
}

static int
try_getaffinity(const char *arg)
{
	cpu_set_t set;

	return done(sched_getaffinity(pid_of(arg), sizeof(set), &set));
}

static int
try_setscheduler(const char *arg)
{
	struct sched_param param = { .sched_priority = 0 };

	return done(sched_setscheduler(pid_of(arg), SCHED_BATCH, &param));
}

static int
try_ioprio(const char *arg)
{
	return done(syscall(SYS_ioprio_set, 1, pid_of(arg), 2 << 13 | 7));
}

static int
try_vm_read(const char *arg)
{
	char text[1];
	struct iovec here = { text, 1 }, there = { text, 1 };

	return done(process_vm_readv(pid_of(arg), &here, 1, &there, 1, 0));
}

static int
try_ptrace(const char *arg)
{
	long r = ptrace(PTRACE_SEIZE, pid_of(arg), NULL, NULL);

	return done(r);
}

static int
try_getsid(const char *arg)
{
	return done(getsid(pid_of(arg)));
}

/* ---- System V IPC ---- */

static int
try_msgget(const char *arg)
{
	int id = msgget(arg != NULL ? (key_t)atoi(arg) : IPC_PRIVATE,
	    arg != NULL ? 0 : 0600);
	int r = done(id);

	if (id >= 0 && arg == NULL)
		(void)msgctl(id, IPC_RMID, NULL);
	return r;
}

static int
try_semget(const char *arg)
{
	int id = semget(IPC_PRIVATE, 1, 0600);
	int r = done(id);

	(void)arg;
	if (id >= 0)
		(void)semctl(id, 0, IPC_RMID);
	return r;
}

static int
try_shmget(const char *arg)
{
	int id = shmget(IPC_PRIVATE, 4096, 0600);
	int r = done(id);

	(void)arg;
	if (id >= 0)
		(void)shmctl(id, IPC_RMID, NULL);
	return r;
}

/* ---- sockets: FAMILY-TYPE-PROTOCOL by number ---- */

static int
try_socket(const char *arg)
{
	int family = AF_INET, type = SOCK_STREAM, protocol = 0;

	if (arg != NULL)
		(void)sscanf(arg, "%d-%d-%d", &family, &type, &protocol);
	return opened(socket(family, type, protocol));
}

/* ---- users ---- */

static int
try_setuid(const char *arg)
{
	return done(setuid(arg != NULL ? (uid_t)atoi(arg) : 1));
}

static int
try_chown(const char *arg)
{
	const char *name = "/tmp/probe-file";
	int fd = open(name, O_CREAT | O_WRONLY | O_CLOEXEC, 0600), r;

	if (fd < 0)
		return -errno;
	(void)close(fd);
	r = done(chown(name, arg != NULL ? (uid_t)atoi(arg) : 1, (gid_t)-1));
	(void)unlink(name);
	return r;
}

static const struct row {
	const char *name;
	int (*try)(const char *arg);
} rows[] = {
	{ "acct", try_acct },
	{ "add_key", try_add_key },
	{ "bind", try_bind },
	{ "bpf", try_bpf },
	{ "chown", try_chown },
	{ "chroot", try_chroot },
	{ "chroot_escape", try_chroot_escape },
	{ "clock_settime", try_clock_settime },
	{ "clone", try_clone },
	{ "clone3", try_clone3 },
	{ "delete_module", try_delete_module },
	{ "fanotify", try_fanotify },
	{ "finit_module", try_finit_module },
	{ "fsopen", try_fsopen },
	{ "getaffinity", try_getaffinity },
	{ "getpriority", try_getpriority },
	{ "getsid", try_getsid },
	{ "init_module", try_init_module },
	{ "io_uring", try_io_uring },
	{ "ioprio", try_ioprio },
	{ "kexec", try_kexec },
	{ "keyctl", try_keyctl },
	{ "kill", try_kill },
	{ "mkfifo", try_mkfifo },
	{ "mknod_block", try_mknod_block },
	{ "mknod_char", try_mknod_char },
	{ "mknod_overlay", try_mknod_overlay },
	{ "mount", try_mount },
	{ "mount_setattr", try_mount_setattr },
	{ "move_mount", try_move_mount },
	{ "msgget", try_msgget },
	{ "nice", try_nice },
	{ "open", try_open },
	{ "open_by_handle", try_open_by_handle },
	{ "open_tree", try_open_tree },
	{ "perf", try_perf },
	{ "pidfd_open", try_pidfd_open },
	{ "pivot_root", try_pivot_root },
	{ "prlimit", try_prlimit },
	{ "propagation", try_propagation },
	{ "ptrace", try_ptrace },
	{ "reboot", try_reboot },
	{ "remount", try_remount },
	{ "semget", try_semget },
	{ "setaffinity", try_setaffinity },
	{ "setdomainname", try_setdomainname },
	{ "sethostname", try_sethostname },
	{ "setns", try_setns },
	{ "setpriority", try_setpriority },
	{ "setscheduler", try_setscheduler },
	{ "settimeofday", try_settimeofday },
	{ "setuid", try_setuid },
	{ "shmget", try_shmget },
	{ "sigqueue", try_sigqueue },
	{ "socket", try_socket },
	{ "stat", try_stat },
	{ "swapoff", try_swapoff },
	{ "swapon", try_swapon },
	{ "syslog", try_syslog },
	{ "tioclinux", try_tioclinux },
	{ "tiocsti", try_tiocsti },
	{ "umount", try_umount },
	{ "unshare", try_unshare },
	{ "userfaultfd", try_userfaultfd },
	{ "vm_read", try_vm_read },
	{ "write", try_write },
};

/* ---- what is no attempt ---- */

/* Descriptors that are open, one line. */
static void
show_fds(void)
{
	int fd;

	(void)printf("fds:");
	for (fd = 0; fd < 4096; fd++) {
		if (fcntl(fd, F_GETFD) >= 0)
			(void)printf(" %d", fd);
	}
	(void)printf("\n");
}

static void
show_set(
    const char *name, const struct __user_cap_data_struct *d, size_t offset)
{
	const char *p = (const char *)d + offset;
	unsigned int low, high;

	memcpy(&low, p, sizeof(low));
	memcpy(&high, p + sizeof(*d), sizeof(high));
	(void)printf("%s: %08x%08x\n", name, high, low);
}

/* Capabilities by name of the set, as /proc/PID/status has them. */
static void
show_caps(void)
{
	struct __user_cap_header_struct head = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct d[2];
	unsigned long long ambient = 0;
	unsigned long cap;

	if (syscall(SYS_capget, &head, d) < 0) {
		perror("capget");
		exit(1);
	}
	show_set(
	    "CapInh", d, offsetof(struct __user_cap_data_struct, inheritable));
	show_set(
	    "CapPrm", d, offsetof(struct __user_cap_data_struct, permitted));
	show_set(
	    "CapEff", d, offsetof(struct __user_cap_data_struct, effective));
	for (cap = 0; cap <= CAP_LAST_CAP; cap++) {
		if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET, cap, 0, 0) > 0)
			ambient |= 1ULL << cap;
	}
	(void)printf("CapAmb: %016llx\n", ambient);
}

static const struct show {
	const char *name;
	void (*show)(void);
} shows[] = {
	{ "fds", show_fds },
	{ "caps", show_caps },
};

static int
find_and_show(const char *name)
{
	size_t i;

	for (i = 0; i < nitems(shows); i++) {
		if (strcmp(shows[i].name, name) == 0) {
			shows[i].show();
			return 1;
		}
	}
	return 0;
}

/* Each attempt in a process of its own: it may change what it runs in. */
static void
run(const struct row *row, const char *word, const char *arg)
{
	pid_t pid;
	int r;

	(void)fflush(stdout);
	if ((pid = fork()) == 0) {
		r = row->try(arg);
		(void)printf(
		    "%s: %s\n", word, r == 0 ? "ok" : strerrorname_np(-r));
		(void)fflush(stdout);
		_exit(0);
	}
	if (pid < 0 || waitpid(pid, &r, 0) < 0)
		perror("probe");
	else if (WIFSIGNALED(r))
		(void)printf("%s: signal %d\n", word, WTERMSIG(r));
}

static const struct row *
find_row(const char *name, size_t len)
{
	size_t i;

	for (i = 0; i < nitems(rows); i++) {
		if (strncmp(rows[i].name, name, len) == 0 &&
		    rows[i].name[len] == '\0')
			return &rows[i];
	}
	(void)fprintf(stderr, "probe: %s: unknown\n", name);
	exit(2);
}

int
main(int argc, char **argv)
{
	size_t i;

	if (argc == 2 && strcmp(argv[1], "--list") == 0) {
		for (i = 0; i < nitems(rows); i++)
			(void)printf("%s\n", rows[i].name);
		return 0;
	}
	for (i = 1; i < (size_t)argc; i++) {
		const char *word = argv[i], *arg = strchr(word, '=');

		if (find_and_show(word))
			continue;
		run(find_row(word, strcspn(word, "=")), word,
		    arg != NULL ? arg + 1 : NULL);
	}
	return 0;
}
