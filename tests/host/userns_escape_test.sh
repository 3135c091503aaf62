#!/usr/bin/env atf-sh
# SPDX-License-Identifier: BSD-2-Clause
#
# The cases of escape_test.sh once more, in jails with userns=inherit.

ids=userns=inherit
# shellcheck source=tests/host/escape_test.sh disable=SC1091
. "$(atf_get_srcdir)/escape_test.sh"

new_case procfs "of /proc nothing can be written, and no secret read"
procfs_body() {
	make_attackers_root
	make_jail procfs mount.procfs mount.devfs ip4=inherit
	atf_check -o inline:"looked\n" jexec "$name" /inside procfs
	[ ! -e /proc/sys/net/ipv4/tcp_fastopen_key ] || atf_check -o empty \
	    jexec "$name" cat /proc/sys/net/ipv4/tcp_fastopen_key
	atf_check jail -R "$name"
	# nor through the one below /dev
	make_jail fdescfs mount.devfs mount.fdescfs
	atf_check -s not-exit:0 -e match:"Read-only" jexec "$name" \
	    sh -c "echo 1 >/dev/.fdescfs/self/oom_score_adj"
	# outside there is a lot to be written
	./inside procfs | grep -q "^HOST /proc/sys/.* for writing" ||
	    atf_fail "the attack does not work outside"
}

# A node of the host's, put where devices are not forbidden.
new_case device "a device that somebody puts into /dev" nsenter
device_body() {
	make_attackers_root
	make_jail device mount.devfs
	pid=$(cat "$(cgroup_of "$jid")/cgroup.procs")
	for node in mem:c:1:1 kmsg:c:1:11 disk:b:254:0 five:c:1:5; do
		IFS=: read -r at kind major minor <<-END
		$node
		END
		nsenter -m -t "$pid" -- /bin/busybox mknod -m 666 \
		    "/dev/$at" "$kind" "$major" "$minor" || atf_fail "$node"
	done
	# this one is in the list by its number
	atf_check -o inline:"8\n" jexec "$name" sh -c \
	    "head -c 8 /dev/five | wc -c"
	for at in mem kmsg disk; do
		for how in "<" ">" "<>"; do
			atf_check -s not-exit:0 \
			    -e match:"Operation not permitted" \
			    jexec "$name" sh -c ": $how/dev/$at"
		done
	done
	# with a copy of it neither, and it cannot be made
	atf_check -s not-exit:0 -e ignore \
	    jexec "$name" busybox cp -a /dev/kmsg /tmp/kmsg
	atf_check -s not-exit:0 -e match:"Operation not permitted" \
	    jexec "$name" busybox mknod /dev/new c 1 3
	# a terminal is among those that it may have
	atf_check -o match:"^/dev/pts/" \
	    "$host_dir/../tool/on_pty.py" -- jexec "$name" tty
}

CASES="$CASES procfs device"
