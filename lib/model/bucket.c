/* SPDX-License-Identifier: BSD-2-Clause */
/* Hints to find jails by name, as bytes and back. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "bucket.h"
#include "buf.h"

#define MAGIC 0x6a6e3031U
#define FULL_LEAST 16

/* What the hints come after; in the byte order of the machine. */
struct head {
	uint32_t magic;
	uint32_t sum; /* of what follows */
	uint32_t seq;
	uint32_t full;
};

void
bucket_done(struct bucket *b)
{
	free(b->v);
	*b = (struct bucket){ 0 };
}

/* FNV-1a */
static uint32_t
hash_bytes(uint32_t hash, const void *data, size_t len)
{
	const unsigned char *p = data;
	size_t i;

	for (i = 0; i < len; i++)
		hash = (hash ^ p[i]) * 0x01000193U;
	return hash;
}

#define HASH_START 0x811c9dc5U

uint32_t
bucket_hash(const char *name)
{
	return hash_bytes(HASH_START, name, strlen(name));
}

unsigned int
bucket_of(uint32_t hash)
{
	/* the low bits of this hash alone are spread too little */
	return (hash ^ hash >> 16) % BUCKETS;
}

int
bucket_add(struct bucket *b, uint32_t hash, int jid)
{
	struct hint *more;
	size_t i;

	for (i = 0; i < b->n; i++) {
		if (b->v[i].hash == hash && b->v[i].jid == jid)
			return 0;
	}
	if ((more = grow(b->v, b->n, sizeof(*more))) == NULL)
		return -ENOMEM;
	b->v = more;
	b->v[b->n++] = (struct hint){ hash, jid };
	return 0;
}

void
bucket_set_full(struct bucket *b)
{
	b->full = b->n < FULL_LEAST / 2 ? FULL_LEAST : (uint32_t)b->n * 2;
}

/* With the number of the bucket: one put in another's place is not it. */
static uint32_t
checksum(
    const struct head *h, unsigned int which, const void *hints, size_t len)
{
	uint32_t sum = hash_bytes(HASH_START, &h->magic, sizeof(h->magic));

	sum = hash_bytes(sum, &which, sizeof(which));
	sum = hash_bytes(sum, &h->seq, sizeof(h->seq));
	sum = hash_bytes(sum, &h->full, sizeof(h->full));
	return hash_bytes(sum, hints, len);
}

void
bucket_pack(const struct bucket *b, unsigned int which, struct buf *ret)
{
	size_t len = b->n * sizeof(*b->v);
	struct head h = { MAGIC, 0, b->seq, b->full };

	h.sum = checksum(&h, which, b->v, len);
	buf_add(ret, &h, sizeof(h));
	if (len > 0)
		buf_add(ret, b->v, len);
}

int
bucket_unpack(
    struct bucket *ret, unsigned int which, const void *data, size_t len)
{
	const char *hints = (const char *)data + sizeof(struct head);
	struct bucket b = { 0 };
	struct hint hint;
	struct head h;
	size_t i;

	if (len < sizeof(h) || (len - sizeof(h)) % sizeof(hint) != 0)
		return -EPROTO;
	memcpy(&h, data, sizeof(h));
	len -= sizeof(h);
	if (h.magic != MAGIC || h.sum != checksum(&h, which, hints, len))
		return -EPROTO;
	b.seq = h.seq;
	b.full = h.full;
	/* by growing: whoever adds to it finds room as grow() makes it */
	for (i = 0; i < len; i += sizeof(hint)) {
		struct hint *more = grow(b.v, b.n, sizeof(*more));

		if (more == NULL) {
			bucket_done(&b);
			return -ENOMEM;
		}
		b.v = more;
		memcpy(&b.v[b.n++], hints + i, sizeof(hint));
	}
	*ret = b;
	return 0;
}
