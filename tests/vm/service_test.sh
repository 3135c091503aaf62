#!/usr/bin/env atf-sh
# SPDX-License-Identifier: BSD-2-Clause
#
# Jails under systemd, with and without jail.service.  In a machine of
# tests/vm/run alone: systemd and its services are restarted here.

# shellcheck source=tests/tool/common.sh disable=SC1091
. "$(atf_get_srcdir)/../tool/common.sh"

place=/sys/fs/cgroup/system.slice/jail.service/jail
outside=/sys/fs/cgroup/jail

start_service() {
	cp "$JAIL_ROOT/lib/systemd/system/jail.service" /run/systemd/system/
	systemctl daemon-reload
	atf_check systemctl start jail
}

# By hand it is refused: this one may.
stop_service() {
	mkdir -p /run/systemd/system/jail.service.d
	printf '[Unit]\nRefuseManualStop=no\n' \
	    >/run/systemd/system/jail.service.d/test.conf
	systemctl daemon-reload
	systemctl stop jail
	[ ! -d "${place%/jail}/hold" ] ||
	    xargs kill <"${place%/jail}/hold/cgroup.procs"
	rm -r /run/systemd/system/jail.service*
	systemctl daemon-reload
	systemctl reset-failed jail
	return 0
}

service_case() {
	atf_test_case "$1" cleanup
	eval "$1_head() {
		atf_set descr '$2'
		atf_set require.user root
		atf_set require.files /run/jail-vm
		atf_set require.progs 'jail jls jexec busybox systemctl'
	}
	$1_cleanup() {
		remove_jails
		stop_service
	}"
}

# A jail with a process, and an idle one; then that both are as they were.
make_two() {
	make_jail busy mount.devfs exec.start="sleep 1000 &"
	busy=$name
	make_jail idle
	idle=$name
}

look_at_two() {
	for name in "$busy" "$idle"; do
		atf_check -o match:. jls -j "$name" jid
		atf_check -o inline:"in\n" jexec "$name" echo in
	done
	jid=$(jls -j "$busy" jid)
	atf_check -o match:"sleep 1000" xargs ps -o args= -p \
	    <"$1/$jid/payload/cgroup.procs"
	jail -m name="$idle" securelevel=1 || atf_fail "jail -m after $2"
}

service_case before 'jails that were there before the service'
before_body() {
	make_two
	look_at_two $outside "the start"
	start_service
	look_at_two $outside "systemctl start"
	make_jail new
	[ -d "$outside/$jid" ] || atf_fail "not with the others"
	atf_check -o inline:"3\n" sh -c 'jls name | grep -c .'
	remove_jails
	make_jail next
	[ -d "$place/$jid" ] || atf_fail "not in the service"
	[ ! -e $outside ] || atf_fail "$outside is still there"
}

service_case systemd 'systemd is told to read its files again, and itself'
systemd_body() {
	[ "$1" != "" ] || set -- $outside
	make_two
	for verb in daemon-reload daemon-reexec 'isolate multi-user.target'; do
		# shellcheck disable=SC2086 # words
		atf_check systemctl $verb
		sleep 2
		look_at_two "$1" "$verb"
	done
}

service_case service 'the same below the service, which cannot be stopped'
service_body() {
	start_service
	systemd_body $place
	for verb in restart stop; do
		atf_check -s not-exit:0 -e match:'Operation refused' \
		    systemctl $verb jail
	done
	atf_check -o match:'cpu.* memory pids' cat $place/../cgroup.controllers
	look_at_two $place "a stop that was refused"
	xargs kill -KILL <$place/../hold/cgroup.procs
	sleep 1
	atf_check systemctl daemon-reload
	look_at_two $place "the end of what holds the cgroup"
	atf_check -o inline:"active\n" systemctl is-active jail
}

service_case stopped 'the service stopped: all jails are removed'
stopped_body() {
	start_service
	make_two
	stop_service
	atf_check jls name
	[ ! -e $place ] || atf_fail "$place is still there"
	make_jail next
	[ -d "$outside/$jid" ] || atf_fail "no jail after that"
}

# Seconds, a command that succeeds by then: systemd takes its time.
wait_until() {
	local i=0

	until eval "$2" >/dev/null; do
		i=$((i + 1))
		[ $i -lt "$1" ] || atf_fail "$2: not in $1 seconds"
		sleep 1
	done
}

# What runs in a session, and all of it is ended with it.
service_case session 'the session that made the jail ends'
session_body() {
	make_root
	cat >script <<-END
	for name in $(name_of busy) $(name_of idle); do
		jail -q -c name=\$name path=$JAIL_TEST_ROOT persist \
		    mount.devfs exec.start="sleep 1000 &"
	done
	cat /proc/self/cgroup >$PWD/where
	sleep 1001
	END
	busy=$(name_of busy)
	idle=$(name_of idle)
	printf '%s\n' "$busy" "$idle" >jails
	systemd-run --quiet --pipe --wait -p User=root -p PAMName=login \
	    -p Environment="PATH=$PATH" sh "$PWD/script" &
	wait_until 60 "pgrep -x -f 'sleep 1001'"
	atf_check -o match:'session-.*scope' cat where
	atf_check loginctl terminate-user root
	wait_until 60 "! pgrep -x -f 'sleep 1001'"
	wait_until 60 "! mountpoint -q /run/user/0"
	look_at_two $outside "the session's end"
}

atf_init_test_cases() {
	for case in before systemd service stopped session; do
		atf_add_test_case "$case"
	done
}
