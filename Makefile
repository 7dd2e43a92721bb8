# memtop: build, test, install. `make help` lists what there is.
PREFIX  ?= /usr/local
DESTDIR ?=
# Packages put these elsewhere, as their distribution wants it.
UNITDIR ?= $(PREFIX)/lib/systemd/system
ZSHDIR  ?= $(PREFIX)/share/zsh/site-functions
SWIFT   ?= swift

# What a fresh Debian 12 lacks beside Swift itself.
BUILD_PACKAGES = git gcc libc6-dev libstdc++-12-dev libncurses-dev libsqlite3-dev libxen-dev libinih-dev libevent-dev
LINT_PACKAGES  = shellcheck mandoc
# What the tests are built with: a terminal emulator.
QUICK_PACKAGES = $(BUILD_PACKAGES) libvterm-dev
TEST_PACKAGES  = $(QUICK_PACKAGES) tmux python3 openssh-server iproute2 procps prometheus prometheus-alertmanager sqlite3 e2fsprogs
BENCH_PACKAGES = $(TEST_PACKAGES) atop
# What makes packages, and what tests them.
DEB_PACKAGES   = debhelper
RPM_PACKAGES   = rpm
CHECK_PACKAGES = $(DEB_PACKAGES) $(RPM_PACKAGES) lintian debootstrap

# Package.swift is stricter and quicker for us than for those who depend on its libraries.
export MEMTOP_MAKE = 1
# Made for glibc 2.17, the oldest that a supported dom0 has (XCP-ng 8.3). At a fixed address nothing is
# relocated at the start, and nothing is looked up beside the program, nor in it by others. Functions of
# the same code are one (half a megabyte, most of it Swift's library): none of ours is told from another
# by its address. Nothing unwinds a stack while it runs: the index for that is left out (debuggers do without).
RELEASE = -c release -Xswiftc -enforce-exclusivity=unchecked --static-swift-stdlib --disable-local-rpath \
  $(addprefix -Xlinker ,-L$(STATIC) --icf=all --no-eh-frame-hdr --no-export-dynamic --allow-shlib-undefined --wrap=__libc_start_main $(STATIC)/shims.o) \
  $(addprefix -Xswiftc ,-use-ld=lld -Xclang-linker -no-pie) $(ORDERED)
STRIPPED = -Xlinker -s
# Functions that are run are laid side by side, where `make link-order` has listed them: a megabyte
# less of the program's text in memory.
LINK_ORDER = $(CURDIR)/.build/link-order
ORDERED = $(if $(wildcard $(LINK_ORDER)),-Xswiftc -Xfrontend -Xswiftc -function-sections \
  -Xlinker --no-warn-symbol-ordering -Xlinker --symbol-ordering-file=$(LINK_ORDER))
