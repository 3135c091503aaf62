/* SPDX-License-Identifier: BSD-2-Clause */
/* An address of jail(8): a digit for the family, then the text. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "ifaddr.h"
#include "jerr.h"
#include "params.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check(const struct if_addr *a)
{
	struct jerr e;

	if (a->prefix == 0 || a->prefix > (a->family == AF_INET ? 32U : 128U))
		abort();
	if (memchr(a->addr, '\0', sizeof(a->addr)) == NULL ||
	    strpbrk(a->addr, " /|") != NULL || *a->addr == '\0')
		abort();
	if (*a->interface != '\0' &&
	    ifaddr_check_interface("x", a->interface, &e) < 0)
		abort();
	if (a->family == AF_INET6 && *a->broadcast != '\0')
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct if_addr a = { .family = -1 };
	struct jerr e = { .err = 0 };
	char *text;
	int r;

	if (size == 0 ||
	    (text = strndup((const char *)data + 1, size - 1)) == NULL)
		return 0;
	r = ifaddr_parse(
	    &a, param(*data == '6' ? P_IP6_ADDR : P_IP4_ADDR), text, &e);
	if (r == 0)
		check(&a);
	else if (a.family != -1 || e.err != -r || e.msg[0] == '\0')
		abort(); /* untouched, and an error has a sentence */
	free(text);
	return 0;
}
