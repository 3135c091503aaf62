/* SPDX-License-Identifier: BSD-2-Clause */
/* What a failed exec means: found out from outside, by reading alone. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cleanup.h"
#include "elf.h"
#include "jerr.h"
#include "path.h"
#include "spawn.h"
#include "uapi.h"

#define RESOLVE (RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS)

/* The file that would have been run, along PATH as in spawn.c. */
static int
open_program(int root, const struct jailx_spawn *how)
{
	const char *path = "/bin:/usr/bin", *dir;
	char name[4096];
	size_t i, len;
	int fd = -1;

	if (strchr(how->argv[0], '/') != NULL)
		return path_open_below(root, how->argv[0]);
	for (i = 0; how->envp[i] != NULL; i++) {
		if (strncmp(how->envp[i], "PATH=", 5) == 0)
			path = how->envp[i] + 5;
	}
	for (dir = path; fd < 0; dir += len + 1) {
		len = strcspn(dir, ":");
		(void)snprintf(
		    name, sizeof(name), "%.*s/%s", (int)len, dir, how->argv[0]);
		fd = path_open_below(root, name);
		if (dir[len] == '\0')
			break;
	}
	return fd;
}

/* The interpreter that "#!" names: 1, or 0 if the file has none. */
static int
script_interp(int fd, char *buf, size_t size)
{
	char head[256];
	ssize_t n = pread(fd, head, sizeof(head) - 1, 0);
	size_t start, len;

	if (n < 3 || head[0] != '#' || head[1] != '!')
		return 0;
	head[n] = '\0';
	start = 2 + strspn(head + 2, " \t");
	len = strcspn(head + start, " \t\n");
	if (len == 0 || len >= size)
		return 0;
	memcpy(buf, head + start, len);
	buf[len] = '\0';
	return name_is_plain(buf);
}

/* Is the file there and its interpreter missing?  Its name, then. */
static int
missing_interp(
    int root, int program, char *buf, size_t size, const char **ret_kind)
{
	auto_close int interp = -1;

	*ret_kind = "ELF interpreter";
	if (elf_interp(program, buf, size) != 1) {
		*ret_kind = "interpreter";
		if (script_interp(program, buf, size) != 1)
			return 0;
	}
	interp = sys_openat2(root, buf, O_PATH | O_CLOEXEC, 0, RESOLVE);
	return interp < 0;
}

static int
describe(const struct jail *j, const struct jailx_spawn *how, int err,
    struct jerr *e)
{
	auto_close int root = -1, program = -1;
	char interp[1024];
	const char *kind;

	if (err == ENOENT && (root = spawn_root(j, e)) >= 0 &&
	    (program = open_program(root, how)) >= 0 &&
	    missing_interp(root, program, interp, sizeof(interp), &kind))
		return jerr(e, ENOENT,
		    "%s %s not found, error 2 (%s needs it; "
		    "\"thin\" would supply it)",
		    kind, interp, how->argv[0]);
	if (err == ENOEXEC)
		return jerr(e, ENOEXEC,
		    "exec %s: Exec format error (not a "
		    "program of this machine, or a script without #!)",
		    how->argv[0]);
	return jerr_sys(e, err, "exec %s", how->argv[0]);
}

int
exec_error(const struct jail *j, const struct jailx_spawn *how, int err,
    struct jerr *e)
{
	int r = describe(j, how, err, e);

	e->status = err == ENOENT ? 127 : 126;
	return r;
}
