#!/usr/bin/env atf-sh
# SPDX-License-Identifier: BSD-2-Clause
#
# Ways out that other runtimes had, tried from images and from inside.

# shellcheck source=tests/host/common.sh disable=SC1091
. "$(atf_get_srcdir)/common.sh"

# A root with the attacks in it, and ./victim, where nothing may appear.
make_attackers_root() {
	helper left
	helper inside
	make_root
	cp inside "$JAIL_TEST_ROOT/inside"
	mkdir -p victim "$JAIL_TEST_ROOT/vol"
}

untouched() {
	atf_check -o empty find victim -mindepth 1
	grep " $PWD/" /proc/self/mountinfo >&2 &&
	    atf_fail "a mount on the host"
	return 0
}

# ---- mounts ----

# The other jail is started over and over while names change under it: what
# the second one asks for, where; sets ran and refused.
race() {
	local i target="$1"

	shift
	mkdir -p "$JAIL_TEST_ROOT/vol/b/$target" "$JAIL_TEST_ROOT/vol/b/bin"
	cp "$BUSYBOX" "$JAIL_TEST_ROOT/vol/b/bin/sh"
	ln -s "$PWD/victim" "$JAIL_TEST_ROOT/vol/b/link"
	b=$JAIL_TEST_ROOT/vol/b
	make_jail flipper \
	    exec.start="/inside exchange /vol/b/$target /vol/b/link &"
	flipper=$name
	name=$(name_of racer)
	echo "$name" >>jails
	ran=0
	refused=0
	i=0
	while [ "$i" -lt 300 ]; do
		i=$((i + 1))
		if jail -q -c "name=$name" "path=$b" ${ids:+"$ids"} "$@" \
		    command=/bin/sh -c ">/$target/mark" >out 2>&1; then
			ran=$((ran + 1))
		elif grep -q "is a symbolic link" out; then
			refused=$((refused + 1))
		else
			cat out >>others
		fi
	done
	touch "$JAIL_TEST_ROOT/stop"
	echo "$ran ran, $refused refused; the others said:"
	sort others | uniq -c
	[ "$refused" -gt 10 ] || atf_fail "no race: $refused refused of 300"
	[ "$ran" -gt 10 ] || atf_fail "no race: $ran ran of 300"
	untouched
	atf_check jail -R "$flipper"
	nothing_left race "$flipper"
	nothing_left race "$name"
}

new_case race_nullfs "a mount target is exchanged for a link, 300 starts"
race_nullfs_body() {
	make_attackers_root
	mkdir source
	race x mount="$PWD/source $JAIL_TEST_ROOT/vol/b/x nullfs rw 0 0"
	[ -f source/mark ] || atf_fail "nothing was mounted at all"
}

new_case race_tmpfs "the same with a file system of its own"
race_tmpfs_body() {
	make_attackers_root
	race x mount="tmpfs $JAIL_TEST_ROOT/vol/b/x tmpfs rw 0 0"
}

new_case race_devfs "the same with /dev"
race_devfs_body() {
	make_attackers_root
	race dev mount.devfs
}

# Mounts that go to a link in the image: what, on which name.
refuse_link() {
	local at="$1"

	shift
	rm -rf "${JAIL_TEST_ROOT:?}/$at"
	ln -s "$PWD/victim" "$JAIL_TEST_ROOT/$at"
	name=$(name_of link)
	echo "$name" >>jails
	atf_check -s exit:1 -o empty -e match:"is a symbolic link" \
	    jail -q -c "name=$name" "path=$JAIL_TEST_ROOT" \
	    ${ids:+"$ids"} "$@" command=/bin/true
	untouched
	nothing_left link "$name"
	rm "$JAIL_TEST_ROOT/$at"
	mkdir "$JAIL_TEST_ROOT/$at"
}

new_case links "images whose /dev, /proc, /tmp are links to the host"
links_body() {
	make_attackers_root
	mkdir source
	refuse_link dev mount.devfs
	refuse_link proc mount.procfs
	refuse_link tmp mount="tmpfs $JAIL_TEST_ROOT/tmp tmpfs rw 0 0"
	refuse_link vol mount="$PWD/source $JAIL_TEST_ROOT/vol nullfs rw 0 0"
	refuse_link vol \
	    mount="$PWD/source $JAIL_TEST_ROOT/vol/sub nullfs rw 0 0"
	# and those inside of a proper one
	rm -rf "${JAIL_TEST_ROOT:?}/dev"
	mkdir "$JAIL_TEST_ROOT/dev"
	for at in null pts shm fd; do
		ln -s "$PWD/victim" "$JAIL_TEST_ROOT/dev/$at"
	done
	name=$(name_of link)
	atf_check -o ignore jail -q -c "name=$name" "path=$JAIL_TEST_ROOT" \
	    ${ids:+"$ids"} mount.devfs mount.fdescfs command=/bin/true
	untouched
}

