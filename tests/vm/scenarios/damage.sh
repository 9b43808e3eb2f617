# SPDX-License-Identifier: GPL-2.0-or-later
# Carriers that were wiped, in whole and in part, and evidence that somebody forged or that is of
# another boot: what is missing is named, what is false is counted and not believed.
# machine: --timeout 1200

KEPT="0000:00:03.0 0000:01:00.0"
TRACE=/sys/kernel/tracing/instances/luwatch
PRINTS=/sys/kernel/tracing/events/bpf_trace/bpf_trace_printk/enable
page=4096
record=128
# First page of the log: two baselines of three pages come before it (user/arm/area.c).
log=6

area() { tr ' ' '\n' </proc/cmdline | sed -n 's/^luwatch=//p' | cut -d, -f"$1"; }

# Bytes of /dev/mem in the pages carrier: OFFSET and COUNT in units of SIZE.
wipe() { dd if=/dev/zero of=/dev/mem bs="$1" seek=$(($(area 2) / $1 + $2)) count="$3" 2>/tmp/dd ||
	fail wipe "$(cat /tmp/dd)"; }
wipe_pages() { wipe $page 0 $(($(area 3) / page)); }
save_pages() { dd if=/dev/mem of="$1" bs=$page skip=$(($(area 2) / page)) count=$(($(area 3) / page)) \
	2>/tmp/dd || fail save "$(cat /tmp/dd)"; }
wipe_trace() { echo >$TRACE/trace; }

next() { prepare $KEPT && hand_over; }

# What programs print goes into the common trace buffer, too, only when it did so before.
hop_0() {
	echo 1 >$PRINTS
	luwatch arm >/tmp/arm 2>&1 || fail arm "$(cat /tmp/arm)"
	[ "$(cat $PRINTS)" = 1 ] && pass common-buffer-left || fail common-buffer-left "it no longer gets what is printed"
	luwatch disarm
	echo 0 >$PRINTS
	prepare $KEPT
	[ "$(cat $PRINTS)" = 0 ] && pass records-once || fail records-once "the common buffer gets them, too"
	hand_over
}

hop_1() {
	save_pages /persist/old.bin
	grep -a -o 'LWR1\.[./0-9A-Za-z]*' $TRACE/trace | tail -n 1 >/persist/old.line
	wipe_pages
	wipe_trace
	collect wiped 3
	json wiped-is-named '.verdict == "incomplete" and (reason("I12") | test("wiped") and
		test("pages") and test("trace"))'
	json wiped-accuses-nobody 'with("leaked") == [] and with("lost") == [] and
		all(.invariants[]; .result != "fail")'
	next
}

hop_2() {
	wipe_pages
	collect pages-wiped 0
	json pages-wiped-trace-does 'carrier("pages").records == 0 and answer("I12") == "pass" and
		with("kept") == ["0000:00:03.0", "0000:01:00.0"]'
	next
}

hop_3() {
	wipe_trace
	collect trace-wiped 0
	json trace-wiped-pages-do 'carrier("trace").records == 0 and answer("I12") == "pass"'
	next
}

hop_4() {
	# The first record of a page is the page's own, so this is number 3 of the log.
	wipe $record $((log * page / record + 3)) 1
	wipe_trace
	collect one-record-wiped 3
	json one-record-is-named '.losses.records_missing == 1 and (reason("I12") |
		test("1 records of the log are missing .number 3."))'
	prepare $KEPT
	cat /persist/old.line >$TRACE/trace_marker
	hand_over
}

hop_5() {
	# The last page of the area is not in use: there, records of the first hand-over, all valid.
	dd if=/persist/old.bin of=/dev/mem bs=$page skip=$log count=1 \
		seek=$(($(area 2) / page + $(area 3) / page - 1)) 2>/tmp/dd || fail forge "$(cat /tmp/dd)"
	echo "<0>DMAR: [DMA Read NO_PASID] Request device [00:03.0] fault addr 0x1000" \
		"[fault reason 0x02] Present bit in context entry is clear" >/dev/kmsg
	echo "<6>DMAR: [DMA Write NO_PASID] Request device [01:00.0] fault addr 0x2000" \
		"[fault reason 0x05] PTE Write access is not set" >/dev/kmsg
	collect forged 0
	json forged-records-are-counted 'carrier("pages").wrong_id > 0 and
		carrier("trace").wrong_id > 0 and answer("I12") == "pass"'
	json forged-lines-are-counted '.losses.log_lines_rejected == 2 and .faults == [] and
		.verdict == "clean"'
}
