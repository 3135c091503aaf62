#! /usr/bin/env atf-sh
# SPDX-License-Identifier: BSD-2-Clause
# userns=inherit: what is its own, beside what the userns_*_test.sh run again.

# SC2016: much here is for the shell in the jail.  SC2086: words are split.
# shellcheck disable=SC1091,SC2016,SC2086
. "$(atf_get_srcdir)/prog.sh"

root=$JAIL_TEST_ROOT

in_jail='jail -c userns=inherit path='$root

new_case values 'new, inherit; at creation only; shown, and made again'
values_body() {
	make_root
	atf_check -s exit:1 -e inline:\
"jail: userns: \"disable\" is none of its values (new, inherit)\n" \
	    jail -c path="$root" userns=disable persist
	atf_check -s exit:1 -e match:'^jail: userns: ' \
	    jail -c path="$root" userns=maybe persist
	make_jail a userns=inherit
	atf_check -o inline:"inherit\n" jls -j "$name" userns
	atf_check -s exit:1 -e match:'userns cannot be changed after creation' \
	    jail -m name="$name" userns=new
	atf_check jail -m name="$name" userns=inherit
	eval "set -- $(jls -sj "$name")"
	atf_check jail -R "$name"
	atf_check -o ignore jail -c "$@" persist
	eval "again=\"$*\""
	[ "$again" = "$(eval "set -- $(jls -sj "$name")"; echo "$*")" ] ||
	    atf_fail "another one: $(jls -sj "$name")"
	make_jail b
	atf_check -o inline:"new\n" jls -j "$name" userns
	atf_check -s exit:1 -e match:'userns cannot be changed after creation' \
	    jail -m name="$name" userns=inherit
}

new_case spaces 'beside what else is of the host or not'
spaces_body() {
	make_root
	for more in "" host=inherit allow.sysvipc "host=inherit allow.sysvipc" \
	    "sysvmsg=new sysvshm=new" "ip4=inherit ip6=inherit"; do
		atf_check -o inline:"0\n" $in_jail $more command=id -u
		make_jail a userns=inherit $more
		pid=$(cat "$(cgroup_of "$jid")/cgroup.procs")
		for ns in user mnt pid cgroup uts ipc; do
			[ "$(readlink /proc/self/ns/$ns)" = \
			    "$(readlink /proc/$pid/ns/$ns)" ] && echo $ns
		done >same
		{
			echo user
			case $more in *host=inherit*) echo uts ;; esac
			case $more in *allow.sysvipc*) echo ipc ;; esac
		} >expected
		atf_check -o file:expected cat same
		atf_check -o inline:"0\n" jexec "$name" id -u
		atf_check -o inline:"1234\n" jexec -U joe "$name" id -u
		atf_check jail -R "$name"
	done
}

new_case users 'users beyond the 65536 ids of a user namespace'
users_body() {
	make_root
	echo 'far:x:100000:100001:Far:/:/bin/sh' >>"$root/etc/passwd"
	echo 'wide:x:200000:joe' >>"$root/etc/group"
	atf_check -o inline:"100000 100001\n" $in_jail exec.jail_user=far \
	    exec.system_jail_user=false command=sh -c 'echo $(id -u) $(id -g)'
	atf_check -o inline:"1234 50 200000\n" $in_jail exec.jail_user=joe \
	    command=id -G
	make_jail a userns=inherit
	atf_check -o inline:"100000\n" jexec -U far "$name" id -u
	# Where there is one they are nobody's.
	make_jail b
	atf_check -s exit:1 -e match:'^jexec: far: uid 100000 or gid 100001' \
	    jexec -U far "$name" id -u
	atf_check -o inline:"1234 50\n" jexec -U joe "$name" id -G
}

# Run the rest with an overlay of $root and an empty directory on ./over.
with_overlay() {
	mkdir -p upper work over
	cat >mounted <<-END
	mount -t tmpfs none "$PWD/upper" && mkdir "$PWD/upper/u" "$PWD/upper/w"
	mount -t overlay none -o \
	    lowerdir=$root,upperdir=$PWD/upper/u,workdir=$PWD/upper/w \
	    "$PWD/over" || exit 77
	exec "\$@"
	END
	unshare -m sh ./mounted true || atf_skip "no overlay here"
}

new_case overlay 'a file system that cannot be idmapped' unshare
overlay_body() {
	make_root
	with_overlay
	atf_check -s exit:1 -e match:\
"^jail: path: $PWD/over: its file system .* cannot be idmapped: use userns=inherit" \
	    unshare -m sh ./mounted jail -c path="$PWD/over" command=true
	atf_check -o inline:"0\n" unshare -m sh ./mounted \
	    jail -c userns=inherit path="$PWD/over" command=sh -c \
	    'echo x >/tmp/new && id -u'
	# as a mount, and carried in
	mkdir "$root/mnt"
	mkdir -p outer/below
	make_outer="cp -a $root/bin $PWD/outer/; mount --move $PWD/over $PWD/outer/below"
	atf_check -s exit:1 -e match:'cannot be idmapped' \
	    unshare -m sh ./mounted jail -c path="$root" \
	    mount="$PWD/over $root/mnt nullfs rw" command=true
	atf_check -o match:'^passwd$' unshare -m sh ./mounted \
	    $in_jail mount="$PWD/over $root/mnt nullfs rw" command=ls /mnt/etc
	atf_check -o match:'^passwd$' unshare -m sh ./mounted sh -c \
	    "$make_outer; jail -c userns=inherit path=$PWD/outer \
	    command=ls /below/etc"
	atf_check -o match:'this overlay cannot be idmapped' unshare -m \
	    sh ./mounted sh -c "$make_outer; \
	    jail -v -c path=$PWD/outer command=ls /below"
	nothing_left
}

