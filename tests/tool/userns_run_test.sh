#! /usr/bin/env atf-sh
# SPDX-License-Identifier: BSD-2-Clause
# The cases of run_test.sh once more, in jails with userns=inherit.

PATH=$(atf_get_srcdir)/userns:$PATH
# shellcheck source=tests/tool/run_test.sh disable=SC1091
. "$(atf_get_srcdir)/run_test.sh"
