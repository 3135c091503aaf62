/* SPDX-License-Identifier: BSD-2-Clause */
/* jail.conf(5) from the disk: files, folders, and the dialects in use. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "buf.h"
#include "cleanup.h"
#include "conf.h"
#include "conf_text.h"
#include "io.h"

/* ---- a folder for the test ---- */

static int
make_folder(void **state)
{
	static char template[] = "/tmp/conf.XXXXXX";

	(void)strcpy(template + sizeof(template) - 7, "XXXXXX");
	*state = mkdtemp(template);
	return *state == NULL || chdir(*state) < 0;
}

static int
remove_entry(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st;
	(void)type;
	(void)at;
	return remove(path);
}

static int
remove_folder(void **state)
{
	return chdir("/") < 0 ||
	       nftw(*state, remove_entry, 8, FTW_DEPTH | FTW_PHYS) < 0;
}

static void
put(const char *path, const char *text)
{
	auto_close int fd =
	    open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	assert_true(fd >= 0);
	assert_non_null(text);
	assert_true(io_write(fd, text, strlen(text)) >= 0);
}

/* As jail -e ';' -f PATH does it; *ret_r is what conf_read() gives. */
static char *
show(const char *path, int *ret_r)
{
	auto_buf struct buf said = BUF_INIT, lines = BUF_INIT;
	const struct conf_say say = { .fn = conf_note, .arg = &said };
	struct conf *c;
	struct conf_jail *j;
	size_t i;

	if ((*ret_r = conf_read(&c, path, &say)) < 0)
		return buf_take(&said);
	for (i = 0; i < conf_count(c); i++) {
		assert_int_equal(conf_jail(c, i, &j, &say), 0);
		conf_line(j, ";", &lines);
		buf_chr(&lines, '\n');
		conf_jail_free(j);
	}
	conf_free(c);
	return buf_take(&lines);
}

static void
assert_shown(const char *path, int r, const char *text)
{
	int is;
	auto_free char *shown = show(path, &is);

	assert_string_equal(shown, text);
	assert_int_equal(is, r);
}

/* ---- files ---- */

static void
test_missing(void **state)
{
	(void)state;
	assert_shown("none", -ENOENT, "none: No such file or directory\n");
	assert_shown("none/x", -ENOENT, "none/x: No such file or directory\n");
	assert_shown("/dev/null/x", -ENOTDIR, "/dev/null/x: Not a directory\n");
	assert_shown(".", -EISDIR, ".: Is a directory\n");
	put("F", ".include \"G\";\n.include \".\";\n.include \"d/*\";");
	assert_shown(
	    "F", -ENOENT, "G: No such file or directory\n.: Is a directory\n");
}

static void
test_not_text(void **state)
{
	auto_close int fd = open("F", O_WRONLY | O_CREAT | O_CLOEXEC, 0644);

	(void)state;
	assert_int_equal(write(fd, "a;\n\0b;\n", 7), 7);
	assert_shown("F", -EINVAL, "F: not a text file\n");
}

static void
test_too_large(void **state)
{
	(void)state;
	put("F", "");
	assert_int_equal(truncate("F", ((off_t)16 << 20) + 1), 0);
	assert_shown("F", -EFBIG, "F: File too large\n");
}

/* Names are those of the file that has the .include, not of the caller. */
static void
test_relative(void **state)
{
	char path[64];

	assert_int_equal(mkdir("d", 0755), 0);
	assert_int_equal(mkdir("d/e", 0755), 0);
	put("d/F", ".include \"e/G\";");
	put("d/e/G", ".include \"H\"; .include \"../I\";");
	put("d/e/H", "j { }");
	put("d/I", "k { }");
	assert_shown("d/F", 0, "name=j\nname=k\n");
	assert_int_equal(chdir("/"), 0);
	(void)snprintf(path, sizeof(path), "%s/d/F", (char *)*state);
	assert_shown(path, 0, "name=j\nname=k\n");
	assert_int_equal(chdir(*state), 0);
}

