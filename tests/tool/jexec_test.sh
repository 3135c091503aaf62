#! /usr/bin/env atf-sh
# SPDX-License-Identifier: BSD-2-Clause
# jexec(8): status, environment, users, terminal, descriptors, signals.

# SC2016: much here is for the shell in the jail.
# shellcheck disable=SC1091,SC2016
. "$(atf_get_srcdir)/common.sh"

new_case status 'the exit status is the command of its own'
status_body() {
	make_jail a
	atf_check jexec "$name" true
	atf_check jexec "$jid" true
	atf_check -s exit:7 jexec "$name" sh -c 'exit 7'
	atf_check -s exit:137 jexec "$name" sh -c 'kill -9 $$'
	atf_check -s exit:143 jexec "$name" sh -c 'kill -15 $$'
}

new_case not_started 'a command that cannot be started'
not_started_body() {
	make_jail a
	atf_check -s exit:127 \
	    -e inline:"jexec: execvp: nonesuch: No such file or directory\n" \
	    jexec "$name" nonesuch
	atf_check -s exit:127 \
	    -e inline:"jexec: execvp: /bin/no: No such file or directory\n" \
	    jexec "$name" /bin/no
	atf_check -s exit:126 \
	    -e inline:"jexec: execvp: /etc/passwd: Permission denied\n" \
	    jexec "$name" /etc/passwd
	atf_check -s exit:126 \
	    -e inline:"jexec: execvp: /etc: Permission denied\n" \
	    jexec "$name" /etc
	printf 'neither\n' >"$JAIL_TEST_ROOT/tmp/neither"
	chmod 755 "$JAIL_TEST_ROOT/tmp/neither"
	atf_check -s exit:126 -e match:'Exec format error' \
	    jexec "$name" /tmp/neither
	atf_check -s exit:127 \
	    -e inline:"jexec: execlp: /bin/none: No such file or directory\n" \
	    env SHELL=/bin/none jexec "$name"
}

new_case interpreter 'an interpreter that is missing'
interpreter_body() {
	make_jail a
	cp "$(command -v sort)" "$JAIL_TEST_ROOT/bin/dynamic"
	atf_check -s exit:127 -e match:'ELF interpreter /.* not found' \
	    jexec "$name" dynamic
	printf '#!/bin/nonesuch\n' >"$JAIL_TEST_ROOT/bin/script"
	chmod 755 "$JAIL_TEST_ROOT/bin/script"
	atf_check -s exit:127 -e match:'interpreter /bin/nonesuch not found' \
	    jexec "$name" script
}

new_case errors 'what is wrong with the arguments'
errors_body() {
	make_jail a
	none=$(name_of none)
	usage="usage: jexec [-l] [-d dir] [-u username | -U username] jail [command ...]"
	atf_check -s exit:1 -e inline:"jexec: jail \"$none\" not found\n" \
	    jexec "$none" true
	atf_check -s exit:1 \
	    -e inline:"jexec: jail_attach(2000000): Invalid argument\n" \
	    jexec 2000000 true
	atf_check -s exit:1 -e inline:"$usage\n" jexec
	atf_check -s exit:1 -e match:'^usage: jexec' jexec -x "$name" true
	atf_check -s exit:1 -e inline:"$usage\n" \
	    jexec -u root -U root "$name" true
	atf_check -s exit:1 -e inline:"jexec: no-such-user: no such user\n" \
	    jexec -u no-such-user "$name" true
	atf_check -s exit:1 -e inline:"jexec: no-such-user: no such user\n" \
	    jexec -U no-such-user "$name" true
	atf_check -o inline:"$usage\n" jexec --help
	atf_check -o match:'^jexec [0-9]' jexec --version
}

new_case unprivileged 'only root enters a jail'
unprivileged_body() {
	make_jail a
	cp "$(command -v jexec)" ./jexec && chmod 755 . ./jexec
	atf_check -s exit:1 \
	    -e inline:"jexec: jail_attach($jid): Operation not permitted\n" \
	    setpriv --reuid 65534 --regid 65534 --clear-groups \
	    ./jexec "$jid" true
}

