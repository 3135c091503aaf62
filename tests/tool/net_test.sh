#! /usr/bin/env atf-sh
# SPDX-License-Identifier: BSD-2-Clause
# Every call, family and kind of address in each kind of jail: the rows of
# tests/net, run inside.

# SC2086: words are split.
# shellcheck disable=SC1091,SC2086
. "$(atf_get_srcdir)/net.sh"

root=$JAIL_TEST_ROOT

# The rows in a jail of that kind: the kind, parameters, --, options of nettab.
rows_of() {
	local kind=$1 params=

	shift
	while [ "$1" != -- ]; do
		params="$params $1"
		shift
	done
	shift
	make_net
	make_net_root
	start_peers
	new_name "$kind"
	# shellcheck disable=SC2154
	[ -z "$above" ] || make_parents
	atf_check -o match:' rows, 0 of them wrong$' -e ignore \
	    $in_net jail -c name="$name" path="$root" $params \
	    command=/bin/nettab -k $kind -c /ctl/host -o /ctl/out "$@" $WHOS
	[ -z "$top" ] || atf_check jail -q -r "$top"
	nothing_left
}

# The jails of $above, each below the one before; the jail will be the last.
make_parents() {
	local above_params depth=

	name=$name-p
	top=$name
	while read -r above_params; do
		atf_check $in_net jail -c name="$name" path="$root" persist \
		    children.max=$((9 - ${#depth})) $above_params ||
		    atf_fail "the parent $name"
		depth=${depth}x
		name=$name.$depth
	done <<-END
	$above
	END
}

net_case host 'the rows on the host'
host_body() {
	make_net
	make_net_root
	start_peers
	atf_check -o match:' rows, 0 of them wrong$' \
	    $in_net nettab -k host -c "$root/ctl/host" -o "$root/ctl/out" $WHOS
}

net_case inherit 'ip4=inherit ip6=inherit: as on the host'
inherit_body() {
	rows_of inherit ip4=inherit ip6=inherit --
}

net_case one 'one address of each family'
one_body() {
	rows_of one ip4.addr=$OWN4 ip6.addr=$OWN6 --
}

net_case many 'two addresses of each family'
many_body() {
	rows_of many ip4.addr=$OWN4,$SECOND4 ip6.addr=$OWN6,$SECOND6 --
}

net_case v4 'IPv4 alone'
v4_body() {
	rows_of v4 ip4.addr=$OWN4 --
}

net_case v6 'IPv6 alone'
v6_body() {
	rows_of v6 ip6.addr=$OWN6 --
}

net_case off 'no address, of no family'
off_body() {
	rows_of off ip4=disable ip6=disable --
}

# Of several addresses the one on the way out, though another one is first.
net_case source 'the source is the address that the way out has'
source_body() {
	rows_of many ip4.addr=127.0.9.11,$OWN4 ip6.addr=$SECOND6,$OWN6 -- \
	    own=127.0.9.11 own2=$OWN4 -r connect/out \
	    -e 'connect/out/4=own:* peer=out:S from=own' \
	    -e 'connect/out/6=own2:* peer=out:S from=own2'
}

net_case below 'one address of the several that the parent has'
below_body() {
	above="ip4.addr=$OWN4,$SECOND4,127.0.9.11 ip6.addr=$OWN6,$SECOND6"
	rows_of one ip4.addr=$OWN4 ip6.addr=$OWN6 --
}

net_case below_second 'the second one of the parent, which has it first'
below_second_body() {
	above="ip4.addr=$SECOND4,$OWN4 ip6.addr=$SECOND6,$OWN6"
	rows_of one ip4.addr=$OWN4 ip6.addr=$OWN6 --
}

net_case below_many 'two addresses of the three that the parent has'
below_many_body() {
	above="ip4.addr=127.0.9.11,$SECOND4,$OWN4 ip6.addr=$SECOND6,$OWN6"
	rows_of many ip4.addr=$OWN4,$SECOND4 ip6.addr=$OWN6,$SECOND6 --
}

net_case below_one 'inherited: the one address that the parent has'
below_one_body() {
	above="ip4.addr=$OWN4 ip6.addr=$OWN6"
	rows_of one ip4=inherit ip6=inherit --
}

net_case below_inherit 'inherited: the addresses that the parent has'
below_inherit_body() {
	above="ip4.addr=$OWN4,$SECOND4 ip6.addr=$OWN6,$SECOND6"
	rows_of many ip4=inherit ip6=inherit --
}

net_case below_v4 'inherited: of a parent that has IPv4 alone'
below_v4_body() {
	above="ip4.addr=$OWN4 ip6=disable"
	rows_of v4 ip4=inherit ip6=inherit --
}

net_case below_host 'addresses of its own, below a jail that has all'
below_host_body() {
	above="ip4=inherit ip6=inherit"
	rows_of many ip4.addr=$OWN4,$SECOND4 ip6.addr=$OWN6,$SECOND6 --
}

net_case below_off 'no address, below a jail that has some'
below_off_body() {
	above="ip4.addr=$OWN4 ip6.addr=$OWN6"
	rows_of off ip4=disable ip6=disable --
}

net_case below_deep 'three deep, fewer addresses in each'
below_deep_body() {
	above="ip4=inherit ip6=inherit
	ip4.addr=127.0.9.11,$OWN4,$SECOND4 ip6.addr=$OWN6,$SECOND6
	ip4.addr=$SECOND4,$OWN4 ip6=inherit"
	rows_of one ip4.addr=$OWN4 ip6.addr=$OWN6 --
}

atf_init_test_cases() {
	for case in host inherit one many v4 v6 off source below below_second \
	    below_many below_one below_inherit below_v4 below_host below_off \
	    below_deep; do
		atf_add_test_case "$case"
	done
}
