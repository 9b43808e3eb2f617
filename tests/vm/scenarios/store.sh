# SPDX-License-Identifier: GPL-2.0-or-later
# The pstore carrier: the machine's own store (ERST) brings the records beside another carrier, alone,
# and into the kernel that follows one which died.
# machine: --store --no-trace-carrier --timeout 1200

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
	expect decoded 3 luwatch decode /sys/fs/pstore/*
	grep -q '^dmar0   legacy   on -> on          21     1      20' /tmp/out && pass decoded-entries ||
		fail decoded-entries "$(grep ^dmar0 /tmp/out)"
}
