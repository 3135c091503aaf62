#! /usr/bin/env atf-sh
# SPDX-License-Identifier: BSD-2-Clause
# Jails below jails, made from the host.

# SC2154: $name, $jid and the like are set by what is called; SC2086: words are
# split; SC2016: expanded inside.
# shellcheck disable=SC1091,SC2016,SC2086,SC2154
. "$(atf_get_srcdir)/net.sh"

root=$JAIL_TEST_ROOT

# A case of this program: its name, what it shows, more programs.
child_case() {
	root_case "$1" "$2" "jail jls jexec busybox $3" net_cleanup
}

# The jail that the others are below: parameters.  Sets top and topjid.
make_top() {
	make_jail top "$@"
	top=$name
	topjid=$jid
}

# A child: what follows the parent's name, parameters.
child() {
	local last=$1

	shift
	jail -q -c name="$top.$last" path="$root" persist "$@"
}

# It is refused, with these words: the words, of child().
refused() {
	local words=$1

	shift
	child "$@" >out 2>&1 && atf_fail "was made: $*"
	grep -q -- "$words" out || atf_fail "$* said: $(cat out)"
}

# A parameter of a child, or of the top one with "".
param_of() {
	jls -j "$top${1:+.$1}" $2
}

same() {
	[ "$1" = "$2" ] || atf_fail "is \"$1\", should be \"$2\"${3:+: $3}"
}

child_case names "names, jids, the jid of the parent, the number of children"
names_body() {
	local kid

	make_top children.max=5
	child kid children.max=3 host.hostname=kid.example || atf_fail kid
	kid=$(param_of kid jid)
	child kid.kid || atf_fail grandchild
	child "" || atf_fail "without a name"
	same "$(param_of kid "parent children.cur children.max name")" \
	    "$topjid 1 3 $top.kid"
	same "$(param_of "" "parent children.cur children.max")" "0 3 5"
	same "$(jls -j "$top.kid.kid" parent)" "$kid"
	same "$(jls parent name | grep -c "^$topjid $top\.[0-9][0-9]*$")" 1
	# by each of its names
	atf_check -o inline:"kid.example\n" jexec "$top.kid" /bin/sh -c \
	    'cat /proc/sys/kernel/hostname 2>/dev/null || busybox hostname' ||
	    atf_check -o inline:"kid.example\n" jexec "$kid" busybox hostname
	atf_check -s exit:1 -e match:'jail "kid" not found' jexec kid true
	atf_check -s exit:1 -e match:'jail ".*\.none" not found' \
	    jexec "$top.none" true
	# names are taken among children of one parent alone
	refused "already exists" kid
	child other children.max=0 || atf_fail other
	refused 'not found' none.kid
	refused 'numeric' 012
	atf_check -s exit:1 -e match:"already exists" \
	    jail -c jid="$kid" path="$root" persist
	atf_check -s exit:1 -e match:"cannot change jail's parent" \
	    jail -m jid="$kid" name=kid.kid
	atf_check -s exit:1 -e match:"cannot change jail's parent" \
	    jail -m jid="$kid" name="$top.other.kid"
}

child_case rename "a renamed parent renames its children"
rename_body() {
	make_top children.max=5
	child kid children.max=1 || atf_fail kid
	child kid.kid || atf_fail kid.kid
	atf_check jail -m jid="$topjid" name="$top-new"
	echo "$top-new" >>jails
	top=$top-new
	same "$(param_of kid.kid name)" "$top.kid.kid"
	atf_check jexec "$top.kid.kid" true
	atf_check jail -m jid="$(param_of kid jid)" name="$top.new"
	same "$(param_of new.kid name)" "$top.new.kid"
	atf_check jail -m jid="$(param_of new jid)" name=again
	same "$(param_of again.kid name)" "$top.again.kid"
	atf_check -s exit:1 -e ignore jls -j "$top.kid" name
	child kid || atf_fail "the old name"
	atf_check -s exit:1 -e match:"already exists" \
	    jail -m jid="$(param_of again jid)" name="$top.kid"
}

