#!/usr/bin/env atf-sh
# SPDX-License-Identifier: BSD-2-Clause
#
# What BPF LSM programs do for all jails: abstract unix sockets are kept apart,
# modules not loaded.  In a machine of tests/vm/run, whose kernel asks them.

# SC2016: for another shell.  SC2154: of abstract.sh.
# shellcheck disable=SC1091,SC2016,SC2086,SC2154
prog_dir=$(atf_get_srcdir)/../tool
. "$prog_dir/abstract.sh"

helper=$JAIL_ROOT/libexec/jail/jail-bpf

lsm_case() {
	unix_case "$1" "$2"
	eval "$1_head() {
		atf_set descr '$2'
		atf_set require.user root
		atf_set require.files /run/jail-vm
		atf_set require.progs 'jail jls jexec python3'
	}
	$1_cleanup() {
		end_all
		rmdir /sys/fs/cgroup/deep/jail/* /sys/fs/cgroup/deep/jail \
		    /sys/fs/cgroup/deep || :
	} 2>/dev/null"
}

# A command in a cgroup: "./below CGROUP COMMAND".
make_below() {
	printf '%s\n' '#!/bin/sh' 'echo $$ >"$1/cgroup.procs" && shift' \
	    'exec "$@"' >below && chmod 755 below
}

# What is recorded of the programs; then their links are there.
record() {
	python3 -c 'import os, sys
print(os.getxattr(sys.argv[1], "trusted.jail.lsm").decode())' "$1"
}

lsm_case jails 'no name crosses the border of a jail'
jails_body() {
	x=$(name_of x)
	make_host_jail a
	a=$name
	kept_apart || atf_fail "not in force: $(cat /sys/kernel/security/lsm)"
	make_host_jail b unix.private
	b=$name
	make_host_jail c ip4=disable ip6=disable
	c=$name
	serve "$x-host" ""
	for to in "$a" "$b" "$c"; do
		serve "$x-$to" "jexec $to"
		asking "$x-$to" ECONNREFUSED ""
		asking "$x-host" ECONNREFUSED "jexec $to"
		for from in "$a" "$b" "$c"; do
			said=ECONNREFUSED
			[ "$from" != "$to" ] || said=answered
			asking "$x-$to" $said "jexec $from"
		done
	done
	asking "$x-host" answered ""
}

lsm_case paths 'sockets with a path are reached'
paths_body() {
	make_host_jail a
	reaches_paths
}

lsm_case deep 'cgroups within jails, and other folders of jails'
deep_body() {
	x=$(name_of x)
	make_host_jail a
	a=$name
	payload=/sys/fs/cgroup/jail/$(jls -j "$a" jid)/payload
	other=/sys/fs/cgroup/deep/jail/1
	mkdir -p "$payload/jail/1" "$other"
	make_below
	serve "$x-jail" "jexec $a"
	serve "$x-host" ""
	serve "$x-other" "./below $other"
	asking "$x-jail" answered "./below $payload/jail/1"
	asking "$x-other" answered "./below $other"
	for to in host jail; do
		asking "$x-$to" ECONNREFUSED "./below $other"
	done
	for to in host other; do
		asking "$x-$to" ECONNREFUSED "./below $payload/jail/1"
	done
	asking "$x-other" ECONNREFUSED "jexec $a"
	asking "$x-other" ECONNREFUSED ""
	rmdir "$payload/jail/1" "$payload/jail"
}

# Is a module loaded?
has() {
	grep -q "^$1 " /proc/modules
}

# The kernel is asked for an interface by the command before "ip", in vain.
refuses() {
	atf_check -s not-exit:0 -e match:'Unknown device type' \
	    "$@" ip link add ifb9 type ifb
	has ifb && atf_fail "$*: the module is loaded"
	return 0
}

lsm_case modules 'the kernel loads no module for a jail'
modules_body() {
	make_host_jail a vnet
	a=$name
	make_host_jail b
	b=$name
	modprobe -r ifb
	refuses jexec "$a"
	# whatever its cgroup is called
	make_below
	jail=/sys/fs/cgroup/jail/$(jls -j "$b" jid)
	payload=$jail/payload
	mkdir -p "$payload/7/8" "$payload/keeper"
	for cgroup in . 7 7/8 keeper; do
		refuses ./below "$payload/$cgroup" unshare -n
	done
	rmdir "$payload/7/8" "$payload/7" "$payload/keeper"
	# it is loaded for the host, and where the host mounts for the jail;
	# then all have it
	for how in "" "./below $jail"; do
		atf_check $how unshare -n ip link add ifb9 type ifb
		has ifb || atf_fail "$how: the module is not loaded"
		atf_check jexec "$a" ip link add ifb9 type ifb
		atf_check jexec "$a" ip link delete ifb9
		wait_for 10 modprobe -r ifb || atf_fail "$how: it stays"
	done
}

lsm_case loaded 'the programs are loaded once, and unloaded when no jail is'
loaded_body() {
	make_host_jail a
	record=$(record /sys/fs/cgroup/jail)
	make_host_jail b
	[ "$(record /sys/fs/cgroup/jail)" = "$record" ] || atf_fail "again"
	# another folder of jails takes the same
	mkdir -p /sys/fs/cgroup/deep/jail/net
	atf_check "$helper" lsm 3</sys/fs/cgroup/deep/jail
	[ "$(record /sys/fs/cgroup/deep/jail)" = "$record" ] ||
	    atf_fail "$record, but $(record /sys/fs/cgroup/deep/jail)"
	atf_check -s exit:1 -e match:'there are jails' \
	    "$helper" unload 3</sys/fs/cgroup/jail
	kept_apart || atf_fail "unloaded with jails"
	# they went without us
	rm /sys/fs/bpf/jail/lsm_*
	atf_check -e not-match:'not kept apart' -o not-match:'not kept apart' \
	    jail -v -c path=/ command=true
	kept_apart || atf_fail "not loaded again"
	remove_jails
	end_all
	mkdir -p /sys/fs/cgroup/jail/net
	atf_check "$helper" unload 3</sys/fs/cgroup/jail
	[ ! -e /sys/fs/bpf/jail ] || atf_fail "not unloaded"
}

atf_init_test_cases() {
	atf_add_test_case jails
	atf_add_test_case paths
	atf_add_test_case deep
	atf_add_test_case modules
	atf_add_test_case loaded
}
