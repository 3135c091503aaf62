/* SPDX-License-Identifier: BSD-2-Clause */
/* jail(8): create, change and remove jails. */
#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "buf.h"
#include "cleanup.h"
#include "conf.h"
#include "conf_show.h"
#include "jail.h"
#include "jailx.h"
#include "job.h"
#include "loop.h"
#include "many.h"
#include "steps.h"
#include "tool.h"

static const char usage[] =
    "usage: jail [-dhilNqv] [-J jid_file] [-u username] [-U username]\n"
    "            -[cmr] param=value ... [command=command ...]\n"
    "       jail [-dNqv] [-f file] [-J jid_file] [-p limit] -[cmr] [jail]\n"
    "       jail [-Nqv] [-f file] [-p limit] -[CrR] ['*' | jail ...]\n"
    "       jail [-dhilqv] [-J jid_file] [-u username] [-U username]\n"
    "            [-n jailname] [-s securelevel]\n"
    "            path hostname ip[,...] command ...\n"
    "       jail [-f file] -e separator\n";

struct options {
	unsigned int op; /* OP_* */
	struct request q;
	struct jailx_set *set;
	const char *file; /* -f */
	const char *separator; /* -e */
	bool is_dry; /* -N */
	bool no_file; /* an option that stands for a parameter */
};

/* A parameter of the command line: wrong ones end the run at once. */
static void
add(struct jailx_set *set, const char *name, const char *value)
{
	if (jailx_set_address(set, name, value) < 0)
		errx(1, "%s", jail_errmsg);
}

/* Options that stand for a parameter (spec 1.1). */
static const struct short_form {
	int opt;
	const char *param;
	const char *value; /* NULL: the option's argument */
	const char *also, *also_value;
} short_forms[] = {
	{ 'h', "ip_hostname", "true", NULL, NULL },
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
		o->no_file = true;
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
	{ 'C', OP_CLEAN },
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
	static bool warned;

	if (!warned)
		warnx("the 'allow.dying' parameter and '-d' flag are "
		      "deprecated and have no effect.");
	warned = true;
}

static int
parse_number(const char *text)
{
	char *end;
	long n;

	errno = 0;
	n = strtol(text, &end, 10);
	if (errno != 0 || end == text || *end != '\0' || n < 0 || n > 1000000)
		errx(1, "-p %s: not a number of commands", text);
	return (int)n;
}

