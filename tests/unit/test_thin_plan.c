/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Plans of this machine's own programs, against what its loader says, and of
 * programs built here.  A case whose program or compiler is missing is skipped.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <cmocka.h>

#include "buf.h"
#include "cleanup.h"
#include "jerr.h"
#include "thin_plan.h"

#define GLIBC "/lib64/ld-linux-x86-64.so.2"
#define TEST_PATH "/usr/local/bin:/usr/bin:/bin"

static char dir[] = "/tmp/test_thin_plan.XXXXXX";
static struct thin_plan plan;
static struct jerr err;

/* A shell command in the test's directory; true if it went well. */
static bool
sh(const char *fmt, ...)
{
	auto_buf struct buf b = BUF_INIT;
	char text[4096];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	buf_fmt(&b, "cd %s && exec 2>/dev/null && %s", dir, text);
	return system(b.p) == 0;
}

/* "%s" stands for the test's directory. */
static char *
in_dir(const char *fmt)
{
	static char text[PATH_MAX];
	const char *mark = strstr(fmt, "%s");

	if (mark == NULL)
		return strcpy(text, fmt);
	(void)snprintf(text, sizeof(text), "%.*s%s%s", (int)(mark - fmt), fmt,
	    dir, mark + 2);
	return text;
}

/* One program and one file of thin.files, each NULL if not wanted. */
static int
make(const char *root, const char *program, const char *file)
{
	auto_close int fd = -1;
	char buf[2][PATH_MAX];
	const char *const programs[] = { buf[0] }, *const files[] = { buf[1] };
	struct thin_want want = { .programs = programs,
		.files = files,
		.n_programs = program != NULL,
		.n_files = file != NULL,
		.path = TEST_PATH };

	thin_plan_done(&plan);
	err = (struct jerr){ 0 };
	if (root != NULL) {
		fd = open(in_dir(root), O_PATH | O_DIRECTORY | O_CLOEXEC);
		assert_true(fd >= 0);
	}
	(void)strcpy(buf[0], program != NULL ? in_dir(program) : "");
	(void)strcpy(buf[1], file != NULL ? in_dir(file) : "");
	return thin_plan(&plan, fd, &want, &err);
}

static void
fails(int r, int want, const char *sentence)
{
	assert_string_equal(err.msg, in_dir(sentence));
	assert_int_equal(r, -want);
	assert_int_equal(err.err, want);
	assert_int_equal(plan.n, 0);
}

static const struct thin_entry *
entry(const char *fmt)
{
	const char *name = in_dir(fmt);

	for (size_t i = 0; i < plan.n; i++)
		if (strcmp(plan.v[i].name, name) == 0)
			return &plan.v[i];
	return NULL;
}

static bool
is_entry(const char *name, enum thin_kind kind, const char *source)
{
	const struct thin_entry *t = entry(name);

	return t != NULL && t->kind == kind &&
	       (source == NULL || strcmp(t->source, source) == 0);
}

static bool
has_source(const char *source)
{
	for (size_t i = 0; i < plan.n; i++)
		if (plan.v[i].kind == THIN_FILE &&
		    strcmp(plan.v[i].source, source) == 0)
			return true;
	return false;
}

/* What every plan promises. */
static void
check_form(void)
{
	for (size_t i = 1; i < plan.n; i++) {
		size_t len = strlen(plan.v[i - 1].name);

		assert_true(strcmp(plan.v[i - 1].name, plan.v[i].name) < 0);
		for (size_t k = i; k < plan.n; k++)
			assert_false(strncmp(plan.v[i - 1].name, plan.v[k].name,
					 len) == 0 &&
				     plan.v[k].name[len] == '/');
	}
	assert_null(entry("/etc/shadow"));
}

/* Each file that the loader lists is in the plan; the number of them. */
static size_t
check_loader(const char *program)
{
	char line[PATH_MAX], real[PATH_MAX], *p;
	auto_buf struct buf b = BUF_INIT;
	size_t n = 0;
	FILE *f;

	buf_fmt(&b, GLIBC " --list %s", program);
	assert_non_null(f = popen(b.p, "re"));
	while (fgets(line, sizeof(line), f) != NULL) {
		if ((p = strchr(line, '/')) == NULL)
			continue;
		p[strcspn(p, " \n")] = '\0';
		assert_non_null(realpath(p, real));
		if (!has_source(real))
			fail_msg("%s: %s is missing", program, real);
		n++;
	}
	assert_int_equal(pclose(f), 0);
	return n;
}

