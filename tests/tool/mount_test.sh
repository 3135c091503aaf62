#! /usr/bin/env atf-sh
# SPDX-License-Identifier: BSD-2-Clause
# The mounts of a jail: what is there, what may be done with it, what is
# refused, and that none of it shows on the host.

# SC2016: much here is for the shell in the jail.  SC2086: words are split.
# shellcheck disable=SC1091,SC2016,SC2086
. "$(atf_get_srcdir)/prog.sh"

root=$JAIL_TEST_ROOT

in_jail='jail -c path='$root

# What is refused: a pattern of the sentence, arguments of jail(8).
refused() {
	said=$1
	shift
	atf_check -s exit:1 -e match:"$said" $in_jail "$@"
}

new_case nullfs 'a directory, written through; root is root on disk'
nullfs_body() {
	make_root
	mkdir data "$root/mnt"
	echo host >data/one
	atf_check -o inline:"host\n" $in_jail \
	    mount="$PWD/data $root/mnt nullfs rw 0 0" command=sh -c \
	    'cat /mnt/one; echo jail >/mnt/two; mkdir /mnt/dir'
	atf_check -o inline:"jail\n" cat data/two
	atf_check -o inline:"0:0\n0:0\n" stat -c %u:%g data/two data/dir
	# The host never saw it.
	atf_check ls -A "$root/mnt"
	nothing_left
}

new_case single_file 'a single file'
single_file_body() {
	make_root
	echo old >conf
	touch "$root/etc/conf"
	atf_check -o inline:"old\n" $in_jail \
	    mount="$PWD/conf $root/etc/conf nullfs ro" \
	    command=cat /etc/conf
	refused 'Read-only file system' \
	    mount="$PWD/conf $root/etc/conf nullfs ro" \
	    command=sh -c 'echo new >/etc/conf'
	atf_check $in_jail mount="$PWD/conf $root/etc/conf nullfs rw" \
	    command=sh -c 'echo new >/etc/conf'
	atf_check -o inline:"new\n" cat conf
	atf_check -o empty cat "$root/etc/conf"
	# A file on a directory, a directory on a file.
	refused 'a directory cannot be mounted on a file' \
	    mount="$PWD $root/etc/conf nullfs ro" command=true
	refused 'a directory cannot be mounted on a file' \
	    mount="$PWD/conf $root/etc nullfs ro" command=true
	nothing_left
}

new_case owners 'the owners of files are the same on both sides'
owners_body() {
	make_root
	mkdir -m 777 data
	mkdir "$root/mnt"
	for id in 0 1 1234 65533; do
		touch data/$id
		chown $id:$id data/$id
	done
	chmod 640 data/1234
	mount="$PWD/data $root/mnt nullfs rw"
	atf_check -o inline:"0 0\n1 1\n1234 1234\n65533 65533\n" \
	    $in_jail mount="$mount" command=sh -c \
	    'cd /mnt; for i in 0 1 1234 65533; do
	    busybox stat -c "%u %g" $i; done'
	# As joe: his own, and not root's.
	atf_check $in_jail mount="$mount" exec.jail_user=joe command=sh -c \
	    'echo x >/mnt/1234 && touch /mnt/joes'
	atf_check -o inline:"1234:1234\n" stat -c %u:%g data/joes
	refused 'Permission denied' \
	    mount="$mount" exec.jail_user=joe command=sh -c \
	    'echo x >/mnt/0'
	# Root gives files away; an owner beyond the range is nobody's.
	atf_check $in_jail mount="$mount" command=busybox chown 77:78 /mnt/0
	atf_check -o inline:"77:78\n" stat -c %u:%g data/0
	touch data/far
	chown 70000:70000 data/far
	atf_check -o inline:"65534 65534\n" $in_jail mount="$mount" \
	    command=busybox stat -c '%u %g' /mnt/far
	atf_check -s exit:1 -e ignore $in_jail mount="$mount" \
	    command=busybox chown 0:0 /mnt/far
	atf_check -o inline:"70000:70000\n" stat -c %u:%g data/far
	nothing_left
}

