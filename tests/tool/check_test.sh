#!/usr/bin/env atf-sh
# SPDX-License-Identifier: BSD-2-Clause
#
# What is looked at before a jail is created, without creating one, and the
# files that output is appended to: jailx_check() and jailx_log_open(), by
# keeper_prog.c.

# shellcheck disable=SC1091
. "$(atf_get_srcdir)/common.sh"

make_prog() {
	compile_prog keeper_prog
	mkdir -p root/dev root/proc root/mnt/d source
	touch root/mnt/f source/f
	ln -s mnt root/link
	ln -s source alias
}

root=$PWD/root

good() {
	atf_check "$prog" check "path=$root" "$@"
}

# The sentence, the parameters.
bad() {
	local text="$1"

	shift
	atf_check -s exit:1 -e inline:"keeper_prog: $text\n" \
	    "$prog" check "$@"
}

new_case path "the directory of the jail" cc
path_body() {
	make_prog
	good
	atf_check "$prog" check "path=$PWD/alias"
	bad "path source: not an absolute pathname [EINVAL]" path=source
	bad "path $PWD/none: No such file or directory [ENOENT]" \
	    "path=$PWD/none"
	bad "path $root/mnt/f: Not a directory [ENOTDIR]" "path=$root/mnt/f"
	# and the parameters, as creating it would
	bad "allow.mount: not supported yet [EOPNOTSUPP]" \
	    "path=$root" allow.mount
}

new_case mounts "sources and targets of mounts" cc
mounts_body() {
	make_prog
	good "mount=$PWD/source $root/mnt nullfs ro 0 0" \
	    "mount=$PWD/source/f $root/mnt/f nullfs rw 0 0" \
	    "mount=tmpfs $root/mnt/d tmpfs size=1m 0 0" \
	    "mount=proc $root/proc procfs rw 0 0"
	bad "mount: $root/none: No such file or directory [ENOENT]" \
	    "path=$root" "mount=$PWD/source $root/none nullfs rw 0 0"
	bad "mount: $root/link is a symbolic link [ELOOP]" \
	    "path=$root" "mount=$PWD/source $root/link nullfs rw 0 0"
	bad "mount: $root/link/d is a symbolic link [ELOOP]" \
	    "path=$root" "mount=$PWD/source $root/link/d nullfs rw 0 0"
	bad "mount: $PWD/none: No such file or directory [ENOENT]" \
	    "path=$root" "mount=$PWD/none $root/mnt nullfs rw 0 0"
	bad "mount: $PWD/source: is not below the jail's path $root [EINVAL]" \
	    "path=$root" "mount=$PWD/source $PWD/source nullfs rw 0 0"
	kinds="a directory cannot be mounted on a file, nor a file on a \
directory [ENOTDIR]"
	bad "mount: /mnt: $kinds" \
	    "path=$root" "mount=$PWD/source/f $root/mnt nullfs rw 0 0"
	bad "mount: /mnt/f: $kinds" \
	    "path=$root" "mount=$PWD/source $root/mnt/f nullfs rw 0 0"
	bad "mount: /mnt/f: $kinds" \
	    "path=$root" "mount=tmpfs $root/mnt/f tmpfs rw 0 0"
	bad "mount: $root/mnt: unknown option \"x\" [EINVAL]" \
	    "path=$root" "mount=tmpfs $root/mnt tmpfs rw,x 0 0"
	bad "mount: $root/mnt: unknown option \"size=1\" [EINVAL]" \
	    "path=$root" "mount=$PWD/source $root/mnt nullfs size=1 0 0"
	bad "mount: $root/mnt: file system type zzfs: not supported yet \
[EOPNOTSUPP]" "path=$root" "mount=a $root/mnt zzfs rw 0 0"
	echo "$PWD/source $root/none nullfs rw 0 0" >fstab
	bad "mount.fstab: $root/none: No such file or directory [ENOENT]" \
	    "path=$root" "mount.fstab=$PWD/fstab"
}

new_case covered "what is below a mount is not known yet" cc
covered_body() {
	make_prog
	source="mount=$PWD/source $root/mnt nullfs rw 0 0"
	good "$source" "mount=$PWD/source $root/mnt/none nullfs rw 0 0"
	good "$source" "mount=$PWD/source $root//./mnt///none nullfs rw 0 0"
	good "$source" "mount=$PWD/source $root/mnt nullfs rw 0 0"
	good "mount=$PWD/source $root nullfs rw 0 0" \
	    "mount=$PWD/source $root/none nullfs rw 0 0" mount.devfs
	bad "mount: $root/mntx: No such file or directory [ENOENT]" \
	    "path=$root" "$source" \
	    "mount=$PWD/source $root/mntx nullfs rw 0 0"
	# the order counts
	bad "mount: $root/mnt/none: No such file or directory [ENOENT]" \
	    "path=$root" "mount=$PWD/source $root/mnt/none nullfs rw 0 0" \
	    "$source"
}

