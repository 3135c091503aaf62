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
	atf_check -o match:' rows, 0 of them wrong$' -e ignore \
	    $in_net jail -c name="$name" path="$root" $params \
	    command=/bin/nettab -k $kind -c /ctl/host -o /ctl/out "$@" $WHOS
	nothing_left
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

atf_init_test_cases() {
	for case in host inherit one many v4 v6 off source; do
		atf_add_test_case "$case"
	done
}
