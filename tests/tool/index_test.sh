#!/usr/bin/env atf-sh
# SPDX-License-Identifier: BSD-2-Clause
#
# Names and id ranges without a look at all jails: what they are found by is
# used, is not relied on, and heals.

# shellcheck source=tests/tool/common.sh disable=SC1091
. "$(atf_get_srcdir)/common.sh"

index=$(atf_get_srcdir)/index.py
nobody="setpriv --reuid 65534 --regid 65534 --clear-groups"

# A jail of this name, to be removed in the end: name, parameters.
new_jail() {
	local name

	name=$1
	shift
	echo "$name" >>jails
	jail -q -c "name=$name" "path=$JAIL_TEST_ROOT" persist "$@"
}

# It is found by that name, whoever asks: name, jid.
found() {
	atf_check -o inline:"$2\n" jls -j "$1" jid
	# shellcheck disable=SC2086 # words
	atf_check -o inline:"$2\n" $nobody "$(command -v jls)" -j "$1" jid
	atf_check -o inline:"in\n" jexec "$1" /bin/echo in
	atf_check -s exit:1 -e match:"\"$1\" already exists" \
	    jail -q -c "name=$1" "path=$JAIL_TEST_ROOT" persist
}

not_found() {
	atf_check -s exit:1 -e match:"\"$1\" not found" jls -j "$1" jid
	# shellcheck disable=SC2086 # words
	atf_check -s exit:1 -e match:"\"$1\" not found" \
	    $nobody "$(command -v jls)" -j "$1" jid
	atf_check -s exit:1 -e match:"\"$1\" not found" jail -r "$1"
}

# It need not read but this one jail to find it: name.
read_alone() {
	strace -o trace -e trace=fgetxattr,getdents64 jls -j "$1" jid >out ||
	    atf_fail "strace: $?"
	! grep -q getdents trace || atf_fail "jls -j $1 looks at all jails"
	atf_check_equal 1 "$(grep -c 'user\.jail\.n' trace)"
}

new_case names "a jail has one name at a time, and a name one jail" \
    "python3 setpriv strace"
names_body() {
	local a b x

	make_jail a
	a=$jid
	x=$name
	found "$x" "$a"
	read_alone "$x"
	make_jail b
	b=$jid
	atf_check -s exit:1 -e match:"jail \"$x\" already exists" \
	    jail -m "jid=$b" "name=$x"
	found "$x" "$a"
	# the old name is free at once
	atf_check jail -m "jid=$a" "name=$x-new"
	not_found "$x"
	found "$x-new" "$a"
	echo "$x-new" >>jails
	atf_check jail -m "jid=$b" "name=$x"
	found "$x" "$b"
	not_found "$name"
	# and back
	atf_check -s exit:1 -e match:"already exists" \
	    jail -m "jid=$a" "name=$x"
	atf_check jail -m "jid=$b" "name=$name"
	atf_check jail -m "jid=$a" "name=$x"
	found "$x" "$a"
	found "$name" "$b"
	atf_check jail -r "$x"
	not_found "$x"
	new_jail "$x" || atf_fail "$x again"
	found "$x" "$(jls -j "$x" jid)"
}

new_case spoiled "hints that are gone or spoiled do no harm, and heal" \
    "python3 setpriv strace"
spoiled_body() {
	local how a b

	for how in drop junk garble swap; do
		make_jail "$how"
		a=$jid
		atf_check "$index" "$how"
		found "$name" "$a"
		not_found "$name-not"
		make_jail "$how-more"
		b=$name
		found "$b" "$jid"
		read_alone "$b"
		atf_check "$index" "$how"
		# a change of name is as good as a new one
		atf_check -s exit:1 -e match:"already exists" \
		    jail -m "jid=$a" "name=$b"
		atf_check jail -m "jid=$a" "name=$b-new"
		echo "$b-new" >>jails
		found "$b-new" "$a"
		not_found "$(name_of "$how")"
		read_alone "$b-new"
	done
}

new_case stale "hints of jails that have gone do not pile up" "python3"
stale_body() {
	local i before after

	make_root
	new_jail "$(name_of stale)" || atf_fail "first"
	before=$("$index" hints)
	i=0
	while [ "$i" -lt 100 ]; do
		i=$((i + 1))
		atf_check jail -r "$(name_of stale)"
		new_jail "$(name_of stale)" || atf_fail "number $i"
	done
	after=$("$index" hints)
	[ $((after - before)) -le 32 ] || atf_fail "$before, then $after hints"
	atf_check -o inline:"$(name_of stale)\n" jls -j "$(name_of stale)" name
}

