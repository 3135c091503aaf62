#!/usr/bin/env atf-sh
# SPDX-License-Identifier: BSD-2-Clause
#
# Jails with a network stack of their own, in a namespace of the test's: no
# interface of the machine is touched.

# SC2086: words are split.
# shellcheck disable=SC1091,SC2086
. "$(atf_get_srcdir)/common.sh"

busy=/bin/busybox

# The namespace that stands for the host, held by a process.
make_net() {
	local i=0

	unshare -n sleep 1000 &
	echo $! >holder
	on="nsenter --net=/proc/$!/ns/net" # before a command
	until [ "$(readlink "/proc/$(cat holder)/ns/net")" != \
	    "$(readlink /proc/self/ns/net)" ]; do
		i=$((i + 1))
		[ $i -lt 500 ] || atf_fail "no network namespace"
		sleep 0.01
	done
	on_host ip link set lo up
}

on_host() {
	$on "$@"
}

# A bridge of the host's.
make_bridge() {
	on_host ip link add br0 type bridge || atf_skip "no bridges here"
	on_host ip link set br0 up
	on_host ip addr add 10.97.0.1/24 dev br0
	on_host ip addr add fd97::1/64 dev br0 nodad
}

# Interfaces of the host's, to be moved: u0 to u3, v0 to v3 are their peers.
make_pairs() {
	local i

	for i in 0 1 2 3; do
		on_host ip link add "u$i" type veth peer name "v$i" ||
		    atf_skip "no veth interfaces here"
	done
}

# As make_jail(), from the test's namespace.
make_vnet() {
	name=$(name_of "$1")
	shift
	[ -d "$JAIL_TEST_ROOT/bin" ] || make_root
	echo "$name" >>jails
	atf_check -s exit:0 -o ignore -e ignore $on \
	    jail -q -c "name=$name" "path=$JAIL_TEST_ROOT" vnet "$@"
	jid=$(jls -j "$name" jid) || atf_fail "jls -j $name jid"
}

# A jail that is not made: what it says, parameters.
not_made() {
	local why="$1"

	shift
	atf_check -s exit:1 -e match:"^jail: $why" $on jail -q -c \
	    "name=$(name_of not)" "path=$JAIL_TEST_ROOT" persist "$@"
	atf_check -s exit:1 -e ignore jls -j "$(name_of not)" jid
}

# What there is on the host but lo, in one line.
links() {
	on_host ip -o link 2>/dev/null | sed 's/^[0-9]*: \([^:@]*\).*/\1/' | grep -v '^lo$' |
	    sort | tr '\n' ' ' | sed 's/ $//'
}

# Wait, 5 s at most, until the host has these.
await_links() {
	local i=0

	until [ "$(links)" = "$1" ]; do
		i=$((i + 1))
		[ $i -lt 500 ] || atf_fail "$2: the host has \"$(links)\""
		sleep 0.01
	done
}

# The pids that keep a jail: its first process, its keeper.
warden_of() {
	head -n 1 "$(cgroup_of "$1")/cgroup.procs"
}

remove_net() {
	remove_jails
	[ ! -f holder ] || kill "$(cat holder)" 2>/dev/null
	return 0
}

# A case with a namespace of its own.
net_case() {
	root_case "$1" "$2" \
	    "jail jls jexec busybox ip nsenter unshare python3 $3" remove_net
}

net_case own 'a stack of its own, that root configures'
own_body() {
	local before

	before=$(cat /proc/sys/net/ipv4/ip_forward)
	make_root
	make_net
	make_vnet own persist mount.procfs
	atf_check -o inline:"vnet=new ip4=inherit ip6=inherit\n" \
	    jls -n -j "$name" vnet ip4 ip6
	atf_check -o match:"^1: lo: <LOOPBACK,UP,LOWER_UP>" \
	    -o match:"inet 127.0.0.1/8" -o not-match:"^2:" \
	    jexec "$name" $busy ip addr
	# every process that enters is in it
	[ "$(jexec "$name" $busy readlink /proc/self/ns/net)" = \
	    "$(readlink "/proc/$(warden_of "$jid")/ns/net")" ] ||
	    atf_fail "jexec is elsewhere"
	[ "$(jexec "$name" $busy readlink /proc/self/ns/net)" != \
	    "$(on_host readlink /proc/self/ns/net)" ] ||
	    atf_fail "it is the host's"
	atf_check -o match:"1 packets received" \
	    jexec "$name" $busy ping -c 1 -W 5 127.0.0.1
	atf_check -o match:"1 packets received" \
	    jexec "$name" $busy ping6 -c 1 -W 5 ::1
	atf_check jexec "$name" $busy ip addr add 10.98.0.1/32 dev lo
	atf_check -o match:"1 packets received" \
	    jexec "$name" $busy ping -c 1 -W 5 10.98.0.1
	# sysctls of the stack are the jail's, others are not
	atf_check jexec "$name" $busy sh -c \
	    "echo $((1 - before)) >/proc/sys/net/ipv4/ip_forward"
	atf_check -o inline:"$((1 - before))\n" \
	    jexec "$name" $busy cat /proc/sys/net/ipv4/ip_forward
	atf_check -o inline:"$before\n" cat /proc/sys/net/ipv4/ip_forward
	atf_check -s not-exit:0 -e match:"Read-only" jexec "$name" $busy sh -c \
	    "echo x >/proc/sys/kernel/domainname"
	# a user is no administrator
	atf_check -s not-exit:0 -e match:"not permitted" \
	    jexec -U joe "$name" $busy ip link set lo down
}

