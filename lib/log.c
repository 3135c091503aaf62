/* SPDX-License-Identifier: BSD-2-Clause */
/* Files of the host that a jail's output is appended to. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cleanup.h"
#include "jerr.h"
#include "log.h"
#include "path.h"
#include "uapi.h"

#define TRIES 16 /* against one who makes and removes it */
#define LOG_FLAGS                                                              \
	(O_WRONLY | O_APPEND | O_NONBLOCK | O_NOCTTY | O_NOFOLLOW | O_CLOEXEC)
#define LOG_RESOLVE                                                            \
	(RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS)

static const char who[] = "exec.consolelog";

/*
 * Nothing is opened for writing before it is known to be a plain file: a
 * FIFO would block, a device would act.  -ENXIO: it is none; -EAGAIN: it was
 * another one then.
 */
static int
open_once(int dir, const char *base)
{
	auto_close int look = -1, fd = -1;
	struct stat st, now;

	look = sys_openat2(dir, base, O_PATH | O_CLOEXEC, 0, LOG_RESOLVE);
	if (look < 0 && errno == ENOENT) {
		fd = sys_openat2(
		    dir, base, LOG_FLAGS | O_CREAT | O_EXCL, 0666, LOG_RESOLVE);
		if (fd < 0)
			return errno == EEXIST ? -EAGAIN : -errno;
		return take_fd(&fd);
	}
	if (look < 0 || fstat(look, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode))
		return S_ISDIR(st.st_mode) ? -EISDIR : -ENXIO;
	fd = sys_openat2(dir, base, LOG_FLAGS, 0, LOG_RESOLVE);
	if (fd < 0)
		return errno == ENOENT || errno == ENXIO ? -EAGAIN : -errno;
	if (fstat(fd, &now) < 0)
		return -errno;
	return now.st_dev == st.st_dev && now.st_ino == st.st_ino ? take_fd(&fd)
								  : -EAGAIN;
}

static int
open_base(int dir, const char *base, const char *name, struct jerr *e)
{
	int fd = -EAGAIN, i;

	for (i = 0; fd == -EAGAIN && i < TRIES; i++)
		fd = open_once(dir, base);
	if (fd == -ELOOP)
		return jerr(e, ELOOP, "%s: %s is a symbolic link", who, name);
	if (fd == -ENXIO)
		return jerr(e, ENXIO, "open %s: not a regular file", name);
	if (fd < 0)
		return jerr_sys(e, -fd, "open %s", name);
	/* it was for the opening alone: a program would inherit it */
	if (fcntl(fd, F_SETFL, O_APPEND) == 0)
		return fd;
	(void)jerr_sys(e, errno, "open %s", name);
	close_fd(fd);
	return -e->err;
}

int
log_open(const char *root, const char *name, struct jerr *e)
{
	const char *base = strrchr(name, '/');
	auto_free char *above = NULL, *real = NULL, *dir = NULL;
	auto_close int fd = -1;
	int r;

	if (name[0] != '/')
		return jerr(
		    e, EINVAL, "%s: %s: not an absolute pathname", who, name);
	base++;
	if (*base == '\0' || strcmp(base, ".") == 0 || strcmp(base, "..") == 0)
		return jerr_sys(e, EISDIR, "open %s", name);
	if ((above = strndup(name, (size_t)(base - name))) == NULL)
		return jerr_sys(e, ENOMEM, "open %s", name);
	if ((r = path_canon(root, "path", &real, e)) < 0 ||
	    (r = path_canon_strict(above, who, real, &dir, e)) < 0)
		return r;
	/* canonical: without a link, unless one has been made since */
	if ((fd = path_open(dir)) < 0)
		return jerr_sys(e, -fd, "open %s", name);
	return open_base(fd, base, name, e);
}
