/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Small attacks from inside a jail, and their helpers outside.  Each says what
 * it got; "HOST ..." is a line that must not be.
 *
 *	exchange A B		swap the names A and B until /stop exists
 *	grab INO...		until /stop exists: whatever program any process
 *				runs that has one of these inode numbers, try to
 *				write to it.  The counts go to /said.
 *	keys add COMMAND...	(outside) a key for root, then the command
 *	keys look		is it there?
 *	pass SOCKET		(outside) hand out descriptors of namespaces
 *	take SOCKET		enter what is handed out
 *	warden [PID]		open everything of /proc/1, or of PID
 *	procfs			every file of /proc, the own process's and pid
 *				1's: does it open for writing, and if it is
 *				for root alone and no setting, does it say
 *				anything?
 *	fds			list the own descriptors
 *	where			the working directory, and what lies above it
 *	bomb			300 processes that fork and end for ever
 */
#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/fs.h>
#include <linux/keyctl.h>

#define KEY "jail-host-test"

static int
exchange(int argc, char **argv)
{
	if (argc != 2)
		return 2;
	while (access("/stop", F_OK) < 0)
		(void)syscall(SYS_renameat2, AT_FDCWD, argv[0], AT_FDCWD,
		    argv[1], RENAME_EXCHANGE);
	return 0;
}

static long seen, written;

/* An O_PATH descriptor of a program of the host's: can it be written to? */
static void
overwrite(int fd)
{
	static const int modes[] = { O_WRONLY, O_RDWR, O_WRONLY | O_TRUNC };
	char name[64];
	int i, k, w;

	(void)snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
	/* it is busy as long as it runs: more than once */
	for (i = 0; i < 60; i++) {
		k = i % 3;
		if ((w = open(name, modes[k] | O_CLOEXEC)) < 0)
			continue;
		written++;
		(void)close(w);
	}
}

static int
is_wanted(const struct stat *st, int argc, char **argv)
{
	int i;

	for (i = 0; i < argc; i++) {
		if (st->st_ino == strtoul(argv[i], NULL, 10))
			return 1;
	}
	return 0;
}

static void
grab_of(const char *pid, int argc, char **argv)
{
	char path[300];
	struct stat st;
	int fd;

	(void)snprintf(path, sizeof(path), "/proc/%s/exe", pid);
	if ((fd = open(path, O_PATH | O_CLOEXEC)) < 0)
		return;
	if (fstat(fd, &st) == 0 && is_wanted(&st, argc, argv)) {
		seen++;
		overwrite(fd);
	}
	(void)close(fd);
}

static int
grab(int argc, char **argv)
{
	struct dirent *d;
	FILE *said;
	DIR *proc;

	(void)close(open("/ready", O_CREAT | O_WRONLY, 0644));
	while (access("/stop", F_OK) < 0) {
		if ((proc = opendir("/proc")) == NULL)
			return 3;
		while ((d = readdir(proc)) != NULL)
			grab_of(d->d_name, argc, argv);
		(void)closedir(proc);
	}
	if ((said = fopen("/said", "we")) == NULL)
		return 3;
	(void)fprintf(said, "%ld seen\n", seen);
	if (written > 0)
		(void)fprintf(
		    said, "HOST %ld times open for writing\n", written);
	return fclose(said) == 0 ? 0 : 3;
}

static int
keys(int argc, char **argv)
{
	static const int rings[] = {
		KEY_SPEC_SESSION_KEYRING,
		KEY_SPEC_USER_KEYRING,
		KEY_SPEC_USER_SESSION_KEYRING,
		KEY_SPEC_PROCESS_KEYRING,
		KEY_SPEC_THREAD_KEYRING,
	};
	static char text[65536];
	size_t i;
	FILE *f;

	if (argc > 1 && strcmp(argv[0], "add") == 0) {
		for (i = 0; i < 2; i++) {
			if (syscall(SYS_add_key, "user", KEY, "secret", 6L,
				(long)rings[i]) < 0)
				err(77, "add_key");
		}
		if (syscall(SYS_keyctl, (long)KEYCTL_SEARCH, (long)rings[0],
			"user", KEY, 0L) < 0)
			err(3, "the key is not there outside");
		(void)execvp(argv[1], argv + 1);
		err(3, "%s", argv[1]);
	}
	for (i = 0; i < sizeof(rings) / sizeof(rings[0]); i++) {
		if (syscall(SYS_keyctl, (long)KEYCTL_SEARCH, (long)rings[i],
			"user", KEY, 0L) >= 0)
			(void)printf("HOST key in ring %d\n", rings[i]);
	}
	if (syscall(SYS_request_key, "user", KEY, NULL, 0L) >= 0)
		(void)printf("HOST key by request_key\n");
	if ((f = fopen("/proc/keys", "re")) != NULL) {
		while (fgets(text, sizeof(text), f) != NULL) {
			if (strstr(text, KEY) != NULL)
				(void)printf("HOST key in /proc/keys\n");
		}
		(void)fclose(f);
	}
	(void)printf("looked\n");
	return 0;
}

