# SPDX-License-Identifier: GPL-2.0-or-later
# Storms of faults with the daemon running: what luwatch counted, for tests/storm/run to hold against
# what the emulated unit latched. Each part has devices of its own, because the emulator's trace
# knows devices, not parts. STORM: faults of each part; PARTS: which;
# MIXED: doorbells of the part with slow devices; RESTARTS_S: how long the part with restarts takes
# at least; it goes on until they are done.
# All this while the kernel is watched that a hand-over started: its last word knows what was not seen.
# machine: --timeout 900 --qemu=-device --qemu=e1000,bus=pcie.0,addr=10.0
# machine: --qemu=-device --qemu=e1000,bus=pcie.0,addr=11.0 --qemu=-device --qemu=e1000,bus=pcie.0,addr=12.0
# machine: --qemu=-device --qemu=e1000,bus=pcie.0,addr=13.0 --qemu=-device --qemu=e1000,bus=pcie.0,addr=14.0
# machine: --qemu=-device --qemu=e1000,bus=pcie.0,addr=15.0

FOUR="0000:00:11.0 0000:00:12.0 0000:00:13.0 0000:00:14.0"
# A doorbell's fault comes while the processor rings it; those of edu devices come at any moment.
SLOW="0000:00:03.0 0000:00:04.0 0000:01:00.0"

# scraped: the daemon's metrics are in /tmp/metrics. (The static wget looks names up and crashes.)
scraped() {
	printf 'GET /metrics HTTP/1.0\r\n\r\n' | nc -w 10 127.0.0.1 9851 >/tmp/metrics &&
		grep -q ^luwatch_build_info /tmp/metrics
}
start_daemon() {
	luwatch run >>/tmp/daemon 2>&1 &
	daemon=$!
	wait_for 60 scraped || fail daemon-starts "$(tail -n 3 /tmp/daemon)"
}

# memory FIELD: of the daemon, in kB.
memory() { awk "/^$1:/ { print \$2 }" /proc/$daemon/status; }
loss() { sed -n "s/^luwatch_losses_total{kind=\"$1\"} //p" /tmp/metrics; }
log_lines() { kernel_log 'DMAR: \[(DMA|INTR)' | wc -l; }

# metrics_of RID: what the daemon says about a device.
metrics_of() { awk "/^luwatch_device_faults_total.rid=\"$1\"/ { n += \$2 } END { print n + 0 }" /tmp/metrics; }
agrees() { scraped && [ "$(metrics_of "$1")" = "$(faults_counted "$1")" ]; }

# start_storm PART DELAY_US RID…: all devices at once; the faults are shared out.
start_storm() {
	until=
	[ "$1" != restarts ] || until=/tmp/disturbed
	[ "$1" != mixed ] || for rid in $SLOW; do
		edu-dma $rid 0x100000 100000 >/tmp/storm.$rid &
		slow="$slow $!"
	done
	delay=$2
	shift 2
	for rid in "$@"; do
		e1000-storm "$rid" $((STORM / $#)) "$delay" $until >/tmp/storm."$rid" &
		storms="$storms $!"
	done
}

# storm PART DELAY_US RID…: a storm, and what was counted of it.
storm() {
	part=$1
	lines=$(log_lines)
	scraped
	unseen=$(loss faults_unseen)
	overflows=$(loss fault_overflows)
	[ "$part" = restarts ] || { echo 5 >/proc/$daemon/clear_refs; rss=$(memory VmRSS); }
	storms=
	slow=
	start_storm "$@"
	shift 2
	[ "$part" != restarts ] || disturb
	wait $storms
	[ -z "$slow" ] || { kill $slow; sleep 1; set -- "$@" $SLOW; }
	for rid in "$@"; do
		note "$rid $(cat /tmp/storm."$rid")"
		wait_for 20 agrees "$rid" && pass "$part-metrics-${rid#*:*:}" ||
			fail "$part-metrics-${rid#*:*:}" "/metrics $(metrics_of "$rid"), counted $(faults_counted "$rid")"
		echo "STORM $part rid=$rid counted=$(faults_counted "$rid")"
	done
	echo "STORM $part unseen=$(($(loss faults_unseen) - unseen)) overflows=$(($(loss fault_overflows) - overflows))" \
		"lost=$(loss faults_lost) lines=$(($(log_lines) - lines))"
	[ "$part" = restarts ] || echo "STORM $part rss=$rss peak=$(memory VmHWM)"
}

# During a storm: the daemon stops in order, dies, and comes back, each while faults are counted.
disturb() {
	for signal in TERM KILL; do
		sleep 1
		before=$(faults_counted)
		kill -$signal $daemon
		wait $daemon
		sleep 1
		[ "$(faults_counted)" -gt "$before" ] && pass "counted-without-daemon-$signal" ||
			fail "counted-without-daemon-$signal" "$before before, $(faults_counted) now"
		start_daemon
	done
	touch /tmp/disturbed
}

# last_word: the watch period ends now.
final() { luwatch report --json >$REPORT 2>/dev/null; jq -e .final $REPORT >/dev/null; }
last_word() {
	scraped
	hidden=$(($(loss faults_unseen) + $(loss fault_overflows) + $(loss faults_lost)))
	printf '[watch]\nperiod = 10s\n' >/etc/luwatch/luwatch.conf
	kill -HUP $daemon
	wait_for 60 final || fail last-word "$(tail -n 3 /tmp/daemon)"
	note "last word: $(jq -c '[.verdict, .headline, .invariants.I10]' $REPORT), $hidden times faults hidden"
	if [ "$hidden" = 0 ]; then
		skip last-word-incomplete "no fault was hidden in this storm"
	else
		json last-word-incomplete '.verdict == "incomplete" and answer("I10") == "unknown" and
			(.invariants.I10.reason | test("lost or not seen while it watched"))'
	fi
}

hop_0() {
	expect arm 0 luwatch arm
	ready
	exec_kexec
}

hop_1() {
	start_daemon
	sleep 3
	for one in $PARTS; do
		case $one in
		one) storm one 0 0000:00:08.0 ;;
		restarts) storm restarts $((RESTARTS_S * 1000000 / STORM)) 0000:00:10.0 ;;
		four) storm four 0 $FOUR ;;
		mixed) STORM=$MIXED storm mixed 0 0000:00:15.0 ;;
		esac
	done
	series=$(grep -vc '^#' /tmp/metrics)
	[ "$series" -le "$SERIES" ] && pass series || fail series "$series"
	echo "STORM host series=$series"
	kill -0 $daemon && pass daemon-lives || fail daemon-lives "$(tail -n 3 /tmp/daemon)"
	last_word
	sed 's/^/# daemon: /' /tmp/daemon | tail -n 20
}
