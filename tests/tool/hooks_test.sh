#! /usr/bin/env atf-sh
# SPDX-License-Identifier: BSD-2-Clause
# jail.conf(5) and jail(8): which command runs at which event, and how.

# SC2016: much here is for other shells.  SC2086: words are split.
# shellcheck disable=SC1091,SC2016,SC2086
. "$(atf_get_srcdir)/prog.sh"

root=$JAIL_TEST_ROOT
log=$PWD/log

# A jail.conf with one jail, called $name, that tells each of its events; more
# lines of its block from standard input.
make_conf() {
	[ -d "$root/bin" ] || make_root
	: >"$log"
	new_name "${1:-h}"
	{
		cat <<-END
		exec.prepare = 'echo prepare >>$log';
		exec.prestart = 'echo prestart >>$log';
		exec.created = 'echo created >>$log';
		exec.start = 'echo start >>/log';
		exec.poststart = 'echo poststart >>$log';
		exec.prestop = 'echo prestop >>$log';
		exec.stop = 'echo stop >>/log';
		exec.poststop = 'echo poststop >>$log';
		exec.release = 'echo release >>$log';
		mount = "$PWD/log $root/log nullfs rw 0 0";
		path = "$root";
		mount.devfs;
		"$name" {
			stop.timeout = 1;
		END
		cat
		echo '}'
	} >conf
	: >"$root/log"
}

# What has been told: words in order.
told() {
	atf_check_equal "$*" "$(tr '\n' ' ' <"$log" | sed 's/ $//')"
}

fresh() {
	: >"$log"
}

new_case create 'a creation: prepare prestart created start poststart'
create_body() {
	make_conf <<-END
	persist;
	END
	atf_check -o inline:"$name: created\n" jail -f conf -c "$name"
	told prepare prestart created start poststart
	fresh
	atf_check -o inline:"$name: removed\n" jail -f conf -r "$name"
	told prestop stop poststop release
	nothing_left
}

new_case create_fails 'it fails at step k: the steps up to k, then none'
create_fails_body() {
	for step in prepare prestart created start poststart; do
		case $step in start) in=/ ;; *) in=$PWD/ ;; esac
		make_conf "$step" <<-END
		persist;
		exec.$step += "echo $step-2 >>${in}log", "false", "echo no >>${in}log";
		END
		atf_check -s exit:1 -o ignore -e match:"$name: false: failed" \
		    jail -f conf -c "$name"
		set --
		for s in prepare prestart created start poststart; do
			set -- "$@" "$s"
			[ "$s" = "$step" ] && break
		done
		told "$@" "$step-2"
		nothing_left
	done
	# the step that makes the jail
	make_conf path <<-END
	path = "$PWD/none";
	persist;
	END
	atf_check -s exit:1 -e match:"$name: path $PWD/none: No such file" \
	    jail -f conf -c "$name"
	told prepare
	nothing_left
}

new_case remove_fails 'a failing prestop or stop leaves the jail up'
remove_fails_body() {
	make_conf <<-END
	persist;
	END
	atf_check -o ignore jail -f conf -c "$name"
	for step in prestop stop; do
		sed "s|stop.timeout.*|exec.$step += \"false\";|" conf >conf2
		fresh
		atf_check -s exit:1 -e inline:"jail: $name: false: failed\n" \
		    jail -f conf2 -r "$name"
		case $step in
		prestop) told prestop ;;
		stop) told prestop stop ;;
		esac
		atf_check -o inline:"$name\n" jls -j "$name" name
	done
	# a failing poststop goes on, and is told
	sed 's|stop.timeout.*|exec.poststop = "false"; stop.timeout = 1;|' \
	    conf >conf2
	fresh
	atf_check -s exit:1 -o inline:"$name: removed\n" \
	    -e inline:"jail: $name: false: failed\n" jail -f conf2 -r "$name"
	told prestop stop release
	nothing_left
}

new_case restart 'a restart: all of the removal, then all of the creation'
restart_body() {
	make_conf <<-END
	persist;
	END
	atf_check -o ignore jail -f conf -c "$name"
	fresh
	atf_check -o inline:"$name: removed\n$name: created\n" \
	    jail -f conf -rc "$name"
	told prestop stop poststop release \
	    prepare prestart created start poststart
	# the same for -mr where a parameter of the creation differs
	fresh
	atf_check -o inline:"$name: updated\n" jail -f conf -mr "$name"
	told ''
	sed 's|stop.timeout.*|stop.timeout = 1; osrelease = "9.9";|' \
	    conf >conf2
	atf_check -o inline:"$name: removed\n$name: created\n" \
	    jail -f conf2 -mr "$name"
	told prestop stop poststop release \
	    prepare prestart created start poststart
	atf_check -o ignore jail -f conf -r "$name"
	nothing_left
}

