/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/xattr.h>

#include "bpf.h"
#include "buf.h"
#include "build.h"
#include "cg.h"
#include "cleanup.h"
#include "jerr.h"
#include "landlock.h"
#include "libexec.h"
#include "net_build.h"
#include "unix.h"

#define XA_UNIX "trusted.jail.unix" /* NET_BUILD, ids of the links or 0 0 */
#define LOCK_DIR "net" /* in jail/, where the helper takes its lock */

static void
read_record(int jails, char *ret, size_t size)
{
	ssize_t n = fgetxattr(jails, XA_UNIX, ret, size - 1);

	ret[n > 0 ? n : 0] = '\0';
}

/*
 * Are the programs in force, for all of the machine?  -ENOENT: those of this
 * build have not been tried, or went.
 */
static int
look(int jails)
{
	uint32_t connect, send;
	char text[96];

	read_record(jails, text, sizeof(text));
	if (strncmp(text, NET_BUILD " ", sizeof(NET_BUILD)) != 0 ||
	    sscanf(text, "%*s %*s %u %u", &connect, &send) != 2)
		return -ENOENT;
	if (connect == 0 || send == 0)
		return false;
	return bpf_is_lsm_link(connect) && bpf_is_lsm_link(send) ? true
								 : -ENOENT;
}

static bool
has_programs(void)
{
	struct jerr e;
	auto_close int jails = jails_dir(false, &e);

	return jails >= 0 && look(jails) > 0;
}

/* Likewise, when they have been tried. */
static bool
try_programs(void)
{
	const char *argv[] = { "jail-bpf", "unix", NULL };
	struct jerr lesser;
	auto_close int jails = jails_dir(false, &lesser);
	int r;

	if (jails < 0)
		return false;
	if ((r = look(jails)) < 0) {
		(void)cg_mkdir(jails, LOCK_DIR);
		/* without them it goes on, and is said */
		(void)libexec_run(argv, &jails, 1, &lesser);
		r = look(jails);
	}
	return r > 0;
}

bool
unix_is_scoped(const struct pset *params)
{
	return pset_bool(params, P_UNIX_PRIVATE) &&
	       !pset_is(params, P_VNET, "new") && !has_programs();
}

int
unix_setup(struct build *b, struct jerr *e)
{
	const struct pset *params = &b->rec.params;

	if (pset_is(params, P_VNET, "new"))
		return 0; /* has all names for itself */
	if (try_programs())
		return 0;
	if (!pset_bool(params, P_UNIX_PRIVATE)) {
		buf_fmt(b->notes,
		    "%sabstract unix sockets are not kept apart from those of "
		    "the host (see unix.private in jail(8))",
		    b->notes->len > 0 ? "\n" : "");
		return 0;
	}
	if (landlock_has_scopes())
		return 0;
	return jerr(e, ENOTSUP,
	    "unix.private: this kernel can keep abstract unix sockets apart "
	    "neither by BPF (\"bpf\" in the lsm= option of its command line) "
	    "nor by Landlock (Linux 6.12): use vnet");
}
