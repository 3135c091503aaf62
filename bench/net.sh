# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause
#
# The network's rows of bench/run, which sources this, in a network namespace
# of their own.  Both peers are the same program, bench/traffic: one end of it
# runs in a jail, against the same end on the host, and the other end is the
# same for both.  Microseconds are those of one megabyte, connection, datagram
# or socket.  Each end has a CPU to itself: where a scheduler puts them costs
# more than what is measured.

JAIL_ADDR=10.99.0.1
HOST_ADDR=10.99.0.2
BRIDGE_ADDR=10.98.0.1
VNET_ADDR=10.98.0.2
NET_ROUNDS=$((ROUNDS < 31 ? ROUNDS : 31))
NET_MANY=1000		# jails with an address
SERVERS=()

net_cleanup() {
	kill "${SERVERS[@]}" 2>/dev/null
	wait
}

# serve ADDRESS [COMMAND...]: in the place that the command enters
serve() {
	local addr=$1
	shift
	"${ON_SERVER[@]}" "$@" "$TRAFFIC" serve "$addr" &
	SERVERS+=($!)
}

# A jail with an address, one with a stack of its own on a bridge; and a
# server in each place.
net_start() {
	local cpus
	mapfile -t cpus < <(taskset -cp $$ | sed 's/.*: //' | tr , '\n' |
	    awk -F- '{ for (i = $1; i <= ($2 == "" ? $1 : $2); i++) print i }')
	ON_SERVER=(taskset -c "${cpus[-1]}")
	ON_CLIENT=(taskset -c "${cpus[${#cpus[@]} > 1 ? -2 : -1]}")
	TRAFFIC=/bin/traffic
	# shellcheck disable=SC2015 # whichever fails
	cp "$BUILD/bench/traffic" "$R$TRAFFIC" &&
		ip addr add "$JAIL_ADDR/32" dev lo &&
		ip addr add "$HOST_ADDR/32" dev lo &&
		ip link add br0 type bridge &&
		ip link set br0 up &&
		ip addr add "$BRIDGE_ADDR/24" dev br0 &&
		jail -c name="$TAG" path="$R" ip4.addr="$JAIL_ADDR" persist &&
		jail -c name="$TAG-v" path="$R" vnet vnet.bridge=br0 \
		    vnet.addr="$VNET_ADDR/24" persist ||
		die "the places of the traffic could not be made"
	serve "$JAIL_ADDR" jexec "$TAG"
	serve "$VNET_ADDR" jexec "$TAG-v"
	TRAFFIC=$R$TRAFFIC serve "$HOST_ADDR"
	IN_JAIL=("${ON_CLIENT[@]}" jexec "$TAG" "$TRAFFIC" work)
	ON_HOST=("${ON_CLIENT[@]}" "$R$TRAFFIC" work)
}

# The line of bench/pair for a kind of work, or "nan nan nan".
traffic() {	# KIND OURS... :: PEER...
	timeout 60 "${PAIR[@]}" -t "$1" -n "$NET_ROUNDS" -w 3 "${@:2}" \
	    2>"$WORK/error" || echo nan nan nan
}

# How fast ours is, where the peer is 1.
speed_row() {	# NAME GOAL KIND OURS... :: PEER...
	local ours peer ratio
	read -r ours peer ratio _ < <(traffic "${@:3}")
	row "$1" "$ours" "$peer" \
	    "$(awk -v r="$ratio" 'BEGIN { printf "%.3f", 1 / r }')" "$2"
	[ "$ours" != nan ] || sed 's/^/    /' "$WORK/error" | head -n 3
}

speed_rows() {
	local row kind goal what
	for row in "stream >=0.97 TCP throughput" "rate >=0.93 TCP connections" \
	    "udp >=0.93 UDP packets"; do
		read -r kind goal what <<<"$row"
		speed_row "$what, jail serves" "$goal" "$kind" \
		    "${ON_HOST[@]}" "$JAIL_ADDR" :: "${ON_HOST[@]}" "$HOST_ADDR"
		speed_row "$what, jail asks" "$goal" "$kind" \
		    "${IN_JAIL[@]}" "$HOST_ADDR" :: "${ON_HOST[@]}" "$HOST_ADDR"
		speed_row "$what, jail to itself" - "$kind" \
		    "${IN_JAIL[@]}" "$JAIL_ADDR" :: "${ON_HOST[@]}" "$HOST_ADDR"
		speed_row "$what, veth and bridge" - "$kind" \
		    "${ON_HOST[@]}" "$VNET_ADDR" :: "${ON_HOST[@]}" "$HOST_ADDR"
	done
}