# Where the linker finds libraries as archives, so that a dom0 needs none of them. Of libstdc++ 80 KB
# are needed, and its thousands of symbols, looked up each time, would be a quarter of the start.
STATIC  = $(CURDIR)/.build/static
ARCHIVES = stdc++ sqlite3 inih ncursesw tinfo event_core event_extra
BINARY  = .build/release/memtop
SHELL_FILES = $(shell grep -rlE '^\#!(/usr/bin/env bash|/bin/(ba)?sh)' .ci agent docs packaging Tests 2>/dev/null)
# Those of dom0; the agent's comes with the agent.
MAN_PAGES = $(filter-out man/memtop-agent.8,$(wildcard man/*.[1-9]))
UNITS = $(wildcard systemd/*.service)
EXAMPLEDIR = $(PREFIX)/share/doc/memtop/examples
C_FILES = $(wildcard Sources/*/*.c Tests/Terminal/*/*.c Tests/Valgrind/*.c Tests/Fuzz/*/*.c)

.PHONY: help demo build release test quick-test sanitize valgrind fuzz lab lab-long lab-proof power-loss bench endurance lint install install-agent uninstall man link-order readme-screens clean
.PHONY: deb rpm package-test old-host-test deb-packages rpm-packages check-packages
.PHONY: swift-check build-packages quick-packages test-packages bench-packages lint-packages

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-15s %s\n", $$1, $$2 }' Makefile

demo: build ## build, and open the dashboard on the simulated host
	@$(BINARY) --demo

build: swift-check build-packages $(STATIC)/archives ## the release binary, .build/release/memtop
	$(SWIFT) build $(RELEASE) $(STRIPPED) --product memtop

$(STATIC)/archives: Makefile $(wildcard packaging/old-glibc/*)
	@mkdir -p $(@D)
	packaging/old-glibc/stubs $(STATIC)
	gcc -std=gnu11 -O2 -Wall -Wextra -Werror -fPIC -fno-stack-protector -c packaging/old-glibc/shims.c \
	  -o $(STATIC)/shims.o
	@for name in $(ARCHIVES); do \
	  echo "INPUT($$(gcc -print-file-name=lib$$name.a) -lm)" > $(@D)/lib$$name.so || exit; done
	@touch $@

release: ## the release binary as it is packaged: built, profiled with valgrind, and laid out by that
	rm -f $(LINK_ORDER)
	$(MAKE) link-order build

test: swift-check test-packages check-packages ## every test, packages and a real Xen in QEMU among them
	SWIFT="$(SWIFT)" .ci/test

quick-test: swift-check quick-packages ## the tests that need no emulator
	$(SWIFT) test --skip XenLab

# The address sanitizer also sees the C that calls Xen's libraries, with a real xenstored. The agent's tests
# run a shell script, which it cannot see; EnduranceTests measure memory, and it keeps what was freed.
sanitize: swift-check quick-packages ## the fast tests with the address sanitizer, then the thread sanitizer
	MEMTOP_TESTS="$(SANITIZED) XenStoreTests" ASAN_OPTIONS=suppressions=$(CURDIR)/.ci/sanitize/address \
	  LSAN_OPTIONS=suppressions=$(CURDIR)/.ci/sanitize/leak \
	  $(SWIFT) test --sanitize address --scratch-path .build/sanitize-address --skip '/Agent|EnduranceTests'
	MEMTOP_TESTS="$(SANITIZED)" $(SWIFT) test --sanitize thread --scratch-path .build/sanitize-thread
SANITIZED = MemtopConfTests MemtopCoreTests MemtopUITests

valgrind: quick-packages ## the C that calls Xen's libraries, with every way in which it fails, under valgrind
	@.ci/packages valgrind
	Tests/Valgrind/run

fuzz: swift-check quick-packages ## libFuzzer on each parser of foreign bytes, FUZZ_SECONDS=60 each; finds go to .build/fuzz
	SWIFT="$(SWIFT)" .ci/fuzz "$(or $(FUZZ_SECONDS),60)"
	MEMTOP_FUZZ="$(or $(FUZZ_SECONDS),60)" MEMTOP_TESTS=MemtopRecordingTests $(SWIFT) test --filter ForeignFileTests/fuzz

lab: build test-packages ## boot a real Xen in QEMU and give a shell in its dom0
	Tests/XenLab/lab shell

lab-long: build test-packages power-loss ## the slow proofs on a real Xen, and of power that fails
	MEMTOP_LAB_LONG=1 $(SWIFT) test --filter XenLab

lab-proof: build test-packages ## the tests of PVH guests 20 times; RUNS=3 LAB_TESTS=XenLab: all of them
	SWIFT="$(SWIFT)" .ci/lab-proof "$(or $(RUNS),20)" $(if $(LAB_TESTS),"$(LAB_TESTS)")

power-loss: swift-check test-packages ## power is cut 60 times while a recording is written
	$(SWIFT) build --product record-probe
	Tests/PowerLoss/run 60

bench: build bench-packages ## the figures of BENCHMARKS.md, as ratios taken in one run
	$(SWIFT) build $(RELEASE) $(STRIPPED) --product record-bench
	$(SWIFT) build $(RELEASE) $(STRIPPED) --product xen-probe
	Tests/Bench/run

endurance: swift-check quick-packages $(STATIC)/archives ## a week of a busy host of 1,000 domains in minutes; DOMAINS= TICKS=604800
	$(SWIFT) build $(RELEASE) --product xen-probe
	Tests/Bench/endurance .build/release/xen-probe $(or $(DOMAINS),1000) $(or $(TICKS),604800)

lint: swift-check quick-packages lint-packages ## formatting and style of Swift, C, shell and man pages
	$(SWIFT) format lint --strict -r Package.swift Sources Tests
	gcc -std=gnu11 -Wall -Wextra -Werror -fsyntax-only $(addprefix -I,$(wildcard Sources/*/include Tests/Terminal/*/include) Sources/XenBridge) $(C_FILES)
	shellcheck $(SHELL_FILES)
	mandoc -T lint -W warning $(wildcard man/*.[1-9])
	.ci/time-limits
	.ci/doc-comments

install: ## into PREFIX (default /usr/local): binary (built if need be), man pages, units, completions, examples
	@test -x $(BINARY) || $(MAKE) build
	install -D -m 755 $(BINARY) $(DESTDIR)$(PREFIX)/sbin/memtop
	for page in $(MAN_PAGES); do \
	  install -D -m 644 $$page $(DESTDIR)$(PREFIX)/share/man/man$${page##*.}/$${page##*/} || exit; done
	install -d $(DESTDIR)$(UNITDIR)
	for unit in $(UNITS); do \
	  sed 's|@SBIN@|$(PREFIX)/sbin|' $$unit > $(DESTDIR)$(UNITDIR)/$${unit##*/} || exit; done
	install -D -m 644 -t $(DESTDIR)$(EXAMPLEDIR) $(wildcard docs/example.*)
	install -D -m 644 -t $(DESTDIR)$(EXAMPLEDIR)/prometheus $(wildcard docs/prometheus/*)
	install -D -m 644 -t $(DESTDIR)$(EXAMPLEDIR)/default \
	  $(patsubst systemd/%.service,packaging/default/%,$(UNITS))
	install -d $(DESTDIR)$(PREFIX)/share/bash-completion/completions \
	  $(DESTDIR)$(ZSHDIR) $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d
	$(BINARY) --generate-completion-script bash > $(DESTDIR)$(PREFIX)/share/bash-completion/completions/memtop
	sed -i '1{/^#!/d}' $(DESTDIR)$(PREFIX)/share/bash-completion/completions/memtop
	$(BINARY) --generate-completion-script zsh > $(DESTDIR)$(ZSHDIR)/_memtop
	$(BINARY) --generate-completion-script fish > $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/memtop.fish

install-agent: ## the guests' agent alone, into PREFIX: script, man page, unit, init scripts
	install -d $(DESTDIR)$(UNITDIR) $(DESTDIR)$(PREFIX)/share/memtop-agent
	install -D -m 755 agent/memtop-agent $(DESTDIR)$(PREFIX)/sbin/memtop-agent
	install -D -m 644 man/memtop-agent.8 $(DESTDIR)$(PREFIX)/share/man/man8/memtop-agent.8
	sed 's|@SBIN@|$(PREFIX)/sbin|' agent/memtop-agent.service \
	  > $(DESTDIR)$(UNITDIR)/memtop-agent.service
	for script in openrc init; do \
	  sed 's|@SBIN@|$(PREFIX)/sbin|' agent/memtop-agent.$$script \
	    > $(DESTDIR)$(PREFIX)/share/memtop-agent/memtop-agent.$$script && \
	  chmod 755 $(DESTDIR)$(PREFIX)/share/memtop-agent/memtop-agent.$$script || exit; done

uninstall: ## what install and install-agent put there
	for page in $(MAN_PAGES); do \
	  rm -f $(DESTDIR)$(PREFIX)/share/man/man$${page##*.}/$${page##*/}; done
	rm -f $(addprefix $(DESTDIR)$(UNITDIR)/,$(notdir $(UNITS)))
	rm -rf $(DESTDIR)$(PREFIX)/share/memtop-agent $(DESTDIR)$(EXAMPLEDIR)
	[ ! -d $(DESTDIR)$(dir $(EXAMPLEDIR)) ] || rmdir --ignore-fail-on-non-empty $(DESTDIR)$(dir $(EXAMPLEDIR))
	rm -f $(DESTDIR)$(PREFIX)/sbin/memtop-agent $(DESTDIR)$(PREFIX)/share/man/man8/memtop-agent.8 \
	  $(DESTDIR)$(UNITDIR)/memtop-agent.service
	rm -f $(DESTDIR)$(PREFIX)/sbin/memtop \
	  $(DESTDIR)$(PREFIX)/share/bash-completion/completions/memtop \
	  $(DESTDIR)$(ZSHDIR)/_memtop \
	  $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/memtop.fish

# ---- Packages of the release binary as it is (built if need be); PACKAGES is where they go.
PACKAGES = .build/packages

deb: deb-packages ## memtop and memtop-agent for Debian and Ubuntu, of the release binary
	@test -x $(BINARY) || $(MAKE) build
	packaging/deb/build $(BINARY) $(PACKAGES)

rpm: rpm-packages ## memtop and memtop-agent for XCP-ng, EL 7 and later, of the release binary
	@test -x $(BINARY) || $(MAKE) build
	packaging/rpm/build $(BINARY) $(PACKAGES)

old-host-test: build test-packages ## the tests that start the program, in Debian 11 with the system calls of Linux 4.19; as root
	SWIFT="$(SWIFT)" Tests/OldHost/run $(BINARY)

package-test: check-packages ## make both, install, upgrade and purge them in Debian 11 and 12; as root
	@test -x $(BINARY) || $(MAKE) build
	Tests/Packages/run $(BINARY)

man: swift-check quick-packages ## regenerate the tables of the man pages
	MEMTOP_RECORD_GOLDEN=1 $(SWIFT) test --filter ManPage

link-order: swift-check build-packages $(STATIC)/archives ## list what a start runs, for the linker
	@.ci/packages valgrind
	$(SWIFT) build $(RELEASE) --product memtop
	Tests/Bench/link-order $(BINARY) > $(LINK_ORDER).new
	mv $(LINK_ORDER).new $(LINK_ORDER)

readme-screens: build test-packages ## regenerate the screens of README.md
	docs/screens $(BINARY) README.md

clean: ## everything that was built or downloaded
	rm -rf .build .build-*

swift-check:
	@.ci/swift-check "$(SWIFT)"

build-packages:
	@.ci/packages $(BUILD_PACKAGES)

quick-packages:
	@.ci/packages $(QUICK_PACKAGES)

test-packages:
	@.ci/packages $(TEST_PACKAGES)

bench-packages:
	@.ci/packages $(BENCH_PACKAGES)

deb-packages:
	@.ci/packages $(DEB_PACKAGES)

rpm-packages:
	@.ci/packages $(RPM_PACKAGES)

check-packages:
	@.ci/packages $(CHECK_PACKAGES)

lint-packages:
	@.ci/packages $(LINT_PACKAGES)
