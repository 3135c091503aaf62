/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Run the rows, and print those that did not end as they must.  Static, to run
 * in any jail.
 *
 *	nettab [-lv] -k KIND -c SOCKET [-o SOCKET] [-p PORT] [-r NAME]
 *	    [-e ROW=TEXT] [-u UID] own=A,B own2=A,B host=A,B other=A,B [out=A,B]
 *[broad=A]
 *
 *	-k	what it runs in: host, inherit, one, many, v4, v6, off, nested
 *	-c	the socket of netpeer on the host, -o of the one outside
 *	-e	this row, by its whole name, has to end otherwise here
 *	-l	list the rows only
 *	-p	the first of a thousand ports: those of the last run may linger
 *	-r	only rows whose names begin like this
 *	-u	who is not root in rows of other users
 *	-v	print all rows
 *
 * Exit status 1 when a row ended in another way.
 */
#include <assert.h>
#include <err.h>
#include <grp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "ask.h"
#include "try.h"

#define PORT_FIRST 7100
#define PORT_LOW_FIRST 200
#define ROW_MS 30000 /* and then it hangs */
#define OTHERWISE_MAX 64

static const char *const kind_names[] = {
	[K_HOST] = "host",
	[K_INHERIT] = "inherit",
	[K_ONE] = "one",
	[K_MANY] = "many",
	[K_V4] = "v4",
	[K_V6] = "v6",
	[K_OFF] = "off",
	[K_NESTED] = "nested",
};
static_assert(nitems(kind_names) == K_KINDS, "a name each");

static const struct row *const tables[] = {
	socket_rows,
	bind_rows,
	share_rows,
	listen_rows,
	connect_rows,
	udp_rows,
	source_rows,
	option_rows,
	group_rows,
	passed_rows,
	uring_rows,
};

static struct {
	enum kind kind;
	bool list, all;
	uid_t user;
	int first; /* port */
	const char *only;
	const char *otherwise[OTHERWISE_MAX];
	int notherwise;
	int nrun, nbad;
} run = { .kind = K_KINDS, .only = "", .user = 65534, .first = PORT_FIRST };

/* Does what the row says of the kind hold for this form? */
static bool
says_kind(const struct row *row, enum form form, enum kind kind)
{
	if (row->want[kind] == NULL)
		return false;
	if (row->domain != 0 || (row->flags & ALIKE) != 0)
		return true;
	return kind == K_V6 ? form != F4 : kind != K_V4 || form == F4;
}

/*
 * Another kind stands for one that the row says nothing of; families that the
 * jail does not have are refused when the socket is made.
 */
static const char *
row_want(const struct row *row, enum form form, enum kind kind)
{
	enum kind one = K_ONE;

	if (says_kind(row, form, kind))
		return row->want[kind];
	if (kind == K_HOST)
		return "?";
	if (kind == K_INHERIT)
		return row_want(row, form, K_HOST);
	if (kind == K_ONE || form == 0 || kind == K_MANY || kind == K_NESTED)
		return row_want(row, form, kind == K_ONE ? K_HOST : one);
	if ((row->flags & ALIKE) == 0 && kind == K_V6 && form == FM)
		return "*EADDRNOTAVAIL|*EAFNOSUPPORT";
	if ((row->flags & ALIKE) == 0 &&
	    (kind == K_OFF || (kind == K_V4) != (form == F4)))
		return "EAFNOSUPPORT";
	return row_want(row, form, one);
}

/* Is text one of the alternatives? */
static bool
is_wanted(const char *want, const char *text)
{
	size_t len = strlen(text), n;

	if (strcmp(want, "?") == 0)
		return true;
	for (;; want += n + 1) {
		n = strcspn(want, "|");
		if (n == len && strncmp(want, text, n) == 0)
			return true;
		if (*want == '*' && n - 1 <= len &&
		    strncmp(want + 1, text + len - (n - 1), n - 1) == 0)
			return true;
		if (want[n] == '\0')
			return false;
	}
}

/* Until the end of the process, or of its time. */
static void
collect(int fd, pid_t pid, char *text, size_t size)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	size_t at = 0;
	ssize_t n;

	while (at < size - 1) {
		if (poll(&p, 1, ROW_MS) != 1) {
			(void)kill(pid, SIGKILL);
			at += (size_t)snprintf(text + at, size - at, "...");
			break;
		}
		if ((n = read(fd, text + at, size - 1 - at)) <= 0)
			break;
		at += (size_t)n;
	}
	text[at < size ? at : size - 1] = '\0';
}

static void
become_user(void)
{
	if (setgroups(0, NULL) < 0 || setgid(run.user) < 0 ||
	    setuid(run.user) < 0)
		err(2, "user %u", run.user);
}

