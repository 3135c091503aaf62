/* SPDX-License-Identifier: BSD-2-Clause */
/* The bytes of /etc/ld.so.cache (glibc-ld.so.cache1.1), which may be foreign.
 */
#ifndef MODEL_LDCACHE_H
#define MODEL_LDCACHE_H

#include <stddef.h>
#include <stdint.h>

/* A view of the caller's bytes, which must outlive it. */
struct ldcache {
	const unsigned char *base; /* of the header; offsets count from it */
	size_t size;
	uint32_t n;
};

/* 0, or -EINVAL: not such a file.  Any len bytes may come. */
int ldcache_parse(struct ldcache *ret, const void *data, size_t len);

/*
 * The i-th path for a library's name: first those for any processor, then
 * those of glibc-hwcaps directories; NULL behind the last.  Paths of all
 * machines come; the caller looks into the files.
 */
const char *ldcache_get(const struct ldcache *c, const char *name, size_t i);

#endif
