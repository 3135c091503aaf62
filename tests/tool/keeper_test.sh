#!/usr/bin/env atf-sh
# SPDX-License-Identifier: BSD-2-Clause
#
# What follows a jail's end happens once, whatever ends the jail and whoever is
# killed meanwhile: keeper_prog.c, compiled here, makes the jails and does the
# work, which is two lines in a file.

# SC2046, SC2086: words are split.
# shellcheck disable=SC1091,SC2046,SC2086
. "$(atf_get_srcdir)/prog.sh"

keepers=$prog_dir/keepers.py
log=$PWD/log
both="step 1\nstep 2\n"

make_prog() {
	compile_prog keeper_prog
	make_root
}

# A jail that stays, with a keeper: its short name.  Sets name, jid and id.
make_kept() {
	name=$(name_of "$1")
	set -- $("$prog" create "$name" "$JAIL_TEST_ROOT" "$log")
	[ $# -eq 2 ] || atf_fail "create $name"
	jid=$1 id=$2
}

# One that is being started by $starter, whose standard input is fd 9: its
# short name, more arguments.
make_held() {
	name=$(name_of "$1")
	shift
	rm -f words said && mkfifo words
	"$prog" start "$name" "$JAIL_TEST_ROOT" "$log" "$@" <words >said &
	starter=$!
	exec 9>words
	wait_for 5 test -s said || atf_fail "start $name"
	read -r jid id <said
}

# The jail ends as if its first process had died.
kill_jail() {
	local dir

	dir=$(cgroup_of "$1")
	[ -d "$dir" ] || atf_fail "no cgroup of $1"
	echo 1 >"$dir/cgroup.kill"
	wait_for 5 is_empty "$dir" || atf_fail "jail $1 does not die"
}

is_empty() {
	[ ! -d "$1" ] || grep -q "^populated 0" "$1/cgroup.events"
}

keeper_of() {
	"$keepers" "$1" | sed -n 's/^[a-z]*ing \([0-9]*\) .*/\1/p'
}

kill_keeper() {
	local pid

	pid=$(keeper_of "$1")
	[ -n "$pid" ] || atf_fail "no keeper of $1"
	kill -KILL $pid
	wait_for 5 no_keeper "$1" || atf_fail "the keeper does not die"
}

no_keeper() {
	[ -z "$(keeper_of "$1")" ]
}

is_working() {
	"$keepers" "$1" | grep "^working " >/dev/null
}

is_clean() {
	[ -z "$("$keepers" "$1")" ]
}

# Nothing is left of the jail, its keeper or its record; the work is as given.
gone_with() {
	wait_for 5 is_clean "$jid" ||
	    atf_fail "something is left: $("$keepers" "$jid" | paste -sd ,) \
$(getfattr -d -m - "$(cgroup_of "$jid")" 2>&1 | paste -sd ,) \
$(cat "$(cgroup_of "$jid")"/*/cgroup.procs "$(cgroup_of "$jid")"/cgroup.events | paste -sd ,)"
	nothing_left
	if [ -z "$1" ]; then
		[ ! -e log ] || atf_fail "something followed: $(cat log)"
	else
		atf_check -o inline:"$1" cat log
	fi
	rm -f log
}

# For cleanups: also what waits or has been left for its work.
remove_jails() {
	local left path pid

	rm -f log.[12]
	jls -d jid path | while read -r left path; do
		case $path in
		"$PWD" | "$PWD"/*)
			jail -R "$left" >/dev/null 2>&1
			for pid in $(keeper_of "$left"); do
				kill -KILL "$pid"
			done
			[ ! -x keeper_prog ] ||
			    timeout 30 ./keeper_prog unfinished "$log" ;;
		esac
	done
	return 0
}

new_case kept "a keeper waits for a jail, apart from who started it" cc
kept_body() {
	local pid

	make_prog
	# on both sides of those that it has
	exec 3>low 9>high
	make_kept kept
	exec 3>&- 9>&-
	pid=$(keeper_of "$jid")
	atf_check -o inline:"waiting $pid $jid\nlisted $jid\nthere $jid 0\n" \
	    "$keepers" "$jid"
	# nobody's child, in a session of its own, with nothing of the starter
	atf_check -o match:"^ *$pid\$" ps -o sid= -q "$pid"
	atf_check -o match:'^SigBlk:\s0*$' -o match:'^SigIgn:\s0*$' \
	    -o match:'^SigCgt:\s0*$' cat "/proc/$pid/status"
	atf_check -o inline:"/\n" readlink "/proc/$pid/cwd"
	for fd in 0 1 2; do
		atf_check -o inline:"/dev/null\n" readlink "/proc/$pid/fd/$fd"
	done
	atf_check_equal 5 $(find "/proc/$pid/fd" -type l | wc -l)
	# its title takes CAP_SYS_RESOURCE
	cap=0x$(sed -n 's/^CapEff:[[:space:]]*//p' /proc/self/status)
	[ $((cap >> 24 & 1)) -eq 0 ] ||
	    atf_check -o inline:"jail: keeper of $jid\n" ps -o args= -q "$pid"
	atf_check -s exit:1 -o empty -e inline:"keeper_prog: jail $jid has a \
keeper [EEXIST]\n" "$prog" keep "$jid" "$id" "$log"
	atf_check -s exit:1 -e inline:"keeper_prog: jail $jid not found \
[ENOENT]\n" "$prog" keep "$jid" 1 "$log"
	atf_check_equal "$pid" "$(keeper_of "$jid")"
	atf_check jail -R "$name"
	gone_with ""
}

new_case end "who removes the jail does the work, with its record" cc
end_body() {
	make_prog
	make_kept end
	touch log.1
	"$prog" end "$jid" "$id" "$log" >said &
	wait_for 5 test -s said || atf_fail "not ended"
	atf_check -o inline:"mine\n" cat said
	# dying meanwhile: unseen, its name free, its jid not
	atf_check -o not-match:"^$jid\$" jls jid
	atf_check -o match:"^$jid true $name\$" jls -d jid dying name
	atf_check -s exit:1 -e match:"jail $jid is dying" \
	    jail -c "jid=$jid" "path=$JAIL_TEST_ROOT" persist
	atf_check jail -q -c "name=$name" "path=$JAIL_TEST_ROOT" persist
	atf_check jail -R "$name"
	# another one who ends it neither waits nor works, nor do others
	atf_check -o inline:"not mine\n" \
	    timeout 30 "$prog" end "$jid" "$id" "$log"
	atf_check timeout 30 "$prog" remove "$jid"
	atf_check timeout 30 "$prog" unfinished "$log"
	atf_check -s not-exit:0 -e ignore timeout 30 jail -m "jid=$jid" persist
	[ ! -e log ] || atf_fail "the work was not paused: $(cat log)"
	rm log.1
	wait
	gone_with "$both"
	atf_check -o inline:"not mine\n" "$prog" end "$jid" "$id" "$log"
	gone_with ""
}

new_case ends_itself "the keeper works when the jail ends by itself" cc
ends_itself_body() {
	make_prog
	make_kept itself
	kill_jail "$jid"
	gone_with "$both"
	# with its last process, and with what it kept it
	make_kept processes
	atf_check jexec "$name" true
	"$keepers" "$jid" | grep "^waiting " >/dev/null || atf_fail "no keeper"
	jexec_sleep 1000
	atf_check jail -m "name=$name" nopersist
	[ ! -e log ] || atf_fail "it has ended too early"
	kill -TERM $(pids_of "$jid")
	wait
	gone_with "$both"
	make_kept idle
	atf_check jail -m "name=$name" nopersist
	gone_with "$both"
}

new_case removed "a call of jail_remove leaves the work to the keeper" cc
removed_body() {
	make_prog
	make_kept removed
	touch log.1
	atf_check timeout 30 "$prog" remove "$jid"
	atf_check -o not-match:"^$jid\$" jls jid
	wait_for 5 is_working "$jid" ||
	    atf_fail "the keeper does not work"
	rm log.1
	gone_with "$both"
}

new_case force "nothing follows jail -R" cc
force_body() {
	make_prog
	make_kept force
	atf_check jail -R "$name"
	gone_with ""
	# whatever has been left of it
	make_kept half
	kill_keeper "$jid"
	kill_jail "$jid"
	atf_check -o ignore jls
	atf_check -o inline:"listed $jid\nthere $jid 0\n" "$keepers" "$jid"
	atf_check "$prog" force "$jid" "$id"
	atf_check "$prog" unfinished "$log"
	gone_with ""
	# and it does not wait for who is at work
	make_kept busy
	touch log.1
	kill_jail "$jid"
	wait_for 5 is_working "$jid" || atf_fail "the keeper does not work"
	atf_check timeout 30 "$prog" force "$jid" "$id"
	rm log.1
	gone_with "$both"
}

new_case keeper_killed "without its keeper the next one finds the work" cc
keeper_killed_body() {
	make_prog
	make_kept killed
	atf_check "$prog" unfinished "$log"
	kill_keeper "$jid"
	# a living jail is left alone
	atf_check "$prog" unfinished "$log"
	atf_check -o match:"^$jid\$" jls jid
	kill_jail "$jid"
	# who only looks gives back what is the kernel's
	atf_check -o not-match:"^$jid\$" jls jid
	atf_check -o not-match:"^$jid\$" jls jid
	[ ! -e log ] || atf_fail "jls has worked: $(cat log)"
	atf_check -o match:"^there $jid 0\$" "$keepers" "$jid"
	[ ! -d "$(cgroup_of "$jid")/payload" ] || atf_fail "it is not removed"
	atf_check "$prog" unfinished "$log"
	gone_with "$both"
	atf_check "$prog" unfinished "$log"
	gone_with ""
	# at work: what was begun is not begun again
	make_kept at_work
	touch log.2
	kill_jail "$jid"
	wait_for 5 is_working "$jid" || atf_fail "the keeper does not work"
	wait_for 5 test -s log || atf_fail "no step"
	atf_check timeout 30 "$prog" unfinished "$log"
	kill_keeper "$jid"
	rm log.2
	atf_check "$prog" unfinished "$log"
	gone_with "$both"
}

new_case remover_killed "the keeper does what a killed remover left" cc
remover_killed_body() {
	local pid

	make_prog
	make_kept remover
	touch log.1
	"$prog" end "$jid" "$id" "$log" >said &
	pid=$!
	wait_for 5 test -s said || atf_fail "not ended"
	kill -KILL $pid
	wait_for 5 is_working "$jid" ||
	    atf_fail "the keeper does not work"
	[ ! -e log ] || atf_fail "the work was not paused: $(cat log)"
	rm log.1
	gone_with "$both"
}

new_case start_ends "a success of the start is followed, a failure is not" cc
start_ends_body() {
	make_prog
	# it fails
	make_held fails
	"$keepers" "$jid" | grep "^waiting " >/dev/null || atf_fail "no keeper"
	exec 9>&-
	wait $starter || atf_fail "the start failed"
	gone_with ""
	# it succeeds: nothing keeps the jail, and its starter removes it
	make_held ends
	echo release >&9
	wait $starter || atf_fail "the start failed"
	atf_check -o match:'^mine$' cat said
	gone_with "$both"
	# it stays, and ends later
	make_held stays persist
	echo release >&9
	wait $starter || atf_fail "the start failed"
	atf_check -o match:'^not mine$' cat said
	atf_check -o match:"^$jid\$" jls jid
	kill_jail "$jid"
	gone_with "$both"
	# the starter dies: the next who looks clears it away
	for how in "" persist; do
		make_held dies $how
		kill -KILL $starter
		wait $starter
		atf_check -o ignore jls
		gone_with ""
		make_held dies $how
		kill -KILL $starter
		wait $starter
		atf_check -o inline:"not mine\n" \
		    "$prog" end "$jid" "$id" "$log"
		gone_with ""
	done
}

new_case ends_in_start "a jail that ends while it is started" cc
ends_in_start_body() {
	make_prog
	# whether anything follows is for the starter to say
	for word in fail release release.persist; do
		make_held in_start $(expr "$word" : '.*\.\(.*\)')
		kill_jail "$jid"
		atf_check -o not-match:"^$jid\$" jls jid
		atf_check "$prog" unfinished "$log"
		sleep 0.2
		[ ! -e log ] || atf_fail "something followed: $(cat log)"
		echo ${word%.*} >&9
		wait $starter || atf_fail "the start failed"
		case $word in
		fail)	gone_with "" ;;
		*)	atf_check -o match:"^mine$" cat said
			gone_with "$both" ;;
		esac
	done
	# he dies
	make_held in_start
	kill_jail "$jid"
	kill -KILL $starter
	wait $starter
	gone_with ""
	# somebody removes it: that is an end
	make_held in_start
	atf_check -o inline:"mine\n" "$prog" end "$jid" "$id" "$log"
	echo fail >&9
	wait $starter || atf_fail "the start failed"
	gone_with "$both"
}

