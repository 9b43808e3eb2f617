# SPDX-License-Identifier: GPL-2.0-or-later
# The kernel's own selftests of the live update orchestrator (tools/testing/selftests/liveupdate), with
# luwatch armed and without: the same results. Their words are in guest.log.
# machine: --kernel lu --timeout 600

TESTS="luo_kexec_simple luo_multi_session"

# results FILE: each test and how it ended.
results() { grep -E '^(ok|not ok|# Totals)' "$1"; }

orchestrator() {
	st-liveupdate >"/tmp/$1" 2>&1
	sed 's/^/| /' "/tmp/$1"
	[ "$(results "/tmp/$1" | grep -c '^ok')" -gt 0 ] && ! grep -q '^not ok' "/tmp/$1" && pass "$1" ||
		fail "$1" "$(results "/tmp/$1" | tail -n 3)"
}

# stage N NAME: of the tests that go over a kexec.
stage() {
	for one in $TESTS; do
		"st-$one" -s "$1" >/tmp/stage 2>&1
		stage_status=$?
		sed 's/^/| /' /tmp/stage
		[ $stage_status = 0 ] && pass "$2-$one-stage-$1" || fail "$2-$one-stage-$1" "$(tail -n 2 /tmp/stage)"
	done
}

hop_0() {
	orchestrator orchestrator-unarmed
	luwatch arm >/tmp/arm 2>&1 || fail arm "$(cat /tmp/arm)"
	orchestrator orchestrator-armed
	results /tmp/orchestrator-unarmed >/tmp/was
	results /tmp/orchestrator-armed | cmp -s - /tmp/was && pass same-results || fail same-results "they differ"
	stage 1 armed
	hand_over
}

hop_1() {
	stage 2 armed
	collect armed 0
	stage 1 unarmed
	do_kexec --cmdline "$VM_CMDLINE"
}

hop_2() { stage 2 unarmed; }