net_case refused 'what does not go with vnet, or without it'
refused_body() {
	local no="vnet jails cannot have IP address restrictions"

	make_root
	make_net
	for word in ip4=new ip4=disable ip6=disable ip4.addr=127.0.0.9 \
	    ip6.addr=fd97::9; do
		not_made "$no" vnet "$word"
	done
	not_made 'vnet: "disable" is none of its values' vnet=disable
	not_made "allow.noreserved_ports: the root of a vnet jail" \
	    vnet allow.noreserved_ports
	not_made "vnet.interface: needs vnet" vnet.interface=u0
	not_made "vnet.bridge: needs vnet" vnet.bridge=br0
	not_made "vnet.addr: needs vnet.bridge" vnet vnet.addr=10.97.0.2/24
	not_made "vnet.gateway: needs vnet.bridge" vnet vnet.gateway=10.97.0.1
	make_vnet refused persist
	atf_check -s exit:1 -e inline:"jail: $no\n" \
	    jail -m name="$name" ip4.addr=127.0.0.9
	atf_check -s exit:1 \
	    -e inline:"jail: vnet cannot be changed after creation\n" \
	    jail -m name="$name" vnet=inherit
	atf_check -s exit:1 -e match:"vnet.bridge cannot be changed" \
	    jail -m name="$name" vnet.bridge=br0
	atf_check jail -m name="$name" vnet=new
}

net_case thin 'the ip of the host, in a thin jail'
thin_body() {
	local ip

	ip=$(command -v ip)
	make_net
	mkdir thin
	atf_check -o match:"^lo +UNKNOWN" $on jail -c path="$PWD/thin" thin \
	    vnet command="$ip" -br link
	atf_check -o match:"127.0.0.1/8" $on jail -c path="$PWD/thin" thin \
	    vnet command="$ip" -br addr
	atf_check -o match:"inet6 ::1/128" $on jail -c path="$PWD/thin" \
	    thin vnet command="$ip" -6 addr show dev lo
}

# From jail $1 to an address: one packet, and a line by TCP.
reach() {
	atf_check -o match:"1 packets received" \
	    jexec "$1" $busy ping -c 1 -W 5 "$2"
	# the server may have just been started
	wait_for 5 echoes "$1" "$2" || atf_fail "$1 to $2: no echo"
}

echoes() {
	[ "$(echo "from $1" | jexec "$1" $busy nc -w 5 "$2" 7)" = "from $1" ]
}

# An echo server: where, its busybox.
echo_server() {
	$1 $2 nc -ll -p 7 -e $2 cat >/dev/null 2>&1 &
	echo $! >>servers
}

