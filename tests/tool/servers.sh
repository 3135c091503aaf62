# shellcheck shell=sh disable=SC2016,SC2034,SC2046,SC2086,SC2154,SC3043
# SPDX-License-Identifier: BSD-2-Clause
#
# What the tests of real servers share, on top of prog.sh: systems that have the
# distribution's servers as its packages configure them, how they start, and who
# answers at an address.

servers_dir=$(atf_get_srcdir)
# shellcheck source=tests/tool/prog.sh disable=SC1091
. "$servers_dir/prog.sh"

SERVERS="nginx sshd redis postgresql unbound"
SERVERS_NEED="nginx sshd ssh ssh-keygen redis-server redis-cli
    pg_createcluster unbound dig curl setpriv timeout"

# What the packages have in /etc, and what a login needs.
SERVERS_ETC="alternatives debian_version default environment group gshadow
    host.conf hosts ld.so.cache ld.so.conf ld.so.conf.d localtime login.defs
    nginx nsswitch.conf pam.conf pam.d passwd postgresql-common profile
    protocols redis security services shadow ssh ssl unbound"

SSH_OPTIONS="-F none -i key -o BatchMode=yes -o ConnectTimeout=5
    -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null
    -o LogLevel=ERROR"
export PGPASSWORD=secret PGCONNECT_TIMEOUT=5

# Where the distribution has its newest PostgreSQL.
newest_postgres() {
	find /usr/lib/postgresql -mindepth 1 -maxdepth 1 2>/dev/null |
	    sort -V | tail -n 1
}

# ---- systems ----

# A whole one: /usr of the host, /etc as the packages left it, and the rest new.
# Its name, which it tells whoever asks, and its directory.
make_system() {
	local file s=$2

	mkdir -p $s/dev $s/etc $s/home/joe/.ssh $s/proc $s/root $s/run/redis \
	    $s/run/postgresql $s/run/sshd $s/tmp $s/usr $s/var/lib/nginx \
	    $s/var/lib/postgresql $s/var/lib/redis $s/var/lib/unbound \
	    $s/var/log/nginx $s/var/log/postgresql $s/var/log/redis \
	    $s/var/tmp $s/var/www/html
	ln -s ../run $s/var/run
	for file in bin lib lib64 sbin; do
		ln -s usr/$file $s/$file
	done
	for file in $SERVERS_ETC; do
		[ ! -e /etc/$file ] || cp -a /etc/$file $s/etc/ ||
		    atf_fail "cp /etc/$file"
	done
	ssh-keygen -q -A -f $s || atf_fail "ssh-keygen -A"
	chmod 1777 $s/tmp $s/var/tmp
	echo $1 >$s/etc/who
	echo $PGPASSWORD >$s/etc/password
	echo $1 >$s/var/www/html/index.html
	printf 'server:\n\tidentity: %s\n' $1 \
	    >$s/etc/unbound/unbound.conf.d/who.conf
	cp /usr/share/dns/root.key $s/var/lib/unbound/
	chown -R unbound: $s/var/lib/unbound
	chown -R redis: $s/var/lib/redis $s/var/log/redis $s/run/redis \
	    $s/etc/redis
	mkdir -p $s/etc/postgresql
	chown -R postgres: $s/var/lib/postgresql $s/var/log/postgresql \
	    $s/run/postgresql $s/etc/postgresql
	add_joe $s
}

# The user who logs in, by a key.
add_joe() {
	echo joe:x:1234:1234:Joe:/home/joe:/bin/sh >>$1/etc/passwd
	echo joe:x:1234: >>$1/etc/group
	echo 'joe:*:19000:0:99999:7:::' >>$1/etc/shadow
	[ -f key ] || ssh-keygen -q -t ed25519 -N '' -f key
	cp key.pub $1/home/joe/.ssh/authorized_keys
	chown -R 1234:1234 $1/home/joe
	chmod 700 $1/home/joe $1/home/joe/.ssh
}

