/* SPDX-License-Identifier: BSD-2-Clause */
/* Processes and namespaces.  -errno on failure. */
#ifndef KERN_NS_H
#define KERN_NS_H

#include <stdint.h>
#include <sys/types.h>

/* The child's signal handlers are the default ones (clone3's flag). */
#define NS_CLEAR_SIGHAND 0x100000000ULL

/*
 * fork(2) with clone flags, into a cgroup (-1: the caller's).  Returns the
 * pid, 0 in the child.  ret_pidfd may be NULL.  No atfork handlers run.
 */
pid_t ns_fork(uint64_t flags, int cgroup, int *ret_pidfd);

/*
 * As ns_fork(), but the child runs fn(arg), which does not return, on a stack
 * of its own in the caller's memory, and the caller sleeps until the child
 * has ended or exec'd another program: vfork(2) with flags.  No page table is
 * copied, which is most of what fork(2) costs.
 */
pid_t ns_vfork(uint64_t flags, int cgroup, void (*fn)(void *), void *arg);

/*
 * The same with CLONE_NEWPID in flags where setns(2) has chosen another pid
 * namespace for the caller's children: below that one.  proc: a procfs of the
 * caller's.  0, and *ret_pid as the caller sees it, or -errno.
 */
int ns_vfork_below(int proc, uint64_t flags, int cgroup, void (*fn)(void *),
    void *arg, pid_t *ret_pid);

/*
 * A procfs of the caller's pid namespace that is not read-only, whatever the
 * host did to /proc: a descriptor of its root.  It may be the host's, where
 * something may cover a name, but not what is of a process that is new.
 */
int ns_proc(void);

/* The process that made new namespaces, on its way out. */
struct ns_helper {
	pid_t pid; /* 0: none */
	void *stack;
};

/*
 * New user and cgroup namespaces that no process is in: ids 0 to count-1 are
 * base and up on the host, base is the owner of the user namespace, and the
 * cgroup namespace's root is cgroup.  The caller is not dumpable afterwards.
 * With a count of 0 there is no new user namespace, and *ret_user stays as it
 * is.  lock[] are descriptors that the short-lived helper must not keep alive.
 * The caller has something else to do until the helper has ended, and calls
 * ns_helper_done() then.
 */
int ns_new(int proc, int cgroup, uint32_t base, uint32_t count, const int *lock,
    size_t nlock, int *ret_user, int *ret_cgroup, struct ns_helper *ret_helper);

/* End the helper, whatever it waits for, and reap it.  More than once. */
void ns_helper_done(struct ns_helper *h);

/* A new session keyring that shares nothing with the caller's old one. */
int ns_new_keyring(void);

/*
 * New files belong to this uid and gid, with root's capabilities kept: a
 * thread of libc's may not do this, only a process that ns_vfork() made.
 */
int ns_files_of(uint32_t id);

/* Not dumpable: no ptrace, no /proc/PID/{fd,mem,exe} for others. */
int ns_hide(void);

/*
 * What ps(1) shows of the process from now on, where root may say so.  The
 * text is to stay, in memory that is no file's.
 */
void ns_set_title(const char *title);

#endif