new_case process_ids 'on disk root, as a process not'
process_ids_body() {
	make_root
	new_name a
	atf_check jail -c name="$name" path="$root" mount.devfs \
	    exec.start='sleep 100 >/dev/null 2>&1 &' \
	    exec.start='touch /tmp/made'
	jid=$(jls -j "$name" jid)
	atf_check -o inline:"0:0\n" stat -c %u:%g "$root/tmp/made"
	pid=$(pids_of "$jid" | head -n 1)
	[ -n "$pid" ] || atf_fail "no process"
	uid=$(ps -o uid= -p "$pid" | tr -d ' ')
	[ "$uid" -ge 1879048192 ] || atf_fail "uid $uid on the host"
	atf_check -o inline:"0\n" jexec "$name" id -u
	# Neither is any of them or the warden in the host's ranges.
	grep -h '^[UG]id:' "/proc/$pid/status" >ids
	atf_check -s exit:1 grep -E '[[:space:]][0-9]{1,9}([[:space:]]|$)' ids
}

new_case options 'ro, nosuid, noexec, nodev are kept'
options_body() {
	make_root
	mkdir data "$root/mnt"
	cp "$BUSYBOX" data/id
	chown 1234 data/id
	chmod 4755 data/id
	mknod -m 666 data/null c 1 3
	line="$PWD/data $root/mnt nullfs"
	atf_check -o inline:"1234\n" $in_jail mount="$line rw" \
	    command=/mnt/id -u
	atf_check -o inline:"0\n" $in_jail mount="$line rw,nosuid" \
	    command=/mnt/id -u
	atf_check -s exit:126 -e match:'Permission denied' \
	    $in_jail mount="$line rw,noexec" command=/mnt/id
	for opt in ro rdonly; do
		refused 'Read-only file system' \
		    mount="$line $opt" command=touch /mnt/new
		refused 'Read-only file system' \
		    mount="$line $opt" command=rm /mnt/id
	done
	# Devices of the host never open, whether or not it is asked for.
	for opt in rw rw,nodev; do
		refused 'Permission denied' \
		    mount="$line $opt" command=sh -c ': </mnt/null'
	done
	refused 'unknown option "bogus"' mount="$line rw,bogus" command=true
	nothing_left
}

new_case options_stay 'root in the jail does not get rid of them'
options_stay_body() {
	make_root
	mkdir data "$root/mnt"
	for how in 'mount -o remount,rw /mnt' 'mount -o bind,remount,rw /mnt' \
	    'umount /mnt' 'umount -l /mnt' 'mount -t tmpfs none /tmp' \
	    'mount -o bind /mnt /tmp' 'mount -o remount,rw /'; do
		refused 'ermi' mount="$PWD/data $root/mnt nullfs ro" \
		    mount.procfs command=busybox $how
	done
}

new_case several 'mounts in the order given, one inside the other'
several_body() {
	make_root
	mkdir -p one/sub two "$root/mnt"
	touch one/1 two/2
	atf_check -o inline:"1\nsub\n2\n" $in_jail \
	    mount="$PWD/one $root/mnt nullfs ro" \
	    mount="$PWD/two $root/mnt/sub nullfs ro" \
	    command=sh -c 'ls /mnt; ls /mnt/sub'
	nothing_left
}

new_case outside 'a target outside of path is refused'
outside_body() {
	make_root
	mkdir data other "${root}er"
	for target in "$PWD/other" "$root/../other" "${root}er" \
	    "$root/etc/../../other" "$root/../root/etc" /; do
		atf_check -s exit:1 -o empty -e match:'^jail: mount: ' \
		    $in_jail mount="$PWD/data $target nullfs ro" command=true
	done
	nothing_left
}

# The Handbook's jails on one base: their fstab begins with path itself.
new_case over_root 'a directory mounted on path itself is the root'
over_root_body() {
	make_root
	mv root base
	mkdir root base/data data
	echo mine >data/x
	for root in "$JAIL_TEST_ROOT" "$JAIL_TEST_ROOT/"; do
		atf_check -o inline:"mine\n" $in_jail mount.devfs \
		    mount="$PWD/base $root nullfs ro 0 0" \
		    mount="$PWD/data ${root%/}/data nullfs rw 0 0" \
		    command=sh -c 'cat /data/x && echo >/dev/null'
		refused 'Read-only' \
		    mount="$PWD/base $root nullfs ro 0 0" command=touch /new
	done
	nothing_left
}