net_case bridge 'two jails and the host, on a bridge'
bridge_body() {
	local a b end

	make_root
	make_net
	make_bridge
	# addresses are there before anything runs
	make_vnet a persist vnet.bridge=br0 vnet.addr=10.97.0.2/24,fd97::2/64 \
	    vnet.gateway=10.97.0.1 vnet.gateway=fd97::1 \
	    exec.start="$busy ping -c 1 -W 5 10.97.0.1" \
	    exec.start="$busy ping6 -c 1 -W 5 fd97::1"
	a=$name
	make_vnet b persist vnet.bridge=br0 vnet.addr=10.97.0.3/24 \
	    vnet.addr=fd97::3/64
	b=$name
	atf_check -o match:"^default via 10.97.0.1 dev eth0" \
	    jexec "$a" $busy ip route
	atf_check -o match:"^default via fd97::1 dev eth0" \
	    jexec "$a" $busy ip -6 route
	atf_check -o not-match:default jexec "$b" $busy ip route
	echo_server "jexec $a" $busy
	echo_server "jexec $b" $busy
	echo_server "$on" "$BUSYBOX"
	for end in 10.97.0.3 fd97::3 10.97.0.1 fd97::1; do
		reach "$a" "$end"
	done
	reach "$b" 10.97.0.2
	atf_check -o match:"1 (packets )?received" $on "$BUSYBOX" ping -c 1 10.97.0.2
	# the host's ends say whose they are
	[ "$(links | tr ' ' '\n' | grep -c '^jail[0-9a-f]\{8\}$')" = 2 ] ||
	    atf_fail "the host has \"$(links)\""
	atf_check -o match:"alias jail $a," $on ip link
	jail -R "$a" || atf_fail "jail -R"
	jail -r "$b" || atf_fail "jail -r"
	[ "$(links)" = br0 ] || atf_fail "the host has \"$(links)\""
}
bridge_cleanup() {
	[ ! -f servers ] || xargs kill <servers 2>/dev/null
	remove_net
}

net_case stable 'names and addresses that a restart leaves as they are'
stable_body() {
	local mac bridge end

	make_root
	make_net
	make_bridge
	bridge=$(on_host ip -o link show br0 | sed 's/.*link.ether \([^ ]*\).*/\1/')
	make_vnet one persist vnet.bridge=br0
	mac=$(jexec "$name" $busy ip link show eth0 | sed -n 2p)
	end=$(links)
	case $mac in
	*ether\ ?[26ae]:*) ;;
	*) atf_fail "not a local address: $mac" ;;
	esac
	make_vnet two persist vnet.bridge=br0
	[ "$(jexec "$name" $busy ip link show eth0 | sed -n 2p)" != "$mac" ] ||
	    atf_fail "two jails have $mac"
	atf_check jail -r "$name"
	name=$(name_of one)
	atf_check -o ignore $on jail -q -rc "name=$name" \
	    "path=$JAIL_TEST_ROOT" vnet persist vnet.bridge=br0
	[ "$(jexec "$name" $busy ip link show eth0 | sed -n 2p)" = "$mac" ] ||
	    atf_fail "not $mac any more"
	[ "$(links)" = "$end" ] || atf_fail "\"$(links)\", not \"$end\""
	# the bridge's own address is that of none of them
	atf_check -o match:"link/ether $bridge " $on ip link show br0
	# its first process dies: the kernel ends the pair
	kill -KILL "$(warden_of "$(jls -j "$name" jid)")"
	await_links br0 "the first process was killed"
	# a name that is taken
	on_host ip link add "${end#br0 }" type bridge
	make_vnet one persist vnet.bridge=br0
	atf_check jail -r "$name"
	[ "$(links)" = "$end" ] || atf_fail "\"$(links)\", not \"$end\""
}

net_case bridge_wrong 'a bridge, addresses, gateways that cannot be'
bridge_wrong_body() {
	make_root
	make_net
	make_bridge
	make_pairs
	not_made 'vnet.bridge: br9: no such interface: make it with "ip link add br9 type bridge"' \
	    vnet vnet.bridge=br9
	not_made "vnet.bridge: u0 is not a bridge" vnet vnet.bridge=u0
	not_made 'vnet.bridge: no interface can be called "b/r"' \
	    vnet vnet.bridge=b/r
	not_made "vnet.addr: not an address: 10.97.0/24" \
	    vnet vnet.bridge=br0 vnet.addr=10.97.0/24
	not_made "vnet.addr: 10.97.0.2: say how long .* 10.97.0.2/24" \
	    vnet vnet.bridge=br0 vnet.addr=10.97.0.2
	not_made "vnet.addr: fd97::2/129: not a prefix length: 129" \
	    vnet vnet.bridge=br0 vnet.addr=fd97::2/129
	not_made "vnet.addr: 10.97.0.2/24: File exists" \
	    vnet vnet.bridge=br0 vnet.addr=10.97.0.2/24,10.97.0.2/24
	not_made "vnet.gateway: 10.97.1.1 is in the network of no vnet.addr" \
	    vnet vnet.bridge=br0 vnet.addr=10.97.0.2/24 vnet.gateway=10.97.1.1
	not_made "vnet.gateway: 10.97.0.5: there is one already for IPv4" \
	    vnet vnet.bridge=br0 vnet.addr=10.97.0.2/24 \
	    vnet.gateway=10.97.0.1,10.97.0.5
	[ "$(links)" = "br0 u0 u1 u2 u3 v0 v1 v2 v3" ] ||
	    atf_fail "the host has \"$(links)\""
}