static void
test_echo(void **state)
{
	size_t files = 0;

	(void)state;
	if (access(GLIBC, R_OK) < 0)
		skip();
	assert_int_equal(make(NULL, "/bin/echo", NULL), 0);
	check_form();
	for (size_t i = 0; i < plan.n; i++)
		files += plan.v[i].kind == THIN_FILE;
	/* The loader does not always list itself, nor the program. */
	assert_in_range(files - check_loader("/bin/echo"), 1, 2);
}

static void
test_real(void **state)
{
	static const char *const programs[] = { "/usr/sbin/nginx",
		"/usr/bin/redis-server", "/usr/bin/python3", "/bin/bash",
		"/usr/lib/postgresql/15/bin/postgres", "/usr/bin/git",
		"/usr/bin/perl", "/usr/bin/gdb", "/usr/bin/clang" };

	(void)state;
	if (access(GLIBC, R_OK) < 0)
		skip();
	for (size_t i = 0; i < nitems(programs); i++) {
		if (access(programs[i], X_OK) < 0)
			continue;
		if (make(NULL, programs[i], NULL) < 0)
			fail_msg("%s", err.msg);
		check_form();
		(void)check_loader(programs[i]);
	}
}

static void
test_missing(void **state)
{
	(void)state;
	fails(make(NULL, "no-such", NULL), ENOENT,
	    "no-such: no such program in PATH (" TEST_PATH ")");
	fails(
	    make(NULL, "/no/such", NULL), ENOENT, "/no/such: no such program");
	fails(make(NULL, NULL, "/no/such"), ENOENT,
	    "thin.files: /no/such: no such file");
	fails(make(NULL, NULL, "/no/such*"), ENOENT,
	    "thin.files: nothing matches /no/such*");
	fails(make(NULL, NULL, "such"), EINVAL,
	    "thin.files: such is not absolute");
	fails(make(NULL, NULL, "/"), EINVAL, "thin.files: / is the whole host");
}

static void
test_broken(void **state)
{
	(void)state;
	assert_true(sh(
	    "head -c 100 /bin/sh >cut && echo text >text &&"
	    " chmod 755 cut text && printf '\\177ELF\\002\\002\\001' >other &&"
	    " head -c 11 /dev/zero >>other && printf '\\000\\053' >>other &&"
	    " head -c 99 /dev/zero >>other && mkfifo fifo"));
	fails(make(NULL, "%s/cut", NULL), ENOEXEC,
	    "%s/cut: broken ELF file: it ends too early");
	fails(make(NULL, "%s/text", NULL), ENOEXEC,
	    "%s/text: neither an ELF file nor a script with #!");
	fails(make(NULL, "%s/other", NULL), ENOEXEC,
	    "%s/other: ELF file for another machine (sparc64)");
	fails(
	    make(NULL, "%s/fifo", NULL), EACCES, "%s/fifo: Permission denied");
}

static void
test_scripts(void **state)
{
	(void)state;
	assert_true(sh("p() { printf \"#!$2\\n\" >$1; chmod 755 $1; };"
		       " p s0 /bin/sh; for i in 1 2 3 4 5; do"
		       " p s$i \"$PWD/s$((i - 1)) -x\"; done; p loop $PWD/loop;"
		       " p gone /no/sh; p env '/usr/bin/env -S A=b cat -n';"
		       " p env2 '/usr/bin/env no-such'; p rel sh"));
	assert_int_equal(make(NULL, "%s/s4", NULL), 0);
	check_form();
	assert_non_null(entry("%s/s4"));
	assert_non_null(entry("%s/s0"));
	fails(make(NULL, "%s/s5", NULL), ELOOP,
	    "%s/s0: more than 5 interpreters, one for another");
	assert_int_equal(make(NULL, "%s/loop", NULL), -ELOOP);
	fails(make(NULL, "%s/gone", NULL), ENOENT,
	    "%s/gone: interpreter /no/sh not found, error 2");
	assert_int_equal(make(NULL, "%s/env", NULL), 0);
	assert_non_null(entry("/usr/bin/env"));
	assert_non_null(entry("/usr/bin/cat"));
	fails(make(NULL, "%s/env2", NULL), ENOENT,
	    "%s/env2: needs no-such,"
	    " which is not in PATH (" TEST_PATH ")");
	assert_int_equal(make(NULL, "%s/rel", NULL), -ENOEXEC);
}

static bool
build(const char *what)
{
	return sh("mkdir -p b/lib b/dep b/bin && cd b &&"
		  " echo 'int a(void) { return 1; }' >a.c &&"
		  " echo 'int a(void); int b(void) { return a(); }' >b.c &&"
		  " echo 'int b(void); int main(void) { return b(); }' >m.c &&"
		  " cc -shared -fPIC -o dep/liba.so a.c && %s",
	    what);
}

