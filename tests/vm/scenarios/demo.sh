# SPDX-License-Identifier: GPL-2.0-or-later
# One hand-over for a reader: arm, preserve two devices, kexec, collect. What tests/demo shows is
# what stands after ">". Parameters: PRESERVED, and MUTANTS, a wrong behaviour of the kernel.
# machine: --timeout 900

show() {
	echo "> # $*"
	"$@" 2>&1 | sed 's/^/> /'
}

hop_0() {
	echo "> --- $(uname -r), boot $(cat /proc/sys/kernel/random/boot_id)"
	load_fixture luo=1 || fail fixture "cannot be loaded"
	show luwatch arm
	preserve $PRESERVED
	echo "> (preserved: $PRESERVED)"
	[ -z "$MUTANTS" ] || { mutant $MUTANTS; echo "> (the kernel is made wrong: $MUTANTS)"; }
	ready
	show luwatch status
	echo "> # kexec"
	exec_kexec
}

hop_1() {
	echo "> --- $(uname -r), boot $(cat /proc/sys/kernel/random/boot_id)"
	show luwatch collect
	pass demo
}
