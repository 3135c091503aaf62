/* SPDX-License-Identifier: BSD-2-Clause */
/* jail(8): create, change and remove jails. */
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "buf.h"
#include "cleanup.h"
#include "jail.h"
#include "jailx.h"
#include "ops.h"
#include "tool.h"

static const char usage[] =
    "usage: jail [-dhilqv] [-J jid_file] [-u username] [-U username]\n"
    "            -[cmr] param=value ... [command=command ...]\n"
    "       jail [-dqv] [-f file] -[cmr] [jail]\n"
    "       jail [-qv] [-f file] -[rR] ['*' | jail ...]\n"
    "       jail [-dhilqv] [-J jid_file] [-u username] [-U username]\n"
    "            [-n jailname] [-s securelevel]\n"
    "            path hostname ip[,...] command ...\n"
    "       jail [-f file] -e separator\n";

enum {
	OP_CREATE = 0x1,
	OP_MODIFY = 0x2,
	OP_REMOVE = 0x4,
	OP_KILL = 0x8,
};

struct options {
	unsigned int op;
	struct request q;
	struct jailx_set *set;
};

/* A parameter of the command line: wrong ones end the run at once. */
static void
add(struct jailx_set *set, const char *name, const char *value)
{
	if (jailx_set_add(set, name, value) < 0) {
		say("%s", jail_errmsg);
		exit(1);
	}
}

/* Options that stand for a parameter (spec 1.1). */
static const struct short_form {
	int opt;
	const char *param;
	const char *value; /* NULL: the option's argument */
	const char *also, *also_value;
} short_forms[] = {
	{ 'l', "exec.clean", "true", NULL, NULL },
	{ 'n', "name", NULL, NULL, NULL },
	{ 's', "securelevel", NULL, NULL, NULL },
	{ 'u', "exec.jail_user", NULL, "exec.system_jail_user", "true" },
	{ 'U', "exec.jail_user", NULL, "exec.system_jail_user", "false" },
};

static bool
add_short_form(struct options *o, int opt)
{
	size_t i;

	for (i = 0; i < nitems(short_forms); i++) {
		const struct short_form *f = &short_forms[i];

		if (f->opt != opt)
			continue;
		add(o->set, f->param, f->value != NULL ? f->value : optarg);
		if (f->also != NULL)
			add(o->set, f->also, f->also_value);
		return true;
	}
	return false;
}

static const struct op_form {
	int opt;
	unsigned int op;
} op_forms[] = {
	{ 'c', OP_CREATE },
	{ 'm', OP_MODIFY },
	{ 'r', OP_REMOVE },
	{ 'R', OP_KILL },
};

static bool
add_op(struct options *o, int opt)
{
	size_t i;

	for (i = 0; i < nitems(op_forms); i++) {
		if (op_forms[i].opt == opt) {
			o->op |= op_forms[i].op;
			return true;
		}
	}
	return false;
}

static void
warn_dying(void)
{
	say("the 'allow.dying' parameter and '-d' flag are deprecated and "
	    "have no effect.");
}

static void
parse(struct options *o, int argc, char **argv)
{
	int c;

	/* "+": what follows the first operand belongs to the command */
	while ((c = getopt(argc, argv, "+cdiJ:lmn:qrRs:u:U:v")) >= 0) {
		if (add_op(o, c) || add_short_form(o, c))
			continue;
		switch (c) {
		case 'd':
			warn_dying();
			break;
		case 'i':
			o->q.print_jid = true;
			o->q.verbose = -1;
			break;
		case 'J':
			o->q.jid_file = optarg;
			break;
		case 'q':
			o->q.verbose = -1;
			break;
		case 'v':
			o->q.verbose = 1;
			break;
		default:
			tool_usage(usage);
		}
	}
	/* several together: -rc is one run, -R stands alone */
	if ((o->op & OP_KILL) != 0 && (o->op & (OP_CREATE | OP_MODIFY)) != 0)
		tool_usage(usage);
}

/* ---- the forms ---- */

static void
add_words(struct jailx_set *set, const char *const *words)
{
	for (; *words != NULL; words++)
		add(set, "command", *words);
}

/* "name=value" words; command takes all the rest. */
static void
add_params(struct jailx_set *set, char **argv)
{
	for (; *argv != NULL; argv++) {
		auto_free char *name = strdup(*argv);
		char *value;

		if (name == NULL) {
			say("%s", strerror(ENOMEM));
			exit(1);
		}
		if ((value = strchr(name, '=')) != NULL)
			*value++ = '\0';
		if (strcmp(name, "command") == 0) {
			if (value != NULL)
				add(set, "command", value);
			add_words(set, (const char *const *)argv + 1);
			return;
		}
		if (strcmp(name, "allow.dying") == 0)
			warn_dying();
		add(set, name, value);
	}
}

/* The running jail that a set names: its jid, or 0. */
static int
find_named(const struct jailx_set *set, const char **ret_text)
{
	const char *jid = jailx_set_get(set, "jid", 0);
	const char *name = jailx_set_get(set, "name", 0);
	struct jailx_set *now;
	int r;

	*ret_text = jid != NULL ? jid : name;
	if (*ret_text == NULL || **ret_text == '\0')
		return 0;
	r = jid != NULL ? (int)strtol(jid, NULL, 10) : jail_getid(name);
	if (r <= 0 || (now = jailx_set_new()) == NULL)
		return 0;
	if (jailx_load(now, r, false) < 0)
		r = 0;
	jailx_set_free(now);
	return r;
}