static void
test_runpath(void **state)
{
	(void)state;
	if (!build("cc -shared -fPIC -o lib/libb.so b.c -Ldep -la"
		   " -Wl,--enable-new-dtags,-rpath,'${ORIGIN}/../dep' &&"
		   " cc -o bin/m m.c -Llib -lb -Wl,-rpath-link,dep"
		   " -Wl,--enable-new-dtags,-rpath,'/no:$ORIGIN/../lib'"))
		skip();
	assert_int_equal(make(NULL, "%s/b/bin/m", NULL), 0);
	check_form();
	assert_non_null(entry("%s/b/lib/libb.so"));
	assert_non_null(entry("%s/b/dep/liba.so"));
	/* DT_RUNPATH is not for what a library needs. */
	assert_true(build(
	    "cc -shared -fPIC -o lib/libb.so b.c -Ldep -la &&"
	    " cc -o bin/m m.c -Llib -lb -Wl,-rpath-link,dep"
	    " -Wl,--enable-new-dtags,-rpath,'$ORIGIN/../lib:$ORIGIN/../dep'"));
	fails(make(NULL, "%s/b/bin/m", NULL), ENOENT,
	    "%s/b/bin/../lib/libb.so: needs liba.so, which was not found");
	/* But DT_RPATH is. */
	assert_true(build(
	    "cc -o bin/m m.c -Llib -lb -Wl,-rpath-link,dep"
	    " -Wl,--disable-new-dtags,-rpath,'$ORIGIN/../lib:$ORIGIN/../dep'"));
	assert_int_equal(make(NULL, "%s/b/bin/m", NULL), 0);
	assert_non_null(entry("%s/b/dep/liba.so"));
	(void)check_loader(in_dir("%s/b/bin/m"));
}

static void
test_slash(void **state)
{
	(void)state;
	if (!build("cc -o bin/m m.c b.c $PWD/dep/liba.so"))
		skip();
	assert_int_equal(make(NULL, "%s/b/bin/m", NULL), 0);
	assert_non_null(entry("%s/b/dep/liba.so"));
	assert_true(sh("rm b/dep/liba.so"));
	assert_int_equal(make(NULL, "%s/b/bin/m", NULL), -ENOENT);
}

static void
test_static(void **state)
{
	(void)state;
	if (!sh("mkdir -p b && echo 'int main(void) { return 0; }' >b/s.c &&"
		" cc -static -o b/s b/s.c"))
		skip();
	assert_int_equal(make(NULL, "%s/b/s", NULL), 0);
	assert_int_equal(plan.n, 1);
	assert_string_equal(plan.v[0].source, in_dir("%s/b/s"));
}

static void
test_musl(void **state)
{
	(void)state;
	if (!sh("mkdir -p b && echo 'int main(void) { return 0; }' >b/u.c &&"
		" musl-gcc -o b/u b/u.c"))
		skip();
	assert_int_equal(make(NULL, "%s/b/u", NULL), 0);
	check_form();
	assert_non_null(entry("/usr/lib/ld-musl-x86_64.so.1"));
	assert_null(entry("/usr/lib/x86_64-linux-gnu/libc.so.6"));
}

/* A library that only the cache knows brings the cache. */
static void
test_cache(void **state)
{
	static const char lib[] =
	    "/usr/lib/x86_64-linux-gnu/libfakeroot/libfakeroot-0.so";

	(void)state;
	assert_int_equal(make(NULL, "/bin/echo", NULL), 0);
	assert_null(entry("/etc/ld.so.cache"));
	if (!sh("ldconfig -p | grep -q %s && mkdir -p b && cd b &&"
		" echo 'int main(void) { return 0; }' >c.c &&"
		" cc -o c c.c -Wl,--no-as-needed %s",
		lib, lib))
		skip();
	assert_int_equal(make(NULL, "%s/b/c", NULL), 0);
	assert_non_null(entry(lib));
	assert_non_null(entry("/etc/ld.so.cache"));
}

static void
test_files(void **state)
{
	(void)state;
	assert_true(sh("mkdir -p f/sub && ln -s sub f/link && echo x >f/data &&"
		       " cp /bin/echo f/plugin.so && ln -s plugin.so f/p"));
	assert_int_equal(make(NULL, NULL, "%s/f/data"), 0);
	assert_int_equal(plan.n, 1);
	assert_int_equal(make(NULL, NULL, "%s/f/link"), 0);
	assert_int_equal(plan.n, 2);
	assert_true(is_entry("%s/f/sub", THIN_DIR, NULL));
	assert_true(is_entry("%s/f/link", THIN_LINK, "sub"));
	assert_int_equal(make(NULL, NULL, "%s/f/p*"), 0);
	check_form();
	assert_non_null(entry("%s/f/p"));
	assert_non_null(entry("/usr/lib/x86_64-linux-gnu/libc.so.6"));
}

