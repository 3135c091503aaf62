#! /usr/bin/env atf-sh
# SPDX-License-Identifier: BSD-2-Clause
# What a parameter needs of the host: it works, or it is refused with a reason.

# SC2086: words are split.
# shellcheck disable=SC1091,SC2086
. "$(atf_get_srcdir)/prog.sh"

root=$JAIL_TEST_ROOT

# Sets with_sysctl: jail(8) where the file of /proc/sys has another text.
make_with_sysctl() {
	cat >with_sysctl <<-END
	#!/bin/sh
	echo "\$1" >text
	shift
	exec unshare --mount sh -c 'mount --bind text $1 && exec jail "\$@"' \
	    - "\$@"
	END
	chmod +x with_sysctl
	with_sysctl=$PWD/with_sysctl
}

new_case mlock 'allow.mlock where the limit cannot be lifted' setpriv prlimit
mlock_body() {
	make_jail a
	poor="setpriv --bounding-set=-sys_resource
	    prlimit --memlock=65536:65536 jail"
	said="^jail: allow.mlock: to lift the limit .* takes CAP_SYS_RESOURCE"
	atf_check -s exit:1 -e match:"$said" \
	    $poor -c path="$root" allow.mlock command=true
	atf_check -s exit:1 -e match:"$said" $poor -m name="$name" allow.mlock
	atf_check -o inline:"false\n" jls -j "$name" allow.mlock
	# what is not wished for needs nothing
	atf_check $poor -c path="$root" allow.nomlock command=true
}

new_case mlock_lifted 'allow.mlock lifts the limit' prlimit
mlock_lifted_body() {
	make_root
	prlimit --memlock=unlimited true 2>/dev/null ||
	    atf_skip "root has no CAP_SYS_RESOURCE here"
	limited="prlimit --memlock=65536:65536 jail"
	atf_check -o inline:"64\n" \
	    $limited -c path="$root" command=sh -c 'ulimit -l'
	atf_check -o inline:"unlimited\n" \
	    $limited -c path="$root" allow.mlock command=sh -c 'ulimit -l'
}

new_case messages 'allow.read_msgbuf and kernel.dmesg_restrict' unshare
messages_body() {
	make_jail a
	make_with_sysctl /proc/sys/kernel/dmesg_restrict
	said='^jail: allow.read_msgbuf: with kernel.dmesg_restrict=1 '
	atf_check -s exit:1 -e match:"$said" "$with_sysctl" 1 \
	    -c path="$root" allow.read_msgbuf command=true
	atf_check -s exit:1 -e match:"$said" "$with_sysctl" 1 \
	    -m name="$name" allow.read_msgbuf
	atf_check -o inline:"false\n" jls -j "$name" allow.read_msgbuf
	atf_check "$with_sysctl" 0 \
	    -c path="$root" allow.read_msgbuf command=true
	atf_check "$with_sysctl" 0 -m name="$name" allow.read_msgbuf
	# what is not wished for needs nothing
	atf_check "$with_sysctl" 1 \
	    -c path="$root" allow.noread_msgbuf command=true
}

new_case ports 'Ports below 1024, and who may bind them' 'python3 unshare'
ports_body() {
	bind='import os, socket, sys
os.setuid(int(sys.argv[1]))
socket.socket().bind(("127.0.0.1", int(sys.argv[2])))'
	make_with_sysctl /proc/sys/net/ipv4/ip_unprivileged_port_start
	for address in ip4=inherit ip4.addr=127.0.9.7; do
		binds() {	# STATUS SYSCTL USER PORT [PARAMETER]
			atf_check -s exit:"$1" -e ignore "$with_sysctl" "$2" \
			    -c path=/ $address $5 \
			    command=python3 -c "$bind" "$3" "$4"
		}
		binds 0 1024 0 1023
		binds 1 1024 5 1023
		binds 0 1024 5 1024
		binds 1 1024 0 1023 allow.noreserved_ports
		binds 0 1024 0 1024 allow.noreserved_ports
		# whatever the host lets its users do
		binds 1 80 0 81 allow.noreserved_ports
	done
	binds 1 80 0 81 "allow.noreserved_ports ip6=inherit"
}

new_case own_host 'names of its own beside host=inherit'
own_host_body() {
	# given at creation they mean host=new, as on FreeBSD
	make_jail a host=inherit host.hostname=own
	atf_check -o inline:"new own\n" jls -j "$name" host host.hostname
	atf_check -o inline:"own\n" jexec "$name" busybox hostname
	make_jail b host=inherit
	for param in host.hostname=x host.domainname=x host.hostid=1 \
	    host.hostuuid=x; do
		atf_check -s exit:1 -e inline:\
"jail: host: cannot be changed after creation on Linux\n" \
		    jail -m name="$name" $param
	done
	atf_check -o inline:"inherit\n" jls -j "$name" host
	# What it has is shown, and is not its own to make it again.
	atf_check -o inline:"$(uname -n)\n" jls -j "$name" host.hostname
	atf_check -o inline:"$(uname -n)\n" jexec "$name" busybox hostname
	atf_check -o not-match:host.hostname jls -s -j "$name"
}

atf_init_test_cases() {
	for case in mlock mlock_lifted messages ports own_host; do
		atf_add_test_case "$case"
	done
}
