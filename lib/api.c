/* SPDX-License-Identifier: BSD-2-Clause */
/* libjail(3): jails by name, and parameters as pairs of text. */
#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "cleanup.h"
#include "face.h"
#include "jail.h"
#include "jerr.h"
#include "pset.h"
#include "value.h"

API int
jail_getid(const char *name)
{
	struct jerr e;
	long jid;

	/* a number is not looked up, as on FreeBSD */
	if (value_long(name, 0, INT_MAX, &jid) == 0)
		return (int)jid;
	return face(face_named(name, &e), &e);
}

API char *
jail_getname(int jid)
{
	struct pset set = { 0 };
	char *name = NULL;
	struct jerr e;
	int r = face_load(&set, jid, false, &e);

	if (r == 0 && (name = strdup(pset_get(&set, P_NAME, 0))) == NULL)
		r = jerr_sys(&e, ENOMEM, "jail_getname");
	pset_done(&set);
	(void)face(r, &e);
	return name;
}

/* ---- pairs of text ---- */

struct pairs {
	struct jailparam *jp;
	char **value; /* as given, jp[i]'s */
	unsigned int n;
};

static void
pairs_done(struct pairs *p)
{
	int err = errno;

	jailparam_free(p->jp, p->n);
	free(p->jp);
	free(p->value);
	errno = err;
}

static int
pairs_add(struct pairs *p, const char *name, char *value)
{
	struct jailparam *jp = grow(p->jp, p->n, sizeof(*p->jp));
	char **v = grow(p->value, p->n, sizeof(*p->value));
	struct jerr e;

	if (jp != NULL)
		p->jp = jp;
	if (v != NULL)
		p->value = v;
	if (jp == NULL || v == NULL)
		return face(jerr_sys(&e, ENOMEM, "%s", name), &e);
	if (jailparam_init(&p->jp[p->n], name) < 0)
		return -1;
	p->value[p->n++] = value;
	return 0;
}

static int
pairs_read(struct pairs *p, va_list ap)
{
	const char *name;

	while ((name = va_arg(ap, const char *)) != NULL) {
		if (pairs_add(p, name, va_arg(ap, char *)) < 0)
			return -1;
	}
	return 0;
}

API int
jail_setv(int flags, ...)
{
	struct pairs p = { 0 };
	unsigned int i;
	va_list ap;
	int r;

	va_start(ap, flags);
	r = pairs_read(&p, ap);
	va_end(ap);
	for (i = 0; r == 0 && i < p.n; i++)
		r = jailparam_import(&p.jp[i], p.value[i]);
	if (r == 0)
		r = jailparam_set(p.jp, p.n, flags);
	pairs_done(&p);
	return r;
}

static bool
is_named(const struct pairs *p, unsigned int i, const char *name)
{
	return strcmp(p->jp[i].jp_name, name) == 0;
}

/*
 * The pair that names the jail.  Only its buffer is read: the others may
 * hold anything yet.
 */
static unsigned int
find_key(const struct pairs *p)
{
	unsigned int i, jid = p->n, name = p->n;

	for (i = 0; i < p->n; i++) {
		if (is_named(p, i, "lastjid"))
			return i;
		if (is_named(p, i, "jid") && strtol(p->value[i], NULL, 10) != 0)
			jid = i;
		if (is_named(p, i, "name"))
			name = i;
	}
	return jid < p->n ? jid : name;
}

static int
hand_out(const struct pairs *p, unsigned int key)
{
	unsigned int i;
	char *text;

	for (i = 0; i < p->n; i++) {
		if (i == key)
			continue;
		if ((text = jailparam_export(&p->jp[i])) == NULL)
			return -1;
		memcpy(p->value[i], text, strlen(text) + 1);
		free(text);
	}
	return 0;
}

API int
jail_getv(int flags, ...)
{
	struct pairs p = { 0 };
	unsigned int key;
	va_list ap;
	int r, jid = -1;

	va_start(ap, flags);
	r = pairs_read(&p, ap);
	va_end(ap);
	key = find_key(&p);
	if (r == 0 && key < p.n)
		r = jailparam_import(&p.jp[key], p.value[key]);
	if (r == 0)
		r = jid = jailparam_get(p.jp, p.n, flags);
	if (r >= 0 && hand_out(&p, key) < 0)
		jid = -1;
	pairs_done(&p);
	return jid;
}
