#! /usr/bin/env atf-sh
# SPDX-License-Identifier: BSD-2-Clause
# jail(8) and what it starts: signals, terminals, sessions, the background.

# SC2016: much here is for the shell in the jail.  SC2086: words are split.
# shellcheck disable=SC1091,SC2016,SC2086
. "$(atf_get_srcdir)/prog.sh"

root=$JAIL_TEST_ROOT

new_case captured '$(jail -c ... persist) returns at once'
captured_body() {
	make_root
	new_name a
	begin=$(now_ms)
	x=$(timeout 30 jail -c name="$name" path="$root" persist \
	    mount.devfs exec.start='sleep 100 >/dev/null 2>&1 &' 2>&1)
	atf_check_equal 0 $?
	[ $(($(now_ms) - begin)) -lt 20000 ] || atf_fail "it waited"
	atf_check_equal "" "$x"
	atf_check jls -c -j "$name"
	x=$(timeout 30 jail -r "$name" 2>&1)
	atf_check_equal 0 $?
	x=$(timeout 30 jail -i -c name="$name" path="$root" persist)
	atf_check -o inline:"$x\n" jls -j "$name" jid
}

new_case cron 'no descriptors, no terminal' setsid
cron_body() {
	make_root
	new_name a
	atf_check setsid -w sh -c "exec jail -c name=$name path=$root persist \
	    mount.devfs exec.start='echo x; echo y >&2' <&- >&- 2>&-"
	atf_check jls -c -j "$name"
	atf_check setsid -w sh -c "exec jail -r $name <&- >&- 2>&-"
	nothing_left
	atf_check -s exit:3 setsid -w sh -c "exec jail -c path=$root \
	    command=/bin/sh -c 'cat; echo x >/tmp/ran; exit 3' <&- >&- 2>&-"
	atf_check -o inline:"x\n" cat "$root/tmp/ran"
	atf_check -o inline:"x\n" setsid -w jail -c path="$root" \
	    command=/bin/echo x </dev/null
	nothing_left
}

# Start jail(8) in the background with a command that creates tmp/ready: its
# words.  Sets pid.  The shell ignores INT and QUIT there.
start() {
	rm -f "$root/tmp/ready"
	env --default-signal=INT,QUIT jail -c path="$root" mount.devfs "$@" \
	    >out 2>&1 &
	pid=$!
	wait_for 5 [ -e "$root/tmp/ready" ] || atf_fail "no start"
}

new_case interrupted 'a signal to jail(8) ends the jail'
interrupted_body() {
	make_root
	for n in 1 2 3 15; do
		sig=$(kill -l $n)
		start persist exec.start='sleep 100 &' \
		    exec.start='touch /tmp/ready' command=sleep 100
		sleep 0.2
		begin=$(now_ms)
		kill -$n $pid
		wait $pid
		atf_check_equal "$sig $((128 + n))" "$sig $?"
		[ $(($(now_ms) - begin)) -lt 20000 ] || atf_fail "it waited"
		nothing_left
	done
}

new_case interrupted_start 'a signal during exec.start ends the jail too'
interrupted_start_body() {
	make_root
	for n in 2 15; do
		sig=$(kill -l $n)
		start persist exec.start='touch /tmp/ready' \
		    exec.start='sleep 100' exec.start='touch /tmp/more'
		sleep 0.2
		begin=$(now_ms)
		kill -$n $pid
		! wait $pid || atf_fail "$sig: exit status 0"
		[ $(($(now_ms) - begin)) -lt 20000 ] || atf_fail "it waited"
		[ ! -e "$root/tmp/more" ] || atf_fail "$sig: it went on"
		nothing_left
	done
}

new_case interrupted_shell 'an interrupt reaches what a shell waits for'
interrupted_shell_body() {
	make_root
	start command=sh -c 'touch /tmp/ready; sleep 100; touch /tmp/more'
	sleep 0.2
	begin=$(now_ms)
	kill -INT $pid
	wait $pid
	atf_check_equal 130 $?
	[ $(($(now_ms) - begin)) -lt 20000 ] || atf_fail "it waited"
	[ ! -e "$root/tmp/more" ] || atf_fail "the shell went on"
	nothing_left
}

new_case ignored 'a signal that jail(8) ignores, as below nohup, is nothing'
ignored_body() {
	make_root
	rm -f "$root/tmp/ready"
	(
		trap '' HUP INT
		exec jail -c path="$root" \
		    command=sh -c 'touch /tmp/ready; sleep 1'
	) >out 2>&1 &
	pid=$!
	wait_for 5 [ -e "$root/tmp/ready" ] || atf_fail "no start"
	kill -INT $pid
	kill -HUP $pid
	wait $pid
	atf_check_equal 0 $?
	nothing_left
}

new_case background 'what exec.start leaves running, and its end'
background_body() {
	make_root
	new_name a
	atf_check timeout 30 jail -c name="$name" path="$root" mount.devfs \
	    exec.start='while [ ! -e /tmp/over ]; do sleep 0.1; done &'
	atf_check jls -c -j "$name"
	touch "$root/tmp/over"
	wait_for 5 no_jail "$name" || atf_fail "$name is there"
	atf_check -o not-match:"^$name\$" jls name
	# The cgroup went with the next jls of root.
	nothing_left
}

new_case session 'a background process is not in the session of jail(8)'
session_body() {
	make_root
	new_name a
	atf_check setsid -w jail -c name="$name" path="$root" \
	    exec.start='sleep 100 &'
	atf_check jls -c -j "$name"
	atf_check jail -r "$name"
	nothing_left
}

atf_init_test_cases() {
	for case in captured cron interrupted interrupted_start \
	    interrupted_shell ignored background session; do
		atf_add_test_case "$case"
	done
}
