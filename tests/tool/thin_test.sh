#! /usr/bin/env atf-sh
# SPDX-License-Identifier: BSD-2-Clause
# thin: the root is put together for the command and gone with the jail.

# SC2016: much here is for the shell in the jail.  SC2086: words are split.
# shellcheck disable=SC1091,SC2016,SC2086
. "$(atf_get_srcdir)/prog.sh"

root=$JAIL_TEST_ROOT
thin="jail -c path=$root thin"

new_case empty 'in an empty directory, and nothing stays there'
empty_body() {
	mkdir root
	atf_check -o inline:"hello\n" $thin command=/bin/echo hello
	atf_check -o inline:"hello\n" $thin command=echo hello
	atf_check -o inline:"0 /\n" $thin command=/bin/sh -c \
	    'echo "${UID-0} $PWD"'
	# Several programs, of the hooks too.
	atf_check -o inline:"root:x\nend\n" $thin exec.start='/bin/echo root:x' \
	    command=/bin/echo end
	atf_check ls -A root
	nothing_left
}

new_case only_needed 'nothing is there that is not needed'
only_needed_body() {
	mkdir root
	atf_check -o save:bin $thin thin.files=/bin/ls command=/bin/sh -c \
	    'cd /usr/bin && echo *'
	atf_check -o save:names $thin command=/bin/ls -A /
	for name in home root boot srv media mnt opt sys run var; do
		! grep -qx $name names || atf_fail "there is /$name"
	done
	[ "$(wc -w <bin)" -le 6 ] || atf_fail "in bin: $(cat bin)"
	atf_check -s exit:2 -e match:'No such file' \
	    $thin command=/bin/ls /etc/shadow
	# None of the host's interfaces; /tmp is the jail's.
	atf_check -s exit:1 -e ignore $thin command=/bin/sh -c \
	    'cd /proc/self || cd /sys/kernel || [ -e /dev/null ]'
	atf_check -o inline:"x\n" $thin thin.files=/bin/cat command=/bin/sh \
	    -c 'echo x >/tmp/x && cat /tmp/x'
	[ ! -e "$root/tmp" ] || atf_fail "tmp was made in path"
	nothing_left
}

new_case own_etc 'a directory of path is written through'
own_etc_body() {
	mkdir -p root/etc root/data root/usr/lib
	echo 'mine:x:77:77::/:' >root/etc/mine
	echo keep >root/data/old
	atf_check -o inline:"keep\n" $thin command=/bin/cat /data/old
	atf_check $thin command=/bin/sh -c 'echo new >/data/new'
	atf_check -o inline:"new\n" cat root/data/new
	atf_check -o inline:"0:0\n" stat -c %u:%g root/data/new
	atf_check -o inline:"new\nold\n" $thin command=/bin/ls /data
	atf_check $thin thin.files=/bin/rm command=/bin/sh -c 'rm /data/old'
	[ ! -e root/data/old ] || atf_fail "data/old is there"
	nothing_left
}

new_case assembled 'an assembled directory: own entries are written through'
assembled_body() {
	mkdir -p root/etc/sub
	echo old >root/etc/mine
	ln -s mine root/etc/link
	files="thin.files=/etc/passwd thin.files=/bin/cat thin.files=/bin/ls"
	# The host's is added, and is read-only.
	sh="$thin $files command=/bin/sh -c"
	atf_check -o file:/etc/passwd $sh 'cat /etc/passwd'
	for what in 'echo x >>/etc/passwd' ': >/bin/ls' ': >/bin/sh'; do
		atf_check -s not-exit:0 -e match:'Read-only|busy|denied' \
		    $sh "$what"
	done
	# Path's own is path's own.
	atf_check -o inline:"old\nold\n" $sh 'cat /etc/mine /etc/link'
	atf_check $sh 'echo new >/etc/mine; echo sub >/etc/sub/new'
	atf_check -o inline:"new\nsub\n" cat root/etc/mine root/etc/sub/new
	# New names in it end with the jail.
	atf_check -o inline:"there\n" $sh \
	    'echo there >/etc/new && cat /etc/new'
	[ ! -e root/etc/new ] || atf_fail "etc/new stays"
	[ ! -e root/etc/passwd ] || atf_fail "etc/passwd stays"
	atf_check -o inline:"link\nmine\nsub\n" ls root/etc
	nothing_left
}

new_case assembled_owner 'an assembled directory has the owner and mode of its own'
assembled_owner_body() {
	mkdir -p root/etc/deep
	chmod 750 root/etc
	chown 33:44 root/etc
	chown 55:66 root/etc/deep
	atf_check -o inline:"33 44 750\n55 66 755\n" $thin \
	    thin.files=/etc/passwd command=/usr/bin/stat -c '%u %g %a' /etc \
	    /etc/deep
	nothing_left
}

