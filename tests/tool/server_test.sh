#! /usr/bin/env atf-sh
# SPDX-License-Identifier: BSD-2-Clause
# Real servers of the distribution in thin jails: nginx, Redis, PostgreSQL.

# SC2016: much here is for the shell in the jail.  SC2086: words are split.
# shellcheck disable=SC1091,SC2016,SC2086
. "$(atf_get_srcdir)/servers.sh"

root=$JAIL_TEST_ROOT

# A TCP port of 127.0.0.1 that is free now.
free_port() {
	python3 -c 'import socket
s = socket.socket()
s.bind(("127.0.0.1", 0))
print(s.getsockname()[1])'
}

# Remove the jail within seconds; its stop.timeout is far more.
stop_in() {
	begin=$(now_ms)
	atf_check jail -r "$name"
	took=$(($(now_ms) - begin))
	[ $took -lt $(($1 * 1000)) ] || atf_fail "jail -r took $took ms"
	nothing_left
}

# path with etc/nginx of its own, and what nginx writes to beside it: the
# user of the configuration, the port.
make_nginx() {
	mkdir -p root/etc/nginx root/var/log/nginx root/var/lib/nginx \
	    root/usr/share/nginx/html log lib
	cat >root/etc/nginx/nginx.conf <<-END
	${1:+user $1;}
	daemon off;
	worker_processes 2;
	pid /var/lib/nginx/nginx.pid;
	error_log /var/log/nginx/error.log notice;
	events { }
	http {
		access_log /var/log/nginx/access.log;
		server {
			listen 127.0.0.1:$2;
			root /usr/share/nginx/html;
		}
	}
	END
	head -c 300000 /dev/urandom >root/usr/share/nginx/html/page
	nginx="ip4=inherit stop.timeout=60 mount.devfs"
}

# The parameters that differ.
run_nginx() {
	new_name nginx
	atf_check jail -c name="$name" path="$root" thin $nginx \
	    mount="$PWD/log $root/var/log/nginx nullfs rw 0 0" \
	    mount="$PWD/lib $root/var/lib/nginx nullfs rw 0 0" "$@" \
	    exec.start='/usr/sbin/nginx &'
	page=http://127.0.0.1:$port/page
	wait_for 10 curl -sf -o /dev/null "$page" || {
		cat log/error.log >&2
		atf_fail "nginx does not answer"
	}
	atf_check curl -sf -o copy "$page"
	atf_check cmp copy root/usr/share/nginx/html/page
	atf_check -o match:'"GET /page HTTP/1.1" 200 300000 ' \
	    cat log/access.log
	atf_check -s exit:22 -o ignore -e ignore curl -sf "${page}no"
}

new_case nginx_user 'nginx as a user of the host' 'nginx curl python3'
nginx_user_body() {
	port=$(free_port)
	make_nginx '' "$port"
	chown -R www-data: log lib
	run_nginx exec.jail_user=www-data exec.system_jail_user
	atf_check -o inline:"www-data\n" stat -c %U log/access.log
	jid=$(jls -j "$name" jid)
	atf_check_equal 3 "$(pids_of "$jid" | wc -l)"
	stop_in 40
	atf_check -s exit:7 curl -s "$page"
	# Nothing was written beside the mounts.
	atf_check -o inline:"etc\nusr\nvar\n" ls root
	atf_check find root/var -type f
}

new_case nginx_root 'nginx as root with workers of its own user' \
    'nginx curl python3'
nginx_root_body() {
	port=$(free_port)
	make_nginx www-data "$port"
	run_nginx thin.files=/etc/passwd thin.files=/etc/group mount.procfs \
	    thin.files=/bin/sh thin.files=/bin/cat
	uid=$(id -u www-data)
	atf_check_equal "1 2" "$(jexec "$name" /bin/sh -c \
	    'for i in /proc/[0-9]*; do
	    [ "$(cat $i/comm)" != nginx ] || cat $i/status; done' |
	    awk -v uid="$uid" '/^Uid:/ { n[$2]++ } END { print n[0], n[uid] }')"
	stop_in 40
}

new_case nginx_reload 'nginx reloads and survives jail -m' \
    'nginx curl python3'
nginx_reload_body() {
	port=$(free_port)
	make_nginx www-data "$port"
	run_nginx thin.files=/etc/passwd thin.files=/etc/group
	echo new >root/usr/share/nginx/html/page
	atf_check jail -m name="$name" host.hostname=renamed
	atf_check -e ignore jexec "$name" /usr/sbin/nginx -s reload
	wait_for 5 grep -q reconfiguring log/error.log ||
	    atf_fail "not reloaded"
	atf_check -o inline:"new\n" curl -sf "$page"
	stop_in 40
}

