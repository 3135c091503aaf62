#! /usr/bin/env atf-sh
# SPDX-License-Identifier: BSD-2-Clause
# sockstat(1), and what jail -v says of sockets.  All is done in network
# namespaces of the test's own, where nobody else has any.

# SC2086: $in and $NOBODY are words.
# shellcheck disable=SC1091,SC2086
. "$(atf_get_srcdir)/prog.sh"

dir=$(atf_get_srcdir)

# A process that lives as long as the case.
keep() {
	echo $! >>pids
}

# A network namespace with its loopback: $in runs things there.
new_net() {
	unshare -n sleep 1000 &
	net=$!
	keep
	in="nsenter -n -t $net"
	wait_for 5 has_own_net || atf_fail "no network namespace"
	$in ip link set lo up || atf_fail "no loopback"
}

has_own_net() {
	[ "$(readlink "/proc/$net/ns/net")" != "$(readlink /proc/self/ns/net)" ]
}

# Sockets in it, see sockets.py.  Sets pid, and fds.
hold() {
	rm -f held
	$in "$dir/sockets.py" "$@" >held 2>held.err &
	pid=$!
	keep
	wait_for 10 grep -q ready held || atf_fail "$(cat held.err)"
	fds=$(head -n 1 held)
}

# Word N of fds.
fd() {
	echo "$fds" | cut -d ' ' -f "$1"
}

# What sockstat says there, blanks squeezed, without its title.
squeezed() {
	$in sockstat -q "$@" | tr -s ' ' | sed 's/^ //; s/ $//'
}

# Exactly these lines, in any order: the options, --, the lines.
check_lines() {
	options=
	while [ "$1" != -- ]; do
		options="$options $1"
		shift
	done
	shift
	for line in "$@"; do
		echo "$line"
	done | sort >expected
	squeezed $options | sort >lines
	atf_check -o file:expected cat lines
}

clean_up() {
	local pid

	[ ! -f pids ] || while read -r pid; do
		kill -9 "$pid" 2>/dev/null
	done <pids
	remove_jails
}

sockstat_case() {
	root_case "$1" "$2" "sockstat python3 nsenter $3" clean_up
}

