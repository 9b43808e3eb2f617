# SPDX-License-Identifier: GPL-2.0-or-later
# Devices that were preserved before luwatch was armed, or whose marks an arming that starts anew threw
# away: this kernel has no marks of its own to be read, so that whether they are preserved is not known,
# and nothing of them is called leaked.
# machine: --timeout 900

unknown_not_leaked() {
	json "$1-nothing-leaked" 'with("leaked") == [] and answer("I1") != "fail" and answer("I2") != "pass"'
	json "$1-says-why" '[.findings[].message] | any(test("marks? ") and test("preserved"))'
}

hop_0() {
	load_fixture luo=1
	preserve 0000:00:03.0
	luwatch arm >/dev/null
	preserve 0000:00:04.0 0000:01:00.0
	hand_over
}

hop_1() {
	collect before-arming 3
	unknown_not_leaked before-arming
	load_fixture luo=1
	luwatch arm >/dev/null
	preserve 0000:00:03.0
	luwatch disarm >/dev/null
	luwatch arm >/dev/null
	preserve 0000:00:04.0
	hand_over
}

hop_2() {
	collect armed-anew 3
	unknown_not_leaked armed-anew
	# Preserved and taken back: what was dropped is no longer in the set.
	prepare 0000:00:03.0 0000:00:04.0
	unpreserve 0000:00:04.0
	hand_over
}

hop_3() {
	collect taken-back 0
	json taken-back-set '.sets.marked == ["0000:00:03.0"] and state("0000:00:04.0") == "cleared"'
}