new_case recorded 'what was recorded runs, or what the file has'
recorded_body() {
	make_conf <<-END
	persist;
	END
	atf_check -o ignore jail -f conf -c "$name"
	fresh
	# no block of this name: as recorded
	echo 'other { path = /; }' >other
	atf_check -o ignore jail -f other -r "$name"
	told prestop stop poststop release
	atf_check -o ignore jail -f conf -c "$name"
	jid=$(jls -j "$name" jid)
	sed 's/echo poststop/echo changed/' conf >conf2
	fresh
	atf_check -o inline:"$name: removed\n" jail -f conf2 -r "$jid"
	told prestop stop changed release
	nothing_left
}

new_case death 'a jail that ends by itself: poststop release, once'
death_body() {
	make_conf <<-END
	exec.start += "sleep 1000 >/dev/null 2>&1 &";
	END
	atf_check -o ignore jail -f conf -c "$name"
	fresh
	jexec "$name" sh -c 'kill -9 -1'
	wait_for 5 grep -q release "$log"
	told poststop release
	wait_for 5 nothing_left
	sleep 1
	told poststop release
}

new_case keeper_killed 'the same with its keeper killed: by the next jail(8)'
keeper_killed_body() {
	make_conf <<-END
	exec.start += "sleep 1000 >/dev/null 2>&1 &";
	END
	cg=$(sed -n 's/.* \(\/[^ ]*\) .* - cgroup2 .*/\1/p' \
	    /proc/self/mountinfo | head -n 1)
	before=$(find "$cg" -path '*jail/keeper/cgroup.procs' -exec cat {} +)
	atf_check -o ignore jail -f conf -c "$name"
	find "$cg" -path '*jail/keeper/cgroup.procs' -exec cat {} + |
	    while read -r pid; do
		echo "$before" | grep -qx "$pid" || kill -9 "$pid"
	done
	fresh
	jexec "$name" sh -c 'kill -9 -1'
	wait_for 5 no_jail "$name" || atf_fail "$name is there"
	told ''
	# whatever it is asked to do
	atf_check -s exit:1 -e ignore jail -r "$name"
	told poststop release
	atf_check -s exit:1 -e ignore jail -r "$name"
	told poststop release
	nothing_left
}

new_case kill '-R runs nothing, -C what follows a removal'
kill_body() {
	make_conf <<-END
	persist;
	END
	atf_check -o ignore jail -f conf -c "$name"
	fresh
	atf_check jail -R "$name"
	sleep 0.5
	told ''
	nothing_left
	atf_check jail -f conf -C "$name"
	told poststop release
	nothing_left
}

new_case environment 'JID, JNAME, JPATH, and JROOT where the jail exists'
environment_body() {
	make_conf <<-END
	persist;
	END
	for h in prepare prestart created poststart prestop poststop release; do
		echo "exec.$h = 'echo $h \$JID,\$JNAME,\$JPATH,\$(test -z \$JROOT || ls \$JROOT/bin/busybox) >>$log';"
	done >hooks
	echo "exec.start = 'echo start \$JID,\$JNAME,\$JPATH >>/log';" >>hooks
	echo "exec.stop = 'echo stop \$JID,\$JNAME,\$JPATH >>/log';" >>hooks
	cat hooks >>conf
	unset JID
	atf_check -o ignore jail -f conf -c "$name"
	jid=$(jls -j "$name" jid)
	atf_check -o ignore jail -f conf -r "$name"
	atf_check -o inline:"prepare ,$name,$root,\n" sed -n 1p "$log"
	atf_check -o inline:"prestart ,$name,$root,\n" sed -n 2p "$log"
	atf_check -o match:"created $jid,$name,$root,/proc/[0-9]*/root/bin/bus" \
	    sed -n 3p "$log"
	atf_check -o inline:"start $jid,$name,$root\n" sed -n 4p "$log"
	atf_check -o match:"poststart $jid,$name,$root,/proc/[0-9]*/root/bin/b" \
	    sed -n 5p "$log"
	atf_check -o match:"prestop $jid,$name,$root,/proc/[0-9]*/root/bin/bus" \
	    sed -n 6p "$log"
	atf_check -o inline:"stop $jid,$name,$root\n" sed -n 7p "$log"
	atf_check -o inline:"poststop $jid,$name,$root,\n" sed -n 8p "$log"
	atf_check -o inline:"release $jid,$name,$root,\n" sed -n 9p "$log"
	nothing_left
}

