/* SPDX-License-Identifier: BSD-2-Clause */
/* Names of the host: made canonical, and opened without being led away. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <cmocka.h>

#include "buf.h"
#include "cleanup.h"
#include "io.h"
#include "jerr.h"
#include "path.h"

static char *top; /* canonical name of the test's directory */
static int topfd = -1;

static int
put_file(const char *name, const char *text)
{
	auto_close int fd =
	    openat(topfd, name, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0644);

	return fd < 0 ? -1 : io_write(fd, text, strlen(text));
}

/* chain/0 is a link to 1 and so on; chain/40 is a file, chain/e a loop. */
static int
put_chain(void)
{
	char name[16], text[16];
	int i, r = mkdirat(topfd, "chain", 0755);

	for (i = 0; r == 0 && i < 40; i++) {
		(void)snprintf(name, sizeof(name), "chain/%d", i);
		(void)snprintf(text, sizeof(text), "%d", i + 1);
		r = symlinkat(text, topfd, name);
	}
	return r == 0 ? put_file("chain/40", "end") : r;
}

/*
 *	d/e/f		a file		up	-> d/..
 *	abs -> TOP/d/e			slash	-> /
 *	rel -> d/e			loop	-> loop
 *	d/out -> ../..//d		gone	-> nothing
 */
static int
setup(void **state)
{
	char made[] = "/tmp/test_path.XXXXXX", text[PATH_MAX];

	(void)state;
	if (mkdtemp(made) == NULL || (top = realpath(made, NULL)) == NULL ||
	    (topfd = open(top, O_DIRECTORY | O_RDONLY | O_CLOEXEC)) < 0)
		return -1;
	(void)snprintf(text, sizeof(text), "%s/d/e", top);
	return mkdirat(topfd, "d", 0755) | mkdirat(topfd, "d/e", 0755) |
	       put_file("d/e/f", "inside") | symlinkat(text, topfd, "abs") |
	       symlinkat("d/e", topfd, "rel") | symlinkat("d/..", topfd, "up") |
	       symlinkat(".././/d", topfd, "d/out") |
	       symlinkat("/", topfd, "slash") |
	       symlinkat("loop", topfd, "loop") |
	       symlinkat("nothing", topfd, "gone") | put_chain();
}

static int
teardown(void **state)
{
	auto_buf struct buf b = BUF_INIT;

	(void)state;
	close_fd(topfd);
	buf_fmt(&b, "rm -rf '%s'", top);
	free(top);
	return system(b.p);
}

/* A name below the test's directory; good until the next one. */
static const char *
in(const char *name)
{
	static char text[PATH_MAX];

	(void)snprintf(text, sizeof(text), "%s%s", top, name);
	return text;
}

static void
test_canon(void **state)
{
	/* of names below the test's directory */
	static const struct {
		const char *name, *canon;
	} rows[] = {
		{ "", "" },
		{ "/", "" },
		{ "/d/e/f", "/d/e/f" },
		{ "//d/./e///", "/d/e" },
		{ "/d/e/../e/.", "/d/e" },
		{ "/d/..", "" },
		{ "/d/e/../../d", "/d" },
		{ "/abs", "/d/e" },
		{ "/abs/f", "/d/e/f" },
		{ "/abs/..", "/d" }, /* of where it leads */
		{ "/rel/f", "/d/e/f" },
		{ "/rel/", "/d/e" },
		{ "/up/d", "/d" },
		{ "/d/out/out/e", "/d/e" },
		{ "/chain/0", "/chain/40" },
		{ "/...", NULL },
	};
	size_t i;

	(void)state;
	for (i = 0; rows[i].canon != NULL; i++) {
		auto_free char *got = NULL, *want = strdup(in(rows[i].canon));
		struct jerr e = { 0 };

		if (path_canon(in(rows[i].name), "path", &got, &e) < 0)
			fail_msg("%s: %s", rows[i].name, e.msg);
		assert_string_equal(got, want);
	}
}

static void
test_canon_root(void **state)
{
	static const char *const names[] = { "/", "", "///", "/.", "/..",
		"/../../.", "/tmp/..", "/tmp/../.." };
	auto_free char *slash = NULL, *file = NULL;
	struct jerr e = { 0 };
	size_t i;

	(void)state;
	for (i = 0; i < nitems(names); i++) {
		auto_free char *got = NULL;

		assert_int_equal(path_canon(names[i], "path", &got, &e), 0);
		assert_string_equal(got, "/");
	}
	assert_int_equal(path_canon(in("/slash"), "path", &slash, &e), 0);
	assert_string_equal(slash, "/");
	assert_int_equal(
	    path_canon(in("/slash/../tmp/."), "path", &file, &e), 0);
	assert_string_equal(file, "/tmp");
}

