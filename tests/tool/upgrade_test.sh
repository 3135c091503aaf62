#!/usr/bin/env atf-sh
# SPDX-License-Identifier: BSD-2-Clause
#
# The program is installed, replaced and removed while jails run.  It is built
# here, from a copy of the tree, so that a newer version can be made of it.

# shellcheck source=tests/tool/tree.sh disable=SC1091
. "$(atf_get_srcdir)/tree.sh"

# The tree without what was built in it.
copy_tree() {
	mkdir src
	(cd "$JAIL_TOP" && find . -maxdepth 1 ! -name . ! -name 'build*' \
	    ! -name .git -exec tar -cf - {} +) | tar -C src -xf - ||
	    atf_fail "the tree cannot be copied"
}

# Build it in the given directory, for the prefix.
build() {
	meson setup --prefix="$PWD/prefix" --libdir=lib -Doptimization=0 \
	    "$1" src >log 2>&1 || atf_fail "$(tail -n 20 log)"
	ninja -C "$1" >log 2>&1 || atf_fail "$(tail -n 20 log)"
}

# The next version: what it writes, this one does not know.
build_newer() {
	sed -i 's/^#define FORMAT 1$/#define FORMAT 2/' src/lib/store.c
	atf_check grep -q '^#define FORMAT 2$' src/lib/store.c
	build newer
}

upgrade_case() {
	atf_test_case "$1" cleanup
	eval "$1_head() {
		atf_set descr '$2'
		atf_set require.user root
		atf_set require.progs 'meson ninja cc busybox unshare ip getfattr'
	}
	$1_cleanup() { drop_tree; }
	$1_body() {
		[ \"\${CHECK_SLOW:-1}\" -le 2 ] || atf_skip \
		    'compiling takes too long here'
		copy_tree
		build this
		PATH=\$PWD/prefix/sbin:\$PATH
		$1
	}"
}

write_upgrade_body() {
	write_body <<-'END'
	put() {
		meson install -C "$1" --no-rebuild --quiet >/dev/null
	}
	# One with a command that counts, one that is idle, and one with
	# something to do after its end.
	start_jails() {
		jail -c name=work path="$PWD/root" mount.devfs command=/bin/sh \
		    -c 'while :; do echo x >>/tmp/count; sleep 0.1; done' &
		command=$!
		make idle
		jail -q -c name=last path="$PWD/root" mount.devfs \
		    exec.poststop="touch $PWD/poststop" \
		    exec.start="sleep 1000 &"
		soon test -s root/tmp/count
	}
	still_counts() {
		: >root/tmp/count
		soon test -s root/tmp/count
		kill -0 $command
	}
	use_jails() {
		still_counts
		for name in work idle last; do
			is "$(jls -j $name path)" "$PWD/root"
			is "$(jexec $name echo in)" in
			jail -m name=$name host.hostname="$1"
			is "$(jls -j $name host.hostname)" "$1"
			is "$(jexec $name busybox hostname)" "$1"
		done
		make "new$1"
		still_counts
	}
	end_jails() {
		for jid in $(jls -j last jid); do
			xargs kill <$root/$jid/payload/cgroup.procs
		done
		# its keeper is of the version that made it
		soon test -e poststop
		jail -r work
		! wait $command
		for name in idle $(jls name | grep new); do
			jail -r $name
		done
		is "$(names)" ""
		is "$(find $root -name '[0-9]*')" ""
	}
	END
	cat >>body
}

upgrade_case same 'the same version is installed again'
same() {
	write_upgrade_body <<-'END'
	scene() {
		put this
		start_jails
		put this
		use_jails h1
		end_jails
	}
	END
	in_tree scene
}