new_case fake_proc "an image with a /proc of its own"
fake_proc_body() {
	local core

	make_attackers_root
	core=$(cat /proc/sys/kernel/core_pattern)
	mkdir -p "$JAIL_TEST_ROOT/proc/self/attr" \
	    "$JAIL_TEST_ROOT/proc/sys/kernel" "$JAIL_TEST_ROOT/proc/1"
	for at in self/attr/current self/attr/exec self/setgroups \
	    self/uid_map self/oom_score_adj 1/root; do
		ln -s /proc/sys/kernel/core_pattern \
		    "$JAIL_TEST_ROOT/proc/$at"
	done
	ln -s "$PWD/victim" "$JAIL_TEST_ROOT/proc/self/fd"
	make_jail fake exec.start=/bin/true
	atf_check -o inline:"hello\n" jexec "$name" echo hello
	atf_check jail -r "$name"
	make_jail fake2 mount="tmpfs $JAIL_TEST_ROOT/proc tmpfs rw 0 0"
	atf_check -o inline:"hello\n" jexec "$name" echo hello
	atf_check jail -r "$name"
	atf_check_equal "$core" "$(cat /proc/sys/kernel/core_pattern)"
	untouched
}

# What a mask covers is empty, whatever the image calls /dev/null.
new_case fake_null "an image with a /dev/null of its own"
fake_null_body() {
	make_attackers_root
	echo secret >secret
	ln -sf "$PWD/secret" "$JAIL_TEST_ROOT/dev/null"
	echo fake >"$JAIL_TEST_ROOT/dev/fake"
	make_jail null mount.procfs
	for at in kcore keys timer_list sysrq-trigger kallsyms; do
		[ -z "$(jexec "$name" cat "/proc/$at" 2>/dev/null |
		    head -c 100 | tr -d '\0')" ] ||
		    atf_fail "/proc/$at has something"
	done
	atf_check jail -r "$name"
	ln -sf /dev/fake "$JAIL_TEST_ROOT/dev/null"
	make_jail null2 mount.procfs
	jexec "$name" sh -c 'echo x >/proc/kcore' 2>/dev/null
	atf_check -o inline:"fake\n" cat "$JAIL_TEST_ROOT/dev/fake"
	atf_check -o inline:"secret\n" cat secret
	untouched
}

# ---- programs of the host ----

new_case own_exe "programs that are links to /proc/self/exe (CVE-2019-5736)"
own_exe_body() {
	local prefix tools sums inodes i

	make_attackers_root
	prefix=$(dirname "$(dirname "$(command -v jail)")")
	tools="$(command -v jail) $(command -v jexec)
	    $(find "$prefix" -name warden -type f)
	    $(find "$prefix" -name enter -type f)"
	# shellcheck disable=SC2086 # words
	sums=$(sha256sum $tools)
	# shellcheck disable=SC2086 # words
	inodes=$(stat -c %i $tools | tr '\n' ' ')
	mkdir -p "$JAIL_TEST_ROOT/lib64" "$JAIL_TEST_ROOT/lib"
	for at in bin/evil lib64/ld-linux-x86-64.so.2 \
	    lib/ld-linux-aarch64.so.1; do
		ln -sf /proc/self/exe "$JAIL_TEST_ROOT/$at"
	done
	make_jail exe mount.procfs exec.start="/inside grab $inodes &"
	await -e "$JAIL_TEST_ROOT/ready"
	i=0
	while [ "$i" -lt 100 ]; do
		i=$((i + 1))
		jexec "$name" /bin/evil >/dev/null 2>&1 </dev/null
	done
	second=$(name_of exe2)
	echo "$second" >>jails
	jail -q -c "name=$second" "path=$JAIL_TEST_ROOT" ${ids:+"$ids"} \
	    mount.procfs exec.start=/bin/evil command=/bin/evil >/dev/null 2>&1 </dev/null
	touch "$JAIL_TEST_ROOT/stop"
	await -s "$JAIL_TEST_ROOT/said"
	cat "$JAIL_TEST_ROOT/said"
	atf_check -s exit:1 grep HOST "$JAIL_TEST_ROOT/said"
	# shellcheck disable=SC2086 # words
	atf_check_equal "$sums" "$(sha256sum $tools)"
}

# ---- descriptors and directories ----

new_case directory "working directories through descriptors, and leaked ones"
directory_body() {
	local n

	make_attackers_root
	touch HOSTMARK victim/HOSTMARK
	make_jail cwd mount.procfs
	# fifty directories of the host, open without close-on-exec
	n=3
	while [ "$n" -lt 53 ]; do
		eval "exec $n<victim"
		n=$((n + 1))
	done
	atf_check -o inline:"0 1 2 \n" jexec "$name" /inside fds
	atf_check -o inline:"0 1 2 \n" jail -q -c "name=$name-2" \
	    "path=$JAIL_TEST_ROOT" ${ids:+"$ids"} command=/inside fds
	n=0
	while [ "$n" -lt 80 ]; do
		for at in "/proc/self/fd/$n" "/proc/self/fd/$n/.." \
		    "/proc/1/fd/$n" "/proc/self/cwd" "/proc/1/root" \
		    "/proc/self/task/self/fd/$n"; do
			jexec -d "$at" "$name" /inside where >>said 2>/dev/null
		done
		n=$((n + 1))
	done
	n=3
	while [ "$n" -lt 53 ]; do
		eval "exec $n<&-"
		n=$((n + 1))
	done
	sort said | uniq -c
	atf_check -s exit:1 grep HOST said
	# a directory as standard input would lead out
	atf_check -s not-exit:0 -e match:"directory of the host" \
	    sh -c "jexec $name /bin/true <victim"
}

