# SPDX-License-Identifier: GPL-2.0-or-later
# Boots that are no hand-over, each of an armed machine: cold, reboot, hard reset, power-off. Then
# a plain kexec with nothing preserved. Every fault of all of them is in `luwatch faults`.
# machine: --timeout 1200
# count-trace every-fault-is-listed: ^vtd_frr_new

# no_handover NAME: collect says so, and that the machine was armed before.
no_handover() {
	[ "$(cat /proc/sys/kernel/bootloader_type)" != 208 ] || fail "$1-boot" "it was a kexec"
	expect "$1" 5 luwatch collect
	grep -q 'armed before that' /tmp/out && pass "$1-was-armed" ||
		fail "$1-was-armed" "$(head -n 1 /tmp/out)"
	expect "$1-has-no-report" 5 luwatch report
}

hop_0() {
	expect cold-boot 5 luwatch collect
	expect cold-report 5 luwatch report
	expect arm 0 luwatch arm
	# Paging has five levels in all kernels of this machine (the row with no5lvl and scenario layout have four): tables are
	# read through a direct map that begins elsewhere.
	check five-levels grep -qw la57 /proc/cpuinfo
	edu-dma 0000:00:03.0 0x100000 3
	edu-dma 0000:01:00.0 0x200000 2 --write
	edu-dma 0000:02:00.1 0x300000
	edu-dma 0000:04:01.0 0x400000
	e1000-storm 0000:00:08.0 40 20000
	for counted in 00:03.0=3 01:00.0=2 02:00.1=1 04:00.0=1 00:08.0=40; do
		[ "$(faults_counted "0000:${counted%=*}")" = "${counted#*=}" ] || fail "faults-$counted" \
			"$(luwatch faults)"
	done
	pass faults-by-device
	count every-fault-is-listed "$(faults_counted)"
	load_kexec
	check loaded luwatch status --ready
	reboot_now
}

hop_1() {
	no_handover reboot
	expect reboot-arm 0 luwatch arm
	hard_reset
}

hop_2() {
	no_handover hard-reset
	expect hard-reset-arm 0 luwatch arm
	power_cycle
}

hop_3() {
	no_handover power-off
	expect power-off-arm 0 luwatch arm
	edu-dma 0000:00:04.0 0x100000 2
	count every-fault-is-listed "$(faults_counted)"
	hand_over
}

hop_4() {
	collect plain-kexec 0
	json plain-kexec-is-clean '.verdict == "clean" and .live_update == false and
		(.headline | test("not a live update"))'
	json plain-kexec-translation-off 'all(.iommus[]; .state == "off" and
		.translation.before and .translation.after == false)'
	json plain-kexec-complete 'answer("I12") == "pass" and answer("I5") == "pass"'
	json plain-kexec-earlier-faults 'faults_of("0000:00:04.0") | map(.count) | add == 2'
	expect plain-kexec-report 0 luwatch report
}
