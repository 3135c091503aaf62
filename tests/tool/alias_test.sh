#!/usr/bin/env atf-sh
# SPDX-License-Identifier: BSD-2-Clause
#
# Aliases: addresses that an interface has for the life of a jail, however that
# ends and whoever is killed meanwhile.  Each case has a network namespace of
# its own, with the ends v0 and v1 of a veth pair.

# SC2046, SC2086: words are split.
# shellcheck disable=SC1091,SC2046,SC2086
. "$(atf_get_srcdir)/prog.sh"

keepers=$prog_dir/keepers.py

# ---- the namespace ----

is_apart() {
	[ "$(readlink "/proc/$1/ns/net")" != "$(readlink /proc/self/ns/net)" ]
}

make_net() {
	unshare -n sleep 1000 &
	echo $! >holder
	wait_for 5 is_apart "$(cat holder)" || atf_fail "no namespace"
	# programs, for atf_check: net COMMAND runs it there, mk X WORDS makes
	# the jail X
	mkdir bin
	cat >bin/net <<-END
	#!/bin/sh
	exec nsenter --net=/proc/$(cat holder)/ns/net "\$@"
	END
	cat >bin/mk <<-END
	#!/bin/sh
	name=$(name_of "")\$1
	shift
	exec net jail -q -c "name=\$name" "path=$JAIL_TEST_ROOT" "\$@"
	END
	chmod +x bin/net bin/mk
	PATH=$PWD/bin:$PATH
	net ip link set lo up
	atf_check net ip link add v0 type veth peer name v1
	atf_check net ip link set v0 up
	atf_check net ip link set v1 up
	make_root
}

remove_net() {
	# with the body it has been ended, where an init reaps
	[ ! -f holder ] || kill -KILL "$(cat holder)" 2>/dev/null || true
}

# The addresses of v0 but for those that the kernel makes.
addresses() {
	net ip -o addr show dev v0 scope global |
	    sed 's/ *\\.*//; s/^.*inet6* //; s/ scope.*//; s/ metric.*//'
}

