/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Watch all interfaces of this network namespace, and say which sources packets
 * had that a program sent: those that the kernel sends by itself, to tell of an
 * error or to find neighbours, are left out.
 *
 *	netwatch
 *
 * Prints "ready", and a line "SOURCE INTERFACE PROTOCOL" when it sees such a
 * one for the first time.  Ends with SIGTERM, after what came before it, and
 * with a line "lost NUMBER" if packets went by that it could not take.
 */
#include <arpa/inet.h>
#include <err.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <netinet/icmp6.h>
#include <netinet/ip.h>
#include <netinet/ip6.h>
#include <netinet/ip_icmp.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define SEEN_MAX 1024
#define BUFFER (64 << 20)
#define QUEUE_MAX (BUFFER / 256) /* packets, none is counted as less */

static struct seen {
	char source[INET6_ADDRSTRLEN];
	int index, proto;
} seen[SEEN_MAX];
static size_t nseen;

static volatile sig_atomic_t is_over;

static void
over(int sig)
{
	(void)sig;
	is_over = 1;
}

static void
note(const char *source, int index, int proto)
{
	char name[IF_NAMESIZE];
	size_t i;

	for (i = 0; i < nseen; i++)
		if (seen[i].index == index && seen[i].proto == proto &&
		    strcmp(seen[i].source, source) == 0)
			return;
	if (i == SEEN_MAX)
		errx(1, "too many sources");
	(void)snprintf(seen[i].source, sizeof(seen[i].source), "%s", source);
	seen[i].index = index;
	seen[i].proto = proto;
	nseen++;
	(void)printf("%s %s %d\n", source,
	    if_indextoname((unsigned int)index, name) != NULL ? name : "?",
	    proto);
	(void)fflush(stdout);
}

/* By the kernel itself: what follows the header of IP, of len bytes. */
static bool
is_kernels(int proto, const unsigned char *p, size_t len)
{
	switch (proto) {
	case IPPROTO_IGMP:
		return true;
	case IPPROTO_ICMP:
		return len > 0 && *p != ICMP_ECHO && *p != ICMP_ECHOREPLY;
	case IPPROTO_ICMPV6:
		return len > 0 && *p != ICMP6_ECHO_REQUEST &&
		       *p != ICMP6_ECHO_REPLY;
	case IPPROTO_TCP:
		return len >= 14 && (p[13] & TH_RST) != 0;
	default:
		return false;
	}
}

static void
look4(const unsigned char *p, size_t len, int index)
{
	struct iphdr ip;
	char source[INET6_ADDRSTRLEN];

	if (len < sizeof(ip))
		return;
	memcpy(&ip, p, sizeof(ip));
	if ((size_t)ip.ihl * 4 > len ||
	    is_kernels(ip.protocol, p + ip.ihl * 4, len - ip.ihl * 4))
		return;
	(void)inet_ntop(AF_INET, &ip.saddr, source, sizeof(source));
	note(source, index, ip.protocol);
}

static void
look6(const unsigned char *p, size_t len, int index)
{
	struct ip6_hdr ip;
	size_t at = sizeof(ip);
	char source[INET6_ADDRSTRLEN];
	int proto;

	if (len < sizeof(ip))
		return;
	memcpy(&ip, p, sizeof(ip));
	proto = ip.ip6_nxt;
	if (proto == IPPROTO_HOPOPTS && at + 8 <= len) {
		proto = p[at];
		at += (size_t)(p[at + 1] + 1) * 8;
	}
	if (at > len || is_kernels(proto, p + at, len - at))
		return;
	(void)inet_ntop(AF_INET6, &ip.ip6_src, source, sizeof(source));
	note(source, index, proto);
}

/* False if no packet came for a while, with MSG_DONTWAIT at once. */
static bool
take(int fd, int flags)
{
	struct sockaddr_ll from = { 0 };
	unsigned char p[256];
	socklen_t len = sizeof(from);
	ssize_t n;

	n = recvfrom(fd, p, sizeof(p), flags, (struct sockaddr *)&from, &len);
	if (n > 0 && from.sll_protocol == htons(ETH_P_IP))
		look4(p, (size_t)n, from.sll_ifindex);
	else if (n > 0 && from.sll_protocol == htons(ETH_P_IPV6))
		look6(p, (size_t)n, from.sll_ifindex);
	return n >= 0;
}

int
main(void)
{
	struct sigaction act = { .sa_handler = over };
	struct timeval interval = { .tv_usec = 100000 };
	struct tpacket_stats stats = { 0 };
	socklen_t len = sizeof(stats);
	int fd, i, size = BUFFER;

	fd = socket(AF_PACKET, SOCK_DGRAM, htons(ETH_P_ALL));
	if (fd < 0)
		err(1, "packet socket");
	(void)setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size));
	(void)setsockopt(
	    fd, SOL_SOCKET, SO_RCVTIMEO, &interval, sizeof(interval));
	(void)sigaction(SIGTERM, &act, NULL);
	(void)printf("ready\n");
	(void)fflush(stdout);
	while (!is_over)
		(void)take(fd, 0);
	for (i = 0; i < QUEUE_MAX && take(fd, MSG_DONTWAIT); i++)
		;
	if (getsockopt(fd, SOL_PACKET, PACKET_STATISTICS, &stats, &len) == 0 &&
	    stats.tp_drops > 0)
		(void)printf("lost %u\n", stats.tp_drops);
	return 0;
}
