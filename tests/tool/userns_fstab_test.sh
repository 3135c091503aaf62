#! /usr/bin/env atf-sh
# SPDX-License-Identifier: BSD-2-Clause
# The cases of fstab_test.sh once more, in jails with userns=inherit.

# shellcheck disable=SC2086,SC2154
PATH=$(atf_get_srcdir)/userns:$PATH
# shellcheck source=tests/tool/fstab_test.sh disable=SC1091
. "$(atf_get_srcdir)/fstab_test.sh"

# What has another outcome: a procfs is always read-only.
proc_options_body() {
	make_root
	for option in rw ro; do
		atf_check -s exit:1 -e match:'Read-only file system' \
		    $in_jail mount="procfs $root/proc procfs $option" \
		    command=sh -c 'echo 10 >/proc/self/oom_score_adj'
	done
	nothing_left
}