new_case leaving "a keeper that is leaving hides none that was killed" cc
leaving_body() {
	local dir stopped

	make_prog
	make_kept leaving
	stopped=$(keeper_of "$jid")
	kill -STOP "$stopped"
	atf_check -o inline:"mine\n" "$prog" end "$jid" "$id" "$log"
	atf_check -o inline:"$both" cat log
	# nor does one that was killed and cleared away hide the next
	for i in 1 2; do
		make_kept "killed$i"
		dir=$(cgroup_of "$jid")
		kill_keeper "$jid"
		kill_jail "$jid"
		rm log
		atf_check "$prog" unfinished "$log"
		[ ! -d "$dir" ] || atf_fail "it is not found"
		atf_check -o inline:"$both" cat log
		atf_check "$keepers" "$jid"
	done
	kill -CONT "$stopped"
	wait_for 5 no_keepers || atf_fail "left: $("$keepers")"
	nothing_left
}

no_keepers() {
	! "$keepers" | grep -v ^there >/dev/null
}

is_finished() {
	"$prog" unfinished "$log" && [ ! -d "$dir" ]
}

new_case race "100 jails, each ended by four at once" cc
race_body() {
	local dir i

	make_prog
	printf '%b' "$both" >want
	for i in $(seq 100); do
		make_kept race
		dir=$(cgroup_of "$jid")
		[ $((i % 3)) -ne 0 ] || kill -KILL $(keeper_of "$jid")
		case $((i % 4)) in
		0)	kill_jail "$jid" & ;;
		1)	"$prog" remove "$jid" & ;;
		2)	"$prog" end "$jid" "$id" "$log" >/dev/null & ;;
		3)	jail -m "name=$name" nopersist & ;;
		esac
		"$prog" unfinished "$log" &
		"$prog" end "$jid" "$id" "$log" >/dev/null &
		jls >/dev/null &
		[ $((i % 5)) -ne 0 ] || kill -KILL $(keeper_of "$jid")
		wait
		# all of them may have left it to one that was killed
		wait_for 5 is_finished || atf_fail "round $i: $dir is left"
		# what was begun by one that was killed is not done again
		[ -z "$(sort log 2>&1 | uniq -d)" ] ||
		    atf_fail "round $i: $(cat log)"
		cmp -s want log || [ $((i % 5)) -eq 0 ] ||
		    atf_fail "round $i: $(cat log)"
		rm -f log
	done 2>err
	# the shell's words on what was killed, and names that had gone
	grep -v "Killed\|not found\|usage: kill\|is dying" err
	# the next jail(8) takes off the list what a killed one left on it
	"$prog" unfinished "$log"
	wait_for 5 no_keepers || atf_fail "left: $("$keepers")"
	nothing_left
}