child_case limit "children.max counts all that are below"
limit_body() {
	make_top
	refused 'prison limit exceeded' kid
	atf_check jail -m name="$top" children.max=3
	refused 'Operation not permitted' kid children.max=3
	child kid children.max=2 || atf_fail kid
	child kid.a || atf_fail kid.a
	child kid.b || atf_fail kid.b
	refused 'prison limit exceeded' kid.c
	refused 'prison limit exceeded' other
	atf_check jail -q -r "$top.kid.a"
	child other || atf_fail other
	refused 'prison limit exceeded' kid.c
	# who has ended by himself, and nobody saw it, is none
	kill -9 "$(cat "$(cgroup_of "$topjid/$(param_of other jid)")/cgroup.procs")"
	child kid.c || atf_fail kid.c
	same "$(param_of "" children.cur)" 3
	atf_check jail -m name="$top" children.max=1
	same "$(param_of kid children.max)" 0
	same "$(param_of "" children.cur)" 3
	refused 'prison limit exceeded' kid.d
}

child_case deep "eight deep, and no deeper"
deep_body() {
	local i last=

	make_top children.max=100
	for i in 2 3 4 5 6 7 8; do
		last=$last${last:+.}$i
		child "$last" children.max=$((100 - i)) || atf_fail "$i deep"
	done
	refused 'prison limit exceeded' "$last.9"
	atf_check jexec "$top.$last" true
	atf_check jail -q -r "$top"
	nothing_left
}

child_case caps "what the parent does not have, no child has"
caps_body() {
	local p

	make_top children.max=5 allow.noset_hostname allow.noreserved_ports \
	    securelevel=1 enforce_statfs=1 devfs_ruleset=4 \
	    ip4.addr=127.0.9.41,127.0.9.42 ip6=disable sysvshm=disable
	for p in allow.set_hostname allow.reserved_ports \
	    allow.socket_af securelevel=0 \
	    enforce_statfs=0 children.max=5 ip4.addr=127.0.9.43 \
	    ip4.addr=127.0.9.41,127.0.9.43 ip6.addr=fd09::41 \
	    userns=inherit sysvshm=inherit allow.sysvipc ip4.hostports=53; do
		refused 'Operation not permitted' kid "$p"
	done
	child kid ip4=inherit ip6=inherit || atf_fail kid
	same "$(param_of kid "allow.set_hostname allow.reserved_ports \
	    securelevel enforce_statfs ip4 ip6")" \
	    "false false 1 2 inherit disable"
	for p in allow.set_hostname allow.socket_af securelevel=0 \
	    enforce_statfs=0 children.max=5; do
		atf_check -s exit:1 -e match:'Operation not permitted' \
		    jail -m name="$top.kid" "$p"
	done
	# what the parent gets, the child does not
	atf_check jail -m name="$top" allow.set_hostname allow.reserved_ports
	same "$(param_of kid "allow.set_hostname allow.reserved_ports")" \
	    "false false"
	atf_check jail -m name="$top.kid" allow.set_hostname
	same "$(param_of kid allow.set_hostname)" true
}

child_case tighten "what a parent loses, its children lose"
tighten_body() {
	make_top children.max=5 ip4.addr=127.0.9.41,127.0.9.42,127.0.9.43 \
	    ip4.hostports=53,123
	child kid children.max=3 ip4.addr=127.0.9.42,127.0.9.41 \
	    ip4.hostports=123 || atf_fail kid
	child kid.kid ip4.addr=127.0.9.42 || atf_fail kid.kid
	child heir ip4=inherit || atf_fail heir
	atf_check jail -m name="$top" allow.noreserved_ports securelevel=2 \
	    children.max=3 ip4.hostports=53
	same "$(param_of kid ip4.hostports)" -
	for kid in kid kid.kid heir; do
		same "$(param_of $kid "allow.reserved_ports securelevel")" \
		    "false 2" "$kid"
	done
	same "$(param_of kid children.max)" 2
	atf_check jail -m name="$top" ip4.addr=127.0.9.41,127.0.9.43
	same "$(param_of kid ip4.addr)" 127.0.9.41
	same "$(param_of kid.kid ip4.addr)" -
	refused 'Operation not permitted' two ip4.addr=127.0.9.42
	# and what is refused changes nothing
	atf_check -s exit:1 -e match:'Operation not permitted' \
	    jail -m name="$top.kid" ip4.addr=127.0.9.41,127.0.9.42
	same "$(param_of kid ip4.addr)" 127.0.9.41
}