net_case home 'interfaces come home, however the jail ends'
home_body() {
	local all="u0 u1 u2 u3 v0 v1 v2 v3" some="u0 u1 u2 u3 v2 v3" before

	make_root
	make_net
	make_pairs
	before=$(on_host ip -o link show v0 | cut -d: -f 1)
	make_vnet home persist vnet.interface="v0,v1"
	await_links "$some" "moved"
	atf_check -o match:"v0@" -o match:"v1@" jexec "$name" $busy ip link
	atf_check jail -r "$name"
	[ "$(links)" = "$all" ] || atf_fail "jail -r: \"$(links)\""
	[ "$(on_host ip -o link show v0 | cut -d: -f 1)" = "$before" ] ||
	    atf_fail "v0 has another index"
	make_vnet home persist vnet.interface=v0 vnet.interface=v1
	atf_check jail -R "$name"
	[ "$(links)" = "$all" ] || atf_fail "jail -R: \"$(links)\""
	# its last process ends
	atf_check $on jail -q -c "name=$name" "path=$JAIL_TEST_ROOT" vnet \
	    vnet.interface="v0 v1" command=/bin/true
	[ "$(links)" = "$all" ] || atf_fail "command: \"$(links)\""
	make_vnet home vnet.interface=v0,v1 \
	    exec.start="$busy sleep 1000 &"
	xargs kill -KILL <"$(cgroup_of "$jid")/payload/cgroup.procs"
	await_links "$all" "the last process was killed"
	# a start that fails
	atf_check -s exit:1 -e match:"false: failed" $on jail -q -c \
	    "name=$name" "path=$JAIL_TEST_ROOT" vnet persist \
	    vnet.interface=v0,v1 exec.start=/bin/false
	[ "$(links)" = "$all" ] || atf_fail "exec.start: \"$(links)\""
	atf_check -s exit:1 -e match:"v9: no such interface" $on jail -q \
	    -c "name=$name" "path=$JAIL_TEST_ROOT" vnet persist \
	    vnet.interface=v0,v9
	[ "$(links)" = "$all" ] || atf_fail "v9: \"$(links)\""
}

net_case killed 'interfaces come home, whoever is killed'
killed_body() {
	local all="u0 u1 u2 u3 v0 v1 v2 v3" some="u0 u1 u2 u3 v2 v3" i=0

	make_root
	make_net
	make_pairs
	make_vnet killed persist vnet.interface=v0,v1
	kill -KILL "$(warden_of "$jid")"
	await_links "$all" "the first process"
	make_vnet killed persist vnet.interface=v0,v1
	[ -n "$(keeper_of "$jid")" ] || atf_fail "it has no keeper"
	kill -KILL "$(keeper_of "$jid")"
	[ "$(links)" = "$some" ] || atf_fail "the keeper: \"$(links)\""
	atf_check jail -r "$name"
	[ "$(links)" = "$all" ] || atf_fail "without a keeper: \"$(links)\""
	# both: what is virtual goes with the namespace, and with it its peer
	make_vnet killed persist vnet.interface=v2
	kill -KILL "$(keeper_of "$jid")"
	kill -KILL "$(warden_of "$jid")"
	all="u0 u1 u3 v0 v1 v3" some="u0 u1 u3 v3"
	await_links "$all" "both"
	# others' keepers that are on their way out can pass for this one
	while [ "$i" -lt 100 ] && [ -d "$(cgroup_of "$jid")" ]; do
		i=$((i + 1))
		jls >/dev/null
		sleep 0.05
	done
	kept=$jid
	# whoever starts it, in the middle
	for at in exec.created exec.start; do
		# not atf_check: its exit status is that of a killed one
		$on jail -q -c "name=$name" "path=$JAIL_TEST_ROOT" vnet \
		    persist vnet.interface=v0,v1 "$at=sleep 4" &
		starter=$!
		until jid=$(jls -j "$name" jid 2>/dev/null); do
			sleep 0.02
		done
		[ $at = exec.created ] || await_links "$some" "moved"
		kill -KILL $starter
		wait $starter
		# what it ran may still have its locks, before it execs
		while jls -j "$name" jid >/dev/null 2>&1; do
			sleep 0.02
		done
		await_links "$all" "whoever started it ($at)"
	done
	# the next jail(8) has looked
	atf_check -o empty "$(atf_get_srcdir)/keepers.py" "$kept"
}