new_case keyring "a key in the session of root is not seen inside"
keyring_body() {
	make_attackers_root
	make_jail keys mount.procfs
	./inside keys add true || atf_skip "no keyrings here"
	# it is found outside, by the same program
	./inside keys add "$PWD/inside" keys look >outside
	grep -q '^HOST key in ring' outside || atf_fail "not seen outside"
	atf_check -o inline:"looked\n" \
	    ./inside keys add jexec "$name" /inside keys look
	atf_check -o inline:"looked\n" ./inside keys add \
	    jail -q -c "name=$name-2" "path=$JAIL_TEST_ROOT" \
	    ${ids:+"$ids"} mount.procfs command=/inside keys look
}

# Descriptors of the host's namespaces, from a socket.
hand_out() {
	./inside pass "$1" &
	await -S "$1"
}

new_case namespaces "namespaces of the host over a socket"
namespaces_body() {
	make_attackers_root
	make_jail ns
	hand_out "$JAIL_TEST_ROOT/sock"
	atf_check -o save:said jexec "$name" /inside take /sock
	wait
	cat said
	atf_check_equal 8 "$(grep -c ' EPERM$' said)"
	# outside the same works, so what is handed out is good
	hand_out sock
	./inside take sock | grep -q '^HOST' ||
	    atf_fail "the attack does not work outside"
	wait
}

new_case warden "pid 1 shows nothing"
warden_body() {
	make_attackers_root
	make_jail one mount.procfs
	atf_check -o inline:"looked\n" jexec "$name" /inside warden
	# with a process of ours there is a lot, so the names are right
	sleep 100 &
	./inside warden $! >said
	kill $!
	[ "$(grep -c ^HOST said)" -gt 10 ] ||
	    atf_fail "the attack does not work outside"
}

# ---- processes ----

# (Limits of a jail's own come with rctl; here the bomb limits itself.)
new_case bomb "a fork bomb of 300 processes is removed within 10 s"
bomb_body() {
	local began n=0

	make_attackers_root
	make_jail bomb exec.start="/inside bomb"
	dir=$(cgroup_of "$jid")
	while [ "$(wc -l <"$dir/payload/cgroup.procs")" -lt 200 ]; do
		n=$((n + 1))
		[ "$n" -lt 600 ] || atf_fail "the bomb does not go off"
		sleep 0.05
	done
	atf_check jail -m "name=$name" stop.timeout=2
	began=$(now_ms)
	atf_check timeout 30 jail -r "$name"
	in_time "jail -r of a fork bomb" 10000 "$began"
	nothing_left bomb "$name"
	make_jail bomb2 exec.start="/inside bomb"
	sleep 0.3
	began=$(now_ms)
	atf_check timeout 30 jail -R "$name"
	in_time "jail -R of a fork bomb" 10000 "$began"
	nothing_left bomb "$name"
}

# What is counted by user: one jail takes all it gets, others and the host have
# theirs.
new_case exhaust "a jail uses up what the kernel counts by user"
exhaust_body() {
	local n=0

	helper left
	helper exhaust
	make_root
	cp exhaust "$JAIL_TEST_ROOT/exhaust"
	make_jail other
	other=$name
	./exhaust >host
	jexec "$other" /exhaust >before
	make_jail exhaust
	jexec "$name" /exhaust hold >held &
	until [ "$(wc -l <held)" -ge 3 ]; do
		n=$((n + 1))
		[ "$n" -lt 600 ] || atf_fail "it does not end"
		sleep 0.05
	done
	cat host before held
	atf_check test "$(grep -c ' [1-9]' held)" = 3
	jexec "$other" /exhaust >after
	./exhaust >host.after
	# other processes of root come and go
	for said in "before after" "host host.after"; do
		# shellcheck disable=SC2086 # two names
		paste -d " " $said | while read -r what was _ is; do
			[ "$is" -gt $((was / 2)) ] ||
			    echo "$said: $what: $is of $was"
		done >>taken
	done
	atf_check cat taken
	atf_check jail -R "$name"
	nothing_left exhaust "$name"
}

# Others that run these add to them.
CASES="race_nullfs race_tmpfs race_devfs links fake_proc fake_null
    own_exe directory keyring namespaces warden bomb"
# with the host's ids it is root's
[ -n "$ids" ] || CASES="$CASES exhaust"

atf_init_test_cases() {
	for case in $CASES; do
		atf_add_test_case "$case"
	done
}
