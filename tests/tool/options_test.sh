#! /usr/bin/env atf-sh
# SPDX-License-Identifier: BSD-2-Clause
# jail(8): options, the old form, and what is wrong with a command line.

# SC2016: much here is for the shell in the jail.  SC2086: words are split.
# shellcheck disable=SC1091,SC2016,SC2086
. "$(atf_get_srcdir)/prog.sh"

root=$JAIL_TEST_ROOT

new_case old_form 'path hostname ip command ...'
old_form_body() {
	make_root
	atf_check -o inline:"www.example.org -c\n" jail "$root" \
	    www.example.org "" /bin/sh -c 'echo $(cat /proc/sys/kernel/hostname \
	    2>/dev/null || busybox hostname) $0' -c
	atf_check -s exit:9 -e match:'failed' \
	    jail "$root" h "" /bin/sh -c 'exit 9'
	# Options apply, and end at the path.
	new_name old
	jail -i -J jidfile -n "$name" "$root" h "" /bin/busybox sleep 100 \
	    >jid.out 2>/dev/null &
	pid=$!
	wait_for 5 jls -c -j "$name" || atf_fail "$name does not run"
	jid=$(jls -j "$name" jid)
	atf_check -o inline:"$jid\n" cat jid.out
	atf_check jail -R "$name"
	wait $pid
	atf_check_equal 137 $?
	jail -J jidfile "$root" h "" /bin/sh -c 'exit 0' || atf_fail "-J"
	atf_check -o match:"^[0-9]+	$root	h		/bin/sh -c exit 0\$" \
	    cat jidfile
	atf_check jail "$root" h 127.0.9.1,::1 /bin/true
	atf_check -s exit:1 -e match:'ip4.addr: .*224.0.0.1' \
	    jail "$root" h 224.0.0.1 /bin/true
	# Three words are too few.
	atf_check -s exit:1 -e match:'^usage: jail' jail "$root" h ""
	atf_check -s exit:1 -e match:'^usage: jail' jail root h "" /bin/true
	nothing_left
}

new_case print_jid '-i prints the jid and nothing else'
print_jid_body() {
	make_root
	new_name a
	atf_check -o save:jid jail -i -c name="$name" path="$root" persist
	atf_check -o file:jid jls -j "$name" jid
	# It is printed before the command runs.
	atf_check -o match:'^[0-9]+$' -o match:'^x$' \
	    jail -i -c path="$root" command=echo x
}

new_case jid_file '-J'
jid_file_body() {
	make_root
	new_name a
	atf_check jail -J jidfile -c name="$name" path="$root" persist \
	    host.hostname='a b' allow.socket_af meta="it's"
	jid=$(jls -j "$name" jid)
	tr '\t' '\n' <jidfile >words
	atf_check -o inline:"jid=$jid\n" head -n 1 words
	atf_check -o match:"^name=$name\$" -o match:"^path=$root\$" \
	    -o match:'^host.hostname="a b"$' -o match:"^meta=\"it's\"\$" \
	    -o match:'^persist' cat words
	atf_check -o inline:"1\n" sh -c "wc -l <jidfile"
	atf_check -s exit:1 -e match:'^jail: open /nowhere/file: ' \
	    jail -J /nowhere/file -c path="$root" command=true
}

new_case quiet '-q and -v'
quiet_body() {
	make_root
	new_name a
	atf_check jail -c name="$name" path="$root" persist
	atf_check jail -r "$name"
	atf_check jail -q -c name="$name" path="$root" persist
	atf_check jail -q -r "$name"
	atf_check -o match:'jail_set\(JAIL_CREATE\).* name='"$name" \
	    -o match:'created$' \
	    jail -v -c name="$name" path="$root" persist
	atf_check -o match:'jail_set\(JAIL_UPDATE\)' -o match:'updated$' \
	    jail -v -m name="$name" allow.socket_af
	atf_check -o match:'removed$' jail -v -r "$name"
	# The last one counts.
	atf_check jail -vq -c path="$root" command=true
	atf_check -o match:'^run command in jail: true$' \
	    jail -qv -c path="$root" command=true
	# In FreeBSD's words, with the name that it was given.
	atf_check -o match:'^run command in jail as joe: id -un$' \
	    -o match:'^joe$' jail -vU joe -c path="$root" command=id -un
}

