#!/usr/bin/env atf-sh
# SPDX-License-Identifier: BSD-2-Clause
#
# Where jail/ is: below jail.service or the root of the tree, and jails stay
# listed when the service comes and goes.  No systemd is needed.

# shellcheck source=tests/tool/tree.sh disable=SC1091
. "$(atf_get_srcdir)/tree.sh"

place_case() {
	root_case "$1" "$2" 'jail jls busybox unshare' drop_tree
}

place_case comes 'The service is started while jails are there'
comes_body() {
	write_body <<-'END'
	comes() {
		make a
		is "$(jls -j a jid)" 1
		mkdir -p "$service"
		is "$(names)" "a "
		make b
		is "$(names)" "a b "
		is "$(ls -d $root/?)" "$(printf '%s\n' $root/1 $root/2)"
		jail -m name=a securelevel=2
		jexec a true
		jail -R a
		make c
		is "$(names)" "b c "
		[ ! -e $service/jail ]
		jail -R b
		jail -R c
		make d
		is "$(jls -j d jid)" 4
		[ -d $service/jail/4 ]
		[ ! -e $root ]
		jail -R d
	}
	END
	in_tree comes
}

place_case work 'The service is started while work of an old jail goes on'
work_body() {
	write_body <<-'END'
	work() {
		make a
		jail -R a
		mkdir $root/after
		sleep 1000 &
		echo $! >$root/after/cgroup.procs
		mkdir -p "$service"
		make b
		[ -d $root/2 ]
		jail -R b
		kill $!
		wait $! || :
		make c
		[ -d $service/jail/3 ]
		[ ! -e $root ]
		jail -R c
	}
	END
	in_tree work
}

place_case goes 'The service is stopped, and its cgroup removed'
goes_body() {
	write_body <<-'END'
	goes() {
		mkdir -p "$service"
		make a
		[ -d $service/jail/1 ]
		[ ! -e $root ]
		jail -R a
		rmdir $service/jail/net $service/jail $service
		is "$(names)" ""
		make b
		[ -d $root/1 ]
		jail -R b
	}
	END
	in_tree goes
}

# All are found by name to be removed, so none was where nobody looks.
place_case race 'Jails come and go while the service does'
race_body() {
	write_body <<-'END'
	turn() {
		turns=0
		while [ ! -e over ]; do
			mkdir -p "$service"
			rmdir $service/jail/net $service/jail $service 2>/dev/null || :
			turns=$((turns + 1))
		done
		echo $turns >turns
	}
	work() {
		for i in $(seq 40); do
			make "w$1-$i" && jail -R "w$1-$i" ||
			    echo "w$1-$i: $?"
		done >err.$1 2>&1
	}
	race() {
		turn &
		turner=$!
		for w in 1 2 3 4; do
			work $w &
			workers="${workers:-} $!"
		done
		wait $workers
		touch over
		wait $turner
		cat err.*
		[ "$(cat turns)" -gt 20 ]
		is "$(cat err.*)" ""
		is "$(names)" ""
	}
	END
	in_tree race
}

# The programs could not tell which cgroups are jails.
place_case namespace 'no addresses from within a cgroup namespace'
namespace_body() {
	write_body <<-'END'
	namespace() {
		# its root is where it is made
		echo $$ >/sys/fs/cgroup/cgroup.procs
		! unshare --cgroup jail -q -c name=x path="$PWD/root" persist \
		    ip4.addr=127.0.9.81 2>said
		grep -q 'in a cgroup namespace.*make them on the host' said
		is "$(names)" ""
		unshare --cgroup jail -q -c name=x path="$PWD/root" persist
		is "$(names)" "x "
		jail -R x
		mkdir /sys/fs/cgroup/beside
		echo $$ >/sys/fs/cgroup/beside/cgroup.procs
		if grep -q 'cgroup2.*nsdelegate' /proc/mounts; then
			! unshare --cgroup jail -q -c name=x path="$PWD/root" \
			    persist 2>said
			grep -q 'beyond the cgroup namespace' said
		else
			unshare --cgroup jail -q -c name=x path="$PWD/root" \
			    persist
			jail -R x
		fi
		is "$(names)" ""
	}
	END
	in_tree namespace
}

atf_init_test_cases() {
	for case in comes work goes race namespace; do
		atf_add_test_case "$case"
	done
}