new_case many "30 keepers, and jids that come back" cc
many_body() {
	local i

	make_prog
	for i in $(seq 30); do
		make_kept "many$i"
		echo "$jid" >>jids
	done
	atf_check_equal 30 $("$keepers" | grep -c ^listed)
	while read -r jid; do
		kill_jail "$jid"
	done <jids
	while read -r jid; do
		wait_for 5 is_clean "$jid" || atf_fail "jail $jid is left"
	done <jids
	atf_check_equal 30 $(grep -c "^step 1$" log)
	atf_check_equal 30 $(grep -c "^step 2$" log)
	atf_check_equal 60 $(wc -l <log)
	atf_check -o not-match:listed "$keepers"
}

new_case stop "SIGTERM, the pids, and the wait; the first process" cc
stop_body() {
	make_prog
	make_kept stop
	atf_check -o inline:"$(cat "$(cgroup_of "$jid")/cgroup.procs")\n" \
	    "$prog" warden "$jid" "$id"
	atf_check -s exit:1 -e match:"jail $jid not found \[ENOENT\]" \
	    "$prog" warden "$jid" 1
	# nobody there
	atf_check timeout 30 "$prog" stop "$jid" "$id"
	jexec "$name" sh -c 'trap "sleep 0.3; exit 0" TERM; echo ready
	    while :; do sleep 0.1; done' >out 2>&1 &
	wait_for 5 test -s out || atf_fail "no process"
	since=$(now_ms)
	timeout 30 "$prog" stop "$jid" "$id" >stopped || atf_fail "stop: $?"
	took=$(($(now_ms) - since))
	[ $took -ge 250 ] || atf_fail "it did not wait: $took ms"
	[ $took -lt 25000 ] || atf_fail "it took $took ms"
	[ -s stopped ] || atf_fail "no pids"
	atf_check -s exit:1 -e match:"jail $jid not found \[ENOENT\]" \
	    "$prog" stop "$jid" 1
	wait
	atf_check jail -R "$name"
	gone_with ""
}

atf_init_test_cases() {
	atf_add_test_case kept
	atf_add_test_case end
	atf_add_test_case leaving
	atf_add_test_case ends_itself
	atf_add_test_case removed
	atf_add_test_case force
	atf_add_test_case keeper_killed
	atf_add_test_case remover_killed
	atf_add_test_case start_ends
	atf_add_test_case ends_in_start
	atf_add_test_case race
	atf_add_test_case many
	atf_add_test_case stop
}