# --- many policies --------------------------------------------------------

# A jail.conf(5) with the jails of these numbers, each with an address.
write_net_conf() {	# FILE FIRST LAST
	local i
	printf 'path = "%s"; persist;\n' "$R" >"$1"
	for ((i = $2; i <= $3; i++)); do
		printf '"%s-net%d" { ip4.addr = 127.1.%d.%d; }\n' "$TAG" $i \
		    $((i / 250)) $((i % 250 + 1)) >>"$1"
	done
}

net_jails() {	# FIRST LAST
	write_net_conf "$WORK/net.conf" "$1" "$2"
	jail -f "$WORK/net.conf" -c >/dev/null 2>"$WORK/error" || {
		cat "$WORK/error" >&2
		die "jails $1 to $2 could not be created"
	}
}

net_jails_gone() {	# FIRST LAST
	local names
	mapfile -t names < <(seq -f "$TAG-net%.0f" "$1" "$2")
	write_net_conf "$WORK/net.conf" "$1" "$2"
	jail -f "$WORK/net.conf" -r "${names[@]}" >/dev/null 2>&1
}

# What a socket's call takes in the jail, against the host at that moment.
socket_cost() {	# KIND
	traffic "$1" "${IN_JAIL[@]}" "$JAIL_ADDR" :: \
	    "${ON_HOST[@]}" "$HOST_ADDR"
}

policies_row() {	# KIND FEW MANY, as socket_cost prints them
	local few many ratio1 ratio2 host
	read -r few host ratio1 _ <<<"$2"
	read -r many _ ratio2 _ <<<"$3"
	row "socket and $1 : host" "$few" "$host" "$ratio1" -
	row "$1, $NET_MANY policies : few" "$many" "$few" \
	    "$(awk -v a="$ratio2" -v b="$ratio1" \
		'BEGIN { printf "%.3f", a / b }')" 1.1
}

many_rows() {
	local few_bind few_connect many_bind many_connect before many
	local start=(ip4.addr=127.1.200.1)
	few_bind=$(socket_cost bind)
	few_connect=$(socket_cost connect)
	net_jails 1 7		# and two with other addresses
	before=$(one_more "${start[@]}")
	net_jails 8 $((NET_MANY - 3))
	many=$(one_more "${start[@]}")
	many_bind=$(socket_cost bind)
	many_connect=$(socket_cost connect)
	policies_row bind "$few_bind" "$many_bind"
	policies_row connect "$few_connect" "$many_connect"
	net_jails_gone 8 $((NET_MANY - 3))
	one_more_rows "$many" "$before" "$(one_more "${start[@]}")" \
	    ", ip4.addr"
	net_jails_gone 1 7
}

# --- the programs ---------------------------------------------------------

first_row() {
	local name="BPF load in the first jail, ms" i why first next
	local ours=(jail -c path="$R" ip4.addr=127.1.200.1 command=/bin/true)
	for ((i = 0; i < 11; i++)); do
		why=$(unload_bpf "$PREFIX" 2>&1)
		if [ -n "$why" ]; then
			row "$name" - - - -
			say "    $why"
			MISSED=$((MISSED + 1))
			return
		fi
		time_into "$WORK/first" "${ours[@]}"
		time_into "$WORK/next" "${ours[@]}"
	done
	first=$(median "$WORK/first")
	next=$(median "$WORK/next")
	row "$name" "$first" "$next" $(((first - next) / 1000)) 60
}

# What an address adds to the start of a jail.
address_row() {
	local ours=(jail -c path="$R" command=/bin/true)
	pair_row "start-run-destroy, ip4.addr : none" - "${ours[@]}" \
	    ip4.addr=127.1.200.1 :: "${ours[@]}"
}

net_rows() {
	at_exit net_cleanup
	ip link set lo up || die "no network namespace to measure in"
	first_row
	address_row
	net_start
	speed_rows
	many_rows
}
