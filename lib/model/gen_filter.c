/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Build tool: print filter_runs.h, the table of system calls with names
 * resolved to numbers, as runs of equal rule.  libseccomp knows the numbers;
 * at run time it would cost up to 25 ms a filter.  Any slip in the table (a
 * name that no architecture has, a name twice) ends the build.
 */
#include <err.h>
#include <inttypes.h>
#include <seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "filter_table.h"

#define PRIVATE 0xf0000 /* ARM's own calls */
#define NRS 1024 /* numbers tried from 0 and PRIVATE */
#define NEW_NR 424 /* from here on numbers are common */

struct arch {
	const char *guard; /* the compiler's name of the family */
	const char *name;
	const char *audit;
	uint32_t scmp;
};

/* x32 needs no row: its numbers lie above all runs, which is ENOSYS. */
static const struct arch arch[] = {
	{ "__x86_64__", "x86_64", "AUDIT_ARCH_X86_64", SCMP_ARCH_X86_64 },
	{ "__x86_64__", "i386", "AUDIT_ARCH_I386", SCMP_ARCH_X86 },
	{ "__aarch64__", "aarch64", "AUDIT_ARCH_AARCH64", SCMP_ARCH_AARCH64 },
	{ "__aarch64__", "arm", "AUDIT_ARCH_ARM", SCMP_ARCH_ARM },
};

#define NARCH (sizeof(arch) / sizeof(*arch))

static enum filter_rule
rule_of(const struct arch *a, uint32_t nr)
{
	struct filter_word w;
	char *name = seccomp_syscall_resolve_num_arch(a->scmp, (int)nr);
	bool found;

	if (name == NULL && nr < NEW_NR)
		return F_ENOSYS;
	found = filter_word_find(&w, name, (int)nr);
	free(name);
	return found ? w.group->rule : F_ENOSYS;
}

static void
print_arch(const struct arch *a)
{
	enum filter_rule last = F_COUNT, rule;
	uint32_t nr;

	(void)printf("static const struct filter_run run_%s[] = {\n", a->name);
	for (nr = 0; nr <= PRIVATE + NRS; nr++) {
		if (nr == NRS)
			nr = PRIVATE;
		rule = rule_of(a, nr);
		if (rule != last)
			(void)printf("\t{ %" PRIu32 ", %d },\n", nr, (int)rule);
		last = rule;
	}
	(void)printf("};\nstatic_assert(nitems(run_%s) <= FILTER_RUNS, "
		     "\"runs fit\");\n\n",
	    a->name);
}

static void
print_family(const char *guard)
{
	size_t i;

	(void)printf("#ifdef %s\n", guard);
	for (i = 0; i < NARCH; i++) {
		if (strcmp(arch[i].guard, guard) == 0)
			print_arch(&arch[i]);
	}
	(void)printf("static const struct filter_arch filter_arch[] = {\n");
	for (i = 0; i < NARCH; i++) {
		if (strcmp(arch[i].guard, guard) == 0)
			(void)printf("\t{ %s, nitems(run_%s), run_%s },\n",
			    arch[i].audit, arch[i].name, arch[i].name);
	}
	(void)printf("};\n#endif\n\n");
}

/* The number must be the one given, wherever libseccomp knows the name. */
static bool
known(const struct filter_word *w, const char *name)
{
	bool ret = w->nr >= NEW_NR;
	char *back;
	size_t i;
	int nr;

	for (i = 0; i < NARCH; i++) {
		nr = seccomp_syscall_resolve_name_arch(arch[i].scmp, name);
		back = seccomp_syscall_resolve_num_arch(arch[i].scmp, nr);
		if (back != NULL && strcmp(back, name) == 0)
			ret = true;
		free(back);
		if (nr >= 0 && w->nr >= 0 && nr != w->nr)
			errx(1, "%s is %d, not %d", name, nr, w->nr);
	}
	return ret;
}

static void
check_table(void)
{
	struct filter_word w = { 0 }, first;
	char name[64];

	while (filter_word_next(&w)) {
		(void)snprintf(name, sizeof(name), "%.*s", (int)w.len, w.name);
		if (!known(&w, name))
			errx(1, "%s: no such system call", name);
		if (filter_word_find(&first, name, -1) && first.name != w.name)
			errx(1, "%s is in the table twice", name);
	}
}

int
main(void)
{
	check_table();
	(void)printf("/* Made of filter_table.c by gen_filter. */\n\n");
	print_family("__x86_64__");
	print_family("__aarch64__");
	if (ferror(stdout) != 0 || fclose(stdout) != 0)
		err(1, "stdout");
	return 0;
}
