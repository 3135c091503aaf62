#! /usr/bin/env atf-sh
# shellcheck disable=SC2046,SC2119,SC2120
# SPDX-License-Identifier: BSD-2-Clause
#
# A jail that takes every port it is let have, beside services of the host and of
# another jail at the same port: all of their packets come to them.

# SC2086: words are split.
# shellcheck disable=SC1091,SC2086
. "$(atf_get_srcdir)/net.sh"

root=$JAIL_TEST_ROOT
PORT=22
ASKS=1000

# ---- who runs ----

# Until it says that it is ready, or why not: the file, the command.
start_to() {
	local file=$1

	shift
	rm -f "$file"
	in_background "$@" >"$file"
	wait_for 10 test -s "$file" || atf_fail "$*: says nothing"
}

# The jail that wants all: its parameters.
make_thief() {
	make_net
	make_net_root
	new_name thief
	thief=$name
	atf_check $in_net jail -c name=$thief path="$root" \
	    ip4.addr=$OWN4 ip6.addr=$OWN6 persist "$@"
}

start_grabbing() {
	start_to grab.log $in_net jexec $thief /bin/nettheft grab jail $PORT \
	    $OWN4 $OWN6 $HOST4 $HOST6 $OTHER4 $OTHER6 127.0.0.1 ::1
	atf_check -o match:'^ready [1-9][0-9]' cat grab.log
}

# All that runs in the jail goes with the one that was asked for.
stop_grabbing() {
	end_all_in $thief
}

end_all_in() {
	kill -9 $(pids_of "$(jls -j $1 jid)")
	wait_for 5 has_no_port $1 || atf_fail "$1 still has its sockets"
}

has_no_port() {
	[ -z "$($in_net sockstat -q -j $1 -p $PORT)" ]
}

# The host's service: tcp or udp, addresses, --, options.  Sets services.
serve_host() {
	local proto=$1 ips="" ip

	shift
	while [ "$1" != -- ]; do
		ips="$ips $1"
		shift
	done
	shift
	for ip in $ips; do
		start_to "serve.$proto.$ip" \
		    $in_net nettheft serve host $proto $ip $PORT "$@"
		services="$services $pid"
		atf_check_equal "$proto $ip $*: ready" \
		    "$proto $ip $*: $(cat serve.$proto.$ip)"
	done
}

# A connection that a jail is about to close has the port, too.
stop_services() {
	[ -z "$services" ] || kill -9 $services
	[ -z "$services" ] || wait $services
	services=
	wait_for 5 are_closed || atf_fail "connections stay: $(
	    $in_net sockstat -46 -q -c -P tcp -p $PORT)"
}

are_closed() {
	! $in_net sockstat -46 -q -c -P tcp -p $PORT |
	    awk '{ print $6 }' | grep -q ":$PORT\$"
}

# ---- who answers ----

# Nobody answers there.  What the other machine hears of that has a limit.
none_answers() {
	local proto=$1 ip

	shift
	for ip in "$@"; do
		atf_check_equal "$proto $ip: ECONNREFUSED $ASKS" "$proto $ip: $(
		    $in_net nettheft ask $proto $ip $PORT $ASKS)"
		atf_check -o not-match:jail \
		    $in_out nettheft ask $proto $ip $PORT 5
	done
}

# All that is asked there is answered so: the answer, tcp or udp, addresses.
all_answered() {
	local want=$1 proto=$2 from ip

	shift 2
	for ip in "$@"; do
		atf_check_equal "$proto $ip: $want $ASKS" "$proto $ip: $(
		    $in_net nettheft ask $proto $ip $PORT $ASKS)"
		case $ip in
		127.* | ::1)
			continue ;;
		esac
		atf_check_equal "$proto $ip: $want $ASKS" "$proto $ip: $(
		    $in_out nettheft ask $proto $ip $PORT $ASKS)"
	done
}

# The host's services are where they are said to be: wildcard or not, protocol.
hosts_answered() {
	if [ "$1" = any ]; then
		all_answered host $2 $HOST4 $HOST6 127.0.0.1 ::1
	else
		all_answered host $2 $HOST4 $HOST6
	fi
}

addresses_of() {
	[ "$1" = any ] && echo 0.0.0.0 :: || echo $HOST4 $HOST6
}

# ---- the host first ----

# Service by service: with what options, at which addresses.
after_host() {
	local options where

	for options in '' addr port 'addr port'; do
		for where in any own; do
			serve_host $1 $(addresses_of $where) -- $options
			start_grabbing
			hosts_answered $where $1
			[ $1 != tcp ] || all_answered jail $1 $OWN4 $OWN6
			# While it is away nobody stands in for it.
			stop_services
			none_answers $1 $HOST4 $HOST6
			stop_grabbing
		done
	done
}

net_case tcp_after_host 'the service of the host first, TCP' 'nettheft sockstat'
tcp_after_host_body() {
	make_thief
	after_host tcp
}

net_case udp_after_host 'the service of the host first, UDP' 'nettheft sockstat'
udp_after_host_body() {
	make_thief
	after_host udp
}

# ---- the jail first ----

net_case tcp_before_host 'the jail first, TCP: the host comes and goes' \
    'nettheft sockstat'
tcp_before_host_body() {
	local options where

	make_thief
	start_grabbing
	for options in '' addr port 'addr port'; do
		for where in any own; do
			serve_host tcp $(addresses_of $where) -- $options
			hosts_answered $where tcp
			all_answered jail tcp $OWN4 $OWN6
			stop_services
		done
	done
}

# A port that the host has on the wildcard when the jail starts stays the host's.
net_case udp_restart 'a service of UDP restarts while a jail wants its port' \
    'nettheft sockstat'
udp_restart_body() {
	make_net
	serve_host udp 0.0.0.0 :: --
	make_thief
	stop_services
	start_grabbing
	serve_host udp 0.0.0.0 :: --
	hosts_answered any udp
}

net_case udp_before_host 'the jail first, UDP' 'nettheft sockstat'
udp_before_host_body() {
	local options

	make_thief
	start_grabbing
	for options in '' addr port 'addr port'; do
		serve_host udp $HOST4 $HOST6 -- $options
		hosts_answered own udp
		all_answered jail udp $OWN4 $OWN6
		stop_services
	done
	# One that shares comes to the wildcard, too.
	serve_host udp 0.0.0.0 :: -- addr
	hosts_answered any udp
	all_answered jail udp $OWN4 $OWN6
}

# ---- other jails ----

net_case other_jail 'the service of another jail' 'nettheft sockstat'
other_jail_body() {
	local proto order

	make_thief
	new_name victim
	atf_check $in_net jail -c name=$name path="$root" persist \
	    ip4.addr=$OTHER4 ip6.addr=$OTHER6
	for proto in tcp udp; do
		for order in first last; do
			[ $order = last ] || start_grabbing
			for ip in 0.0.0.0 ::; do
				start_to "victim.$ip" $in_net jexec $name \
				    /bin/nettheft serve victim $proto $ip \
				    $PORT addr
				atf_check_equal ready "$(cat "victim.$ip")"
			done
			[ $order = first ] || start_grabbing
			all_answered victim $proto $OTHER4 $OTHER6
			all_answered jail $proto $OWN4 $OWN6
			end_all_in $name
			none_answers $proto $OTHER4 $OTHER6
			stop_grabbing
		done
	done
}

atf_init_test_cases() {
	for case in tcp_after_host udp_after_host tcp_before_host \
	    udp_restart udp_before_host other_jail; do
		atf_add_test_case "$case"
	done
}
