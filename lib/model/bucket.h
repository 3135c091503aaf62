/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Hints to find jails by name: the hash of each name with its jid, spread
 * over BUCKETS values.  A hint may be wrong; a bucket that can be unpacked
 * lacks none.  Pure.
 */
#ifndef MODEL_BUCKET_H
#define MODEL_BUCKET_H

#include <stddef.h>
#include <stdint.h>

struct buf;

#define BUCKETS 64U

struct hint {
	uint32_t hash;
	int32_t jid;
};

struct bucket {
	uint32_t seq; /* another one each time that it is written */
	uint32_t full; /* with so many, wrong ones are to be looked for */
	struct hint *v;
	size_t n;
};

void bucket_done(struct bucket *b);
#define auto_bucket __attribute__((cleanup(bucket_done)))

uint32_t bucket_hash(const char *name);
unsigned int bucket_of(uint32_t hash);

/* Add a hint that is not there yet.  0 or -ENOMEM. */
int bucket_add(struct bucket *b, uint32_t hash, int jid);

/* After wrong ones were taken out: full again at twice what is left. */
void bucket_set_full(struct bucket *b);

/* Bucket number which as bytes, added to ret; buf_err() has the result. */
void bucket_pack(const struct bucket *b, unsigned int which, struct buf *ret);

/* -EPROTO: not as bucket_pack() made it for which; -ENOMEM. */
int bucket_unpack(
    struct bucket *ret, unsigned int which, const void *data, size_t len);

#endif
