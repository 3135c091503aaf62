/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The table of system calls.  A call that is not here does not exist for the
 * jail (ENOSYS): a new kernel does not widen it by itself.  What is refused
 * by name is refused because programs take EPERM for "not allowed here",
 * where ENOSYS would send them to an older way of asking for the same.
 */
#include <stdlib.h>
#include <string.h>

#include "filter_table.h"

static const struct filter_group group[] = {
	{ F_ALLOW, "data through descriptors that the process has",
	    "read write readv writev pread64 pwrite64 preadv pwritev preadv2 "
	    "pwritev2 lseek _llseek close close_range dup dup2 dup3 fcntl "
	    "fcntl64 flock fsync fdatasync sync syncfs sync_file_range "
	    "arm_sync_file_range ftruncate ftruncate64 fallocate fadvise64 "
	    "fadvise64_64 arm_fadvise64_64 readahead sendfile sendfile64 "
	    "copy_file_range splice tee vmsplice pipe pipe2" },
	{ F_ALLOW, "names below the jail's root; modes and owners decide",
	    "open openat openat2 creat access faccessat faccessat2 stat lstat "
	    "fstat stat64 lstat64 fstat64 fstatat64 newfstatat statx oldstat "
	    "oldlstat oldfstat statfs fstatfs statfs64 fstatfs64 link linkat "
	    "symlink symlinkat unlink unlinkat rename renameat renameat2 "
	    "mkdir mkdirat rmdir readlink readlinkat chdir fchdir getcwd "
	    "truncate truncate64 utime utimes futimesat utimensat "
	    "utimensat_time64 readdir getdents getdents64 umask "
	    "inotify_init inotify_init1 inotify_add_watch inotify_rm_watch" },
	{ F_ALLOW, "owners, modes, attributes: by capability, no idmap hole",
	    "chmod fchmod fchmodat fchmodat2=452 chown fchown lchown fchownat "
	    "chown32 fchown32 lchown32 setxattr lsetxattr fsetxattr getxattr "
	    "lgetxattr fgetxattr listxattr llistxattr flistxattr removexattr "
	    "lremovexattr fremovexattr setxattrat=463 getxattrat=464 "
	    "listxattrat=465 removexattrat=466 file_getattr=468 "
	    "file_setattr=469" },
	{ F_ALLOW, "fifos and sockets; the kernel refuses devices (no MKNOD)",
	    "mknod mknodat" },
	{ F_ALLOW, "FreeBSD leaves it to jail root (PRIV_VFS_CHROOT)",
	    "chroot" },
	{ F_ALLOW, "a handle is a number; opening it is refused below",
	    "name_to_handle_at" },
	{ F_ALLOW, "waiting for descriptors and events",
	    "select _newselect pselect6 pselect6_time64 poll ppoll "
	    "ppoll_time64 epoll_create epoll_create1 epoll_ctl epoll_wait "
	    "epoll_pwait epoll_pwait2 eventfd eventfd2 signalfd signalfd4 "
	    "io_setup io_destroy io_getevents io_submit io_cancel "
	    "io_pgetevents io_pgetevents_time64" },
	{ F_ALLOW, "own memory; locked memory is bounded by its rlimit",
	    "mmap mmap2 munmap mremap mprotect pkey_mprotect pkey_alloc "
	    "pkey_free madvise mincore msync brk remap_file_pages mlock mlock2 "
	    "mlockall munlock munlockall memfd_create memfd_secret mbind "
	    "set_mempolicy get_mempolicy set_mempolicy_home_node "
	    "map_shadow_stack=453 mseal=462 membarrier" },
	{ F_ALLOW, "memory of others: of the jail alone, by the pid namespace",
	    "process_vm_readv process_vm_writev process_madvise "
	    "process_mrelease move_pages migrate_pages" },
	{ F_ALLOW, "programs and threads",
	    "fork vfork execve execveat exit exit_group wait4 waitpid waitid "
	    "set_tid_address set_robust_list get_robust_list futex "
	    "futex_time64 futex_waitv futex_wake=454 futex_wait=455 "
	    "futex_requeue=456 rseq restart_syscall gettid getpid getppid "
	    "getpgid getpgrp setpgid getsid setsid pidfd_open "
	    "pidfd_send_signal pidfd_getfd getcpu" },
	{ F_CLONE, "a new namespace would bring capabilities of its own",
	    "clone" },
	{ F_ENOSYS, "its flags lie in memory, unseen: libc falls back to clone",
	    "clone3" },
	{ F_UNSHARE, "as clone; files and directories may be unshared",
	    "unshare" },
	{ F_ALLOW, "signals; whom they reach is the pid namespace's matter",
	    "kill tkill tgkill signal sigaction sigprocmask sigpending "
	    "sigsuspend sgetmask ssetmask sigreturn sigaltstack pause "
	    "rt_sigaction rt_sigprocmask rt_sigpending rt_sigsuspend "
	    "rt_sigtimedwait rt_sigtimedwait_time64 rt_sigqueueinfo "
	    "rt_tgsigqueueinfo rt_sigreturn" },
	{ F_ALLOW, "users and groups: by capability (PRIV_CRED_*)",
	    "getuid geteuid getgid getegid getuid32 geteuid32 getgid32 "
	    "getegid32 setuid setgid setuid32 setgid32 setreuid setregid "
	    "setreuid32 setregid32 setresuid setresgid setresuid32 "
	    "setresgid32 getresuid getresgid getresuid32 getresgid32 setfsuid "
	    "setfsgid setfsuid32 setfsgid32 getgroups setgroups getgroups32 "
	    "setgroups32 capget capset" },
	{ F_ALLOW, "limits and scheduling: raising them needs the host's root",
	    "getrlimit ugetrlimit setrlimit prlimit64 getrusage nice "
	    "getpriority setpriority ioprio_get ioprio_set sched_yield "
	    "sched_setparam sched_getparam sched_setscheduler "
	    "sched_getscheduler sched_setattr sched_getattr "
	    "sched_setaffinity sched_getaffinity sched_get_priority_max "
	    "sched_get_priority_min sched_rr_get_interval "
	    "sched_rr_get_interval_time64" },
	{ F_ALLOW, "clocks and timers, reading and waiting",
	    "time gettimeofday clock_gettime clock_gettime64 clock_getres "
	    "clock_getres_time64 nanosleep clock_nanosleep "
	    "clock_nanosleep_time64 times alarm getitimer setitimer "
	    "timer_create timer_settime timer_settime64 timer_gettime "
	    "timer_gettime64 timer_getoverrun timer_delete timerfd_create "
	    "timerfd_settime timerfd_settime64 timerfd_gettime "
	    "timerfd_gettime64" },
	{ F_ALLOW, "NTP state is read by many; writing needs CAP_SYS_TIME",
	    "adjtimex clock_adjtime clock_adjtime64" },
	{ F_ALLOW, "what the machine is; names are the uts namespace's",
	    "uname olduname oldolduname sysinfo sethostname setdomainname "
	    "getrandom" },
	{ F_ALLOW, "sockets that exist: what they are is settled by socket",
	    "bind connect listen accept accept4 getsockname getpeername "
	    "sendto send sendmsg sendmmsg recvfrom recv recvmsg recvmmsg "
	    "recvmmsg_time64 shutdown setsockopt getsockopt" },
	{ F_SOCKET, "families whose addresses the jail's rules cover",
	    "socket socketpair" },
	{ F_ENOSYS, "its arguments lie in memory: any family would pass",
	    "socketcall" },
	{ F_ALLOW, "POSIX message queues of the own ipc namespace",
	    "mq_open mq_unlink mq_timedsend mq_timedsend_time64 "
	    "mq_timedreceive mq_timedreceive_time64 mq_notify mq_getsetattr" },
	{ F_SYSVMSG, "System V messages", "msgget msgsnd msgrcv msgctl" },
	{ F_SYSVSEM, "System V semaphores",
	    "semget semop semctl semtimedop semtimedop_time64" },
	{ F_SYSVSHM, "System V shared memory", "shmget shmat shmdt shmctl" },
	{ F_SYSVIPC, "all three by one number, as 32-bit libc calls them",
	    "ipc" },
	{ F_ALLOW, "debuggers: the jail's own processes (PRIV_DEBUG_*)",
	    "ptrace" },
	{ F_ALLOW, "a process may confine itself further",
	    "prctl seccomp landlock_create_ruleset landlock_add_rule "
	    "landlock_restrict_self" },
	{ F_ALLOW, "processor state of the thread itself",
	    "arch_prctl set_thread_area get_thread_area modify_ldt "
	    "breakpoint cacheflush set_tls get_tls usr26 usr32" },
	{ F_PERSONALITY, "the values that leave memory protection alone",
	    "personality" },
	{ F_IOCTL, "terminals, modules and subvolumes: the rest is by rights",
	    "ioctl" },
	{ F_SYSLOG, "the host's messages (allow.read_msgbuf, PRIV_MSGBUF)",
	    "syslog" },

	{ F_EPERM, "mounts are made by the host alone (allow.mount is off)",
	    "mount umount umount2 pivot_root fsopen fsconfig fsmount fspick "
	    "open_tree open_tree_attr=467 move_mount mount_setattr" },
	{ F_EPERM, "an accomplice could pass a descriptor of a namespace",
	    "setns" },
	{ F_EPERM, "a handle reaches files outside the root (PRIV_VFS_FHOPEN)",
	    "open_by_handle_at" },
	{ F_EPERM, "quotas (allow.quotas is off)", "quotactl quotactl_fd" },
	{ F_EPERM, "the machine is the host's (PRIV_REBOOT, KLD, SWAP, ACCT)",
	    "reboot kexec_load kexec_file_load init_module finit_module "
	    "delete_module swapon swapoff acct" },
	{ F_EPERM, "the clock is the host's (PRIV_CLOCK_SETTIME)",
	    "settimeofday stime clock_settime clock_settime64" },
	{ F_EPERM, "hardware (PRIV_IO)",
	    "iopl ioperm pciconfig_iobase pciconfig_read pciconfig_write" },
	{ F_EPERM, "large, often broken, looks beyond the jail",
	    "bpf perf_event_open fanotify_init fanotify_mark userfaultfd "
	    "kcmp" },
	{ F_EPERM, "hangs up a terminal (PRIV_TTY_*)", "vhangup" },

	{ F_ENOSYS, "its operations pass by this filter",
	    "io_uring_setup io_uring_enter io_uring_register" },
	{ F_ENOSYS, "keyrings know no jails; a kernel without them is common",
	    "add_key request_key keyctl" },
	{ F_ENOSYS, "mountinfo is the one view of mounts, so as to mask it",
	    "statmount=457 listmount=458" },
	{ F_ENOSYS, "the host's page cache, where layers are shared",
	    "cachestat=451" },
	{ F_ENOSYS, "which namespaces the host has", "listns=470" },
	{ F_ENOSYS, "obsolete: removed, or without any use",
	    "uselib ustat sysfs _sysctl bdflush nfsservctl lookup_dcookie "
	    "create_module get_kernel_syms query_module vm86 vm86old "
	    "getpmsg putpmsg afs_syscall tuxcall security vserver "
	    "epoll_ctl_old epoll_wait_old break stty gtty ftime prof lock mpx "
	    "ulimit profil idle" },
};

/* The number behind NAME=, cut off the name. */
static void
split_number(struct filter_word *w)
{
	const char *eq = memchr(w->name, '=', w->len);

	w->nr = -1;
	if (eq == NULL)
		return;
	w->nr = (int)strtol(eq + 1, NULL, 10);
	w->len = (size_t)(eq - w->name);
}

bool
filter_word_next(struct filter_word *w)
{
	const struct filter_group *end = group + sizeof(group) / sizeof(*group);
	const char *p;

	if (w->group == NULL) {
		w->group = group;
		p = w->group->names;
	} else {
		p = w->name + strcspn(w->name, " ");
		p += strspn(p, " ");
	}
	if (*p == '\0') {
		if (++w->group == end) {
			w->group = NULL;
			return false;
		}
		p = w->group->names;
	}
	w->name = p;
	w->len = strcspn(p, " ");
	split_number(w);
	return true;
}

bool
filter_word_find(struct filter_word *w, const char *name, int nr)
{
	*w = (struct filter_word){ 0 };
	while (filter_word_next(w)) {
		if (name == NULL ? nr >= 0 && w->nr == nr
				 : strlen(name) == w->len &&
				       memcmp(name, w->name, w->len) == 0)
			return true;
	}
	return false;
}