new_case users 'users of commands on both sides, and exec.clean'
users_body() {
	make_conf <<-END
	persist;
	exec.system_user = nobody;
	exec.prestart = 'id -u >$PWD/out/host';
	exec.created = '';
	exec.prepare = '';
	exec.poststart = '';
	exec.jail_user = joe;
	exec.start = 'id -u >/tmp/jail';
	END
	mkdir out
	chmod 777 out "$root/tmp"
	atf_check -o ignore jail -f conf -c "$name"
	atf_check -o inline:"65534\n" cat out/host
	atf_check -o inline:"1234\n" cat "$root/tmp/jail"
	atf_check jail -R "$name"
	make_conf clean <<-END
	persist;
	exec.clean;
	exec.prestart = 'env >$PWD/out/env; pwd >>$PWD/out/env';
	exec.start = 'set >/tmp/set';
	END
	FOO=bar
	export FOO
	atf_check -o ignore jail -f conf -c "$name"
	atf_check -s exit:1 grep -q FOO out/env "$root/tmp/set"
	atf_check -o ignore grep -qx PATH=/bin:/usr/bin out/env
	atf_check -s exit:1 grep -q JID out/env
	atf_check jail -R "$name"
	make_conf nouser <<-END
	persist;
	exec.system_user = nosuchuser;
	END
	atf_check -s exit:1 -e match:"$name: nosuchuser: no such user" \
	    jail -f conf -c "$name"
	nothing_left
}

new_case timeout 'exec.timeout: the operation fails, the command goes on'
timeout_body() {
	make_conf <<-END
	persist;
	exec.timeout = 1;
	exec.poststart = "sleep 2; echo late >>$log";
	END
	atf_check -s exit:1 -o ignore -e match:"timed out" \
	    jail -f conf -c "$name"
	nothing_left
	wait_for 5 grep -q late "$log"
	make_conf <<-END
	persist;
	exec.timeout = 1;
	exec.stop = "sleep 3; echo late >>/log";
	END
	atf_check -o ignore jail -f conf -c "$name"
	fresh
	atf_check -s exit:1 -e match:"timed out" jail -f conf -r "$name"
	atf_check -o inline:"$name\n" jls -j "$name" name
	wait_for 6 grep -q late "$log"
	atf_check jail -R "$name"
	nothing_left
}

new_case consolelog 'exec.consolelog: output of commands in the jail, appended'
consolelog_body() {
	make_conf <<-END
	persist;
	exec.consolelog = "$PWD/console";
	exec.start = "echo one", "echo two >&2";
	exec.stop = "echo three";
	exec.poststart = "echo host";
	END
	atf_check -o inline:"$name: created\nhost\n" jail -f conf -c "$name"
	atf_check -o inline:"$name: removed\n" jail -f conf -r "$name"
	atf_check -o inline:"one\ntwo\nthree\n" cat console
	# below the root no link is followed: the jail may have made it
	make_conf link <<-END
	persist;
	exec.consolelog = "$root/var/console";
	END
	ln -s /tmp "$root/var"
	atf_check -s exit:1 -o ignore -e match:"exec.consolelog: " \
	    jail -f conf -c "$name"
	nothing_left
}

new_case background 'a lone & at the end: not waited for'
background_body() {
	make_conf <<-END
	persist;
	exec.poststart = "sh $PWD/stays &", "echo after";
	exec.prestart = "", "  ";
	END
	echo "echo \$\$ >$PWD/stays.pid; exec sleep 1000" >stays
	atf_check -o inline:"$name: created\nafter\n" jail -f conf -c "$name"
	wait_for 5 test -s stays.pid || atf_fail "it does not run"
	kill "$(cat stays.pid)"
	atf_check jail -R "$name"
	nothing_left
}

new_case interrupted 'SIGINT during a run over jails: undone, and said'
interrupted_body() {
	make_conf one <<-END
	persist;
	exec.poststart = "sleep 1000";
	END
	one=$name
	echo "\"$one-2\" { persist; exec.poststart = 'sleep 1000'; }" >>conf
	env --default-signal jail -f conf -c >out 2>&1 &
	pid=$!
	wait_for 5 sh -c "[ \"\$(pgrep -c -P $pid -x sleep)\" = 2 ]" ||
	    atf_fail "$(cat out)"
	kill -INT $pid
	# its sleeps are the host's, and hear of the keyboard only
	for child in $(pgrep -P $pid -x sleep); do
		kill $child
	done
	wait $pid
	atf_check_equal 1 $?
	nothing_left
}

atf_init_test_cases() {
	local c

	for c in create create_fails remove_fails restart recorded death \
	    keeper_killed kill environment users timeout consolelog background \
	    interrupted; do
		atf_add_test_case $c
	done
}