/* ---- descriptors over a socket ---- */

static const char *const spaces[] = {
	"mnt",
	"pid",
	"user",
	"net",
	"uts",
	"ipc",
	"cgroup",
	"time",
};
#define NSPACES (sizeof(spaces) / sizeof(spaces[0]))

union control {
	char buf[CMSG_SPACE(sizeof(int) * NSPACES)];
	struct cmsghdr align;
};

static int
socket_at(const char *path, struct sockaddr_un *ret)
{
	*ret = (struct sockaddr_un){ .sun_family = AF_UNIX };
	(void)snprintf(ret->sun_path, sizeof(ret->sun_path), "%s", path);
	return socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
}

static int
pass(int argc, char **argv)
{
	struct sockaddr_un at;
	int s, c, fds[NSPACES];
	union control control = { { 0 } };
	char byte = 0, name[64];
	struct iovec iov = { &byte, 1 };
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control.buf,
		.msg_controllen = sizeof(control.buf),
	};
	struct cmsghdr *head;
	size_t i;

	if (argc != 1 || (s = socket_at(argv[0], &at)) < 0 ||
	    bind(s, (struct sockaddr *)&at, sizeof(at)) < 0 ||
	    chmod(argv[0], 0666) < 0 || listen(s, 1) < 0 ||
	    (c = accept(s, NULL, NULL)) < 0)
		err(3, "pass");
	for (i = 0; i < NSPACES; i++) {
		(void)snprintf(
		    name, sizeof(name), "/proc/self/ns/%s", spaces[i]);
		if ((fds[i] = open(name, O_RDONLY | O_CLOEXEC)) < 0)
			err(3, "%s", name);
	}
	head = CMSG_FIRSTHDR(&msg);
	head->cmsg_level = SOL_SOCKET;
	head->cmsg_type = SCM_RIGHTS;
	head->cmsg_len = CMSG_LEN(sizeof(fds));
	(void)memcpy(CMSG_DATA(head), fds, sizeof(fds));
	return sendmsg(c, &msg, 0) == 1 ? 0 : 3;
}

static int
take(int argc, char **argv)
{
	struct sockaddr_un at;
	int s, fds[NSPACES];
	union control control = { { 0 } };
	char byte;
	struct iovec iov = { &byte, 1 };
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control.buf,
		.msg_controllen = sizeof(control.buf),
	};
	size_t i;

	if (argc != 1 || (s = socket_at(argv[0], &at)) < 0 ||
	    connect(s, (struct sockaddr *)&at, sizeof(at)) < 0 ||
	    recvmsg(s, &msg, 0) != 1 || CMSG_FIRSTHDR(&msg) == NULL)
		err(3, "take");
	(void)memcpy(fds, CMSG_DATA(CMSG_FIRSTHDR(&msg)), sizeof(fds));
	for (i = 0; i < NSPACES; i++) {
		if (syscall(SYS_setns, fds[i], 0) == 0)
			(void)printf("HOST %s entered\n", spaces[i]);
		else
			(void)printf("%s %s\n", spaces[i],
			    errno == EPERM ? "EPERM" : strerror(errno));
	}
	return 0;
}

/* ---- /proc ---- */

/* Does what was opened say anything; of a directory, where a link leads? */
static int
shows(int fd)
{
	char text[4096], to[256];
	DIR *dir = fdopendir(fd);
	struct dirent *d;
	int any = 0;

	if (dir == NULL) {
		any = read(fd, text, sizeof(text)) > 0;
		(void)close(fd);
		return any;
	}
	while (!any && (d = readdir(dir)) != NULL)
		any = readlinkat(dirfd(dir), d->d_name, to, sizeof(to)) > 0;
	(void)closedir(dir);
	return any;
}

