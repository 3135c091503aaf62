/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * enter: the process that enters a jail with userns=inherit, exec'd by the
 * library, which has put all that it needs at descriptors of its own; see
 * lib/enter.c.
 */
#include <sys/stat.h>

#include "enter.h"

int
main(int argc, char **argv, char **envp)
{
	struct stat st;

	/* by hand there is nothing to be done */
	if (argc < 1 || fstat(3, &st) < 0)
		return 1;
	enter_main(argv, envp);
}
