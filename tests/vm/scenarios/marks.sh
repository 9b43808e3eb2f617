# SPDX-License-Identifier: GPL-2.0-or-later
# What was not seen, because of the order of things or of a symbol that is missing. Devices that were
# preserved before luwatch was armed, or whose marks an arming that starts anew threw away: this kernel
# has no marks of its own to be read, so that whether they are preserved is not known, and nothing of
# them is called leaked. A clearing function without its symbol: I4 is judged all the same.
# machine: --timeout 900

unknown_not_leaked() {
	json "$1-nothing-leaked" 'with("leaked") == [] and answer("I1") != "fail" and answer("I2") != "pass"'
	json "$1-says-why" '[.findings[].message] | any(test("marks? ") and test("preserved"))'
}

# Nothing but the marks stands against it, and that does.
hand_over_unready() {
	for unready_try in 1 2 3 4; do
		load_kexec
		luwatch status --ready >/tmp/ready 2>&1 || grep -q 'preserved unseen' /tmp/ready && break
		luwatch arm >/dev/null
	done
	grep -q 'preserved unseen' /tmp/ready && pass "$1-not-ready" || fail "$1-not-ready" "$(cat /tmp/ready)"
	exec_kexec
}

hop_0() {
	load_fixture luo=1
	preserve 0000:00:03.0
	luwatch arm >/dev/null
	preserve 0000:00:04.0 0000:01:00.0
	hand_over_unready before-arming
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
	hand_over_unready armed-anew
}

# RID is marked and given up again until the list of marks, of which each takes a new place, is long full:
# the marks that stay must be carried all the same, also one that came too late for a place.
mark_often() {
	places=$(bpftool -j map show name marked_rids | jq .max_entries)
	often=0
	while [ $often -le "${places:-0}" ] && preserve "$1" && unpreserve "$1"; do
		often=$((often + 1))
	done
	[ $often -gt "${places:-$often}" ] && pass list-of-marks-full || fail list-of-marks-full "$often of '$places'"
	preserve 0000:01:00.0
}

hop_2() {
	collect armed-anew 3
	unknown_not_leaked armed-anew
	# Preserved and taken back: what was dropped is no longer in the set, and a suspend that nothing
	# refused is not held against the set that came after it.
	prepare 0000:00:03.0 0000:00:04.0
	echo core >/sys/power/pm_test
	echo mem >/sys/power/state
	unpreserve 0000:00:03.0 0000:00:04.0
	preserve 0000:00:03.0 0000:00:04.0
	unpreserve 0000:00:04.0
	mark_often 0000:00:04.0
	hand_over
}

# The stand-in with its clearing function under another name, as where the compiler put it elsewhere.
prepare_unnamed() {
	sed 's/clear_unpreserved_context_entries/clear_unpreserved_context_in_some/g' \
		"/lib/modules/$(uname -r)/luwatch_fixture.ko" >/tmp/unnamed.ko
	insmod /tmp/unnamed.ko luo=1 && klp_settled || fail unnamed "the fixture cannot be loaded"
	grep -c ' clear_unpreserved_context_entries' /proc/kallsyms | grep -qx 0 ||
		fail unnamed "the symbol is still there"
	luwatch arm >/dev/null
	preserve "$@"
}

hop_3() {
	collect taken-back 0
	json taken-back-set '.sets.marked == ["0000:00:03.0", "0000:01:00.0"] and state("0000:00:04.0") == "cleared"'
	prepare_unnamed 0000:00:03.0
	hand_over
}

hop_4() {
	collect unnamed 0
	json unnamed-judged 'answer("I4") == "pass"'
	prepare_unnamed 0000:00:03.0
	mutant no-context-inv
	hand_over
}

hop_5() {
	collect unnamed-not-invalidated 10
	json unnamed-fails 'answer("I4") == "fail"'
}
