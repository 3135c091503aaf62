/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>
#include <sys/vfs.h>

#include "cleanup.h"
#include "fstypes.h"

static const struct fstype {
	const char *name;
	unsigned int magic; /* 0: that of another type as well */
} types[] = {
	{ "proc", 0x9fa0 },
	{ "sysfs", 0x62656572 },
	{ "cgroup", 0x27e0eb },
	{ "cgroup2", 0x63677270 },
	{ "devpts", 0x1cd1 },
	{ "mqueue", 0x19800202 },
	{ "bpf", 0xcafe4a11 },
	{ "devtmpfs", 0 },
	{ "debugfs", 0x64626720 },
	{ "tracefs", 0x74726163 },
	{ "securityfs", 0x73636673 },
	{ "pstore", 0x6165676c },
	{ "efivarfs", 0xde5e81e4 },
	{ "configfs", 0x62656570 },
	{ "fusectl", 0x65735543 },
	{ "binfmt_misc", 0x42494e4d },
	{ "hugetlbfs", 0x958458f6 },
	{ "autofs", 0x187 },
	{ "rpc_pipefs", 0x67596969 },
	{ "nsfs", 0x6e736673 },
	{ "selinuxfs", 0xf97cff8c },
	{ "smackfs", 0x43415d53 },
	{ "nfsd", 0x6e667364 },
	{ "resctrl", 0x7655821 },
	{ "binder", 0x6c6f6f70 },
};

bool
fstype_is_kernel(const char *name)
{
	size_t i;

	for (i = 0; i < nitems(types); i++) {
		if (strcmp(types[i].name, name) == 0)
			return true;
	}
	return false;
}

bool
fd_is_kernel(int fd)
{
	struct statfs fs;
	size_t i;

	if (fstatfs(fd, &fs) < 0)
		return false;
	for (i = 0; i < nitems(types); i++) {
		if (types[i].magic != 0 &&
		    types[i].magic == (unsigned int)fs.f_type)
			return true;
	}
	return false;
}
