/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Users, of the host or of a jail by its own files.  A jail's files are
 * foreign text: they are read up to a limit and parsed here, never by NSS,
 * which would load the jail's modules.
 */
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "buf.h"
#include "cleanup.h"
#include "core.h"
#include "io.h"
#include "jerr.h"
#include "passwd.h"
#include "path.h"
#include "spawn.h"
#include "user.h"

#define FILE_MAX (16 << 20) /* a passwd file has no more */
#define GETENT "/usr/bin/getent"

void
user_done(struct jailx_user *user)
{
	free(user->groups);
	free(user->name);
	free(user->home);
	free(user->shell);
	*user = (struct jailx_user){ 0 };
}

static int
add_group(struct jailx_user *user, gid_t gid)
{
	gid_t *more;
	size_t i;

	for (i = 0; i < user->ngroups; i++) {
		if (user->groups[i] == gid)
			return 0;
	}
	more = grow(user->groups, user->ngroups, sizeof(*more));
	if (more == NULL)
		return -ENOMEM;
	user->groups = more;
	user->groups[user->ngroups++] = gid;
	return 0;
}

static int
take_line(const struct passwd_line *p, struct jailx_user *ret)
{
	*ret = (struct jailx_user){
		.uid = p->uid,
		.gid = p->gid,
		.name = strdup(p->name),
		.home = strdup(p->home),
		.shell = strdup(*p->shell != '\0' ? p->shell : "/bin/sh"),
	};
	if (ret->name == NULL || ret->home == NULL || ret->shell == NULL)
		return -ENOMEM;
	return 0;
}

/* Find a name, or a uid in digits, in the text of a passwd file. */
static int
find_line(char *text, const char *name, struct jailx_user *ret)
{
	char *rest = text, *line;
	struct passwd_line p;
	uint32_t id = ID_NONE;

	(void)id_parse(name, &id); /* else a name */
	while ((line = strsep(&rest, "\n")) != NULL) {
		if (passwd_parse(line, &p) == 0 &&
		    (strcmp(p.name, name) == 0 || p.uid == id))
			return take_line(&p, ret);
	}
	return -ENOENT;
}

static int
find_groups(char *text, struct jailx_user *user)
{
	char *rest = text, *line;
	uint32_t gid;
	int r = add_group(user, user->gid);

	while (r == 0 && (line = strsep(&rest, "\n")) != NULL) {
		if (group_has(line, user->name, &gid) == 1)
			r = add_group(user, gid);
	}
	return r;
}

/* The user and his groups by the text of two open files. */
static int
read_user(int passwd, int group, const char *name, struct jailx_user *ret)
{
	auto_buf struct buf users = BUF_INIT, groups = BUF_INIT;
	int r;

	if (passwd < 0)
		return -ENOENT;
	if ((r = io_slurp(passwd, FILE_MAX, &users)) < 0 || users.p == NULL)
		return r < 0 ? r : -ENOENT;
	if ((r = find_line(users.p, name, ret)) < 0)
		return r;
	if (group >= 0 && (r = io_slurp(group, FILE_MAX, &groups)) < 0)
		return r;
	return groups.p != NULL ? find_groups(groups.p, ret)
				: add_group(ret, ret->gid);
}

/* ---- the host ---- */

/*
 * What getent(1) answers.  The tools are linked statically, without NSS, for
 * their start-up cost: users that are not in the host's files (LDAP...) are
 * asked of it.  Root runs it: nothing of the caller's environment counts.
 */
static int
ask_getent(const char *database, const char *key, struct buf *ret)
{
	const char *argv[] = { GETENT, database, "--", key, NULL };
	const char *envp[] = { "PATH=/usr/bin:/bin", "LC_ALL=C", NULL };
	posix_spawn_file_actions_t actions;
	int out[2], r, status = 0;
	pid_t pid;

	if (pipe2(out, O_CLOEXEC) < 0)
		return -errno;
	(void)posix_spawn_file_actions_init(&actions);
	(void)posix_spawn_file_actions_addopen(
	    &actions, 0, "/dev/null", O_RDONLY, 0);
	(void)posix_spawn_file_actions_adddup2(&actions, out[1], 1);
	(void)posix_spawn_file_actions_addopen(
	    &actions, 2, "/dev/null", O_WRONLY, 0);
	r = -posix_spawn(&pid, argv[0], &actions, NULL,
	    (char *const *)(uintptr_t)argv, (char *const *)(uintptr_t)envp);
	(void)posix_spawn_file_actions_destroy(&actions);
	close_fd(out[1]);
	if (r == 0) {
		r = io_slurp(out[0], FILE_MAX, ret);
		while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
			;
	}
	close_fd(out[0]);
	return r < 0 ? r : status != 0 || ret->len == 0 ? -ENOENT : 0;
}

static int
getent_user(const char *name, struct jailx_user *ret)
{
	auto_buf struct buf b = BUF_INIT;
	int r;

	/* it would take what merely begins like a number for one */
	if (strchr("0123456789+- \t", *name) != NULL)
		return -ENOENT;
	if ((r = ask_getent("passwd", name, &b)) < 0)
		return r;
	return b.p != NULL ? find_line(b.p, name, ret) : -ENOENT;
}

/* "name gid gid ..." */
static int
getent_groups(struct jailx_user *user)
{
	auto_buf struct buf b = BUF_INIT;
	char *rest, *word;
	uint32_t gid;
	int r = add_group(user, user->gid);

	if (r < 0 || ask_getent("initgroups", user->name, &b) < 0)
		return r;
	rest = b.p != NULL ? b.p : (char[]){ "" };
	(void)strsep(&rest, " ");
	while (r == 0 && (word = strsep(&rest, " \n")) != NULL) {
		if (id_parse(word, &gid) == 0)
			r = add_group(user, gid);
	}
	return r;
}

static int
host_user(const char *name, struct jailx_user *ret)
{
	auto_close int passwd = open("/etc/passwd", O_RDONLY | O_CLOEXEC);
	auto_close int group = open("/etc/group", O_RDONLY | O_CLOEXEC);
	int r = read_user(passwd, group, name, ret);

	if (r != -ENOENT)
		return r;
	r = getent_user(name, ret);
	return r < 0 ? r : getent_groups(ret);
}

/* ---- a jail ---- */

static int
jail_user(int jid, const char *name, struct jailx_user *ret, struct jerr *e)
{
	auto_jail struct jail j = JAIL_INIT;
	auto_close int root = -1, passwd = -1, group = -1;
	int r;

	if ((r = jail_find(jid, false, &j, e)) < 0 ||
	    (r = root = spawn_root(&j, e)) < 0)
		return r;
	e->err = 0;
	passwd = path_open_below(root, "etc/passwd");
	group = path_open_below(root, "etc/group");
	return read_user(passwd, group, name, ret);
}

int
user_find(struct jailx_user *ret, int jid, const char *name, struct jerr *e)
{
	struct jailx_user user = { 0 };
	int r;

	e->err = 0;
	r = jid == 0 ? host_user(name, &user) : jail_user(jid, name, &user, e);
	if (r < 0) {
		user_done(&user);
		if (e->err != 0)
			return r;
		return r == -ENOENT ? jerr(e, ENOENT, "%s: no such user", name)
				    : jerr_sys(e, -r, "getpwnam: %s", name);
	}
	*ret = user;
	return 0;
}