new_case symlink 'a symbolic link in the way is refused'
symlink_body() {
	make_root
	mkdir data other other/sub
	mkdir "$root/real"
	touch data/x
	ln -s ../other "$root/out"
	ln -s "$PWD/other" "$root/abs"
	ln -s real "$root/in"
	ln -s /etc/passwd "$root/file"
	for target in out abs in; do
		atf_check -s exit:1 -o empty -e inline:\
"jail: mount: $root/$target is a symbolic link\n" \
		    $in_jail mount="$PWD/data $root/$target nullfs rw" \
		    command=ls /real
	done
	atf_check -s exit:1 -o empty -e match:'is a symbolic link' \
	    $in_jail mount="$PWD/data $root/out/sub nullfs rw" command=true
	refused 'is a symbolic link' \
	    mount="tmpfs $root/abs tmpfs rw" command=true
	refused 'is a symbolic link' \
	    mount="$root/etc/group $root/file nullfs rw" command=true
	atf_check -o inline:"sub\n" ls -A other
	nothing_left
}

new_case dev_symlink '/dev and /proc that are links'
dev_symlink_body() {
	make_root
	mkdir other
	for how in mount.devfs:dev mount.procfs:proc; do
		dir=${how#*:}
		rmdir "$root/$dir"
		for to in "$PWD/other" ../other tmp; do
			ln -s "$to" "$root/$dir"
			atf_check -s exit:1 -o empty -e inline:\
"jail: ${how%:*}: $root/$dir is a symbolic link\n" \
			    $in_jail ${how%:*} command=true
			rm "$root/$dir"
		done
		atf_check -s exit:1 -e inline:\
"jail: ${how%:*}: $root/$dir: No such file or directory\n" \
		    $in_jail ${how%:*} command=true
		mkdir "$root/$dir"
	done
	atf_check find other "$root/tmp" -mindepth 1
	nothing_left
}

new_case tmpfs 'tmpfs, with its size and owner'
tmpfs_body() {
	make_root
	mkdir "$root/mnt"
	atf_check -o inline:"0 0 755\n" $in_jail \
	    mount="tmpfs $root/mnt tmpfs rw,size=64k,mode=755" command=sh -c \
	    'busybox stat -c "%u %g %a" /mnt;
	    dd if=/bin/busybox of=/mnt/x bs=1024 count=32 2>/dev/null'
	refused 'No space left' \
	    mount="tmpfs $root/mnt tmpfs rw,size=64k" command=sh -c \
	    'cat /bin/busybox >/mnt/x'
	refused 'Permission denied' \
	    mount="tmpfs $root/mnt tmpfs rw,noexec" command=sh -c \
	    'cat /bin/busybox >/mnt/x; busybox chmod 755 /mnt/x; /mnt/x true ||
	    exit 1'
	atf_check ls -A "$root/mnt"
	refused '^jail: mount: /mnt: tmpfs' \
	    mount="tmpfs $root/mnt tmpfs rw,size=lots" command=true
	nothing_left
}

new_case devfs 'mount.devfs: the nodes work, no others are to be had'
devfs_body() {
	make_root
	mkdir "$root/mnt"
	in=mount.devfs
	atf_check -o inline:"8\n" $in_jail $in command=sh -c \
	    'echo x >/dev/null; cat /dev/null;
	    dd if=/dev/urandom bs=8 count=1 2>/dev/null | wc -c'
	atf_check -o inline:"4\n" $in_jail $in command=sh -c \
	    'dd if=/dev/random bs=4 count=1 2>/dev/null | wc -c'
	atf_check -o inline:"0000\n" $in_jail $in command=sh -c \
	    'dd if=/dev/zero bs=2 count=1 2>/dev/null | busybox hexdump -e \
	    "2/1 \"%02x\" \"\n\""'
	atf_check -s exit:1 -e match:'No space left' $in_jail $in \
	    command=sh -c 'echo x >/dev/full'
	# A user may as well.
	atf_check $in_jail $in exec.jail_user=joe command=sh -c \
	    'echo x >/dev/null; echo x >/dev/shm/joe'
	atf_check -o save:names $in_jail $in command=ls /dev
	for name in full null ptmx pts random shm tty urandom zero; do
		grep -qx $name names || atf_fail "no /dev/$name"
	done
	# None of the host's others.
	atf_check -s exit:1 grep -Ex \
	    'kmsg|mem|kmem|port|vd.*|sd.*|nvme.*|loop.*|tty[0-9].*|fuse|kvm|mapper|net|hw.*|dm-.*|console' \
	    names
	for dev in 'c 1 1' 'c 1 3' 'c 1 11' 'b 8 0' 'b 254 0' 'c 10 229'; do
		for dir in /dev /tmp /mnt; do
			refused 'Operation not permitted' \
			    $in mount="tmpfs $root/mnt tmpfs rw" \
			    command=busybox mknod $dir/x $dev
		done
	done
	# A fifo is no device.
	atf_check $in_jail command=busybox mknod /tmp/fifo p
	nothing_left
}

new_case devfs_pty 'mount.devfs: ptys of its own' python3
devfs_pty_body() {
	make_root
	atf_check -o match:'^/dev/pts/0' "$on_pty" -- $in_jail mount.devfs \
	    command=tty
	atf_check -o inline:"ptmx\n" $in_jail mount.devfs command=ls /dev/pts
	# A user opens one as well.
	atf_check -o match:' 0$' -o match:'ptmx$' $in_jail mount.devfs \
	    exec.jail_user=joe command=sh -c 'exec 5<>/dev/ptmx; ls -l /dev/pts'
	atf_check -o match:'^tty here' "$on_pty" -- $in_jail mount.devfs \
	    command=sh -c 'echo tty here >/dev/tty'
	nothing_left
}

new_case devices_elsewhere 'device nodes that lie in path do not open'
devices_elsewhere_body() {
	make_root
	disk=$(awk '$NF !~ /ram|loop|major|name|^$/ { print $1, $2; exit }' \
	    /proc/partitions)
	mknod -m 666 "$root/null" c 1 3 || atf_skip "mknod"
	mknod -m 666 "$root/dev/mem" c 1 1
	mknod -m 666 "$root/dev/disk" b ${disk:-8 0}
	for dev in /null /dev/mem /dev/disk; do
		refused 'Permission denied' command=sh -c ": <$dev"
		[ "$dev" = /null ] || atf_check -s exit:1 \
		    -e match:'no such file' \
		    $in_jail mount.devfs command=sh -c ": <$dev"
	done
}

new_case procfs 'mount.procfs: processes of the jail and nothing of the host'
procfs_body() {
	make_root
	in="$in_jail mount.procfs mount.devfs"
	# Its own: the warden and the command.
	atf_check -o save:pids $in command=ls /proc
	[ "$(grep -c '^[0-9]' pids)" -le 3 ] || atf_fail "processes: $(cat pids)"
	atf_check -o match:'^PPid:	0$' $in command=cat /proc/1/status
	# A process of the host that the shell is.
	atf_check -s exit:1 -e ignore $in command=test -e "/proc/$$/root/proc"
	for name in kcore kmsg keys kallsyms sysrq-trigger timer_list \
	    interrupts acpi/wakeup; do
		[ -e "/proc/$name" ] || continue
		atf_check -s exit:1 -e not-match:'Is a dir' \
		    -o empty $in command=cat "/proc/$name"
	done
	# Neither for root in the jail nor for somebody else.
	for name in sysrq-trigger sys/kernel/core_pattern sys/kernel/hostname \
	    sys/vm/drop_caches sys/kernel/randomize_va_space \
	    sys/net/ipv4/ip_forward sys/kernel/sysrq irq/default_smp_affinity; do
		[ -e "/proc/$name" ] || continue	# in this kernel
		atf_check -s exit:1 -e match:'Read-only|ermission denied' \
		    $in command=sh -c "echo 1 >/proc/$name"
	done
	atf_check -o ignore $in command=cat /proc/sys/kernel/ostype
	atf_check -o not-match:"$PWD" $in command=cat /proc/1/cmdline
	nothing_left
}

new_case fdescfs 'mount.fdescfs with procfs and without'
fdescfs_body() {
	make_root
	for more in "" mount.procfs; do
		in="$in_jail mount.devfs mount.fdescfs $more"
		echo hello >input
		atf_check -o inline:"hello\n" $in command=cat /dev/fd/0 <input
		atf_check -o inline:"hello\n" $in command=cat /dev/stdin <input
		atf_check -o inline:"x\n" $in command=sh -c \
		    'exec 5>/tmp/x; echo x >/dev/fd/5; cat /tmp/x'
		atf_check -o inline:"y\n" $in command=sh -c \
		    'exec 5<<END; cat /dev/fd/5
y
END'
	done
	# Not more than that without procfs.
	atf_check -s exit:1 -e match:'No such file' $in_jail mount.devfs \
	    mount.fdescfs command=cat /proc/self/status
	refused 'mount.fdescfs: needs mount.devfs' mount.fdescfs command=true
	nothing_left
}

new_case fdescfs_pipe 'a pipe of the caller by its name in /dev'
fdescfs_pipe_body() {
	make_root
	for name in stdout fd/1; do
		atf_check -o inline:"x\n" sh -c "$in_jail mount.devfs \
		    mount.procfs command=sh -c 'echo x >/dev/$name' | cat"
	done
	atf_check -o inline:"x\n" sh -c "echo x | $in_jail mount.devfs \
	    mount.procfs command=cat /dev/stdin"
	# It stays the caller's, who may go on with it.
	atf_check -o inline:"0:0\n" -e ignore sh -c "{ $in_jail mount.devfs \
	    mount.procfs command=sh -c 'chmod 666 /dev/stdout </dev/stdout'
	    stat -L -c %u:%g /dev/stdout; } | cat"
	# What others write to it is not the jail's to read.
	atf_check -o inline:"x\n" -e match:'Permission denied' sh -c "{ echo x
	    $in_jail mount.devfs mount.procfs command=cat /dev/stdout; } | cat"
}

