#! /usr/bin/env atf-sh
# shellcheck disable=SC2016,SC2086
# SPDX-License-Identifier: BSD-2-Clause
# The cases of mount_test.sh once more, in jails with userns=inherit.

# SC2016: much here is for the shell in the jail.  SC2086: words are split.
# shellcheck disable=SC1091,SC2016,SC2086
PATH=$(atf_get_srcdir)/userns:$PATH
. "$(atf_get_srcdir)/mount_test.sh"

# What has another outcome.

owners_body() {
	make_root
	mkdir -m 777 data
	mkdir "$root/mnt"
	for id in 0 1 1234 65533 70000 2000000000; do
		touch data/$id
		chown $id:$id data/$id
	done
	mount="$PWD/data $root/mnt nullfs rw"
	# They are the same without a limit.
	atf_check -o inline:"0 0\n1234 1234\n70000 70000\n" \
	    $in_jail mount="$mount" command=sh -c \
	    'cd /mnt; for i in 0 1234 70000; do
	    busybox stat -c "%u %g" $i; done'
	atf_check $in_jail mount="$mount" command=busybox chown 0:5 /mnt/70000
	atf_check -o inline:"0:5\n" stat -c %u:%g data/70000
	atf_check $in_jail mount="$mount" command=busybox chown 3000000:7 /mnt/0
	atf_check -o inline:"3000000:7\n" stat -c %u:%g data/0
	atf_check $in_jail mount="$mount" exec.jail_user=joe command=touch \
	    /mnt/joes
	atf_check -o inline:"1234:1234\n" stat -c %u:%g data/joes
	refused 'Permission denied' \
	    mount="$mount" exec.jail_user=joe command=sh -c 'echo x >/mnt/1'
	nothing_left
}

process_ids_body() {
	make_root
	new_name a
	atf_check jail -c name="$name" path="$root" mount.devfs \
	    exec.start='sleep 100 >/dev/null 2>&1 &'
	jid=$(jls -j "$name" jid)
	pid=$(pids_of "$jid" | head -n 1)
	[ -n "$pid" ] || atf_fail "no process"
	atf_check_equal 0 "$(ps -o uid= -p "$pid" | tr -d ' ')"
	jexec_sleep 100 "-U joe"
	atf_check_equal 1234 "$(ps -o uid= -p "$(pgrep -u 1234 -x sleep)" |
	    tr -d ' ')"
	# They and the warden are in the user namespace of the host.
	for pid in $(pids_of "$jid") $(cat "$(cgroup_of "$jid")/cgroup.procs")
	do
		atf_check_equal "$(readlink /proc/self/ns/user)" \
		    "$(readlink "/proc/$pid/ns/user")"
	done
	atf_check jail -R "$name"
	wait
}

procfs_body() {
	make_root
	in="$in_jail mount.procfs mount.devfs"
	atf_check -o save:pids $in command=ls /proc
	[ "$(grep -c '^[0-9]' pids)" -le 3 ] || atf_fail "processes: $(cat pids)"
	# All that is for root of the host alone is empty, and nothing of it
	# opens for writing.
	for name in kcore kmsg keys kallsyms sysrq-trigger timer_list \
	    interrupts acpi/wakeup slabinfo kpageflags; do
		[ -e "/proc/$name" ] || continue
		atf_check -s ignore -e not-match:'Is a dir' \
		    -o empty $in command=cat "/proc/$name"
		atf_check -s exit:1 -e ignore $in command=sh -c \
		    "echo 1 >/proc/$name"
	done
	for name in sys/kernel/core_pattern sys/vm/drop_caches sys/kernel/sysrq \
	    irq/default_smp_affinity self/oom_score_adj 1/oom_score_adj; do
		[ -e "/proc/$name" ] || continue	# in this kernel
		atf_check -s exit:1 -e match:'Read-only' \
		    $in command=sh -c "echo 1 >/proc/$name"
	done
	atf_check -o ignore $in command=cat /proc/sys/kernel/ostype
	nothing_left
}

# Root inside owns the pipe as root outside does, and may read it.
fdescfs_pipe_body() {
	make_root
	for name in stdout fd/1; do
		atf_check -o inline:"x\n" sh -c "$in_jail mount.devfs \
		    mount.procfs command=sh -c 'echo x >/dev/$name' | cat"
	done
	atf_check -o inline:"x\n" sh -c "echo x | $in_jail mount.devfs \
	    mount.procfs command=cat /dev/stdin"
}

# Whatever the kernel.
tmpfs_can() {
	true
}
