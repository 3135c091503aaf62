#!/usr/bin/env atf-sh
# SPDX-License-Identifier: BSD-2-Clause
#
# Whoever works for a jail dies, stops or freezes: its builder, its pid 1, the
# process that stands for a command, jexec.
#
# The moments are spread over the time that an undisturbed run takes.  The
# next jls leaves nothing, with one exception, which is counted as "late": a
# process that the builder had just made and that has not run yet still holds
# a copy of the builder's lock.  Then it is the jls after that.

# shellcheck source=tests/host/common.sh disable=SC1091
. "$(atf_get_srcdir)/common.sh"

stays=			# yes: the jail is complete once it is alive
MOMENTS=60		# of each of the six ways to start a jail

# A fresh random number below $1.
random() {
	echo $(($(od -An -N4 -tu4 /dev/urandom) % $1))
}

# One jls is enough, and the name is free at once.
settled() {
	jls >/dev/null || atf_fail "$1: jls: exit status $?"
	# with all done before it was killed, a persistent one stays
	if { [ "$stays" = yes ] || [ -f started ]; } &&
	    jls -j "$name" jid >/dev/null 2>&1; then
		jail -R "$name" 2>/dev/null
	fi
	if ! "$PWD/left" "$name" "$PWD" >left.out; then
		late=$((late + 1))
		sed "s/^/$1: at first: /" left.out
		sleep 0.02
		nothing_left "$1" "$name"
	fi
}

# Kill the given jail -c at many moments: short name, parameters.
kill_often() {
	local i usec whole

	helper left
	helper killat
	[ -d "$JAIL_TEST_ROOT/bin" ] || make_root
	: "${path:=$JAIL_TEST_ROOT}"
	name=$(name_of "$1")
	shift
	echo "$name" >>jails
	for i in 1 2 3 4 5; do
		HOSTTEST=$name "$PWD/killat" - jail -q -c "name=$name" \
		    "path=$path" ${ids:+"$ids"} "$@" 2>err | tail -n 1 >>usec
		[ -s err ] && atf_fail "undisturbed: $(cat err)"
		jail -R "$name" >/dev/null 2>&1
	done
	whole=$(sort -n usec | head -n 1)
	late=0
	killed=0
	i=0
	while [ "$i" -lt "$MOMENTS" ]; do
		i=$((i + 1))
		rm -f started
		usec=$((whole * i / MOMENTS + $(random 100)))
		HOSTTEST=$name "$PWD/killat" "$usec" jail -q -c "name=$name" \
		    "path=$path" ${ids:+"$ids"} "$@" >/dev/null 2>&1 &&
		    killed=$((killed + 1))
		if ! jail -q -c "name=$name-again" "path=$JAIL_TEST_ROOT" \
		    ${ids:+"$ids"} command=/bin/true 2>err; then
			atf_fail "$usec us: another one: $(cat err)"
		fi
		settled "killed after $usec us"
		jail -q -c "name=$name" "path=$JAIL_TEST_ROOT" \
		    ${ids:+"$ids"} command=/bin/true 2>err ||
		    atf_fail "$usec us: again: $(cat err)"
	done
	echo "$whole us; $killed of $MOMENTS killed, $late late"
	[ "$killed" -ge $((MOMENTS / 3)) ] ||
	    atf_fail "only $killed of $MOMENTS killed: the moments are wrong"
}

new_case command "the builder killed: with a command"
command_body() {
	kill_often cmd command=/bin/true
}

new_case persist "the builder killed: a jail that would stay"
persist_body() {
	stays=yes
	kill_often stay persist
}

new_case hooks "the builder killed: with exec.start and exec.poststart"
hooks_body() {
	kill_often hooks persist exec.start=/bin/true \
	    exec.start="/bin/sleep 0.002" exec.poststart="touch $PWD/started"
}

new_case long "the builder killed: a command that would not end"
long_body() {
	kill_often long exec.start="/bin/sleep 0.002" \
	    command="/bin/sh" -c "sleep 0.003; sleep 0.003"
}

new_case thin "the builder killed: a thin jail"
thin_body() {
	path=$PWD/thin
	mkdir "$path"
	kill_often thin thin command=/bin/true
}

new_case mounts "the builder killed: with mounts of every kind"
mounts_body() {
	make_root
	mkdir -p "$JAIL_TEST_ROOT/vol" "$JAIL_TEST_ROOT/dev/fd" vol
	kill_often mnt command=/bin/true mount.devfs mount.procfs \
	    mount.fdescfs \
	    mount="$PWD/vol $JAIL_TEST_ROOT/vol nullfs rw 0 0" \
	    mount="tmpfs $JAIL_TEST_ROOT/tmp tmpfs rw 0 0"
}

# A jail with a process.  Sets name, jid and dir.
make_busy() {
	helper left
	make_jail "$1" exec.start="/bin/sleep 1000 &"
	dir=$(cgroup_of "$jid")
	[ -n "$dir" ] || atf_fail "no cgroup of $jid"
}

new_case warden "its pid 1 killed"
warden_body() {
	make_busy warden
	kill -KILL "$(cat "$dir/cgroup.procs")"
	soon_nothing_left "warden killed" "$name"
	make_busy warden
	jexec_sleep 1000
	began=$(now_ms)
	kill -KILL "$(cat "$dir/cgroup.procs")"
	wait "$pid"
	atf_check_equal 137 $?
	in_time "jexec after its jail's end" 10000 "$began"
	soon_nothing_left "warden killed under jexec" "$name"
}

