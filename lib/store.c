/* SPDX-License-Identifier: BSD-2-Clause */
/* What is kept of a jail: the one packer and unpacker, see store.h. */
#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/xattr.h>

#include "buf.h"
#include "cleanup.h"
#include "store.h"
#include "xattr.h"

#define FORMAT 1
#define XA_USER "user.jail"
#define XA_TRUSTED "trusted.jail." /* and a digit */
#define XA_AFTER "trusted.jail.after"
#define READ_TRIES 16 /* against a writer that never rests */
#define XA_SIZE 65536 /* the kernel's limit for a value */
#define XA_USUAL 2048 /* the kernel clears as much as it is offered */

static const char *const state_words[] = {
	[JAIL_CREATING] = "creating",
	[JAIL_ALIVE] = "alive",
	[JAIL_ENDING] = "dying",
};
static_assert(nitems(state_words) == JAIL_STATES, "a word for each state");

static const char *const persist_words[] = {
	[PERSIST_NO] = NULL, /* no attribute */
	[PERSIST_YES] = "1",
	[PERSIST_START] = "start",
	[PERSIST_START_STAY] = "start1",
};

void
record_done(struct record *rec)
{
	pset_done(&rec->params);
}

/* Which half a parameter is kept in; jail(8)'s one-time ones in none. */
static bool
is_kept(enum param_id id, bool hidden)
{
	unsigned int flags = param(id)->flags;

	if (id == P_PERSIST || (flags & JAILX_RDONLY) != 0)
		return false;
	if ((flags & JAILX_HIDDEN) != 0)
		return hidden;
	return !hidden && (flags & JAILX_PSEUDO) == 0;
}

static void
pack(struct buf *b, const struct pset *params, bool hidden)
{
	enum param_id id;
	size_t k;

	for (id = 0; id < P_COUNT; id++) {
		const struct pval *v = &params->val[id];

		if (!v->set || !is_kept(id, hidden))
			continue;
		if (v->n == 0) {
			buf_str(b, param(id)->name);
			buf_chr(b, '\0');
		}
		for (k = 0; k < v->n; k++) {
			buf_fmt(b, "%s=%s", param(id)->name, v->v[k]);
			buf_chr(b, '\0');
		}
	}
}

/* *from: the row of the text before, as the packer keeps their order. */
static int
unpack_one(struct pset *params, char *text, bool hidden, enum param_id *from)
{
	char *value = strchr(text, '=');
	enum param_id id;

	if (value != NULL)
		*value++ = '\0';
	id = param_exact(text, *from);
	if (id == P_COUNT || !is_kept(id, hidden))
		return 0;
	*from = id;
	if (value != NULL)
		return pset_raw(params, id, value);
	params->val[id].set = true;
	return 0;
}

static int
unpack(struct pset *params, char *text, size_t len, bool hidden)
{
	enum param_id from = 0;
	char *end = text + len;
	int r = 0;

	while (r == 0 && text < end) {
		char *next = text + strlen(text) + 1;

		r = unpack_one(params, text, hidden, &from);
		text = next;
	}
	return r;
}

/* Read an attribute into text of XA_SIZE + 1 bytes; its first line ends. */
static ssize_t
get_attr(int dir, const char *name, char *text)
{
	ssize_t len = fgetxattr(dir, name, text, XA_USUAL);

	if (len < 0 && errno == ERANGE)
		len = fgetxattr(dir, name, text, XA_SIZE);
	if (len < 0)
		return -errno;
	text[len] = '\0';
	return len;
}

/* The hidden half that belongs to seq. */
static const char *
trusted_name(unsigned int seq)
{
	return seq % 2 == 0 ? XA_TRUSTED "0" : XA_TRUSTED "1";
}

/* The same in every version, and all that a jail's end needs. */
static int
parse_head(const char *text, struct record *ret)
{
	char word[16];
	unsigned int i;

	if (sscanf(text, "%u %u %15s %u", &ret->version, &ret->seq, word,
		&ret->idmap) != 4)
		return -EPROTO;
	for (i = 0; i < JAIL_STATES; i++) {
		if (strcmp(word, state_words[i]) == 0) {
			ret->state = (enum jail_state)i;
			return 0;
		}
	}
	return -EPROTO;
}

static int
unpack_rest(struct record *rec, char *text, ssize_t len, bool hidden)
{
	size_t skip = strlen(text) + 1;

	if (skip > (size_t)len)
		return -EPROTO;
	return unpack(&rec->params, text + skip, (size_t)len - skip, hidden);
}

static int
read_user(int dir, char *text, struct record *rec)
{
	ssize_t len = get_attr(dir, XA_USER, text);
	int r;

	if (len < 0)
		return (int)len;
	if ((r = parse_head(text, rec)) < 0)
		return r;
	return rec->version > FORMAT ? -EPROTO
				     : unpack_rest(rec, text, len, false);
}

/* The hidden half of rec's seq: -EPROTO for another's. */
static int
read_trusted(int dir, char *text, struct record *rec)
{
	ssize_t len = get_attr(dir, trusted_name(rec->seq), text);
	unsigned int version, seq;

	if (len < 0)
		return (int)len;
	if (sscanf(text, "%u %u", &version, &seq) != 2 || version > FORMAT ||
	    seq != rec->seq)
		return -EPROTO;
	return unpack_rest(rec, text, len, true);
}

