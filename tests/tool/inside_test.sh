#! /usr/bin/env atf-sh
# SPDX-License-Identifier: BSD-2-Clause
# What root in a jail cannot do, started by jail(8) and entered by jexec(8).

# SC2016: much here is for the shell in the jail.  SC2046, SC2086: words are
# split.
# shellcheck disable=SC1091,SC2016,SC2046,SC2086
. "$(atf_get_srcdir)/prog.sh"

root=$JAIL_TEST_ROOT

# End a process in the background.
end() {
	kill "$1"
	! wait "$1"
}

# The file expected is what the probe must say in a jail of these parameters,
# both as its command and by jexec.
expect_probe() {
	sed -n 's/^\(.*\): .*/\1/p' expected >names
	atf_check -o file:expected \
	    jail -c path="$root" "$@" command=probe $(cat names)
	make_jail "x$((n += 1))" "$@"
	atf_check -o file:expected jexec "$name" probe $(cat names)
	atf_check jail -R "$name"
}

new_case mounts 'root mounts nothing, and undoes no mount'
mounts_body() {
	make_probe_root
	cat >expected <<-'END'
	mount: EPERM
	bind: EPERM
	remount: EPERM
	remount=/proc: EPERM
	propagation: EPERM
	umount: EPERM
	umount=/proc: EPERM
	umount=/dev: EPERM
	pivot_root: EPERM
	fsopen: EPERM
	open_tree: EPERM
	move_mount: EPERM
	mount_setattr: EPERM
	mount_setattr=/proc/sys: EPERM
	END
	expect_probe mount.procfs mount.devfs
	nothing_left
}

new_case devices 'root makes no device nodes'
devices_body() {
	make_probe_root
	cat >expected <<-'END'
	mknod_block: EPERM
	mknod_char: EPERM
	mkfifo: ok
	END
	expect_probe
	expect_probe mount.devfs mount="tmpfs $root/tmp tmpfs rw"
}

new_case machine 'the machine is none of its business'
machine_body() {
	make_probe_root
	cat >expected <<-'END'
	init_module: EPERM
	finit_module: EPERM
	delete_module: EPERM
	reboot: EPERM
	kexec: EPERM
	swapon: EPERM
	swapoff: EPERM
	settimeofday: EPERM
	clock_settime: EPERM
	acct: EPERM
	syslog: EPERM
	nice: EACCES
	END
	expect_probe
	# With dmesg_restrict the kernel reads to the host's root alone.
	[ "$(cat /proc/sys/kernel/dmesg_restrict)" -eq 0 ] || return 0
	sed -i 's/^syslog: .*/syslog: ok/' expected
	expect_probe allow.read_msgbuf allow.socket_af
}

new_case namespaces 'no namespaces, new or other'
namespaces_body() {
	make_probe_root
	for space in user mnt pid net ipc uts cgroup; do
		cat <<-END
		unshare=$space: EPERM
		clone=$space: EPERM
		clone3=$space: ENOSYS
		setns=$space: EPERM
		END
	done >expected
	echo 'clone3: ENOSYS' >>expected
	expect_probe mount.procfs
}

new_case kernel 'keys, programs in the kernel, rings, handles'
kernel_body() {
	make_probe_root
	cat >expected <<-'END'
	open_by_handle: EPERM
	open_by_handle=/tmp: EPERM
	keyctl: ENOSYS
	add_key: ENOSYS
	bpf: EPERM
	perf: EPERM
	io_uring: ENOSYS
	userfaultfd: EPERM
	fanotify: EPERM
	END
	expect_probe
	expect_probe mount.devfs mount.procfs
}

new_case terminal 'nothing is typed into a terminal' python3
terminal_body() {
	make_probe_root
	printf 'tiocsti: EPERM\ntioclinux: EPERM\n' >expected
	atf_check -o file:expected "$on_pty" -- jail -c path="$root" \
	    mount.devfs command=probe tiocsti tioclinux
	make_jail a
	atf_check -o file:expected "$on_pty" -- \
	    jexec "$name" probe tiocsti tioclinux
	expect_probe
}

new_case host_process 'no process of the host is seen or changed'
host_process_body() {
	make_probe_root
	sleep 100 &
	pid=$!
	calls="kill sigqueue pidfd_open setpriority getpriority prlimit
	    setaffinity getaffinity setscheduler ioprio vm_read ptrace getsid"
	for call in $calls; do
		echo "$call=$pid: ESRCH"
	done >expected
	expect_probe
	expect_probe mount.procfs
	# From the host they work: it is not the probe.
	for call in kill pidfd_open setpriority prlimit setaffinity getsid; do
		echo "$call=$pid: ok"
	done >expected
	atf_check -o file:expected "$probe" \
	    $(sed 's/: .*//' expected)
	# By its number in /proc neither.
	for file in "" /root /cwd /fd /exe /environ /mem /maps; do
		echo "stat=/proc/$pid$file: ENOENT"
	done >expected
	expect_probe mount.procfs
	end $pid
	nothing_left
}