/* A pattern's files come sorted; folders and what is hidden are not taken. */
static void
test_pattern(void **state)
{
	(void)state;
	assert_int_equal(mkdir("d*", 0755), 0);
	assert_int_equal(mkdir("dx", 0755), 0);
	put("F", ".include \"d\\*/F\";");
	put("d*/F", ".include \"*.conf\"; .include \"none/*\", \"F/*\";");
	put("d*/b.conf", "b { }");
	put("d*/a.conf", "a { }");
	put("d*/.c.conf", "c { }");
	put("d*/d", "d { }");
	put("dx/e.conf", "e { }");
	assert_shown("d*/F", 0, "name=a\nname=b\n");
	assert_int_equal(mkdir("d*/x.conf", 0755), 0);
	assert_shown("d*/F", -EISDIR, "d*/x.conf: Is a directory\n");
}

static void
test_stdin(void **state)
{
	auto_close int was = dup(STDIN_FILENO);
	int fd;

	(void)state;
	put("F", ".include G;\na b c;\n");
	put("G", "j { }\n");
	fd = open("F", O_RDONLY | O_CLOEXEC);
	assert_int_equal(dup2(fd, STDIN_FILENO), STDIN_FILENO);
	close_fd(fd);
	assert_shown("-", -EINVAL, "STDIN line 2: c: syntax error\n");
	/* an include of this name is a file, also of standard input */
	put("F", ".include \"-\";");
	put("-", "k { }");
	fd = open("F", O_RDONLY | O_CLOEXEC);
	assert_int_equal(dup2(fd, STDIN_FILENO), STDIN_FILENO);
	close_fd(fd);
	assert_shown("-", 0, "name=k\n");
	assert_int_equal(dup2(was, STDIN_FILENO), STDIN_FILENO);
}

/* ---- the dialects ---- */

static const char *const dialects[] = { "appjail", "bastille", "cbsd", "iocage",
	"odd", "pot", "rcd" };

static char *
slurp(const char *name, const char *suffix)
{
	auto_buf struct buf path = BUF_INIT;
	struct buf text = BUF_INIT;
	auto_close int fd = -1;

	buf_fmt(&path, "%s/%s%s", FIXTURES, name, suffix);
	fd = open(path.p, O_RDONLY | O_CLOEXEC);
	assert_true(fd >= 0);
	assert_true(io_slurp(fd, 65536, &text) >= 0);
	return buf_take(&text);
}

static void
test_dialects(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < nitems(dialects); i++) {
		auto_buf struct buf path = BUF_INIT;
		auto_free char *out = slurp(dialects[i], ".out");

		buf_fmt(&path, "%s/%s.conf", FIXTURES, dialects[i]);
		assert_shown(path.p, 0, out);
	}
}

/* Each line as the block that it came from. */
static void
as_file(char *lines, struct buf *ret)
{
	char *line, *rest = lines, *name;
	size_t len;

	buf_str(ret, "");
	while ((line = strsep(&rest, "\n")) != NULL && *line != '\0') {
		name = strchr(line, '=') + 1;
		len = *name == '"' ? strcspn(name + 1, "\"") + 2
				   : strcspn(name, ";");
		buf_add(ret, name, len);
		buf_fmt(ret, " {\n\t%s;\n}\n", line);
	}
}

/* What -e shows, put back as a file, shows the same. */
static void
test_fixpoint(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < nitems(dialects); i++) {
		auto_buf struct buf file = BUF_INIT;
		auto_free char *out = slurp(dialects[i], ".out");
		auto_free char *copy = strdup(out);

		as_file(copy, &file);
		put("F", file.p);
		assert_shown("F", 0, out);
	}
}

#define IN_FOLDER(f)                                                           \
	cmocka_unit_test_setup_teardown(f, make_folder, remove_folder)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		IN_FOLDER(test_missing),
		IN_FOLDER(test_not_text),
		IN_FOLDER(test_too_large),
		IN_FOLDER(test_relative),
		IN_FOLDER(test_pattern),
		IN_FOLDER(test_stdin),
		cmocka_unit_test(test_dialects),
		IN_FOLDER(test_fixpoint),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
