/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Send from addresses that are not one's own, by all that socket calls allow,
 *in any order: what leaves is for netwatch to see.
 *
 *	netforge SECONDS SEED ADDRESS ...
 *
 * Prints how many sends the kernel took, and how many it refused.
 */
#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <net/if.h>
#include <netinet/ip.h>
#include <netinet/tcp.h>
#include <netinet/udp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "addr.h"

#define SOCKETS 16
#define ADDRS_MAX 32
#define PORT_TO 4000 /* and above: nobody is there */
#define WORKERS 4
#define IP_PORT_RANGE 51

static struct {
	int fd, domain, type;
} socks[SOCKETS];
static const char *ips[ADDRS_MAX];
static int nips;
static unsigned long taken, refused;

static unsigned int
pick(unsigned int n)
{
	return (unsigned int)random() % n;
}

/* Any of the addresses, as the family has it. */
static socklen_t
any_addr(int domain, union addr *ret)
{
	const char *ip = ips[pick((unsigned int)nips)];
	uint16_t port = (uint16_t)(PORT_TO + pick(1000));
	char six[80];

	memset(ret, 0, sizeof(*ret));
	if (domain == AF_INET) {
		ret->in.sin_family = AF_INET;
		ret->in.sin_port = htons(port);
		/* one of IPv6: the wildcard */
		(void)inet_pton(AF_INET, ip, &ret->in.sin_addr);
		return sizeof(ret->in);
	}
	ret->in6.sin6_family = AF_INET6;
	ret->in6.sin6_port = htons(port);
	(void)snprintf(six, sizeof(six), "%s%s",
	    strchr(ip, ':') == NULL ? "::ffff:" : "", ip);
	(void)inet_pton(AF_INET6, six, &ret->in6.sin6_addr);
	return sizeof(ret->in6);
}

/* ---- what can be done with a socket ---- */

static void
do_socket(int i)
{
	static const int kinds[][2] = {
		{ SOCK_DGRAM, 0 },
		{ SOCK_DGRAM, 0 },
		{ SOCK_DGRAM, IPPROTO_UDPLITE },
		{ SOCK_STREAM, 0 },
		{ SOCK_DGRAM, IPPROTO_ICMP },
		{ SOCK_RAW, IPPROTO_UDP },
		{ SOCK_RAW, IPPROTO_RAW },
	};
	const int *kind = kinds[pick(nitems(kinds))];

	(void)close(socks[i].fd);
	socks[i].domain = pick(2) == 0 ? AF_INET : AF_INET6;
	socks[i].type = kind[0];
	socks[i].fd = socket(socks[i].domain, kind[0] | SOCK_NONBLOCK, kind[1]);
}

static void
do_bind(int i)
{
	union addr a;
	socklen_t len = any_addr(socks[i].domain, &a);

	if (pick(2) == 0)
		a.in.sin_port = 0; /* is at one place in both */
	(void)bind(socks[i].fd, &a.sa, len);
}

static void
do_connect(int i)
{
	struct sockaddr none = { .sa_family = AF_UNSPEC };
	union addr a;
	socklen_t len = any_addr(socks[i].domain, &a);

	if (pick(4) == 0)
		(void)connect(socks[i].fd, &none, sizeof(none));
	else
		(void)connect(socks[i].fd, &a.sa, len);
}

static void
do_option(int i)
{
	static const int options[][2] = {
		{ IPPROTO_IP, IP_FREEBIND },
		{ IPPROTO_IPV6, IPV6_FREEBIND },
		{ IPPROTO_IP, IP_TRANSPARENT },
		{ IPPROTO_IPV6, IPV6_TRANSPARENT },
		{ IPPROTO_IP, IP_HDRINCL },
		{ IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT },
		{ IPPROTO_IP, IP_PKTINFO },
		{ IPPROTO_IPV6, IPV6_V6ONLY },
		{ IPPROTO_TCP, TCP_FASTOPEN_CONNECT },
		{ IPPROTO_TCP, TCP_REPAIR },
		{ SOL_SOCKET, SO_REUSEADDR },
		{ SOL_SOCKET, SO_REUSEPORT },
		{ SOL_SOCKET, SO_BROADCAST },
		{ SOL_SOCKET, SO_DONTROUTE },
		{ SOL_UDP, UDP_CORK },
	};
	const int *o = options[pick(nitems(options))];
	int value = pick(4) != 0;

	(void)setsockopt(socks[i].fd, o[0], o[1], &value, sizeof(value));
}

/* Options that have an address or an interface. */
static void
do_address_option(int i)
{
	struct ip_mreqn group = { .imr_ifindex = (int)pick(4) };
	int family = AF_INET, index = (int)pick(4);
	struct in6_pktinfo info = { .ipi6_ifindex = pick(3) };
	union addr a;

	(void)any_addr(AF_INET, &a);
	group.imr_address = a.in.sin_addr;
	(void)any_addr(AF_INET6, &a);
	info.ipi6_addr = a.in6.sin6_addr;
	switch (pick(6)) {
	case 0:
		(void)setsockopt(socks[i].fd, IPPROTO_IP, IP_MULTICAST_IF,
		    &group, sizeof(group));
		break;
	case 1:
		(void)setsockopt(socks[i].fd, IPPROTO_IPV6, IPV6_PKTINFO, &info,
		    sizeof(info));
		break;
	case 2:
		(void)setsockopt(socks[i].fd, IPPROTO_IPV6, IPV6_ADDRFORM,
		    &family, sizeof(family));
		break;
	case 3:
		(void)setsockopt(socks[i].fd, IPPROTO_IPV6, IPV6_MULTICAST_IF,
		    &index, sizeof(index));
		break;
	case 4:
		index = (int)htonl((uint32_t)index);
		(void)setsockopt(socks[i].fd, IPPROTO_IP, IP_UNICAST_IF, &index,
		    sizeof(index));
		break;
	default:
		(void)setsockopt(socks[i].fd, SOL_SOCKET, SO_BINDTODEVICE,
		    "jt0", index == 0 ? 0 : 4);
		break;
	}
}