new_case other_jail 'a process of another jail neither'
other_jail_body() {
	make_probe_root
	make_jail other
	jexec_sleep 100
	jid=$(jls -j "$name" jid)
	victim=$(pids_of "$jid" | head -n 1)
	for call in kill pidfd_open setpriority prlimit ptrace; do
		echo "$call=$victim: ESRCH"
	done >expected
	expect_probe mount.procfs
	# A signal to all stays in the jail.
	atf_check -s ignore -e ignore jail -c path="$root" mount.procfs \
	    command=sh -c 'kill -9 -1'
	kill -0 $pid || atf_fail "the other's has gone"
	end $pid
}

new_case pid_one 'pid 1 of the jail cannot be looked into or ended'
pid_one_body() {
	make_probe_root
	cat >expected <<-'END'
	open=/proc/1/fd: EACCES
	open=/proc/1/environ: EACCES
	open=/proc/1/mem: EACCES
	open=/proc/1/maps: EACCES
	stat=/proc/1/exe: EACCES
	stat=/proc/1/root: EACCES
	stat=/proc/1/cwd: EACCES
	ptrace=1: EPERM
	vm_read=1: EPERM
	END
	expect_probe mount.procfs
	make_jail a mount.procfs
	atf_check -s ignore -e ignore jexec "$name" kill -9 1
	atf_check -s ignore -e ignore jexec "$name" kill -TERM 1
	atf_check jexec "$name" true
}

new_case around_root 'no way leads out of the root'
around_root_body() {
	make_probe_root
	echo secret >marker
	up=../../../../../../../../../../../..
	ln -s "$PWD/marker" "$root/tmp/absolute"
	ln -s "$up$PWD/marker" "$root/tmp/relative"
	ln -s ../../marker "$root/tmp/beside"
	ln "$root/tmp/beside" "$root/tmp/hard" || atf_fail "ln"
	cat >expected <<-END
	stat=$PWD/marker: ENOENT
	stat=../marker: ENOENT
	stat=/../marker: ENOENT
	stat=$up$PWD/marker: ENOENT
	stat=/tmp/absolute: ENOENT
	stat=/tmp/relative: ENOENT
	stat=/tmp/beside: ENOENT
	stat=/tmp/hard: ENOENT
	chroot_escape=/$PWD/marker: ENOENT
	chroot_escape=/marker: ENOENT
	stat=/proc/self/root/../marker: ENOENT
	stat=/proc/self/root$PWD/marker: ENOENT
	stat=/proc/self/cwd/../marker: ENOENT
	stat=/proc/thread-self/root/..$PWD/marker: ENOENT
	END
	expect_probe mount.procfs
	# It is there for the host.
	atf_check -o match:': ok$' "$probe" "stat=$PWD/marker"
	# No link in /proc leads there.
	make_jail a mount.procfs
	jexec_sleep 100
	atf_check -s ignore -o save:links -e ignore jexec "$name" sh -c \
	    'ls -l /proc/[0-9]*/root /proc/[0-9]*/cwd /proc/[0-9]*/exe'
	atf_check -o not-match:"$PWD" cat links
	atf_check -s ignore -o save:found -e ignore jexec "$name" sh -c \
	    'for i in /proc/[0-9]*/root /proc/[0-9]*/cwd; do
	    ls "$i/../marker" "$i/marker"; done'
	atf_check cat found
	end $pid
}

# Open descriptors 3 to 9 and 20, 50, 200 on directories and files of the
# host that are not closed on exec, and run the rest.
with_descriptors() {
	atf_check -o file:expected -e ignore bash -c '
	    for fd in 3 4 5 6 7 8 9 20 50 200; do
	        eval "exec $fd</"
	    done
	    exec "$@"' bash "$@"
}