static void
parse_other(struct options *o, int c)
{
	switch (c) {
	case 'd':
		warn_dying();
		break;
	case 'e':
		o->separator = optarg;
		break;
	case 'f':
		o->file = optarg;
		break;
	case 'i':
		o->q.print_jid = true;
		o->q.verbose = -1;
		break;
	case 'J':
		if ((o->q.jid_file = fopen(optarg, "we")) == NULL)
			err(1, "open %s", optarg);
		break;
	case 'N':
		o->is_dry = true;
		break;
	case 'p':
		o->q.commands = parse_number(optarg);
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

/* -rc is one run; -R and -C stand alone, but for the -r of jail -rR. */
static bool
is_possible(unsigned int op)
{
	const unsigned int alone = OP_KILL | OP_CLEAN;

	return (op & alone) == 0 ||
	       ((op & (OP_CREATE | OP_MODIFY)) == 0 && (op & alone) != alone);
}

static void
parse(struct options *o, int argc, char **argv)
{
	int c;

	/* "+": what follows the first operand belongs to the command */
	while ((c = getopt(argc, argv, "+cCde:f:hiJ:lmn:Np:qrRs:u:U:v")) >= 0) {
		if (!add_op(o, c) && !add_short_form(o, c))
			parse_other(o, c);
	}
	if (!is_possible(o->op) || (o->separator != NULL && o->op != 0))
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

		if (name == NULL)
			err(1, "malloc");
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

/* FreeBSD's check of "depend" where there is no file: that they run. */
static void
check_depend(const struct jailx_set *set)
{
	size_t i;

	for (i = 0; i < jailx_set_count(set, "depend"); i++) {
		const char *name = jailx_set_get(set, "depend", i);

		if (jail_getid(name) < 0)
			errx(1, "depends on nonexistent jail \"%s\"", name);
	}
}

static int
run_job(struct options *o, int jid, enum job_what what)
{
	struct job *j = job_new(&o->q);

	if (j == NULL)
		err(1, "malloc");
	j->given = take_ptr(o->set);
	j->is_argv = true;
	j->jid = jid;
	j->id = jid > 0 ? jailx_id(jid) : 0;
	job_begin(j, what);
	if (!o->is_dry)
		return loop_one(j);
	dry_print(j);
	job_free(j);
	return 0;
}

/* Parameters on the command line: what is to be done with the one jail. */
static int
run_params(struct options *o)
{
	const char *jid = jailx_set_get(o->set, "jid", 0);
	const char *name = jailx_set_get(o->set, "name", 0);
	const char *text = jid != NULL ? jid : name;
	int running = many_running(o->set);

	check_depend(o->set);
	if (running > 0 && (o->op & OP_MODIFY) != 0)
		return run_job(o, running,
		    (o->op & OP_REMOVE) != 0 ? JOB_UPDATE_OR_RESTART
					     : JOB_UPDATE);
	if (running > 0 && (o->op & OP_REMOVE) != 0)
		return run_job(o, running, JOB_RESTART);
	if (running > 0)
		errx(1, "\"%s\" already exists", text);
	if ((o->op & OP_CREATE) == 0 ||
	    (o->op == (OP_CREATE | OP_REMOVE) && text != NULL)) {
		if (text == NULL || *text == '\0')
			errx(1, "no jail specified");
		errx(1, "\"%s\" not found", text);
	}
	return run_job(o, 0, JOB_CREATE);
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
	if (buf_err(&line) < 0 || ips == NULL)
		err(1, "malloc");
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
	return run_job(o, 0, JOB_CREATE);
}

/*
 * The configuration file.  Removal does without one, unless it was asked for
 * by name; -R never looks.
 */
static struct conf *
read_conf(const struct options *o)
{
	const char *file = o->file != NULL ? o->file : CONF_FILE;
	struct conf *conf;
	struct stat st;

	if ((o->op & OP_KILL) != 0 ||
	    ((o->op & (OP_REMOVE | OP_CLEAN)) == o->op && o->op != 0 &&
		strcmp(file, "-") != 0 && stat(file, &st) < 0))
		return NULL;
	if (conf_read(&conf, file, &conf_say_jail) < 0)
		exit(1);
	return conf;
}

static int
run_conf(struct options *o, char *const *words)
{
	struct conf *conf = read_conf(o);
	int status;

	o->q.many = conf != NULL || (words[0] != NULL && words[1] != NULL) ||
		    (words[0] != NULL && conf_is_pattern(words[0]));
	status = many_run(&o->q, conf, o->op, words, o->is_dry);
	conf_free(conf);
	return status;
}

static int
run_remove(struct options *o, char **argv)
{
	char **arg;

	for (arg = argv; *arg != NULL; arg++) {
		if ((o->op & OP_KILL) == 0 && strchr(*arg, '=') != NULL)
			tool_usage(usage);
	}
	if (argv[0] == NULL)
		tool_usage(usage);
	return run_conf(o, argv);
}

/* Which form it is (spec: in this order). */
static int
run(struct options *o, char **argv, int n)
{
	if (o->separator != NULL) {
		if (n > 0 || o->no_file)
			tool_usage(usage);
		return conf_show(
		    o->file != NULL ? o->file : CONF_FILE, o->separator);
	}
	if (o->op == 0) {
		if (n < 4 || argv[0][0] != '/')
			tool_usage(usage);
		return run_old(o, argv);
	}
	if ((o->op & (OP_CREATE | OP_MODIFY)) == 0)
		return run_remove(o, argv);
	if (n > 1 || (n == 1 && strchr(argv[0], '=') != NULL)) {
		add_params(o->set, argv);
		return run_params(o);
	}
	if (o->no_file)
		tool_usage(usage);
	return run_conf(o, argv);
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

static void
close_jid_file(const struct options *o)
{
	FILE *f = o->q.jid_file;
	bool failed = f != NULL && ferror(f);

	if (f != NULL && (fclose(f) != 0 || failed))
		errx(1, "the file of -J could not be written");
}

int
main(int argc, char **argv)
{
	struct options o = { .set = jailx_set_new() };
	int status;

	tool_init(argv, usage);
	if (argc == 2 && strcmp(argv[1], "--parameters") == 0)
		return list_parameters();
	if (o.set == NULL)
		errx(1, "%s", jail_errmsg);
	parse(&o, argc, argv);
	/* what a keeper that was killed has left behind */
	if (!o.is_dry && (o.op & OP_CLEAN) == 0 && geteuid() == 0)
		(void)jailx_unfinished(steps_follow, NULL); /* the next one's */
	status = run(&o, argv + optind, argc - optind);
	close_jid_file(&o);
	jailx_set_free(o.set);
	return status;
}
