#!/usr/bin/env atf-sh
# SPDX-License-Identifier: BSD-2-Clause
#
# The cases of entry_test.sh once more, in jails with userns=inherit.

ids=userns=inherit
# shellcheck source=tests/host/entry_test.sh disable=SC1091
. "$(atf_get_srcdir)/entry_test.sh"

# Not here: "exposed", as a process with more capabilities is out of reach even
# where it does not hide; and hosts that hide /proc, which loading the device
# program takes.
CASES="jexec start dumpable locks proc_covered proc_readonly jid_remove
    jid_update jid_start"
