# What a person types. Everything here works from a fresh clone on Debian 12; scripts/ holds the how.
SHELL := /bin/bash
CARGO ?= cargo
TARGET_DIR ?= $(or $(CARGO_TARGET_DIR),target)

.PHONY: help run test check bench web

help:
	@echo "make run     build everything and serve on https port 8443 (ARGS= for options of 'giaoban serve')"
	@echo "make check   format, lints, boundaries, sizes, licences, documents"
	@echo "make test    check and every test, with a ledger of minutes"
	@echo "make bench   what forwarding costs, beside Janus: under 10 minutes (ARGS= for options of giaoban-bench)"

run:
	@scripts/install-tools.sh run
	@scripts/build-web.sh
	@echo "==> building the release binary (the first time takes some minutes)"
	@$(CARGO) build --release --locked --package giaoban
	@exec $(TARGET_DIR)/release/giaoban serve $(ARGS)

web:
	@scripts/build-web.sh

check:
	@scripts/check.sh

test:
	@scripts/test.sh

bench:
	@scripts/bench.sh $(ARGS)
