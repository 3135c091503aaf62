# shellcheck shell=sh disable=SC2016,SC2034,SC2154,SC3043
# SPDX-License-Identifier: BSD-2-Clause
#
# Tests with a tree of cgroups of their own: a cgroup that is mounted where the
# tree is found, in a mount namespace.  No other jail of the host is in it, and
# theirs are in nobody's way.

tree_dir=$(atf_get_srcdir)
# shellcheck source=tests/tool/common.sh disable=SC1091
. "$tree_dir/common.sh"

# The cgroup of this case, below the real root.
tree() {
	local point

	point=$(awk '$3 == "cgroup2" { print $2; exit }' /proc/mounts)
	echo "$point/tree.$(basename "$(dirname "$PWD")")"
}

# Run the function of ./body there, by sh -eu.
in_tree() {
	[ -n "$(tree)" ] || atf_skip "no cgroup2"
	make_root
	mkdir "$(tree)" || atf_fail "mkdir $(tree)"
	unshare --mount --propagation private sh -euc '
		mount --bind "$1" /sys/fs/cgroup
		. ./body
		root=/sys/fs/cgroup/jail
		service=/sys/fs/cgroup/system.slice/jail.service
		'"$1" sh "$(tree)" || atf_fail "$1: exit status $?"
}

# For cleanups.
drop_tree() {
	[ -d "$(tree)" ] || return 0
	echo 1 >"$(tree)/cgroup.kill"
	while ! find "$(tree)" -depth -type d -exec rmdir {} +; do
		sleep 0.1
	done
}

# ./body: what all share, and standard input.
write_body() {
	cat >body <<-'END'
	make() {
		jail -q -c name="$1" path="$PWD/root" persist
	}
	is() {
		[ "$1" = "$2" ] || { echo "$1, not $2" >&2; exit 1; }
	}
	names() {
		jls name | tr '\n' ' '
	}
	soon() {
		for i in $(seq 500); do
			! "$@" || return 0
			sleep 0.1
		done
		echo "not yet: $*" >&2
		exit 1
	}
	END
	cat >>body
}
