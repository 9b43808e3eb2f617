# SPDX-License-Identifier: GPL-2.0-or-later
# What the daemon costs: wake-ups of an hour at rest, memory, and instructions for each fault. Guest
# time is instructions (1 ns each), and an idle guest's clock jumps to its next timer. FAULTS: of each
# storm that is measured.
# machine: --timeout 900 --icount 0,sleep=off --append nohz=on

HOUR=3600
STEP=300
FAULTS=${FAULTS:-20000}

listening() { grep -q ':267B 00000000:0000 0A' /proc/net/tcp; }
# start [VARIABLE=VALUE]: the daemon, and time for everything that follows a start.
start() {
	env "$@" luwatch run >>/tmp/daemon 2>&1 &
	daemon=$!
	wait_for 120 listening || fail start "$(tail -n 3 /tmp/daemon)"
	sleep 120
}
stop() { kill $daemon; wait $daemon; }

wakeups() { cat /proc/$daemon/task/*/status | awk '/^voluntary_ctxt_switches/ { n += $2 } END { print n }'; }
memory() { awk '/^VmRSS/ { print $2 }' /proc/$daemon/status; }
# rest NAME EXPECTED: switches to the daemon in an hour. To look does not wake it.
rest() {
	before=$(wakeups)
	passed=0
	while [ $passed -lt $HOUR ]; do
		sleep $STEP
		passed=$((passed + STEP))
		woken=$(($(wakeups) - before))
		echo "BENCH sample watchdog=$1 seconds=$passed wakeups=$woken rss=$(memory)"
	done
	echo "BENCH rest watchdog=$1 seconds=$HOUR wakeups=$woken"
	[ $woken -le "$2" ] && pass "rest-watchdog-$1" || fail "rest-watchdog-$1" "$woken wake-ups in an hour, not $2"
}

# program NAME: runs and instructions of a BPF program so far.
program() { bpftool -j prog show | jq -r ".[] | select(.name == \"$1\") | \"\(.run_cnt // 0) \(.run_time_ns // 0)\""; }
per_run() { echo "$1 $2" | awk '{ print ($3 > $1) ? int(($4 - $2) / ($3 - $1)) : 0 }'; }
storm() { e1000-storm 0000:00:08.0 $FAULTS | awk -v n=$FAULTS '{ print int($4 * 1e9 / n) }'; }

hop_0() {
	e1000-storm 0000:00:08.0 1000 >/tmp/storm
	bare=$(storm)
	start WATCHDOG=off
	rest off 0
	echo "BENCH memory rss=$(memory)"
	stop
	start WATCHDOG_USEC=60000000
	rest 60s $((HOUR / 30))
	stop
	armed=$(storm)
	echo 1 >/proc/sys/kernel/bpf_stats_enabled
	entry=$(program fe_dmar_fault)
	exit=$(program fx_dmar_fault)
	storm >/dev/null
	echo "BENCH fault bare=$bare armed=$armed entry=$(per_run "$entry" "$(program fe_dmar_fault)")" \
		"exit=$(per_run "$exit" "$(program fx_dmar_fault)")"
	pass cost
}