# As everybody is at a shutdown, which waits for all to end.
new_case told "its pid 1 told to end by the host, and by the jail"
told_body() {
	helper left
	make_jail idle
	atf_check jexec "$name" kill -TERM 1
	sleep 0.2
	atf_check -o ignore jls -j "$name" jid
	dir=$(cgroup_of "$jid")
	kill -TERM "$(cat "$dir/cgroup.procs")"
	soon_nothing_left "told, idle" "$name"
	# systemd clears away what is empty before it sends the signal.
	make_jail bare
	dir=$(cgroup_of "$jid")
	rmdir "$dir/payload" || atf_fail "rmdir payload"
	kill -TERM "$(cat "$dir/cgroup.procs")"
	soon_nothing_left "told, without a cgroup" "$name"
	# What is in it has the time that it needs.
	make_jail busy mount.devfs exec.start="/bin/sh -c 'trap \"sleep 1; echo done >/tmp/done; exit\" TERM; touch /tmp/ready; while :; do sleep 0.1; done' &"
	dir=$(cgroup_of "$jid")
	await -e "$JAIL_TEST_ROOT/tmp/ready"
	kill -TERM "$(cat "$dir/cgroup.procs")"
	sleep 0.2
	atf_check -o ignore jls -j "$name" jid
	xargs kill -TERM <"$dir/payload/cgroup.procs"
	soon_nothing_left "told, busy" "$name"
	atf_check -o inline:"done\n" cat "$JAIL_TEST_ROOT/tmp/done"
}

# No process of the jail is called so any more, within 10 s.
gone() {
	local pid since said

	since=$(now_ms)
	while :; do
		said=$(while read -r pid; do
			tr '\0' ' ' <"/proc/$pid/cmdline"
			echo
		done <"$dir/payload/cgroup.procs" 2>/dev/null)
		case $said in
		*"$1"*)	in_time "the end of $1" 10000 "$since" ;;
		*)	return ;;
		esac
	done
}

# The process in payload/ that is jexec's child.
stand_in() {
	local pid

	while read -r pid; do
		[ "$(awk '/^PPid/ { print $2 }' "/proc/$pid/status")" = "$1" ] &&
		    echo "$pid"
	done <"$dir/payload/cgroup.procs"
}

new_case stand_in "the process that stands for a command killed"
stand_in_body() {
	make_busy standin
	jexec_sleep 1001
	a=$(stand_in "$pid")
	[ -n "$a" ] || atf_fail "no process stands for the command"
	began=$(now_ms)
	kill -KILL "$a"
	wait "$pid"
	atf_check_equal 137 $?
	in_time "jexec" 10000 "$began"
	atf_check -o match:false jls -j "$name" dying
	gone "sleep 1001"	# its command ends with it
	jexec "$name" true || atf_fail "cannot be entered any more"
	atf_check jail -r "$name"
	nothing_left "removed" "$name"
}

new_case jexec_killed "jexec killed: its command ends"
jexec_killed_body() {
	make_busy jexeckill
	jexec_sleep 1002
	kill -KILL "$pid"
	wait "$pid"
	gone "sleep 1002"
	atf_check jail -r "$name"
	nothing_left "removed" "$name"
}

new_case stopped "jexec, the stand-in and the command stopped: jail -r works"
stopped_body() {
	local who

	for who in jexec stand_in both; do
		make_busy "stop$who"
		jexec_sleep 1003
		a=$(stand_in "$pid")
		case $who in
		jexec)		kill -STOP "$pid" ;;
		stand_in)	kill -STOP "$a" ;;
		both)		kill -STOP "$pid" "$a" ;;
		esac
		began=$(now_ms)
		# everything hears of it by SIGTERM first, for 1 s
		jail -m "name=$name" stop.timeout=1
		timeout 20 jail -r "$name" || atf_fail "$who: jail -r: $?"
		in_time "jail -r with $who stopped" 15000 "$began"
		kill -CONT "$pid" 2>/dev/null
		wait "$pid"
		nothing_left "$who stopped" "$name"
	done
}

new_case frozen "a frozen jail: jexec is bounded, jail -r works"
frozen_body() {
	make_busy frozen
	echo 1 >"$dir/cgroup.freeze"
	began=$(now_ms)
	atf_check -s exit:1 -o empty -e match:"no process started" \
	    timeout 30 jexec "$name" true
	in_time "jexec of a frozen jail" 15000 "$began"
	# once more while it is being looked for
	timeout 60 jexec "$name" true 2>/dev/null &
	pid=$!
	sleep 0.2
	began=$(now_ms)
	jail -m "name=$name" stop.timeout=1
	timeout 20 jail -r "$name" || atf_fail "jail -r: exit status $?"
	in_time "jail -r of a frozen jail" 15000 "$began"
	wait "$pid"
	in_time "jexec after that" 15000 "$began"
	nothing_left "frozen" "$name"
}

atf_init_test_cases() {
	atf_add_test_case command
	atf_add_test_case persist
	atf_add_test_case hooks
	atf_add_test_case long
	atf_add_test_case thin
	atf_add_test_case mounts
	atf_add_test_case warden
	atf_add_test_case told
	atf_add_test_case stand_in
	atf_add_test_case jexec_killed
	atf_add_test_case stopped
	atf_add_test_case frozen
}
