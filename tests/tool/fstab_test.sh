#! /usr/bin/env atf-sh
# SPDX-License-Identifier: BSD-2-Clause
# mount and mount.fstab: lines of fstab(5), and files of them.

# SC2086: words are split.
# shellcheck disable=SC1091,SC2086
. "$(atf_get_srcdir)/prog.sh"

root=$JAIL_TEST_ROOT

in_jail='jail -c path='$root

new_case lines 'comments, escapes'
lines_body() {
	make_root
	mkdir "with blank" data "$root/a" "$root/b c" "$root/c"
	echo blank >"with blank/f"
	echo data >data/f
	cat >fstab <<-END
	# A comment

	   	# another
	$PWD/with\\040blank	$root/a	nullfs	ro	0 0	# and one
	$PWD/data $root/b\\040c nullfs ro
	tmpfs	$root/c	tmpfs	rw,size=64k	0	0
	END
	atf_check -o inline:"blank\ndata\n" $in_jail mount.fstab="$PWD/fstab" \
	    command=sh -c 'cat /a/f "/b c/f"; echo x >/c/x'
	atf_check ls -A "$root/c"
	# Lines of mount come first, then those of the files.
	printf '%s\n' "$PWD/data $root/c nullfs ro" >fstab2
	atf_check -o inline:"blank\ndata\n" $in_jail \
	    mount.fstab="$PWD/fstab" mount.fstab="$PWD/fstab2" \
	    command=cat /a/f /c/f
	nothing_left
}

new_case errors 'what is wrong with a line'
errors_body() {
	make_root
	mkdir data "$root/mnt"
	while IFS='|' read -r line text; do
		printf '%s\n' "$line" >fstab
		atf_check -s exit:1 -o empty \
		    -e inline:"jail: mount.fstab: $text\n" \
		    $in_jail mount.fstab="$PWD/fstab" command=true
		atf_check -s exit:1 -o empty -e inline:"jail: mount: $text\n" \
		    $in_jail mount="$line" command=true
	done <<-END
	$PWD/data $root/mnt|$PWD/data $root/mnt: missing information
	x|x: missing information
	a\\04 $root/mnt nullfs ro|a\\\\04 $root/mnt nullfs ro: fstab parse error
	data $root/mnt nullfs ro|data: not an absolute pathname
	$PWD/data mnt nullfs ro|mnt: not an absolute pathname
	$PWD/data $root/none nullfs ro|$root/none: No such file or directory
	$PWD/none $root/mnt nullfs ro|$PWD/none: No such file or directory
	END
	atf_check -s exit:1 -e inline:\
"jail: mount.fstab: $PWD/none: No such file or directory\n" \
	    $in_jail mount.fstab="$PWD/none" command=true
	atf_check -s exit:1 -e match:'zfs.*not supported' \
	    $in_jail mount="pool $root/mnt zfs rw" command=true
	nothing_left
}

new_case proc_options 'options of procfs'
proc_options_body() {
	make_root
	for type in procfs proc linprocfs; do
		line="$type $root/proc $type"
		atf_check $in_jail mount="$line rw,linrdlnk,late" command=sh -c \
		    'echo 10 >/proc/self/oom_score_adj'
		atf_check -s exit:1 -e match:'Read-only file system' \
		    $in_jail mount="$line ro" command=sh -c \
		    'echo 10 >/proc/self/oom_score_adj'
		atf_check -s exit:1 -e inline:"jail: mount: $root/proc: \
unknown option \"hidepid=2\"\n" \
		    $in_jail mount="$line ro,hidepid=2" command=true
	done
	nothing_left
}

