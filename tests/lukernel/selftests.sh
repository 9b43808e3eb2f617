# SPDX-License-Identifier: GPL-2.0-or-later
# The kernel's own selftests of the live update orchestrator (tools/testing/selftests/liveupdate), with
# luwatch armed and without: the same results. Their words are in guest.log.
# machine: --kernel lu --timeout 600

TESTS="luo_kexec_simple luo_multi_session luo_stress_files luo_stress_sessions"

# results FILE: each test and how it ended.
results() { grep -E '^(ok|not ok|# Totals)|PASSED' "$1"; }

# same NAME WAS IS: both files of results are the same, and not empty.
same() {
	if [ -s "$2" ] && cmp -s "$2" "$3"; then
		echo "| $(wc -l <"$2") lines of results, the same with luwatch armed and without"
		pass "$1"
	else
		fail "$1" "they differ: $(diff "$2" "$3" | tr '\n' ' ')"
	fi
}

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
		[ "$1" = 1 ] || results /tmp/stage >>"/persist/results-$2"
		[ $stage_status = 0 ] && pass "$2-$one-stage-$1" || fail "$2-$one-stage-$1" "$(tail -n 2 /tmp/stage)"
	done
}

hop_0() {
	orchestrator orchestrator-unarmed
	luwatch arm >/tmp/arm 2>&1 || fail arm "$(cat /tmp/arm)"
	orchestrator orchestrator-armed
	results /tmp/orchestrator-unarmed >/tmp/was
	results /tmp/orchestrator-armed >/tmp/is
	same same-results-orchestrator /tmp/was /tmp/is
	stage 1 armed
	hand_over
}

hop_1() {
	stage 2 armed
	collect armed 0
	stage 1 unarmed
	do_kexec --cmdline "$VM_CMDLINE"
}

hop_2() {
	stage 2 unarmed
	same same-results-over-kexec /persist/results-unarmed /persist/results-armed
}
