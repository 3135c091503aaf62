#!/usr/bin/env atf-sh
# SPDX-License-Identifier: BSD-2-Clause
#
# libjail(3) as a program of FreeBSD uses it: libjail_prog.c, compiled here
# against the installed headers and library.

# shellcheck disable=SC1091
. "$(atf_get_srcdir)/common.sh"

make_prog() {
	compile_prog libjail_prog
}

# Make a jail with the program itself: its short name.  Sets name and jid.
make_by_prog() {
	make_root
	name=$(name_of "$1")
	echo "$name" >>jails
	jid=$("$prog" create "$name" "$JAIL_TEST_ROOT") ||
	    atf_fail "create $name"
}

fails() {
	local text="$1"

	shift
	atf_check -s exit:1 -e "inline:libjail_prog: $text\n" "$prog" "$@"
}

new_case life "create, look up, read, remove" cc
life_body() {
	make_prog
	make_by_prog life
	atf_check -o inline:"$jid\n" "$prog" id "$name"
	atf_check -o inline:"$jid\n" jls -j "$name" jid
	atf_check -o inline:"$name\n" "$prog" name "$jid"
	atf_check -o inline:"made.by.libjail $JAIL_TEST_ROOT false\n" \
	    "$prog" getv "$name"
	atf_check "$prog" remove "$name"
	fails "jail \"$name\" not found [ENOENT]" id "$name"
	fails "jail $jid not found [ENOENT]" name "$jid"
	fails "jail $jid not found [EINVAL]" remove "$jid"
}

new_case get "values of every type" cc
get_body() {
	make_prog
	make_by_prog get
	atf_check -o inline:"$(printf '%s\n' name="$name" persist=true \
	    nopersist=false allow.mount=false allow.nomount=true host=new \
	    enforce_statfs=2 securelevel=-1 host.hostid=0 ip4=disable \
	    ip4.addr= meta= meta.none= dying=false)\n" \
	    "$prog" get "$name" name persist nopersist allow.mount \
	    allow.nomount host enforce_statfs securelevel host.hostid ip4 \
	    ip4.addr meta meta.none dying
	fails "unknown parameter: exec.start [ENOENT]" get "$name" exec.start
	fails "unknown parameter: zz [ENOENT]" get "$name" zz
	fails "unknown parameter: persit (did you mean persist?) [ENOENT]" \
	    get "$name" persit
}

new_case all "every parameter has a value, the same as jls prints" cc
all_body() {
	local param

	make_prog
	make_by_prog all
	atf_check -o save:all "$prog" all "$name"
	while IFS='=' read -r param value; do
		[ -n "$value" ] || continue
		atf_check -o inline:"$value\n" jls -j "$name" "$param"
	done <all
	atf_check -o inline:"jid=$jid\n" grep '^jid=' all
}

new_case list "iteration by lastjid ends with ENOENT" cc
list_body() {
	make_prog
	make_by_prog one
	echo "$jid $name" >want
	make_by_prog two
	echo "$jid $name" >>want
	# one that follows at once, one that is far
	make_jail three "jid=$((jid + 1))"
	echo "$jid $name" >>want
	make_jail four "jid=$((jid + 1000))"
	echo "$jid $name" >>want
	atf_check -o save:all "$prog" list
	atf_check -o file:want grep " t$$-" all
	sort -n all >sorted
	atf_check cmp all sorted
}

new_case update "update, and what is refused" cc
update_body() {
	make_prog
	make_by_prog update
	atf_check "$prog" set 2 "name=$name" host.hostname=other \
	    meta.a=1 meta.b=2
	atf_check "$prog" set 2 "jid=$jid" meta.a meta.c=
	atf_check -o inline:"host.hostname=other\nmeta.a=\nmeta.b=2\n" \
	    "$prog" get "$name" host.hostname meta.a meta.b
	atf_check -o inline:"meta=c=\nb=2\n\n" "$prog" get "$name" meta
	# both flags: it exists, so it is changed
	atf_check "$prog" set 3 "name=$name" meta= meta.d=4
	atf_check -o inline:"meta=d=4\n\n" "$prog" get "$name" meta
	fails "jail \"$name\" already exists [EEXIST]" \
	    set 1 "name=$name" persist
	fails "jail \"$name.no\" not found [ENOENT]" set 2 "name=$name.no"
	fails "update specified no jail [ENOENT]" set 2 persist
	fails "no valid operation (create or update) [EINVAL]" \
	    set 0 "name=$name"
	fails "new jail must persist or attach [EINVAL]" \
	    set 1 "name=$name-2" "path=$JAIL_TEST_ROOT"
	fails "persist: unknown boolean value \"maybe\" [EINVAL]" \
	    set 2 "name=$name" persist=maybe
	fails "host: unknown jailsys value \"x\" [EINVAL]" \
	    set 2 "name=$name" host=x
	fails "securelevel: non-integer value \"1x\" [EINVAL]" \
	    set 2 "name=$name" securelevel=1x
	fails "ip4.addr: not an IPv4 address: ::1 [EINVAL]" \
	    set 2 "name=$name" ip4.addr=::1
	fails "parameter path was not imported [EINVAL]" \
	    set 2 "name=$name" path
}