new_case users '-u, -U, exec.jail_user and exec.system_jail_user'
users_body() {
	make_root
	host_id=$(id -u nobody)
	jail="jail -c path=$root"
	atf_check -o inline:"0\n" $jail command=id -u
	atf_check -o inline:"1234\n" jail -U joe -c path="$root" command=id -u
	atf_check -o inline:"1234 50\n" \
	    jail -U joe -c path="$root" command=id -G
	atf_check -o inline:"$host_id\n" \
	    jail -u nobody -c path="$root" command=id -u
	atf_check -o inline:"1234\n" $jail exec.jail_user=joe command=id -u
	atf_check -o inline:"$host_id\n" $jail exec.jail_user=nobody \
	    exec.system_jail_user command=id -u
	atf_check -s exit:1 -e match:'nobody: no such user' \
	    $jail exec.jail_user=nobody command=id -u
	id joe 2>/dev/null || atf_check -s exit:1 \
	    -e match:'joe: no such user' jail -u joe -c path="$root" command=id
	# What is written is the user's on disk.
	mkdir -m 777 "$root/tmp/joe"
	atf_check $jail exec.jail_user=joe command=touch /tmp/joe/file
	atf_check -o inline:"1234:1234\n" stat -c %u:%g "$root/tmp/joe/file"
	nothing_left
}

new_case clean '-l and exec.clean'
clean_body() {
	make_root
	atf_check -o match:'^MINE=1$' \
	    env MINE=1 jail -c path="$root" command=env
	for how in "-l -c" "-c exec.clean"; do
		atf_check -o not-match:'^MINE=' -o match:'^TERM=vt100$' \
		    -o match:'^PATH=/bin:/usr/bin$' -o not-match:'^JID=' \
		    -o match:'^HOME=/home/joe$' -o match:'^USER=joe$' \
		    -o match:'^SHELL=/bin/sh$' \
		    env MINE=1 TERM=vt100 jail -U joe $how path="$root" \
		    command=env
	done
	atf_check -o inline:"/home/joe\n" \
	    jail -l -U joe -c path="$root" command=pwd
	atf_check -o inline:"/\n" jail -U joe -c path="$root" command=pwd
}

new_case options '-n, -s and -d'
options_body() {
	make_root
	new_name a
	atf_check jail -n "$name" -s 2 -c path="$root" persist
	atf_check -o inline:"$name 2\n" jls -j "$name" name securelevel
	atf_check -e inline:"jail: the 'allow.dying' parameter and '-d' flag are deprecated and have no effect.\n" \
	    jail -d -c path="$root" command=true
	# The end of options is the first word that is none.
	atf_check -o inline:"-v -q\n" \
	    jail -c path="$root" command=echo -v -q
	atf_check -o inline:"name=x\n" \
	    jail -c path="$root" command=echo name=x
	atf_check -o inline:"x\n" jail -c path="$root" command echo x
}

new_case usage 'what is wrong with the arguments: 1'
usage_body() {
	make_root
	for args in "" "-c -n x" "-x" "-r" "-R" "-cR name=x" "-mR x" "-r a=b" \
	    "-C" "-cC x" "-l -m name" "-n" "-J" "/ h" "relative h 1 /bin/true" \
	    "-e , x" "-e , -c" "-i"; do
		atf_check -s exit:1 -o empty -e match:'^usage: jail ' \
		    jail $args
	done
	jail="jail -c path=$root"
	atf_check -s exit:1 \
	    -e inline:"jail: persist: unknown boolean value \"maybe\"\n" \
	    $jail persist=maybe
	atf_check -s exit:1 \
	    -e inline:"jail: stop.timeout: non-integer value \"1x\"\n" \
	    $jail persist stop.timeout=1x
	atf_check -s exit:1 -e match:'^jail: new jail must persist or attach' \
	    $jail
	nothing_left
}