child_case heirs "who is below one that inherits loses it, too: all or none"
heirs_body() {
	make_top children.max=9 ip4.addr=127.0.9.41,127.0.9.42
	child own children.max=1 ip4.addr=127.0.9.41 || atf_fail own
	child own.low || atf_fail own.low
	child two children.max=1 ip4.addr=127.0.9.41 || atf_fail two
	child two.low || atf_fail two.low
	# refused for one, done for none
	atf_check -s exit:1 -e match:'address is shared' \
	    jail -m name="$top" ip4.addr=127.0.9.42 securelevel=2
	for kid in own own.low two two.low; do
		same "$(param_of $kid securelevel)" -1 "$kid"
	done
	atf_check jail -q -r "$top.own" "$top.two"
	child mid children.max=1 ip4=inherit || atf_fail mid
	child mid.low ip4.addr=127.0.9.41 || atf_fail mid.low
	atf_check jail -m name="$top" ip4.addr=127.0.9.42
	same "$(param_of mid.low ip4.addr)" -
	make_jail other ip4.addr=127.0.9.41
	atf_check -s not-exit:0 -e match:"family not" timeout 30 \
	    jexec "$top.mid.low" busybox httpd -f -p 127.0.9.41:8041
}

child_case keeper "what follows the end of a child whose keeper was killed"
keeper_body() {
	local pid

	make_top children.max=1
	child kid "exec.poststop=echo kid >>$PWD/said" || atf_fail kid
	make_jail other "exec.poststop=echo other >>$PWD/said"
	for pid in $(keeper_of "$jid") $(keeper_of "$(param_of kid jid)"); do
		kill -9 "$pid"
	done
	kill -9 "$(cat "$(cgroup_of "$jid")/cgroup.procs")"
	# the next one who makes a jail does it, and forgets nobody else's
	make_jail third
	wait_for 5 grep -q other said || atf_fail "other: $(cat said)"
	kill -9 "$(cat "$(cgroup_of "$topjid/$(param_of kid jid)")/cgroup.procs")"
	make_jail fourth
	wait_for 5 grep -q kid said || atf_fail "kid: $(cat said)"
}

child_case remove "with a parent go its children, and nothing is left"
remove_body() {
	local how pid

	make_root
	for how in '-r' '-R'; do
		make_top children.max=9
		child kid children.max=5 || atf_fail kid
		child kid.kid "exec.poststop=echo kid.kid >>$PWD/said" ||
		    atf_fail kid.kid
		jexec "$top.kid.kid" sh -c 'echo up >&2; sleep 600' 2>up &
		pid=$!
		wait_for 5 grep -q up up || atf_fail "jexec"
		atf_check jail -q $how "$top"
		wait $pid
		wait_for 5 no_dir "$topjid" || atf_fail "$how: the directory"
		rm up
		atf_check -s exit:1 -e ignore jls -j "$top.kid" jid
		nothing_left
	done
	same "$(grep -c . said)" 2 exec.poststop
}

no_dir() {
	[ ! -d "$(cgroup_of "$1")" ]
}

no_process() {
	[ -z "$(pids_of "$1")" ]
}

# Of jail(8) and the keepers nobody is asked: the kernel does it.
child_case killed "without its first process a parent has no children"
killed_body() {
	local dir warden

	make_top children.max=9
	child kid children.max=5 || atf_fail kid
	child kid.kid || atf_fail kid.kid
	dir=$(cgroup_of "$topjid")
	warden=$(cat "$dir/cgroup.procs")
	kill -9 "$warden"
	wait_for 5 grep -q 'populated 0' "$dir/cgroup.events" ||
	    atf_fail "processes are left"
	jls >/dev/null
	wait_for 5 no_dir "$topjid" || atf_fail "directories are left"
	nothing_left
}

child_case stays "a parent that does not persist stays for its children"
stays_body() {
	make_root
	name=$(name_of top)
	top=$name
	echo "$top" >>jails
	atf_check jail -q -c name="$top" path="$root" children.max=2 \
	    mount.devfs exec.start="while [ ! -e /tmp/over ]; do sleep 0.1; done &"
	topjid=$(param_of "" jid)
	child kid || atf_fail kid
	touch "$root/tmp/over"
	wait_for 5 no_process "$topjid" || atf_fail "it goes on"
	sleep 0.5
	atf_check -o inline:"$topjid\n" jls -j "$top" jid
	atf_check jexec "$top.kid" true
	atf_check jail -q -r "$top.kid"
	wait_for 5 no_dir "$topjid" || atf_fail "the parent is left"
	nothing_left
}

