# SPDX-License-Identifier: GPL-2.0-or-later
# A livepatch on intel_iommu_shutdown stays in force while luwatch arms, hands over and disarms: on
# a real host it may be a security fix. The fixture is one, and leaves translation on where it runs.
# machine: --timeout 900

in_force() {
	[ "$(cat /sys/kernel/livepatch/luwatch_fixture/enabled)" = 1 ] &&
		grep -q '^intel_iommu_shutdown .* I' /sys/kernel/tracing/enabled_functions &&
		pass "$1" || fail "$1" "$(grep '^intel_iommu_shutdown' /sys/kernel/tracing/enabled_functions)"
}

hop_0() {
	load_fixture luo=1
	in_force before-arm
	expect arm 0 luwatch arm
	in_force after-arm
	expect arm-again 0 luwatch arm
	in_force after-arm-again
	preserve 0000:00:03.0
	hand_over
}

hop_1() {
	check patched-shutdown-ran kernel_log 'DMAR: Translation was enabled for dmar0'
	collect hand-over 0
	json clearing-was-seen 'with("kept") == ["0000:00:03.0"] and with("leaked") == []'
	expect arm-before-the-patch 0 luwatch arm
	check load-patch load_fixture luo=1
	in_force patch-after-arm
	expect disarm 0 luwatch disarm
	in_force after-disarm
	expect nothing-pinned 1 test -e /sys/fs/bpf/luwatch
	expect arm-kprobes 0 luwatch arm --attach=kprobe
	in_force after-arm-kprobes
	expect disarm-kprobes 0 luwatch disarm
	in_force after-disarm-kprobes
	preserve 0000:00:03.0
	do_kexec --cmdline "$VM_CMDLINE"
}

hop_2() {
	check patched-shutdown-ran-again kernel_log 'DMAR: Translation was enabled for dmar0'
	# Switched on minutes ago, no word, nothing armed, as behind a boot loader that is a kernel; but
	# the kernel before had collected.
	collect disarmed-is-incomplete 3
	json disarmed-is-named 'reason("I12") | test("not armed")'
}