new_case unknown 'an unknown parameter, with what was meant'
unknown_body() {
	make_root
	jail="jail -c path=$root persist"
	atf_check -s exit:1 -e inline:\
"jail: unknown parameter: host.hostnme (did you mean host.hostname?)\n" \
	    $jail host.hostnme=x
	atf_check -s exit:1 -e inline:"jail: unknown parameter: wxyz\n" \
	    $jail wxyz=1
	atf_check -s exit:1 -e match:'^jail: unknown parameter: allow.mout ' \
	    $jail allow.mout
	nothing_left
}

new_case later 'what is for later says so and leaves nothing'
later_body() {
	make_root
	for param in allow.mount zfs.dataset=x; do
		atf_check -s exit:1 -e match:"^jail: ${param%%=*}.*not supported yet" \
		    jail -c path="$root" persist "$param"
	done
	# The default of the same is no wish.
	atf_check jail -c path="$root" children.max=0 allow.nomount \
	    vnet=inherit command=true
	nothing_left
}

new_case bad_path 'a path that is none'
bad_path_body() {
	make_root
	echo x >file
	atf_check -s exit:1 \
	    -e inline:"jail: path root: not an absolute pathname\n" \
	    jail -c path=root persist
	atf_check -s exit:1 -e inline:"jail: path $PWD/file: Not a directory\n" \
	    jail -c path="$PWD/file" persist
	atf_check -s exit:1 -e inline:\
"jail: path $PWD/none: No such file or directory\n" \
	    jail -c path="$PWD/none" persist
	atf_check -s exit:1 -e inline:"jail: path $PWD/file/x: Not a directory\n" \
	    jail -c path="$PWD/file/x" persist
	nothing_left
}

# The tool where everybody can reach it: a parent directory may be private.
take_along() {
	cp "$(command -v jail)" ./jail || atf_fail "cp"
	chmod 755 . ./jail
}

new_case unprivileged 'help, version and syntax errors need no root'
unprivileged_body() {
	make_root
	take_along
	atf_check -o match:'^usage: jail ' $NOBODY ./jail --help
	atf_check -o match:'^jail [0-9]' $NOBODY ./jail --version
	atf_check -o match:'^persist	' $NOBODY ./jail --parameters
	atf_check -s exit:1 -e match:'^usage: jail ' $NOBODY ./jail
	atf_check -s exit:1 -e match:'^usage: jail ' $NOBODY ./jail -c -n x
	atf_check -s exit:1 -e match:'^jail: unknown parameter: nme ' \
	    $NOBODY ./jail -c nme=x persist
	atf_check -s exit:1 -e match:'^jail: persist: unknown boolean' \
	    $NOBODY ./jail -c persist=maybe path=/
	# All else does, and says so.
	atf_check -s exit:1 -e match:'^jail: .*Operation not permitted' \
	    $NOBODY ./jail -c path=/ command=/bin/true
	make_jail a
	atf_check -s exit:1 -e match:'^jail: .*Operation not permitted' \
	    $NOBODY ./jail -R "$name"
	atf_check -s exit:1 -e match:'^jail: .*Operation not permitted' \
	    $NOBODY ./jail -r "$name"
	atf_check -s exit:1 -e match:'^jail: .*Operation not permitted' \
	    $NOBODY ./jail -m name="$name" host.hostname=x
	atf_check jls -c -j "$name"
}

atf_init_test_cases() {
	for case in old_form print_jid jid_file quiet users clean \
	    options usage unknown later bad_path unprivileged; do
		atf_add_test_case "$case"
	done
}
