/* SPDX-License-Identifier: BSD-2-Clause */
/* The tests of the store: a cgroup of their own. */
#ifndef STORE_DIR_H
#define STORE_DIR_H

#include "store.h"

#define XA_USER "user.jail"
#define XA_EVEN "trusted.jail.0" /* the hidden half of an even seq */
#define XA_ODD "trusted.jail.1"
#define UNTOUCHED 4711

extern int dir; /* -1: there is none, and each test skips */

int store_setup(void **state);
int store_teardown(void **state);

/* Skip the test where there is none. */
void need_dir(void);

/* Write an attribute as it is. */
void put(const char *attr, const char *data, size_t size);
#define PUT(attr, data) put(attr, data, sizeof(data)) /* with its last NUL */

/* A head that can be read, and no parameter. */
void put_empty(void);

bool same_value(const struct pset *a, const struct pset *b, enum param_id id);

/* Where a parameter is kept, by the flags that are public. */
bool is_user(enum param_id id);
bool is_hidden(enum param_id id);

/* A text for each parameter, with all that could mislead a reader. */
void fill(struct pset *s);

#endif
