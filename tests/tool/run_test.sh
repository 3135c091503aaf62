#! /usr/bin/env atf-sh
# SPDX-License-Identifier: BSD-2-Clause
# jail(8): programs in jails, their ends, and what is left: nothing.

# SC2016: much here is for the shell in the jail.  SC2086: words are split.
# shellcheck disable=SC1091,SC2016,SC2086
. "$(atf_get_srcdir)/prog.sh"

root=$JAIL_TEST_ROOT

new_case static 'a static program: its line, its status, nothing left'
static_body() {
	mkdir root
	cp "$BUSYBOX" root/echo
	atf_check -o inline:"Hello from jail\n" \
	    jail -c path="$root" command=/echo Hello from jail
	nothing_left
	atf_check -o inline:"echo\n" ls root
}

new_case by_hand 'a dynamic program with its libraries copied by hand' ldd
by_hand_body() {
	copy_dynamic "$(command -v expr)" root
	atf_check -o inline:"42\n" jail -c path="$root" command=/bin/expr 6 '*' 7
	nothing_left
}

new_case thin 'a thin one in an empty directory'
thin_body() {
	mkdir root
	atf_check -o inline:"Hello from jail\n" \
	    jail -c path="$root" thin command=/bin/echo Hello from jail
	nothing_left
	atf_check ls -A root
	atf_check -s exit:1 -e inline:"jail: /bin/false: failed\n" \
	    jail -c path="$root" thin command=/bin/false
	nothing_left
	atf_check ls -A root
}

new_case status 'the exit status is the own one of the command'
status_body() {
	make_root
	atf_check jail -c path="$root" command=true
	for n in 1 2 100 126 127 128 200 255; do
		atf_check -s exit:$n -e inline:"jail: sh -c exit $n: failed\n" \
		    jail -c path="$root" command=sh -c "exit $n"
	done
	nothing_left
}

new_case signalled 'a command that a signal ends: 128 and the signal'
signalled_body() {
	make_root
	for n in 1 2 6 9 15; do
		text="kill -$n \$\$"
		atf_check -s exit:$((128 + n)) \
		    -e inline:"jail: sh -c $text: exited on signal $n\n" \
		    env --default-signal jail -c path="$root" command=sh -c "$text"
	done
	nothing_left
}

new_case not_started 'a command that cannot be started: 127 and 126'
not_started_body() {
	make_root
	atf_check -s exit:127 -o empty -e inline:\
"jail: exec nonesuch: No such file or directory\njail: nonesuch: failed\n" \
	    jail -c path="$root" command=nonesuch
	atf_check -s exit:127 -e match:'exec /bin/no: No such file' \
	    jail -c path="$root" command=/bin/no 1 2
	for file in /etc /etc/passwd; do
		atf_check -s exit:126 -e inline:\
"jail: exec $file: Permission denied\njail: $file: failed\n" \
		    jail -c path="$root" command=$file
	done
	echo neither >"$root/tmp/neither"
	chmod 755 "$root/tmp/neither"
	atf_check -s exit:126 -e match:'^jail: exec .*Exec format error' \
	    jail -c path="$root" command=/tmp/neither
	nothing_left
}

new_case not_started_thin 'thin: a command that is nowhere is 127 too'
not_started_thin_body() {
	mkdir root
	atf_check -s exit:127 -e inline:"jail: /bin/no: no such program\n" \
	    jail -c path="$root" thin command=/bin/no
	atf_check -s exit:127 -e match:'^jail: nonesuch: no such program' \
	    jail -c path="$root" thin command=nonesuch
	nothing_left
}

new_case interpreter 'a missing ELF interpreter is named, with a hint' ldd
interpreter_body() {
	mkdir -p root/bin
	cp "$(command -v expr)" root/bin/
	interp=$(interpreter_of root/bin/expr)
	atf_check -s exit:127 -o empty \
	    -e match:"^jail: ELF interpreter $interp not found, error 2" \
	    -e match:'"?thin"?' -e match:'^jail: /bin/expr 1: failed$' \
	    jail -c path="$root" command=/bin/expr 1
	printf '#!/bin/nosh\n' >root/bin/script
	chmod 755 root/bin/script
	atf_check -s exit:127 -e match:'interpreter /bin/nosh not found' \
	    jail -c path="$root" command=/bin/script
	nothing_left
}

