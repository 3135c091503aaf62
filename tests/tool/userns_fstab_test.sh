#! /usr/bin/env atf-sh
# SPDX-License-Identifier: BSD-2-Clause
# The cases of fstab_test.sh once more, in jails with userns=inherit.

PATH=$(atf_get_srcdir)/userns:$PATH
# shellcheck source=tests/tool/fstab_test.sh disable=SC1091
. "$(atf_get_srcdir)/fstab_test.sh"
