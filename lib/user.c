/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Users, of the host by NSS or of a jail by its own files.  A jail's files
 * are foreign text: they are only parsed, by libc's readers of one stream,
 * never by NSS, which would load the jail's modules.
 */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "buf.h"
#include "cleanup.h"
#include "core.h"
#include "io.h"
#include "jerr.h"
#include "spawn.h"
#include "uapi.h"
#include "user.h"
#include "value.h"

#define ID_MAX ((long)UINT32_MAX - 1)	/* (uid_t)-1 is no user */

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
	gid_t *more = grow(user->groups, user->ngroups, sizeof(*more));

	if (more == NULL)
		return -ENOMEM;
	user->groups = more;
	user->groups[user->ngroups++] = gid;
	return 0;
}

static int
take_passwd(const struct passwd *pw, struct jailx_user *ret)
{
	*ret = (struct jailx_user){
		.uid = pw->pw_uid, .gid = pw->pw_gid,
		.name = strdup(pw->pw_name), .home = strdup(pw->pw_dir),
		.shell = strdup(pw->pw_shell[0] != '\0' ? pw->pw_shell :
		    "/bin/sh"),
	};
	if (ret->name == NULL || ret->home == NULL || ret->shell == NULL)
		return -ENOMEM;
	return 0;
}

/*
 * What getent(1) answers: the words of its line after the key.  The tools
 * are linked statically, without NSS, for their start-up cost; users that
 * are not in the host's files (LDAP...) are asked of it.
 */
static int
ask_getent(const char *database, const char *key, struct buf *ret)
{
	const char *argv[] = { "getent", database, "--", key, NULL };
	posix_spawn_file_actions_t actions;
	int out[2], r, status = 0;
	pid_t pid;

	if (pipe2(out, O_CLOEXEC) < 0)
		return -errno;
	(void)posix_spawn_file_actions_init(&actions);
	(void)posix_spawn_file_actions_adddup2(&actions, out[1], 1);
	r = posix_spawnp(&pid, argv[0], &actions, NULL,
	    (char *const *)(uintptr_t)argv, environ);
	(void)posix_spawn_file_actions_destroy(&actions);
	close_fd(out[1]);
	if (r == 0) {
		r = io_slurp(out[0], 1 << 20, ret);
		while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
			;
	} else {
		r = r == ENOENT ? -ENOENT : -r;
	}
	close_fd(out[0]);
	return r < 0 ? r : status != 0 || ret->len == 0 ? -ENOENT : 0;
}

/* "name:x:uid:gid:gecos:home:shell" */
static int
getent_user(const char *name, struct jailx_user *ret)
{
	auto_buf struct buf b = BUF_INIT;
	FILE *f;
	const struct passwd *pw;
	int r = ask_getent("passwd", name, &b);

	if (r < 0)
		return r;
	if ((f = fmemopen(b.p, b.len, "r")) == NULL)
		return -errno;
	pw = fgetpwent(f);
	r = pw != NULL ? take_passwd(pw, ret) : -ENOENT;
	(void)fclose(f);	/* only read */
	return r;
}

/* "name gid gid ..." */
static int
host_groups(struct jailx_user *user)
{
	auto_buf struct buf b = BUF_INIT;
	char *p, *end;
	long gid;
	int r = add_group(user, user->gid);

	if (r < 0)
		return r;
	if ((r = ask_getent("initgroups", user->name, &b)) < 0)
		return r == -ENOENT ? 0 : r;
	for (p = b.p + strcspn(b.p, " "); r == 0; p = end) {
		gid = strtol(p, &end, 10);
		if (end == p)
			break;
		if ((gid_t)gid != user->gid)
			r = add_group(user, (gid_t)gid);
	}
	return r;
}

static int
host_user(const char *name, struct jailx_user *ret)
{
	const struct passwd *pw = getpwnam(name);
	long id;
	int r;

	if (pw == NULL && value_long(name, 0, ID_MAX, &id) == 0)
		pw = getpwuid((uid_t)id);
	r = pw != NULL ? take_passwd(pw, ret) : getent_user(name, ret);
	return r < 0 ? r : host_groups(ret);
}

/* A file below a jail's root; nothing but a plain file is opened. */
static FILE *
open_below(int root, const char *name)
{
	int fd = sys_openat2(root, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK |
	    O_NOCTTY, 0, RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS);
	struct stat st;
	FILE *f;

	if (fd < 0)
		return NULL;
	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) ||
	    st.st_size > 16 << 20 || (f = fdopen(fd, "r")) == NULL) {
		close_fd(fd);
		return NULL;
	}
	return f;
}

static int
find_passwd(int root, const char *name, struct jailx_user *ret)
{
	FILE *f = open_below(root, "etc/passwd");
	const struct passwd *pw;
	long id = -1;
	int r = -ENOENT;

	(void)value_long(name, 0, ID_MAX, &id);	/* else a name */
	if (f == NULL)
		return -ENOENT;
	while (r == -ENOENT && (pw = fgetpwent(f)) != NULL) {
		if (strcmp(pw->pw_name, name) == 0 ||
		    (id >= 0 && pw->pw_uid == (uid_t)id))
			r = take_passwd(pw, ret);
	}
	(void)fclose(f);	/* only read */
	return r;
}

static bool
has_member(const struct group *gr, const char *name)
{
	char **m;

	for (m = gr->gr_mem; *m != NULL; m++) {
		if (strcmp(*m, name) == 0)
			return true;
	}
	return false;
}

static int
find_groups(int root, struct jailx_user *user)
{
	FILE *f = open_below(root, "etc/group");
	const struct group *gr;
	int r = add_group(user, user->gid);

	while (r == 0 && f != NULL && (gr = fgetgrent(f)) != NULL) {
		if (gr->gr_gid != user->gid && has_member(gr, user->name))
			r = add_group(user, gr->gr_gid);
	}
	if (f != NULL)
		(void)fclose(f);	/* only read */
	return r;
}

static int
jail_user(int jid, const char *name, struct jailx_user *ret, struct jerr *e)
{
	auto_jail struct jail j = JAIL_INIT;
	auto_close int root = -1;
	int r;

	if ((r = jail_find(jid, false, &j, e)) < 0 ||
	    (r = root = spawn_root(&j, e)) < 0)
		return r;
	e->err = 0;
	if ((r = find_passwd(root, name, ret)) == 0)
		r = find_groups(root, ret);
	return r;
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
		return r == -ENOENT ? jerr(e, ENOENT, "%s: no such user",
		    name) : jerr_sys(e, -r, "getpwnam: %s", name);
	}
	if (user.uid >= IDMAP_COUNT || user.gid >= IDMAP_COUNT) {
		r = jerr(e, EINVAL, "%s: uid %u or gid %u is beyond the %u "
		    "ids that a jail has", name, user.uid, user.gid,
		    IDMAP_COUNT);
		user_done(&user);
		return r;
	}
	*ret = user;
	return 0;
}