new_case own_wins 'a file of path is preferred'
own_wins_body() {
	mkdir -p root/etc root/bin
	echo 'me:x:0:0::/:' >root/etc/passwd
	atf_check -o inline:"me:x:0:0::/:\n" $thin thin.files=/etc/passwd \
	    command=/bin/cat /etc/passwd
	cp "$BUSYBOX" root/bin/wc
	atf_check -s ignore -o ignore -e match:'BusyBox' \
	    $thin command=/bin/wc --help
	nothing_left
}

new_case own_program 'a program and a library of path win over those of the host' cc
own_program_body() {
	mkdir -p root/bin root/lib
	echo 'int one(void) { return 1; }' >one.c
	echo 'int one(void) { return 2; }' >two.c
	echo 'int one(void); int main(void) { return one(); }' >main.c
	atf_check cc -shared -fPIC -o libjt_one.so one.c
	atf_check cc -o root/bin/main main.c -L. -ljt_one \
	    -Wl,-rpath,/lib:"$PWD"
	# From the host by its RUNPATH.
	atf_check -s exit:1 -e ignore $thin command=/bin/main
	# From path.
	atf_check cc -shared -fPIC -o root/lib/libjt_one.so two.c
	atf_check -s exit:2 -e ignore $thin command=/bin/main
	# A program of path with the name of a host's.
	cp root/bin/main root/bin/true
	atf_check -s exit:2 -e ignore $thin command=/bin/true
	nothing_left
}

new_case files 'thin.files: files, directories, globs'
files_body() {
	mkdir -p root host/dir/sub
	echo one >host/1.txt
	echo two >host/2.txt
	echo no >host/3.dat
	echo deep >host/dir/sub/f
	ln -s ../1.txt host/dir/link
	atf_check -o inline:"one\n" $thin thin.files="$PWD/host/1.txt" \
	    command=/bin/cat "$PWD/host/1.txt"
	atf_check -s exit:1 -e match:'No such file' \
	    $thin thin.files="$PWD/host/1.txt" \
	    command=/bin/cat "$PWD/host/2.txt"
	atf_check -o inline:"deep\n" $thin thin.files="$PWD/host/dir" \
	    command=/bin/cat "$PWD/host/dir/sub/f"
	atf_check -o inline:"1.txt\n2.txt\n" $thin \
	    thin.files="$PWD/host/*.txt" command=/bin/ls "$PWD/host"
	# A program brings its libraries.
	atf_check -o match:'coreutils' $thin thin.files=/usr/bin/sort \
	    command=/bin/sh -c 'sort --version'
	# Read-only, all of them.
	for file in host/1.txt host/dir/sub/f host/dir/new; do
		atf_check -s not-exit:0 -e match:'Read-only' $thin \
		    thin.files="$PWD/host/dir" thin.files="$PWD/host/*.txt" \
		    command=/bin/sh -c "echo x >$PWD/$file"
	done
	atf_check -o inline:"one\n" cat host/1.txt
	atf_check ls -A root
	nothing_left
}

new_case files_missing 'thin.files that are not there'
files_missing_body() {
	mkdir root
	atf_check -s exit:1 -o empty \
	    -e inline:"jail: thin.files: /no/such: no such file\n" \
	    $thin thin.files=/no/such command=/bin/true
	atf_check -s exit:1 -o empty \
	    -e inline:"jail: thin.files: nothing matches /no/*.such\n" \
	    $thin thin.files='/no/*.such' command=/bin/true
	atf_check -s exit:1 -o empty \
	    -e inline:"jail: thin.files: etc is not absolute\n" \
	    $thin thin.files=etc command=/bin/true
	atf_check -s exit:1 -o empty \
	    -e inline:"jail: thin.files: / is the whole host\n" \
	    $thin thin.files=/ command=/bin/true
	nothing_left
	atf_check ls -A root
}

