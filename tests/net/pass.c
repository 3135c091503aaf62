/* SPDX-License-Identifier: BSD-2-Clause */
/* Messages with a descriptor, on a unix socket. */
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include "pass.h"

union control {
	struct cmsghdr head;
	char room[CMSG_SPACE(sizeof(int))];
};

ssize_t
pass_send(int to, const void *text, size_t len, int fd)
{
	struct iovec iov = { .iov_len = len };
	union control control = { .room = { 0 } };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };

	memcpy(&iov.iov_base, &text, sizeof(text)); /* it is only read */
	if (fd >= 0) {
		msg.msg_control = control.room;
		msg.msg_controllen = sizeof(control.room);
		control.head.cmsg_level = SOL_SOCKET;
		control.head.cmsg_type = SCM_RIGHTS;
		control.head.cmsg_len = CMSG_LEN(sizeof(fd));
		memcpy(CMSG_DATA(&control.head), &fd, sizeof(fd));
	}
	return sendmsg(to, &msg, MSG_NOSIGNAL);
}

ssize_t
pass_recv(int from, void *text, size_t size, int *ret_fd)
{
	struct iovec iov = { .iov_base = text, .iov_len = size };
	union control control;
	struct msghdr msg = { .msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control.room,
		.msg_controllen = sizeof(control.room) };
	struct cmsghdr *head;
	ssize_t n;

	*ret_fd = -1;
	if ((n = recvmsg(from, &msg, MSG_CMSG_CLOEXEC)) < 0)
		return n;
	head = CMSG_FIRSTHDR(&msg);
	if (head != NULL && head->cmsg_level == SOL_SOCKET &&
	    head->cmsg_type == SCM_RIGHTS)
		memcpy(ret_fd, CMSG_DATA(head), sizeof(*ret_fd));
	return n;
}
