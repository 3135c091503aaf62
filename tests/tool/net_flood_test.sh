#! /usr/bin/env atf-sh
# SPDX-License-Identifier: BSD-2-Clause
#
# A flood of attempts, in any order, to send from addresses that are not the
# jail's, and what a capture on all interfaces sees of it.

# SC2086: words are split.
# shellcheck disable=SC1091,SC2086
. "$(atf_get_srcdir)/net.sh"

root=$JAIL_TEST_ROOT
SECONDS_EACH=8
TRIED="0.0.0.0 :: $OWN4 $OWN6 $SECOND4 $SECOND6 $HOST4 $HOST6 $OTHER4 $OTHER6
    127.0.0.1 ::1 127.0.0.77 $OUT4 $OUT6 10.9.0.255 255.255.255.255 239.1.2.3
    ff15::1:2:3 ff02::1 203.0.113.7 2001:db8::7"

# Sources are seen from now on.
start_watch() {
	rm -f seen
	in_background $in_net netwatch >seen
	watch=$pid
	wait_for 5 grep -q ready seen || atf_fail "no capture"
}

# Wait until these are among them.
have_seen() {
	local ip

	for ip in "$@"; do
		wait_for 30 grep -q "^$ip " seen ||
		    atf_fail "nothing from $ip: $(cat seen)"
	done
}

# Until now: they go to sources, each once.
end_watch() {
	kill "$watch"
	wait "$watch"
	atf_check -s exit:1 grep lost seen
	sed -e '/^ready$/d' -e 's/ .*//' seen | sort -u >sources
}

# The flood, with these parameters.  Sets seed.
flood_with() {
	seed=$(date +%N | sed 's/^0*//')
	echo "seed $seed"
	new_name flood
	$in_net jail -c name=$name path="$root" "$@" \
	    command=/bin/netforge $SECONDS_EACH $seed $TRIED >said ||
	    atf_fail "netforge"
	atf_check -o match:'^[1-9][0-9]* taken, [1-9][0-9]* refused' cat said
}

# Only these sources, and all of them.
sources_are() {
	local ip

	for ip in "$@"; do
		echo $ip
	done | sort >want
	cmp -s want sources || {
		cat seen >&2
		atf_fail "sources: $(paste -sd ' ' sources)"
	}
}

net_case control 'on the host, forged packets leave and are seen'
control_body() {
	make_net
	make_net_root
	start_watch
	flood_with ip4=inherit ip6=inherit
	end_watch
	for ip in $HOST4 $HOST6 $OTHER4 $OTHER6 127.0.0.77 2001:db8::7; do
		atf_check -o ignore grep -x $ip sources
	done
}

net_case one 'one address of each family'
one_body() {
	make_net
	make_net_root
	start_watch
	flood_with ip4.addr=$OWN4 ip6.addr=$OWN6
	end_watch
	sources_are $OWN4 $OWN6
}

net_case raw 'raw sockets of a jail with the ids of the host'
raw_body() {
	make_net
	make_net_root
	start_watch
	flood_with ip4.addr=$OWN4 ip6.addr=$OWN6 userns=inherit \
	    allow.raw_sockets
	end_watch
	sources_are $OWN4 $OWN6
}

net_case many 'two of each'
many_body() {
	make_net
	make_net_root
	start_watch
	flood_with ip4.addr=$OWN4,$SECOND4 ip6.addr=$OWN6,$SECOND6
	end_watch
	sources_are $OWN4 $SECOND4 $OWN6 $SECOND6
}

net_case v4 'of IPv4 alone'
v4_body() {
	make_net
	make_net_root
	start_watch
	flood_with ip4.addr=$OWN4 ip6=disable
	end_watch
	sources_are $OWN4
}

net_case off 'no address'
off_body() {
	make_net
	make_net_root
	start_watch
	new_name off
	$in_net jail -c name=$name path="$root" ip4=disable ip6=disable \
	    command=/bin/netforge 3 1 $TRIED >said
	atf_check -o not-match:'[1-9] taken' cat said
	end_watch
	sources_are
}

net_case changed 'addresses change meanwhile: from the next packet on'
changed_body() {
	local i=0

	make_net
	make_net_root
	new_name changed
	atf_check $in_net jail -c name=$name path="$root" persist \
	    ip4.addr=$OWN4 ip6.addr=$OWN6
	start_watch
	in_background $in_net jexec $name /bin/netforge 120 1 $TRIED >said
	while [ $i -lt 20 ]; do
		$in_net jail -m name=$name ip4.addr=$SECOND4 \
		    ip6.addr=$SECOND6 || atf_fail "jail -m"
		$in_net jail -m name=$name ip4.addr=$OWN4 ip6.addr=$OWN6 ||
		    atf_fail "jail -m"
		i=$((i + 1))
	done
	have_seen $OWN4 $OWN6
	$in_net jail -m name=$name ip4.addr=$SECOND4 ip6.addr=$SECOND6
	have_seen $SECOND4 $SECOND6
	end_watch
	sources_are $OWN4 $SECOND4 $OWN6 $SECOND6
	start_watch
	have_seen $SECOND4 $SECOND6
	sleep 2
	end_watch
	sources_are $SECOND4 $SECOND6
}

# What a socket's packets were allowed is not remembered for too long.
net_case lasting 'an address is taken from a socket that lives on'
lasting_body() {
	make_net
	make_net_root
	new_name lasting
	atf_check $in_net jail -c name=$name path="$root" persist \
	    ip4.addr=$OWN4
	in_background $in_out busybox nc -l -p 9999 >/dev/null
	wait_for 5 $in_out grep -q :270F /proc/net/tcp /proc/net/tcp6 ||
	    atf_fail "no listener"
	in_background $in_net jexec $name /bin/busybox sh -c "
	    while busybox sleep 0.05; do
		    echo another
	    done | busybox nc $OUT4 9999"
	start_watch
	have_seen $OWN4
	end_watch
	$in_net jail -m name=$name ip4.addr=$SECOND4
	start_watch
	sleep 1
	end_watch
	atf_check -s exit:1 grep -x $OWN4 sources
}

atf_init_test_cases() {
	for case in control one raw many v4 off changed lasting; do
		atf_add_test_case "$case"
	done
}