new_case options 'options of what the jail makes of its own'
options_body() {
	make_root
	mkdir data "$root/mnt"
	line="devfs $root/dev devfs"
	atf_check $in_jail mount="$line rw" command=sh -c \
	    'echo x >/dev/null; echo x >/dev/x'
	atf_check -s exit:1 -e match:'Read-only file system' \
	    $in_jail mount="$line ro" command=sh -c \
	    'echo x >/dev/null && echo x >/dev/x'
	copy='cp /bin/busybox /dev/true && /dev/true'
	atf_check $in_jail mount="$line rw" command=sh -c "$copy"
	atf_check -s not-exit:0 -e match:'Permission denied' \
	    $in_jail mount="$line noexec" command=sh -c "$copy"
	for line in "devfs $root/dev devfs" "procfs $root/proc procfs" \
	    "$PWD/data $root/mnt nullfs"; do
		atf_check -o ignore $in_jail mount.procfs mount="$line noatime" \
		    command=busybox grep ',noatime' /proc/mounts
	done
	line="devfs $root/dev devfs"
	atf_check -s exit:1 -e match:'/dev: unknown option "nonsense"' \
	    $in_jail mount="$line nonsense" command=true
	nothing_left
}

new_case files 'what is no file of lines'
files_body() {
	make_root
	mkdir data "$root/mnt" directory
	mkfifo fifo
	truncate -s 1G sparse
	truncate -s 1048577 long
	printf '%s\n\0\n' "$PWD/data $root/mnt nullfs ro" >nul
	while IFS='|' read -r file text; do
		atf_check -s exit:1 -o empty \
		    -e inline:"jail: mount.fstab: $file: $text\n" timeout -s KILL 10 \
		    $in_jail mount.fstab="$file" command=true
	done <<-END
	$PWD/directory|Is a directory
	$PWD/fifo|not a regular file
	/dev/zero|not a regular file
	$PWD/sparse|File too large
	$PWD/long|File too large
	$PWD/nul|not a text: it has NULs
	END
	# Nothing is in these.
	: >empty
	for file in "$PWD/empty" /dev/null; do
		atf_check $in_jail mount.fstab="$file" command=true
	done
	nothing_left
}

new_case planted 'a link that the root of a jail left in what it mounts'
planted_body() {
	make_root
	mkdir data data/inside "$root/mnt"
	line="$PWD/data $root/mnt nullfs rw"
	echo "$line" >fstab
	for param in mount="$line" mount.fstab="$PWD/fstab"; do
		make_jail a "$param"
		atf_check jexec "$name" busybox ln -s /etc /mnt/link
		# Of a mount to be, of a jail to be, and on the way.
		for source in link link/../link; do
			atf_check -s exit:1 -e match:"link is a symbolic link \
in the files of jail $jid, whose root" $in_jail \
			    mount="$PWD/data/$source $root/tmp nullfs ro" \
			    command=true
		done
		atf_check -s exit:1 -e match:"in the files of jail $jid" \
		    jail -c path="$PWD/data/link" command=true
		# What is none is as good as ever.
		atf_check $in_jail \
		    mount="$PWD/data/inside $root/tmp nullfs ro" command=true
		atf_check jail -R "$name"
		rm data/link
	done
}

new_case below 'a file of lines that the root of a jail could have written'
below_body() {
	make_root
	mkdir data "$root/mnt" "$root/etc"
	echo secret >data/secret
	echo "$PWD/data $root/mnt nullfs rw" >"$root/etc/fstab"
	cp "$root/etc/fstab" fstab
	ln -s "$root/etc/fstab" link
	for file in "$root/etc/fstab" "$PWD/link" link \
	    "$root/../$(basename "$root")/etc/fstab"; do
		atf_check -s exit:1 -o empty -e inline:"jail: mount.fstab: \
$root/etc/fstab lies below the jail's path, where the jail's root can write: \
move it elsewhere\n" $in_jail mount.fstab="$file" command=cat /mnt/secret
	done
	ln -sf "$PWD/fstab" "$root/etc/fstab"
	atf_check -s exit:1 -o empty -e inline:"jail: mount.fstab: \
$root/etc/fstab is a symbolic link\n" \
	    $in_jail mount.fstab="$root/etc/fstab" command=true
	# Beside it is well, by whatever name.
	for file in "$PWD/fstab" fstab "$root/../fstab"; do
		atf_check -o inline:"secret\n" \
		    $in_jail mount.fstab="$file" command=cat /mnt/secret
	done
	nothing_left
}

atf_init_test_cases() {
	for case in lines errors proc_options options files planted below; do
		atf_add_test_case "$case"
	done
}
