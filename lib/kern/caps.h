/* SPDX-License-Identifier: BSD-2-Clause */
/* Capability sets of the calling thread; bit n of a mask is capability n. */
#ifndef KERN_CAPS_H
#define KERN_CAPS_H

#include <stdint.h>

/* Drop every capability that is not in keep from the bounding set. */
int caps_bound(uint64_t keep);

/*
 * Of what the thread is permitted, leave these, and make them effective;
 * inheritable and ambient become empty.
 */
int caps_set(uint64_t caps);

#endif
