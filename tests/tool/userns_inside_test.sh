#! /usr/bin/env atf-sh
# SPDX-License-Identifier: BSD-2-Clause
# The cases of inside_test.sh once more, in jails with userns=inherit.

# SC2016: much here is for the shell in the jail.  SC2086: words are split.
# shellcheck disable=SC1091,SC2016,SC2086
PATH=$(atf_get_srcdir)/userns:$PATH
. "$(atf_get_srcdir)/inside_test.sh"

# What has another outcome.

pid_one_body() {
	make_probe_root
	# the numbers of its descriptors, and no more
	cat >expected <<-'END'
	open=/proc/1/fd/6: EACCES
	stat=/proc/1/fd/6: EACCES
	open=/proc/1/fdinfo: EACCES
	open=/proc/1/environ: EACCES
	open=/proc/1/mem: EACCES
	open=/proc/1/maps: EACCES
	stat=/proc/1/exe: EACCES
	stat=/proc/1/root: EACCES
	stat=/proc/1/cwd: EACCES
	stat=/proc/1/ns/user: EACCES
	ptrace=1: EPERM
	vm_read=1: EPERM
	END
	expect_probe mount.procfs
	make_jail a mount.procfs
	atf_check -s ignore -e ignore jexec "$name" kill -9 1
	atf_check -s ignore -e ignore jexec "$name" kill -STOP 1
	atf_check -s ignore -e ignore jexec "$name" kill -TERM 1
	atf_check jexec "$name" true
}

hostname_body() {
	make_probe_root
	host=$(uname -n)
	printf 'sethostname=inside: EPERM\nsetdomainname: EPERM\n' >expected
	expect_probe
	expect_probe host=inherit
	make_jail a host.hostname=before
	atf_check -o inline:"false\n" jls -j "$name" allow.set_hostname
	atf_check jail -m name="$name" host.hostname=after
	atf_check -o inline:"after\n" jexec "$name" busybox hostname
	said='^jail: allow.set_hostname: a jail with userns=inherit cannot'
	atf_check -s exit:1 -e match:"$said" \
	    jail -m name="$name" allow.set_hostname
	atf_check -s exit:1 -e match:"$said" \
	    jail -c path="$root" allow.set_hostname command=true
	atf_check_equal "$host" "$(uname -n)"
}
