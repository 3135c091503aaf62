# shellcheck shell=sh disable=SC2034,SC2154,SC3043
# SPDX-License-Identifier: BSD-2-Clause
#
# What the hostile tests share, on top of what the tool tests do.

host_dir=$(atf_get_srcdir)
# shellcheck source=tests/tool/common.sh disable=SC1091
. "$host_dir/../tool/common.sh"

# The program NAME.c of this directory, static; compiled where it is missing.
helper() {
	[ -x "$PWD/$1" ] || atf_check cc -std=gnu17 -O1 -D_GNU_SOURCE -Wall \
	    -Wextra -static -o "$PWD/$1" "$host_dir/$1.c"
}

# Nothing may be left of the jail NAME: what it was after, the name.  The one
# jls before is the administrator's next one: it may do the tidying up.
nothing_left() {
	jls >/dev/null || atf_fail "$1: jls: exit status $?"
	"$PWD/left" "$2" "$PWD" >left.out && return
	sed 's/^/left: /' left.out >&2
	atf_fail "$1: something is left of $2"
}

# The cgroup of a jid.
cgroup_of() {
	find /sys/fs/cgroup -maxdepth 5 -type d -path "*/jail/$1" 2>/dev/null |
	    head -n 1
}

# Milliseconds of some clock.
now_ms() {
	local up rest

	read -r up rest </proc/uptime
	echo "${up%.*}${up#*.}0"
}

# For a step that must be done within so many milliseconds: why, how many,
# when it began.
in_time() {
	local took

	took=$(($(now_ms) - $3))
	[ "$took" -le "$2" ] || atf_fail "$1: took $took ms, more than $2"
}
