#! /usr/bin/env atf-sh
# SPDX-License-Identifier: BSD-2-Clause
# jail(8): a jail that changes, what it runs meanwhile, and its end.

# SC2016: much here is for the shell in the jail.  SC2086: words are split.
# shellcheck disable=SC1091,SC2016,SC2086
. "$(atf_get_srcdir)/prog.sh"

root=$JAIL_TEST_ROOT

new_case modify '-m: host name, name, persist; all or nothing'
modify_body() {
	make_jail a host.hostname=one
	atf_check jail -m name="$name" host.hostname=two
	atf_check -o inline:"two\n" jls -j "$name" host.hostname
	atf_check -o inline:"two\n" jexec "$name" busybox hostname
	old=$name
	new_name b
	atf_check jail -m jid="$jid" name="$name"
	atf_check -o inline:"$jid\n" jls -j "$name" jid
	atf_check -s exit:1 jls -c -j "$old"
	atf_check -s exit:1 \
	    -e match:'path cannot be changed after creation' \
	    jail -m name="$name" host.hostname=three path=/tmp
	atf_check -o inline:"two\n" jls -j "$name" host.hostname
	atf_check -s exit:1 -e inline:"jail: \"$old\" not found\n" \
	    jail -m name="$old" persist
	atf_check -s exit:1 -e inline:"jail: no jail specified\n" \
	    jail -m host.hostname=x persist
	# Without processes, nopersist is its end.
	atf_check jail -m name="$name" nopersist
	wait_for 5 no_jail "$name" || atf_fail "$name is there"
	jls >/dev/null
	nothing_left
}

new_case persist 'persist and nopersist with a process inside'
persist_body() {
	make_jail a
	jexec_sleep 100
	atf_check jail -m name="$name" nopersist
	sleep 0.2
	atf_check jls -c -j "$name"
	atf_check jail -m name="$name" persist
	kill $pid
	wait $pid
	sleep 0.2
	atf_check jls -c -j "$name"
	jexec_sleep 100
	atf_check jail -m name="$name" nopersist
	kill $pid
	wait $pid
	wait_for 5 no_jail "$name" || atf_fail "$name is there"
}

new_case create_modify '-cm, -rc, -mr: what they do when it runs, and not'
create_modify_body() {
	make_root
	new_name a
	jail="path=$root name=$name"
	atf_check -s exit:1 -e inline:"jail: \"$name\" not found\n" \
	    jail -rc $jail persist
	atf_check -s exit:1 -e inline:"jail: \"$name\" not found\n" \
	    jail -mr $jail persist
	atf_check jail -cm $jail persist host.hostname=one
	jid=$(jls -j "$name" jid)
	atf_check jail -cm name="$name" host.hostname=two
	atf_check -o inline:"$jid two\n" jls -j "$name" jid host.hostname
	atf_check -s exit:1 -e inline:"jail: \"$name\" already exists\n" \
	    jail -c $jail persist
	atf_check jail -rc $jail persist host.hostname=three
	atf_check -o inline:"three\n" jls -j "$name" host.hostname
	[ "$(jls -j "$name" jid)" != "$jid" ] || atf_fail "the same jid"
	jid=$(jls -j "$name" jid)
	atf_check jail -mr $jail host.hostname=four persist
	atf_check -o inline:"$jid four\n" jls -j "$name" jid host.hostname
	atf_check jail -mr $jail sysvmsg=new persist
	atf_check -o inline:"new\n" jls -j "$name" sysvmsg
	[ "$(jls -j "$name" jid)" != "$jid" ] || atf_fail "the same jid"
	jid=$(jls -j "$name" jid)
	atf_check -s exit:1 -e inline:"jail: \"$jid\" already exists\n" \
	    jail -c jid="$jid" path="$root" persist
	atf_check jail -r "$jid"
	atf_check -s exit:1 -e inline:"jail: \"$name\" not found\n" \
	    jail -r "$name"
	atf_check -s exit:1 -e inline:"jail: \"$name\" not found\n" \
	    jail -R "$name"
	nothing_left
}

