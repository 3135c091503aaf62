/* SPDX-License-Identifier: BSD-2-Clause */
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "ip.h"

socklen_t
parse_ip(const char *text, uint16_t port, bool mapped, union addr *ret)
{
	char six[80];

	memset(ret, 0, sizeof(*ret));
	if (!mapped && inet_pton(AF_INET, text, &ret->in.sin_addr) == 1) {
		ret->in.sin_family = AF_INET;
		ret->in.sin_port = htons(port);
		return sizeof(ret->in);
	}
	(void)snprintf(six, sizeof(six), "%s%s", mapped ? "::ffff:" : "", text);
	if (inet_pton(AF_INET6, six, &ret->in6.sin6_addr) != 1)
		return 0;
	ret->in6.sin6_family = AF_INET6;
	ret->in6.sin6_port = htons(port);
	return sizeof(ret->in6);
}