/* Has the record been written since its seq was read? */
static bool
is_newer(int dir, char *text, unsigned int seq)
{
	struct record now = { 0 };

	return get_attr(dir, XA_USER, text) >= 0 &&
	       parse_head(text, &now) == 0 && now.seq != seq;
}

/* Both halves of one update. */
static int
read_halves(int dir, bool hidden, struct record *rec)
{
	char text[XA_SIZE + 1];
	int i, r = -EPROTO;

	for (i = 0; i < READ_TRIES; i++) {
		if ((r = read_user(dir, text, rec)) < 0 || !hidden)
			return r;
		r = read_trusted(dir, text, rec);
		if (r == 0 || !is_newer(dir, text, rec->seq))
			return r;
		record_done(rec);
		*rec = (struct record){ 0 };
	}
	return r;
}

int
store_head(int dir, struct record *ret)
{
	char text[XA_SIZE + 1];
	struct record rec = { .head_only = true };
	ssize_t len = get_attr(dir, XA_USER, text);
	int r;

	if (len < 0)
		return (int)len;
	if ((r = parse_head(text, &rec)) == 0)
		*ret = rec;
	return r;
}

int
store_state(int dir, enum jail_state *ret)
{
	struct record rec;
	int r = store_head(dir, &rec);

	if (r == 0)
		*ret = rec.state;
	return r;
}

int
store_read(int dir, bool hidden, struct record *ret)
{
	struct record rec = { 0 };
	int r = read_halves(dir, hidden, &rec);

	if (r == 0)
		r = store_persist(dir, &rec.persist);
	if (r == 0 &&
	    (rec.persist == PERSIST_YES || rec.persist == PERSIST_START_STAY))
		r = pset_put(&rec.params, P_PERSIST, "true");
	if (r < 0)
		record_done(&rec);
	else
		*ret = rec;
	return r;
}

static int
write_attr(int dir, const char *name, const struct buf *b)
{
	int r = buf_err(b);

	if (r < 0)
		return r;
	return xattr_write(dir, name, b->p, b->len);
}

int
store_write(int dir, struct record *rec)
{
	auto_buf struct buf user = BUF_INIT, trusted = BUF_INIT;
	unsigned int old;
	int r;

	if (rec->version == 0) /* a new one */
		rec->version = FORMAT;
	buf_fmt(&trusted, "%u %u", rec->version, rec->seq + 1);
	buf_chr(&trusted, '\0');
	pack(&trusted, &rec->params, true);
	buf_fmt(&user, "%u %u %s %u", rec->version, rec->seq + 1,
	    state_words[rec->state], rec->idmap);
	buf_chr(&user, '\0');
	pack(&user, &rec->params, false);
	if ((r = write_attr(dir, trusted_name(rec->seq + 1), &trusted)) < 0)
		return r;
	old = rec->seq;
	if ((r = write_attr(dir, XA_USER, &user)) < 0)
		old = rec->seq + 1;
	else
		rec->seq++;
	/* what nothing points to takes space: a little more does no harm */
	if (old > 0)
		(void)fremovexattr(dir, trusted_name(old));
	return r;
}

int
store_set_state(int dir, enum jail_state state)
{
	char text[XA_SIZE + 1];
	auto_buf struct buf b = BUF_INIT;
	struct record rec = { 0 };
	ssize_t len = get_attr(dir, XA_USER, text);
	size_t skip;
	int r;

	if (len < 0)
		return (int)len;
	if ((r = parse_head(text, &rec)) < 0)
		return r;
	skip = strlen(text) + 1;
	/* in the version that the rest is in */
	buf_fmt(&b, "%u %u %s %u", rec.version, rec.seq, state_words[state],
	    rec.idmap);
	buf_chr(&b, '\0');
	if (skip < (size_t)len)
		buf_add(&b, text + skip, (size_t)len - skip);
	return write_attr(dir, XA_USER, &b);
}

int
store_persist(int dir, enum jail_persist *ret)
{
	char word[16];
	ssize_t len = fgetxattr(dir, STORE_PERSIST, word, sizeof(word) - 1);
	size_t i;

	if (len < 0 && errno == ENODATA) {
		*ret = PERSIST_NO;
		return 0;
	}
	if (len < 0)
		return errno == ERANGE ? -EPROTO : -errno;
	word[len] = '\0';
	for (i = PERSIST_NO + 1; i < nitems(persist_words); i++) {
		if (strcmp(word, persist_words[i]) == 0) {
			*ret = (enum jail_persist)i;
			return 0;
		}
	}
	return -EPROTO;
}

int
store_set_persist(int dir, enum jail_persist how)
{
	const char *word = persist_words[how];

	if (how == PERSIST_NO)
		return xattr_drop(dir, STORE_PERSIST);
	return xattr_write(dir, STORE_PERSIST, word, strlen(word));
}

/* ---- what follows its end ---- */

int
store_after(int dir)
{
	char text[16];
	ssize_t len = fgetxattr(dir, XA_AFTER, text, sizeof(text) - 1);

	if (len < 0)
		return -errno;
	text[len] = '\0';
	return (int)strtol(text, NULL, 10);
}

int
store_set_after(int dir, int step)
{
	char text[16];
	int len = snprintf(text, sizeof(text), "%d", step);

	return xattr_write(dir, XA_AFTER, text, (size_t)len);
}

int
store_drop_after(int dir)
{
	return xattr_drop(dir, XA_AFTER);
}