child_case busy "starts of children while the parent goes"
busy_body() {
	local i

	make_root
	for i in 1 2 3 4 5 6; do
		make_top children.max=50
		( for n in 1 2 3 4 5 6 7 8; do
			child "c$n" 2>>said & done; wait ) &
		sleep 0.0$((i * 2))
		atf_check jail -q -r "$top"
		wait
		wait_for 5 no_dir "$topjid" || atf_fail "round $i: left"
	done
	! grep -v 'dying\|not found\|first process died' said ||
	    atf_fail "other words"
	nothing_left
}

child_case sees "a parent sees the processes of its child, and cannot touch them"
sees_body() {
	local pid

	make_top children.max=1 mount.procfs
	child kid mount.procfs || atf_fail kid
	jexec "$top.kid" sleep 601 &
	wait_for 5 eval 'jexec "$top" sh -c "cat /proc/[0-9]*/cmdline" |
	    grep -q 601' || atf_fail "not seen"
	pid=$(jexec "$top" sh -c 'grep -l "[s]leep.601" /proc/[0-9]*/cmdline' |
	    head -n 1 | cut -d / -f 3)
	atf_check -s not-exit:0 -e match:'not permitted' \
	    jexec "$top" kill -9 "$pid"
	atf_check -s not-exit:0 -e match:'ermission denied' \
	    jexec "$top" ls "/proc/$pid/root/"
	# and not the other way round
	atf_check -s exit:1 -o ignore -e ignore jexec "$top.kid" sh -c \
	    'grep -l "[j]ail: .*-top$" /proc/[0-9]*/cmdline'
	atf_check jail -q -r "$top"
}

# Whom it sees is not in the host's network, at no moment.
child_case peeks "a parent sees nothing of the network of the host by a child" python3
peeks_body() {
	local i

	python3 -c 'import socket, time
s = socket.socket(socket.AF_UNIX)
s.bind("\0names-of-the-host")
s.listen()
time.sleep(60)' &
	wait_for 5 grep -q names-of-the-host /proc/net/unix || atf_fail socket
	make_top children.max=1 mount.procfs vnet
	for i in 1 2 3; do
		jexec "$top" sh -c 'while [ ! -e /tmp/stop ]; do
		    cat /proc/[0-9]*/net/unix; done' >seen.$i 2>/dev/null &
	done
	# it takes a while with many of these
	mkdir "$root/mnt"
	set --
	for i in $(seq 100); do
		set -- "$@" mount="$PWD $root/mnt nullfs ro 0 0"
	done
	for i in $(seq 20); do
		child kid "$@" || atf_fail kid
		atf_check jail -q -r "$top.kid"
	done
	touch "$root/tmp/stop"
	kill %1
	wait
	grep -q Num seen.1 || atf_fail "it saw nothing at all"
	! grep names-of-the-host seen.? || atf_fail "it saw the host's"
}

child_case inherit "what a child inherits is what the parent has"
inherit_body() {
	local ns

	make_top children.max=2 host.hostname=top.example sysvshm=new vnet
	child kid host=inherit sysvshm=inherit ip4=inherit ip6=inherit ||
	    atf_fail kid
	same "$(param_of kid host.hostname)" top.example
	for ns in uts ipc net; do
		same "$(space_of "$topjid/$(param_of kid jid)" $ns)" \
		    "$(space_of "$topjid" $ns)" "$ns"
	done
	atf_check -o inline:"top.example\n" \
	    jexec "$top.kid" busybox hostname
	refused 'not supported yet' two ip4.addr=127.0.9.41
	child two vnet || atf_fail two
	[ "$(space_of "$topjid/$(param_of two jid)" net)" != \
	    "$(space_of "$topjid" net)" ] || atf_fail "one stack"
}

# The namespace that a jail's first process has: its directory, which.
space_of() {
	readlink "/proc/$(cat "$(cgroup_of "$1")/cgroup.procs")/ns/$2"
}

child_case conf "in jail.conf: dots, and * for children"
conf_body() {
	make_root
	top=$(name_of top)
	echo "$top" >>jails
	cat >jail.conf <<-END
	path = $root;
	persist;
	$top { children.max = 3; }
	"$top.*" { host.hostname = "any.example"; }
	$top.a { }
	$top.b { host.hostname = "b.example"; }
	END
	atf_check -o ignore jail -q -f jail.conf -c
	same "$(param_of a host.hostname)" any.example
	same "$(param_of b host.hostname)" b.example
	atf_check -o ignore jail -q -f jail.conf -R "$top.*"
	atf_check -s exit:1 -e ignore jls -j "$top.a" jid
	same "$(param_of "" children.cur)" 0
	atf_check -o ignore jail -q -f jail.conf -c
	atf_check -o ignore jail -q -f jail.conf -r "*"
	nothing_left
}