/* How the row ended. */
static void
try_row(const struct attempt *t, char *text, size_t size)
{
	int out[2], status;
	pid_t pid;

	if (pipe(out) < 0 || (pid = fork()) < 0)
		err(2, "fork");
	if (pid == 0) {
		(void)close(out[0]);
		if (dup2(out[1], STDOUT_FILENO) < 0)
			err(2, "dup2");
		(void)close(out[1]);
		if ((t->row->flags & USER) != 0)
			become_user();
		t->row->act(t);
		exit(0);
	}
	(void)close(out[1]);

	collect(out[0], pid, text, size);
	(void)close(out[0]);
	if (waitpid(pid, &status, 0) == pid && status != 0)
		(void)snprintf(text + strlen(text), size - strlen(text),
		    " (status %#x)", (unsigned int)status);
	/* its servers have ports: until they are gone, too */
	while (wait(NULL) > 0)
		continue;
}

static const char *
otherwise(const char *name)
{
	size_t len = strlen(name);
	int i;

	for (i = 0; i < run.notherwise; i++)
		if (strncmp(run.otherwise[i], name, len) == 0 &&
		    run.otherwise[i][len] == '=')
			return run.otherwise[i] + len + 1;
	return NULL;
}

/* Every attempt has a port of its own: connections of the last one linger. */
static void
do_row(const struct row *row, enum form form)
{
	static uint16_t count, low;
	struct attempt t = { .row = row, .form = form };
	char name[96], text[512];
	const char *want;

	t.port = (row->flags & WILD) != 0  ? PORT_WILD
		 : (row->flags & LOW) != 0 ? (uint16_t)(PORT_LOW_FIRST + low++)
					   : (uint16_t)(run.first + count++);
	(void)snprintf(name, sizeof(name), "%s%s%s", row->name,
	    row->domain == 0 ? "/" : "",
	    row->domain == 0 ? form_name(form) : "");
	if (strncmp(name, run.only, strlen(run.only)) != 0)
		return;
	if ((want = otherwise(name)) == NULL)
		want = row_want(row, form, run.kind);
	if (run.list) {
		(void)printf("%s: %s\n", name, want);
		return;
	}
	try_row(&t, text, sizeof(text));
	run.nrun++;
	if (!is_wanted(want, text)) {
		run.nbad++;
		(void)printf("%s: %s, not %s\n", name, text, want);
	} else if (run.all) {
		(void)printf("%s: %s\n", name, text);
	}
	(void)fflush(stdout);
}

static void
do_table(const struct row *row)
{
	static const enum form forms[] = { F4, F6, FM };
	size_t i;

	for (; row->name != NULL; row++) {
		if (row->domain != 0) {
			do_row(row, row->domain == AF_INET    ? F4
				    : row->domain == AF_INET6 ? F6
							      : (enum form)0);
			continue;
		}
		for (i = 0; i < nitems(forms); i++)
			if ((row->forms & (int)forms[i]) != 0)
				do_row(row, forms[i]);
	}
}

static enum kind
kind_of(const char *name)
{
	int k;

	for (k = 0; k < K_KINDS; k++)
		if (strcmp(kind_names[k], name) == 0)
			return (enum kind)k;
	errx(2, "%s is no kind", name);
}

static void
set_otherwise(const char *word)
{
	if (run.notherwise == OTHERWISE_MAX)
		errx(2, "too many -e");
	run.otherwise[run.notherwise++] = word;
}

static void
options(int argc, char **argv)
{
	const char *host = NULL, *out = NULL;
	int c;

	while ((c = getopt(argc, argv, "c:e:k:lo:p:r:u:v")) != -1) {
		switch (c) {
		case 'c':
			host = optarg;
			break;
		case 'e':
			set_otherwise(optarg);
			break;
		case 'k':
			run.kind = kind_of(optarg);
			break;
		case 'l':
			run.list = true;
			break;
		case 'o':
			out = optarg;
			break;
		case 'p':
			run.first = atoi(optarg);
			break;
		case 'r':
			run.only = optarg;
			break;
		case 'u':
			run.user = (uid_t)atoi(optarg);
			break;
		case 'v':
			run.all = true;
			break;
		default:
			exit(2);
		}
	}
	if (run.kind == K_KINDS)
		errx(2, "-k is missing");
	ask_at(host, out);
}

int
main(int argc, char **argv)
{
	size_t i;

	options(argc, argv);
	for (; optind < argc; optind++)
		if (addr_set(argv[optind]) < 0)
			errx(2, "%s: WHO=ADDRESS[,ADDRESS]", argv[optind]);
	(void)signal(SIGPIPE, SIG_IGN);
	if (prctl(PR_SET_CHILD_SUBREAPER, 1) < 0)
		err(2, "prctl");
	for (i = 0; i < nitems(tables); i++)
		do_table(tables[i]);
	if (!run.list)
		(void)printf("%d rows, %d of them wrong\n", run.nrun, run.nbad);
	return run.nbad > 0;
}
