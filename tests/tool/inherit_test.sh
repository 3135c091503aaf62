#! /usr/bin/env atf-sh
# SPDX-License-Identifier: BSD-2-Clause
# What a command in a jail has from the caller of jail(8) and jexec(8), and what
# stays with the caller.

# SC2086: words are split.
# shellcheck disable=SC1091,SC2086
. "$(atf_get_srcdir)/prog.sh"

root=$JAIL_TEST_ROOT

# What a command says of itself that is started below a command of ours: a
# pattern of its line, what comes before the tool.  Of jail(8) and jexec(8).
comes_to() {
	pattern=$1
	shift
	atf_check -o match:"$pattern" "$@" jail -c path="$root" \
	    command=probe inherited
	atf_check -o match:"$pattern" "$@" jexec "$name" probe inherited
}

new_case kept 'limits, niceness, umask: as on FreeBSD' prlimit
kept_body() {
	make_probe_root
	make_jail a
	comes_to '^limit nofile: 123 456$' prlimit --nofile=123:456
	comes_to '^nice: 7$' nice -n 7
	comes_to '^nice: -5$' nice -n -5
	umask 027
	comes_to '^umask: 027$' env
}

new_case umask 'a strict umask does not keep a jail from its own record'
umask_body() {
	make_root
	umask 077
	make_jail a
	# its warden reads it, and so does everybody
	atf_check -o inline:"0\n" jexec "$name" id -u
	cp "$(command -v jls)" . && chmod 755 . ./jls
	atf_check -o inline:"$jid\n" $NOBODY ./jls -j "$name" jid
	atf_check jail -c path="$root" command=true
}

new_case scheduler 'real time is not for jails' chrt ionice
scheduler_body() {
	make_probe_root
	make_jail a
	chrt -f 10 true || atf_skip "no right to real time here"
	comes_to '^policy: 0$' chrt -f 10
	comes_to '^policy: 0$' chrt -r 10
	comes_to '^io: 0-0$' ionice -c 1 -n 2
	# What yields to others is the caller's wish.
	comes_to '^policy: 3$' chrt -b 0
	comes_to '^policy: 5$' chrt -i 0
	comes_to '^io: 3-' ionice -c 3
	comes_to '^io: 2-6$' ionice -c 2 -n 6
	# The caller's own stays as it was.
	atf_check -o match:FIFO -o match:'^0$' chrt -f 10 sh -c \
	    "jexec $name id -u; chrt -p \$\$"
}

new_case personality 'a personality without what makes exploits easier' setarch
personality_body() {
	make_probe_root
	make_jail a
	comes_to '^personality: 0$' setarch -R -L -X -Z
	comes_to '^personality: 8$' setarch linux32
	comes_to '^personality: 20008$' setarch linux32 -R --uname-2.6
}

new_case limits 'no right to a higher priority, nor to lock all memory' prlimit
limits_body() {
	make_probe_root
	make_jail a
	comes_to '^limit nice: 0 0$' env
	comes_to '^limit rtprio: 0 0$' env
	comes_to '^limit memlock: 65536 65536$' prlimit --memlock=65536:65536
	prlimit --nice=40 --rtprio=99 --memlock=unlimited true 2>/dev/null ||
	    atf_skip "root has no CAP_SYS_RESOURCE here"
	comes_to '^limit nice: 0 0$' prlimit --nice=40
	comes_to '^limit rtprio: 0 0$' prlimit --rtprio=99
	comes_to '^limit memlock: 8388608 8388608$' prlimit --memlock=unlimited
	comes_to '^limit memlock: 65536 8388608$' \
	    prlimit --memlock=65536:unlimited
}

# The file of a process: what it is to read, what comes before the tool.
oom_comes_to() {
	want=$1
	shift
	atf_check -o inline:"$want\n" "$@" jail -c path="$root" \
	    mount.procfs command=cat /proc/self/oom_score_adj
	atf_check -o inline:"$want\n" "$@" \
	    jexec "$name" cat /proc/self/oom_score_adj
	new_name "w$want"
	atf_check "$@" jail -c name="$name" path="$root" mount.procfs persist
	atf_check -o inline:"$want\n" \
	    jexec "$name" cat /proc/1/oom_score_adj
	atf_check jail -R "$name"
}

new_case oom 'a score for the out-of-memory killer' choom
oom_body() {
	make_root
	make_jail a mount.procfs
	oom_comes_to 300 choom -n 300 --
	make_jail b mount.procfs
	oom_comes_to 0 choom -n 0 --
	choom -n -999 -- true 2>/dev/null ||
	    atf_skip "root has no CAP_SYS_RESOURCE here"
	make_jail c mount.procfs
	oom_comes_to 0 choom -n -999 --
}

atf_init_test_cases() {
	for case in kept umask scheduler personality limits oom; do
		atf_add_test_case "$case"
	done
}