# Can this kernel idmap a tmpfs?
tmpfs_can() {
	[ "$(printf '6.3\n%s\n' "$(uname -r)" | sort -V | head -n 1)" = 6.3 ]
}

new_case carried 'a mount of the host below path is carried in'
carried_body() {
	make_root
	mkdir data "$root/mnt" "$root/mnt/hidden"
	echo host >data/file
	mount --bind data "$root/mnt" || atf_fail "mount"
	echo "$root/mnt" >mounts
	atf_check -o inline:"host\n" $in_jail command=sh -c \
	    'cat /mnt/file; echo jail >/mnt/new'
	atf_check -o inline:"0:0\n" stat -c %u:%g data/new
	# Read-only as it is, also after a tmpfs.
	mount -o remount,bind,ro "$root/mnt" || atf_fail "remount"
	refused 'Read-only' command=touch /mnt/more
	mount -t tmpfs none "$root/tmp" || atf_fail "mount tmpfs"
	echo "$root/tmp" >>mounts
	echo deep >"$root/tmp/file"
	if tmpfs_can; then
		atf_check -o inline:"deep\n" $in_jail command=cat /tmp/file
	else
		atf_check -o match:"^path: $root/tmp: this tmpfs cannot be" \
		    jail -v -c path="$root" command=true
		atf_check -o empty $in_jail command=ls /tmp
	fi
	# The kernel's are not.
	mount -t proc none "$root/proc" || atf_fail "mount proc"
	echo "$root/proc" >>mounts
	atf_check -o empty $in_jail command=ls /proc
	atf_check -o match:'^1$' $in_jail mount.procfs command=ls /proc
}
carried_cleanup() {
	remove_jails
	[ ! -f mounts ] || while read -r dir; do
		umount "$dir"
	done <mounts
}

new_case host_side 'the host sees no mount while the jail runs'
host_side_body() {
	make_root
	mkdir data "$root/mnt"
	cat /proc/self/mountinfo >before
	make_jail a mount.devfs mount.procfs \
	    mount="$PWD/data $root/mnt nullfs rw" \
	    mount="tmpfs $root/tmp tmpfs rw"
	atf_check -s exit:1 grep -F "$PWD" /proc/self/mountinfo
	touch "$root/mnt/bare"
	atf_check ls -A data
	# A mount that the host makes later does not come in.
	mount -t tmpfs none "$root/etc" || atf_fail "mount"
	touch "$root/etc/later"
	jexec "$name" ls /etc >names
	umount "$root/etc"
	atf_check -o inline:"group\npasswd\n" cat names
	atf_check jail -R "$name"
	nothing_left
}

atf_init_test_cases() {
	for case in nullfs single_file owners process_ids options \
	    options_stay several outside over_root symlink \
	    dev_symlink tmpfs devfs devfs_pty devices_elsewhere procfs \
	    fdescfs fdescfs_pipe carried host_side; do
		atf_add_test_case "$case"
	done
}
