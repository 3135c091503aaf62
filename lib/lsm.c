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
#include "lsm.h"
#include "net_build.h"

#define XA_LSM "trusted.jail.lsm" /* NET_BUILD, id of the first link or 0 */
#define LOCK_DIR "net" /* in jail/, where the helper takes its lock */

/*
 * Are the programs in force, for all of the machine?  -ENOENT: those of this
 * build have not been tried, or went.
 */
static int
look(int jails)
{
	char text[96];
	ssize_t n = fgetxattr(jails, XA_LSM, text, sizeof(text) - 1);
	uint32_t id;

	text[n > 0 ? n : 0] = '\0';
	if (strncmp(text, NET_BUILD " ", sizeof(NET_BUILD)) != 0 ||
	    sscanf(text + sizeof(NET_BUILD), "%u", &id) != 1)
		return -ENOENT;
	if (id == 0)
		return false;
	return bpf_is_lsm_link(id) ? true : -ENOENT;
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
	const char *argv[] = { "jail-bpf", "lsm", NULL };
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
lsm_is_scoped(const struct pset *params)
{
	return pset_bool(params, P_UNIX_PRIVATE) &&
	       !pset_is(params, P_VNET, "new") && !has_programs();
}

/* What is lacking: whoever asked with -v reads it. */
static int
say(struct build *b, const char *what)
{
	buf_fmt(b->notes, "%s%s", b->notes->len > 0 ? "\n" : "", what);
	return 0;
}

int
lsm_setup(struct build *b, struct jerr *e)
{
	const struct pset *params = &b->rec.params;

	if (try_programs())
		return 0;
	if (pset_is(params, P_VNET, "new"))
		return say(b, "root in the jail can have the kernel load "
			      "modules (see NETWORK STACKS in jail(8))");
	if (!pset_bool(params, P_UNIX_PRIVATE))
		return say(b, "abstract unix sockets are not kept apart from "
			      "those of the host (see unix.private in "
			      "jail(8))");
	if (landlock_has_scopes())
		return 0;
	return jerr(e, ENOTSUP,
	    "unix.private: this kernel can keep abstract unix sockets apart "
	    "neither by BPF (\"bpf\" in the lsm= option of its command line) "
	    "nor by Landlock (Linux 6.12): use vnet");
}
