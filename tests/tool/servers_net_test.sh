#! /usr/bin/env atf-sh
# SPDX-License-Identifier: BSD-2-Clause
#
# Servers of the distribution, each in a jail with an address of its own, and on
# the host as well: all at their standard ports at the same time, on one stack.

# SC2016: much here is for the shell in the jail.  SC2086: words are split.
# shellcheck disable=SC1091,SC2016,SC2046,SC2086
. "$(atf_get_srcdir)/net.sh"
. "$(atf_get_srcdir)/servers.sh"

address4() {
	case $1 in
	nginx) echo 127.0.9.1 ;;
	sshd) echo 127.0.9.2 ;;
	redis) echo 127.0.9.3 ;;
	postgresql) echo 127.0.9.4 ;;
	unbound) echo 127.0.9.5 ;;
	esac
}

address6() {
	local ip

	ip=$(address4 $1)
	echo "fd09::9${ip##*.}"
}

# ---- jails ----

# The server, more parameters.
start_jail() {
	local server=$1 s=$PWD/sys.$1

	shift
	[ -d $s ] || {
		make_system $server $s
		listen_on_all $s $server
	}
	start_script $server >$s/etc/start
	new_name $server
	timeout 40 $in_net jail -c name=$name path=$s persist \
	    host.hostname=$server ip4.addr=$(address4 $server) \
	    ip6.addr=$(address6 $server) sysvshm=new \
	    mount.devfs mount.procfs stop.timeout=20 \
	    mount="/usr $s/usr nullfs ro" \
	    exec.start="/bin/sh /etc/start" "$@" \
	    >$server.log 2>&1 </dev/null || {
		cat $server.log >&2
		atf_fail "jail -c of $server"
	}
}

start_jails() {
	local server

	for server in $SERVERS; do
		start_jail $server "$@"
		tell $server $(address4 $server) $server
	done
}

jails_answer() {
	local server

	for server in $SERVERS; do
		answers $server $server $(address4 $server)
	done
	for server in $SERVERS; do
		answers $server $server $(address6 $server)
	done
}

# ---- the host ----

# The host's own, in a system of its own, and all on the wildcard addresses.
make_host() {
	local s=$PWD/sys.host server

	make_system host $s
	listen_on_all $s $SERVERS
	for server in $SERVERS; do
		start_script $server >$s/etc/start.$server
	done
	cat >host.sh <<-END
	hostname host
	mount --bind /usr $s/usr
	mount --rbind /dev $s/dev
	mount -t proc proc $s/proc
	for server in $SERVERS; do
		chroot $s /bin/sh /etc/start.\$server || echo \$server: failed
	done
	echo started
	exec sleep 600
	END
}

start_host() {
	local server

	rm -f host.log
	in_background $in_net unshare --mount --uts --pid --fork --kill-child \
	    sh host.sh >host.log 2>&1 </dev/null
	host=$pid
	wait_for 40 grep -q started host.log || {
		cat host.log >&2
		atf_fail "the host's servers"
	}
	! grep failed host.log >&2 || atf_fail "the host's servers"
	for server in $SERVERS; do
		tell $server 127.0.0.1 host
	done
}

stop_host() {
	kill -9 $host
	wait $host
	answers nobody nginx $HOST4
	answers nobody sshd $HOST4
}

host_answers() {
	local server

	for server in $SERVERS; do
		answers host $server 127.0.0.1
		answers host $server $HOST4
		answers host $server $HOST6
	done
}

prepare() {
	local server

	[ -n "$(newest_postgres)" ] || atf_skip "no PostgreSQL in /usr/lib"
	make_net
	for server in $SERVERS; do
		$in_net ip addr add $(address6 $server)/128 dev lo
	done
}

# ---- the cases ----

net_case jails 'five servers in five jails, each at its own address' \
    "$SERVERS_NEED"
jails_body() {
	local server other

	prepare
	start_jails
	jails_answer
	for server in $SERVERS; do
		for other in $SERVERS; do
			[ $other = $server ] ||
			    answers nobody $server $(address4 $other)
		done
		answers nobody $server 127.0.0.1
		answers nobody $server $HOST4
	done
	# From inside, localhost is the jail itself.
	atf_check -o inline:"redis\n" timeout 30 \
	    $in_net jexec $(name_of redis) redis-cli get who
	atf_check -o inline:"nginx\n" timeout 30 \
	    $in_net jexec $(name_of nginx) curl -s http://localhost/
	for server in $SERVERS; do
		atf_check timeout 30 $in_net jail -r $(name_of $server)
		answers nobody $server $(address4 $server)
	done
	nothing_left
}

net_case login 'sshd lets a user log in, by key, with a terminal' \
    "$SERVERS_NEED"
login_body() {
	prepare
	start_jail sshd
	answers sshd sshd $(address4 sshd)
	ssh_to $(address4 sshd) -tt 'tty; id; hostname; echo $SSH_CONNECTION' \
	    >tty.out 2>&1
	atf_check -o match:'^/dev/pts/' -o match:'^uid=1234\(joe\)' \
	    -o match:'^sshd' \
	    -o match:"^127\.0\.0\.1 [0-9]+ $(address4 sshd) 22" cat tty.out
	# Not by another key.
	rm key key.pub
	ssh-keygen -q -t ed25519 -N '' -f key
	! ssh_to $(address4 sshd) true >login.out 2>&1 || atf_fail "any key"
	atf_check -o match:'Permission denied' cat login.out
	atf_check timeout 30 $in_net jail -r $(name_of sshd)
	nothing_left
}

net_case host_first 'and the same five on the host, started before' \
    "$SERVERS_NEED"
host_first_body() {
	prepare
	make_host
	start_host
	host_answers
	# Of UDP, a port that the host has everywhere is had on purpose.
	start_jails ip4.hostports=53
	jails_answer
	host_answers
}

# A session that lasts until it is told to end, and what it says then.
open_session() {
	in_background timeout 60 $in_net ssh $SSH_OPTIONS \
	    joe@$(address4 sshd) 'touch /tmp/open
	    until [ -e /tmp/end ]; do sleep 0.1; done; cat /etc/who' \
	    >session.out 2>&1 </dev/null
	session=$pid
	wait_for 10 test -e sys.sshd/tmp/open || atf_fail "no session"
}

end_session() {
	touch sys.sshd/tmp/end
	wait $session || atf_fail "the session ends with $?"
	atf_check_equal sshd "$(cat session.out)"
}

net_case jails_first 'and the same five on the host, started after; restarts' \
    "$SERVERS_NEED"
jails_first_body() {
	local server

	prepare
	make_host
	start_jails
	start_host
	jails_answer
	host_answers
	# The host's start again, as often as they like.
	open_session
	stop_host
	jails_answer
	start_host
	host_answers
	end_session
	for server in nginx sshd; do
		atf_check timeout 30 $in_net jail -r $(name_of $server)
		# Nobody of its own there: the host's, as on FreeBSD.
		answers host $server $(address4 $server)
		start_jail $server
	done
	jails_answer
}

atf_init_test_cases() {
	for case in jails login host_first jails_first; do
		atf_add_test_case "$case"
	done
}