# Those that the distribution binds to the loopback addresses: to all.  The
# directory of the system, which of them.
listen_on_all() {
	local s=$1 server

	shift
	for server; do
		case $server in
		redis) sed -i -e 's/^bind .*/bind * -::*/' -e \
		    's/^protected-mode .*/protected-mode no/' \
		    $s/etc/redis/redis.conf ;;
		postgresql)
			mkdir -p $s/etc/postgresql-common/createcluster.d
			echo "listen_addresses = '*'" \
			    >$s/etc/postgresql-common/createcluster.d/all.conf
			echo host all all all scram-sha-256 >$s/etc/pg_hba ;;
		unbound) printf '\tinterface: %s\n' 0.0.0.0 ::0 |
		    cat - >>$s/etc/unbound/unbound.conf.d/who.conf
			printf '\taccess-control: %s allow\n' 0.0.0.0/0 ::0/0 \
			    >>$s/etc/unbound/unbound.conf.d/who.conf ;;
		esac
	done
}

# ---- how they start, as the distribution starts them ----

as_user() {
	echo setpriv --reuid $1 --regid $1 --init-groups
}

# The cluster that PostgreSQL's package makes when it is installed.
start_script() {
	local version

	case $1 in
	nginx) echo exec /usr/sbin/nginx ;;
	sshd) echo exec /usr/sbin/sshd ;;
	redis)
		echo exec $(as_user redis) \
		    /usr/bin/redis-server /etc/redis/redis.conf ;;
	postgresql)
		version=$(newest_postgres)
		version=${version##*/}
		echo "[ -d /etc/postgresql/$version/main ] ||"
		echo $(as_user postgres) pg_createcluster -p 5432 --locale C \
		    -e UTF8 $version main -- -N --pwfile=/etc/password \
		    '>/tmp/createcluster 2>&1 ||' \
		    '{ cat /tmp/createcluster; exit 1; }'
		echo "[ ! -f /etc/pg_hba ] ||" \
		    "cat /etc/pg_hba >>/etc/postgresql/$version/main/pg_hba.conf"
		echo exec $(as_user postgres) pg_ctlcluster \
		    --skip-systemctl-redirect $version main start ;;
	unbound) echo exec /usr/sbin/unbound ;;
	esac
}

# ---- who they are ----

# In the network namespace of the test, and not for long.
ask() {
	timeout 30 $in_net "$@" </dev/null
}

# At an address joe runs a command, which may follow -tt, for a terminal.
ssh_to() {
	local ip=$1

	shift
	ask ssh $SSH_OPTIONS joe@$ip "$@"
}

psql_at() {
	local ip=$1

	shift
	ask $(newest_postgres)/bin/psql -h $ip -U postgres -Atq "$@"
}

# A name server's identity, by UDP or +tcp.
dig_at() {
	ask dig +short +time=5 +tries=1 "$@" CH TXT hostname.bind | tr -d '"'
}

# What answers at the address as this server, or why nothing does.
who() {
	local ip=$2 udp

	case $1 in
	nginx)
		case $ip in *:*) ip="[$ip]" ;; esac
		ask curl -sS --max-time 20 http://$ip/ ;;
	sshd) ssh_to $ip cat /etc/who ;;
	redis) ask redis-cli -h $ip get who ;;
	postgresql) psql_at $ip -c 'select who from who' ;;
	unbound)
		udp=$(dig_at @$ip)
		[ "$udp" = "$(dig_at +tcp @$ip)" ] || udp="UDP alone: $udp"
		echo "$udp" ;;
	esac 2>&1 | head -n 1
}

# It is this one that answers, within seconds; or "nobody".
answers() {
	local until=$(($(now_ms) + 30000)) r

	while :; do
		r=$(who $2 $3)
		case $r in
		*[Rr]efused* | *"ailed to connect"* | *"not connect"*)
			r=nobody ;;
		esac
		if [ "$r" = "$1" ] || [ "$(now_ms)" -ge $until ]; then
			break
		fi
		sleep 0.2
	done
	atf_check_equal "$2 at $3: $1" "$2 at $3: $r"
}

# Those that have data are told who they are: an address of theirs, the name.
tell() {
	case $1 in
	redis)
		wait_for 10 ask redis-cli -h $2 ping
		atf_check -o inline:"OK\n" timeout 30 \
		    $in_net redis-cli -h $2 set who $3 ;;
	postgresql)
		wait_for 20 psql_at $2 -c 'select 1'
		psql_at $2 -qc "drop table if exists who" \
		    -c "create table who as select '$3'::text as who" ||
		    atf_fail "$1 at $2" ;;
	esac
}