new_case scripts 'scripts: their interpreter, and what env runs'
scripts_body() {
	mkdir -p root/bin
	cat >root/bin/one <<-'END'
	#!/bin/sh
	echo "one: $0 $*"
	END
	printf '#!/usr/bin/env -S sh -e\necho two\n' >root/bin/two
	printf '#! /bin/one\nthree\n' >root/bin/three
	printf '#!/usr/bin/env nonesuch\n' >root/bin/four
	printf '#!/usr/bin/nonesuch\n' >root/bin/five
	printf 'no script\n' >root/bin/six
	chmod 755 root/bin/*
	atf_check -o inline:"one: /bin/one a b\n" $thin command=/bin/one a b
	atf_check -o inline:"two\n" $thin command=/bin/two
	atf_check -o inline:"one: /bin/one /bin/three\n" \
	    $thin command=/bin/three
	atf_check -s not-exit:0 -e match:'^jail: .*nonesuch, which is not in PATH' \
	    $thin command=/bin/four
	atf_check -s not-exit:0 \
	    -e match:'interpreter /usr/bin/nonesuch not found, error 2' \
	    $thin command=/bin/five
	atf_check -s not-exit:0 -e match:'neither an ELF file nor a script' \
	    $thin command=/bin/six
	nothing_left
}

new_case python 'env python3 with its library' /usr/bin/python3
python_body() {
	mkdir -p root/bin
	cat >root/bin/prog <<-'END'
	#!/usr/bin/env python3
	import json, sys
	print(json.dumps(sys.argv[1:]))
	END
	chmod 755 root/bin/prog
	lib=$(/usr/bin/python3 -Sc 'import os; print(os.path.dirname(os.__file__))')
	atf_check -o inline:'["a", "b c"]\n' $thin thin.files="$lib" \
	    command=/bin/prog a 'b c'
	nothing_left
	atf_check -o inline:"bin\n" ls root
}

new_case users 'users, of the host and of path'
users_body() {
	mkdir root
	atf_check -o inline:"nobody\n" $thin exec.jail_user=nobody \
	    command=/usr/bin/id -un
	atf_check -o inline:"nobody\n" $thin exec.jail_user=nobody \
	    exec.system_jail_user command=/usr/bin/id -un
	atf_check -o match:'^root:' $thin command=/usr/bin/getent passwd root
	atf_check -s exit:1 -e match:'no such user' \
	    $thin exec.jail_user=nonesuch-x command=/usr/bin/id
	# Of path.
	mkdir root/etc
	echo 'root:x:0:0::/root:/bin/sh' >root/etc/passwd
	echo 'joe:x:1234:1234::/:/bin/sh' >>root/etc/passwd
	atf_check -o inline:"1234\n" $thin exec.jail_user=joe \
	    command=/usr/bin/id -u
	atf_check -s exit:1 -e match:'nobody: no such user' \
	    $thin exec.jail_user=nobody command=/usr/bin/id
	nothing_left
	atf_check -o inline:"etc\n" ls root
}

new_case hosts 'a look-up of a host name'
hosts_body() {
	mkdir root
	atf_check -o match:'localhost' $thin ip4=inherit \
	    command=/usr/bin/getent hosts localhost
	nothing_left
}

new_case verbose '-v lists the directories whose new names end with the jail'
verbose_body() {
	mkdir -p root/etc root/data
	echo x >root/etc/mine
	atf_check -o save:out jail -v -c path="$root" thin \
	    thin.files=/etc/passwd command=/bin/true
	grep -vE '^(warning|jail_set|created|run|removed)' out >notes
	atf_check -o match:'/etc' -o not-match:'/data' cat notes
}

new_case mounts 'mounts of a thin jail make their targets'
mounts_body() {
	mkdir -p root data
	echo file >file
	atf_check -o inline:"file\n" $thin mount.devfs mount.procfs \
	    mount="$PWD/data $root/var/lib/data nullfs rw" \
	    mount="$PWD/file $root/etc/conf nullfs ro" \
	    mount="tmpfs $root/run tmpfs rw" \
	    thin.files=/bin/cat command=/bin/sh -c \
	    'echo x >/var/lib/data/x && echo x >/run/x && cat /etc/conf &&
	    echo x >/dev/null && [ -e /proc/self/status ]'
	atf_check -o inline:"x\n" cat data/x
	atf_check ls -A root
	nothing_left
}

new_case links 'links of path lead nowhere outside of it'
links_body() {
	mkdir -p root secret
	echo secret >secret/file
	ln -s "$PWD/secret" root/etc
	ln -s "$PWD/secret/file" root/file
	atf_check -s exit:1 -e match:'No such file|denied' \
	    $thin command=/bin/cat /file
	# Not even for names that thin needs below it.
	atf_check -s ignore -o not-match:secret -e ignore \
	    $thin exec.jail_user=nobody command=/bin/cat /etc/file
	atf_check -s ignore -o ignore -e ignore \
	    $thin thin.files=/etc/passwd command=/bin/sh -c 'echo >/etc/new'
	atf_check -o inline:"file\n" ls secret
	nothing_left
}

new_case broken 'files that are no programs' cc
broken_body() {
	mkdir -p root/bin
	printf '\177ELF' >root/bin/short
	head -c 1000 /dev/urandom >rest
	{
		printf '\177ELF\002\001\001\000\000\000\000\000\000\000\000\000'
		dd if="$(command -v sort)" bs=1 skip=16 count=8 2>/dev/null
		cat rest
	} >root/bin/noise
	cp "$(command -v sort)" root/bin/other
	# the machine: s390
	printf '\026' | dd of=root/bin/other bs=1 seek=18 conv=notrunc 2>/dev/null
	chmod 755 root/bin/*
	for name in short noise; do
		atf_check -s not-exit:0 -o empty -e match:'broken ELF file' \
		    $thin command=/bin/$name
	done
	atf_check -s not-exit:0 -o empty -e match:'^jail: .*/bin/other' \
	    $thin command=/bin/other
	nothing_left
}

atf_init_test_cases() {
	for case in empty only_needed own_etc assembled assembled_owner \
	    own_wins own_program files files_missing scripts python users \
	    hosts verbose mounts links broken; do
		atf_add_test_case "$case"
	done
}
