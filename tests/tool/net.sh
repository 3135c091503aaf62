# shellcheck shell=sh disable=SC2034,SC2086,SC2154,SC3043
# SPDX-License-Identifier: BSD-2-Clause
#
# What the tests of the network share, on top of prog.sh: two network namespaces
# of their own, joined by a veth pair.  In the first one are the host, as far as
# the jails know, and the jails; the second one is another machine.

net_dir=$(atf_get_srcdir)
# shellcheck source=tests/tool/prog.sh disable=SC1091
. "$net_dir/prog.sh"

HOST4=10.9.0.1
HOST6=fd09::1
OWN4=10.9.0.11
OWN6=fd09::11
SECOND4=10.9.0.12
SECOND6=fd09::12
OTHER4=10.9.0.21
OTHER6=fd09::21
OUT4=10.9.0.2
OUT6=fd09::2

# What nettab has to know of them.
WHOS="own=$OWN4,$OWN6 own2=$SECOND4,$SECOND6 host=$HOST4,$HOST6
    other=$OTHER4,$OTHER6 out=$OUT4,$OUT6 broad=10.9.0.255"

# A process that ends with the test: its command.  Sets pid.
in_background() {
	"$@" &
	pid=$!
	echo "$pid" >>pids
}

# A namespace that lasts as long as a process: its pid goes to the file.
new_namespace() {
	in_background unshare --net sleep 1800
	echo "$pid" >"$1"
	wait_for 5 other_namespace "$pid" || atf_fail "no network namespace"
}

other_namespace() {
	[ "$(readlink "/proc/$1/ns/net")" != "$(readlink /proc/$$/ns/net)" ]
}

# Sets in_net and in_out: before a command, it runs on the host of the test, or
# on the other machine.
find_net() {
	in_net="nsenter --net=/proc/$(cat net)/ns/net"
	in_out="nsenter --net=/proc/$(cat out)/ns/net"
}

# Addresses beside the first have one prefix, as FreeBSD's aliases.
make_net() {
	local ip

	[ ! -f net ] || return 0
	new_namespace net
	new_namespace out
	find_net
	$in_net ip link set lo up
	$in_out ip link set lo up
	$in_net ip link add jt0 type veth peer name jt1 ||
	    atf_skip "no veth pairs here"
	$in_net ip link set jt1 netns "$(cat out)"
	$in_net ip link set jt0 up
	$in_out ip link set jt1 up
	$in_net ip addr add $HOST4/24 brd + dev jt0
	$in_net ip addr add $HOST6/64 dev jt0 nodad
	for ip in $OWN4 $SECOND4 $OTHER4; do
		$in_net ip addr add $ip/32 dev jt0
	done
	for ip in $OWN6 $SECOND6 $OTHER6; do
		$in_net ip addr add $ip/64 dev jt0 nodad preferred_lft 0
	done
	$in_out ip addr add $OUT4/24 brd + dev jt1
	$in_out ip addr add $OUT6/64 dev jt1 nodad
}

# Of the programs beside the tests: in the root, and along PATH.
make_net_root() {
	local name

	make_root
	mkdir -p "$JAIL_TEST_ROOT/ctl"
	for name in nettab netpeer nettheft nettrick netforge netwatch; do
		command -v $name >/dev/null ||
		    atf_skip "$name is not built"
		cp "$(command -v $name)" "$JAIL_TEST_ROOT/bin/" ||
		    atf_fail "cp $name"
	done
}

# Those that answer and ask, here and outside.
start_peers() {
	in_background $in_net netpeer host "$JAIL_TEST_ROOT/ctl/host" \
	    $HOST4 $OTHER4 127.0.0.1 $HOST6 $OTHER6 ::1 >host.log
	in_background $in_out netpeer out "$JAIL_TEST_ROOT/ctl/out" \
	    $OUT4 $OUT6 >out.log
	wait_for 5 grep -q ready host.log || atf_fail "no peer on the host"
	wait_for 5 grep -q ready out.log || atf_fail "no peer outside"
}

# For cleanups.
net_cleanup() {
	local pid

	remove_jails
	[ ! -f pids ] || while read -r pid; do
		kill -9 "$pid" 2>/dev/null
	done <pids
	return 0
}

# A test case: its name, what it shows, more programs.
net_case() {
	root_case "$1" "$2" "jail jls jexec busybox ip nsenter unshare $3" \
	    net_cleanup
}