new_case library 'a missing library is named' 'cc ldd'
library_body() {
	echo 'int one(void) { return 1; }' >one.c
	echo 'int one(void); int main(void) { return one(); }' >main.c
	atf_check cc -shared -fPIC -o libjt_one.so one.c
	atf_check cc -o main main.c -L. -ljt_one
	interp=$(interpreter_of main)
	mkdir -p root/bin "root${interp%/*}"
	cp main root/bin/
	cp -L "$interp" "root$interp"
	# The loader's own words.
	atf_check -s exit:127 -e match:'libjt_one\.so.*cannot open shared' \
	    -e match:'^jail: /bin/main: failed$' \
	    jail -c path="$root" command=/bin/main
	# The planner's.
	rm -r root
	mkdir -p root/bin
	cp main root/bin/
	atf_check -s not-exit:0 -o empty \
	    -e match:'^jail: .*/bin/main.*libjt_one\.so' \
	    jail -c path="$root" thin command=/bin/main
	nothing_left
	atf_check -o inline:"bin\n" ls root
}

new_case old_form 'path hostname ip command ...'
old_form_body() {
	make_root
	atf_check -o inline:"www.example.org -c\n" jail "$root" \
	    www.example.org "" /bin/sh -c 'echo $(cat /proc/sys/kernel/hostname \
	    2>/dev/null || busybox hostname) $0' -c
	atf_check -s exit:9 -e match:'failed' \
	    jail "$root" h "" /bin/sh -c 'exit 9'
	# Options apply, and end at the path.
	new_name old
	jail -i -J jidfile -n "$name" "$root" h "" /bin/busybox sleep 100 \
	    >jid.out 2>/dev/null &
	pid=$!
	wait_for 5 jls -c -j "$name" || atf_fail "$name does not run"
	jid=$(jls -j "$name" jid)
	atf_check -o inline:"$jid\n" cat jid.out
	atf_check jail -R "$name"
	wait $pid
	atf_check_equal 137 $?
	jail -J jidfile "$root" h "" /bin/sh -c 'exit 0' || atf_fail "-J"
	atf_check -o match:"^[0-9]+	$root	h		/bin/sh -c exit 0\$" \
	    cat jidfile
	# An address is for later; three words are too few.
	atf_check -s exit:1 -e match:'ip4.addr: not supported yet' \
	    jail "$root" h 127.0.0.1 /bin/true
	atf_check -s exit:1 -e match:'ip6.addr: not supported yet' \
	    jail "$root" h ::1 /bin/true
	atf_check -s exit:1 -e match:'^usage: jail' jail "$root" h ""
	atf_check -s exit:1 -e match:'^usage: jail' jail root h "" /bin/true
	nothing_left
}

new_case print_jid '-i prints the jid and nothing else'
print_jid_body() {
	make_root
	new_name a
	atf_check -o save:jid jail -i -c name="$name" path="$root" persist
	atf_check -o file:jid jls -j "$name" jid
	# It is printed before the command runs.
	atf_check -o match:'^[0-9]+$' -o match:'^x$' \
	    jail -i -c path="$root" command=echo x
}

new_case jid_file '-J'
jid_file_body() {
	make_root
	new_name a
	atf_check jail -J jidfile -c name="$name" path="$root" persist \
	    host.hostname='a b' allow.socket_af meta="it's"
	jid=$(jls -j "$name" jid)
	tr '\t' '\n' <jidfile >words
	atf_check -o inline:"jid=$jid\n" head -n 1 words
	atf_check -o match:"^name=$name\$" -o match:"^path=$root\$" \
	    -o match:'^host.hostname="a b"$' -o match:"^meta=\"it's\"\$" \
	    -o match:'^persist' cat words
	atf_check -o inline:"1\n" sh -c "wc -l <jidfile"
	atf_check -s exit:1 -e match:'^jail: open /nowhere/file: ' \
	    jail -J /nowhere/file -c path="$root" command=true
}

