# SPDX-License-Identifier: GPL-2.0-or-later
# A unit that stops fetching invalidations in the middle of the shutdown: the kernel waits for it for
# ever, a watchdog resets the machine, and firmware starts the next boot, which judges what survived.

hop_0() {
	prepare 0000:00:03.0 0000:01:00.0
	mutant queue-hangs
	reset_after 20
	hand_over
}

hop_1() {
	[ "$(cat /proc/sys/kernel/bootloader_type)" != 208 ] && pass reset || fail reset "it was a kexec"
	# The trace buffer lives through a warm reset: what it has is judged as far as it goes.
	collect what-survived 3
	json cut-off '.verdict == "incomplete" and .final and carrier("trace").records > 10 and
		.sets.marked == ["0000:00:03.0", "0000:01:00.0"] and answer("I1") == "unknown" and
		answer("I12") == "unknown" and answer("I4") != "pass"'
	json told '[.findings[].message] | any(test("never collected its hand-over: the machine was reset"))'
	expect the-same-report 3 luwatch report
}
