# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause
#
# What quickstart, check and their helpers share: messages, clean-up at exit,
# and the distribution's packages.  Sourced; the caller has set TOP.
#
# A service is never started.  Debian's packages start theirs when installed,
# so a policy-rc.d that answers 101 ("forbidden") stands in the way meanwhile.

PROG=${0##*/}
LIB_CLEANUPS=()
LIB_POLICY=/usr/sbin/policy-rc.d
LIB_POLICY_KEPT=/usr/sbin/policy-rc.d.kept-by-jail
LIB_POLICY_MARK='# Put here by "jails for Linux" while it installs packages.'
LIB_LOCK_WAIT=${APT_LOCK_WAIT:-120}	# seconds to wait for another apt

say() { printf '%s\n' "$*"; }
warn() { printf '%s: %s\n' "$PROG" "$*" >&2; }
die() {
	warn "$*"
	exit 1
}

# Run the given function at exit, the last one first; signals become exits.
at_exit() {
	if [ ${#LIB_CLEANUPS[@]} -eq 0 ]; then
		trap lib_exit EXIT
		trap 'exit 129' HUP
		trap 'exit 130' INT
		trap 'exit 143' TERM
	fi
	LIB_CLEANUPS=("$1" "${LIB_CLEANUPS[@]}")
}

lib_exit() {
	local status=$? f
	trap - EXIT
	trap '' HUP INT TERM
	for f in "${LIB_CLEANUPS[@]}"; do
		"$f"
	done
	exit "$status"
}

# The lines of contrib/packages in the given sections, without comments.
package_lines() {
	local section
	for section in "$@"; do
		awk -v want="[$section]" '
			/^\[/ { on = $1 == want; next }
			on && NF && !/^#/ { print }' "$TOP/contrib/packages"
	done | sort -u
}

# Which of the given packages are not installed?
packages_missing() {
	local -A there=()
	local name status
	while read -r name status; do
		[ "$status" = installed ] && there[$name]=1
	done < <(dpkg-query -W -f '${Package} ${db:Status-Status}\n' "$@" \
	    2>/dev/null)
	for name; do
		[ -n "${there[$name]:-}" ] || printf '%s\n' "$name"
	done
}

need_debian() {
	local ID='' VERSION_ID='' PRETTY_NAME=''
	if [ -r /etc/os-release ]; then
		# shellcheck source=/dev/null
		. /etc/os-release
	fi
	if [ "$ID" != debian ] || ! command -v apt-get >/dev/null; then
		die "this is ${PRETTY_NAME:-no Debian}, and only Debian 12 and" \
		    "13 are known here: install what contrib/packages names" \
		    "by hand, then \"make && make install\"."
	fi
	[ "${VERSION_ID:-99}" -ge 12 ] ||
		die "${PRETTY_NAME:-this Debian} is too old: Debian 12 or" \
		    "newer is needed."
}

need_root() {
	[ "$(id -u)" -eq 0 ] ||
		die "${1:-this} needs root: run it as root or with sudo."
}

# --- the time of an install ---------------------------------------------

policy_put() {
	policy_restore		# of a run that was killed
	if [ -e "$LIB_POLICY" ] || [ -L "$LIB_POLICY" ]; then
		mv "$LIB_POLICY" "$LIB_POLICY_KEPT" || return
	fi
	printf '#!/bin/sh\n%s\nexit 101\n' "$LIB_POLICY_MARK" >"$LIB_POLICY" &&
		chmod 755 "$LIB_POLICY"
}

policy_restore() {
	if [ -f "$LIB_POLICY" ] &&
	    grep -qxF "$LIB_POLICY_MARK" "$LIB_POLICY"; then
		rm -f "$LIB_POLICY"
	fi
	if [ -e "$LIB_POLICY_KEPT" ] || [ -L "$LIB_POLICY_KEPT" ]; then
		[ -e "$LIB_POLICY" ] || mv "$LIB_POLICY_KEPT" "$LIB_POLICY"
	fi
}

# One apt-get, patient with another one's lock; its output goes to LIB_LOG.
apt_run() {
	local until=$((SECONDS + LIB_LOCK_WAIT)) told=
	while :; do
		if LC_ALL=C DEBIAN_FRONTEND=noninteractive \
		    NEEDRESTART_SUSPEND=1 apt-get -q -y \
		    -o DPkg::Lock::Timeout="$LIB_LOCK_WAIT" \
		    -o Dpkg::Options::=--force-confold \
		    -o APT::Update::Error-Mode=any \
		    -o Acquire::Retries=2 -o Acquire::http::Timeout=30 \
		    "$@" >"$LIB_LOG" 2>&1 </dev/null 9>&-; then
			return 0
		fi
		grep -Eq '^E: .*(Could not get lock|Unable to (lock|acquire))' \
		    "$LIB_LOG" || return 1
		[ $SECONDS -lt $until ] ||
			die "apt is in use by another program for more than" \
			    "$LIB_LOCK_WAIT seconds: let it finish, then run" \
			    "$PROG again."
		[ -n "$told" ] || say "waiting for another apt to finish ..."
		told=1
		sleep 2
	done
}

# Why apt failed, as one sentence, from its log; never returns.
apt_die() {
	local what
	if what=$(grep -m1 -oP "Unable to locate package \K\S+|Package '?\K[^ ']+(?='? has no installation candidate)" \
	    "$LIB_LOG"); then
		die "the configured apt sources do not offer $what: add the" \
		    "distribution's main archive to /etc/apt/sources.list.d" \
		    "and run $PROG again."
	fi
	if grep -Eq 'Temporary failure|Could not (resolve|connect)|Unable to connect|Failed to fetch|Network is unreachable|Connection (timed|refused|failed)|Cannot initiate' \
	    "$LIB_LOG"; then
		die "the package archive cannot be reached: check the network" \
		    "and /etc/apt/sources.list.d, then run $PROG again."
	fi
	what=$(grep -m1 '^E: ' "$LIB_LOG" || tail -n 1 "$LIB_LOG")
	die "apt-get failed (${what#E: }): repair that with \"apt-get -f" \
	    "install\", then run $PROG again."
}

apt_update() {
	say "reading the package lists anew: apt-get update"
	apt_run update || apt_die
}

apt_install() {
	local lists=(/var/lib/apt/lists/*_Packages*)
	if [ ! -e "${lists[0]}" ]; then
		apt_update
		apt_run install --no-install-recommends "$@" || apt_die
	elif ! apt_run install --no-install-recommends "$@"; then
		apt_update	# an old index names files that are gone
		apt_run install --no-install-recommends "$@" || apt_die
	fi
}

# A service that came with a package stays off at the next boot, too.
service_off() {
	say "the service $1 that came along stays off"
	if command -v systemctl >/dev/null; then
		systemctl --quiet disable "$1.service" >/dev/null 2>&1
	elif command -v update-rc.d >/dev/null; then
		update-rc.d "$1" disable >/dev/null 2>&1
	fi
	return 0
}

install_cleanup() {
	policy_restore
	rm -f "$LIB_LOG"
}

# Install what is missing of the given sections of contrib/packages.
install_packages() {
	local -a names lines missing
	local line name
	command -v dpkg-query >/dev/null || need_debian
	mapfile -t lines < <(package_lines "$@")
	names=("${lines[@]%%[[:space:]]*}")
	mapfile -t missing < <(packages_missing "${names[@]}")
	[ ${#missing[@]} -gt 0 ] || return 0
	need_debian
	need_root "installing ${missing[*]}"
	say "installing: ${missing[*]}"
	exec 9>/run/jail-packages.lock
	flock -w "$LIB_LOCK_WAIT" 9 ||
		die "another $PROG is installing packages: let it finish," \
		    "then run this one again."
	LIB_LOG=$(mktemp) || die "no temporary file can be made: is /tmp full?"
	at_exit install_cleanup
	policy_put || die "$LIB_POLICY cannot be written: is /usr read-only?"
	apt_install "${missing[@]}"
	policy_restore
	for line in "${lines[@]}"; do
		name=${line%%[[:space:]]*}
		if [[ $line == *service:* && " ${missing[*]} " == *" $name "* ]]
		then
			service_off "${line##*service:}"
		fi
	done
	exec 9>&-
}

# --- building -------------------------------------------------------------

# Run a command silently; show the end of what it said only if it fails.
quietly() {
	local log status
	log=$(mktemp) || die "no temporary file can be made: is /tmp full?"
	"$@" >"$log" 2>&1
	status=$?
	[ $status -eq 0 ] || tail -n 40 "$log" >&2
	rm -f "$log"
	return $status
}

# build_into DIR PREFIX: configured for PREFIX, and up to date.
build_into() {
	local dir=$1 prefix=$2 options=$1/meson-info/intro-buildoptions.json
	if [ ! -f "$dir/build.ninja" ]; then
		say "configuring: meson setup --prefix=$prefix --libdir=lib ${dir#"$TOP"/}"
		quietly meson setup --prefix="$prefix" --libdir=lib "$dir" "$TOP" ||
			die "meson setup failed, see above."
	elif ! grep -qF "\"build\": \"$dir\"" "$dir/meson-info/meson-info.json"
	then
		die "$dir was made elsewhere and copied here: remove it and" \
		    "run $PROG again."
	elif ! grep -qF "\"name\": \"prefix\", \"value\": \"$prefix\"" \
	    "$options"; then
		quietly meson configure -Dprefix="$prefix" "$dir" ||
			die "meson configure failed: remove $dir and run" \
			    "$PROG again."
	fi
	if ! ninja -C "$dir" -n 2>/dev/null | grep -q 'no work to do'; then
		say "building: ninja -C ${dir#"$TOP"/}"
		quietly ninja -C "$dir" || die "the build failed, see above."
	fi
}

# The BPF programs that the jails of the installation at $1 go by, if no jail
# needs them any more.
unload_bpf() {
	local cgroup2 dir
	cgroup2=$(awk '$3 == "cgroup2" { print $2; exit }' /proc/mounts)
	for dir in "$cgroup2"/{,system.slice/jail.service/}jail; do
		if [ -d "$dir/net" ] && [ -x "$1/libexec/jail/jail-bpf" ]; then
			"$1/libexec/jail/jail-bpf" unload 3<"$dir"
		fi
	done
}
