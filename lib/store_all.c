/* SPDX-License-Identifier: BSD-2-Clause */
/* What is kept on jail/, of all jails: see store.h. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/xattr.h>

#include "buf.h"
#include "cleanup.h"
#include "store.h"
#include "value.h"
#include "xattr.h"

#define XA_LAST "user.jail.last"
#define XA_NEST "user.jail.nest"
#define XA_KEPT "trusted.jail.kept"
#define XA_NAMES "user.jail.n%02x"
#define XA_RUN "trusted.jail.run"

int
store_last_jid(int dir, bool *ret_nest)
{
	char text[16];
	ssize_t len = fgetxattr(dir, XA_LAST, text, sizeof(text) - 1);

	if (len < 0 && errno != ENODATA)
		return -errno;
	text[len < 0 ? 0 : len] = '\0';
	if (ret_nest != NULL)
		*ret_nest = strchr(text, '+') != NULL;
	return (int)strtol(text, NULL, 10);
}

int
store_set_last_jid(int dir, int jid, bool nest)
{
	char text[16];
	int len = snprintf(text, sizeof(text), "%d%s", jid, nest ? "+" : "");

	return xattr_write(dir, XA_LAST, text, (size_t)len);
}

/* ---- lists ---- */

/* An array of things of that size, with room for one more: how many. */
static ssize_t
get_list(int dir, const char *name, size_t each, void **ret)
{
	auto_free char *value = NULL;
	ssize_t len = xattr_read(dir, name, &value);
	void *list;

	if (len == -ENODATA)
		len = 0;
	if (len < 0)
		return len;
	if ((list = realloc(value, (size_t)len + each)) == NULL)
		return -ENOMEM;
	value = NULL;
	*ret = list;
	return len / (ssize_t)each;
}

static int
set_list(int dir, const char *name, const void *list, size_t size)
{
	return size > 0 ? xattr_write(dir, name, list, size)
			: xattr_drop(dir, name);
}

ssize_t
store_kept(int dir, int **ret)
{
	void *list = NULL;
	ssize_t n = get_list(dir, XA_KEPT, sizeof(**ret), &list);

	if (n >= 0)
		*ret = list;
	return n;
}

int
store_set_kept(int dir, const int *jids, size_t n)
{
	return set_list(dir, XA_KEPT, jids, n * sizeof(*jids));
}

ssize_t
store_nest(int dir, struct nest_row **ret)
{
	void *list = NULL;
	ssize_t n = get_list(dir, XA_NEST, sizeof(**ret), &list);

	if (n >= 0)
		*ret = list;
	return n;
}

int
store_set_nest(int dir, const struct nest_row *rows, size_t n)
{
	return set_list(dir, XA_NEST, rows, n * sizeof(*rows));
}

int
store_bucket(int dir, unsigned int which, struct bucket *ret)
{
	char name[sizeof(XA_NAMES)];
	auto_free char *data = NULL;
	ssize_t len;

	(void)snprintf(name, sizeof(name), XA_NAMES, which);
	if ((len = xattr_read(dir, name, &data)) < 0)
		return (int)len;
	return bucket_unpack(ret, which, data, (size_t)len);
}

int
store_set_bucket(int dir, unsigned int which, const struct bucket *bucket)
{
	char name[sizeof(XA_NAMES)];
	auto_buf struct buf b = BUF_INIT;
	int r;

	(void)snprintf(name, sizeof(name), XA_NAMES, which);
	if (bucket == NULL)
		return xattr_drop(dir, name);
	bucket_pack(bucket, which, &b);
	r = buf_err(&b);
	return r < 0 ? r : xattr_write(dir, name, b.p, b.len);
}

int
store_run(int dir, struct id_run *ret)
{
	char text[32], *end;
	ssize_t len = fgetxattr(dir, XA_RUN, text, sizeof(text) - 1);
	long a, b;

	if (len < 0)
		return errno == ERANGE ? -EPROTO : -errno;
	text[len] = '\0';
	if ((end = strchr(text, ' ')) == NULL)
		return -EPROTO;
	*end++ = '\0';
	if (value_long(text, 0, UINT32_MAX, &a) < 0 ||
	    value_long(end, 0, UINT32_MAX, &b) < 0)
		return -EPROTO;
	*ret = (struct id_run){ (uint32_t)a, (uint32_t)b };
	return 0;
}

int
store_set_run(int dir, const struct id_run *run)
{
	char text[32];
	int len = snprintf(
	    text, sizeof(text), "%" PRIu32 " %" PRIu32, run->next, run->end);

	return xattr_write(dir, XA_RUN, text, (size_t)len);
}
