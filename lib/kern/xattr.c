/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <stdlib.h>
#include <sys/xattr.h>

#include "cleanup.h"
#include "xattr.h"

#define USUAL 2048 /* the kernel clears as much as it is offered */

ssize_t
xattr_read(int fd, const char *name, char **ret)
{
	auto_free char *text = malloc(USUAL + 1);
	ssize_t size, len;

	if (text == NULL)
		return -ENOMEM;
	len = fgetxattr(fd, name, text, USUAL);
	while (len < 0 && errno == ERANGE) { /* it may grow meanwhile */
		if ((size = fgetxattr(fd, name, NULL, 0)) < 0)
			return -errno;
		free(text);
		if ((text = malloc((size_t)size + 1)) == NULL)
			return -ENOMEM;
		/* a size of 0 would ask for the length */
		len = size > 0 ? fgetxattr(fd, name, text, (size_t)size) : 0;
	}
	if (len < 0)
		return -errno;
	text[len] = '\0';
	*ret = take_ptr(text);
	return len;
}

int
xattr_write(int fd, const char *name, const void *value, size_t len)
{
	return fsetxattr(fd, name, value, len, 0) < 0 ? -errno : 0;
}

int
xattr_drop(int fd, const char *name)
{
	return fremovexattr(fd, name) < 0 && errno != ENODATA ? -errno : 0;
}
