# shellcheck shell=sh disable=SC2034,SC3043
# SPDX-License-Identifier: BSD-2-Clause
#
# What the tool tests share.  The tools are found along PATH; everything is
# made in the work directory of the test case, which its cleanup shares.

# The root directory of the test's jails.
: "${JAIL_TEST_ROOT:=$PWD/root}"

BUSYBOX=$(command -v busybox)
APPLETS="cat dd echo env false head id kill ls mkdir printf pwd rm sed sh
    sha256sum sleep stty test touch true tty wc"

# A root directory with a static busybox, and a user that only it knows.
make_root() {
	local applet

	mkdir -p "$JAIL_TEST_ROOT/bin" "$JAIL_TEST_ROOT/dev" \
	    "$JAIL_TEST_ROOT/etc" "$JAIL_TEST_ROOT/home/joe" \
	    "$JAIL_TEST_ROOT/proc" "$JAIL_TEST_ROOT/root" \
	    "$JAIL_TEST_ROOT/tmp" || atf_fail "make_root"
	cp "$BUSYBOX" "$JAIL_TEST_ROOT/bin/busybox" || atf_fail "make_root"
	for applet in $APPLETS; do
		ln -sf busybox "$JAIL_TEST_ROOT/bin/$applet"
	done
	cat >"$JAIL_TEST_ROOT/etc/passwd" <<-END
	root:x:0:0:root:/root:/bin/sh
	joe:x:1234:1234:Joe:/home/joe:/bin/sh
	END
	cat >"$JAIL_TEST_ROOT/etc/group" <<-END
	root:x:0:
	joe:x:1234:
	staff:x:50:joe
	END
}

# The name of this test's jail X: other tests may run beside it.
name_of() {
	echo "t$$-$1"
}

# Make a jail that stays: its short name, parameters.  Sets name and jid.
# Whoever runs the cases of another program with userns=inherit sets ids to it.
make_jail() {
	name=$(name_of "$1")
	shift
	[ -d "$JAIL_TEST_ROOT/bin" ] || make_root
	echo "$name" >>jails
	atf_check -s exit:0 -o ignore -e ignore \
	    jail -q -c "name=$name" "path=$JAIL_TEST_ROOT" persist \
	    ${ids:+"$ids"} "$@"
	jid=$(jls -j "$name" jid) || atf_fail "jls -j $name jid"
}

# The folder of the jails: at one of two places of cgroup2.
jail_dir() {
	local dir top

	top=$(awk '$3 == "cgroup2" { print $2; exit }' /proc/self/mounts)
	for dir in "$top/system.slice/jail.service/jail" "$top/jail"; do
		[ ! -d "$dir" ] || break
	done
	echo "$dir"
}

# The cgroup of a jid.
cgroup_of() {
	echo "$(jail_dir)/$1"
}

# Wait until a command succeeds: the seconds that it may take on a machine that
# has nothing else to do, and a busy one takes up to ten times as long; the
# command.
wait_for() {
	local tenths

	tenths=$(($1 * 100 * ${CHECK_SLOW:-1}))
	shift
	until "$@" >/dev/null 2>&1; do
		tenths=$((tenths - 1))
		[ $tenths -gt 0 ] || return 1
		sleep 0.1
	done
}

# A process in the jail $name: how long it sleeps, options of jexec.  Sets pid,
# that of jexec.
jexec_sleep() {
	rm -f sleeps
	# shellcheck disable=SC2086 # words
	jexec ${2-} "$name" sh -c "echo in; exec sleep $1" >sleeps &
	pid=$!
	wait_for 5 test -s sleeps || atf_fail "no process in $name"
}

# The keeper that waits for the end of a jail: jid.
keeper_of() {
	"$(atf_get_srcdir)/keepers.py" "$1" | sed -n 's/^waiting \([0-9]*\) .*/\1/p'
}

# Compile a program that lies beside the test against the installed headers and
# library: its name, more options.  Sets prog.
compile_prog() {
	local bin dir lib

	bin=$(command -v jls)
	prog=$PWD/$1
	shift
	for dir in "${bin%/*}/.." "${bin%/*}/../.."; do
		[ -f "$dir/include/jail.h" ] && break
	done
	lib=$(find "$dir/lib" -name libjail.so -print | head -n 1)
	[ -n "$lib" ] || atf_skip "no libjail.so beside $bin"
	lib=$(cd "${lib%/*}" && pwd -P)
	atf_check cc -std=gnu17 -Wall -Wextra -Werror "$@" \
	    -I "$dir/include" -o "$prog" "$(atf_get_srcdir)/${prog##*/}.c" \
	    -L "$lib" -Wl,-rpath,"$lib" -ljail
}

# For cleanups: remove what make_jail made.
remove_jails() {
	local name

	[ -f jails ] || return 0
	while read -r name; do
		jail -R "$name" >/dev/null 2>&1
	done <jails
	return 0
}

# Runs a command on a terminal: its words, --, the command.
on_pty=$(atf_get_srcdir)/on_pty.py

# A test case of root's: its name, what it shows, programs that it needs, the
# function that cleans up.  The body is the function NAME_body.
root_case() {
	atf_test_case "$1" cleanup
	eval "$1_head() {
		atf_set descr '$2'
		atf_set require.user root
		atf_set require.progs '$3'
	}
	$1_cleanup() { $4; }"
}

# One that may make jails: its name, what it shows, more programs.
new_case() {
	root_case "$1" "$2" "jail jls jexec busybox $3" remove_jails
}
