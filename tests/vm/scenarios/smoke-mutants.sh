# SPDX-License-Identifier: GPL-2.0-or-later
# The fixture's wrong behaviours are real: what a device that does DMA in the blackout meets
# depends on them, and the next kernel prints the reason. One kexec for each.

PRESERVED=0000:00:03.0

# hand_over BUSY-DEVICE MUTANT…
hand_over() {
	load_fixture ${PARAMETERS:-} || fail load-fixture "hop $HOP"
	preserve $PRESERVED
	busy "$1"
	shift
	mutant "$@" || fail mutant "$*"
	do_kexec
}

# met NAME DEVICE REASON: the fault of the blackout, as the new kernel prints it.
met() {
	if kernel_log "DMAR: .*\[(0000:)?$2\] .*fault reason $3" >/dev/null; then
		pass "$1"
	else
		fail "$1" "not reason $3: $(kernel_log 'DMAR: \[' | head -n 1)"
	fi
}

hop_0() { hand_over 0000:00:04.0 skip-clear=0000:00:04.0; }

hop_1() {
	met leak 00:04.0 0x06
	hand_over $PRESERVED clear-preserved=$PRESERVED
}

hop_2() {
	met loss 00:03.0 0x02
	hand_over 0000:02:00.0 none
}

hop_3() {
	met root-cleared 02:00.0 0x01
	hand_over 0000:00:04.0 translation-off
}

hop_4() {
	kernel_log 'DMAR: \[' && fail off 'a fault although translation was off' || pass off
	kernel_log 'Translation was enabled' && fail seen-off 'it was on' || pass seen-off
	# The root entry of a bus where nothing is preserved goes, too; a leak needs both.
	hand_over 0000:04:01.0 skip-clear=0000:04:00.0 skip-root=04
}

hop_5() {
	met alias-leak 04:00.0 0x06
	load_fixture luo=1
	preserve $PRESERVED
	mutant abort=16
	load_kexec
	expect aborted 16 exec_kexec
	check writable-again touch /persist/still-here
	mutant none
	exec_kexec
}

hop_6() { check after-abort kernel_log 'Translation was enabled'; }
