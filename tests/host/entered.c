/* SPDX-License-Identifier: BSD-2-Clause */
/* The program that jails are entered with: lives long enough to be seen. */
#include <time.h>

int
main(void)
{
	struct timespec ts = { 0, 1000000 };

	return nanosleep(&ts, 0);
}