static int
warden(int argc, char **argv)
{
	static const char *const names[] = {
		"auxv",
		"environ",
		"exe",
		"cwd",
		"root",
		"maps",
		"mem",
		"smaps",
		"pagemap",
		"stack",
		"syscall",
		"io",
		"fd",
		"fdinfo",
		"map_files",
		"ns/mnt",
		"ns/user",
		"ns/pid",
		"fd/3",
		"fd/6",
		"fdinfo/3",
		"personality",
		"clear_refs",
	};
	char path[64];
	size_t i;
	int fd;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		(void)snprintf(path, sizeof(path), "/proc/%s/%s",
		    argc > 0 ? argv[0] : "1", names[i]);
		if ((fd = open(path, O_RDONLY | O_CLOEXEC)) < 0)
			continue;
		/* what is not denied at once is denied now */
		if (shows(fd))
			(void)printf("HOST %s\n", path);
	}
	(void)printf("looked\n");
	return 0;
}

static long looked;

/* Files that a look may take for ever at, or that are the reader's own. */
static int
is_left_out(const char *path)
{
	return strncmp(path, "/proc/self/", 11) == 0 ||
	       strncmp(path, "/proc/thread-self/", 18) == 0 ||
	       strstr(path, "/task/") != NULL || strstr(path, "/fd/") != NULL;
}

static int
look(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	const char *at = path + strlen("/proc/");
	char byte;
	int fd;

	(void)ftw;
	if (type != FTW_F || is_left_out(path))
		return 0;
	if (*at >= '0' && *at <= '9' && strtol(at, NULL, 10) != 1 &&
	    strtol(at, NULL, 10) != getpid())
		return 0;
	looked++;
	if ((fd = open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC)) >= 0) {
		(void)printf("HOST %s opens for writing\n", path);
		(void)close(fd);
	}
	if ((st->st_mode & 07) != 0 || (*at >= '0' && *at <= '9') ||
	    strncmp(at, "sys/", 4) == 0)
		return 0;
	if ((fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)) < 0)
		return 0;
	if (read(fd, &byte, 1) > 0)
		(void)printf("HOST %s says something\n", path);
	(void)close(fd);
	return 0;
}

static int
procfs(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	if (nftw("/proc", look, 16, FTW_PHYS) < 0)
		err(3, "/proc");
	(void)printf("%s\n", looked > 100 ? "looked" : "nothing is there");
	return 0;
}

static int
list_fds(int argc, char **argv)
{
	struct stat st;
	int i;

	(void)argc;
	(void)argv;
	for (i = 0; i < 1024; i++) {
		if (fstat(i, &st) == 0)
			(void)printf("%d ", i);
	}
	(void)printf("\n");
	return 0;
}

static int
where(int argc, char **argv)
{
	char path[4096];

	(void)argc;
	(void)argv;
	if (syscall(SYS_getcwd, path, sizeof(path)) < 0 || path[0] != '/')
		(void)printf("HOST unreachable directory\n");
	else
		(void)printf("%s\n", path);
	if (access("HOSTMARK", F_OK) == 0 || access("../HOSTMARK", F_OK) == 0)
		(void)printf("HOST directory\n");
	return 0;
}

static int
bomb(int argc, char **argv)
{
	struct rlimit few = { 300, 300 };
	pid_t pid;

	(void)argc;
	(void)argv;
	(void)setrlimit(RLIMIT_NPROC, &few);
	(void)setsid();
	(void)signal(SIGCHLD, SIG_IGN);
	(void)signal(SIGTERM, SIG_IGN);
	(void)signal(SIGHUP, SIG_IGN);
	if ((pid = fork()) > 0)
		return 0;
	/*
	 * Grow; where it is full, end and leave the room to a brother, or wait
	 * a little: what a refused fork takes is given back late, and on a
	 * slow machine that is all its memory.
	 */
	for (;;) {
		pid = fork();
		if (pid < 0 && getpid() % 8 == 0)
			_exit(0);
		if (pid < 0)
			(void)usleep(20000);
		(void)sched_yield();
	}
}

static const struct {
	const char *name;
	int (*run)(int argc, char **argv);
} verbs[] = {
	{ "exchange", exchange },
	{ "grab", grab },
	{ "keys", keys },
	{ "pass", pass },
	{ "take", take },
	{ "warden", warden },
	{ "procfs", procfs },
	{ "fds", list_fds },
	{ "where", where },
	{ "bomb", bomb },
};

int
main(int argc, char **argv)
{
	size_t i;

	for (i = 0; argc > 1 && i < sizeof(verbs) / sizeof(verbs[0]); i++) {
		if (strcmp(argv[1], verbs[i].name) == 0)
			return verbs[i].run(argc - 2, argv + 2);
	}
	errx(2, "usage: see the source");
}
