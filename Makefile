# SPDX-License-Identifier: BSD-2-Clause
# Verbs over meson.  Every one of them can be run alone.
B ?= build
prefix ?= /usr/local
MESON ?= meson

all: $(B)/build.ninja
	@ninja -C $(B)
$(B)/build.ninja:
	@$(MESON) setup --prefix=$(prefix) $(B)
unit: all
	@$(MESON) test -C $(B) --suite unit --print-errorlogs
check: all
	@./check
check-host: all
	@./check host
fuzz: ; @tests/fuzz/run
asan: ; @tests/asan
lint: all ; @contrib/lint $(B)
cover: ; @tests/cover
man: all ; @mandoc -Tlint -Wwarning $(wildcard man/*.[1358])
bench: all ; @bench/run $(B)
install: all
	@DESTDIR=$(DESTDIR) $(MESON) install -C $(B) --no-rebuild --quiet
uninstall: ; @contrib/uninstall $(B)
clean: ; @rm -rf $(B)
.PHONY: all unit check check-host fuzz asan lint cover man bench install \
	uninstall clean