# v0 has these addresses, one an argument.
has() {
	if [ $# -eq 0 ]; then
		atf_check_equal "" "$(addresses | paste -sd ,)"
	else
		atf_check_equal "$(printf '%s\n' "$@" | sort)" \
		    "$(addresses | sort)"
	fi
}

has_none() {
	[ -z "$(addresses)" ]
}

# ---- the record ----

# Nothing is recorded of this namespace.
no_record() {
	local cookie dir top

	cookie=$(cat cookie)
	top=$(jail_dir)
	for dir in "$top"/[0-9]* "$top/taken" "$top"/taken/*; do
		getfattr -d -m trusted.jail --only-values "$dir" 2>/dev/null |
		    grep -a "alias $cookie " && return 1
	done
	return 0
}

# What the record calls this namespace.
know_cookie() {
	net python3 -c 'import socket, struct
s = socket.socket(socket.AF_UNIX)
print(struct.unpack("Q", s.getsockopt(socket.SOL_SOCKET, 71, 8))[0])' >cookie
}

nothing_taken() {
	has "$@"
	no_record || atf_fail "something is recorded"
}

# For cleanups: in this order, so that the namespace is there.
clean_all() {
	remove_jails
	jls >/dev/null
	remove_net
}

alias_case() {
	root_case "$1" "$2" \
	    "jail jls busybox ip unshare nsenter getfattr python3 $3" clean_all
}

# Make a jail, or try to: its short name, words.  Sets name.
create() {
	new_name "$1"
	atf_check mk "$@"
}

try() {
	new_name "$1"
	mk "$@"
}

# ---- up and down ----

alias_case order "up after exec.prepare, away before exec.release"
order_body() {
	local show

	make_net
	know_cookie
	show="ip -o addr show dev v0 scope global | grep -c inet"
	create order persist 'ip4.addr=v0|10.9.0.1/24' 'ip6.addr=v0|fd09::1/64' \
	    "exec.prepare=echo prepare \$($show) >>$PWD/said" \
	    "exec.prestart=echo prestart \$($show) >>$PWD/said" \
	    "exec.poststop=echo poststop \$($show) >>$PWD/said" \
	    "exec.release=echo release \$($show) >>$PWD/said"
	has "10.9.0.1/24 brd 10.9.0.255" fd09::1/64
	# at once, with nothing to wait for
	atf_check -o not-match:tentative \
	    net ip -6 addr show dev v0 scope global
	atf_check -o inline:"10.9.0.1 fd09::1\n" \
	    jls -j "$name" ip4.addr ip6.addr
	atf_check net jail -q -r "$name"
	atf_check -o inline:"prepare 0\nprestart 2\npoststop 2\nrelease 0\n" \
	    cat said
	nothing_taken
	nothing_left
}

# One form: what is given, what v0 has then.
form() {
	create form persist "$@"
	if [ -n "$want6" ]; then
		has "$want" "$want6"
	else
		has "$want"
	fi
	atf_check jail -q -R "$name"
	has
}

alias_case forms "masks, broadcast addresses, words of ifconfig(8)"
forms_body() {
	local want want6=

	make_net
	want=10.9.0.1/32
	form 'ip4.addr=v0|10.9.0.1'
	form ip4.addr=10.9.0.1 interface=v0
	form interface=v0 ip4.addr=10.9.0.1
	form interface=nonsense 'ip4.addr=v0|10.9.0.1 alias'
	want="10.9.0.1/24 brd 10.9.0.255"
	form 'ip4.addr=v0|10.9.0.1/24'
	form 'ip4.addr=v0|10.9.0.1/255.255.255.0'
	form 'ip4.addr=v0|10.9.0.1 netmask 255.255.255.0'
	form 'ip4.addr=v0|10.9.0.1 netmask 0xffffff00 add'
	want="10.9.0.1/24 brd 10.9.0.77"
	form 'ip4.addr=v0|10.9.0.1/24 broadcast 10.9.0.77'
	want=10.9.0.1/31
	form 'ip4.addr=v0|10.9.0.1/31'
	want=fd09::1/128
	form 'ip6.addr=v0|FD09:0::1'
	want=fd09::1/64
	form 'ip6.addr=v0|fd09::1/64'
	form 'ip6.addr=v0|fd09::1 prefixlen 64 no_dad'
	# commas end an address, and what has an interface has it alone
	want=10.9.0.1/32 want6="10.9.0.2/24 brd 10.9.0.255"
	form 'ip4.addr=v0|10.9.0.1,v0|10.9.0.2/24'
	form 'ip4.addr=10.9.0.1,10.9.0.2/24' interface=v0
	want6=
	form 'ip4.addr=v0|10.9.0.1,10.9.0.2/24'
	# twice the same
	form 'ip4.addr=v0|10.9.0.1' ip4.addr=10.9.0.2
	# without an interface none is configured
	create none persist ip4.addr=10.9.0.1/24
	has
	atf_check jail -q -R "$name"
}

alias_case old_form "the old form of the command line"
old_form_body() {
	make_net
	atf_check -o inline:"10.9.0.1/32\n" net jail -n "$(name_of old)" \
	    "$JAIL_TEST_ROOT" old.example 'v0|10.9.0.1' /bin/sh -c \
	    "busybox ip -o addr show dev v0 | busybox awk '/inet /{print \$4}'"
	has
}

# ---- what was there ----

alias_case was_there "an address that was there stays"
was_there_body() {
	make_net
	know_cookie
	net ip addr add 10.9.0.1/24 dev v0
	net ip addr add fd09::1/64 dev v0 nodad
	create there persist 'ip4.addr=v0|10.9.0.1/24' \
	    'ip6.addr=v0|fd09::1/128'
	has 10.9.0.1/24 fd09::1/64
	# nothing of it is the jail's: it needs no keeper
	jid=$(jls -j "$name" jid)
	atf_check -o inline:"there $jid -\n" "$keepers" "$jid"
	no_record || atf_fail "it is recorded"
	atf_check net jail -q -r "$name"
	nothing_taken 10.9.0.1/24 fd09::1/64
	# with another mask it is the same address
	create there persist 'ip4.addr=v0|10.9.0.1,v0|10.9.0.2'
	has 10.9.0.1/24 fd09::1/64 10.9.0.2/32
	atf_check net jail -q -r "$name"
	nothing_taken 10.9.0.1/24 fd09::1/64
	# a start that fails leaves it as well
	try there persist 'ip4.addr=v0|10.9.0.1/24,v0|10.9.0.2' \
	    exec.prestart=false 2>/dev/null && atf_fail "started"
	nothing_taken 10.9.0.1/24 fd09::1/64
}

alias_case by_hand "an address that was taken away by hand, or set anew"
by_hand_body() {
	make_net
	know_cookie
	create hand persist 'ip4.addr=v0|10.9.0.1/24,v0|10.9.0.2'
	net ip addr del 10.9.0.1/24 dev v0
	net ip addr del 10.9.0.2/32 dev v0
	net ip addr add 10.9.0.2/32 dev v0
	# what the administrator has made is not the jail's
	atf_check net jail -q -r "$name"
	nothing_taken 10.9.0.2/32
	# nor can an interface be missed that has gone
	create hand persist 'ip4.addr=v0|10.9.0.3/24'
	net ip link del v0
	atf_check net jail -q -r "$name"
	no_record || atf_fail "something is recorded"
}

alias_case network "the first address of a network goes alone"
network_body() {
	local get

	make_net
	know_cookie
	get="net sysctl -n net.ipv4.conf.v0.promote_secondaries"
	net sysctl -qw net.ipv4.conf.all.promote_secondaries=0 \
	    net.ipv4.conf.v0.promote_secondaries=0
	create one persist 'ip4.addr=v0|10.9.0.1/24,v0|10.9.0.2/24'
	create two persist 'ip4.addr=v0|10.9.0.3/24'
	net ip addr add 10.9.0.4/24 dev v0
	atf_check jail -q -R "$(name_of one)"
	has "10.9.0.3/24 brd 10.9.0.255" 10.9.0.4/24
	atf_check -o inline:"0\n" $get
	net sysctl -qw net.ipv4.conf.v0.promote_secondaries=1
	atf_check jail -q -R "$(name_of two)"
	atf_check -o inline:"1\n" $get
	nothing_taken 10.9.0.4/24
}

# ---- ends ----

alias_case failed_start "a start that fails gives back"
failed_start_body() {
	make_net
	know_cookie
	for how in exec.prestart=false exec.created=false exec.start=false \
	    exec.poststart=false path=/nonexistent ip4.saddrsel=false; do
		if try failed persist 'ip4.addr=v0|10.9.0.1/24' \
		    'ip6.addr=v0|fd09::1' "$how" >out 2>&1; then
			[ "$how" = ip4.saddrsel=false ] ||
			    atf_fail "$how: started"
			atf_check jail -q -R "$name"
		fi
		nothing_taken
		nothing_left
	done
	# a step of the jail's own creation
	try clash persist "path=$PWD/none" 'ip4.addr=v0|10.9.0.1' \
	    2>/dev/null && atf_fail "started"
	nothing_taken
	# interrupted
	net timeout -s INT 0.5 jail -q -c "name=$(name_of int)" \
	    "path=$JAIL_TEST_ROOT" persist 'ip4.addr=v0|10.9.0.1' \
	    exec.prestart="sleep 3" 2>/dev/null && atf_fail "started"
	wait_for 5 has_none || atf_fail "interrupted: $(addresses)"
	wait_for 5 no_record
	nothing_taken
}

alias_case bad "what is wrong leaves nothing"
bad_body() {
	make_net
	know_cookie
	bad() {
		local say=$1

		shift
		atf_check -s exit:1 -o empty -e inline:"jail: $say\n" \
		    mk bad persist "$@"
		nothing_taken
	}
	bad "10.9.0.2: interface none does not exist" \
	    'ip4.addr=v0|10.9.0.1,none|10.9.0.2'
	bad 'ip4.addr: bad netmask "33"' 'ip4.addr=v0|10.9.0.1,v0|10.9.0.2/33'
	bad 'ip4.addr: bad netmask "255.0.255.0"' \
	    'ip4.addr=v0|10.9.0.1/255.0.255.0'
	bad 'ip6.addr: bad prefixlen "129"' 'ip6.addr=v0|fd09::1/129'
	bad "ip4.addr: not an IPv4 address: 10.9.0" 'ip4.addr=v0|10.9.0'
	bad 'interface: not an interface: "v0/1"' interface=v0/1
	bad 'ip4.addr: 10.9.0.1: "up" cannot be said of an alias here: only '"\
add, alias, broadcast and netmask can; what is the interface's is set with \
ip(8)" 'ip4.addr=v0|10.9.0.1 up'
	# the second fails at the kernel: the first goes again
	net sysctl -qw net.ipv6.conf.v0.disable_ipv6=1
	bad "fd09::1: IPv6 is disabled on v0: set \
net.ipv6.conf.v0.disable_ipv6 to 0" \
	    'ip4.addr=v0|10.9.0.1' 'ip6.addr=v0|fd09::1'
}

alias_case death "a jail that ends by itself gives back"
death_body() {
	local dir

	make_net
	know_cookie
	create death 'ip4.addr=v0|10.9.0.1/24' command=/bin/true
	wait_for 5 has_none || atf_fail "the command has ended: $(addresses)"
	wait_for 5 no_record
	nothing_taken
	wait_for 5 no_jail "$name" || atf_fail "the jail is there"
	# killed as a whole
	create death persist 'ip4.addr=v0|10.9.0.1/24'
	has "10.9.0.1/24 brd 10.9.0.255"
	dir=$(jail_dir)/$(jls -j "$name" jid)
	echo 1 >"$dir/cgroup.kill"
	wait_for 5 has_none || atf_fail "killed: $(addresses)"
	wait_for 5 no_record
	wait_for 5 no_jail "$name"
	nothing_taken
	# by jail -R, from another namespace
	create death persist 'ip4.addr=v0|10.9.0.1/24'
	atf_check jail -R "$name"
	nothing_taken
}

alias_case keeper "the keeper killed: the next jls gives back"
keeper_body() {
	local dir jid pid

	make_net
	know_cookie
	for how in jls jail hooks; do
		set -- "exec.poststop=echo stop >>$PWD/said" \
		    "exec.release=ip -o addr show dev v0 scope global >>$PWD/said"
		[ $how = hooks ] || set --
		create keeper persist 'ip4.addr=v0|10.9.0.1/24' "$@"
		jid=$(jls -j "$name" jid)
		dir=$(jail_dir)/$jid
		pid=$("$keepers" "$jid" | sed -n 's/^waiting \([0-9]*\) .*/\1/p')
		kill -KILL $pid || atf_fail "no keeper"
		echo 1 >"$dir/cgroup.kill"
		wait_for 5 grep -q "populated 0" "$dir/cgroup.events"
		has "10.9.0.1/24 brd 10.9.0.255"
		if [ $how = jail ]; then
			atf_check -s exit:1 -e ignore net jail -q -r nobody-$$
		else
			atf_check -o ignore net jls
		fi
		nothing_taken
		if [ $how = hooks ]; then
			# commands are jail(8)'s
			[ ! -e said ] || atf_fail "jls ran $(cat said)"
			atf_check -s exit:1 -e ignore net jail -q -r nobody-$$
			atf_check -o inline:"stop\n" cat said
		fi
		nothing_left
	done
}

alias_case cleanup "jail -C gives back"
cleanup_body() {
	local dir jid pid

	make_net
	know_cookie
	name=$(name_of c)
	cat >jail.conf <<-END
	$name { path = $JAIL_TEST_ROOT; persist; interface = v0;
	    ip4.addr = 10.9.0.1/24, 10.9.0.2;
	    exec.poststop = "ip -o -4 addr show dev v0 | wc -l >>$PWD/said";
	    exec.release = "ip -o -4 addr show dev v0 | wc -l >>$PWD/said"; }
	END
	atf_check net jail -q -f jail.conf -c "$name"
	jid=$(jls -j "$name" jid)
	dir=$(jail_dir)/$jid
	kill -KILL $("$keepers" "$jid" |
	    sed -n 's/^waiting \([0-9]*\) .*/\1/p') || atf_fail "no keeper"
	echo 1 >"$dir/cgroup.kill"
	wait_for 5 grep -q "populated 0" "$dir/cgroup.events"
	has "10.9.0.1/24 brd 10.9.0.255" 10.9.0.2/32
	atf_check net jail -q -f jail.conf -C "$name"
	atf_check -o inline:"2\n0\n" cat said
	nothing_taken
	nothing_left
}

MOMENTS=${MOMENTS:-20}

# Kill jail(8) at many moments of a start: its words.
kill_often() {
	local i=0 killed=0 late=0 usec whole

	[ -x killat ] || atf_check cc -std=gnu17 -D_GNU_SOURCE -O1 \
	    -o killat "$prog_dir/../host/killat.c"
	new_name kill
	rm -f usec
	while [ $i -lt 5 ]; do
		i=$((i + 1))
		net ./killat - jail -q -c "name=$name" \
		    "path=$JAIL_TEST_ROOT" "$@" | tail -n 1 >>usec
		jail -R "$name" >/dev/null 2>&1
	done
	whole=$(sort -n usec | head -n 1)
	i=0
	while [ $i -lt $MOMENTS ]; do
		i=$((i + 1))
		usec=$((whole * i / MOMENTS +
		    $(od -An -N2 -tu2 /dev/urandom) % 300))
		if net ./killat $usec jail -q -c "name=$name" \
		    "path=$JAIL_TEST_ROOT" "$@" >/dev/null 2>&1; then
			killed=$((killed + 1))
		elif [ $usec -lt "$whole" ]; then
			whole=$usec # other tests had made it slow
		fi
		# from another namespace, too
		if [ $((i % 2)) -eq 0 ]; then
			jls >/dev/null
		else
			net jls >/dev/null
		fi
		# it may have been complete
		if jls -c -j "$name"; then
			jail -R "$name" 2>/dev/null
		fi
		# the keeper of one that was complete may be at it; or a process
		# that jail(8) had just made holds its lock: the jls after that
		if ! wait_for 1 has_none; then
			late=$((late + 1))
			jls >/dev/null
		fi
		has_none ||
		    atf_fail "after $usec of $whole us: $(addresses)"
		wait_for 2 no_record ||
		    atf_fail "after $usec of $whole us: recorded"
	done
	echo "$killed of $i killed, $late late"
	[ $killed -ge $((MOMENTS / 3)) ] || atf_fail "the moments are wrong"
	nothing_left
}

alias_case killed "jail(8) killed at many moments: the next jls gives back" cc
killed_body() {
	make_net
	know_cookie
	kill_often 'ip4.addr=v0|10.9.0.1/24,v0|10.9.0.2' 'ip6.addr=v0|fd09::1' \
	    persist exec.prestart=true exec.start=/bin/true
	kill_often 'ip4.addr=v0|10.9.0.1/24' command=/bin/true
}

# ---- shared ----

alias_case shared "two jails with one address: the last one gives it back"
shared_body() {
	make_net
	know_cookie
	for first in one two; do
		create one persist 'ip4.addr=v0|10.9.0.1/24'
		create two persist 'ip4.addr=v0|10.9.0.1/24'
		create three persist 'ip4.addr=v0|10.9.0.1/24'
		has "10.9.0.1/24 brd 10.9.0.255"
		atf_check net jail -q -r "$(name_of $first)"
		has "10.9.0.1/24 brd 10.9.0.255"
		atf_check net jail -q -r "$(name_of three)"
		has "10.9.0.1/24 brd 10.9.0.255"
		# a start that fails is a holder, too
		try four persist 'ip4.addr=v0|10.9.0.1/24' \
		    exec.prestart=false 2>/dev/null && atf_fail "started"
		has "10.9.0.1/24 brd 10.9.0.255"
		if [ $first = one ]; then
			atf_check net jail -q -r "$(name_of two)"
		else
			atf_check net jail -q -r "$(name_of one)"
		fi
		nothing_taken
	done
}

# ---- configuration ----

alias_case conf "interface and IFACE| in jail.conf, -e, -J, -N and -v"
conf_body() {
	local a b

	make_net
	know_cookie
	a=$(name_of a) b=$(name_of b)
	cat >jail.conf <<-END
	path = $JAIL_TEST_ROOT;
	persist;
	$a { interface = v0; ip4.addr = 10.9.0.1, "10.9.0.2/24"; }
	$b { ip4.addr = "v0|10.9.0.3/24 broadcast 10.9.0.9", 10.9.0.4;
	    ip6.addr = "v0|fd09::3/64"; }
	END
	atf_check -o inline:"name=$a;path=$JAIL_TEST_ROOT;persist;\
interface=v0;ip4.addr=10.9.0.1,10.9.0.2/24\nname=$b;path=$JAIL_TEST_ROOT;\
persist;ip4.addr=\"v0|10.9.0.3/24 broadcast 10.9.0.9\",10.9.0.4;\
ip6.addr=v0|fd09::3/64\n" jail -f jail.conf -e ';'
	atf_check -o inline:"$b: alias: v0 inet 10.9.0.3/24 broadcast \
10.9.0.9\n$b: alias: v0 inet6 fd09::3/64\n$b: create: $JAIL_TEST_ROOT\n" \
	    jail -f jail.conf -N -c "$b"
	has
	atf_check -o match:"^$b: alias v0 inet6 fd09::3/64\$" \
	    -o match:"ip4.addr=10.9.0.3,10.9.0.4" \
	    net jail -J ids -v -f jail.conf -c "$b"
	atf_check -o match:'^jid=[0-9]*	.*	ip4.addr="v0\|10.9.0.3/24 broad' \
	    cat ids
	atf_check net jail -q -f jail.conf -c "$a"
	has 10.9.0.1/32 "10.9.0.2/24 brd 10.9.0.255" \
	    "10.9.0.3/24 brd 10.9.0.9" fd09::3/64
	atf_check -o inline:"10.9.0.3,10.9.0.4 fd09::3\n" \
	    jls -j "$b" ip4.addr ip6.addr
	# a change of the list does not touch aliases, as on FreeBSD
	sed -i 's/10.9.0.1,/10.9.0.7,/' jail.conf
	atf_check net jail -q -f jail.conf -m "$a"
	atf_check -o inline:"10.9.0.7,10.9.0.2\n" jls -j "$a" ip4.addr
	has 10.9.0.1/32 "10.9.0.2/24 brd 10.9.0.255" \
	    "10.9.0.3/24 brd 10.9.0.9" fd09::3/64
	# a restart does
	atf_check net jail -q -f jail.conf -rc "$a"
	has 10.9.0.7/32 "10.9.0.2/24 brd 10.9.0.255" \
	    "10.9.0.3/24 brd 10.9.0.9" fd09::3/64
	atf_check net jail -q -f jail.conf -r "$a" "$b"
	nothing_taken
	nothing_left
}

alias_case hostname "ip_hostname: the addresses of host.hostname"
hostname_body() {
	make_net
	know_cookie
	create host persist ip_hostname interface=v0 \
	    host.hostname=10.9.0.5 ip4.addr=10.9.0.1
	atf_check -o inline:"10.9.0.1,10.9.0.5\n" jls -j "$name" ip4.addr
	has 10.9.0.1/32 10.9.0.5/32
	atf_check net jail -q -r "$name"
	# -h is the same; what is there is not added
	net jail -h -q -c "name=$name" "path=$JAIL_TEST_ROOT" persist \
	    host.hostname=fd09::5 ip6.addr=fd09::5 || atf_fail "jail -h"
	atf_check -o inline:"fd09::5\n" jls -j "$name" ip6.addr
	atf_check net jail -q -r "$name"
	# nothing is done before; a name too long for anybody to be asked
	long=$(printf 'x%.0s' $(seq 70))
	atf_check -s exit:1 -e match:"^jail: host.hostname $long: .+" \
	    mk host persist ip_hostname "host.hostname=$long" \
	    "exec.prepare=touch $PWD/prepared"
	[ ! -e prepared ] || atf_fail "exec.prepare was run"
	nothing_taken
}

# ---- namespaces ----

no_record_after_jls() {
	jls && no_record
}

alias_case elsewhere "the record of another network namespace"
elsewhere_body() {
	make_net
	know_cookie
	new_name else
	# everything killed, and jls somewhere else: it finds the namespace
	net jail -q -c "name=$name" "path=$JAIL_TEST_ROOT" persist \
	    'ip4.addr=v0|10.9.0.1/24' exec.prestart="touch $PWD/begun; exec sleep 1" &
	wait_for 5 test -e begun || atf_fail "not begun"
	kill -KILL $!
	has "10.9.0.1/24 brd 10.9.0.255"
	atf_check -o ignore unshare -n jls
	nothing_taken
	# the namespace has gone, and with it the address
	rm begun
	net jail -q -c "name=$name" "path=$JAIL_TEST_ROOT" persist \
	    'ip4.addr=v0|10.9.0.1/24' \
	    exec.prestart="touch $PWD/begun; exec sleep 0.5" &
	wait_for 5 test -e begun || atf_fail "not begun"
	kill -KILL $! $(cat holder)
	rm holder
	wait_for 5 no_record_after_jls || atf_fail "something is recorded"
}

atf_init_test_cases() {
	atf_add_test_case order
	atf_add_test_case forms
	atf_add_test_case old_form
	atf_add_test_case was_there
	atf_add_test_case by_hand
	atf_add_test_case network
	atf_add_test_case failed_start
	atf_add_test_case bad
	atf_add_test_case death
	atf_add_test_case keeper
	atf_add_test_case cleanup
	atf_add_test_case killed
	atf_add_test_case shared
	atf_add_test_case conf
	atf_add_test_case hostname
	atf_add_test_case elsewhere
}
