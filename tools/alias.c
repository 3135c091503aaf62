/* SPDX-License-Identifier: BSD-2-Clause */
/* Addresses of the host's interfaces that jails bring along. */
#include <arpa/inet.h>
#include <netdb.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "alias.h"
#include "buf.h"
#include "cleanup.h"
#include "jail.h"
#include "job.h"

/* ---- ip_hostname ---- */

static const struct family {
	int af;
	const char *sys, *list; /* parameters */
} families[] = {
	{ AF_INET, "ip4", "ip4.addr" },
	{ AF_INET6, "ip6", "ip6.addr" },
};

/* The jail may use it, and so can this host. */
static bool
has_family(const struct jailx_set *set, const struct family *f)
{
	auto_close int s = socket(f->af, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	return s >= 0 &&
	       (!jailx_set_has(set, f->sys) ||
		   strcmp(jailx_set_get(set, f->sys, 0), "disable") != 0);
}

static bool
has_address(const struct jailx_set *set, const char *list, const char *text)
{
	size_t i;

	for (i = 0; i < jailx_set_count(set, list); i++) {
		if (strcmp(jailx_set_get(set, list, i), text) == 0)
			return true;
	}
	return false;
}

static int
add_address(struct job *j, const struct addrinfo *ai)
{
	const struct family *f = &families[ai->ai_family == AF_INET6];
	char text[NI_MAXHOST];

	if (ai->ai_family != f->af || !has_family(j->given, f) ||
	    getnameinfo(ai->ai_addr, ai->ai_addrlen, text, sizeof(text), NULL,
		0, NI_NUMERICHOST) != 0 ||
	    has_address(j->given, f->list, text))
		return 0;
	return jailx_set_address(j->given, f->list, text);
}

enum step_result
alias_resolve(struct job *j, const struct step *s)
{
	const struct addrinfo hints = { .ai_socktype = SOCK_STREAM };
	const char *name = jailx_set_get(j->given, "host.hostname", 0);
	struct addrinfo *all, *ai;
	int r;

	(void)s;
	if (!jailx_set_bool(j->given, "ip_hostname") || name == NULL)
		return STEP_NEXT;
	if ((r = getaddrinfo(name, NULL, &hints, &all)) != 0) {
		job_say(j, "host.hostname %s: %s", name, gai_strerror(r));
		return STEP_FAILED;
	}
	for (ai = all; r == 0 && ai != NULL; ai = ai->ai_next)
		r = add_address(j, ai);
	freeaddrinfo(all);
	if (r == 0)
		return STEP_NEXT;
	job_say(j, "%s", jail_errmsg);
	return STEP_FAILED;
}

/* ---- aliases ---- */

/* "eth0 inet 10.0.0.1/24", as ifconfig(8) would have it. */
static void
format(struct buf *b, const struct jailx_alias *a)
{
	buf_fmt(b, "%s %s %s/%u", a->interface,
	    a->family == AF_INET ? "inet" : "inet6", a->address, a->prefix);
	if (a->broadcast != NULL)
		buf_fmt(b, " broadcast %s", a->broadcast);
}

void
alias_print(const struct job *j,
    void (*line)(const struct job *j, const char *where, const char *text))
{
	struct jailx_alias a;
	size_t i;

	for (i = 0; jailx_set_alias(j->given, i, &a); i++) {
		auto_buf struct buf b = BUF_INIT;

		format(&b, &a);
		line(j, "alias", b.p != NULL ? b.p : "");
	}
}

static void
note(const struct job *j, const char *where, const char *text)
{
	job_note(j, 1, "%s %s", where, text);
}

enum step_result
alias_up(struct job *j, const struct step *s)
{
	(void)s;
	if (j->q->verbose > 0)
		alias_print(j, note);
	if (jailx_take(j->given, &j->taken) == 0)
		return STEP_NEXT;
	job_say(j, "%s", jail_errmsg);
	return STEP_FAILED;
}

int
alias_hand_over(struct job *j)
{
	if (j->taken == NULL)
		return 0;
	if (jailx_taken_to(j->taken, j->jid, j->id) < 0) {
		job_say(j, "%s", jail_errmsg);
		return -1;
	}
	j->taken = NULL;
	j->has_taken = true;
	return 0;
}

void
alias_undo(struct job *j)
{
	if (jailx_untake(take_ptr(j->taken)) < 0)
		job_say(j, "%s", jail_errmsg);
}

/* What comes after it is done in any case. */
enum step_result
alias_down(struct job *j, const struct step *s)
{
	(void)s;
	if (j->lock < 0 || jailx_give_back(j->jid, j->id, j->lock) == 0)
		return STEP_NEXT;
	job_say(j, "%s", jail_errmsg);
	j->status = j->status == 0 ? 1 : j->status;
	return STEP_NEXT;
}
