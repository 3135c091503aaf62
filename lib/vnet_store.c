/* SPDX-License-Identifier: BSD-2-Clause */
/* The record of a vnet jail's interfaces: an attribute of its directory. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "cleanup.h"
#include "vnet.h"
#include "xattr.h"

#define XA_VNET "trusted.jail.vnet"
#define FORMAT 1
#define NO_PAIR "-"

void
vnet_record_done(struct vnet_record *rec)
{
	free(rec->iface);
	*rec = (struct vnet_record){ 0 };
}

int
vnet_record_add(struct vnet_record *rec, const struct vnet_iface *iface)
{
	struct vnet_iface *more = grow(rec->iface, rec->n, sizeof(*more));

	if (more == NULL)
		return -ENOMEM;
	rec->iface = more;
	more[rec->n++] = *iface;
	return 0;
}

static int
unpack_head(const char *line, struct vnet_record *ret)
{
	unsigned int version;

	if (sscanf(line,
		"%u %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64 " %15s",
		&version, &ret->own.cookie, &ret->own.inode, &ret->home.cookie,
		&ret->home.inode, ret->pair) != 6 ||
	    version != FORMAT)
		return -EPROTO;
	if (strcmp(ret->pair, NO_PAIR) == 0)
		ret->pair[0] = '\0';
	return 0;
}

static int
unpack(char *text, struct vnet_record *ret)
{
	char *rest = text, *line = strsep(&rest, "\n");
	int r = unpack_head(line, ret);

	while (r == 0 && (line = strsep(&rest, "\n")) != NULL) {
		struct vnet_iface iface;

		if (*line == '\0')
			continue;
		if (sscanf(line, "%d %d %15s", &iface.home, &iface.inside,
			iface.name) != 3)
			return -EPROTO;
		r = vnet_record_add(ret, &iface);
	}
	return r;
}

int
vnet_read(int dir, struct vnet_record *ret)
{
	auto_free char *text = NULL;
	struct vnet_record rec = { 0 };
	ssize_t len = xattr_read(dir, XA_VNET, &text);
	int r;

	if (len < 0)
		return (int)len;
	if ((r = unpack(text, &rec)) < 0)
		vnet_record_done(&rec);
	else
		*ret = rec;
	return r;
}

int
vnet_write(int dir, const struct vnet_record *rec)
{
	auto_buf struct buf b = BUF_INIT;
	size_t i;
	int r;

	buf_fmt(&b, "%d %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 " %s\n",
	    FORMAT, rec->own.cookie, rec->own.inode, rec->home.cookie,
	    rec->home.inode, rec->pair[0] != '\0' ? rec->pair : NO_PAIR);
	for (i = 0; i < rec->n; i++)
		buf_fmt(&b, "%d %d %s\n", rec->iface[i].home,
		    rec->iface[i].inside, rec->iface[i].name);
	if ((r = buf_err(&b)) < 0)
		return r;
	return xattr_write(dir, XA_VNET, b.p, b.len);
}

int
vnet_drop(int dir)
{
	return xattr_drop(dir, XA_VNET);
}