new_case descriptors 'no descriptor but 0, 1, 2 comes along' bash
descriptors_body() {
	make_probe_root
	make_jail a mount.procfs
	echo 'fds: 0 1 2' >expected
	with_descriptors jail -c path="$root" command=probe fds
	with_descriptors jail -c path="$root" exec.start='probe fds'
	with_descriptors jexec "$name" probe fds
	with_descriptors jexec -U joe "$name" probe fds
	with_descriptors jexec -l "$name" probe fds
	# Neither do names of them, or a working directory, help.
	for i in 3 9 50; do
		echo "stat=/proc/self/fd/$i: ENOENT"
	done >expected
	with_descriptors jail -c path="$root" mount.procfs \
	    command=probe $(sed 's/: .*//' expected)
	with_descriptors jexec "$name" probe $(sed 's/: .*//' expected)
	atf_check -s exit:1 -e match:'chdir: /proc/self/fd/3: ' bash -c \
	    "exec 3</; exec jexec -d /proc/self/fd/3 $name pwd"
	atf_check -o inline:"/\n" jail -c path="$root" command=pwd
	# While a background process runs, too.
	new_name b
	echo 'fds: 0 1 2' >expected
	atf_check bash -c "exec 3</ 40</tmp
	    jail -c name=$name path=$root exec.start='sleep 100 >/tmp/x 2>&1 &' \
	    exec.poststart=true mount.procfs mount.devfs"
	atf_check -o not-match:'-> /[a-z]*/?$' -e ignore jexec "$name" sh -c \
	    'ls -l /proc/2/fd; exit 0'
}

new_case sysvipc 'System V IPC: none, own, and that of the host'
sysvipc_body() {
	make_probe_root
	printf '%s: ENOSYS\n' msgget semget shmget >expected
	expect_probe
	for one in msg sem shm; do
		printf '%s: ENOSYS\n' msgget semget shmget |
		    sed "s/^\\(${one}get\\): .*/\\1: ok/" >expected
		expect_probe sysv$one=new
	done
	printf '%s: ok\n' msgget semget shmget >expected
	expect_probe sysvmsg=new sysvsem=new sysvshm=new
	expect_probe allow.sysvipc
	# One that is said by itself counts.
	printf 'msgget: ok\nsemget: ok\nshmget: ENOSYS\n' >expected
	expect_probe allow.sysvipc sysvshm=disable
	# A queue of the host's.
	id=$(ipcmk -Q -p 0666 2>/dev/null | sed 's/.*: //')
	[ -n "$id" ] || atf_skip "ipcmk"
	echo "$id" >queue
	key=$(printf %d "$(ipcs -q | awk -v id="$id" '$2 == id { print $1 }')")
	echo "msgget=$key: ENOENT" >expected
	expect_probe sysvmsg=new
	echo "msgget=$key: ok" >expected
	expect_probe sysvmsg=inherit
}
sysvipc_cleanup() {
	remove_jails
	[ ! -f queue ] || ipcrm -q "$(cat queue)"
}

# Lines of the probe: how it ends, FAMILY-TYPE-PROTOCOL...
sockets_say() {
	how=$1
	shift
	printf "socket=%s: $how\n" "$@"
}

new_case sockets 'families of sockets'
sockets_body() {
	make_probe_root
	no=EPROTONOSUPPORT
	# packet, alg, vsock; beside unix, netlink route and audit
	sockets_say $no 17-3-0 38-5-0 40-1-0 >never
	{
		sockets_say ok 1-1-0 16-3-0
		sockets_say $no 16-3-9
		cat never
	} >always
	{
		cat always
		sockets_say EAFNOSUPPORT 2-1-0 2-2-0 2-3-1 10-1-0
		sockets_say $no 31-3-0 # bluetooth
	} >expected
	expect_probe
	# raw, and the old packet; MPTCP, SCTP by both types, DCCP, L2TP
	{
		cat always
		sockets_say ok 2-1-0 2-2-0 2-1-6 2-2-17 2-2-136
		sockets_say EPERM 2-3-1 2-3-255
		sockets_say $no 2-10-768 2-1-262 2-1-132 2-5-132 2-6-33 \
		    2-2-115
		sockets_say EAFNOSUPPORT 10-1-0
	} >expected
	expect_probe ip4=inherit
	[ ! -e /proc/net/if_inet6 ] || {
		{
			cat always
			sockets_say EAFNOSUPPORT 2-1-0
			sockets_say ok 10-1-0 10-2-0 10-2-136
			sockets_say EPERM 10-3-58
			sockets_say $no 10-1-262
		} >expected
		expect_probe ip6=inherit
	}
	cp never expected
	expect_probe allow.socket_af
}

new_case requests 'ioctls that load modules or make subvolumes'
requests_body() {
	make_probe_root
	# bridges by both ways, VLANs
	for request in 8940 8941 89a0 89a1 89a2 89a3 8982 8983; do
		echo "ioctl=$request: EPERM"
	done >expected
	# btrfs and bcachefs; how many bytes wait to be read
	cat >>expected <<-'END'
	ioctl=50009417: ENOTTY
	ioctl=5000940e: ENOTTY
	ioctl=4020bc10: ENOTTY
	ioctl=541b: ok
	END
	expect_probe
	expect_probe allow.socket_af ip4=inherit
}

