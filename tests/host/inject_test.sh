#!/usr/bin/env atf-sh
# SPDX-License-Identifier: BSD-2-Clause
#
# Every system call of the create path fails once, in each process that takes
# part: jail(8), the helper that holds the namespaces, the first process and
# the warden that it becomes, the two that start a command (failcall.c says why
# not by strace).  After each: success, or a sentence and a status; no hang; and
# after one jls nothing is left, and the name is free.
#
# A call may fail without harm, and the jail is there.  Not so those of which
# the safety of the jail depends: after these a success is a failure of the
# test ("careful" below).

# SC2086: words are split.
# shellcheck source=tests/host/common.sh disable=SC1091,SC2086
. "$(atf_get_srcdir)/common.sh"

# These must not fail unseen: isolation would be missing.
CAREFUL="setns unshare setgroups setresuid setresgid seccomp capset
    close_range mount_setattr move_mount pivot_root umount2 keyctl chdir
    getcwd setsid mount openat2"

# by its name
is_careful() {
	local name

	for name in $CAREFUL; do
		[ "$name" = "$1" ] && return 0
	done
	return 1
}

bad() {
	echo "$*" >>bad
}

in_net=			# what runs a command in the case's own namespace

make_net() {
	unshare -n sleep 1000 &
	echo $! >holder
	in_net="nsenter --net=/proc/$!/ns/net"
	until [ "$(readlink "/proc/$!/ns/net")" != \
	    "$(readlink /proc/self/ns/net)" ]; do
		sleep 0.1
	done
	$in_net ip link set lo up
}

end_net() {
	[ ! -f holder ] || kill -KILL "$(cat holder)"
}

# Is something left of the jail, or an alias?
is_left() {
	./left "$name" "$PWD" >left.out || return 0
	[ -n "$in_net" ] || return 1
	$in_net ip -o addr show dev lo to 10.0.0.0/8 >left.out
	[ -s left.out ]
}

gone_after_jls() {
	jls >/dev/null
	! is_left
}

# What one failed call came to: process:call:how, then the name of the call.
judge() {
	local careful=

	is_careful "$2" && careful=yes
	case $status in
	0)
		[ -z "$careful" ] || bad "$1 $2: went unnoticed"
		echo "$2" >>harmless ;;
	124)
		bad "$1 $2: hangs" ;;
	137)
		# or the end of the command could not be told
		[ "${1##*:}" = kill ] ||
		    grep -q '^jail: .*: exited on signal 9$' err ||
		    bad "$1 $2: killed" ;;
	12[89] | 13? | 14?)
		bad "$1 $2: exit status $status: $(cat err)" ;;
	*)
		# writing the sentence may be what failed
		grep -q '^jail: .' err || [ "${1%%:*} ${2%v}" = "0 write" ] ||
		    bad "$1 $2: status $status and not a word" ;;
	esac
}

# Let each call fail, or every so many-th: how, that, path, parameters.
fail_each() {
	local how stride path at n what calls

	helper left
	how=$1 stride=$2 path=$3
	shift 3
	[ -x failcall ] || build_failcall
	[ -d "$JAIL_TEST_ROOT/bin" ] || make_root
	name=$(name_of "inject")
	echo "$name" >>jails
	HOSTTEST=$name atf_check -o ignore $in_net ./failcall calls list \
	    jail -q -c "name=$name" "path=$path" \
	    ${ids:+"$ids"} "$@"
	jail -R "$name" >/dev/null 2>&1
	# each name of each process at least twice, then every stride-th
	# (without the TLS of arch_prctl no program lives to tell)
	awk -v stride="$stride" '$3 == "arch_prctl" { next }
	    ++seen[$1, $3] <= 2 || NR % stride == 0' \
	    calls >chosen
	n=0
	: >bad
	: >harmless
	while read -r at calls what; do
		at=$at:$calls:$how
		: >err
		rm -f started
		HOSTTEST=$name timeout -k 5 20 $in_net ./failcall hit "$at" \
		    jail -q -c "name=$name" "path=$path" \
		    ${ids:+"$ids"} "$@" >/dev/null 2>err </dev/null
		status=$?
		[ -s hit ] || continue
		n=$((n + 1))
		what=$(cat hit)
		judge "$at" "$what"
		jls >/dev/null || bad "$at $what: jls: $?"
		# killed with all done, a persistent one stays
		if [ "$status" -eq 0 ] || [ -f started ]; then
			jail -R "$name" >/dev/null 2>&1
		fi
		if is_left; then
			echo "$at $what: late" >>late
			wait_for 1 gone_after_jls ||
			    bad "$at $what: left: $(cat left.out)"
		fi
		jail -q -c "name=$name" "path=$JAIL_TEST_ROOT" \
		    ${ids:+"$ids"} command=/bin/true 2>err </dev/null ||
		    bad "$at $what: again: $(cat err)"
	done <chosen
	echo "$n of $(wc -l <calls) calls failed; harmless:"
	sort harmless | uniq -c
	[ ! -f late ] || cat late
	[ "$n" -gt 0 ] || atf_fail "no call failed"
	[ -s bad ] || return 0
	cat bad >&2
	atf_fail "$how: $(wc -l <bad) of $n: $(head -n 1 bad | cut -c 1-200)"
}

# The parameters that reach most of the code.
fail_each_of_all() {
	make_root
	mkdir -p "$JAIL_TEST_ROOT/vol" vol
	fail_each "$1" "$2" "$JAIL_TEST_ROOT" persist mount.devfs \
	    mount.procfs mount.fdescfs \
	    mount="$PWD/vol $JAIL_TEST_ROOT/vol nullfs rw 0 0" \
	    mount="tmpfs $JAIL_TEST_ROOT/tmp tmpfs rw 0 0" \
	    exec.start=/bin/true exec.poststart="touch $PWD/started"
}

new_case command "every call: a command in a plain jail" cc
command_body() {
	fail_each EIO 1 "$JAIL_TEST_ROOT" command=/bin/true
}

new_case all "every call: mounts, devices, hooks, persist" cc
all_body() {
	fail_each_of_all ENOMEM 2
}

new_case thin "calls of a thin jail" cc
thin_body() {
	mkdir thin
	fail_each EIO 7 "$PWD/thin" thin command=/bin/true
}

new_case killed "killed at every call: a command" cc
killed_body() {
	fail_each kill 1 "$JAIL_TEST_ROOT" command=/bin/true
}

new_case killed_all "killed at calls: mounts, devices, hooks, persist" cc
killed_all_body() {
	fail_each_of_all kill 3
}

# One with aliases: its name, what it shows.
alias_case() {
	root_case "$1" "$2" "jail jls busybox cc ip unshare nsenter" \
	    "tidy; end_net"
}

alias_case alias "every call: aliases"
alias_body() {
	make_net
	fail_each EIO 9 "$JAIL_TEST_ROOT" 'ip4.addr=lo|10.9.0.1,lo|10.9.0.2' \
	    command=/bin/true
}

alias_case killed_alias "killed at every call: aliases"
killed_alias_body() {
	make_net
	fail_each kill 5 "$JAIL_TEST_ROOT" persist \
	    'ip4.addr=lo|10.9.0.1,lo|10.9.0.2' \
	    exec.poststart="touch $PWD/started"
}

atf_init_test_cases() {
	atf_add_test_case command
	atf_add_test_case all
	atf_add_test_case thin
	atf_add_test_case killed
	atf_add_test_case killed_all
	atf_add_test_case alias
	atf_add_test_case killed_alias
}