new_case quiet '-q and -v'
quiet_body() {
	make_root
	new_name a
	atf_check jail -c name="$name" path="$root" persist
	atf_check jail -r "$name"
	atf_check jail -q -c name="$name" path="$root" persist
	atf_check jail -q -r "$name"
	atf_check -o match:'jail_set\(JAIL_CREATE\).* name='"$name" \
	    -o match:'created$' \
	    jail -v -c name="$name" path="$root" persist
	atf_check -o match:'jail_set\(JAIL_UPDATE\)' -o match:'updated$' \
	    jail -v -m name="$name" allow.socket_af
	atf_check -o match:'removed$' jail -v -r "$name"
	# The last one counts.
	atf_check jail -vq -c path="$root" command=true
	atf_check -o match:'^run command in jail: true$' \
	    jail -qv -c path="$root" command=true
	# In FreeBSD's words, with the name that it was given.
	atf_check -o match:'^run command in jail as joe: id -un$' \
	    -o match:'^joe$' jail -vU joe -c path="$root" command=id -un
}

new_case users '-u, -U, exec.jail_user and exec.system_jail_user'
users_body() {
	make_root
	host_id=$(id -u nobody)
	jail="jail -c path=$root"
	atf_check -o inline:"0\n" $jail command=id -u
	atf_check -o inline:"1234\n" jail -U joe -c path="$root" command=id -u
	atf_check -o inline:"1234 50\n" \
	    jail -U joe -c path="$root" command=id -G
	atf_check -o inline:"$host_id\n" \
	    jail -u nobody -c path="$root" command=id -u
	atf_check -o inline:"1234\n" $jail exec.jail_user=joe command=id -u
	atf_check -o inline:"$host_id\n" $jail exec.jail_user=nobody \
	    exec.system_jail_user command=id -u
	atf_check -s exit:1 -e match:'nobody: no such user' \
	    $jail exec.jail_user=nobody command=id -u
	id joe 2>/dev/null || atf_check -s exit:1 \
	    -e match:'joe: no such user' jail -u joe -c path="$root" command=id
	# What is written is the user's on disk.
	mkdir -m 777 "$root/tmp/joe"
	atf_check $jail exec.jail_user=joe command=touch /tmp/joe/file
	atf_check -o inline:"1234:1234\n" stat -c %u:%g "$root/tmp/joe/file"
	nothing_left
}

new_case clean '-l and exec.clean'
clean_body() {
	make_root
	atf_check -o match:'^MINE=1$' \
	    env MINE=1 jail -c path="$root" command=env
	for how in "-l -c" "-c exec.clean"; do
		atf_check -o not-match:'^MINE=' -o match:'^TERM=vt100$' \
		    -o match:'^PATH=/bin:/usr/bin$' -o not-match:'^JID=' \
		    -o match:'^HOME=/home/joe$' -o match:'^USER=joe$' \
		    -o match:'^SHELL=/bin/sh$' \
		    env MINE=1 TERM=vt100 jail -U joe $how path="$root" \
		    command=env
	done
	atf_check -o inline:"/home/joe\n" \
	    jail -l -U joe -c path="$root" command=pwd
	atf_check -o inline:"/\n" jail -U joe -c path="$root" command=pwd
}

new_case options '-n, -s and -d'
options_body() {
	make_root
	new_name a
	atf_check jail -n "$name" -s 2 -c path="$root" persist
	atf_check -o inline:"$name 2\n" jls -j "$name" name securelevel
	atf_check -e inline:"jail: the 'allow.dying' parameter and '-d' flag are deprecated and have no effect.\n" \
	    jail -d -c path="$root" command=true
	# The end of options is the first word that is none.
	atf_check -o inline:"-v -q\n" \
	    jail -c path="$root" command=echo -v -q
	atf_check -o inline:"name=x\n" \
	    jail -c path="$root" command=echo name=x
	atf_check -o inline:"x\n" jail -c path="$root" command echo x
}

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

no_jail() {
	! jls -c -j "$1"
}

