# SPDX-License-Identifier: GPL-2.0-or-later
# luwatch: flight recorder of the VT-d hand-over in a kexec live update. `make help` lists targets.

VERSION  := 0.1.0
PREFIX   ?= /usr
SBINDIR  ?= $(PREFIX)/sbin
DATADIR  ?= $(PREFIX)/share/luwatch
UNITDIR  ?= $(PREFIX)/lib/systemd/system
# Where zsh looks for what packages bring.
ZSHDIR   ?= $(PREFIX)/share/zsh/$(if $(wildcard /etc/debian_version),vendor-completions,site-functions)
CC       ?= gcc
CLANG    ?= clang
BPFTOOL  ?= $(shell PATH="$$PATH:/usr/sbin:/sbin" command -v bpftool || echo bpftool)
B        := build

# Debian packages by name; `make deps` installs what is missing.
BUILD_DEPS := gcc clang llvm make pkg-config libbpf-dev bpftool libelf-dev zlib1g-dev \
	libarchive-dev libjansson-dev libpci-dev pci.ids libsystemd-dev libmicrohttpd-dev libinih-dev libsodium-dev scdoc
DEB_DEPS   := build-essential debhelper dpkg-dev fakeroot libcmocka-dev lintian
RPM_DEPS   := rpm rpmlint minisign binutils
TEST_DEPS  := libcmocka-dev libclang-rt-dev python3 python3-jsonschema python3-nacl python3-matplotlib valgrind qemu-system-x86 busybox-static \
	cpio kmod kexec-tools e2fsprogs xz-utils zstd jq strace systemd-journal-remote bash-completion zsh fish man-db \
	prometheus prometheus-alertmanager postgresql rsyslog rsyslog-relp python3-psycopg2 \
	mmdebstrap genext2fs ovmf systemd-container bc bison flex patch $(DEB_DEPS) $(RPM_DEPS) \
	--if-offered clang-16 clang-17 clang-19

CFLAGS   ?= -O2 -g
WARN     := -Wall -Wextra -Werror -Wno-unused-parameter -Wstrict-prototypes -Wpointer-arith -Wno-format-truncation -Wno-clobbered
CPPFLAGS += -D_GNU_SOURCE -DLW_VERSION='"$(VERSION)"' -Iuser -Iinclude -I$(B)
LIBS     := $(shell pkg-config --libs libbpf jansson libpci libsystemd libmicrohttpd inih libsodium 2>/dev/null) -lelf -lz
BPFFLAGS := -g -O2 -ffile-prefix-map=$(CURDIR)=. -target bpf -mcpu=v3 -D__TARGET_ARCH_x86 -Iinclude -Ibpf \
	-I/usr/include/$(shell uname -m)-linux-gnu -Wall -Werror -Wno-unused-function