static int
modify(struct options *o, int jid)
{
	return op_update(&o->q, jid, o->set, (o->op & OP_REMOVE) != 0);
}

static int
run_params(struct options *o)
{
	const char *text;
	int jid = find_named(o->set, &text), status;

	if (jid > 0) {
		if ((o->op & OP_MODIFY) != 0)
			return modify(o, jid);
		if ((o->op & OP_REMOVE) != 0) {
			if ((status = op_remove(&o->q, jid)) != 0)
				return status;
		} else {
			say("\"%s\" already exists", text);
			return 1;
		}
	} else if ((o->op & OP_CREATE) == 0 ||
		   (o->op == (OP_CREATE | OP_REMOVE) && text != NULL)) {
		if (text == NULL)
			say("no jail specified");
		else
			say("\"%s\" not found", text);
		return 1;
	}
	return op_create(&o->q, o->set);
}

/* path hostname ip[,ip...] command ... */
static int
run_old(struct options *o, char **argv)
{
	auto_buf struct buf line = BUF_INIT;
	auto_free char *ips = strdup(argv[2]);
	char *rest = ips, *ip;
	struct in6_addr addr;
	size_t i;

	for (i = 0; argv[i] != NULL; i++)
		buf_fmt(&line, "%s%s",
		    i == 0  ? ""
		    : i < 4 ? "\t"
			    : " ",
		    argv[i]);
	if (buf_err(&line) < 0 || ips == NULL) {
		say("%s", strerror(ENOMEM));
		return 1;
	}
	add(o->set, "path", argv[0]);
	add(o->set, "host.hostname", argv[1]);
	while ((ip = strsep(&rest, ",")) != NULL) {
		if (*ip != '\0')
			add(o->set,
			    inet_pton(AF_INET6, ip, &addr) == 1 ? "ip6.addr"
								: "ip4.addr",
			    ip);
	}
	add_words(o->set, (const char *const *)argv + 3);
	o->q.old_line = line.p;
	o->op = OP_CREATE;
	return op_create(&o->q, o->set);
}

/* Remove every running jail. */
static int
remove_all(const struct options *o)
{
	struct jailx_iter *it = jailx_iter_open(0);
	struct jailx_set *set = jailx_set_new();
	int jid, r, status = 0;

	if (it == NULL || set == NULL) {
		say("%s", jail_errmsg);
		exit(1);
	}
	while ((jid = jailx_iter_next(it, set)) > 0) {
		r = (o->op & OP_KILL) != 0 ? op_kill(&o->q, jid)
					   : op_remove(&o->q, jid);
		if (r != 0)
			status = 1;
	}
	jailx_set_free(set);
	jailx_iter_close(it);
	return status;
}

static int
remove_one(const struct options *o, const char *name)
{
	struct jailx_set *set = jailx_set_new();
	int jid = jail_getid(name);

	if (set == NULL || jid <= 0 || jailx_load(set, jid, false) < 0) {
		jailx_set_free(set);
		say("\"%s\" not found", name);
		return 1;
	}
	jailx_set_free(set);
	return (o->op & OP_KILL) != 0 ? op_kill(&o->q, jid)
				      : op_remove(&o->q, jid);
}

static int
run_remove(const struct options *o, char **argv)
{
	int status = 0;

	for (; *argv != NULL; argv++) {
		if ((o->op & OP_KILL) == 0 && strchr(*argv, '=') != NULL)
			tool_usage(usage);
		if ((strcmp(*argv, "*") == 0 ? remove_all(o)
					     : remove_one(o, *argv)) != 0)
			status = 1;
	}
	return status;
}

/* For completion: what there is, with its meaning. */
static int
list_parameters(void)
{
	const struct jailx_param *p = NULL;

	while ((p = jailx_param_next(p)) != NULL)
		(void)printf("%s\t%s\n", p->name, p->desc);
	return 0;
}

int
main(int argc, char **argv)
{
	struct options o = { .set = jailx_set_new() };
	int n, status;

	tool_init(argv, usage);
	if (argc == 2 && strcmp(argv[1], "--parameters") == 0)
		return list_parameters();
	if (o.set == NULL) {
		say("%s", jail_errmsg);
		return 1;
	}
	parse(&o, argc, argv);
	argv += optind;
	n = argc - optind;
	if (o.op == 0) {
		if (n < 4 || argv[0][0] != '/')
			tool_usage(usage);
		status = run_old(&o, argv);
	} else if ((o.op & (OP_CREATE | OP_MODIFY)) == 0) {
		if (n == 0)
			tool_usage(usage);
		status = run_remove(&o, argv);
	} else if (n > 1 || (n == 1 && strchr(argv[0], '=') != NULL)) {
		add_params(o.set, argv);
		status = run_params(&o);
	} else {
		say("jail.conf is not read yet: give parameters (name=value)");
		tool_usage(usage);
	}
	jailx_set_free(o.set);
	return status;
}