/* What lies in the path wins, and is not listed. */
static void
test_overlay(void **state)
{
	struct stat st;

	(void)state;
	if (lstat("/lib", &st) < 0 || !S_ISLNK(st.st_mode))
		skip();
	assert_true(sh(
	    "rm -rf r && mkdir -p r/lib/x86_64-linux-gnu r/usr/bin"
	    " && cp /lib/x86_64-linux-gnu/libc.so.6 r/lib/x86_64-linux-gnu &&"
	    " cp /bin/echo r/usr/bin/own && ln -s usr/bin r/bin"));
	assert_int_equal(make("%s/r", "/bin/own", NULL), 0);
	check_form();
	assert_null(entry("/bin"));
	assert_null(entry("/usr/bin/own"));
	assert_null(entry("/lib"));
	assert_null(entry("/lib/x86_64-linux-gnu/libc.so.6"));
	assert_null(entry("/usr/lib/x86_64-linux-gnu/libc.so.6"));
	/*
	 * The host's /lib is a link, the path's a directory; newer systems
	 * lead from /lib64 to /usr/lib.
	 */
	assert_true(
	    is_entry("/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2", THIN_FILE,
		"/usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2") ||
	    is_entry("/usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2",
		THIN_FILE, NULL));
}

/* A hostile path does not get what is not for everybody. */
static void
test_trust(void **state)
{
	(void)state;
	assert_true(sh(
	    "rm -rf r h && mkdir -p r/bin r/opt h && cp /bin/echo h/e"
	    " && chmod 755 . h && chmod 700 h/e && ln -s $PWD/h/e r/bin/e &&"
	    " ln -s /etc r/opt/d && ln -s loop r/bin/loop && mkfifo r/bin/f &&"
	    " printf '#!%%s\\n' $PWD/h/e >r/bin/s && chmod 755 r/bin/s"));
	assert_int_equal(make("%s/r", "%s/h/e", NULL), 0);
	fails(make("%s/r", "/bin/e", NULL), ENOENT, "/bin/e: no such program");
	assert_int_equal(make("%s/r", "/bin/s", NULL), -ENOENT);
	assert_true(sh("chmod 755 h/e"));
	assert_int_equal(make("%s/r", "/bin/e", NULL), 0);
	assert_int_equal(make("%s/r", "/bin/s", NULL), 0);
	fails(make("%s/r", NULL, "/opt/d"), EACCES,
	    "thin.files: /opt/d leads"
	    " elsewhere by a link in the jail's path");
	assert_int_equal(make("%s/r", "/bin/loop", NULL), -ELOOP);
	assert_int_equal(make("%s/r", "/bin/f", NULL), -EACCES);
}

static double
now(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

/* Thousands of directories for hundreds of names: given up soon. */
static void
test_endless(void **state)
{
	const char *slow = getenv("CHECK_SLOW");
	double start;

	(void)state;
	if (!sh("mkdir -p b && cd b && echo 'int main(void) { return 0; }'"
		" >e.c && for i in $(seq 720); do ln -sf $PWD/e.so lib$i.so; "
		"done &&"
		" cc -shared -fPIC -Wl,-z,noseparate-code -o e.so e.c &&"
		" cc -o e e.c -L. -Wl,--no-as-needed $(seq -f -l%%g 720)"
		" -Wl,--disable-new-dtags,-rpath,$(seq -s: -f /n/%%g "
		"7000):$PWD"))
		skip();
	start = now();
	fails(
	    make(NULL, "%s/b/e", NULL), E2BIG, "%s/b/e: needs too many files");
	assert_true(now() - start < 10 * (slow != NULL ? atof(slow) : 1));
}

static int
setup(void **state)
{
	(void)state;
	return mkdtemp(dir) != NULL ? 0 : -1;
}

static int
teardown(void **state)
{
	(void)state;
	thin_plan_done(&plan);
	return sh("rm -rf %s", dir) ? 0 : -1;
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_echo),
		cmocka_unit_test(test_real),
		cmocka_unit_test(test_missing),
		cmocka_unit_test(test_broken),
		cmocka_unit_test(test_scripts),
		cmocka_unit_test(test_runpath),
		cmocka_unit_test(test_slash),
		cmocka_unit_test(test_static),
		cmocka_unit_test(test_musl),
		cmocka_unit_test(test_cache),
		cmocka_unit_test(test_files),
		cmocka_unit_test(test_overlay),
		cmocka_unit_test(test_trust),
		cmocka_unit_test(test_endless),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