SOURCES  := $(wildcard user/*/*.c)
OBJECTS  := $(SOURCES:%.c=$(B)/%.o)
BPF      := luwatch inspect
# Of every JSON that a command prints; that of a report is made with the words of user/words.
SCHEMAS  := $(filter-out user/report/report.schema.json,$(wildcard user/*/*.schema.json))
COMPLETION := $(addprefix $(B)/luwatch.,bash zsh fish)
SKELS    := $(BPF:%=$(B)/%.skel.h)
TESTS    := $(patsubst tests/unit/%.c,$(B)/tests/%,$(wildcard tests/unit/test_$(T)*.c))
seams     = $(shell sed -n 's/^SEAM.[^,]*, \([a-z_]*\),.*/\1/p' $(1))
comma    := ,
TESTLIB  := $(patsubst %.c,$(B)/%.o,$(filter-out $(wildcard tests/unit/test_*.c),$(wildcard tests/unit/*.c)))

.PHONY: all help deps test-deps install man deb rpm release clean check check-all unit sanitized fuzz fuzzers lukernel vm vm-systemd demo \
	verification mutant fleet storm alert-demo bench
.DEFAULT_GOAL := all

all: $(B)/luwatch ## build the agent and its BPF objects

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 14

deps: ## install the Debian packages that building needs
	@tests/packages $(BUILD_DEPS)

test-deps: deps
	@tests/packages $(TEST_DEPS)

$(B)/luwatch: $(B)/user/main.o $(B)/libluwatch.a
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LIBS)

# Writes man pages and completion from the agent's own tables.
$(B)/manual: $(B)/user/manual.o $(B)/libluwatch.a
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LIBS)

$(B)/luwatch.bash: $(B)/manual user/manual/completion.bash
	{ cat user/manual/completion.bash && $(B)/manual completion; } >$@.tmp
	mv $@.tmp $@

$(B)/luwatch.zsh: $(B)/manual user/manual/completion.zsh
	{ cat user/manual/completion.zsh && $(B)/manual completion && echo '_luwatch "$$@"'; } >$@.tmp
	mv $@.tmp $@

$(B)/luwatch.fish: $(B)/manual user/manual/completion.fish user/manual/completion.sed
	{ cat user/manual/completion.fish && $(B)/manual completion | sed -f user/manual/completion.sed; } >$@.tmp
	mv $@.tmp $@

# The schema with the words of user/words.
$(B)/report.schema.json: $(B)/manual user/report/report.schema.json
	$(B)/manual schema user/report/report.schema.json >$@.tmp
	mv $@.tmp $@

man: $(B)/man/made ## the man pages, in build/man

$(B)/man/made: $(B)/manual $(wildcard docs/man/*) user/report/report.schema.json
	rm -rf $(@D)
	mkdir -p $(@D)
	$(B)/manual pages $(@D) docs/man user/report/report.schema.json
	cd $(@D) && for page in *.scd; do scdoc <"$$page" >"$${page%.scd}" || exit 1; done
	rm $(@D)/*.scd
	touch $@

$(B)/libluwatch.a: $(OBJECTS)
	rm -f $@
	ar rcs $@ $^

$(B)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) -std=gnu17 $(CPPFLAGS) $(CFLAGS) $(WARN) -MMD -MP -c -o $@ $<

# What the assembler takes in, no .d file knows.
$(B)/user/command/topics.o: docs/alerts.md
$(B)/user/page/embed.o: $(wildcard user/page/*)

# Made before anything is compiled; which object includes which, the .d files know.
$(OBJECTS) $(patsubst %.c,$(B)/%.o,$(wildcard tests/unit/*.c)): | $(SKELS)

$(B)/%.bpf.o: bpf/%.bpf.c $(wildcard bpf/*.h include/luwatch/*.h)
	@mkdir -p $(@D)
	$(CLANG) $(BPFFLAGS) -c -o $@ $<

$(B)/%.skel.h: $(B)/%.bpf.o
	$(BPFTOOL) gen skeleton $< > $@.tmp
	mv $@.tmp $@

# Where a test answers in place of a function, it has SEAM(type, function, …).
$(B)/tests/%: $(B)/tests/unit/%.o $(TESTLIB) $(B)/libluwatch.a
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) -o $@ $^ $(patsubst %,-Wl$(comma)--wrap=%,$(call seams,tests/unit/$*.c)) $(LIBS) -lcmocka

install: all man $(COMPLETION) $(B)/report.schema.json ## install below DESTDIR and PREFIX
	install -D -m 0755 $(B)/luwatch $(DESTDIR)$(SBINDIR)/luwatch
	install -D -m 0644 -t $(DESTDIR)$(DATADIR) $(B)/report.schema.json $(SCHEMAS)
	install -D -m 0644 -t $(DESTDIR)$(UNITDIR) systemd/*.service
	install -D -m 0644 systemd/luwatch.sysusers $(DESTDIR)$(PREFIX)/lib/sysusers.d/luwatch.conf
	install -D -m 0644 systemd/luwatch.tmpfiles $(DESTDIR)$(PREFIX)/lib/tmpfiles.d/luwatch.conf
	install -D -m 0644 -t $(DESTDIR)$(PREFIX)/share/man/man5 $(B)/man/*.5
	install -D -m 0644 -t $(DESTDIR)$(PREFIX)/share/man/man8 $(B)/man/*.8
	install -D -m 0644 $(B)/luwatch.bash $(DESTDIR)$(PREFIX)/share/bash-completion/completions/luwatch
	install -D -m 0644 $(B)/luwatch.zsh $(DESTDIR)$(ZSHDIR)/_luwatch
	install -D -m 0644 -t $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d $(B)/luwatch.fish
	install -D -m 0644 -t $(DESTDIR)$(PREFIX)/lib/systemd/catalog systemd/luwatch.catalog
	install -D -m 0644 -t $(DESTDIR)/etc/default/kexec.d contrib/kexec-tools/luwatch
	install -d $(DESTDIR)/etc/luwatch/conf.d
	[ -e $(DESTDIR)/etc/luwatch/luwatch.conf ] || \
		install -D -m 0644 -t $(DESTDIR)/etc/luwatch systemd/luwatch.conf

deb: ## the Debian package, in build/deb; VERSION=… for another one
	@tests/packages $(BUILD_DEPS) $(DEB_DEPS)
	@debian/build $(VERSION) $(B)/deb

rpm: ## the RPM package, in build/rpm
	@tests/packages $(BUILD_DEPS) $(RPM_DEPS)
	@SOURCE_DATE_EPOCH=$${SOURCE_DATE_EPOCH:-$$(git log -1 --format=%ct 2>/dev/null || date +%s)} \
		contrib/release/archive $(VERSION) $(B)/rpm/luwatch-$(VERSION).tar.gz
	@contrib/rpm/build $(VERSION) $(B)/rpm/luwatch-$(VERSION).tar.gz $(B)/rpm

release: ## archive, packages, SBOM, SHA256SUMS in build/release; KEY=… signs them (docs/release.md)
	@tests/packages $(BUILD_DEPS) $(DEB_DEPS) $(RPM_DEPS)
	@contrib/release/build $(VERSION) $(or $(RELEASE),$(B)/release) $(KEY)

check: test-deps ## build, then run every test but the long ones
	@MAKE='$(MAKE)' tests/check

check-all: test-deps ## also the long ones
	@MAKE='$(MAKE)' tests/check --all

unit: $(TESTS) ## build and run the unit tests; T=judge those of one room of user/
	@tests/run-unit $(or $(LABEL),unit) $(TESTS)

sanitized: ## the unit tests with ASan and UBSan
	@$(MAKE) B=$(B)/sanitized LABEL=unit-sanitized WARN= \
		CFLAGS='-O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all' unit

fuzz: ## fuzz every parser for FUZZ_SECONDS (20) each
	@$(MAKE) B=$(B)/fuzz CC=clang WARN=-w CFLAGS='-O1 -g \
		-fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=undefined' fuzzers
	@tests/run-fuzz $(or $(FUZZ_SECONDS),20) $(B)/fuzz

$(B)/tests/fuzz/%.o: CPPFLAGS += -Itests/unit

fuzzers: $(patsubst tests/fuzz/%.c,$(B)/%,$(wildcard tests/fuzz/*.c))

$(B)/fuzz_%: $(B)/tests/fuzz/fuzz_%.o $(TESTLIB) $(B)/libluwatch.a
	$(CC) $(subst fuzzer-no-link,fuzzer,$(CFLAGS)) -o $@ $^ $(LIBS) -lcmocka

$(B)/seed_%: $(B)/tests/fuzz/seed_%.o $(TESTLIB) $(B)/libluwatch.a
	$(CC) $(CFLAGS) -o $@ $^ $(LIBS) -lcmocka

demo: test-deps ## one hand-over in the test machine and its report; MUTANT=skip-clear:RID breaks it
	@$(MAKE) -s all
	@tests/demo $(MUTANT)

lukernel: test-deps ## build the two kernels with live update (19 minutes of processor time, once)
	@tests/vm/kernels lu lu-old

vm: test-deps ## a root shell in the test machine; KERNEL=6.1|6.12|7|lu, MUTANT=…
	@$(MAKE) -s all
	@tests/demo --shell $(MUTANT)

storm: test-deps ## N (100000) faults in the test machine: latched, counted, lines in the kernel log
	@$(MAKE) -s all
	@tests/storm/run $(N:%=--faults %) $(KERNEL:%=--kernel %)

alert-demo: test-deps ## a fault in the test machine, and the alert as a webhook receives it
	@$(MAKE) -s all
	@tests/prometheus/live_machine.py --show $(B)/luwatch

bench: test-deps bench-tools ## what luwatch costs, into docs/performance.md, goes on where it stopped; ROW="pages trace" of the blackout alone
	@tests/packages bpftrace time
	@$(MAKE) -s all
ifeq ($(ROW),)
	@tests/bench/all $(KERNEL:%=--kernel %) $(STEP)
else
	@tests/bench/shutdown.py $(KERNEL:%=--kernel %) --csv $(B)/blackout.csv $(ROW)
endif

vm-systemd: test-deps ## Debian with luwatch's package: a login after one hand-over
	@$(MAKE) -s all
	@tests/systemd/run --login

fleet: test-deps ## a night of HOSTS (10000) hosts against rsyslog, PostgreSQL and Prometheus; BAD=host000007 breaks one
	@tests/fleet/simulate --hosts $(or $(HOSTS),10000) $(BAD:%=--bad %)

verification: ## docs/verification.md from the logs of the mutants' runs
	@tests/mutants/run --document

mutant: test-deps ## break a promise on purpose; M=NAME (all without), KERNEL=6.1|6.12, MODE=legacy|scalable
	@tests/mutants/run $(KERNEL:%=--kernel %) $(MODE:%=--mode %) $(M)

# What the built agent promises; tests/compatibility/run holds it against the recorded lists.
$(B)/tests/compatibility/facts: $(B)/tests/compatibility/facts.o $(B)/libluwatch.a
	$(CC) $(CFLAGS) -o $@ $^ $(LIBS)

# Judges saved evidence without some of the checks.
$(B)/tests/mutants/judge: $(B)/tests/mutants/judge.o $(B)/libluwatch.a
	$(CC) $(CFLAGS) -o $@ $^ $(LIBS)

# Random hand-overs, right and with one mistake (tests/property/run).
PROPERTY := $(patsubst %.c,$(B)/%.o,$(wildcard tests/property/*.c))

$(B)/property: $(PROPERTY) $(filter $(B)/tests/unit/synth%,$(TESTLIB)) $(B)/libluwatch.a
	$(CC) $(CFLAGS) -o $@ $^ $(LIBS)

# A machine of boots (tests/history/run): collect's real code, the machine behind --wrap.
HISTORY := $(patsubst %.c,$(B)/%.o,$(wildcard tests/history/*.c))
SEAMS := $(call seams,tests/history/seams.c) open lw_carriers

$(B)/history: $(HISTORY) $(B)/tests/property/dice.o $(filter $(B)/tests/unit/synth%,$(TESTLIB)) \
		$(B)/libluwatch.a
	$(CC) $(CFLAGS) -o $@ $^ $(SEAMS:%=-Wl,--wrap=%) $(LIBS)

# The walk of bpf/ over tables in a map, against its model (tests/walk/run).
$(B)/tests/walk/walk.bpf.o: tests/walk/walk.bpf.c $(wildcard bpf/*.h include/luwatch/*.h)
	@mkdir -p $(@D)
	$(CLANG) $(BPFFLAGS) -c -o $@ $<

$(B)/tests/walk/%.o: CPPFLAGS += -I$(B)/tests/walk
$(B)/tests/walk/bench.o: | $(B)/tests/walk/walk.skel.h

$(B)/walk: $(patsubst %.c,$(B)/%.o,tests/walk/main.c tests/walk/bench.c tests/walk/compare.c \
			tests/walk/written.c) \
		$(filter-out %/main.o,$(PROPERTY)) $(filter $(B)/tests/unit/synth%,$(TESTLIB)) \
		$(B)/libluwatch.a
	$(CC) $(CFLAGS) -o $@ $^ $(LIBS)

$(B)/tests/bench/walk: $(patsubst %.c,$(B)/%.o,tests/bench/walk.c tests/walk/bench.c) \
		$(filter $(B)/tests/unit/synth%,$(TESTLIB)) $(B)/libluwatch.a
	$(CC) $(CFLAGS) -o $@ $^ $(LIBS)

# Counts the guest's instructions; loaded by the emulator (tests/bench/shutdown.py).
.PHONY: bench-tools
bench-tools: $(addprefix $(B)/tests/bench/,count.so attach programs look read.bpf.o \
		fault.bpf.o walk) $(B)/tests/walk/walk.bpf.o

# The version of the plugin interface: QEMU 9 no longer takes the first.
$(B)/tests/bench/count.so: tests/bench/count.c
	@mkdir -p $(@D)
	$(CC) -std=gnu17 $(CFLAGS) $(WARN) -fPIC -shared -o $@ $< -DPLUGIN_VERSION=$(shell \
		qemu-system-x86_64 --version | sed -n 's/.* version \([0-9]*\).*/\1/p' | awk '{ print $$1 < 9 ? 1 : 2 }')

$(B)/tests/bench/attach $(B)/tests/bench/programs: %: %.o
	$(CC) $(CFLAGS) -o $@ $< $(LIBS)

# What the verifier says of programs that it takes (tests/objects/run).
$(B)/tests/objects/verifier.so: tests/objects/verifier.c
	@mkdir -p $(@D)
	$(CC) -std=gnu17 -D_GNU_SOURCE $(CFLAGS) $(WARN) -fPIC -shared -o $@ $<

# User space: from evidence to report, logs of any length (tests/bench/user).
.PHONY: bench-user-tools
bench-user-tools: $(B)/tests/bench/judge $(B)/tests/bench/records

$(B)/tests/bench/records $(B)/tests/bench/look: %: %.o $(B)/libluwatch.a
	$(CC) $(CFLAGS) -o $@ $^ $(LIBS)

$(B)/tests/bench/judge: %: %.o $(B)/tests/bench/forged.o $(filter $(B)/tests/unit/synth%,$(TESTLIB)) $(B)/libluwatch.a
	$(CC) $(CFLAGS) -o $@ $^ $(LIBS)

$(B)/tests/bench/%.bpf.o: tests/bench/%.bpf.c $(wildcard bpf/*.h include/luwatch/*.h)
	@mkdir -p $(@D)
	$(CLANG) $(BPFFLAGS) -c -o $@ $<

clean: ## remove what was built (downloaded kernels stay in their cache)
	rm -rf $(B)

.PRECIOUS: $(B)/%.o $(B)/%.bpf.o $(B)/%.skel.h
-include $(shell find $(B) -type f -name '*.d' 2>/dev/null)
