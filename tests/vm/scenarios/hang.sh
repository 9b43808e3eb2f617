# SPDX-License-Identifier: GPL-2.0-or-later
# A unit that stops fetching invalidations in the middle of the shutdown: the kernel waits for it for
# ever, a watchdog resets the machine, and firmware starts the next boot.

hop_0() {
	prepare 0000:00:03.0 0000:01:00.0
	mutant queue-hangs
	reset_after 20
	hand_over
}

hop_1() {
	[ "$(cat /proc/sys/kernel/bootloader_type)" != 208 ] && pass reset || fail reset "it was a kexec"
	expect no-answer 5 luwatch collect
	grep -q "was reset" /tmp/out && grep -q "armed before that" /tmp/out && pass told || fail told "$(cat /tmp/out)"
	expect no-report 5 luwatch report
}
