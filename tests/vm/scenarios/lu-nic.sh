# SPDX-License-Identifier: GPL-2.0-or-later
# Two network adapters whose receive rings the host feeds all the time: before, during and after the kexec.
# One is preserved, and not a frame of it may be missing; of the other the entry is cleared, and from then on
# each frame is blocked. The emulator's trace is the truth: which frame it took when, which faults it latched.
# One that is latched before the next kernel has set up its fault interrupt keeps the unit from raising another: then
# nobody is told of those after it, and the answer may not be clean. Which of the two it was this time, the kernel's
# count of the unit's interrupts says while the frames go on.
# machine: --kernel lu --next lu --no-trace-carrier --timeout 900 --fed 0.5 --fed 1
# machine: --append memmap=2M$0x16000000 --trace e1000x_rx_flt_ucast_match --trace vtd_ir_enable
# count-trace received: ^e1000x_rx_flt_ucast_match .*52:54:00:00:00:10
# expect-trace received-in-the-gap: ^vtd_inv_desc_iotlb_global[^\n]*\n(?:(?!vtd_ir_enable|vtd_inv)[^\n]*\n)*e1000x_rx_flt_ucast_match [^\n]*:10\n
# expect-trace blocked-by-its-entry: ^vtd_frr_new index 0 high 0x[0-9a-f]*0200000088 low
# expect-no-trace not-one-fault: ^vtd_frr_new index 0 high 0x[0-9a-f]*80 low

PRESERVED=0000:00:10.0
CLEARED=0000:00:11.0

ring() { [ "$1" = $PRESERVED ] && echo 0x16000000 || echo 0x16100000; }
frames() { nic-ring frames "$(ring "$1")"; }
received() { frames "$1" | cut -d' ' -f1; }
interrupts() { awk '$NF == "dmar0" { for (i = 2; $i ~ /^[0-9]+$/; i++) n += $i } END { print n + 0 }' /proc/interrupts; }
metrics() { printf 'GET /metrics HTTP/1.0\r\n\r\n' | nc -w 10 127.0.0.1 9851; }
losses() { metrics | grep -F "luwatch_losses_total{" | grep -qF "\"$2\"} $1"; }
more_than() { [ "$(received "$1")" -gt "$2" ]; }

hop_0() {
	for rid in $PRESERVED $CLEARED; do
		echo identity >/sys/bus/pci/devices/$rid/iommu_group/type || fail identity "$rid"
		nic-ring start $rid "$(ring $rid)" || fail "start-$rid" "no ring"
	done
	wait_for 60 more_than $PRESERVED 5 && wait_for 60 more_than $CLEARED 2 && pass both-receive ||
		fail both-receive "$(frames $PRESERVED), $(frames $CLEARED)"
	luwatch arm >/tmp/arm 2>&1 || fail arm "$(cat /tmp/arm)"
	kept $PRESERVED
	for rid in $PRESERVED $CLEARED; do
		echo $rid >/sys/module/lu/parameters/busy
	done
	ready
	note "before the kexec: $(frames $PRESERVED), $(frames $CLEARED)"
	received $PRESERVED >/persist/before
	exec_kexec
}

hop_1() {
	during=$(received $PRESERVED)
	blocked=$(received $CLEARED)
	note "after it: $(frames $PRESERVED), $(frames $CLEARED)"
	[ "$during" -gt $(($(cat /persist/before) + 3)) ] && pass received-meanwhile ||
		fail received-meanwhile "$during frames, $(cat /persist/before) before the kexec"
	told_before=$(interrupts)
	wait_for 60 more_than $PRESERVED $((during + 6)) && pass received-afterwards || fail received-afterwards "$(frames $PRESERVED)"
	[ "$(received $CLEARED)" = "$blocked" ] && pass cleared-receives-nothing ||
		fail cleared-receives-nothing "$(frames $CLEARED), $blocked before"
	told=$(interrupts)
	nic-ring stop $CLEARED
	nic-ring stop $PRESERVED
	[ "$(frames $PRESERVED | cut -d' ' -f4)" = 0 ] && pass not-one-missing || fail not-one-missing "$(frames $PRESERVED)"
	count received "$(received $PRESERVED)"
	note "interrupts of faults: $told_before, then $told"
	if [ "$told_before" -lt "$told" ]; then
		stuck=0
		collect told 0
		json clean '.verdict == "clean" and answer("I10") == "pass"'
	else
		stuck=1
		collect stuck 3
		json not-clean 'answer("I10") == "unknown" and (reason("I10") | test("interrupt never came"))'
	fi
	note "$(jq -c '[.headline, .faults]' $REPORT)"
	json kept 'with("kept") == ["'$PRESERVED'"] and with("leaked") == [] and (reason("I13") | test("adopted"))'
	json only-the-cleared-one-faults '[.faults[].rid] | unique == ["'$CLEARED'"]'
	# The daemon of such a kernel tells it, too, when it has looked twice.
	luwatch run 2>/tmp/run.err &
	daemon=$!
	wait_for 60 losses 0 faults_lost || fail daemon "no metrics: $(tail -n 3 /tmp/run.err)"
	sleep 12
	wait_for 30 losses $stuck faults_stuck && pass daemon-tells || fail daemon-tells "$(metrics | grep faults_stuck)"
	kill $daemon
	json the-first-is-parked '.faults[0] | .class == "parked" and .reason == 2'
}