net_case names 'names that are taken, here or there'
names_body() {
	local all="u0 u1 u2 u3 v0 v1 v2 v3"

	make_root
	make_net
	make_bridge
	make_pairs
	make_vnet names persist vnet.interface=v0
	not_made "vnet.interface: v0: Device busy: jail $jid has it" \
	    vnet vnet.interface=v0
	not_made "vnet.interface: v9: no such interface" \
	    vnet vnet.interface=v9
	not_made "vnet.interface: lo cannot leave its network stack" \
	    vnet vnet.interface=lo
	not_made "vnet.interface: br0 cannot leave its network stack" \
	    vnet vnet.interface=br0
	on_host ip link set v1 name eth0
	not_made "vnet.interface: eth0: the jail has an interface of that name" \
	    vnet vnet.bridge=br0 vnet.interface=eth0
	on_host ip link set eth0 name v1
	# whatever its root calls it
	atf_check jexec "$name" $busy ip link set v0 name u1
	atf_check jail -r "$name"
	[ "$(links)" = "br0 $all" ] || atf_fail "renamed: \"$(links)\""
	# a name that was given to another one meanwhile
	make_vnet names persist vnet.interface=v0
	on_host ip link set v1 name v0
	atf_check jail -r "$name"
	[ "$(links)" = "br0 dev0 u0 u1 u2 u3 v0 v2 v3" ] ||
	    atf_fail "taken: \"$(links)\""
}

net_case altname 'a second name is no way to keep an interface'
altname_body() {
	local ip

	ip=$(command -v ip)
	make_net
	make_pairs
	mkdir thin
	name=$(name_of alt)
	echo "$name" >>jails
	atf_check $on jail -q -c name="$name" path="$PWD/thin" thin vnet \
	    persist thin.files="$ip" vnet.interface=v0
	jexec "$name" "$ip" link property add dev v0 altname u1 altname u2 ||
	    atf_skip "this ip knows no second names"
	atf_check jail -r "$name"
	[ "$(links)" = "u0 u1 u2 u3 v0 v1 v2 v3" ] || atf_fail "\"$(links)\""
}

net_case attack 'root of a stack has no power over another'
attack_body() {
	local ip

	ip=$(command -v ip)
	make_net
	make_bridge
	mkdir thin
	name=$(name_of attack)
	echo "$name" >>jails
	atf_check $on jail -q -c name="$name" path="$PWD/thin" thin vnet \
	    persist thin.files="$ip" thin.files="$BUSYBOX" vnet.bridge=br0 mount.procfs
	for call in "nsenter -n/proc/self/ns/net true" "unshare -n true" \
	    "insmod $BUSYBOX" "mount -t sysfs x /proc"; do
		atf_check -s not-exit:0 -o ignore -e match:"ermi(tted|ssion)" \
		    jexec "$name" "$BUSYBOX" $call
	done
	# the other end of its interface is in the host's
	atf_check -o match:"link-netnsid 0" jexec "$name" "$ip" link show eth0
	for words in "link show target-nsid 0" \
	    "link add link eth0 name m0 link-netnsid 0 type macvlan" \
	    "link add m1 type veth peer name m2 netns 1234567"; do
		atf_check -s not-exit:0 -o empty -e not-empty \
		    jexec "$name" "$ip" $words
	done
	[ "$(links | wc -w)" = 2 ] || atf_fail "the host has \"$(links)\""
}

net_case start_killed 'starts that are killed at any moment leave nothing'
start_killed_body() {
	local i=0 killed=0 all="br0 u0 u1 u2 u3 v0 v1 v2 v3" usec starter

	make_root
	make_net
	make_bridge
	make_pairs
	name=$(name_of many)
	echo "$name" >>jails
	while [ $i -lt 20 ]; do
		i=$((i + 1))
		usec=$(($(od -An -N2 -tu2 /dev/urandom) % 40000))
		$on jail -q -c "name=$name" "path=$JAIL_TEST_ROOT" vnet \
		    persist vnet.bridge=br0 vnet.addr=10.97.0.2/24 \
		    vnet.interface=v0,v1 exec.start="$busy true" &
		starter=$!
		sleep "0.$(printf '%06d' $usec)"
		kill -KILL $starter 2>/dev/null
		wait $starter || killed=$((killed + 1))
		jls >/dev/null
		# one that was done before
		jail -R "$name" 2>/dev/null
		# what it ran may have been at work still, with its lock
		jls >/dev/null
		await_links "$all" "killed after $usec us"
	done
	[ $killed -ge 5 ] || atf_fail "only $killed of $i were killed"
}

atf_init_test_cases() {
	for case in own refused thin bridge stable bridge_wrong home killed \
	    names altname attack start_killed; do
		atf_add_test_case "$case"
	done
}