new_case redis 'Redis keeps its data over jail -r' \
    'redis-server redis-cli python3'
redis_body() {
	port=$(free_port)
	mkdir -p root data
	chown redis: data 2>/dev/null || atf_skip "no user redis"
	cli="redis-cli -h 127.0.0.1 -p $port"
	for round in 1 2 3; do
		new_name redis
		# exec.jail_user of the host; no configuration file at all.
		atf_check jail -c name="$name" path="$root" thin mount.devfs \
		    ip4=inherit exec.jail_user=redis exec.system_jail_user \
		    mount="$PWD/data $root/data nullfs rw" stop.timeout=60 \
		    exec.start="/usr/bin/redis-server --port $port --bind 127.0.0.1 --dir /data --logfile /data/log --save 3600\\ 1 &"
		wait_for 10 sh -c "[ \"\$($cli ping)\" = PONG ]" || {
			cat data/log >&2
			atf_fail "redis does not answer"
		}
		[ $round -eq 1 ] || atf_check -o inline:"value $round\n" \
		    $cli get key
		atf_check -o inline:"OK\n" $cli set key "value $((round + 1))"
		atf_check -o ignore $cli eval \
		    "for i = 1, 1000 do redis.call('set', 'k' .. i, i) end" 0
		stop_in 40
		[ -s data/dump.rdb ] || atf_fail "no dump.rdb"
		atf_check -o inline:"redis\n" stat -c %U data/dump.rdb
		atf_check -o match:'Received SIGTERM' tail -n 20 data/log
	done
	atf_check ls -A root
}

# The parameters of a thin jail for a program of PostgreSQL.
postgres_params() {
	pg=$(newest_postgres)
	set -- "/usr/share/postgresql/${pg##*/}" "$pg" /usr/share/zoneinfo /etc/passwd \
	    /etc/group /bin/sh /bin/cat
	for file; do
		[ ! -e "$file" ] || printf 'thin.files=%s\n' "$file"
	done
	# What the directory bound whole has: it brings no libraries.
	for file in "$pg"/bin/initdb "$pg"/bin/postgres "$pg"/bin/psql \
	    "$pg/lib/dict_snowball.so" "$pg/lib/plpgsql.so"; do
		printf 'thin.files=%s\n' "$file"
	done
	echo mount.devfs
	echo sysvshm=new
	echo sysvsem=new
	echo exec.jail_user=postgres
	echo exec.system_jail_user
	echo stop.timeout=60
}

new_case postgresql 'PostgreSQL keeps its data over jail -r' \
    "$(newest_postgres)/bin/postgres"
postgresql_body() {
	mkdir -p root data socket
	chown postgres: data socket || atf_skip "no user postgres"
	chmod 700 data
	pg=$(newest_postgres)/bin
	mounts="mount=$PWD/data $root/data nullfs rw"
	params=$(postgres_params)
	atf_check -o match:'Success' -e ignore jail -c path="$root" thin \
	    $params "$mounts" \
	    command=$pg/initdb -D /data -A trust -U postgres -N \
	    --no-locale -E UTF8
	[ -s data/PG_VERSION ] || atf_fail "initdb made nothing"
	atf_check -o inline:"postgres\n" stat -c %U data/PG_VERSION
	for round in 1 2; do
		new_name pg
		atf_check jail -c name="$name" path="$root" thin $params \
		    "$mounts" mount="$PWD/socket $root/run/pg nullfs rw" \
		    exec.start="$pg/postgres -D /data -k /run/pg -c listen_addresses= -c logging_collector=off -c fsync=off &" \
		    >log.$round 2>&1 </dev/null || atf_fail "jail -c"
		psql="jexec -u postgres $name $pg/psql -h /run/pg -U postgres -Atq"
		wait_for 20 $psql -c 'select 1' || {
			cat log.$round >&2
			atf_fail "postgres does not answer"
		}
		[ $round -ne 1 ] || atf_check $psql -c \
		    'create table t (n int); insert into t select generate_series(1, 1000)'
		atf_check -o inline:"1000 500500\n" $psql -F ' ' -c \
		    'select count(*), sum(n) from t'
		# SIGTERM is a "smart" shutdown: nobody is connected.
		stop_in 40
	done
	atf_check ls -A root
}

atf_init_test_cases() {
	for case in nginx_user nginx_root nginx_reload redis postgresql; do
		atf_add_test_case "$case"
	done
}
