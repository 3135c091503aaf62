/* SPDX-License-Identifier: BSD-2-Clause */
/* rtnetlink: a request and its answer. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "cleanup.h"
#include "nl.h"

#define ANSWER_SIZE 32768 /* the kernel's largest part of a dump */

/* ---- the socket ---- */

static int
open_here(struct nl *ret)
{
	struct mnl_socket *sock = mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC);
	int err;

	if (sock == NULL)
		return -errno;
	if (mnl_socket_bind(sock, 0, MNL_SOCKET_AUTOPID) < 0) {
		err = errno;
		(void)mnl_socket_close(sock); /* our own */
		return -err;
	}
	*ret = (struct nl){ sock, mnl_socket_get_portid(sock), 0 };
	return 0;
}

int
nl_open(struct nl *ret, int netns)
{
	auto_close int own = -1;
	struct nl nl = NL_INIT;
	int r;

	if (netns < 0)
		return open_here(ret);
	if ((own = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC)) < 0 ||
	    setns(netns, CLONE_NEWNET) < 0)
		return -errno;
	r = open_here(&nl);
	if (setns(own, CLONE_NEWNET) < 0) {
		r = -errno;
		nl_done(&nl);
	}
	if (r == 0)
		*ret = nl;
	return r;
}

void
nl_done(struct nl *nl)
{
	int err = errno;

	if (nl->sock != NULL)
		(void)mnl_socket_close(nl->sock); /* nothing to be done */
	nl->sock = NULL;
	errno = err;
}

/* ---- requests ---- */

void *
nl_begin(struct nl_request *req, uint16_t type, uint16_t flags, size_t size)
{
	struct nlmsghdr *head;

	memset(req, 0, sizeof(*req));
	head = mnl_nlmsg_put_header(req->space);
	head->nlmsg_type = type;
	head->nlmsg_flags = NLM_F_REQUEST | flags;
	return mnl_nlmsg_put_extra_header(head, size);
}

static int
send_request(struct nl *nl, struct nl_request *req)
{
	req->head.nlmsg_seq = ++nl->seq;
	return mnl_socket_sendto(nl->sock, req->space, req->head.nlmsg_len) < 0
		   ? -errno
		   : 0;
}

struct answer {
	nl_fn *fn;
	void *arg;
	int err; /* of fn */
};

static int
one_message(const struct nlmsghdr *m, void *data)
{
	struct answer *a = data;

	if (a->fn != NULL && a->err == 0 && (a->err = a->fn(m, a->arg)) > 0)
		a->err = 0;
	return MNL_CB_OK;
}

/* Read until the kernel has said that it is all, or what is wrong. */
static int
receive(struct nl *nl, struct answer *a, bool many)
{
	static char text[ANSWER_SIZE];
	ssize_t n;
	int r;

	do {
		n = mnl_socket_recvfrom(nl->sock, text, sizeof(text));
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		r = mnl_cb_run(
		    text, (size_t)n, nl->seq, nl->port, one_message, a);
		if (r < 0)
			return -errno;
	} while (n < 0 || (many && r != MNL_CB_STOP));
	return a->err;
}

int
nl_talk(struct nl *nl, struct nl_request *req)
{
	struct answer a = { 0 };
	int r;

	req->head.nlmsg_flags |= NLM_F_ACK;
	if ((r = send_request(nl, req)) < 0)
		return r;
	return receive(nl, &a, true);
}

int
nl_ask(struct nl *nl, struct nl_request *req, nl_fn *fn, void *arg)
{
	bool many = (req->head.nlmsg_flags & NLM_F_DUMP) == NLM_F_DUMP;
	struct answer a = { fn, arg, 0 };
	int r;

	if ((r = send_request(nl, req)) < 0)
		return r;
	return receive(nl, &a, many);
}

static const struct nlattr *
find(const struct nlattr *a, const char *end, uint16_t type)
{
	for (; mnl_attr_ok(a, (int)(end - (const char *)a));
	     a = mnl_attr_next(a)) {
		if (mnl_attr_get_type(a) == type)
			return a;
	}
	return NULL;
}

const struct nlattr *
nl_attr(const struct nlmsghdr *m, size_t size, uint16_t type)
{
	return find(mnl_nlmsg_get_payload_offset(m, size),
	    mnl_nlmsg_get_payload_tail(m), type);
}

const struct nlattr *
nl_attr_in(const struct nlattr *nest, uint16_t type)
{
	const char *payload;

	if (nest == NULL)
		return NULL;
	payload = mnl_attr_get_payload(nest);
	return find(mnl_attr_get_payload(nest),
	    payload + mnl_attr_get_payload_len(nest), type);
}

/* ---- interfaces ---- */

static void
copy_text(char *to, size_t size, const struct nlattr *a)
{
	if (a != NULL)
		(void)snprintf(to, size, "%s", mnl_attr_get_str(a));
}

static int
take_link(const struct nlmsghdr *m, void *arg)
{
	const struct ifinfomsg *info = mnl_nlmsg_get_payload(m);
	const struct nlattr *mtu = nl_attr(m, sizeof(*info), IFLA_MTU);
	const struct nlattr *mac = nl_attr(m, sizeof(*info), IFLA_ADDRESS);
	struct nl_link *link = arg;

	link->index = info->ifi_index;
	link->flags = info->ifi_flags;
	if (mtu != NULL)
		link->mtu = mnl_attr_get_u32(mtu);
	if (mac != NULL && mnl_attr_get_payload_len(mac) == sizeof(link->mac))
		memcpy(link->mac, mnl_attr_get_payload(mac), sizeof(link->mac));
	copy_text(link->name, sizeof(link->name),
	    nl_attr(m, sizeof(*info), IFLA_IFNAME));
	copy_text(link->alias, sizeof(link->alias),
	    nl_attr(m, sizeof(*info), IFLA_IFALIAS));
	copy_text(link->kind, sizeof(link->kind),
	    nl_attr_in(
		nl_attr(m, sizeof(*info), IFLA_LINKINFO), IFLA_INFO_KIND));
	return 0;
}

int
nl_link_get(struct nl *nl, const char *name, int index, struct nl_link *ret)
{
	struct nl_link link = { 0 };
	struct nl_request req;
	struct ifinfomsg *info;
	int r;

	if (name != NULL && strlen(name) >= sizeof(link.name))
		return -ENODEV;
	info = nl_begin(&req, RTM_GETLINK, 0, sizeof(*info));
	if (name != NULL)
		mnl_attr_put_strz(&req.head, IFLA_IFNAME, name);
	else
		info->ifi_index = index;
	if ((r = nl_ask(nl, &req, take_link, &link)) < 0)
		return r;
	*ret = link;
	return 0;
}
