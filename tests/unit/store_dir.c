/* SPDX-License-Identifier: BSD-2-Clause */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <cmocka.h>

#include "cg.h"
#include "cleanup.h"
#include "store_dir.h"

static char name[32]; /* of the cgroup, below root; "" while there is none */
static int root = -1;
int dir = -1;

int
store_setup(void **state)
{
	(void)state;
	if (geteuid() != 0 || (root = cg_root()) < 0)
		return 0; /* each test skips */
	(void)snprintf(name, sizeof(name), "jail-unit-%d", (int)getpid());
	if (mkdirat(root, name, 0755) < 0 || (dir = cg_open(root, name)) < 0)
		return -1;
	return 0;
}

int
store_teardown(void **state)
{
	int r = 0;

	(void)state;
	close_fd(dir);
	dir = -1;
	if (name[0] != '\0')
		r = unlinkat(root, name, AT_REMOVEDIR);
	name[0] = '\0';
	close_fd(root);
	root = -1;
	return r;
}

void
need_dir(void)
{
	if (dir >= 0)
		return;
	print_message("needs root and a cgroup2 hierarchy\n");
	skip();
}

void
put(const char *attr, const char *data, size_t size)
{
	assert_int_equal(fsetxattr(dir, attr, data, size, 0), 0);
}

void
put_empty(void)
{
	PUT(XA_USER, "1 5 alive 4242");
	PUT(XA_ODD, "1 5");
	(void)fremovexattr(dir, XA_EVEN); /* of the test before */
	assert_int_equal(store_set_persist(dir, PERSIST_NO), 0);
}

bool
same_value(const struct pset *a, const struct pset *b, enum param_id id)
{
	size_t i;

	if (pset_has(a, id) != pset_has(b, id) ||
	    pset_count(a, id) != pset_count(b, id))
		return false;
	for (i = 0; i < pset_count(a, id); i++) {
		if (strcmp(pset_get(a, id, i), pset_get(b, id, i)) != 0)
			return false;
	}
	return true;
}

bool
is_user(enum param_id id)
{
	unsigned int no = JAILX_HIDDEN | JAILX_PSEUDO | JAILX_RDONLY;

	return (param(id)->flags & no) == 0 && id != P_PERSIST;
}

bool
is_hidden(enum param_id id)
{
	unsigned int flags = param(id)->flags;

	return (flags & JAILX_HIDDEN) != 0 && (flags & JAILX_RDONLY) == 0;
}

void
fill(struct pset *s)
{
	enum param_id id;
	char text[64];

	for (id = 0; id < P_COUNT; id++) {
		(void)snprintf(
		    text, sizeof(text), "%d=a\n b=\xc3\xa9,#\\\"", (int)id);
		assert_int_equal(pset_raw(s, id, text), 0);
	}
}
