#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# build.sh OBJECT HEADER: what tells this build of the programs from others:
# the version of the maps, and a hash of the object.
set -eu
abi=$(sed -n 's/^#define NET_ABI //p' "$2")
hash=$(sha256sum "$1" | cut -c 1-16)
printf '#define NET_BUILD "%s %s"\n' "$abi" "$hash"
