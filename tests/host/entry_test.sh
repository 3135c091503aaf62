#!/usr/bin/env atf-sh
# SPDX-License-Identifier: BSD-2-Clause
#
# Attacks on the way in: by the jail's root on processes that enter, by a user
# of the host on locks, by a strange /proc, by a jid that changes hands.
#
# That attacker.c would see a process which does not hide is shown by the case
# "exposed": there jexec runs with its prctl(PR_SET_DUMPABLE) undone by a
# tracer, and with fs.suid_dumpable=1, since otherwise the kernel makes a process
# that changes its ids undumpable by itself.

# shellcheck source=tests/host/common.sh disable=SC1091
. "$(atf_get_srcdir)/common.sh"

# Whatever gives root of the jail more capabilities.
ALL_CAPS="allow.set_hostname allow.raw_sockets allow.mlock allow.read_msgbuf
    allow.reserved_ports allow.chflags allow.sysvipc allow.socket_af
    allow.unprivileged_proc_debug ip4=inherit ip6=inherit"

# Those of ALL_CAPS that this version grants.
granted() {
	local param

	for param in $ALL_CAPS; do
		if jail -q -c "name=$(name_of try)" path=/ ${ids:+"$ids"} \
		    "$param" \
		    command=/bin/true >/dev/null 2>&1; then
			printf '%s ' "$param"
		fi
	done
}

make_attacked() {
	local program

	helper left
	make_root
	for program in attacker entered; do
		atf_check cc -std=gnu17 -O1 -D_GNU_SOURCE -static -no-pie \
		    -o "$JAIL_TEST_ROOT/$program" "$host_dir/$program.c"
	done
	params=$(granted)
	echo "granted: $params"
}

# Stop the attackers; what they said goes to ./said.
attack_ends() {
	local since

	touch "$JAIL_TEST_ROOT/stop"
	since=$(now_ms)
	while [ "$(grep -c ^legit "$JAIL_TEST_ROOT/said")" -lt 2 ]; do
		in_time "the attackers' end" 30000 "$since"
		sleep 0.02
	done
	sort "$JAIL_TEST_ROOT/said" | uniq -c | sort -rn | head -n 20
	# of what may be seen something was, or nothing was tried
	grep -q '^legit [1-9]' "$JAIL_TEST_ROOT/said" ||
	    atf_fail "the attackers saw nothing at all"
}

# Enter 300 times, with or without a program in front of jexec.
attack_jexec() {
	local i n="$1"

	shift
	# shellcheck disable=SC2086 # words
	make_jail attacked mount.procfs $params exec.start="/attacker &"
	await -e "$JAIL_TEST_ROOT/ready"
	i=0
	while [ "$i" -lt "$n" ]; do
		HOSTMARK=secret "$@" jexec -l "$name" /entered \
		    </dev/null >/dev/null 2>&1 ||
		    atf_fail "jexec number $i: exit status $?"
		i=$((i + 1))
	done
	attack_ends
}

nothing_of_the_host() {
	if grep '^HOST' "$JAIL_TEST_ROOT/said" | head -n 20 >&2 &&
	    grep -q '^HOST' "$JAIL_TEST_ROOT/said"; then
		atf_fail "the jail's root got hold of an entering process"
	fi
}

new_case jexec "300 entries under attack"
jexec_body() {
	make_attacked
	attack_jexec 300
	nothing_of_the_host
}

new_case start "exec.start and command under attack"
start_body() {
	local i

	make_attacked
	name=$(name_of attackstart)
	echo "$name" >>jails
	set -- exec.start="/attacker &"
	i=0
	while [ "$i" -lt 100 ]; do
		set -- "$@" exec.start=/entered
		i=$((i + 1))
	done
	# shellcheck disable=SC2086 # words
	HOSTMARK=secret jail -l -q -c "name=$name" "path=$JAIL_TEST_ROOT" \
	    ${ids:+"$ids"} persist mount.procfs $params "$@" \
	    command=/entered \
	    </dev/null >/dev/null 2>&1 || atf_fail "jail -c: exit status $?"
	attack_ends
	nothing_of_the_host
}

# fs.suid_dumpable, for a while.
suid_dumpable() {
	[ -f suid_dumpable ] || cat /proc/sys/fs/suid_dumpable >suid_dumpable
	echo "$1" >/proc/sys/fs/suid_dumpable || atf_skip "fs.suid_dumpable"
}

restore_dumpable() {
	[ ! -f suid_dumpable ] ||
	    cat suid_dumpable >/proc/sys/fs/suid_dumpable
}

new_case dumpable "100 entries under attack with fs.suid_dumpable=1"
dumpable_body() {
	make_attacked
	suid_dumpable 1
	attack_jexec 100
	nothing_of_the_host
}
dumpable_cleanup() {
	restore_dumpable
	tidy
}

new_case exposed "the attack works on a process that does not hide"
exposed_body() {
	make_attacked
	build_failcall
	suid_dumpable 1
	attack_jexec 20 "$PWD/failcall" hit expose
	[ "$(grep -c '^HOST' "$JAIL_TEST_ROOT/said")" -gt 10 ] ||
	    atf_fail "the attack was not noticed"
}
exposed_cleanup() {
	restore_dumpable
	tidy
}

# ---- locks ----

