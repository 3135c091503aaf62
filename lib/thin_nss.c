/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Looking up users and hosts: libc reads files and opens modules for it that
 * no program names.  A program that does so is known by the functions it has
 * undefined; modules follow /etc/nsswitch.conf.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "thin_ld.h"
#include "thin_plan.h"

enum {
	MAX_NSSWITCH = 64 << 10,
	MAX_SERVICE = 32,
};

/* Beginnings of names. */
static const char *const user_calls[] = { "getpw", "getgr", "initgroups",
	"getspnam" };
static const char *const host_calls[] = { "getaddrinfo", "gethostby",
	"getservby", "getnameinfo" };

static const char *const user_files[] = { "/etc/nsswitch.conf", "/etc/passwd",
	"/etc/group" };
static const char *const host_files[] = { "/etc/nsswitch.conf", "/etc/hosts",
	"/etc/resolv.conf", "/etc/host.conf", "/etc/services", "/etc/protocols",
	"/etc/gai.conf" };

static const char *const user_dbs[] = { "passwd", "group", "initgroups" };
static const char *const host_dbs[] = { "hosts", "services", "protocols",
	"networks" };

static bool
begins(const char *const *v, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (strncmp(name, v[i], strlen(v[i])) == 0)
			return true;
	return false;
}

void
nss_symbol(void *arg, const char *name)
{
	struct thin_job *job = arg;

	if (name[0] != 'g' && name[0] != 'i')
		return; /* nearly all end here */
	if (begins(user_calls, nitems(user_calls), name))
		job->users = true;
	else if (begins(host_calls, nitems(host_calls), name))
		job->hosts = true;
}

static int
take_files(struct thin_job *job, const char *const *v, size_t n)
{
	int r;

	for (size_t i = 0; i < n; i++) {
		r = view_take(&job->view, v[i], true, false);
		if (r < 0 && !is_absent(r))
			return job_fail(job, r, v[i]);
	}
	return 0;
}

static bool
is_db(const char *const *v, size_t n, const char *line, size_t len)
{
	for (size_t i = 0; i < n; i++)
		if (strlen(v[i]) == len && strncmp(v[i], line, len) == 0)
			return true;
	return false;
}

/* One module, for every program that has a libc. */
static int
add_service(struct thin_job *job, const char *service, size_t len, bool trusted)
{
	char name[MAX_SERVICE + 16];
	size_t n = job->n_ld;
	int r = 0;

	if (len > MAX_SERVICE ||
	    strspn(service, "abcdefghijklmnopqrstuvwxyz0123456789_") < len)
		return 0;
	(void)snprintf(
	    name, sizeof(name), "libnss_%.*s.so.2", (int)len, service);
	for (size_t i = 0; i < n && r == 0; i++)
		r = ld_libc_module(job, job->ld[i], name, trusted);
	return r;
}

/* "passwd: files [NOTFOUND=return] systemd" */
static int
add_line(struct thin_job *job, char *line, bool trusted)
{
	const char *p;
	size_t len;
	int r = 0;

	line[strcspn(line, "#")] = '\0';
	line += strspn(line, " \t");
	len = strcspn(line, ": \t");
	if (!(job->users && is_db(user_dbs, nitems(user_dbs), line, len)) &&
	    !(job->hosts && is_db(host_dbs, nitems(host_dbs), line, len)))
		return 0;
	if ((p = strchr(line, ':')) == NULL)
		return 0;
	for (p++; *(p += strspn(p, " \t")) != '\0' && r == 0; p += len) {
		len = *p == '[' ? strcspn(p, "]") + 1 : strcspn(p, " \t[");
		if (*p != '[')
			r = add_service(job, p, len, trusted);
		else if (strlen(p) < len)
			break;
	}
	return r;
}

static int
add_modules(struct thin_job *job)
{
	auto_free char *text = NULL;
	bool trusted = true;
	char *next, *line;
	size_t len;
	int r;

	r = job_text(
	    job, "/etc/nsswitch.conf", MAX_NSSWITCH, &text, &len, &trusted);
	if (r < 0)
		return job_fail(job, r, "/etc/nsswitch.conf");
	/* What glibc does without the file. */
	if (text == NULL &&
	    (text = strdup(
		 "passwd: files\ngroup: files\n"
		 "hosts: files dns\nservices: files\nprotocols: files")) ==
		NULL)
		return job_fail(job, -ENOMEM, "/etc/nsswitch.conf");
	for (next = text; (line = strsep(&next, "\n")) != NULL;)
		if ((r = add_line(job, line, trusted)) < 0)
			return r;
	return 0;
}

static int
add_once(struct thin_job *job)
{
	int r = 0;

	if (job->users)
		r = take_files(job, user_files, nitems(user_files));
	if (r == 0 && job->hosts)
		r = take_files(job, host_files, nitems(host_files));
	return r == 0 && (job->users || job->hosts) ? add_modules(job) : r;
}

int
nss_add(struct thin_job *job)
{
	bool users, hosts;
	int r;

	job->users |= job->want->users;
	/* A module may look up more than the program did. */
	do {
		users = job->users;
		hosts = job->hosts;
		r = add_once(job);
	} while (r == 0 && (users != job->users || hosts != job->hosts));
	return r;
}