upgrade_case newer 'a newer version, with another record, is installed'
newer() {
	build_newer
	write_upgrade_body <<-'END'
	scene() {
		put this
		start_jails
		jail -m name=idle securelevel=1
		put newer
		is "$(jls -j idle securelevel)" 1
		use_jails h2
		# what the newer one made, an older one cannot but remove
		jid=$(jls -j newh2 jid)
		put this
		jls >/dev/null
		! make newh2 2>said
		grep -q "jail $jid was made by another version" said
		make n2
		jail -R n2
		jail -R $jid
		# nor is one in the way whose end is not done
		put newer
		keepers=$(cat $root/keeper/cgroup.procs)
		jail -q -c name=half path="$PWD/root" persist exec.poststop=true
		half=$(jls -j half jid)
		grep -vwF "$keepers" $root/keeper/cgroup.procs |
		    xargs kill -9
		xargs kill -9 <$root/$half/cgroup.procs
		put this
		make n3
		jail -R n3
		[ -d $root/$half ]
		jail -R $half
		[ ! -e $root/$half ]
		# nothing has happened to the others
		use_jails h3
		put newer
		end_jails
	}
	END
	in_tree scene
}

# What a jail may not do is tried all the while: a server that could bind would run
# on, and nothing be counted.
upgrade_case network 'other BPF programs, under a jail with an address'
network() {
	sed -i 's/120 \* 1000000000ULL/121 * 1000000000ULL/' src/bpf/maps.h
	build newer
	sed -i 's/^#define NET_ABI .*/#define NET_ABI 9999/' src/bpf/jail_bpf.h
	build other
	write_upgrade_body <<-'END'
	start() {	# NAME ADDRESS
		jail -q -c name="$1" path="$PWD/root" mount.devfs persist \
		    ip4.addr="$2"
	}
	attached() {
		getfattr --only-values -n trusted.jail.bpf $root
	}
	says_hi() {
		[ "$(busybox nc 127.0.9.5 8081 </dev/null)" = hi ]
	}
	goes_on() {
		soon says_hi
		: >root/tmp/count
		soon test -s root/tmp/count
	}
	replaced() {	# VERSION
		was=$(attached)
		put "$1"
		start more 127.0.9.7
		[ "$(attached)" != "$was" ]
		goes_on
		jail -r more
	}
	in_net() {
		ip link set lo up
		put this
		start web 127.0.9.5
		jexec web /bin/sh -c 'while :; do
		    busybox httpd -f -p 127.0.9.6:7777 2>/dev/null
		    echo x >>/tmp/count; done' &
		jexec web busybox nc -ll -p 8081 -e /bin/echo hi &
		goes_on
		for version in newer this newer; do
			replaced $version
		done
		# with other maps they cannot be taken over from
		put other
		! start more 127.0.9.7 2>said
		grep -q 'of another version: stop them' said
		goes_on
		jail -r web
		wait
		start web 127.0.9.5
		attached | grep -q '^9999 '
		jail -r web
		prefix/libexec/jail/jail-bpf unload 3<$root
	}
	scene() {
		unshare --net sh -euc '
			. ./body
			root=/sys/fs/cgroup/jail
			in_net'
	}
	END
	in_tree scene
}

upgrade_case removed 'it is uninstalled'
removed() {
	write_upgrade_body <<-'END'
	scene() {
		put this
		start_jails
		: >prefix/sbin/mine
		"$JAIL_TOP/contrib/uninstall" "$PWD/this"
		is "$(find prefix ! -type d)" prefix/sbin/mine
		still_counts
		put this
		use_jails h4
		end_jails
	}
	END
	in_tree scene
}

upgrade_case staged 'it is installed below DESTDIR, and away again'
staged() {
	atf_check meson install -C this --no-rebuild --quiet
	find "$PWD/prefix" ! -type d | sort >wanted
	atf_check -o match:'files removed' "$JAIL_TOP/contrib/uninstall" \
	    "$PWD/this"
	export DESTDIR="$PWD/stage"
	atf_check meson install -C this --no-rebuild --quiet
	find "stage$PWD/prefix" ! -type d | sed 's/^stage//' | sort >got
	atf_check -o file:wanted cat got
	atf_check find "$PWD/prefix" ! -type d
	# nothing in it knows where it was put, but for the prefix
	atf_check -s exit:1 grep -rl "$PWD/stage" stage
	atf_check -o match:'files removed' "$JAIL_TOP/contrib/uninstall" \
	    "$PWD/this"
	unset DESTDIR
	atf_check find stage ! -type d
}

atf_init_test_cases() {
	for case in same newer network removed staged; do
		atf_add_test_case "$case"
	done
}