new_case locks "nobody holds every lock that it can get"
locks_body() {
	local began since tree

	helper left
	helper lockall
	make_jail locks exec.start="/bin/sleep 1000 &"
	tree=$(dirname "$(cgroup_of "$jid")")
	chmod o+x . 2>/dev/null
	"$PWD/lockall" "$tree" "$(command -v jail)" "$(command -v jexec)" \
	    "$JAIL_TEST_ROOT" >locks &
	echo $! >lockall.pid
	since=$(now_ms)
	until grep -q '^[1-9][0-9]* locks' locks; do
		in_time "nobody's locks" 30000 "$since"
		sleep 0.05
	done
	# they are real ones
	flock -n "$tree" true && atf_fail "nobody did not get the lock"
	flock -n "$tree/$jid" true && atf_fail "nobody did not get the lock"
	began=$(now_ms)
	atf_check -o ignore timeout 30 jls
	in_time jls 10000 "$began"
	began=$(now_ms)
	atf_check timeout 30 jexec "$name" true
	in_time jexec 10000 "$began"
	began=$(now_ms)
	atf_check timeout 30 jail -m "name=$name" securelevel=1
	in_time "jail -m" 10000 "$began"
	echo "$name-2" >>jails
	began=$(now_ms)
	atf_check timeout 30 jail -q -c "name=$name-2" \
	    "path=$JAIL_TEST_ROOT" ${ids:+"$ids"} command=/bin/sleep 0.2
	in_time "jail -c" 10000 "$began"
	began=$(now_ms)
	atf_check timeout 30 jail -R "$name"
	in_time "jail -R" 10000 "$began"
	kill "$(cat lockall.pid)"
	nothing_left locks "$name"
}
locks_cleanup() {
	[ ! -f lockall.pid ] || kill "$(cat lockall.pid)" 2>/dev/null
	tidy
}

# ---- /proc ----

# A whole life with another /proc: what is done to it first.
live_without() {
	helper left
	[ -d "$JAIL_TEST_ROOT/bin" ] || make_root
	mkdir -p thin
	name=$(name_of "proc")
	echo "$name" >>jails
	cat >life <<-END
	set -e
	$1
	jail -q -c name=$name path=$JAIL_TEST_ROOT $ids persist mount.procfs \
	    mount.devfs exec.start=/bin/true
	test "\$(jexec $name cat /proc/1/comm </dev/null)" != ""
	jls -j $name name
	jail -r $name
	jail -q -c name=$name path=$PWD/thin $ids thin command=/bin/true
	END
	atf_check -o inline:"$name\n" timeout 30 unshare -m sh ./life
	nothing_left "$1" "$name"
}

new_case proc_covered "a host /proc that is partly covered"
proc_covered_body() {
	live_without "mount -t tmpfs none /proc/sys/kernel
	    mount --bind /dev/null /proc/timer_list"
}

new_case proc_readonly "a host /proc that is read-only"
proc_readonly_body() {
	live_without "mount -o remount,bind,ro /proc"
}

new_case proc_hidden "a host /proc behind an empty directory"
proc_hidden_body() {
	live_without "mount -t tmpfs none /proc"
}

new_case proc_none "no /proc at all"
proc_none_body() {
	live_without "umount -l /proc"
}

# ---- a jid that changes hands ----

# Let a command wait where it takes its lock; another jail gets its jid.
exchanged() {
	make_jail first
	first=$name
	second=$(name_of second)
	echo "$second" >>jails
	strace -q -o trace -e trace=flock \
	    -e inject=flock:delay_enter=4000000 "$@" \
	    >out 2>&1 &
	pid=$!
	sleep 1.5
	atf_check jail -R "$first"
	atf_check -o ignore jail -q -c "jid=$jid" "name=$second" \
	    "path=$JAIL_TEST_ROOT" persist
	wait "$pid"
	status=$?
	cat out trace
	grep -q INJECTED trace || grep -q DELAYED trace ||
	    atf_fail "it did not wait"
	atf_check -o inline:"$second -1\n" jls -j "$jid" name securelevel
	atf_check jexec "$second" true
	atf_check jail -R "$second"
}

new_case jid_remove "removal: its jid goes to another jail meanwhile" strace
jid_remove_body() {
	helper left
	exchanged jail -R "$(name_of first)"
	nothing_left remove "$second"
}

new_case jid_update "a change: its jid goes to another jail meanwhile" strace
jid_update_body() {
	exchanged jail -m "name=$(name_of first)" securelevel=2
	[ "$status" -ne 0 ] || atf_fail "jail -m says that it did it"
}

# The one who started the first jail is stopped, then goes on: with what it
# does at the end of a start, or of a failed one.
new_case jid_start "a start: its jid goes to another jail meanwhile"
jid_start_body() {
	helper left
	[ -d "$JAIL_TEST_ROOT/bin" ] || make_root
	first=$(name_of first)
	second=$(name_of second)
	printf '%s\n' "$first" "$second" >>jails
	jail -i -c "name=$first" "path=$JAIL_TEST_ROOT" \
	    command=/bin/sleep 1000 >jid 2>err &
	pid=$!
	await -s jid
	sleep 0.3
	jid=$(cat jid)
	kill -STOP "$pid"
	atf_check jail -R "$first"
	jail -q -c "jid=$jid" "name=$second" "path=$JAIL_TEST_ROOT" \
	    exec.poststart="sleep 4" exec.start="/bin/sleep 8 &" &
	other=$!
	wait_for 5 jls -c -j "$second" || atf_fail "$second does not start"
	atf_check -o inline:"$second\n" jls -j "$jid" name
	kill -CONT "$pid"
	wait "$pid"
	sleep 0.2
	atf_check -o inline:"$second\n" jls -j "$jid" name
	wait "$other"
	atf_check_equal 0 $?
	atf_check jail -R "$second"
	nothing_left start "$second"
}

# Others that run these add to them.
CASES="jexec start dumpable exposed locks proc_covered proc_readonly
    proc_hidden proc_none jid_remove jid_update jid_start"

atf_init_test_cases() {
	for case in $CASES; do
		atf_add_test_case "$case"
	done
}
