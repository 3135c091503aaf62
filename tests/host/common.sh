# shellcheck shell=sh disable=SC2034,SC2154,SC3043
# SPDX-License-Identifier: BSD-2-Clause
#
# What the hostile tests share, on top of what the tool tests do.

host_dir=$(atf_get_srcdir)
# shellcheck source=tests/tool/common.sh disable=SC1091
. "$host_dir/../tool/common.sh"

# Remove the jails in the list, and end what a broken one has left running.
tidy() {
	local line pid

	[ -f jails ] || return 0
	remove_jails
	[ -x left ] || return 0
	while read -r name; do
		"$PWD/left" "$name" | while read -r line pid rest; do
			[ "$line" != process ] || kill -KILL "${pid%:}"
		done
	done <jails
	jls >/dev/null
}

# As the tool tests' one, with a cleanup that is more thorough.
new_case() {
	root_case "$1" "$2" "jail jls jexec busybox cc $3" tidy
}

# The program NAME.c of this directory, static; compiled where it is missing.
helper() {
	[ -x "$PWD/$1" ] || atf_check cc -std=gnu17 -O1 -D_GNU_SOURCE -Wall \
	    -Wextra -static -o "$PWD/$1" "$host_dir/$1.c"
}

# The tracer, with the names of the system calls.
build_failcall() {
	cc -E -dM -include sys/syscall.h -x c /dev/null |
	    sed -n 's/^#define SYS_\([a-z0-9_]*\) .*/	[SYS_\1] = "\1",/p' \
	    >names.h
	atf_check cc -std=gnu17 -O1 -D_GNU_SOURCE -Wall -Wextra -static \
	    -I "$PWD" -o failcall "$host_dir/failcall.c"
}

# Nothing may be left of the jail NAME: what it was after, the name.  The one
# jls before is the administrator's next one: it may do the tidying up.
nothing_left() {
	jls >/dev/null || atf_fail "$1: jls: exit status $?"
	"$PWD/left" "$2" "$PWD" >left.out && return
	sed 's/^/left: /' left.out >&2
	atf_fail "$1: something is left of $2"
}

# The same where the kernel may need a while, 10 s, to end processes.
soon_nothing_left() {
	local since

	since=$(now_ms)
	while ! { jls >/dev/null && "$PWD/left" "$2" "$PWD" >/dev/null; }; do
		[ $(($(now_ms) - since)) -lt 10000 ] || break
		sleep 0.02
	done
	nothing_left "$1" "$2"
}

# Wait until a test of a file holds, 30 s at most: the test, what it waits for.
await() {
	local since

	since=$(now_ms)
	until test "$1" "$2"; do
		in_time "waiting for $2" 30000 "$since"
		sleep 0.02
	done
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
	[ "$took" -le $(($2 * ${CHECK_SLOW:-1})) ] ||
	    atf_fail "$1: took $took ms, more than $2"
}