/* Links above the directory are followed, those below it are refused. */
static void
test_canon_strict(void **state)
{
	static const struct {
		const char *name, *no_link, *canon;
		const char *at; /* that the sentence names */
	} rows[] = {
		{ "/abs/f", "/d", "/d/e/f", NULL },
		{ "/rel/../out", "/d", NULL, "/d/out" },
		{ "/d/out/e", "/d", NULL, "/d/out" },
		{ "/d/out/e", "/d/e", "/d/e", NULL },
		{ "/d/out/e", "/d/ou", "/d/e", NULL },
		{ "/rel/f", "", NULL, "/rel" },
		{ "/chain/3", "/d", "/chain/40", NULL },
		{ "/chain/3", "/chain", NULL, "/chain/3" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < nitems(rows); i++) {
		auto_free char *no_link = strdup(in(rows[i].no_link));
		auto_buf struct buf want = BUF_INIT;
		char *got = NULL;
		struct jerr e = { 0 };
		int r = path_canon_strict(
		    in(rows[i].name), "log", no_link, &got, &e);

		if (rows[i].canon != NULL) {
			assert_int_equal(r, 0);
			assert_string_equal(got, in(rows[i].canon));
			free(got);
			continue;
		}
		buf_fmt(&want, "log: %s is a symbolic link", in(rows[i].at));
		assert_int_equal(r, -ELOOP);
		assert_null(got);
		assert_string_equal(e.msg, want.p);
	}
}

/* What is canonical stays so. */
static void
test_canon_again(void **state)
{
	auto_free char *once = NULL, *twice = NULL;
	struct jerr e = { 0 };

	(void)state;
	assert_int_equal(
	    path_canon(in("/rel/../out/e/f"), "path", &once, &e), 0);
	assert_int_equal(path_canon(once, "path", &twice, &e), 0);
	assert_string_equal(once, twice);
}

static void
test_canon_fails(void **state)
{
	static const struct {
		const char *name;
		int r;
		const char *at; /* that the sentence names */
	} rows[] = {
		{ "/loop", -ELOOP, "/loop" },
		{ "/loop/x", -ELOOP, "/loop" },
		{ "/gone", -ENOENT, "/gone" },
		{ "/x/y", -ENOENT, "/x/y" },
		{ "/x/..", -ENOENT, "/x/.." },
		{ "/d/e/f/g", -ENOTDIR, "/d/e/f/g" },
		{ "/chain/start", -ELOOP, "/chain/39" },
	};
	size_t i;

	(void)state;
	assert_int_equal(
	    symlinkat("0", topfd, "chain/start"), 0); /* the 41st */
	for (i = 0; i < nitems(rows); i++) {
		auto_buf struct buf msg = BUF_INIT;
		char mark, *got = &mark;
		struct jerr e = { 0 };

		buf_fmt(
		    &msg, "mount %s: %s", in(rows[i].at), strerror(-rows[i].r));
		assert_int_equal(
		    path_canon(in(rows[i].name), "mount", &got, &e), rows[i].r);
		assert_ptr_equal(got, &mark);
		assert_int_equal(e.err, -rows[i].r);
		assert_string_equal(e.msg, msg.p);
	}
}

static void
test_open(void **state)
{
	static const char *const good[] = { "", "/d/e", "/d/e/f", "/chain/40" };
	static const char *const links[] = { "/rel", "/abs", "/rel/f", "/abs/f",
		"/d/out/e", "/up", "/slash", "/loop", "/gone", "/rel/" };
	size_t i;

	(void)state;
	for (i = 0; i < nitems(good); i++) {
		auto_close int fd = path_open(in(good[i]));

		assert_true(fd >= 0);
		/* a place, and not for children */
		assert_int_equal(fcntl(fd, F_GETFL) & O_PATH, O_PATH);
		assert_int_equal(fcntl(fd, F_GETFD), FD_CLOEXEC);
	}
	for (i = 0; i < nitems(links); i++) {
		if (path_open(in(links[i])) != -ELOOP)
			fail_msg("%s is opened", links[i]);
	}
	assert_int_equal(path_open("/proc/self/root"), -ELOOP);
	assert_int_equal(path_open(in("/nothing")), -ENOENT);
	assert_int_equal(path_open(in("/d/e/f/g")), -ENOTDIR);
}

static void
test_open_known(void **state)
{
	auto_close int fd = -1;
	struct stat st;

	(void)state;
	assert_int_equal(fstatat(topfd, "d/e/f", &st, 0), 0);
	fd = path_open_known(in("/d/e/f"), st.st_dev, st.st_ino);
	assert_true(fd >= 0);
	assert_int_equal(
	    path_open_known(in("/d/e"), st.st_dev, st.st_ino), -ESTALE);
	assert_int_equal(
	    path_open_known(in("/d/e/f"), st.st_dev + 1, st.st_ino), -ESTALE);
	assert_int_equal(
	    path_open_known(in("/rel/f"), st.st_dev, st.st_ino), -ELOOP);
	assert_int_equal(
	    path_open_known(in("/nothing"), st.st_dev, st.st_ino), -ENOENT);
}

static int
below(const char *name)
{
	auto_close int root = openat(topfd, "root", O_PATH | O_CLOEXEC);

	assert_true(root >= 0);
	return path_open_below(root, name);
}

static void
put_root(void)
{
	if (mkdirat(topfd, "root", 0755) < 0) {
		assert_int_equal(errno, EEXIST);
		return;
	}
	assert_int_equal(mkdirat(topfd, "root/etc", 0755), 0);
	assert_int_equal(put_file("root/etc/passwd", "the jail's"), 0);
	assert_int_equal(mkfifoat(topfd, "root/fifo", 0644), 0);
	assert_int_equal(symlinkat("/etc/passwd", topfd, "root/abs"), 0);
	assert_int_equal(
	    symlinkat("../../../etc/passwd", topfd, "root/etc/up"), 0);
	assert_int_equal(symlinkat("fifo", topfd, "root/tofifo"), 0);
	assert_int_equal(symlinkat("self", topfd, "root/self"), 0);
	assert_int_equal(symlinkat(in("/d/e/f"), topfd, "root/out"), 0);
}

/* A link out of the root leads to what lies inside under that name. */
static void
test_below(void **state)
{
	static const char *const names[] = { "etc/passwd", "/etc/passwd",
		"../etc/passwd", "etc/../../../etc/passwd", "abs", "etc/up" };
	char text[64];
	size_t i;

	(void)state;
	put_root();
	for (i = 0; i < nitems(names); i++) {
		auto_close int fd = below(names[i]);
		ssize_t n = fd < 0 ? fd : io_read(fd, text, sizeof(text));

		if (n != (ssize_t)strlen("the jail's"))
			fail_msg("%s: %zd", names[i], n);
		assert_memory_equal(text, "the jail's", (size_t)n);
		assert_int_equal(fcntl(fd, F_GETFD), FD_CLOEXEC);
		assert_int_equal(fcntl(fd, F_GETFL) & O_ACCMODE, O_RDONLY);
	}
	/* one of the host is not there inside */
	assert_int_equal(below("out"), -ENOENT);
	assert_int_equal(below("../d/e/f"), -ENOENT);
	assert_int_equal(below("nothing"), -ENOENT);
	assert_int_equal(below("self"), -ELOOP);
}

/* Nothing that blocks or acts when it is opened. */
static void
test_below_refused(void **state)
{
	(void)state;
	put_root();
	assert_int_equal(below("fifo"), -EACCES);
	assert_int_equal(below("tofifo"), -EACCES);
	assert_int_equal(below("etc"), -EACCES);
	assert_int_equal(below("."), -EACCES);
	assert_int_equal(below("/"), -EACCES);
}

static void
test_below_device(void **state)
{
	(void)state;
	put_root();
	if (mknodat(topfd, "root/null", S_IFCHR | 0666, makedev(1, 3)) < 0) {
		print_message("needs to make a device\n");
		skip();
	}
	assert_int_equal(below("null"), -EACCES);
}

/* No interface of the kernel, and nothing of another process. */
static void
test_below_kernel(void **state)
{
	auto_close int root = open("/", O_PATH | O_CLOEXEC);

	(void)state;
	assert_int_equal(path_open_below(root, "proc/self/status"), -EACCES);
	assert_int_equal(path_open_below(root, "proc/version"), -EACCES);
	assert_int_equal(path_open_below(root, "proc/self/exe"), -ELOOP);
	assert_int_equal(path_open_below(root, "dev/null"), -EACCES);
	if (access("/sys/kernel/notes", F_OK) == 0)
		assert_int_equal(
		    path_open_below(root, "sys/kernel/notes"), -EACCES);
}

static void
test_path_below(void **state)
{
	static const struct {
		const char *path, *name, *rest;
	} rows[] = {
		{ "/j", "/j/dev", "/dev" },
		{ "/j/", "/j/dev", "/dev" },
		{ "/j//", "/j/dev", "/dev" },
		{ "/j", "/j/", "/" },
		{ "/j", "/j", "/" },
		{ "/", "/dev", "/dev" },
		{ "/", "/", "/" },
		{ "/j", "/jj/dev", NULL },
		{ "/j/a", "/j", NULL },
		{ "/j", "/k/dev", NULL },
		{ "/j", "/", NULL },
	};
	const char *rest;
	size_t i;

	(void)state;
	for (i = 0; i < nitems(rows); i++) {
		rest = path_below(rows[i].path, rows[i].name);
		if (rows[i].rest == NULL)
			assert_null(rest);
		else
			assert_string_equal(rest, rows[i].rest);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_canon),
		cmocka_unit_test(test_canon_root),
		cmocka_unit_test(test_canon_strict),
		cmocka_unit_test(test_canon_again),
		cmocka_unit_test(test_canon_fails),
		cmocka_unit_test(test_open),
		cmocka_unit_test(test_open_known),
		cmocka_unit_test(test_below),
		cmocka_unit_test(test_below_refused),
		cmocka_unit_test(test_below_device),
		cmocka_unit_test(test_below_kernel),
		cmocka_unit_test(test_path_below),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