new_case environment 'the environment, clean and not'
environment_body() {
	make_jail a
	atf_check -o match:'^MINE=1$' env MINE=1 jexec "$name" env
	atf_check -o not-match:'^MINE=' env MINE=1 jexec -l "$name" env
	cat >expected <<-'END'
	HOME=/root
	PATH=/bin:/usr/bin
	SHELL=/bin/sh
	TERM=vt100
	USER=root
	END
	TERM=vt100 jexec -l "$name" env >out || atf_fail "jexec -l"
	atf_check -o file:expected sort out
	env -u TERM jexec -lU joe "$name" env >out || atf_fail "jexec -lU"
	cat >expected <<-'END'
	HOME=/home/joe
	PATH=/bin:/usr/bin
	SHELL=/bin/sh
	USER=joe
	END
	atf_check -o file:expected sort out
	atf_check -o match:'^MINE=1$' -o match:'^USER=joe$' \
	    -o match:'^HOME=/home/joe$' -o match:'^SHELL=/bin/sh$' \
	    env MINE=1 jexec -U joe "$name" env
}

new_case users '-u and -U'
users_body() {
	make_jail a
	atf_check -o inline:"0\n" jexec "$name" id -u
	atf_check -o inline:"1234\n" jexec -U joe "$name" id -u
	atf_check -o inline:"1234 50\n" jexec -U joe "$name" id -G
	atf_check -o inline:"1234\n" jexec -U 1234 "$name" id -u
	atf_check -o inline:"$(id -u nobody)\n" jexec -u nobody "$name" id -u
	# joe is not the host's.
	id joe 2>/dev/null || atf_check -s exit:1 \
	    -e inline:"jexec: joe: no such user\n" jexec -u joe "$name" id
	chmod 700 "$JAIL_TEST_ROOT/root"
	atf_check -s exit:1 -e ignore jexec -U joe "$name" ls /root
}

new_case directory 'the directory: root, -d, home with -l'
directory_body() {
	make_jail a
	atf_check -o inline:"/\n" jexec "$name" pwd
	atf_check -o inline:"/bin\n" jexec -d /bin "$name" pwd
	atf_check -o inline:"/root\n" jexec -l "$name" pwd
	atf_check -o inline:"/home/joe\n" jexec -lU joe "$name" pwd
	atf_check -o inline:"/\n" jexec -U joe "$name" pwd
	atf_check -o inline:"/bin\n" jexec -l -d /bin "$name" pwd
	atf_check -s exit:1 \
	    -e inline:"jexec: chdir: /none: No such file or directory\n" \
	    jexec -d /none "$name" pwd
}

new_case operands 'options end at the jail'
operands_body() {
	make_jail a
	atf_check -o inline:"-l -u x\n" jexec "$name" echo -l -u x
	atf_check -o inline:"0\n" jexec -n "$name" id -u
}

new_case shell 'without a command a shell runs'
shell_body() {
	make_jail a
	echo 'echo I am in; exit 3' >input
	atf_check -s exit:3 -o match:'I am in' -e ignore \
	    env SHELL=/bin/sh jexec "$name" <input
	atf_check -s exit:3 -o match:'I am in' -e ignore \
	    env -u SHELL jexec "$name" <input
	atf_check -s exit:3 -o match:'I am in' -e ignore \
	    env SHELL=/none jexec -l "$name" <input
}

new_case binary 'a mebibyte of anything passes both ways'
binary_body() {
	make_jail a
	dd if=/dev/urandom of=data bs=1024 count=1024 2>/dev/null
	sum=$(sha256sum <data)
	atf_check -o inline:"$sum\n" jexec "$name" sha256sum <data
	jexec "$name" cat <data >copy || atf_fail "jexec cat"
	atf_check cmp data copy
	dd if=data bs=4096 2>/dev/null | jexec "$name" cat | dd bs=512 of=copy \
	    2>/dev/null
	atf_check cmp data copy
	atf_check -o empty -e inline:"x\n" jexec "$name" sh -c 'echo x >&2'
}

new_case closed 'closed descriptors are /dev/null'
closed_body() {
	make_jail a
	atf_check sh -c "jexec $name cat <&-"
	atf_check sh -c "jexec $name true <&- >&- 2>&-"
	atf_check -o inline:"x\n" sh -c "jexec $name echo x <&-"
}

