/* SPDX-License-Identifier: BSD-2-Clause */
/* Files of the disk, and standard input. */
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "buf.h"
#include "cleanup.h"
#include "io.h"
#include "read.h"

static int
disk_read(void *arg, const char *path, size_t max, struct buf *ret)
{
	auto_close int fd = -1;

	(void)arg;
	if (strcmp(path, "-") == 0)
		return io_slurp(STDIN_FILENO, max, ret);
	if ((fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY)) < 0)
		return -errno;
	return io_slurp(fd, max, ret);
}

/* A folder that is not there has nothing; one that cannot be read is wrong. */
static int
glob_error(const char *path, int err)
{
	(void)path;
	return err != ENOENT && err != ENOTDIR;
}

static int
disk_list(void *arg, const char *pattern, char ***ret, size_t *ret_n)
{
	glob_t g = { 0 };
	char **names;
	size_t i;
	int r;

	(void)arg;
	if ((r = glob(pattern, 0, glob_error, &g)) == GLOB_NOMATCH)
		return 0;
	if (r != 0)
		return r == GLOB_NOSPACE ? -ENOMEM : -EIO;
	if ((names = calloc(g.gl_pathc + 1, sizeof(*names))) == NULL)
		r = -ENOMEM;
	for (i = 0; r == 0 && i < g.gl_pathc; i++) {
		if ((names[i] = strdup(g.gl_pathv[i])) == NULL)
			r = -ENOMEM;
	}
	globfree(&g);
	if (r < 0) {
		for (i = 0; names != NULL && names[i] != NULL; i++)
			free(names[i]);
		free(names);
		return r;
	}
	*ret = names;
	*ret_n = i;
	return 0;
}

int
conf_read(struct conf **ret, const char *path, const struct conf_say *say)
{
	static const struct conf_source disk = { .read = disk_read,
		.list = disk_list };

	return conf_read_from(ret, path, &disk, say);
}