# Whoever is killed between two steps leaves what the next one can live with.
new_case killed "a create that is killed in its steps" "python3 setpriv strace"
killed_body() {
	local call n

	make_root
	new_jail "$(name_of other)" || atf_fail "other"
	for call in fsetxattr:1 fsetxattr:2 fsetxattr:3 fsetxattr:4 \
	    fsetxattr:5 fsetxattr:6 mkdirat:1 mkdirat:2 clone3:1 clone3:2; do
		n=$(name_of "k-$call")
		echo "$n" >>jails
		# the spoiled hints are made anew by the one that is killed
		[ "${call%:*}" != mkdirat ] || "$index" drop
		strace -o trace \
		    -e "inject=${call%:*}:signal=KILL:when=${call#*:}" \
		    jail -q -c "name=$n" "path=$JAIL_TEST_ROOT" \
		    command=/bin/true 2>err
		grep -q 'killed by SIGKILL' trace || atf_fail "$call: not met"
		new_jail "$n" 2>err || atf_fail "after $call: $(cat err)"
		found "$n" "$(jls -j "$n" jid)"
	done
	atf_check_equal 11 "$("$index" ranges "$PWD" | sort -u | wc -l)"
}

# The room for attributes may be used up, for a moment or for good: the jail
# is made and found, or it is not and why is said.
new_case full "a create that cannot write what it would" \
    "python3 setpriv strace"
full_body() {
	local call n status

	make_root
	for call in 1 2 3 4 5 6 1+ 2+ 3+ 4+ 3..4 4..5; do
		n=$(name_of "f$(echo "$call" | tr +. p-)")
		echo "$n" >>jails
		status=0
		strace -o trace -e trace=fsetxattr \
		    -e "inject=fsetxattr:error=ENOSPC:when=$call" \
		    jail -q -c "name=$n" "path=$JAIL_TEST_ROOT" persist \
		    2>err || status=$?
		grep -q 'ENOSPC.*INJECTED' trace || atf_fail "$call: not met"
		if [ "$status" -ne 0 ]; then
			grep -q '^jail: .*No space left' err ||
			    atf_fail "$call: $(cat err)"
			not_found "$n"
			new_jail "$n" 2>err || atf_fail "$call: $(cat err)"
		else
			echo "$call" >>made
		fi
		found "$n" "$(jls -j "$n" jid)"
		atf_check jail -m "name=$n" "meta=$call"
	done
	# the hints alone are not needed, and are tried twice
	atf_check -o inline:"3\n3..4\n" cat made
}

new_case ranges "300 jails, 300 ranges of ids" "python3"
ranges_body() {
	local i

	make_root
	i=0
	while [ "$i" -lt 300 ]; do
		i=$((i + 1))
		new_jail "$(name_of "r$i")" || atf_fail "number $i"
		case $i in
		40)	atf_check "$index" norun ;;
		80)	atf_check "$index" run "" ;;
		120)	atf_check "$index" run "0 4294967295" ;;
		160)	atf_check "$index" run "1879048193 1879113729" ;;
		200)	atf_check "$index" run "7 and 8" ;;
		# used up
		240)	atf_check "$index" run "1879048192 1879048192" ;;
		280)	atf_check "$index" run \
			    "$(printf '%0200d' 7)" ;;
		esac
	done
	"$index" ranges "$PWD" | sort -n >ranges
	atf_check_equal 300 "$(wc -l <ranges)"
	atf_check -o empty uniq -d ranges
	awk '$1 < 1879048192 || $1 % 65536 || $1 > 4294836224' ranges >bad
	atf_check -o empty cat bad
}

# Such a one is no jail, and the first jls must not list it either.
new_case abandoned "a jail whose start has died is not listed once more" \
    "python3 strace"
abandoned_body() {
	local pid

	make_root
	name=$(name_of abandoned)
	echo "$name" >>jails
	jail -q -c "name=$name" "path=$JAIL_TEST_ROOT" persist \
	    exec.start="/bin/touch /tmp/runs" exec.start="/bin/sleep 60" &
	pid=$!
	while [ ! -e "$JAIL_TEST_ROOT/tmp/runs" ]; do
		sleep 0.02
	done
	atf_check -o match:"^$name true\$" jls name persist
	kill -KILL "$pid"
	wait "$pid"
	atf_check -o not-match:"^$name " jls -d name jid
}

# For wait_for: no process is in the jails whose jids are in this file.
all_ended() {
	local jid

	while read -r jid; do
		grep -q '^populated 0' "$(cgroup_of "$jid")/cgroup.events" ||
		    return 1
	done <"$1"
}

new_case ended "jails that have ended are cleared away in the end" "python3"
ended_body() {
	local i

	make_root
	i=0
	while [ "$i" -lt 5 ]; do
		i=$((i + 1))
		name_of "e$i" >>jails
		jail -q -i -c "name=$(name_of "e$i")" "path=$JAIL_TEST_ROOT" \
		    exec.start="/bin/sleep 0.1 &" >>jids || atf_fail "e$i"
	done
	# not by jls, which would clear them away
	wait_for 5 all_ended jids || atf_fail "they go on"
	atf_check_equal 5 "$("$index" ranges "$PWD" | wc -l)"
	atf_check "$index" run ""
	new_jail "$(name_of last)" || atf_fail "last"
	atf_check_equal 1 "$("$index" ranges "$PWD" | wc -l)"
}

atf_init_test_cases() {
	atf_add_test_case names
	atf_add_test_case spoiled
	atf_add_test_case stale
	atf_add_test_case killed
	atf_add_test_case full
	atf_add_test_case ranges
	atf_add_test_case abandoned
	atf_add_test_case ended
}
