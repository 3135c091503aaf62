/* SPDX-License-Identifier: BSD-2-Clause */
/* Creating, changing and removing one jail, with what its parameters run. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "buf.h"
#include "cleanup.h"
#include "jail.h"
#include "ops.h"

void
say(const char *fmt, ...)
{
	va_list ap;

	(void)fputs("jail: ", stderr);
	va_start(ap, fmt);
	(void)vfprintf(stderr, fmt, ap);
	va_end(ap);
	(void)fputc('\n', stderr);
}

void
note(const struct request *q, const char *fmt, ...)
{
	va_list ap;

	if (q->verbose <= 0)
		return;
	va_start(ap, fmt);
	(void)vprintf(fmt, ap);
	va_end(ap);
	(void)putchar('\n');
	(void)fflush(stdout); /* before a command writes there */
}

/* One "name=v1,v2" for each parameter that was given, sep between them. */
static void
list_given(struct buf *b, const struct jailx_set *set, const char *sep)
{
	const struct jailx_param *p = NULL;
	size_t i;

	while ((p = jailx_param_next(p)) != NULL) {
		if (!jailx_set_has(set, p->name) || strcmp(p->name, "jid") == 0)
			continue;
		buf_fmt(b, "%s%s", sep, p->name);
		for (i = 0; i < jailx_set_count(set, p->name); i++) {
			auto_free char *text = jailx_quote(
			    jailx_set_get(set, p->name, i), JAILX_QUOTE_CONF);

			buf_chr(b, i > 0 ? ',' : '=');
			buf_str(b, text != NULL ? text : "");
		}
	}
}

static int
write_jid_file(const struct request *q, int jid, const struct jailx_set *set)
{
	auto_buf struct buf b = BUF_INIT;
	FILE *f;

	if (q->jid_file == NULL)
		return 0;
	if (q->old_line != NULL)
		buf_fmt(&b, "%d\t%s", jid, q->old_line);
	else {
		buf_fmt(&b, "jid=%d", jid);
		list_given(&b, set, "\t");
	}
	if (buf_err(&b) < 0 || (f = fopen(q->jid_file, "we")) == NULL) {
		say("open %s: %s", q->jid_file, strerror(errno));
		return -1;
	}
	(void)fprintf(f, "%s\n", b.p);
	if (fclose(f) != 0) {
		say("%s: %s", q->jid_file, strerror(errno));
		return -1;
	}
	return 0;
}

static void
note_set(const struct request *q, const struct jailx_set *set, const char *what,
    const char *error)
{
	auto_buf struct buf b = BUF_INIT;

	if (q->verbose <= 0)
		return;
	list_given(&b, set, " ");
	note(q, "jail_set(%s)%s%s%s", what, b.p != NULL ? b.p : "",
	    error != NULL ? ": " : "", error != NULL ? error : "");
}

/* Run what starts a jail.  The exit status of the whole. */
static int
start(const struct request *q, int jid, const struct jailx_set *set)
{
	int status = 1, sig;

	if (run_hooks(q, jid, set, "exec.start") != RUN_OK)
		return 1;
	if (run_command(q, jid, set, &status) != RUN_OK)
		return status != 0 ? status : 1;
	if (run_hooks(q, jid, set, "exec.poststart") != RUN_OK)
		return 1;
	if ((sig = run_interrupted()) != 0)
		return 128 + sig;
	return write_jid_file(q, jid, set) < 0 ? 1 : 0;
}

int
op_create(const struct request *q, const struct jailx_set *set)
{
	bool runs = jailx_set_count(set, "exec.start") > 0 ||
		    jailx_set_has(set, "command") ||
		    jailx_set_count(set, "exec.poststart") > 0;
	int hold = -1, jid, status;
	uint64_t id;

	expose_warn(q, jailx_set_get(set, "path", 0));
	run_hold_signals();
	jid = jailx_create(set, runs ? &hold : NULL);
	id = jid > 0 ? jailx_id(jid) : 0;
	note_set(q, set, "JAIL_CREATE", jid < 0 ? jail_errmsg : NULL);
	if (jid < 0) {
		say("%s", jail_errmsg);
		return jailx_exec_status() != 0 ? jailx_exec_status() : 1;
	}
	if (*jailx_notes() != '\0')
		note(q, "%s", jailx_notes());
	if (q->print_jid) {
		(void)printf("%d\n", jid);
		(void)fflush(stdout);
	}
	note(q, "created");
	run_only(id);
	status = start(q, jid, set);
	if (hold < 0) {
		if (status != 0)
			(void)jailx_remove(jid, id); /* what failed is said */
	} else if ((status != 0 ? jailx_abandon(jid, hold)
				: jailx_release(jid, hold)) < 0) {
		say("%s", jail_errmsg);
		return status != 0 ? status : 1;
	}
	return status;
}

int
op_update(
    const struct request *q, int jid, const struct jailx_set *set, bool restart)
{
	static const char fixed[] = "cannot be changed after creation";
	int r = jailx_update(jid, set), status;

	note_set(q, set, "JAIL_UPDATE", r < 0 ? jail_errmsg : NULL);
	if (r < 0 && restart && strstr(jail_errmsg, fixed) != NULL) {
		if ((status = op_remove(q, jid)) != 0)
			return status;
		return op_create(q, set);
	}
	if (r < 0) {
		say("%s", jail_errmsg);
		return 1;
	}
	note(q, "updated");
	return write_jid_file(q, jid, set) < 0 ? 1 : 0;
}

static void
note_signalled(const struct request *q, const pid_t *pids)
{
	auto_buf struct buf b = BUF_INIT;

	for (; pids != NULL && *pids != 0; pids++)
		buf_fmt(&b, " %d", (int)*pids);
	if (b.len > 0)
		note(q, "sent SIGTERM to:%s", b.p);
}

static int
kill_this(const struct request *q, int jid, uint64_t id)
{
	if (jailx_remove(jid, id) < 0) {
		say("jail_remove: %s", jail_errmsg);
		return 1;
	}
	note(q, "removed");
	return 0;
}

int
op_kill(const struct request *q, int jid)
{
	return kill_this(q, jid, jailx_id(jid));
}

int
op_remove(const struct request *q, int jid)
{
	struct jailx_set *set = jailx_set_new();
	auto_free pid_t *pids = NULL;
	uint64_t id = jailx_id(jid);
	int status = 1, timeout;

	run_only(id);
	if (set == NULL || jailx_load(set, jid, false) < 0) {
		say("%s", jail_errmsg);
	} else if (run_hooks(q, jid, set, "exec.stop") == RUN_OK) {
		timeout = (int)jailx_set_int(set, "stop.timeout");
		/* a jail that ends by itself meanwhile is what is wanted */
		if (timeout > 0)
			(void)jailx_stop(jid, id, timeout, &pids);
		note_signalled(q, pids);
		status = kill_this(q, jid, id);
	}
	jailx_set_free(set);
	return status;
}
