/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Socket calls through io_uring, which no system call filter sees: a jail has
 * no ring at all, whatever it has of the network.
 */
#include <errno.h>
#include <linux/io_uring.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "try.h"

#define OP_SOCKET 45
#define OP_BIND 56

struct ring {
	int fd;
	struct io_uring_params p;
	char *sq, *cq;
	struct io_uring_sqe *sqe;
};

static int
ring_open(struct ring *r)
{
	size_t sq, cq;

	memset(r, 0, sizeof(*r));
	r->fd = (int)syscall(SYS_io_uring_setup, 2, &r->p);
	if (failed_at("ring", r->fd))
		return -1;
	sq = r->p.sq_off.array + r->p.sq_entries * sizeof(unsigned int);
	cq = r->p.cq_off.cqes + r->p.cq_entries * sizeof(struct io_uring_cqe);
	r->sq = mmap(NULL, sq, PROT_READ | PROT_WRITE, MAP_SHARED, r->fd,
	    IORING_OFF_SQ_RING);
	r->cq = mmap(NULL, cq, PROT_READ | PROT_WRITE, MAP_SHARED, r->fd,
	    IORING_OFF_CQ_RING);
	r->sqe = mmap(NULL, r->p.sq_entries * sizeof(*r->sqe),
	    PROT_READ | PROT_WRITE, MAP_SHARED, r->fd, IORING_OFF_SQES);
	if (r->sq == MAP_FAILED || r->cq == MAP_FAILED ||
	    r->sqe == MAP_FAILED) {
		say("mmap");
		return -1;
	}
	return 0;
}

static int
ring_do(struct ring *r, const struct io_uring_sqe *sqe)
{
	unsigned int *tail = (void *)(r->sq + r->p.sq_off.tail);
	unsigned int *array = (void *)(r->sq + r->p.sq_off.array);
	unsigned int *head = (void *)(r->cq + r->p.cq_off.head);
	unsigned int mask =
	    *(unsigned int *)(void *)(r->cq + r->p.cq_off.ring_mask);
	struct io_uring_cqe *cqe = (void *)(r->cq + r->p.cq_off.cqes);
	int res;

	r->sqe[0] = *sqe;
	array[*tail &
	      *(unsigned int *)(void *)(r->sq + r->p.sq_off.ring_mask)] = 0;
	__atomic_store_n(tail, *tail + 1, __ATOMIC_RELEASE);
	if (syscall(SYS_io_uring_enter, r->fd, 1, 1, IORING_ENTER_GETEVENTS,
		NULL, 0) < 0)
		return -errno;
	res = cqe[*head & mask].res;
	__atomic_store_n(head, *head + 1, __ATOMIC_RELEASE);
	return res;
}

static int
result(int r)
{
	if (r < 0) {
		errno = -r;
		return -1;
	}
	return r;
}

static void
act_bind(const struct attempt *t)
{
	struct io_uring_sqe sqe = { .opcode = OP_SOCKET,
		.fd = form_domain(t->form),
		.off = SOCK_STREAM };
	struct ring ring;
	union addr a;
	int fd;

	if (ring_open(&ring) < 0)
		return;
	fd = ring_do(&ring, &sqe);
	if (failed_at("socket", result(fd)))
		return;
	memset(&sqe, 0, sizeof(sqe));
	sqe.opcode = OP_BIND;
	sqe.fd = fd;
	sqe.addr = (uintptr_t)&a;
	sqe.off = addr_of(t->row->a, t->form, t->port, &a);
	if (!failed_at("bind", result(ring_do(&ring, &sqe))))
		say_local(t, fd);
}

static void
act_connect(const struct attempt *t)
{
	struct io_uring_sqe sqe = { .opcode = IORING_OP_CONNECT };
	int fd = try_socket_of(t, SOCK_STREAM);
	struct ring ring;
	union addr a;

	if (ring_open(&ring) < 0)
		return;
	sqe.fd = fd;
	sqe.addr = (uintptr_t)&a;
	sqe.off = addr_of(t->row->a, t->form, PORT_EACH, &a);
	if (!failed_at("connect", result(ring_do(&ring, &sqe))))
		say_source(fd);
}

#define NO_RING INHERIT("ring=ENOSYS|ring=EPERM"), ONE("ring=ENOSYS|ring=EPERM")

const struct row uring_rows[] = {
	/* bind(2) came with Linux 6.11 */
	{ .name = "uring/bind-own",
	    .act = act_bind,
	    .forms = F46,
	    .a = W_OWN,
	    HOST("own:P|bind=EINVAL"),
	    NO_RING,
	    .flags = ALIKE },
	{ .name = "uring/bind-host",
	    .act = act_bind,
	    .forms = F46,
	    .a = W_HOST,
	    HOST("host:P|bind=EINVAL"),
	    NO_RING,
	    .flags = ALIKE },
	{ .name = "uring/connect",
	    .act = act_connect,
	    .forms = F46,
	    .a = W_HOST,
	    HOST("from=host"),
	    NO_RING },
	{ .name = NULL },
};
