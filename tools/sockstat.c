/* SPDX-License-Identifier: BSD-2-Clause */
/* sockstat(1): list open sockets. */
#include <err.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "buf.h"
#include "cleanup.h"
#include "jail.h"
#include "sockstat.h"
#include "tool.h"

static const char usage[] =
    "usage: sockstat [-46cLlnqsuvw] [-j jail] [-p ports] [-P protocols]\n";

const struct proto sockstat_protos[] = {
	{ "tcp", IPPROTO_TCP, true },
	{ "udp", IPPROTO_UDP, true },
	{ "udplite", IPPROTO_UDPLITE, true },
	{ "raw", IPPROTO_RAW, false },
};
const size_t sockstat_nprotos = nitems(sockstat_protos);

static const struct {
	char letter;
	unsigned int set;
} options[] = {
	{ '4', SHOW_4 },
	{ '6', SHOW_6 },
	{ 'c', SHOW_CONNECTED },
	{ 'L', NO_LOOPBACK },
	{ 'l', SHOW_LISTENING },
	{ 'n', NO_NAMES },
	{ 'q', NO_HEADER },
	{ 's', SHOW_STATE },
	{ 'u', SHOW_UNIX },
	{ 'v', SHOW_JAIL },
	{ 'w', WIDE },
};

/* A port, and where its text ends. */
static unsigned long
port_of(const char *text, char **ret_end)
{
	unsigned long port;

	if (*text < '0' || *text > '9')
		errx(1, "syntax error in port range");
	port = strtoul(text, ret_end, 10);
	if (port >= PORTS)
		errx(1, "invalid port number");
	return port;
}

/* 22,6000-6010 */
static void
add_ports(struct asked *a, const char *text)
{
	unsigned long first, last;
	char *end;

	if (a->ports == NULL &&
	    (a->ports = calloc(PORTS, sizeof(*a->ports))) == NULL)
		err(1, "malloc");
	for (;; text = end + 1) {
		last = first = port_of(text, &end);
		if (*end == '-')
			last = port_of(end + 1, &end);
		if ((*end != ',' && *end != '\0') || last < first)
			errx(1, "syntax error in port range");
		for (; first <= last; first++)
			a->ports[first] = true;
		if (*end == '\0')
			break;
	}
}

static void
add_protos(struct asked *a, const char *text)
{
	size_t i, len;

	for (;; text += len + 1) {
		len = strcspn(text, ",");
		for (i = 0; i < sockstat_nprotos; i++)
			if (strlen(sockstat_protos[i].name) == len &&
			    strncmp(sockstat_protos[i].name, text, len) == 0)
				break;
		if (i == sockstat_nprotos)
			errx(1, "protocol %.*s is not supported", (int)len,
			    text);
		a->protos |= 1U << i;
		if (text[len] == '\0')
			break;
	}
}

static void
add_jail(struct asked *a, const char *name)
{
	int *more, jid = jail_getid(name);

	if (jid < 0)
		errx(1, "%s", jail_errmsg);
	if (jid > 0 && jailx_net(jid) == 0 && jailx_id(jid) == 0)
		errx(1, "jail %d not found", jid);
	if ((more = grow(a->jids, a->njids, sizeof(*more))) == NULL)
		err(1, "malloc");
	a->jids = more;
	more[a->njids++] = jid;
}

static void
parse(struct asked *a, int argc, char **argv)
{
	size_t i;
	int c;

	while ((c = getopt(argc, argv, "46cj:Llnp:P:qsuvw")) >= 0) {
		for (i = 0; i < nitems(options) && options[i].letter != c; i++)
			;
		if (c == 'j')
			add_jail(a, optarg);
		else if (c == 'p')
			add_ports(a, optarg);
		else if (c == 'P')
			add_protos(a, optarg);
		else if (i < nitems(options))
			a->flags |= options[i].set;
		else
			tool_usage(usage);
	}
	if (optind < argc)
		tool_usage(usage);
}

/* What is meant where nothing was said. */
static void
complete(struct asked *a)
{
	if ((a->flags & (SHOW_4 | SHOW_6)) == 0 && a->protos != 0)
		a->flags |= SHOW_4 | SHOW_6;
	if ((a->flags & (SHOW_4 | SHOW_6 | SHOW_UNIX)) == 0)
		a->flags |= SHOW_4 | SHOW_6 | SHOW_UNIX;
	if (a->protos == 0)
		a->protos = (1U << sockstat_nprotos) - 1;
}

int
main(int argc, char **argv)
{
	struct asked a = { 0 };
	struct list l;

	tool_init(argv, usage);
	(void)setvbuf(stdout, NULL, _IOFBF, 65536);
	argc = xo_take(&a.xo, argv, usage);
	parse(&a, argc, argv);
	complete(&a);
	list_read(&l, &a);
	if (a.xo.json)
		sockstat_json(&l, &a);
	else
		sockstat_text(&l, &a);
	list_done(&l);
	free(a.ports);
	free(a.jids);
	return 0;
}
