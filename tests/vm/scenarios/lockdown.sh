# SPDX-License-Identifier: GPL-2.0-or-later
# lockdown=integrity, as with Secure Boot: which carriers work there is what check says before, and what
# they bring is enough. On a kernel with live update.
# machine: --kernel lu --next lu --store --append lockdown=integrity --timeout 600

state_of() { luwatch check --json | jq -r --arg n "$1" '.carriers[] | select(.name == $n).state'; }

says() { # says NAME CARRIER STATE
	says_got=$(state_of "$2")
	[ "$says_got" = "$3" ] && pass "$1" || fail "$1" "$2: $says_got, not $3"
}

hop_0() {
	# Found by opening /dev/mem, and by what the kernel says of itself.
	says no-pages-unmounted pages no
	mount -t securityfs securityfs /sys/kernel/security
	grep -q '\[integrity\]' /sys/kernel/security/lockdown && pass locked || fail locked "$(cat /sys/kernel/security/lockdown)"
	check settings eval 'echo Y >/sys/module/printk/parameters/always_kmsg_dump &&
		mount -o remount,kmsg_bytes=65536 /sys/fs/pstore'
	says no-pages pages no
	says trace trace yes
	says store pstore yes
	expect armed 0 luwatch arm
	kept 0000:00:03.0 0000:00:09.0
	luwatch status >/tmp/status
	grep -q '^carriers    trace, pstore' /tmp/status && pass carriers || fail carriers "$(cat /tmp/status)"
	hand_over
}

hop_1() {
	collect locked-down 0
	json clean '.verdict == "clean" and answer("I12") == "pass" and (reason("I13") | test("adopted")) and
		with("kept") == ["0000:00:03.0", "0000:00:09.0"]'
	json by-both 'carrier("trace").log_records == carrier("pstore").log_records and
		carrier("pstore").log_records > 10 and carrier("pages").records == 0'
	json sessions '[.sets.marks[] | .session] == ["vm", "vm"]'
}