sockstat_case columns 'the table: internet and unix sockets'
columns_body() {
	new_net
	hold tcp,0.0.0.0,80 udp,127.0.0.1,53 dgram,"$PWD/d"
	{
		printf '%-4s %-10s %*s %*s %-5s %-21s %s\n' \
		    USER COMMAND ${#pid} PID 2 FD PROTO \
		    "LOCAL ADDRESS" "FOREIGN ADDRESS"
		printf '%-4s %-10s %*s %*s %-5s %-21s %s\n' \
		    root python3 3 "$pid" 2 "$(fd 1)" tcp4 '*:80' '*:*' \
		    root python3 3 "$pid" 2 "$(fd 2)" udp4 127.0.0.1:53 '*:*' \
		    root python3 3 "$pid" 2 "$(fd 3)" dgram "$PWD/d" '??'
	} >expected
	atf_check -o file:expected $in sockstat
	tail -n +2 expected >without
	atf_check -o file:without $in sockstat -q
	# The classic question.
	atf_check -o match:'python3 .*\*:80 ' \
	    sh -c "$in sockstat | grep '\*:[0-9]'"
}

sockstat_case families '-4, -6, -u'
families_body() {
	new_net
	hold tcp,127.0.0.1,1 tcp,::,2 only6,::,3 tcp,::1,4 tcp,::ffff:127.0.0.2,5 \
	    dgram,"$PWD/d" udp,::,6 udplite,127.0.0.1,7
	p="root python3 $pid"
	set -- "$p $(fd 1) tcp4 127.0.0.1:1 *:*" "$p $(fd 2) tcp46 *:2 *:*" \
	    "$p $(fd 3) tcp6 *:3 *:*" "$p $(fd 4) tcp6 ::1:4 *:*" \
	    "$p $(fd 5) tcp4 127.0.0.2:5 *:*" "$p $(fd 6) dgram $PWD/d ??" \
	    "$p $(fd 7) udp46 *:6 *:*" "$p $(fd 8) udplite4 127.0.0.1:7 *:*"
	check_lines -46u -- "$@"
	check_lines -- "$@"
	check_lines -4 -- "$1" "$2" "$5" "$7" "$8"
	check_lines -6 -- "$2" "$3" "$4" "$7"
	check_lines -u -- "$6"
	check_lines -46 -- "$1" "$2" "$3" "$4" "$5" "$7" "$8"
}

sockstat_case listening '-l, -c, -s, -L'
listening_body() {
	new_net
	hold conn,127.0.0.1,80 udp,127.0.0.1,53 to,127.0.0.1,53
	p="root python3 $pid"
	client=$(squeezed -P udp -c | sed 's/.*127.0.0.1:\([0-9]*\) .*/\1/')
	port=$(squeezed -P tcp -c | sed -n 's/.* 127.0.0.1:80 127.0.0.1://p')
	set -- "$p $(fd 1) tcp4 127.0.0.1:80 *:*" \
	    "$p $(fd 4) udp4 127.0.0.1:53 *:*" \
	    "$p $(fd 2) tcp4 127.0.0.1:$port 127.0.0.1:80" \
	    "$p $(fd 3) tcp4 127.0.0.1:80 127.0.0.1:$port" \
	    "$p $(fd 5) udp4 127.0.0.1:$client 127.0.0.1:53"
	check_lines -4l -- "$1" "$2"
	check_lines -4c -- "$3" "$4" "$5"
	check_lines -4cl -- "$@"
	check_lines -4 -- "$@"
	check_lines -sP tcp -- "$1 LISTEN" "$3 ESTABLISHED" "$4 ESTABLISHED"
	check_lines -lsP udp -- "$2 ??"
	atf_check -o match:'FOREIGN ADDRESS       CONN STATE$' \
	    $in sockstat -s
	check_lines -L --
}

sockstat_case ports '-p, -P'
ports_body() {
	new_net
	hold tcp,127.0.0.1,80 tcp,127.0.0.1,443 udp,127.0.0.1,80 \
	    conn,127.0.0.1,8080 dgram,"$PWD/d"
	p="root python3 $pid"
	web="$p $(fd 1) tcp4 127.0.0.1:80 *:*"
	tls="$p $(fd 2) tcp4 127.0.0.1:443 *:*"
	udp="$p $(fd 3) udp4 127.0.0.1:80 *:*"
	check_lines -4p 80 -- "$web" "$udp"
	check_lines -4lp 80,443 -- "$web" "$tls" "$udp"
	check_lines -4lp 100-500 -- "$tls"
	check_lines -P udp -- "$udp"
	check_lines -lp 1-443 -P tcp -- "$web" "$tls"
	# Either end: the listening socket, the client, what was accepted.
	[ "$(squeezed -4p 8080 | wc -l)" -eq 3 ] || atf_fail "-p 8080"
	# Ports are of internet sockets, and -P without -u is without unix's.
	check_lines -up 80 -- "$p $(fd 7) dgram $PWD/d ??"
	for wrong in x 80- -5 80,,90 '' 90-80 80-90-100; do
		atf_check -s exit:1 \
		    -e inline:"sockstat: syntax error in port range\n" \
		    sockstat -p "$wrong"
	done
	atf_check -s exit:1 -e inline:"sockstat: invalid port number\n" \
	    sockstat -p 65536
	atf_check -s exit:1 -e inline:"sockstat: protocol sctp is not supported\n" \
	    sockstat -P tcp,sctp
	atf_check -s exit:1 -e match:'^usage: sockstat ' sockstat -y
	atf_check -s exit:1 -e match:'^usage: sockstat ' sockstat x
}

sockstat_case unix_sockets 'unix sockets and their peers'
unix_sockets_body() {
	new_net
	hold stream,"$PWD/s" dgram,"$PWD/d" client,"$PWD/d" client,"$PWD/d" \
	    pair seqpacket,@abstract
	p="root python3 $pid"
	at() {
		echo "[$pid $(fd "$1")]"
	}
	set -- "$p $(fd 1) stream $PWD/s ??" \
	    "$p $(fd 2) dgram $PWD/d <- $(at 3),$(at 4)" \
	    "$p $(fd 3) dgram ?? -> $PWD/d" "$p $(fd 4) dgram ?? -> $PWD/d" \
	    "$p $(fd 5) stream ?? -> $(at 6)" \
	    "$p $(fd 6) stream ?? -> $(at 5)" \
	    "$p $(fd 7) seqpack @abstract ??"
	check_lines -u -- "$@"
	check_lines -ul -- "$1" "$2" "$7"
	check_lines -uc -- "$3" "$4" "$5" "$6"
}

sockstat_case wide '-w, -n'
wide_body() {
	new_net
	cp "$(command -v python3)" ./a-long-command
	hold tcp,::1,80
	$in sockstat -6 >narrow
	atf_check -o match:"python3    .* tcp6  ::1:80                \*:\*\$" \
	    cat narrow
	atf_check -o match:"^USER COMMAND *PID FD PROTO LOCAL ADDRESS FOREIGN ADDRESS\$" \
	    -o match:"tcp6  ::1:80        \*:\*\$" $in sockstat -6w
	atf_check -o match:"^0    python3 " $in sockstat -6n
	rm held
	$in ./a-long-command "$dir/sockets.py" tcp,::1,81 >held &
	keep
	wait_for 10 grep -q ready held || atf_fail "no socket"
	atf_check -o match:" a-long-com  *$! " $in sockstat -6
	atf_check -o match:" a-long-command  *$! " $in sockstat -6w
}

# Whose a socket is.

# A jail whose network is the one of $in.  Its root is on the
# way of nobody, so that nothing is said of it.
make_jail_here() {
	name=$(name_of "$1")
	shift
	[ -d "$JAIL_TEST_ROOT/bin" ] || make_root
	atf_check -o ignore $in \
	    jail -q -c "name=$name" "path=$JAIL_TEST_ROOT" persist "$@"
	jid=$(jls -j "$name" jid) || atf_fail "jls -j $name jid"
}

# In the jail: listen at a port, of 127.0.0.1.
listen_in() {
	$in jexec "$1" /bin/busybox httpd -f -p "${3:-127.0.0.1}:$2" -h /tmp \
	    </dev/null >httpd.out 2>&1 &
	keep
	wait_for 5 sh -c "$in sockstat -4lqj $1 -p $2 | grep -q ." ||
	    atf_fail "$1 does not listen: $(head -n 1 httpd.out)"
}

sockstat_case jails '-j' "jail jls jexec busybox"
jails_body() {
	new_net
	make_jail_here a ip4=inherit
	a=$name a_jid=$jid
	make_jail_here b ip4=inherit
	b=$name b_jid=$jid
	listen_in "$a" 8081
	listen_in "$b" 8082
	hold tcp,127.0.0.1,8083
	ports_of() {
		squeezed -4l "$@" | sed 's/.*127.0.0.1:\([0-9]*\) .*/\1/' |
		    sort | tr '\n' ' '
	}
	atf_check_equal "8081 " "$(ports_of -j "$a")"
	atf_check_equal "8082 " "$(ports_of -j "$b_jid")"
	atf_check_equal "8081 8082 " "$(ports_of -j "$a" -j "$b")"
	atf_check_equal "8083 " "$(ports_of -j 0)"
	atf_check_equal "8081 8083 " "$(ports_of -j 0 -j "$a_jid")"
	atf_check_equal "8081 8082 8083 " "$(ports_of)"
	# Its user is the one that the jail knows it as.
	atf_check -o match:'^root busybox [0-9]+ [0-9]+ tcp4 127.0.0.1:8081 ' \
	    $in sh -c "sockstat -4lq -j $a | tr -s ' '"
	$in sockstat -4lqv | tr -s ' ' | cut -d ' ' -f 6,8,9 | sort >lines
	printf '127.0.0.1:%d %d %d\n' 8081 "$a_jid" 8081 8082 "$b_jid" 8082 8083 0 8083 \
	    >expected
	atf_check -o file:expected cat lines
	atf_check -o match:'FOREIGN ADDRESS       +JID REAL PORT$' \
	    $in sockstat -v
	atf_check -s exit:1 -e inline:"sockstat: jail \"none\" not found\n" \
	    sockstat -j none
	atf_check -s exit:1 -e inline:"sockstat: jail 999999 not found\n" \
	    sockstat -j 999999
}

sockstat_case asked 'the port that the jail asked for' "jail jls jexec busybox"
asked_body() {
	new_net
	hold tcp,0.0.0.0,8081
	make_jail_here a ip4.addr=127.0.1.1
	listen_in "$name" 8081 127.0.1.1
	$in sockstat -4lqvj "$name" | tr -s ' ' | cut -d ' ' -f 5-9 >line
	read -r line <line
	real=${line##* }
	atf_check_equal "tcp4 127.0.1.1:8081 *:* $jid $real" "$line"
	[ "$real" -ne 8081 ] || atf_fail "the port is 8081"
	atf_check_equal 2 "$(squeezed -4lp 8081 | wc -l)"
	atf_check -o match:"\"port\":8081}.*\"real-port\":$real" \
	    $in sockstat --libxo json -4lvj "$name"
	# Without privilege there is what the kernel has.
	cp "$(command -v sockstat)" ./sockstat && chmod 755 . ./sockstat
	atf_check -o match:" 127.0.1.1:$real " \
	    $in $NOBODY ./sockstat -4lqj "$name"
}

# The kernel has it at the first address; which is not where alone it answers.
sockstat_case wildcard 'all addresses of the jail' "jail jls jexec busybox"
wildcard_body() {
	new_net
	make_jail_here a ip4.addr=127.0.1.1,127.0.1.2
	listen_in "$name" 8081 0.0.0.0
	listen_in "$name" 8082 127.0.1.2
	addresses() {
		$in sockstat -4lqj "$name" | tr -s ' ' | cut -d ' ' -f 6 | sort |
		    tr '\n' ' '
	}
	atf_check_equal "*:8081 127.0.1.2:8082 " "$(addresses)"
	b=$name
	warn_of ip4.addr=127.0.1.3
	atf_check cat warnings
	name=$b
	atf_check $in jail -qm "name=$name" ip4.addr=127.0.1.2
	atf_check_equal "127.0.1.2:8081 127.0.1.2:8082 " "$(addresses)"
}

# A process of the host makes them in the jail's cgroup, or one below.
sockstat_case cgroups 'a socket is of the jail that it was made in' \
    "jail jls jexec busybox"
cgroups_body() {
	new_net
	make_jail_here a ip4=inherit
	cgroup=$(cgroup_of "$jid")
	[ -d "$cgroup/payload" ] || atf_fail "no cgroup of jail $jid"
	hold -c "$cgroup/payload" tcp,127.0.0.1,81
	first="root python3 $pid $(fd 1) tcp4 127.0.0.1:81 *:* $jid 81"
	mkdir -p "$cgroup/payload/7/deeper"
	hold -c "$cgroup/payload/7/deeper" tcp,127.0.0.1,82
	second="root python3 $pid $(fd 1) tcp4 127.0.0.1:82 *:* "
	check_lines -4vj "$jid" -- "$first" "$second$jid 82"
	# The holders are the host's.
	check_lines -4vj 0 -- "$first" "$second$jid 82"
	# A cgroup that has gone tells nothing.
	rmdir "$cgroup/payload/7/deeper" "$cgroup/payload/7"
	check_lines -4vj "$jid" -- "$first"
	check_lines -4v -- "$first" "${second}0 82"
	# What nobody holds is still the jail's.
	hold -c "$cgroup/payload" orphan,127.0.0.1,83
	squeezed -4csj "$jid" >lines
	atf_check -o match:'^\?\? \?\? \?\? \?\? tcp4 127.0.0.1:[0-9]+ 127.0.0.1:83 FIN_WAIT_1$' \
	    cat lines
}

sockstat_case own_net 'jails with another network' \
    "jail jls jexec busybox"
own_net_body() {
	new_net
	make_jail_here a ip4=inherit
	listen_in "$name" 8081
	$in jexec "$name" /bin/busybox syslogd -n -O /tmp/log </dev/null \
	    >syslogd.out 2>&1 &
	keep
	wait_for 5 [ -S "$JAIL_TEST_ROOT/dev/log" ] ||
	    atf_fail "$(cat syslogd.out)"
	squeezed -j "$name" >here
	atf_check -o match:' dgram /dev/log \?\?$' \
	    -o match:' tcp4 127.0.0.1:8081 \*:\*$' cat here
	new_net # elsewhere: the jail's is entered
	hold tcp,127.0.0.1,83
	squeezed -j "$name" >there
	atf_check -o file:here cat there
	check_lines -4 -- "root python3 $pid $(fd 1) tcp4 127.0.0.1:83 *:*"
	check_lines -4 -j 0 -- "root python3 $pid $(fd 1) tcp4 127.0.0.1:83 *:*"
	squeezed -4l -j 0 -j "$name" -j "$jid" >both
	atf_check_equal 2 "$(wc -l <both)"
	# Without privilege there is only the own one.
	cp "$(command -v sockstat)" ./sockstat && chmod 755 . ./sockstat
	atf_check $in $NOBODY ./sockstat -q -j "$name"
}

sockstat_case json '--libxo json'
json_body() {
	new_net
	hold conn,127.0.0.1,80 tcp,::,81 dgram,"$PWD/d" client,"$PWD/d" pair
	cat >check.py <<-'END'
	import json, sys
	top = json.load(sys.stdin)
	assert top["__version"] == "1", top
	rows = top["sockstat"]["socket"]
	pid = int(sys.argv[1])
	fds = [int(fd) for fd in sys.argv[2].split()]
	def row(i):
	    return next(r for r in rows if r["fd"] == fds[i])
	assert len(rows) == len(fds), rows
	assert all(r["user"] == "root" and r["pid"] == pid and
	           r["command"] == "python3" for r in rows)
	assert row(0)["proto"] == "tcp4"
	assert row(0)["local"] == {"address": "127.0.0.1", "port": 80}
	assert row(0)["foreign"] == {"address": "*", "port": 0}
	assert row(0)["conn-state"] == "LISTEN"
	assert row(0)["jid"] == 0
	assert row(1)["foreign"] == row(0)["local"]
	assert row(3)["proto"] == "tcp46"
	assert row(4)["local"]["path"].endswith("/d")
	assert row(4)["foreign"] == {"connections": [{"pid": pid, "fd": fds[5]}]}
	assert row(5)["foreign"] == row(4)["local"]
	assert "local" not in row(6)
	assert row(6)["foreign"]["connections"] == [{"pid": pid, "fd": fds[7]}]
	END
	for form in json json,pretty; do
		$in sockstat -sv --libxo $form >out || atf_fail sockstat
		atf_check python3 check.py "$pid" "$fds" <out
	done
	# As libxo lays it out.
	json='{"__version": "1", "sockstat": {"socket": [{"user":"root","command":"python3","pid":'$pid',"fd":'$(fd 4)',"proto":"tcp46", "local": {"address":"*","port":81}, "foreign": {"address":"*","port":0}}]}}'
	atf_check -o inline:"$json\n" $in sockstat --libxo json -p 81 -P tcp
	json='{"__version": "1", "sockstat": {"socket": []}}'
	atf_check -o inline:"$json\n" $in sockstat --libxo=json -p 82 -P tcp
	atf_check -o match:'"user":0,' $in sockstat -n --libxo:J -p 81 -P tcp
}

# What a program calls itself does nothing to a terminal.
sockstat_case hostile_names 'names of commands and sockets are made harmless'
hostile_names_body() {
	new_net
	esc=$(printf '\033')
	cp "$(command -v python3)" "a${esc}[2J"
	$in "./a${esc}[2J" "$dir/sockets.py" dgram,"x${esc}]2;y" >held &
	keep
	wait_for 10 grep -q ready held || atf_fail "no socket"
	atf_check -o match:' a\?\[2J ' -o match:' x\?\]2;y ' \
	    -o not-match:"$esc" $in sockstat -u
	$in sockstat --libxo json >out || atf_fail json
	atf_check -o inline:"a${esc}[2J\n" python3 -c 'import json
print(json.load(open("out"))["sockstat"]["socket"][0]["command"])'
}

sockstat_case unprivileged 'without privilege: what it can see' \
    "jail jls jexec busybox"
unprivileged_body() {
	new_net
	make_jail_here a ip4=inherit
	listen_in "$name" 8081
	hold tcp,127.0.0.1,8080
	cp "$(command -v sockstat)" ./sockstat && chmod 755 . ./sockstat
	$in $NOBODY ./sockstat -4qv | tr -s ' ' | sort >lines
	printf '?? ?? ?? ?? tcp4 127.0.0.1:%d *:* %d %d\n' 8080 0 8080 \
	    8081 "$jid" 8081 >expected
	atf_check -o file:expected sed 's/^ //' lines
	$in $NOBODY ./sockstat -4qj "$name" >lines || atf_fail "-j"
	atf_check -o match:':8081 ' -o not-match:':8080 ' cat lines
	atf_check -o not-empty $in $NOBODY ./sockstat --libxo json -4
}

sockstat_case many 'thousands of sockets'
many_body() {
	new_net
	hold many,5000
	$in sockstat -4lq >lines || atf_fail sockstat
	atf_check_equal 5000 "$(wc -l <lines)"
	atf_check_equal 5000 "$(tr -s ' ' <lines | cut -d ' ' -f 4 |
	    sort -u | wc -l)"
}

sockstat_case ending 'processes that end meanwhile'
ending_body() {
	new_net
	hold tcp,127.0.0.1,80
	# long lists of descriptors, whose owners go while they are read
	$in python3 -c 'import os, socket, time
for _ in range(100):
    for _ in range(4):
        if os.fork() == 0:
            held = [socket.socketpair() for _ in range(300)]
            time.sleep(0.01)
            os._exit(0)
    for _ in range(4):
        os.wait()' &
	other=$!
	while kill -0 $other 2>/dev/null; do
		$in sockstat -w >lines 2>err || atf_fail "$(cat err)"
		atf_check cat err
		atf_check -o match:"^root python3 +$pid .*127.0.0.1:80 " \
		    cat lines
	done
}

sockstat_case full_disk 'output that cannot be written is an error'
full_disk_body() {
	atf_check -s exit:1 \
	    -e inline:"sockstat: stdout: No space left on device\n" \
	    sh -c 'sockstat >/dev/full'
}

# ---- jail -v ----

# Make a jail, and keep what it says.
warn_of() {
	[ -d "$JAIL_TEST_ROOT/bin" ] || make_root
	name=$(name_of w)
	$in jail -v -c name="$name" path="$JAIL_TEST_ROOT" persist "$@" \
	    >said 2>&1
	jls -c -j "$name" || atf_fail "$(cat said)"
	jail -R "$name"
	sed -n '/can be reached/d; s/^warning: //p' said >warnings
}

sockstat_case warning 'jail -v: who is there already' "jail jls jexec busybox"
warning_body() {
	new_net
	hold tcp,0.0.0.0,80 tcp,127.0.1.1,81 tcp,127.0.1.2,82 tcp,::,83 \
	    only6,::,84 udp,0.0.0.0,53 udp,127.0.1.1,54 to,127.0.1.1,80 \
	    tcp,::1,85 udplite,127.0.1.2,55
	who="python3 (pid $pid) of the host"
	warn_of ip4.addr=127.0.1.1
	cat >expected <<-END
	$who has *:53 (udp)
	$who has 127.0.1.1:54 (udp)
	$who listens on *:80 (tcp)
	$who listens on 127.0.1.1:81 (tcp)
	$who listens on *:83 (tcp)
	END
	sed 's/): .*/)/' warnings >lines
	atf_check -o file:expected cat lines
	atf_check -o match:'80 \(tcp\): the jail can use port 80 as well' \
	    -o match:'53 \(udp\): the jail cannot use port 53' cat warnings
	# Nothing in the way, or nothing asked.
	warn_of ip4.addr=127.0.1.7
	atf_check -o inline:"2\n" grep -c '[*]:8[03] ' warnings
	$in jail -c name="$name" path="$JAIL_TEST_ROOT" persist \
	    ip4.addr=127.0.1.1 >said 2>&1
	atf_check -s exit:1 grep warning said
	jail -R "$name"
}

sockstat_case warnings 'jail -v: not without end' "jail jls jexec busybox"
warnings_body() {
	new_net
	# shellcheck disable=SC2046 # words
	hold $(seq -f tcp,0.0.0.0,%.0f 8001 8013)
	warn_of ip4.addr=127.0.1.1
	atf_check_equal 11 "$(wc -l <warnings)"
	atf_check -o inline:"and 3 more (sockstat -46l)\n" tail -n 1 warnings
}

atf_init_test_cases() {
	for case in columns families listening ports unix_sockets wide jails \
	    asked wildcard cgroups own_net json hostile_names unprivileged many ending \
	    full_disk warning warnings; do
		atf_add_test_case "$case"
	done
}
