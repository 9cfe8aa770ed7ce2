# Two commands do everything: make run, make test. Meson does the building.
SHELL = /bin/sh
PREFIX ?= /usr/local
DESTDIR ?=
BUILD ?= build/release
SHARED ?= ../shared
ARGS ?=
# Works from any directory: make -C DIR, or make -f DIR/Makefile.
TOP := $(dir $(abspath $(lastword $(MAKEFILE_LIST))))

.PHONY: all help run test check build install bench evaluate fuzz format bless clean

all: build

help:
	@echo 'make run       install what is missing, build, start the gateway on loopback, send samples'
	@echo 'make test      everything: sanitizers, unit, golden, fuzz corpora, checkers, end to end'
	@echo 'make check     the quick part of it: unit, golden, checkers (under a minute once built)'
	@echo 'make build     the release build in $(BUILD)'
	@echo 'make install   into $$DESTDIR$$PREFIX (now "$(DESTDIR)$(PREFIX)")'
	@echo 'make bench     beside Postfix and Rspamd, on this machine, as tables; ARGS=--help for one of them'
	@echo 'make evaluate  conformance suites of SHARED=DIR, as a table'
	@echo 'make fuzz      runs each fuzz target for SECONDS=60'
	@echo 'make format    formats the C files; make bless rewrites the golden files'
	@echo 'make clean     removes build/ and run/'

build:
	@cd $(TOP) && tools/packages build && tools/build $(BUILD) --prefix=$(PREFIX)

run:
	@cd $(TOP) && tools/packages build run && tools/build build/release --prefix=$(PREFIX) && python3 tools/run.py $(ARGS)

test:
	@cd $(TOP) && tools/packages build run test && python3 tools/test.py all

check:
	@cd $(TOP) && tools/packages build test && python3 tools/test.py check

install: build
	@cd $(TOP) && DESTDIR=$(DESTDIR) meson install -C $(BUILD) --no-rebuild --quiet

bench:
	@cd $(TOP) && tools/packages build test bench && tools/build build/release --prefix=$(PREFIX) && tests/bench/run.sh $(ARGS)

evaluate:
	@cd $(TOP) && tools/packages build test && tools/build build/release --prefix=$(PREFIX) && sh tests/evaluate/run.sh $(SHARED)

fuzz:
	@cd $(TOP) && tools/packages build test && python3 tools/fuzz.py $(ARGS)

format:
	@cd $(TOP) && find src tests -name '*.[ch]' | xargs clang-format -i

bless:
	@cd $(TOP) && BLESS=1 python3 tools/test.py check

clean:
	@cd $(TOP) && rm -rf build run
