# SPDX-License-Identifier: GPL-2.0-or-later
# The pstore carrier in EFI variables, under UEFI firmware: beside another carrier, alone, and for the kernel
# that follows one which died. As scenario store has it for ERST; on a kernel with neither the fixture nor live
# update nothing is preserved, and the unit goes off.
# machine: --efi --no-trace-carrier --panics 1 --module efi-pstore --timeout 1500

use_store() {
	load_module efi-pstore || fail "module-$HOP" "efi_pstore cannot be loaded"
	echo Y >/sys/module/printk/parameters/always_kmsg_dump
	mount -o remount,kmsg_bytes=65536 /sys/fs/pstore
}
armed_with_it() {
	if have_fixture || [ -c /dev/lu-device ]; then
		prepare 0000:00:03.0
		preserved='["0000:00:03.0"]'
	else
		luwatch arm >/tmp/arm 2>&1 || fail "arm-$HOP" "$(cat /tmp/arm)"
		preserved='[]'
	fi
	echo "$preserved" >/persist/preserved
	luwatch status >/tmp/status
	grep -q '^carriers .*pstore' /tmp/status && pass "armed-$HOP" || fail "armed-$HOP" "$(cat /tmp/status)"
}
whole() {
	load_module efi-pstore
	collect "$1" 0
	json "$1-complete" 'answer("I12") == "pass" and with("kept") == '"$(cat /persist/preserved)"' and
		(.losses | del(.records_wrong_id) | all(.[]; . == 0))'
	json "$1-came-by-the-store" 'carrier("pstore").records > 10'
}

hop_0() {
	[ -d /sys/firmware/efi/efivars ] && pass firmware || fail firmware "no EFI"
	use_store
	luwatch check --json | jq -r '.carriers[] | select(.name == "pstore") | .state + ": " + .detail' >/tmp/says
	grep -q 'yes: efi.*survives a reset' /tmp/says && pass possible || fail possible "$(cat /tmp/says)"
	armed_with_it
	hand_over
}

hop_1() {
	whole beside-pages
	json both-agree 'carrier("pages").records == carrier("pstore").records'
	note "$(ls /sys/fs/pstore | wc -l) records in the store"
	rm -f /sys/fs/pstore/*
	use_store
	armed_with_it
	# Without our words.
	load_kexec --cmdline "$VM_CMDLINE"
	exec_kexec
}

hop_2() {
	whole alone
	json nothing-else 'carrier("pages").records == 0'
	rm -f /sys/fs/pstore/*
	use_store
	armed_with_it
	# The next kernel panics before it has a root, and the machine starts again.
	ready --append "panic=1 rdinit=/gone root=/dev/gone"
	exec_kexec
}

hop_3() {
	[ "$(cat /proc/sys/kernel/bootloader_type)" != 208 ] || fail crash-boot "it was a kexec"
	load_module efi-pstore
	collect after-the-crash 3
	json after-the-crash-is-told '.verdict == "incomplete" and .final and .kernel.new == null and
		(.headline | test("The kernel that was started never collected its hand-over"))'
	json all-there-is 'with("kept") == '"$(cat /persist/preserved)"' and .kernel.old != null and
		answer("I1") == "pass" and carrier("pstore").records > 10'
}
