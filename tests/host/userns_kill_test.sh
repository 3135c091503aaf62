#!/usr/bin/env atf-sh
# SPDX-License-Identifier: BSD-2-Clause
#
# The cases of kill_test.sh once more, in jails with userns=inherit.

ids=userns=inherit
# shellcheck source=tests/host/kill_test.sh disable=SC1091
. "$(atf_get_srcdir)/kill_test.sh"
