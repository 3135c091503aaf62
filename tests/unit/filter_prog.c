/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cleanup.h"
#include "filter_prog.h"

struct sock_filter prog[FILTER_MAX];
size_t prog_len;

void
emit(unsigned int open)
{
	int n = filter_emit(prog, nitems(prog), open);

	assert_in_range(n, 1, FILTER_MAX);
	prog_len = (size_t)n;
}