new_case writers "keys that several writers set at once are all kept" cc
writers_body() {
	make_prog
	make_by_prog writers
	for writer in a b c d; do
		(for i in 1 2 3 4 5 6 7 8 9; do
			"$prog" set 2 "name=$name" "meta.$writer$i=$i" ||
			    exit 1
		done) &
	done
	wait
	atf_check -o save:meta "$prog" get "$name" meta
	atf_check -o inline:"36\n" grep -c '[a-d][1-9]=[1-9]$' meta
}

new_case calls "jail_set and jail_get by iovecs" cc
calls_body() {
	make_prog
	make_by_prog calls
	fails "unknown parameter: zz (Invalid argument)" sys_set 1 4 zz
	fails "no valid operation (create or update) (Invalid argument)" \
	    sys_set 0 4 persist
	fails "jail_set: no jail descriptors (Invalid argument)" \
	    sys_set 17 4 persist
	# an odd number has no pair for the message
	fails " (Invalid argument)" sys_set 1 3 persist
	atf_check -o inline:"made.by.libjail 1\n" "$prog" sys_get "$jid" 16
	atf_check -s exit:1 -e match:"host.hostname: Invalid argument" \
	    "$prog" sys_get "$jid" 15
	fails "no jail specified (No such file or directory)" sys_get 0 16
	fails "jail_remove_jd: Function not implemented [ENOSYS]" jd
}

new_case attach "attach the caller" cc
attach_body() {
	make_prog
	make_by_prog attach
	atf_check -o inline:"/\nmade.by.libjail\n" \
	    "$prog" attach "$name" /bin/sh -c \
	    'pwd; cat /proc/sys/kernel/hostname 2>/dev/null ||
	    echo made.by.libjail'
	atf_check -o inline:"0\n" "$prog" attach "$name" /bin/id -u
	atf_check -s exit:3 "$prog" attach "$name" /bin/sh -c 'exit 3'
	atf_check -o inline:"$jid\n" jls -j "$name" jid
	fails "jail 999999 not found [EINVAL]" attach 999999 /bin/true
	# not more than root of the jail
	atf_check -s not-exit:0 -e ignore "$prog" attach "$name" \
	    /bin/busybox mount -t tmpfs none /tmp
}

new_case start "create and attach: lives as long as its process" cc
start_body() {
	make_prog
	make_root
	name=$(name_of start)
	echo "$name" >>jails
	atf_check -o inline:"/\n" "$prog" start "$name" "$JAIL_TEST_ROOT" \
	    /bin/pwd
	# it goes when the warden has seen its last process go
	i=0
	while "$prog" id "$name" >/dev/null 2>&1 && [ $((i += 1)) -lt 50 ]; do
		sleep 0.1
	done
	fails "jail \"$name\" not found [ENOENT]" id "$name"
	# what cannot be created leaves nothing
	atf_check -s exit:1 -e match:"$JAIL_TEST_ROOT/none" \
	    "$prog" start "$name" "$JAIL_TEST_ROOT/none" /bin/pwd
	fails "jail \"$name\" not found [ENOENT]" id "$name"
}

new_case numbered "a jail without a name is got by its number" cc
numbered_body() {
	make_prog
	make_root
	jid=$(jail -i -q -c "path=$JAIL_TEST_ROOT" persist) || atf_fail "-i"
	echo "$jid" >>jails
	atf_check -o match:" $JAIL_TEST_ROOT false\$" "$prog" getv "$jid"
	atf_check jail -m "jid=$jid" "name=$(name_of numbered)"
	atf_check -o match:" $JAIL_TEST_ROOT false\$" \
	    "$prog" getv "$(name_of numbered)"
	fails "jail \"$jid\" not found [ENOENT]" \
	    getv "$jid"
	atf_check jail -R "$jid"
}

atf_init_test_cases() {
	atf_add_test_case life
	atf_add_test_case numbered
	atf_add_test_case get
	atf_add_test_case all
	atf_add_test_case list
	atf_add_test_case update
	atf_add_test_case writers
	atf_add_test_case calls
	atf_add_test_case attach
	atf_add_test_case start
}
