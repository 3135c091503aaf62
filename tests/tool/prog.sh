# shellcheck shell=sh disable=SC2034,SC2154,SC3043
# SPDX-License-Identifier: BSD-2-Clause
#
# What the tests of programs in jails share, on top of common.sh: jails that
# run one command, and what must not be left of them.

: "${prog_dir:=$(atf_get_srcdir)}"
# shellcheck source=tests/tool/common.sh disable=SC1091
. "$prog_dir/common.sh"

NOBODY="setpriv --reuid 65534 --regid 65534 --clear-groups"

# A root with the probe: built beside the tests, or here.  Sets probe.
make_probe_root() {
	make_root
	probe=$(command -v probe) || {
		probe=$PWD/probe
		atf_check cc -std=gnu17 -D_GNU_SOURCE -O1 -static -o "$probe" \
		    "$prog_dir"/../probe/*.c
	}
	cp "$probe" "$JAIL_TEST_ROOT/bin/probe" || atf_fail "cp probe"
}

# Nothing of the jails of this case: they all have paths below its directory.
nothing_left() {
	"$prog_dir/left.py" "$PWD" >left.out && return
	cat left.out >&2
	atf_fail "something is left"
}

# For cleanups, in the place of common.sh's: also what has lost its name.
remove_jails() {
	local jid path

	jls jid path | while read -r jid path; do
		case $path in
		"$PWD" | "$PWD"/*)
			jail -R "$jid" >/dev/null 2>&1 ;;
		esac
	done
	return 0
}

# For jails that the test makes by itself: the name of X.  Sets name.
new_name() {
	name=$(name_of "$1")
}

# For wait_for: there is no such jail any more.
no_jail() {
	! jls -c -j "$1"
}

now_ms() {
	date +%s%3N
}

# Copy a program with its libraries to a root, as by hand.
copy_dynamic() {
	local lib

	mkdir -p "$2/bin"
	cp "$1" "$2/bin/" || atf_fail "cp $1"
	for lib in $(ldd "$1" | grep -o '/[^ ]*'); do
		mkdir -p "$2${lib%/*}"
		cp -L "$lib" "$2$lib" || atf_fail "cp $lib"
	done
}

# The ELF interpreter of a program.
interpreter_of() {
	ldd "$1" | sed -n 's/^[[:space:]]*\(\/[^ ]*ld[^ ]*\) .*/\1/p'
}

# A jail's processes, by their pids on the host: those of its cgroup that see
# themselves as another one, which jail(8)'s own do not.
pids_of() {
	local dir pid

	dir=$(cgroup_of "$1")/payload
	[ -d "$dir" ] || return
	while read -r pid; do
		! grep -q '^NSpid:.*[0-9][[:space:]]' "/proc/$pid/status" ||
		    echo "$pid"
	done <"$dir/cgroup.procs"
}
