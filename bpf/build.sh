#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# build.sh HEADER OBJECT ...: what tells this build of the programs from
# others: the version of the maps, and a hash of the objects.
set -eu
abi=$(sed -n 's/^#define NET_ABI //p' "$1")
shift
hash=$(cat "$@" | sha256sum | cut -c 1-16)
printf '#define NET_BUILD "%s %s"\n' "$abi" "$hash"