new_case persist 'persist and nopersist with a process inside'
persist_body() {
	make_jail a
	jexec "$name" sleep 100 &
	pid=$!
	wait_for 5 sh -c "[ -n \"\$(jexec $name sh -c 'kill -0 2 && echo y')\" ]"
	atf_check jail -m name="$name" nopersist
	sleep 0.2
	atf_check jls -c -j "$name"
	atf_check jail -m name="$name" persist
	kill $pid
	wait $pid
	sleep 0.2
	atf_check jls -c -j "$name"
	jexec "$name" sleep 100 &
	pid=$!
	sleep 0.3
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
	atf_check jail -c name="$name" path="$root" mount.devfs stop.timeout=8 \
	    exec.start='(trap "echo bye >/tmp/bye; exit" TERM; echo ready >/tmp/ready; while :; do sleep 0.1; done) &'
	wait_for 5 [ -e "$root/tmp/ready" ] || atf_fail "no start"
	begin=$(now_ms)
	atf_check -o match:'^sent SIGTERM to: [0-9 ]+$' -o match:'removed$' \
	    jail -v -r "$name"
	[ $(($(now_ms) - begin)) -lt 4000 ] || atf_fail "it waited"
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
	if [ $took -lt 900 ] || [ $took -ge 4000 ]; then
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

new_case usage 'what is wrong with the arguments: 1'
usage_body() {
	make_root
	for args in "" "-c -n x" "-x" "-r" "-R" "-cR name=x" "-mR x" "-r a=b" \
	    "-C" "-cC x" "-l -m name" "-n" "-J" "/ h" "relative h 1 /bin/true" \
	    "-e , x" "-e , -c" "-i"; do
		atf_check -s exit:1 -o empty -e match:'^usage: jail ' \
		    jail $args
	done
	jail="jail -c path=$root"
	atf_check -s exit:1 \
	    -e inline:"jail: persist: unknown boolean value \"maybe\"\n" \
	    $jail persist=maybe
	atf_check -s exit:1 \
	    -e inline:"jail: stop.timeout: non-integer value \"1x\"\n" \
	    $jail persist stop.timeout=1x
	atf_check -s exit:1 -e match:'^jail: new jail must persist or attach' \
	    $jail
	nothing_left
}

new_case unknown 'an unknown parameter, with what was meant'
unknown_body() {
	make_root
	jail="jail -c path=$root persist"
	atf_check -s exit:1 -e inline:\
"jail: unknown parameter: host.hostnme (did you mean host.hostname?)\n" \
	    $jail host.hostnme=x
	atf_check -s exit:1 -e inline:"jail: unknown parameter: wxyz\n" \
	    $jail wxyz=1
	atf_check -s exit:1 -e match:'^jail: unknown parameter: allow.mout ' \
	    $jail allow.mout
	nothing_left
}

new_case later 'what is for later says so and leaves nothing'
later_body() {
	make_root
	for param in ip4.addr=127.0.0.5 ip6.addr=::1 children.max=1 vnet \
	    vnet=new allow.raw_sockets allow.mount exec.fib=1 \
	    userns=inherit interface=lo zfs.dataset=x allow.chflags \
	    ip4.nosaddrsel; do
		word=${param%%=*}
		atf_check -s exit:1 -e match:"^jail: ${word%nosaddrsel}.*not supported yet" \
		    jail -c path="$root" persist "$param"
	done
	# The default of the same is no wish.
	atf_check jail -c path="$root" children.max=0 allow.nomount \
	    vnet=inherit command=true
	nothing_left
}

new_case bad_path 'a path that is none'
bad_path_body() {
	make_root
	echo x >file
	atf_check -s exit:1 \
	    -e inline:"jail: path root: not an absolute pathname\n" \
	    jail -c path=root persist
	atf_check -s exit:1 -e inline:"jail: path $PWD/file: Not a directory\n" \
	    jail -c path="$PWD/file" persist
	atf_check -s exit:1 -e inline:\
"jail: path $PWD/none: No such file or directory\n" \
	    jail -c path="$PWD/none" persist
	atf_check -s exit:1 -e inline:"jail: path $PWD/file/x: Not a directory\n" \
	    jail -c path="$PWD/file/x" persist
	nothing_left
}

# The tool where everybody can reach it: a parent directory may be private.
take_along() {
	cp "$(command -v jail)" ./jail || atf_fail "cp"
	chmod 755 . ./jail
}

new_case unprivileged 'help, version and syntax errors need no root'
unprivileged_body() {
	make_root
	take_along
	atf_check -o match:'^usage: jail ' $NOBODY ./jail --help
	atf_check -o match:'^jail [0-9]' $NOBODY ./jail --version
	atf_check -o match:'^persist	' $NOBODY ./jail --parameters
	atf_check -s exit:1 -e match:'^usage: jail ' $NOBODY ./jail
	atf_check -s exit:1 -e match:'^usage: jail ' $NOBODY ./jail -c -n x
	atf_check -s exit:1 -e match:'^jail: unknown parameter: nme ' \
	    $NOBODY ./jail -c nme=x persist
	atf_check -s exit:1 -e match:'^jail: persist: unknown boolean' \
	    $NOBODY ./jail -c persist=maybe path=/
	# All else does, and says so.
	atf_check -s exit:1 -e match:'^jail: .*Operation not permitted' \
	    $NOBODY ./jail -c path=/ command=/bin/true
	make_jail a
	atf_check -s exit:1 -e match:'^jail: .*Operation not permitted' \
	    $NOBODY ./jail -R "$name"
	atf_check -s exit:1 -e match:'^jail: .*Operation not permitted' \
	    $NOBODY ./jail -r "$name"
	atf_check -s exit:1 -e match:'^jail: .*Operation not permitted' \
	    $NOBODY ./jail -m name="$name" host.hostname=x
	atf_check jls -c -j "$name"
}

new_case captured '$(jail -c ... persist) returns at once'
captured_body() {
	make_root
	new_name a
	begin=$(now_ms)
	x=$(timeout 5 jail -c name="$name" path="$root" persist \
	    mount.devfs exec.start='sleep 100 >/dev/null 2>&1 &' 2>&1)
	atf_check_equal 0 $?
	[ $(($(now_ms) - begin)) -lt 3000 ] || atf_fail "it waited"
	atf_check_equal "" "$x"
	atf_check jls -c -j "$name"
	x=$(timeout 5 jail -r "$name" 2>&1)
	atf_check_equal 0 $?
	x=$(timeout 5 jail -i -c name="$name" path="$root" persist)
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
		[ $(($(now_ms) - begin)) -lt 3000 ] || atf_fail "it waited"
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
		[ $(($(now_ms) - begin)) -lt 3000 ] || atf_fail "it waited"
		[ ! -e "$root/tmp/more" ] || atf_fail "$sig: it went on"
		nothing_left
	done
}

new_case interrupted_shell 'an interrupt reaches what a shell waits for'
interrupted_shell_body() {
	make_root
	start command=sh -c 'touch /tmp/ready; sleep 8; touch /tmp/more'
	sleep 0.2
	begin=$(now_ms)
	kill -INT $pid
	wait $pid
	atf_check_equal 130 $?
	[ $(($(now_ms) - begin)) -lt 3000 ] || atf_fail "it waited"
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
	begin=$(now_ms)
	atf_check timeout 5 jail -c name="$name" path="$root" \
	    exec.start='sleep 2 &'
	[ $(($(now_ms) - begin)) -lt 1500 ] || atf_fail "it waited"
	atf_check jls -c -j "$name"
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

new_case whole_host 'path=/ shows the files of the host, not its interfaces'
whole_host_body() {
	echo mine >file
	atf_check jail -c path=/ command=/usr/bin/true
	atf_check -o inline:"mine\n" \
	    jail -c path=/ command=/bin/cat "$PWD/file"
	for dir in /proc /sys; do
		atf_check -o empty jail -c path=/ command=/bin/ls -A $dir
	done
	# A /dev below the host's may hold nodes: they are files like others.
	atf_check -s exit:1 -e ignore jail -c path=/ command=/bin/sh -c \
	    'for i in /dev/* /dev/*/*; do
	    [ -c "$i" -o -b "$i" ] && (: <"$i") && exit; done; exit 1'
	atf_check jail -c path=/ command=/usr/bin/test ! -e /dev/kmsg
	atf_check jail -c path=/ command=/bin/sh -c "echo new >>$PWD/file"
	atf_check -o inline:"mine\nnew\n" cat file
	atf_check -o inline:"1\n" jail -c path=/ mount.procfs mount.devfs \
	    command=/bin/sh -c 'ls -d /proc/1 | wc -l; echo >/dev/null'
	# path is / where none is given.
	atf_check jail -c command=/usr/bin/true
	nothing_left
}

new_case exposed '-v says when users of the host can reach what it writes'
exposed_body() {
	dir=$(mktemp -d /tmp/jail-test.XXXXXX) || atf_fail mktemp
	echo "$dir" >dirs
	root=$dir/private/root
	JAIL_TEST_ROOT=$root
	make_root
	chmod 755 "$dir" "$dir/private" "$root"
	atf_check -o match:"^warning: .*$root can be reached" \
	    jail -v -c path="$root" command=true
	atf_check jail -c path="$root" command=true
	# What its root may change is no protection.
	chmod 700 "$root"
	atf_check -o match:"^warning: .*$root can be reached" \
	    jail -v -c path="$root" command=true
	# A directory of somebody's, or of a group's, is none against them.
	for mode in '65534:0 700' '0:65534 710'; do
		chown "${mode% *}" "$dir/private"
		chmod "${mode#* }" "$dir/private"
		atf_check -o match:"^warning: .*$root can be reached" \
		    jail -v -c path="$root" command=true
	done
	chown 0:0 "$dir/private"
	chmod 700 "$dir/private"
	atf_check -o not-match:warning -o match:created \
	    jail -v -c path="$root" command=true
}
remove_dirs() {
	remove_jails
	[ ! -f dirs ] || while read -r dir; do
		rm -rf "$dir"
	done <dirs
}
exposed_cleanup() {
	remove_dirs
}

new_case exposed_mounts '-v says the same of what it mounts'
exposed_mounts_body() {
	dir=$(mktemp -d /tmp/jail-test.XXXXXX) || atf_fail mktemp
	echo "$dir" >dirs
	root=$dir/private/root
	JAIL_TEST_ROOT=$root
	make_root
	mkdir "$dir/data" "$root/mnt"
	: >"$dir/file"
	chmod 755 "$dir" "$dir/data"
	chmod 700 "$dir/private"
	warning="^warning: mount $dir/data can be reached .*, or mount it ro"
	line="$dir/data $root/mnt nullfs"
	for options in rw suid,exec nosuid rosy; do
		atf_check -s ignore -e ignore -o match:"$warning" jail -v \
		    -c path="$root" mount="$line $options" command=true
	done
	for options in ro rw,rdonly; do
		atf_check -o not-match:warning -o match:created jail -v \
		    -c path="$root" mount="$line $options" command=true
	done
	# A file, by an fstab; no warning for a tmpfs.
	printf '%s\n' "# one" "tmpfs $root/mnt tmpfs rw" \
	    "$dir/file $root/etc/passwd bind rw" >fstab
	atf_check -o match:"^warning: mount.fstab $dir/file can be reached" \
	    jail -v -c path="$root" mount.fstab="$PWD/fstab" command=true
	atf_check -o not-match:" $root can be" -o not-match:tmpfs.*can \
	    jail -v -c path="$root" mount.fstab="$PWD/fstab" command=true
	# Without -v nothing is said.
	atf_check jail -c path="$root" mount="$line rw" command=true
}
exposed_mounts_cleanup() {
	remove_dirs
}

atf_init_test_cases() {
	for case in static by_hand thin status signalled not_started \
	    not_started_thin interpreter library old_form print_jid jid_file \
	    quiet users clean options modify persist create_modify hooks \
	    command_words stop failing_start usage unknown later bad_path \
	    unprivileged captured cron interrupted interrupted_start \
	    interrupted_shell ignored background session \
	    whole_host exposed exposed_mounts; do
		atf_add_test_case "$case"
	done
}