new_case hooks 'exec.start, exec.poststart, exec.stop: order, environment'
hooks_body() {
	make_root
	new_name a
	cat >expected <<-END
	start $name $root /
	start two
	poststart $name $root $PWD
	END
	atf_check -o save:out jail -c name="$name" path="$root" persist \
	    exec.start='echo start $JNAME $JPATH $(pwd); echo $JID >/tmp/jid' \
	    exec.start='echo start two' \
	    exec.poststart='echo poststart $JNAME $JPATH $(pwd)' \
	    exec.poststart="echo \$JID >$PWD/jid" \
	    exec.stop='echo stop $JID $JNAME' exec.stop=true
	atf_check -o file:expected cat out
	jid=$(jls -j "$name" jid)
	atf_check -o inline:"$jid\n$jid\n" cat "$root/tmp/jid" jid
	atf_check -o inline:"stop $jid $name\n" jail -r "$name"
	nothing_left
	# -R runs nothing.
	atf_check jail -c name="$name" path="$root" persist \
	    exec.stop='echo stop'
	atf_check jail -R "$name"
	# A stop that fails leaves the jail.
	atf_check jail -c name="$name" path="$root" persist \
	    exec.stop='(exit 3)' exec.stop='echo more'
	atf_check -s exit:1 -e inline:"jail: (exit 3): failed\n" jail -r "$name"
	atf_check jls -c -j "$name"
	atf_check jail -R "$name"
	# A jail of commands alone ends with the last of them.
	atf_check -o inline:"1\n2\n3\n" jail -c path="$root" \
	    exec.start='echo 1' exec.poststart='echo 3' command=echo 2
	nothing_left
}

new_case command_words 'the shell, and no shell'
command_words_body() {
	make_root
	# What the caller's shell has made words of stays so.
	atf_check -o inline:"a  b|c\$x\n" \
	    jail -c path="$root" command=echo 'a  b|c$x'
	# In a text without characters of the shell there is no quoting.
	atf_check -o inline:"a b\na  b\n" jail -c path="$root" \
	    exec.start='echo   a    b' exec.start='echo "a  b"' exec.start='' \
	    command=true
	nothing_left
}

new_case stop 'TERM first, then stop.timeout, then the end'
stop_body() {
	make_root
	new_name a
	# One that obeys has gone long before.
	atf_check jail -c name="$name" path="$root" mount.devfs stop.timeout=60 \
	    exec.start='(trap "echo bye >/tmp/bye; exit" TERM; echo ready >/tmp/ready; while :; do sleep 0.1; done) &'
	wait_for 5 [ -e "$root/tmp/ready" ] || atf_fail "no start"
	begin=$(now_ms)
	atf_check -o match:'^sent SIGTERM to: [0-9 ]+$' -o match:'removed$' \
	    jail -v -r "$name"
	[ $(($(now_ms) - begin)) -lt 30000 ] || atf_fail "it waited"
	atf_check -o inline:"bye\n" cat "$root/tmp/bye"
	nothing_left
	# One that ignores TERM is killed when the time is over.
	rm "$root/tmp/ready"
	atf_check jail -c name="$name" path="$root" mount.devfs stop.timeout=1 \
	    exec.start='(trap "" TERM; echo ready >/tmp/ready; while :; do sleep 0.1; done) &'
	wait_for 5 [ -e "$root/tmp/ready" ] || atf_fail "no start"
	begin=$(now_ms)
	atf_check jail -r "$name"
	took=$(($(now_ms) - begin))
	if [ $took -lt 900 ] || [ $took -ge 30000 ]; then
		atf_fail "took $took ms"
	fi
	nothing_left
	# 0: no TERM at all.
	rm "$root/tmp/ready" "$root/tmp/bye"
	atf_check jail -c name="$name" path="$root" mount.devfs stop.timeout=0 \
	    exec.start='(trap "echo bye >/tmp/bye" TERM; echo ready >/tmp/ready; while :; do sleep 0.1; done) &'
	wait_for 5 [ -e "$root/tmp/ready" ] || atf_fail "no start"
	atf_check -o not-match:SIGTERM -o match:removed jail -v -r "$name"
	[ ! -e "$root/tmp/bye" ] || atf_fail "TERM was sent"
	nothing_left
}

new_case failing_start 'an exec.start that fails leaves nothing'
failing_start_body() {
	make_root
	new_name a
	atf_check -s exit:1 -o inline:"one\n" \
	    -e inline:"jail: (exit 4): failed\n" \
	    jail -c name="$name" path="$root" persist exec.start='echo one' \
	    exec.start='(exit 4)' exec.start='echo two' command=echo three \
	    exec.poststart='echo four'
	nothing_left
	atf_check -s exit:1 -e match:'^jail: exec nonesuch: ' \
	    jail -c name="$name" path="$root" persist exec.start=nonesuch
	nothing_left
	# Also what it has put into the background.
	atf_check -s exit:1 -e ignore jail -c name="$name" path="$root" \
	    persist exec.start='sleep 100 &' exec.start=false
	nothing_left
	atf_check -s exit:1 -e inline:"jail: false: failed\n" \
	    jail -c name="$name" path="$root" persist exec.poststart=false
	nothing_left
	# Likewise a command, although it is persistent.
	atf_check -s exit:5 -e ignore jail -c name="$name" path="$root" \
	    persist command=sh -c 'exit 5'
	nothing_left
}

atf_init_test_cases() {
	for case in modify persist create_modify hooks command_words \
	    stop failing_start; do
		atf_add_test_case "$case"
	done
}