new_case interfaces 'interfaces of the kernel, by whatever mount'
interfaces_body() {
	make_root
	mkdir "$root/mnt"
	for ids in new inherit; do
		for from in /sys /sys/kernel /proc /proc/sys /dev/pts \
		    "$(dirname "$(find /sys/fs/cgroup -maxdepth 2 \
			-name cgroup.procs | head -n 1)")"; do
			atf_check -s exit:1 -o empty \
			    -e match:'is an interface of the kernel' \
			    jail -c path="$root" userns=$ids \
			    mount="$from $root/mnt nullfs ro" command=true
		done
	done
	atf_check -s exit:1 -e match:'is an interface of the kernel' \
	    jail -c path=/sys userns=inherit command=true
	nothing_left
}

new_case chflags 'allow.chflags: chattr, below path, up to securelevel 0' \
    'chattr ldd'
chflags_body() {
	make_root
	touch file "$root/file"
	chattr +i file 2>/dev/null || atf_skip "no such flags here"
	chattr -i file
	copy_dynamic "$(command -v chattr)" root
	said='^jail: allow.chflags: .* it needs userns=inherit$'
	atf_check -s exit:1 -e match:"$said" \
	    jail -c path="$root" allow.chflags command=true
	make_jail a
	atf_check -s exit:1 -e match:"$said" jail -m name="$name" allow.chflags
	# Without it no.
	atf_check -s exit:1 -e match:'ot permitted' \
	    $in_jail command=chattr +i /file
	atf_check $in_jail allow.chflags command=chattr +i /file
	atf_check -s exit:1 -e match:'ot permitted' rm "$root/file"
	atf_check -s exit:1 -e match:'ot permitted' \
	    $in_jail command=chattr -i /file
	atf_check -s exit:1 -e match:'ot permitted' \
	    $in_jail allow.chflags securelevel=1 \
	    command=chattr -i /file
	# It comes and goes with what the jail may.
	make_jail b userns=inherit
	atf_check jail -m name="$name" allow.chflags
	atf_check jexec "$name" chattr -i /file
	atf_check jexec "$name" chattr +i /file
	atf_check jail -m name="$name" securelevel=1
	atf_check -s exit:1 -e match:'ot permitted' \
	    jexec "$name" chattr -i /file
}
chflags_cleanup() {
	chattr -i root/file 2>/dev/null
	remove_jails
}

new_case debug 'debuggers: the own processes of root, none of others' strace
debug_body() {
	make_probe_root
	make_jail a userns=inherit mount.procfs
	jexec_sleep 100 "-U joe"
	jexec_sleep 101
	wait_for 5 sh -c \
	    "[ \$(jexec $name cat /proc/[0-9]*/comm | grep -cx sleep) = 2 ]"
	joes=$(jexec "$name" sh -c \
	    'for i in /proc/[0-9]*; do [ "$(cat $i/comm)" = sleep ] || continue
	    busybox stat -c "%u %n" $i; done' | sed -n 's,^1234 /proc/,,p')
	roots=$(jexec "$name" sh -c \
	    'for i in /proc/[0-9]*; do [ "$(cat $i/comm)" = sleep ] || continue
	    busybox stat -c "%u %n" $i; done' | sed -n 's,^0 /proc/,,p')
	atf_check -o inline:"ptrace=$joes: EPERM\nptrace=$roots: ok\n" \
	    jexec "$name" probe "ptrace=$joes" "ptrace=$roots"
	atf_check jail -R "$name"
	wait
}

new_case ports 'ports below 1024 of the host with ip4=inherit' python3
ports_body() {
	mkdir root
	bind='import socket,sys; socket.socket().bind(("127.77.0.1", 81))'
	python=$(readlink -f "$(command -v python3)")
	lib=/usr/lib/$(basename "$python")
	mkdir -p "root$lib"
	run() {
		atf_check "$@" jail -q -c path="$root" thin mount.devfs \
		    ip4=inherit mount="$lib $root$lib nullfs ro" $more \
		    command="$python" -c "$bind"
	}
	more=userns=inherit
	run
	more="userns=inherit allow.noreserved_ports"
	run -s exit:1 -e match:'Permission denied'
}

atf_init_test_cases() {
	for case in values spaces users overlay interfaces chflags debug \
	    ports; do
		atf_add_test_case "$case"
	done
}
