# SPDX-License-Identifier: GPL-2.0-or-later
# The pstore carrier: the machine's own store (ERST) brings the records beside another carrier, alone,
# and into the kernel that follows one which died. On a stock kernel, and on one with live update.
# machine: --store --no-trace-carrier --panics 1 --timeout 1200

use_store() {
	echo Y >/sys/module/printk/parameters/always_kmsg_dump
	mount -o remount,kmsg_bytes=65536 /sys/fs/pstore
}

# says NAME TEXT: what check says of the carrier.
says() {
	luwatch check --json | jq -r '.carriers[] | select(.name == "pstore") | .state + ": " + .detail' >/tmp/says
	grep -q -- "$2" /tmp/says && pass "$1" || fail "$1" "$(cat /tmp/says)"
}

whole() {
	collect "$1" 0
	json "$1-complete" 'answer("I12") == "pass" and with("kept") == ["0000:00:03.0"] and
		(.losses | del(.records_wrong_id) | all(.[]; . == 0))'
	json "$1-came-by-the-store" 'carrier("pstore").records > 10'
}

hop_0() {
	says not-by-itself 'no: to use it: echo Y >.*always_kmsg_dump'
	echo Y >/sys/module/printk/parameters/always_kmsg_dump
	says too-little 'no: it would cut off the beginning: mount -o remount,kmsg_bytes=65536'
	use_store
	echo 1 >/sys/kernel/tracing/events/sched/sched_process_exit/enable
	says not-alone 'no: the common trace buffer is in use by events'
	echo 0 >/sys/kernel/tracing/events/sched/sched_process_exit/enable
	says possible 'yes: erst: survives a reset'
	prepare 0000:00:03.0
	luwatch status >/tmp/status
	grep -q '^carriers    pages, pstore' /tmp/status && pass armed || fail armed "$(cat /tmp/status)"
	grep -q '^pstore      written when' /tmp/status && pass state || fail state "$(cat /tmp/status)"
	hand_over
}

hop_1() {
	whole beside-pages
	json both-agree 'carrier("pages").records == carrier("pstore").records'
	# Alone: the image is loaded without our words. What the store has of the hand-over before is
	# no obstacle.
	use_store
	prepare 0000:00:03.0
	load_kexec --cmdline "$VM_CMDLINE"
	exec_kexec
}

hop_2() {
	whole alone
	json nothing-else 'carrier("pages").records == 0'
	json of-another-hand-over '.losses.records_wrong_id > 10'
	# As on another machine: nobody knows of the next kernel.
	expect decoded 3 luwatch decode /sys/fs/pstore
	grep -q '^dmar0   legacy   on -> on          21     1      20' /tmp/out && pass decoded-entries ||
		fail decoded-entries "$(grep ^dmar0 /tmp/out)"
	# The next kernel panics before it has a root, and the machine starts again.
	use_store
	prepare 0000:00:03.0
	ready --append "panic=1 rdinit=/gone root=/dev/gone"
	exec_kexec
}

# Nobody collected it: what follows does, from what is left.
hop_3() {
	[ "$(cat /proc/sys/kernel/bootloader_type)" != 208 ] || fail crash-boot "it was a kexec"
	collect after-the-crash 3
	json after-the-crash-is-told '.verdict == "incomplete" and .final and .kernel.new == null and
		(.headline | test("The kernel that was started never collected its hand-over"))'
	json all-there-is '.sets.marked == ["0000:00:03.0"] and with("kept") == ["0000:00:03.0"] and
		(with("cleared") | length) == 20 and .kernel.old != null and answer("I1") == "pass" and
		answer("I2") == "pass" and answer("I4") == "pass"'
	json what-died-with-it '[answer("I10"), answer("I12"), answer("I13")] == ["unknown", "unknown", "unknown"]'
	collect the-same-again 3
	expect report-of-it 3 luwatch report
	expect armed 0 luwatch arm
	reboot_now
}

# A reset with nothing under way is none, whatever is still in the store.
hop_4() {
	ls /sys/fs/pstore | grep -q dmesg || fail store "it is empty"
	expect plain-reset 5 luwatch collect
	grep -q 'armed before that' /tmp/out && pass plain-reset-is-told || fail plain-reset-is-told "$(cat /tmp/out)"
}