new_case syscalls 'what each system call answers'
syscalls_body() {
	make_root
	calls=$(command -v probe_syscalls) || {
		calls=$PWD/probe_syscalls
		atf_check cc -std=gnu17 -D_GNU_SOURCE -O1 -static \
		    -o "$calls" "$prog_dir/../probe_syscalls.c"
	}
	cp "$calls" "$root/bin/probe_syscalls" || atf_fail "cp probe_syscalls"
	atf_check jail -c path="$root" command=probe_syscalls --check
	make_jail a allow.socket_af ip4=inherit sysvsem=new
	atf_check jexec "$name" probe_syscalls --check af inet sysvsem
}

new_case capabilities 'none are inherited, whatever the caller has' setpriv
capabilities_body() {
	make_probe_root
	make_jail a
	some=+chown,+mknod,+sys_admin,+net_admin
	some="setpriv --inh-caps=$some --ambient-caps=$some"
	for run in "jail -c path=$root command=probe caps" \
	    "jexec $name probe caps" "jexec -U joe $name probe caps"; do
		atf_check -o match:'^CapInh: 0+$' -o match:'^CapAmb: 0+$' $run
		atf_check -o match:'^CapInh: 0+$' -o match:'^CapAmb: 0+$' \
		    $some $run
	done
	# Those of root are the same both ways; a user has none.
	jail -c path="$root" command=probe caps >started
	atf_check -o file:started jexec "$name" probe caps
	atf_check -o match:'^CapPrm: 0+$' -o match:'^CapEff: 0+$' \
	    jexec -U joe "$name" probe caps
	atf_check -o match:'^CapPrm: 0+$' -o match:'^CapEff: 0+$' \
	    jail -U joe -c path="$root" command=probe caps
	# Neither module, raw I/O, time, boot nor mknod: 16 17 25 22 27.
	set -- $(sed -n 's/^CapPrm: 0*//p' started)
	for bit in 2 12 16 17 20 22 24 25 27 32 33 38 39; do
		[ $((0x$1 >> bit & 1)) -eq 0 ] || atf_fail "capability $bit"
	done
}

new_case setuid 'a setuid program gives root of the jail, no more'
setuid_body() {
	make_probe_root
	chmod 4755 "$root/bin/probe"
	atf_check -o match:"^CapPrm: $(jail -c path="$root" command=probe caps |
	    sed -n 's/^CapPrm: //p')\$" \
	    jail -U joe -c path="$root" command=probe caps
	printf 'mount: EPERM\nmknod_block: EPERM\nchown: ok\n' >expected
	atf_check -o file:expected jail -U joe -c path="$root" \
	    command=probe mount mknod_block chown
}

new_case hostname 'sethostname, and allow.noset_hostname'
hostname_body() {
	make_probe_root
	host=$(uname -n)
	printf 'sethostname=inside: ok\nsetdomainname: ok\n' >expected
	expect_probe
	printf 'sethostname=inside: EPERM\nsetdomainname: EPERM\n' >expected
	expect_probe allow.noset_hostname
	make_jail a host.hostname=before
	atf_check -o ignore jexec "$name" probe sethostname=after
	atf_check -o inline:"after\n" jexec "$name" busybox hostname
	atf_check_equal "$host" "$(uname -n)"
}

new_case nosuser 'allow.nosuser: root without privileges'
nosuser_body() {
	make_probe_root
	chmod 1777 "$root/tmp"
	printf 'chown: EPERM\nsetuid: EPERM\nchroot: EPERM\n' >expected
	echo 'sethostname: EPERM' >>expected
	expect_probe allow.nosuser
	atf_check -o match:'^CapPrm: 0+$' -o match:'^CapEff: 0+$' \
	    jail -c path="$root" allow.nosuser command=probe caps
	printf 'chown: ok\nsetuid: ok\nchroot: ok\n' >expected
	expect_probe
	# A setuid program does not bring them back.
	chmod 4755 "$root/bin/probe"
	atf_check -o match:'^CapPrm: 0+$' -o match:'^CapEff: 0+$' \
	    jail -U joe -c path="$root" allow.nosuser command=probe caps
}

atf_init_test_cases() {
	for case in mounts devices machine namespaces kernel terminal \
	    host_process other_jail pid_one around_root descriptors sysvipc \
	    sockets requests syscalls capabilities setuid hostname nosuser; do
		atf_add_test_case "$case"
	done
}