new_case host_directory 'a directory of the host is refused'
host_directory_body() {
	make_jail a
	atf_check -s exit:1 -e match:'standard input is a directory' \
	    jexec "$name" true </dev
	atf_check -s exit:1 -e match:'standard input is a directory' \
	    jexec "$name" true <"$JAIL_TEST_ROOT"
}

new_case terminal 'a terminal is one of the jail' python3
terminal_body() {
	make_jail a mount.devfs
	atf_check -o match:'^/dev/pts/[0-9]+$' \
	    "$on_pty" -- jexec "$name" tty
	atf_check -s exit:5 "$on_pty" -- jexec "$name" sh -c 'exit 5'
	# Each of the three that is a terminal, and no other.
	atf_check -o match:'^0: yes$' -o match:'^1: yes$' -o match:'^2: yes$' \
	    "$on_pty" -- jexec "$name" sh -c \
	    'for i in 0 1 2; do test -t $i && echo $i: yes; done'
	atf_check -o match:'^0: no$' -o match:'^1: yes$' \
	    "$on_pty" -- sh -c "echo x | jexec $name sh -c \
	    'test -t 0 || echo 0: no; test -t 1 && echo 1: yes'"
	atf_check -o match:'^1: no$' "$on_pty" -- sh -c \
	    "jexec $name sh -c 'test -t 0 && test -t 1 || echo 1: no' | cat"
	# Its owner is the user.
	atf_check -o match:'^wrote$' "$on_pty" -- jexec -U joe "$name" \
	    sh -c 'echo wrote >/dev/tty'
	# A jail without /dev has a terminal too.
	make_jail b
	atf_check -o match:'^yes$' "$on_pty" -- jexec "$name" \
	    sh -c 'test -t 0 && echo yes'
}

new_case window 'the size of the window' python3
window_body() {
	make_jail a mount.devfs
	atf_check -o match:'^33 111$' "$on_pty" size:33x111 -- \
	    jexec "$name" stty size
	atf_check -o match:'^44 55$' "$on_pty" size:33x111 expect:go size:44x55 \
	    send:'\r' -- jexec "$name" sh -c 'echo go; read x; stty size'
	atf_check -o match:'^changed$' "$on_pty" size:33x111 expect:go \
	    size:44x55 expect:changed -- jexec "$name" sh -c \
	    'trap "echo changed; exit 0" WINCH; echo go
	    while :; do sleep 1; done'
}

new_case job_control 'job control works inside' python3
job_control_body() {
	make_jail a mount.devfs mount.procfs
	# What is typed is echoed; only what runs prints "run" and "=1".
	run="(echo r''un; exec sleep 100)\\r"
	atf_check -s exit:9 -o match:'st=130' -o match:'tstp=1' \
	    "$on_pty" expect:'P>' send:"$run" expect:run send:'\x03' \
	    expect:'P>' send:'echo st=$?\r' expect:st=130 expect:'P>' \
	    send:"$run" expect:run send:'\x1a' expect:Stopped expect:'P>' \
	    send:'echo tstp=$((0 + 1))\r' expect:tstp=1 expect:'P>' \
	    send:'kill -9 %1\r' expect:'P>' send:'exit 9\rexit 9\r' -- \
	    env PS1='P> ' jexec "$name" sh -i
}

new_case terminal_restored 'the terminal is as it was' python3
terminal_restored_body() {
	make_jail a mount.devfs
	atf_check -o match:'got x' "$on_pty" mode:lines expect:go mode:raw \
	    signal:TSTP stopped: mode:lines signal:CONT mode:raw \
	    send:'x\r' expect:'got x' -- \
	    jexec "$name" sh -c 'echo go; read x; echo got $x'
	# A shell around it outlives it, to look.
	atf_check -o match:'^after$' "$on_pty" -- sh -c \
	    "jexec $name stty raw -echo; stty -a | grep -q ' icanon' &&
	    echo after"
	atf_check -s exit:143 -o match:'^after' "$on_pty" expect:go mode:raw \
	    send:'\r' -- sh -c "jexec $name sh -c \
	    'echo go; read x; kill -15 \$\$'
	    s=\$?; stty -a | grep -q ' icanon' && echo after; exit \$s"
}

