/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Entering a jail whose root is the host's root in the kernel.
 *
 * Whoever execs a program of the jail can be made to exec /proc/self/exe
 * instead, by a link or as the interpreter of another file, and then root of
 * the jail has a way to the file of the program that entered.  The ids of a
 * user namespace keep him from writing to it, and with userns=inherit nothing
 * does.  So the process that enters execs before that: a program of which no
 * process has more than a read-only view.  It begins with no memory of the
 * caller's, and goes on where spawn_child() does.
 *
 * What it is to do lies in a file without a name; argument and environment
 * vectors are those of the jail's program.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <linux/filter.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "cleanup.h"
#include "enter.h"
#include "filter.h"
#include "io.h"
#include "mnt.h"
#include "spawn.h"
#include "spawn_child.h"

/* The descriptors there, beside standard input, output and error. */
enum {
	ENTER_STATE = 3,
	ENTER_REPORT,
	ENTER_STATUS,
	ENTER_LEASH,
	ENTER_DIR, /* the jail's cgroup */
	ENTER_WARDEN,
	ENTER_FDS
};
#define NFDS (ENTER_FDS - ENTER_STATE)
#define HIGH 64 /* out of their way */
#define STATE_VERSION 2 /* of struct state */

/* Followed by groups, filter and working directory. */
struct state {
	uint32_t size, version; /* both are of one installation */
	struct policy policy;
	uint64_t namespaces;
	int jid;
	bool is_scoped, has_user, ctty, survive, has_cwd;
	uid_t uid;
	gid_t gid;
	size_t ngroups, nfilter, cwdlen;
};

/* ---- the caller's side ---- */

static int
write_all(int fd, const void *data, size_t len)
{
	return len > 0 ? io_write(fd, data, len) : 0;
}

static int
write_state(const struct entry *en, const struct jailx_spawn *how,
    const struct sock_filter *prog, size_t n)
{
	auto_close int fd = memfd_create("enter", MFD_CLOEXEC);
	const struct jailx_user *user = how->user;
	struct state s = {
		.size = sizeof(s),
		.version = STATE_VERSION,
		.policy = en->policy,
		.namespaces = en->namespaces,
		.is_scoped = en->is_scoped,
		.jid = en->jail.jid,
		.has_user = user != NULL,
		.ctty = how->ctty,
		.survive = how->survive,
		.has_cwd = how->cwd != NULL,
		.uid = user != NULL ? user->uid : 0,
		.gid = user != NULL ? user->gid : 0,
		.ngroups = user != NULL ? user->ngroups : 0,
		.nfilter = n,
		.cwdlen = how->cwd != NULL ? strlen(how->cwd) : 0,
	};
	int r;

	if (fd < 0)
		return -errno;
	if ((r = write_all(fd, &s, sizeof(s))) < 0 ||
	    (r = write_all(fd, user != NULL ? user->groups : NULL,
		 s.ngroups * sizeof(gid_t))) < 0 ||
	    (r = write_all(fd, prog, n * sizeof(*prog))) < 0 ||
	    (r = write_all(fd, how->cwd, s.cwdlen)) < 0)
		return r;
	return lseek(fd, 0, SEEK_SET) < 0 ? -errno : take_fd(&fd);
}

/* All to their numbers, by way of higher ones; nothing else stays open. */
static int
place_fds(const int *stdio, const int *fds, int *program)
{
	int high[3 + NFDS], i;

	for (i = 0; i < 3 + NFDS; i++) {
		high[i] =
		    fcntl(i < 3 ? stdio[i] : fds[i - 3], F_DUPFD_CLOEXEC, HIGH);
		if (high[i] < 0)
			return -errno;
	}
	if ((*program = fcntl(*program, F_DUPFD_CLOEXEC, HIGH)) < 0)
		return -errno;
	for (i = 0; i < 3 + NFDS; i++) {
		if (dup2(high[i], i) < 0)
			return -errno;
	}
	if ((*program = dup3(*program, ENTER_FDS, O_CLOEXEC)) < 0 ||
	    syscall(SYS_close_range, ENTER_FDS + 1, ~0U, 0) < 0)
		return -errno;
	return 0;
}

_Noreturn void
enter_exec(const struct entry *en, const struct jailx_spawn *how,
    struct spawn_pipes *p, const struct sock_filter *prog, size_t n)
{
	union {
		const char *const *words;
		char *const *v;
	} argv = { .words = how->argv }, envp = { .words = how->envp };
	int state, program = -1, r;

	if ((r = spawn_begin(en, how, p)) < 0)
		spawn_give_up(p, -r, "descriptors", 0);
	if ((r = state = write_state(en, how, prog, n)) >= 0)
		r = program = mnt_clone_program(LIBEXECDIR "/enter");
	if (r >= 0) {
		const int fds[NFDS] = { state, p->report, p->status, p->leash,
			en->jail.dir, en->warden };

		r = place_fds(how->stdio, fds, &program);
		p->report = ENTER_REPORT;
	}
	if (r >= 0) {
		(void)syscall(
		    SYS_execveat, program, "", argv.v, envp.v, AT_EMPTY_PATH);
		r = -errno;
	}
	spawn_give_up(p, -r, "enter", 0);
}

/* ---- the program ---- */

static bool
read_all(int fd, void *data, size_t len)
{
	return io_read(fd, data, len) == (ssize_t)len;
}

/* What is behind the head of the state. */
static bool
read_rest(const struct state *s, struct jailx_user *user,
    struct sock_filter *prog, char *cwd)
{
	user->uid = s->uid;
	user->gid = s->gid;
	user->ngroups = s->ngroups;
	user->groups = calloc(s->ngroups + 1, sizeof(gid_t));
	if (user->groups == NULL || s->nfilter > FILTER_MAX ||
	    !read_all(ENTER_STATE, user->groups, s->ngroups * sizeof(gid_t)) ||
	    !read_all(ENTER_STATE, prog, s->nfilter * sizeof(*prog)) ||
	    !read_all(ENTER_STATE, cwd, s->cwdlen))
		return false;
	cwd[s->cwdlen] = '\0';
	return true;
}

_Noreturn void
enter_main(char **argv, char **envp)
{
	struct spawn_pipes p = { ENTER_REPORT, ENTER_STATUS, ENTER_LEASH };
	struct sock_filter prog[FILTER_MAX];
	struct jailx_user user = { 0 };
	struct jailx_spawn how = {
		.argv = (const char *const *)argv,
		.envp = (const char *const *)envp,
		.stdio = { 0, 1, 2 },
	};
	struct entry en = { .jail = JAIL_INIT };
	auto_free char *cwd = NULL;
	struct state s;

	if (!read_all(ENTER_STATE, &s, sizeof(s)) || s.size != sizeof(s) ||
	    s.version != STATE_VERSION ||
	    (cwd = malloc(s.cwdlen + 1)) == NULL ||
	    !read_rest(&s, &user, prog, cwd))
		spawn_give_up(&p, EPROTO, "enter", 0);
	(void)prctl(PR_SET_NAME, "jail-enter", 0, 0, 0); /* for ps(1) */
	en.jail.jid = s.jid;
	en.jail.dir = ENTER_DIR;
	en.warden = ENTER_WARDEN;
	en.namespaces = s.namespaces;
	en.policy = s.policy;
	en.is_scoped = s.is_scoped;
	how.user = s.has_user ? &user : NULL;
	how.cwd = s.has_cwd ? cwd : NULL;
	how.ctty = s.ctty;
	how.survive = s.survive;
	spawn_child(&en, &how, &p, prog, s.nfilter);
}