static void
do_listen(int i)
{
	(void)listen(socks[i].fd, 4);
}

static void
counted(ssize_t n)
{
	if (n >= 0)
		taken++;
	else
		refused++;
}

static void
do_send(int i)
{
	union addr to;
	socklen_t len = any_addr(socks[i].domain, &to);

	if (pick(4) == 0)
		counted(send(socks[i].fd, "forged", 6, MSG_NOSIGNAL));
	else
		counted(sendto(socks[i].fd, "forged", 6,
		    MSG_NOSIGNAL | (pick(8) == 0 ? MSG_FASTOPEN : 0) |
			(pick(8) == 0 ? MSG_MORE : 0),
		    &to.sa, len));
}

/* With a control message that names a source. */
static void
do_send_as(int i)
{
	union {
		struct cmsghdr head;
		char room[CMSG_SPACE(sizeof(struct in6_pktinfo))];
	} control = { .room = { 0 } };
	struct in6_pktinfo six = { .ipi6_ifindex = pick(3) };
	struct in_pktinfo four = { .ipi_ifindex = (int)pick(3) };
	char text[] = "forged";
	struct iovec iov = { .iov_base = text, .iov_len = 6 };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	bool is4 = socks[i].domain == AF_INET || pick(3) == 0;
	union addr to, from;

	if (pick(4) != 0) {
		msg.msg_namelen = any_addr(socks[i].domain, &to);
		msg.msg_name = &to;
	}
	(void)any_addr(is4 ? AF_INET : AF_INET6, &from);
	four.ipi_spec_dst = from.in.sin_addr;
	six.ipi6_addr = from.in6.sin6_addr;
	msg.msg_control = control.room;
	msg.msg_controllen =
	    is4 ? CMSG_SPACE(sizeof(four)) : CMSG_SPACE(sizeof(six));
	control.head.cmsg_level = is4 ? IPPROTO_IP : IPPROTO_IPV6;
	control.head.cmsg_type = is4 ? IP_PKTINFO : IPV6_PKTINFO;
	control.head.cmsg_len =
	    is4 ? CMSG_LEN(sizeof(four)) : CMSG_LEN(sizeof(six));
	memcpy(CMSG_DATA(&control.head), is4 ? (void *)&four : (void *)&six,
	    is4 ? sizeof(four) : sizeof(six));
	counted(sendmsg(socks[i].fd, &msg, MSG_NOSIGNAL));
}

/* A whole packet, where raw sockets are. */
static void
do_send_raw(int i)
{
	struct {
		struct iphdr ip;
		struct udphdr udp;
	} packet = { .ip = { .version = 4,
			 .ihl = 5,
			 .ttl = 9,
			 .protocol = IPPROTO_UDP } };
	union addr to, from;

	if (socks[i].type != SOCK_RAW || socks[i].domain != AF_INET)
		return;
	(void)any_addr(AF_INET, &to);
	(void)any_addr(AF_INET, &from);
	packet.ip.saddr = from.in.sin_addr.s_addr;
	packet.ip.daddr = to.in.sin_addr.s_addr;
	packet.udp.len = htons(sizeof(packet.udp));
	counted(sendto(
	    socks[i].fd, &packet, sizeof(packet), 0, &to.sa, sizeof(to.in)));
}

static void (*const acts[])(int) = {
	do_socket,
	do_bind,
	do_connect,
	do_option,
	do_option,
	do_address_option,
	do_listen,
	do_send,
	do_send,
	do_send,
	do_send_as,
	do_send_as,
	do_send_as,
	do_send_raw,
};

static void
work(unsigned int seed, int seconds)
{
	time_t end = time(NULL) + seconds;
	int i;

	srandom(seed);
	for (i = 0; i < SOCKETS; i++) {
		socks[i].fd = -1;
		do_socket(i);
	}
	while (time(NULL) < end)
		acts[pick(nitems(acts))]((int)pick(SOCKETS));
	(void)printf("%lu taken, %lu refused\n", taken, refused);
	(void)fflush(stdout);
}

int
main(int argc, char **argv)
{
	unsigned int seed;
	int i;

	if (argc < 4 || argc - 3 > ADDRS_MAX)
		errx(2, "usage: netforge seconds seed address ...");
	(void)signal(SIGPIPE, SIG_IGN);
	seed = (unsigned int)atoi(argv[2]);
	for (i = 3; i < argc; i++)
		ips[nips++] = argv[i];
	for (i = 0; i < WORKERS; i++) {
		if (fork() == 0) {
			work(seed + (unsigned int)i, atoi(argv[1]));
			_exit(0);
		}
	}
	while (wait(NULL) > 0)
		continue;
	return 0;
}
