# SPDX-License-Identifier: GPL-2.0-or-later
# What a fault costs with each watcher (tests/bench/fault). Guest time is instructions there, 1 ns each.

FAULTS=20000
TRACING=/sys/kernel/tracing

# cost ROW: instructions between two doorbells, each of which makes one fault.
cost() {
	e1000-storm 0000:00:08.0 1000 >/tmp/storm
	echo "BENCH fault $1 $(e1000-storm 0000:00:08.0 $FAULTS | awk -v n=$FAULTS '{ print int($4 * 1e9 / n) }')"
}
# in_background FILE COMMAND...: goes on when it says "ready".
in_background() {
	said=$1
	shift
	"$@" >"$said" 2>&1 &
	background=$!
	wait_for 300 grep -q ready "$said" || fail "$1" "$(tail -n 3 "$said")"
	sleep 2
}
end() { kill $background; wait $background; sleep 2; }

hop_0() {
	[ -d $TRACING/events ] || mount -t tracefs tracefs $TRACING
	cost nothing
	in_background /tmp/empty attach /fault.bpf.o
	cost empty
	end
	echo 'p:bench/fault dmar_fault' >$TRACING/kprobe_events || fail kprobe "refused"
	echo 1 >$TRACING/events/bench/enable
	cost kprobe
	echo 0 >$TRACING/events/bench/enable
	echo >$TRACING/kprobe_events
	echo dmar_fault >$TRACING/set_graph_function && echo function_graph >$TRACING/current_tracer ||
		fail graph "refused"
	cost graph
	echo nop >$TRACING/current_tracer
	echo >$TRACING/set_graph_function
	in_background /tmp/bpftrace bpftrace /fault.bt
	cost bpftrace
	end
	grep -q '^@faults' /tmp/bpftrace || fail bpftrace "$(tail -n 3 /tmp/bpftrace)"
	luwatch arm >/tmp/arm 2>&1 || fail arm "$(tail -n 3 /tmp/arm)"
	cost luwatch
	luwatch run >/tmp/daemon 2>&1 &
	background=$!
	sleep 120
	cost luwatchd
	end
	luwatch disarm
	pass fault
}
