#! /usr/bin/env atf-sh
# SPDX-License-Identifier: BSD-2-Clause
# jail -v: which files users of the host can reach.

# SC2016: much here is for the shell in the jail.  SC2086: words are split.
# shellcheck disable=SC1091,SC2016,SC2086
. "$(atf_get_srcdir)/prog.sh"

root=$JAIL_TEST_ROOT

# A root that everybody can reach: its parents are not kyua's private ones.
# Sets dir.
make_open_root() {
	dir=$(mktemp -d /tmp/jail-test.XXXXXX) || atf_fail mktemp
	echo "$dir" >dirs
	root=$dir/private/root
	JAIL_TEST_ROOT=$root
	make_root
	chmod 755 "$dir" "$dir/private" "$root"
}

remove_dirs() {
	remove_jails
	[ ! -f dirs ] || while read -r dir; do
		rm -rf "$dir"
	done <dirs
}

new_case exposed '-v says when users of the host can reach what it writes'
exposed_body() {
	make_open_root
	atf_check -o match:"^warning: .*$root can be reached" \
	    jail -v -c path="$root" command=true
	atf_check jail -c path="$root" command=true
	# What its root may change is no protection.
	chmod 700 "$root"
	atf_check -o match:"^warning: .*$root can be reached" \
	    jail -v -c path="$root" command=true
	# A directory of somebody's, or of a group's, is none against them.
	for mode in '65534:0 700' '0:65534 710'; do
		chown "${mode% *}" "$dir/private"
		chmod "${mode#* }" "$dir/private"
		atf_check -o match:"^warning: .*$root can be reached" \
		    jail -v -c path="$root" command=true
	done
	chown 0:0 "$dir/private"
	chmod 700 "$dir/private"
	atf_check -o not-match:warning -o match:created \
	    jail -v -c path="$root" command=true
}
exposed_cleanup() {
	remove_dirs
}

new_case exposed_mounts '-v says the same of what it mounts'
exposed_mounts_body() {
	make_open_root
	mkdir "$dir/data" "$root/mnt"
	: >"$dir/file"
	chmod 755 "$dir/data"
	chmod 700 "$dir/private"
	warning="^warning: mount $dir/data can be reached .*, or mount it ro"
	line="$dir/data $root/mnt nullfs"
	for options in rw suid,exec nosuid rosy; do
		atf_check -s ignore -e ignore -o match:"$warning" jail -v \
		    -c path="$root" mount="$line $options" command=true
	done
	for options in ro rw,rdonly; do
		atf_check -o not-match:warning -o match:created jail -v \
		    -c path="$root" mount="$line $options" command=true
	done
	# A file, by an fstab; no warning for a tmpfs.
	printf '%s\n' "# one" "tmpfs $root/mnt tmpfs rw" \
	    "$dir/file $root/etc/passwd bind rw" >fstab
	atf_check -o match:"^warning: mount.fstab $dir/file can be reached" \
	    jail -v -c path="$root" mount.fstab="$PWD/fstab" command=true
	atf_check -o not-match:" $root can be" -o not-match:tmpfs.*can \
	    jail -v -c path="$root" mount.fstab="$PWD/fstab" command=true
	# Without -v nothing is said.
	atf_check jail -c path="$root" mount="$line rw" command=true
}
exposed_mounts_cleanup() {
	remove_dirs
}

atf_init_test_cases() {
	for case in exposed exposed_mounts; do
		atf_add_test_case "$case"
	done
}