new_case pipeline 'the keyboard is left to the rest of a pipeline' python3
pipeline_body() {
	make_jail a
	atf_check -o match:'^PIPE line=abc$' "$on_pty" expect:go mode:lines \
	    send:'abc\r' expect:PIPE -- sh -c \
	    "jexec $name sh -c 'echo go >&2; read x; echo line=\$x' |
	    sed 's/^/PIPE /'"
	# ^D ends the input there as well.
	atf_check -o match:'^PIPE abc$' "$on_pty" expect:go send:'abc\r' \
	    send:'\x04' -- sh -c \
	    "jexec $name sh -c 'echo go >&2; cat' | sed 's/^/PIPE /'"
}

new_case big_terminal 'nothing is lost on a terminal' python3
big_terminal_body() {
	make_jail a
	atf_check -o save:out "$on_pty" -- jexec "$name" sh -c \
	    'i=0; while [ $i -lt 20000 ]; do echo line $i; i=$((i + 1)); done'
	i=0
	while [ $i -lt 20000 ]; do
		echo "line $i"
		i=$((i + 1))
	done >expected
	atf_check cmp expected out
	# What is printed last arrives, each time.
	for _ in 1 2 3 4 5 6 7 8 9 10; do
		atf_check -o inline:"last\n" "$on_pty" -- jexec "$name" echo last
	done
}

new_case hang_up 'a terminal that goes takes the inner one along' python3
hang_up_body() {
	make_jail a mount.devfs
	atf_check -s exit:4 -o ignore "$on_pty" expect:go close: -- \
	    jexec "$name" sh -c \
	    'trap "touch /tmp/hup; exit 4" HUP; echo go
	    while :; do sleep 1; done'
	[ -e "$JAIL_TEST_ROOT/tmp/hup" ] || atf_fail "no SIGHUP"
}

# Start a command that says "go", to be read from descriptor 3 after that.
# The shell ignores INT and QUIT for what it starts in the background.
start() {
	rm -f fifo
	mkfifo fifo
	env "--default-signal=${2-INT,QUIT}" jexec "$name" sh -c "$1" >fifo &
	pid=$!
	exec 3<fifo
	read -r line <&3
	[ "$line" = go ] || atf_fail "it does not go"
}

new_case signals 'signals are passed on'
signals_body() {
	make_jail a
	for sig in HUP INT QUIT TERM USR1 USR2; do
		start "trap 'echo got $sig; exit 5' $sig; echo go
		    while :; do sleep 1; done"
		kill -$sig $pid
		atf_check -o inline:"got $sig\n" timeout 30 cat <&3
		wait $pid
		atf_check_equal 5 $?
	done
}

new_case ignored 'ignored signals are not passed on'
ignored_body() {
	make_jail a
	start "trap 'echo got INT' INT; trap 'echo got TERM; exit 5' TERM
	    echo go; while :; do sleep 1; done" TERM
	kill -INT $pid
	kill -TERM $pid
	atf_check -o inline:"got TERM\n" timeout 30 cat <&3
	wait $pid
	atf_check_equal 5 $?
}

new_case killed 'the end of jexec is the end of the command'
killed_body() {
	make_jail a
	start 'echo go; exec sleep 1000'
	kill -KILL $pid
	# The end of file comes when the last writer has gone.
	atf_check -o empty timeout 30 cat <&3
	wait $pid
	atf_check_equal 137 $?
}

new_case removed 'the end of the jail is the end of jexec'
removed_body() {
	make_jail a
	start 'echo go; exec sleep 1000'
	atf_check -o ignore jail -R "$name"
	wait $pid
	atf_check_equal 137 $?
}

atf_init_test_cases() {
	for case in status not_started interpreter errors unprivileged \
	    environment users directory operands shell binary closed \
	    host_directory terminal window job_control terminal_restored \
	    pipeline big_terminal hang_up signals ignored killed removed; do
		atf_add_test_case "$case"
	done
}
