#!/usr/bin/env atf-sh
# SPDX-License-Identifier: BSD-2-Clause
# Abstract unix sockets of jails: whom they can talk to by name.

# SC2086: words are split.
# shellcheck disable=SC1091,SC2086,SC2154
. "$(atf_get_srcdir)/abstract.sh"

told="abstract unix sockets are not kept apart from those of the host"

# Where Landlock alone does it.
needs_landlock() {
	kept_apart && atf_skip "all jails are kept apart here"
	printf '%s\n' 'import ctypes, sys' \
	    'c = ctypes.CDLL(None).syscall' \
	    'sys.exit(c(444, None, ctypes.c_long(0), 1) < 6)' >abi.py
	python3 abi.py || atf_skip "no scopes of Landlock in this kernel"
}

unix_case private 'unix.private: names of others are not reached'
private_body() {
	x=$(name_of x)
	make_host_jail open
	open=$name
	needs_landlock
	make_host_jail a unix.private
	a=$name
	atf_check -o inline:"true\n" jls -j "$a" unix.private
	make_host_jail b unix.private
	b=$name
	serve "$x-host" ""
	serve "$x-a" "jexec $a"
	serve "$x-open" "jexec $open"
	for from in "$a" "$b"; do
		asking "$x-host" EPERM "jexec $from"
		asking "$x-open" EPERM "jexec $from"
		# one that entered later, too
		asking "$x-a" EPERM "jexec $from"
	done
	# one command has them for itself and what it starts
	expect answered
	atf_check -o file:expected jexec "$a" "$ask" own "$x-own"
	# nobody else is kept from it, but it cannot send an answer
	for from in "" "jexec $open"; do
		atf_check -s ignore -o save:said $from timeout 30 "$ask" ask "$x-a"
		atf_check -o inline:"answered\nanswered\n" \
		    sed -n 's/^connect s.*: //p' said
	done
}

unix_case commands 'unix.private: each way in'
commands_body() {
	x=$(name_of x)
	make_host_jail a
	needs_landlock
	serve "$x" ""
	expect EPERM
	jail="-c path=/ unix.private"
	atf_check -o file:expected jail -q $jail command="$ask" ask "$x"
	atf_check -o file:expected jail -q $jail exec.start="$ask ask $x" command=true
	atf_check -o file:expected jail -q $jail userns=inherit command="$ask" ask "$x"
	atf_check -o file:expected jail -q -U nobody $jail command="$ask" ask "$x"
	# not where all names are its own
	sed s/EPERM/ECONNREFUSED/ expected >alone
	atf_check -o file:alone jail -q $jail vnet command="$ask" ask "$x"
}

unix_case paths 'unix.private: sockets with a path are reached'
paths_body() {
	make_host_jail a
	needs_landlock
	make_host_jail b unix.private
	reaches_paths
}

unix_case tried 'this build of the programs was tried, whatever came of it'
tried_body() {
	make_host_jail a
	cgroup2=$(awk '$3 == "cgroup2" { print $2; exit }' /proc/mounts)
	python3 - "$cgroup2" \
	    "$JAIL_ROOT/libexec/jail/jail-bpf" <<-END || atf_fail "no record of it"
	import os, sys
	for place in "", "/system.slice/jail.service":
	    dir = sys.argv[1] + place + "/jail"
	    if os.path.isdir(dir):
	        said = os.getxattr(dir, "trusted.jail.lsm").decode()
	        print(said)
	        helper = open(sys.argv[2], "rb").read()
	        assert " ".join(said.split()[:2]).encode() in helper
	END
}

unix_case said 'jail -v says what no programs see to'
said_body() {
	make_host_jail a
	times=1
	kept_apart && times=0
	for how in "" ip4=inherit "ip4=disable ip6=disable"; do
		jail -v -c path=/ $how command=true >out 2>&1 || atf_fail "$how"
		[ "$(grep -c "$told" out)" = "$times" ] ||
			atf_fail "$how: $(cat out)"
	done
	jail -v -c path=/ vnet command=true >out 2>&1 || atf_fail vnet
	[ "$(grep -c "$told" out)" = 0 ] || atf_fail "vnet: $(cat out)"
	[ "$(grep -c "kernel load modules" out)" = "$times" ] ||
	    atf_fail "vnet: $(cat out)"
	needs_landlock
	atf_check -o not-match:"$told" -e not-match:"$told" \
	    jail -v -c path=/ unix.private command=true
}

unix_case refused 'unix.private is refused where nothing can do it' strace
refused_body() {
	make_host_jail a
	kept_apart && atf_skip "all jails are kept apart here"
	atf_check -s exit:1 -e match:'unix.private: this kernel can keep' \
	    strace -f -o trace -e trace=landlock_create_ruleset \
	    -e inject=landlock_create_ruleset:error=EOPNOTSUPP \
	    jail -q -c path=/ unix.private command=true
}

atf_init_test_cases() {
	atf_add_test_case private
	atf_add_test_case commands
	atf_add_test_case paths
	atf_add_test_case tried
	atf_add_test_case said
	atf_add_test_case refused
}
