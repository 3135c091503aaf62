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

atf_init_test_cases() {
	for case in static by_hand thin status signalled not_started \
	    not_started_thin interpreter library whole_host; do
		atf_add_test_case "$case"
	done
}
