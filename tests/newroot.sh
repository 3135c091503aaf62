# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause
#
# What tests/fresh and tests/vm/run share: other Debians in directories.
# Sourced after contrib/lib.sh, in a mount namespace of the caller's own.

need_debootstrap() {
	command -v debootstrap >/dev/null ||
		die "debootstrap is missing: install it."
}

# The archive's address, as apt has it configured.
archive() {
	# shellcheck disable=SC2016 # they are apt's
	apt-get indextargets --format '$(REPO_URI)' \
	    'Created-By: Packages' | awk '!/security/ { print $1; exit }'
}

bootstrap() {	# SUITE DIR [OPTION...]
	local suite=$1 dir=$2
	shift 2
	say "debootstrap $suite into $dir"
	quietly debootstrap --variant=minbase "$@" "$suite" "$dir" \
	    "$(archive)" || die "debootstrap failed, see above."
}

# Give the tree what a running system has; it must be a mount point.
mount_system() {	# DIR
	if ! { mount -t proc proc "$1/proc" &&
	    mount -t sysfs sysfs "$1/sys" &&
	    mount --rbind /sys/fs/cgroup "$1/sys/fs/cgroup" &&
	    mount --rbind /dev "$1/dev" &&
	    cp /etc/resolv.conf "$1/etc/resolv.conf"; }; then
		die "$1 cannot be set up."
	fi
	[ ! -e /etc/apt/apt.conf ] || cp /etc/apt/apt.conf "$1/etc/apt/"
}

# A new root, not chroot(8): who is chrooted may make no user namespace.
inside() {	# DIR COMMAND...
	# shellcheck disable=SC2016 # expanded by that shell
	unshare --mount --propagation private sh -c 'cd "$0" && mkdir -p .old &&
	    pivot_root . .old && umount -l /.old && rmdir /.old &&
	    exec env -i HOME=/root TERM=dumb LC_ALL=C.UTF-8 \
	    PATH=/usr/sbin:/usr/bin:/sbin:/bin "$@"' "$@"
}
