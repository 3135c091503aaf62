/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Watch all interfaces of this network namespace, and say which sources packets
 * had that a program sent: those that the kernel sends by itself, to tell of an
 * error or to find neighbours, are left out.
 *
 *	netwatch
 *
 * Prints "ready"; ends with SIGTERM, and prints a line "SOURCE INTERFACE
 * PROTOCOL NUMBER" for each of those that it has seen, and "lost NUMBER" if
 * packets went by that it could not take.
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

static struct seen {
	char source[INET6_ADDRSTRLEN];
	int index, proto;
	unsigned long n;
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
	size_t i;

	for (i = 0; i < nseen; i++)
		if (seen[i].index == index && seen[i].proto == proto &&
		    strcmp(seen[i].source, source) == 0)
			break;
	if (i == SEEN_MAX)
		errx(1, "too many sources");
	if (i == nseen) {
		(void)snprintf(
		    seen[i].source, sizeof(seen[i].source), "%s", source);
		seen[i].index = index;
		seen[i].proto = proto;
		nseen++;
	}
	seen[i].n++;
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

static void
report(int fd)
{
	struct tpacket_stats stats = { 0 };
	socklen_t len = sizeof(stats);
	char name[IF_NAMESIZE];
	size_t i;

	for (i = 0; i < nseen; i++)
		(void)printf("%s %s %d %lu\n", seen[i].source,
		    if_indextoname((unsigned int)seen[i].index, name) != NULL
			? name
			: "?",
		    seen[i].proto, seen[i].n);
	if (getsockopt(fd, SOL_PACKET, PACKET_STATISTICS, &stats, &len) == 0 &&
	    stats.tp_drops > 0)
		(void)printf("lost %u\n", stats.tp_drops);
}

int
main(void)
{
	struct sigaction act = { .sa_handler = over };
	struct sockaddr_ll from = { 0 };
	unsigned char p[256];
	int fd, size = BUFFER;
	socklen_t len;
	ssize_t n;

	fd = socket(AF_PACKET, SOCK_DGRAM, htons(ETH_P_ALL));
	if (fd < 0)
		err(1, "packet socket");
	(void)setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size));
	(void)sigaction(SIGTERM, &act, NULL);
	(void)printf("ready\n");
	(void)fflush(stdout);
	while (!is_over) {
		len = sizeof(from);
		n = recvfrom(
		    fd, p, sizeof(p), 0, (struct sockaddr *)&from, &len);
		if (n > 0 && from.sll_protocol == htons(ETH_P_IP))
			look4(p, (size_t)n, from.sll_ifindex);
		else if (n > 0 && from.sll_protocol == htons(ETH_P_IPV6))
			look6(p, (size_t)n, from.sll_ifindex);
	}
	report(fd);
	return 0;
}
