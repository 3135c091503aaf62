/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The warden: pid 1 of a jail.
 *
 * It holds the jail's namespaces, reaps what is left to it, and ends when
 * the jail has no process left and does not persist.  A SIGTERM of the host's
 * ends the persistence: at a shutdown all get one, and are waited for.  It is
 * exec'd by the jail's first process with the host's privilege, its
 * descriptors at fixed numbers (inside.h), and becomes a stranger to the host
 * step by step:
 *
 *	hide		should make ptrace and /proc/1/{fd,mem,exe} fail for
 *			everybody in the jail; before the first setns, and
 *			again after each change of ids, which may undo it
 *	enter		should join the jail's user namespace, where it has one,
 *			and make uts, ipc and net there, with lo up; must not
 *			touch a file
 *	drop		should leave no id, group or capability of the host,
 *			and no system call but those of the loop
 *	report		should tell the builder; must be the last that can fail
 *
 * After the report nothing is fatal, and nothing is read but the two files
 * of its own cgroup that the host's root writes.
 *
 * "No process left" is asked of the payload's cgroup, not of wait(2): pid 1
 * hears nothing of a process that a parent outside of the jail reaps.
 */
#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <time.h>
#include <unistd.h>

#include "calls.h"
#include "inside.h"
#include "jerr.h"

#define PERSIST "user.jail.persist" /* STORE_PERSIST of the library */

static struct jerr report;

/* Tell the builder and end. */
static _Noreturn void
fail(const char *what)
{
	report.err = errno != 0 ? errno : ECHILD;
	(void)strncpy(report.msg, what, sizeof(report.msg) - 1);
	(void)strncat(report.msg, ": ", 3);
	(void)strncat(report.msg, strerror(report.err), 64);
	(void)write(WARDEN_REPORT, &report, sizeof(report)); /* EOF tells */
	_exit(1);
}

static void
hide(void)
{
	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0)
		fail("warden: dumpable");
}

/* Any socket serves: it is of the namespace that it was made in. */
static void
own_net(void)
{
	struct ifreq lo = { .ifr_name = "lo", .ifr_flags = IFF_UP };
	int fd;

	if (unshare(CLONE_NEWNET) < 0)
		fail("vnet: network namespace");
	if ((fd = socket(AF_UNIX, SOCK_DGRAM, 0)) < 0 ||
	    ioctl(fd, SIOCSIFFLAGS, &lo) < 0 || close(fd) < 0)
		fail("vnet: lo");
}

static void
enter(const char *flags, const char *host, const char *domain)
{
	int own_user = strchr(flags, WARDEN_OWN_USER) != NULL;
	int own_uts = strchr(flags, WARDEN_OWN_UTS) != NULL;
	int own_ipc = strchr(flags, WARDEN_OWN_IPC) != NULL;

	if (own_user && setns(WARDEN_USERNS, CLONE_NEWUSER) < 0)
		fail("warden: user namespace");
	hide();
	if (setns(WARDEN_CGROUPNS, CLONE_NEWCGROUP) < 0)
		fail("warden: cgroup namespace");
	if ((own_uts && unshare(CLONE_NEWUTS) < 0) ||
	    (own_ipc && unshare(CLONE_NEWIPC) < 0))
		fail("warden: namespaces");
	if (strchr(flags, WARDEN_OWN_NET) != NULL)
		own_net();
	if (own_uts && sethostname(host, strlen(host)) < 0)
		fail("host.hostname");
	if (own_uts && setdomainname(domain, strlen(domain)) < 0)
		fail("host.domainname");
	if ((own_user && close(WARDEN_USERNS) < 0) ||
	    close(WARDEN_CGROUPNS) < 0)
		fail("warden: descriptors");
}

static void
drop(void)
{
	struct __user_cap_header_struct head = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct none[2] = { 0 };

	if (setgroups(0, NULL) < 0 || setresgid(0, 0, 0) < 0 ||
	    setresuid(0, 0, 0) < 0)
		fail("warden: ids");
	hide();
	if (syscall(SYS_capset, &head, none) < 0 || calls_restrict() < 0)
		fail("warden: privileges");
}

static int removed; /* the payload's cgroup */

/* Is a process left in the payload?  When in doubt, yes. */
static int
is_populated(void)
{
	static const char empty[] = "populated 0";
	char text[64];
	ssize_t n = pread(WARDEN_EVENTS, text, sizeof(text), 0);

	/* systemd does so with those that are empty, at a shutdown */
	removed = n < 0 && errno == ENODEV;
	return !removed && (n < (ssize_t)sizeof(empty) - 1 ||
			       memcmp(text, empty, sizeof(empty) - 1) != 0);
}

/* kernfs counts directories as links: beside payload/ those of children. */
static int
has_children(void)
{
	struct stat st;

	return syscall(SYS_fstat, WARDEN_DIR, &st) == 0 && st.st_nlink > 3;
}

static volatile sig_atomic_t told;

/*
 * Who is in the jail has a pid there, and may not end it so.  A signal of his
 * that is pending hides one of the host's: who can send it can as well stay
 * when he is told to end, and keeps a shutdown waiting as long.
 */
static void
on_term(int sig, siginfo_t *si, void *context)
{
	(void)sig;
	(void)context;
	if (si->si_code == SI_USER && si->si_pid == 0)
		told = 1;
}

/* Only while it waits, so that none comes between a look and the next. */
static void
heed_signals(void)
{
	struct sigaction ignore = { .sa_handler = SIG_IGN };
	struct sigaction term = {
		.sa_sigaction = on_term,
		.sa_flags = SA_SIGINFO,
	};
	sigset_t all;

	(void)sigfillset(&all);
	/* children left to it are reaped by the kernel */
	if (sigprocmask(SIG_SETMASK, &all, NULL) < 0 ||
	    sigaction(SIGCHLD, &ignore, NULL) < 0 ||
	    sigaction(SIGTERM, &term, NULL) < 0)
		fail("warden: signals");
}

/* A jail that begins without a process waits for its first one. */
static void
watch(void)
{
	struct pollfd pfd = { .fd = WARDEN_EVENTS, .events = POLLPRI };
	struct timespec later = { .tv_nsec = 100000000 };
	sigset_t none;

	(void)sigemptyset(&none);
	/*
	 * The jail's root may set our limit of descriptors to none, and poll()
	 * fails then; a file of a removed cgroup is always ready.  Without any
	 * it still sleeps.
	 */
	while (is_populated() ||
	       (!told && (fgetxattr(WARDEN_DIR, PERSIST, NULL, 0) >= 0 ||
			     has_children()))) {
		if (removed || ppoll(&pfd, 1, NULL, &none) < 0)
			(void)ppoll(NULL, 0, &later, &none);
	}
}

int
main(int argc, char **argv)
{
	int i;

	if (argc != 4)
		return 1;
	hide();
	heed_signals();
	enter(argv[1], argv[2], argv[3]);
	for (i = 1; i < argc; i++) /* ps shows the title alone */
		(void)memset(argv[i], 0, strlen(argv[i]));
	drop();
	if (write(WARDEN_REPORT, &report, sizeof(report)) < 0)
		return 1;
	(void)close(WARDEN_REPORT);
	/* the kernel waits for all processors then: nobody else is to */
	(void)close(WARDEN_FILE);
	watch();
	_exit(0);
}