child_case ports "a parent and its child: ports, and who is connected to" ip
ports_body() {
	make_net
	make_net_root
	top=$(name_of top)
	make_in_net "$top" children.max=3 ip4.addr=$OWN4,$SECOND4
	make_in_net "$top.kid" ip4.addr=$SECOND4
	# both listen on everything; the inner one has its address
	serve "$top" outer tcp 0.0.0.0
	serve "$top.kid" inner tcp 0.0.0.0
	asked tcp $OWN4 "outer 20"
	asked tcp $SECOND4 "inner 20"
	# of UDP both have the real port, each at another address
	serve "$top" outer udp $OWN4
	serve "$top.kid" inner udp 0.0.0.0
	asked udp $OWN4 "outer 20"
	asked udp $SECOND4 "inner 20"
	atf_check -s exit:1 -o match:'EADDRINUSE|in use' -e ignore $in_net \
	    jexec "$top" nettheft serve outer udp $SECOND4 80 addr port
	# whatever it tries, a child has nothing of the rest
	in_background $in_net jexec "$top.kid" nettheft grab thief 80 \
	    $OWN4 $SECOND4 >grab.log 2>&1
	wait_for 5 grep -q ready grab.log || atf_fail "no grab"
	asked tcp $OWN4 "outer 20"
	asked udp $OWN4 "outer 20"
	# and when it has gone, all is the parent's
	atf_check jail -q -r "$top.kid"
	asked tcp $SECOND4 "outer 20"
	make_in_net "$top.kid" ip4.addr=$OWN4
	atf_check -s exit:1 -o match:'EADDRINUSE|in use' -e ignore $in_net \
	    jexec "$top.kid" nettheft serve inner udp 0.0.0.0 80 addr port
	atf_check jail -q -r "$top"
	nothing_left
}

child_case follow "who inherits addresses follows those of the parent" ip
follow_body() {
	make_net
	make_net_root
	top=$(name_of top)
	make_in_net "$top" children.max=3 ip4.addr=$OWN4
	make_in_net "$top.kid" children.max=1 ip4=inherit
	make_in_net "$top.kid.kid" ip4=inherit
	atf_check $in_net jail -m name="$top" ip4.addr=$SECOND4,$OTHER4
	serve "$top.kid.kid" inner tcp 0.0.0.0
	asked tcp $OTHER4 "inner 20"
	atf_check $in_net jail -m name="$top" ip4.addr=$SECOND4
	asked tcp $SECOND4 "inner 20"
	asked tcp $OTHER4 "ECONNREFUSED 20"
	asked tcp $OWN4 "ECONNREFUSED 20"
	atf_check -s exit:1 -o match:'EADDRNOTAVAIL' -e ignore $in_net \
	    jexec "$top.kid" nettheft serve inner tcp $OTHER4 81
	atf_check jail -q -r "$top"
	nothing_left
}

# A jail of the test's network: its name, parameters.
make_in_net() {
	local in_name=$1

	shift
	echo "$in_name" >>jails
	$in_net jail -q -c name="$in_name" path="$root" persist "$@" ||
	    atf_fail "$in_name"
}

# A server of a jail: the jail, what it says, protocol, address.
serve() {
	in_background $in_net jexec "$1" nettheft serve "$2" "$3" "$4" 80 \
	    >"$2.$3.log" 2>&1
	wait_for 5 grep -q ready "$2.$3.log" || atf_fail "$*: $(cat "$2.$3.log")"
}

# Who answers, from here and from outside: protocol, address, who.
asked() {
	same "$($in_net nettheft ask "$1" "$2" 80 20)" "$3" "$1 $2"
	same "$($in_out nettheft ask "$1" "$2" 80 20)" "$3" "$1 $2, outside"
}

atf_init_test_cases() {
	for case in names rename limit deep caps tighten heirs keeper remove \
	    killed stays busy sees peeks inherit conf ports follow; do
		atf_add_test_case "$case"
	done
}
