# shellcheck shell=sh disable=SC2034,SC2086,SC2154,SC3043
# SPDX-License-Identifier: BSD-2-Clause
#
# What the tests of abstract unix sockets share, on top of prog.sh.

: "${prog_dir:=$(atf_get_srcdir)}"
# shellcheck source=tests/tool/prog.sh disable=SC1091
. "$prog_dir/prog.sh"

ask=$prog_dir/abstract.py

unix_case() {
	root_case "$1" "$2" "jail jls jexec python3 $3" end_all
}

end_all() {
	[ ! -f pids ] || xargs kill <pids || : # they may have ended
	remove_jails
	[ ! -f jails ] || xargs -n 1 jail -R <jails || :
} 2>/dev/null

# A jail with the host's files, so that python is there.  Sets name.
make_host_jail() {
	name=$(name_of "$1")
	shift
	echo "$name" >>jails
	atf_check -o ignore jail -q -c name="$name" path=/ persist "$@"
}

# Serve names that begin so: $1, before the command $2.  Until it is ready.
serve() {
	$2 "$ask" serve "$1" >"$1.ready" &
	echo $! >>pids
	wait_for 20 grep -q ready "$1.ready" || atf_fail "$1 does not serve"
}

# What comes of asking for them, each kind alike.
expect() {
	printf '%s\n' "connect stream: $1" "connect seqpacket: $1" \
	    "connect dgram: $1" "send dgram: $1" >expected
}

# Ask for names that begin so: $1, what comes of it, before the command.
asking() {
	expect "$2"
	atf_check -o file:expected $3 "$ask" ask "$1"
}

# Are all kept apart by the kernel?  Once a jail has been there.
kept_apart() {
	[ -e /sys/fs/bpf/jail/lsm_connect ]
}

# Sockets with a path are reached from the jail; whether answers get to the
# abstract name of their client, is not looked at.
reaches_paths() {
	mkdir -m 755 socks
	"$ask" serve_path "$PWD/socks/s" >ready &
	echo $! >>pids
	wait_for 20 grep -q ready ready || atf_fail "it does not serve"
	chmod 666 socks/*
	atf_check -s ignore -o save:said \
	    jexec "$name" timeout 30 "$ask" ask_path "$PWD/socks/s"
	atf_check -o inline:"answered\nanswered\nanswered\n" \
	    sed -n 's/^connect .*: //p' said
}
