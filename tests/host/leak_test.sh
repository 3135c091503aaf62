#!/usr/bin/env atf-sh
# SPDX-License-Identifier: BSD-2-Clause
#
# Fifty rounds of making and removing jails in every flavour: what a program
# that lives long keeps, and what the host keeps.
#
# Namespaces cannot be counted by name, and other jails come and go on the same
# host: what is counted are those that a process, a descriptor or a mount of
# ours holds, and by slabs only with room for what others do.

# shellcheck source=tests/host/common.sh disable=SC1091
. "$(atf_get_srcdir)/common.sh"

ROUNDS=50

make_leak() {
	compile_prog leak -D_GNU_SOURCE
}

# A number of the kernel's: objects of a slab, where it has one of its own.
slab() {
	awk -v name="$1" '$1 == name { print $2; found = 1 }
	    END { if (!found) print 0 }' /proc/slabinfo 2>/dev/null || echo 0
}


new_case library "a long-lived process with libjail"
library_body() {
	helper left
	make_root
	make_leak
	name=$(name_of leak)
	echo "$name" >>jails
	atf_check -o save:said timeout 100 "$prog" "$name" \
	    "$JAIL_TEST_ROOT" "$ROUNDS"
	cat said
	nothing_left leak "$name"
}

# A jail that ends by itself just before it would be removed leaves its pid 1,
# the child of who made it, as a zombie.
new_case children "a long-lived process has no children left"
children_body() {
	make_root
	make_leak
	name=$(name_of leak)
	echo "$name" >>jails
	atf_check -o save:said timeout 100 "$prog" "$name" \
	    "$JAIL_TEST_ROOT" "$ROUNDS" children
	cat said
}

# Rounds with the tools: each flavour, made and removed.
rounds() {
	local i

	i=0
	while [ "$i" -lt "$1" ]; do
		i=$((i + 1))
		jail -q -c "name=$name" "path=$JAIL_TEST_ROOT" \
		    command=/bin/true || atf_fail "command"
		jail -q -c "name=$name" "path=$PWD/thin" thin \
		    command=/bin/true || atf_fail "thin"
		jail -q -c "name=$name" "path=$JAIL_TEST_ROOT" persist \
		    mount.devfs mount.procfs mount.fdescfs \
		    mount="$PWD/thin $JAIL_TEST_ROOT/tmp nullfs ro 0 0" \
		    exec.start="/bin/sleep 1000 &" || atf_fail "all"
		jexec "$name" true </dev/null || atf_fail "jexec"
		jexec "$name" /nonexistent </dev/null 2>/dev/null &&
		    atf_fail "jexec"
		jail -R "$name" || atf_fail "remove"
		jail -q -c "name=$name" "path=$JAIL_TEST_ROOT" \
		    command=/nonexistent 2>/dev/null && atf_fail "no command"
		jail -q -c "name=$name" "path=$JAIL_TEST_ROOT" persist \
		    mount="tmpfs $JAIL_TEST_ROOT/none tmpfs rw 0 0" \
		    2>/dev/null && atf_fail "no target"
		jail -q -c "name=$name" "path=$JAIL_TEST_ROOT" \
		    exec.start=/bin/false persist 2>/dev/null &&
		    atf_fail "false"
	done
	return 0
}

new_case tools "the host, after rounds with the tools"
tools_body() {
	local before after

	helper left
	make_root
	mkdir thin
	name=$(name_of leak)
	echo "$name" >>jails
	rounds 3
	mounts=$(wc -l </proc/self/mountinfo)
	before=$(slab user_namespace)
	rounds "$ROUNDS"
	nothing_left rounds "$name"
	# others may mount meanwhile: not a hundred times
	[ "$(wc -l </proc/self/mountinfo)" -lt $((mounts + ROUNDS)) ] ||
	    atf_fail "mounts: $mounts before, $(wc -l </proc/self/mountinfo)"
	after=$(slab user_namespace)
	echo "user namespaces: $before, $after"
	# the kernel frees them in its own time, and others make some
	n=0
	while [ "$after" -gt $((before + ROUNDS * 3)) ]; do
		n=$((n + 1))
		[ "$n" -lt 50 ] ||
		    atf_fail "user namespaces: $before before, $after"
		sleep 0.2
		after=$(slab user_namespace)
	done
}

atf_init_test_cases() {
	atf_add_test_case library
	atf_add_test_case children
	atf_add_test_case tools
}