new_case devfs "/dev and /proc" cc
devfs_body() {
	make_prog
	good mount.devfs mount.fdescfs mount.procfs
	rmdir root/dev root/proc
	bad "mount.devfs: $root/dev: No such file or directory [ENOENT]" \
	    "path=$root" mount.devfs
	bad "mount.procfs: $root/proc: No such file or directory [ENOENT]" \
	    "path=$root" mount.procfs
	ln -s mnt root/dev
	touch root/proc
	bad "mount.devfs: $root/dev is a symbolic link [ELOOP]" \
	    "path=$root" mount.devfs
	bad "mount.procfs: /proc: a directory cannot be mounted on a file, \
nor a file on a directory [ENOTDIR]" "path=$root" mount.procfs
	bad "mount.fdescfs: needs mount.devfs on Linux: add it [EINVAL]" \
	    "path=$root" mount.fdescfs
}

new_case thin "a thin jail needs its programs, and makes what is missing" cc
thin_body() {
	make_prog
	mkdir empty
	root=$PWD/empty
	good thin command=/bin/true
	good thin command=/bin/true mount.devfs mount.procfs \
	    "mount=$PWD/source $root/some/where nullfs rw 0 0"
	[ -z "$(ls empty)" ] || atf_fail "it has made $(ls empty)"
	atf_check -s exit:1 -e match:"/nonexistent.*\[ENOENT\]" \
	    "$prog" check "path=$root" thin command=/nonexistent
	ln -s x empty/dev
	bad "mount.devfs: $root/dev is a symbolic link [ELOOP]" \
	    "path=$root" thin command=/bin/true mount.devfs
}

new_case nobody "it needs no privilege but to read" "cc setpriv"
nobody_body() {
	make_prog
	chmod 755 . .. 2>/dev/null
	atf_check setpriv --reuid 65534 --regid 65534 --clear-groups \
	    "$prog" check "path=$root" mount.devfs \
	    "mount=$PWD/source $root/mnt nullfs ro 0 0"
}

# ---- files of output ----

# ROOT FILE: a line is appended to it.
appends() {
	echo "line $#" >line
	atf_check "$prog" log "$1" "$2" <line
	cat line >>"${3:-$2}.want"
	cmp "${3:-$2}.want" "${3:-$2}" || atf_fail "$2: $(cat "$2")"
}

refuses() {
	atf_check -s exit:1 -e inline:"keeper_prog: $3\n" \
	    timeout 30 "$prog" log "$1" "$2" </dev/null
}

new_case log "output goes to a plain file, made if missing" cc
log_body() {
	make_prog
	umask 027
	appends "$root" "$PWD/out"
	atf_check -o inline:"640\n" stat -c %a out
	umask 022
	appends "$root" "$PWD/out"
	atf_check -o inline:"640\n" stat -c %a out
	appends "$root" "$PWD/source/../alias/out" "$PWD/source/out"
	refuses "$root" out "exec.consolelog: out: not an absolute pathname \
[EINVAL]"
	refuses "$root" "$PWD/none/out" \
	    "exec.consolelog $PWD/none/: No such file or directory [ENOENT]"
	for name in "$PWD/source" "$PWD/source/" "$PWD/." "$PWD/.." /; do
		refuses "$root" "$name" \
		    "open $name: Is a directory [EISDIR]"
	done
	mkfifo fifo
	refuses "$root" "$PWD/fifo" "open $PWD/fifo: not a regular file [ENXIO]"
	refuses "$root" /dev/null "open /dev/null: not a regular file [ENXIO]"
	ln -s out out.link
	refuses "$root" "$PWD/out.link" \
	    "exec.consolelog: $PWD/out.link is a symbolic link [ELOOP]"
	ln -s none out.gone
	refuses "$root" "$PWD/out.gone" \
	    "exec.consolelog: $PWD/out.gone is a symbolic link [ELOOP]"
	[ ! -e none ] || atf_fail "a link has been followed"
}

new_case log_below "below the path of the jail no link is followed" cc
log_below_body() {
	make_prog
	appends "$root" "$root/mnt/out"
	appends "$root" "$root/mnt/out"
	appends "$PWD/alias/../root" "$root/mnt/out"
	appends "$root" "$PWD/alias/../root/mnt/d/../out" "$root/mnt/out"
	link="is a symbolic link [ELOOP]"
	refuses "$root" "$root/link/out" "exec.consolelog: $root/link $link"
	ln -s ../source/victim root/mnt/victim
	refuses "$root" "$root/mnt/victim" \
	    "exec.consolelog: $root/mnt/victim $link"
	ln -s "$PWD/source" root/mnt/abs
	refuses "$root" "$root/mnt/abs/victim" \
	    "exec.consolelog: $root/mnt/abs $link"
	# however the name gets there
	ln -s root way
	refuses "$root" "$PWD/way/mnt/abs/victim" \
	    "exec.consolelog: $root/mnt/abs $link"
	refuses "$PWD/way" "$root/mnt/abs/victim" \
	    "exec.consolelog: $root/mnt/abs $link"
	refuses / "$PWD/alias/victim" "exec.consolelog: $PWD/alias $link"
	mkfifo root/mnt/fifo
	refuses "$root" "$root/mnt/fifo" \
	    "open $root/mnt/fifo: not a regular file [ENXIO]"
	[ ! -e source/victim ] || atf_fail "it was led out"
}

atf_init_test_cases() {
	atf_add_test_case path
	atf_add_test_case mounts
	atf_add_test_case covered
	atf_add_test_case devfs
	atf_add_test_case thin
	atf_add_test_case nobody
	atf_add_test_case log
	atf_add_test_case log_below
}
