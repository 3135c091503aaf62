/* SPDX-License-Identifier: BSD-2-Clause */
/* Which processes hold which sockets. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "buf.h"
#include "cleanup.h"
#include "holders.h"
#include "io.h"
#include "jailx.h"

/* ---- A process --------------------------------------------------------- */

/* As the jail numbers it: /proc/PID/uid_map has inside, outside, count. */
static uid_t
uid_inside(int proc, uid_t uid)
{
	unsigned int inside, outside, count;
	char text[4096], *line, *rest = text;

	if (io_readat(proc, "uid_map", text, sizeof(text)) < 0)
		return uid;
	while ((line = strsep(&rest, "\n")) != NULL)
		if (sscanf(line, "%u %u %u", &inside, &outside, &count) == 3 &&
		    uid >= outside && uid - outside < count)
			return inside + (uid - outside);
	return uid;
}

/* The value of a line of /proc/PID/status, cut off at its end. */
static const char *
line_of(char *text, const char *key)
{
	char *p = strstr(text, key);

	if (p == NULL)
		return "";
	p += strlen(key);
	p[strcspn(p, "\n")] = '\0';
	return p;
}

/* The first page has what is wanted of it. */
static int
read_status(int proc, struct process *ret)
{
	auto_close int fd = openat(proc, "status", O_RDONLY | O_CLOEXEC);
	unsigned int uid = 0;
	char text[4096];
	ssize_t n;

	if (fd < 0 || (n = io_read(fd, text, sizeof(text) - 1)) <= 0)
		return -1;
	text[n] = '\0';
	/* from the back, since a line is cut off; "real effective" */
	if (sscanf(line_of(text, "\nUid:\t"), "%*u %u", &uid) != 1)
		return -1;
	ret->uid = uid;
	if (strncmp(text, "Name:\t", 6) != 0)
		return -1;
	(void)snprintf(ret->name, sizeof(ret->name), "%.*s",
	    (int)strcspn(text + 6, "\n"), text + 6);
	return 0;
}

/* Open with the jail's numbering, where it is in one. */
static int
look_at(int proc, struct jailx_where *where, struct process *ret)
{
	if (read_status(proc, ret) < 0)
		return -1;
	ret->jid = where == NULL ? -1 : jailx_where_process(where, proc);
	if (ret->jid > 0)
		ret->uid = uid_inside(proc, ret->uid);
	return 0;
}

/* ---- Its descriptors --------------------------------------------------- */

static int
add(struct holders *h, ino_t inode, int fd)
{
	struct holder *more = grow(h->v, h->n, sizeof(*more));

	if (more == NULL)
		return -1;
	h->v = more;
	more[h->n++] = (struct holder){
		.inode = inode,
		.fd = fd,
		.process = h->nprocesses,
	};
	return 0;
}

static int
add_descriptors(struct holders *h, DIR *fds)
{
	struct dirent *d;
	char link[64];
	unsigned long inode;
	ssize_t n;

	while ((d = readdir(fds)) != NULL) {
		n = readlinkat(dirfd(fds), d->d_name, link, sizeof(link) - 1);
		if (n <= 0)
			continue;
		link[n] = '\0';
		if (sscanf(link, "socket:[%lu]", &inode) == 1 &&
		    add(h, inode, atoi(d->d_name)) < 0)
			return -1;
	}
	return 0;
}

/* All is asked of one directory: a pid may become another's, that does not. */
static int
add_process(
    struct holders *h, int all, const char *pid, struct jailx_where *where)
{
	auto_close int proc =
	    openat(all, pid, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct process p = { .pid = atoi(pid) }, *more;
	const size_t before = h->n;
	DIR *fds;
	int fd, r;

	if (proc < 0 ||
	    (fd = openat(proc, "fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC)) < 0)
		return 0;
	if ((fds = fdopendir(fd)) == NULL) {
		r = errno == ENOMEM ? -1 : 0; /* it has ended */
		close_fd(fd);
		return r;
	}
	r = add_descriptors(h, fds);
	(void)closedir(fds); /* only read */
	if (r < 0 || h->n == before)
		return r;
	if (look_at(proc, where, &p) < 0) {
		h->n = before; /* it has ended */
		return 0;
	}
	if ((more = grow(h->processes, h->nprocesses, sizeof(p))) == NULL)
		return -1;
	h->processes = more;
	more[h->nprocesses++] = p;
	return 0;
}

static int
compare(const void *a, const void *b)
{
	const struct holder *x = a, *y = b;

	if (x->inode != y->inode)
		return x->inode < y->inode ? -1 : 1;
	if (x->process != y->process)
		return x->process < y->process ? -1 : 1;
	return (x->fd > y->fd) - (x->fd < y->fd);
}

int
holders_read(struct holders *ret, struct jailx_where *where)
{
	struct holders h = { 0 };
	DIR *all = opendir("/proc");
	struct dirent *d;
	int r = 0;

	if (all == NULL)
		return -1;
	while (r == 0 && (d = readdir(all)) != NULL)
		if (d->d_name[0] >= '1' && d->d_name[0] <= '9')
			r = add_process(&h, dirfd(all), d->d_name, where);
	(void)closedir(all); /* only read */
	if (r < 0) {
		holders_done(&h);
		return -1;
	}
	if (h.n > 1)
		qsort(h.v, h.n, sizeof(*h.v), compare);
	*ret = h;
	return 0;
}

void
holders_done(struct holders *h)
{
	cleanup_free(&h->processes);
	cleanup_free(&h->v);
	*h = (struct holders){ 0 };
}

/* ---- Asking ------------------------------------------------------------ */

const struct holder *
holders_of(const struct holders *h, ino_t inode, size_t *ret_n)
{
	size_t low = 0, high = h->n, middle, end;

	while (low < high) {
		middle = low + (high - low) / 2;
		if (h->v[middle].inode < inode)
			low = middle + 1;
		else
			high = middle;
	}
	/* 0 is the inode of those that no descriptor has */
	for (end = low; inode != 0 && end < h->n && h->v[end].inode == inode;)
		end++;
	*ret_n = end - low;
	return end > low ? &h->v[low] : NULL;
}

const struct process *
holders_process(const struct holders *h, const struct holder *of)
{
	return &h->processes[of->process];
}
