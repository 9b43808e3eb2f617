# SPDX-License-Identifier: GPL-2.0-or-later
# A reboot with something preserved: the kernel leaves the unit on and hands nothing over. What says so
# before (preflight, status), and what the next boot still knows (collect, and luwatchd by itself). The
# control is a reboot after the session was ended: only there is the unit switched off.
# machine: --kernel lu --next lu --no-trace-carrier --timeout 900
# count-trace switched-off: ^vtd_dmar_enable enable 0

says() { grep -q -- "$2" /tmp/out && pass "$1" || fail "$1" "not \"$2\": $(cat /tmp/out)"; }
start() {
	mkdir -p /var/log
	luwatch run 2>/tmp/run.err &
	wait_for 90 test -d /sys/fs/bpf/luwatch || fail "start-$HOP" "$(cat /tmp/run.err)"
	wait_for 30 audited agent-started ".boot_id == \"$(cat /proc/sys/kernel/random/boot_id)\"" ||
		fail "start-$HOP" "$(cat /tmp/audit)"
}
preserved_now() {
	kept 0000:00:03.0 0000:00:09.0
	wait_for 20 audited preserved ".boot_id == \"$(cat /proc/sys/kernel/random/boot_id)\" and
		any(.devices[]; . == \"0000:00:09.0\")" && pass "preserved-$HOP" || fail "preserved-$HOP" "$(cat /tmp/audit)"
}

hop_0() {
	start
	luwatch preflight >/tmp/out 2>&1
	grep -q '\[reboot\]' /tmp/out && fail nothing-foreseen "$(cat /tmp/out)" || pass nothing-foreseen
	preserved_now
	json_of_marks='.detail.askers | any(.[]; .rid == "0000:00:09.0" and .session == "vm" and .token == "0x2")'
	audited preserved "$json_of_marks" && pass audit-names-session || fail audit-names-session "$(cat /tmp/audit)"
	luwatch preflight >/tmp/out 2>&1
	says foreseen '2 devices are preserved, and no kexec image is loaded'
	luwatch status >/tmp/out 2>&1
	says status 'a reboot would hand none of them over'
	count switched-off 0
	reboot_now
}

# Somebody runs collect.
hop_1() {
	expect no-hand-over 5 luwatch collect
	says told 'had seen 2 devices preserved in that boot'
	says told-which '^  0000:00:09.0'
	audited not-handed-over '.devices == ["0000:00:03.0", "0000:00:09.0"]' && pass audited ||
		fail audited "$(cat /tmp/audit)"
	start
	preserved_now
	reboot_now
}

# Nobody does: luwatchd finds it.
hop_2() {
	start
	wait_for 20 audited not-handed-over ".boot_id == \"$(cat /proc/sys/kernel/random/boot_id)\" and
		.devices == [\"0000:00:03.0\", \"0000:00:09.0\"]" && pass by-itself || fail by-itself "$(cat /tmp/audit)"
	preserved_now
	close_session vm
	wait_for 20 nothing_stored && pass given-up || fail given-up "$(cat /var/lib/luwatch/preserved)"
	count switched-off 1
	reboot_now
}
nothing_stored() { [ "$(wc -l </var/lib/luwatch/preserved)" = 1 ]; }

# The control, and the power-off at the end, which switches the unit off again.
hop_3() {
	count switched-off 1
	expect nothing-preserved 5 luwatch collect
	grep -q 'preserved' /tmp/out && fail nothing-to-tell "$(cat /tmp/out)" || pass nothing-to-tell
}
