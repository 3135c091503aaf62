#! /usr/bin/env atf-sh
# SPDX-License-Identifier: BSD-2-Clause
#
# Ways to others' packets, and from others' addresses, that take several steps.

# SC2086: words are split.
# shellcheck disable=SC1091,SC2086,SC2154
. "$(atf_get_srcdir)/net.sh"

root=$JAIL_TEST_ROOT
PORT=8080

# A jail: its name, parameters.  Sets name.
make_trick_jail() {
	new_name $1
	shift
	$in_net jail -q -c name=$name path="$root" persist "$@" ||
	    atf_fail "jail -c $name"
}

# Who is at the port, of these asks.
asked() {
	$in_net nettheft ask tcp $OWN4 $PORT $1
}

# One jail accepts a connection, closes its listener and uses the connection
# once more, as a socket: how; another, which has the same address, has the port
# by then.
try_accepted() {
	rm -f go
	mkfifo go
	exec 3<>go
	$in_net jexec $thief /bin/nettrick accepted $1 $OWN4 $PORT \
	    <&3 >thief.log 2>&1 &
	taker=$!
	echo $taker >>pids
	wait_for 5 grep -q ready thief.log || atf_fail "$(cat thief.log)"
	in_background $in_net nettheft ask tcp $OWN4 $PORT 1 >/dev/null
	wait_for 5 grep -q free thief.log || atf_fail "$(cat thief.log)"
	[ $1 != listen ] || wait_for 5 grep -q on thief.log
	in_background $in_net jexec $owner /bin/nettheft serve owner tcp \
	    $OWN4 $PORT >owner.log
	server=$pid
	wait_for 5 test -s owner.log || atf_fail "says nothing"
	atf_check -o inline:"ready\n" cat owner.log
	atf_check_equal "owner 20" "$(asked 20)"
	echo >&3
	wait_for 5 grep -q on thief.log || atf_fail "$(cat thief.log)"
	[ $1 != same ] || atf_check -o ignore grep EADDRINUSE thief.log
	atf_check_equal "$1: owner 20" "$1: $(asked 20)"
	kill -9 $server $taker
	wait $server $taker
	wait_for 5 is_free || atf_fail "the port is not free"
}

is_free() {
	[ "$(asked 1)" = "ECONNREFUSED 1" ]
}

net_case accepted "an accepted socket has nothing of the port of its listener" \
    nettheft
accepted_body() {
	make_net
	make_net_root
	make_trick_jail owner ip4.addr=$OWN4
	owner=$name
	make_trick_jail thief ip4.addr=$OWN4
	thief=$name
	for how in listen bind any same; do
		try_accepted $how
	done
}

net_case below "the same of a child that inherits the address" nettheft
below_body() {
	make_net
	make_net_root
	make_trick_jail owner ip4.addr=$OWN4 children.max=1
	owner=$name
	thief=$owner.kid
	$in_net jail -q -c name=$thief path="$root" persist ip4=inherit ||
	    atf_fail "jail -c"
	for how in listen bind any same; do
		try_accepted $how
	done
}

net_case mapped "IPv4 of its own, IPv6 of the host: no way to 127.0.0.1" \
    nettheft
mapped_body() {
	make_net
	make_net_root
	make_trick_jail mixed ip4.addr=$OWN4 ip6=inherit
	in_background $in_net nettheft serve host tcp 127.0.0.1 $PORT >host.log
	wait_for 5 grep -q ready host.log || atf_fail "no service"
	atf_check_equal "host 1" \
	    "$($in_net nettheft ask tcp 127.0.0.1 $PORT 1)"
	# on the host the kernel makes it 127.0.0.1
	atf_check -o inline:"host\n" $in_net nettrick mapped $HOST4 $PORT
	atf_check -o match:"^E[A-Z]*\$" \
	    jexec $name /bin/nettrick mapped $OWN4 $PORT
}

# What the host hears, from which source: the group or broadcast address.
heard_of() {
	: >heard
	in_background $in_net nettrick hear $HOST4 $PORT $2 >heard
	hearer=$pid
	wait_for 5 grep -q ready heard || atf_fail "nobody listens"
	# on the host: it is heard
	atf_check $in_net nettrick group $HOST4 $1 $PORT
	wait_for 5 grep -qx $HOST4 heard || atf_fail "$1: not heard: $(cat heard)"
	kill $hearer
	wait $hearer
	in_background $in_net nettrick hear $HOST4 $PORT $2 >heard
	hearer=$pid
	wait_for 5 grep -q ready heard || atf_fail "nobody listens"
	atf_check -o match:"^E[A-Z]*\$" \
	    $in_net jexec $name /bin/nettrick group $HOST4 $1 $PORT
	sleep 0.5
	atf_check -s exit:1 grep -x $HOST4 heard
	kill $hearer
	! wait $hearer
}

net_case group "copies that the kernel hands to the host have no source of the host"
group_body() {
	make_net
	make_net_root
	make_trick_jail group ip4.addr=$OWN4
	heard_of 10.9.0.255 ""
	heard_of 224.0.0.251 224.0.0.251
}

# ---- what fails half-way ----

net_case unrecorded "a change whose record cannot be written" strace
unrecorded_body() {
	make_net
	make_net_root
	make_trick_jail change ip4.addr=$OWN4
	atf_check -s exit:1 -e ignore $in_net strace -q -e trace=fsetxattr \
	    -e inject=fsetxattr:error=EIO jail -m name=$name ip4.addr=$OTHER4
	changed=$name
	new_name other
	other="name=$name path=$root persist ip4.addr=$OTHER4,$SECOND4"
	atf_check -s exit:1 -e match:"IPv4 addresses clash" \
	    $in_net jail -c $other
	atf_check jail -r $changed
	atf_check $in_net jail -c $other
}

atf_init_test_cases() {
	for case in accepted below mapped group unrecorded; do
		atf_add_test_case "$case"
	done
}
