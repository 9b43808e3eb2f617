# SPDX-License-Identifier: GPL-2.0-or-later
# The verdicts: one hand-over after another in one machine, each with another kernel behaviour, and
# each report held against what was done on purpose and what the emulated unit did.
# machine: --timeout 1200
# count-trace blackout-faults: ^vtd_frr_new

KEPT="0000:00:03.0 0000:01:00.0"

before() {
	luwatch snapshot --json | jq -c '[.entries[].rid] | sort' >/persist/present
}

hop_0() {
	collect cold-boot-is-no-hand-over 5
	prepare $KEPT
	before
	hand_over
}

hop_1() {
	collect clean 0
	json clean-verdict '.verdict == "clean" and .live_update'
	json clean-kept 'with("kept") == ["0000:00:03.0", "0000:01:00.0"] and
		.sets.marked == with("kept") and .sets.kept == with("kept")'
	json clean-all-others-cleared "$(cat /persist/present) - with(\"kept\") == with(\"cleared\")"
	json clean-no-other-state '.entry_states | to_entries | all(.value == 0 or
		.key == "kept" or .key == "cleared")'
	json clean-unit 'all(.iommus[]; .state == "translating" and .translation.after)'
	json clean-both-kernels ".boot.new == \"$(cat /proc/sys/kernel/random/boot_id)\" and
		.boot.old != null and .boot.old != .boot.new and .kernel.old == .kernel.new"
	json clean-carriers 'carrier("pages").records > 0 and
		(carrier("trace").records > 0) == ("'"$VM_KERNEL"'" != "6.1")'
	cp $REPORT /tmp/first
	collect clean-again 0
	cmp -s $REPORT /tmp/first && pass twice-the-same || fail twice-the-same "the reports differ"
	expect report-command 0 luwatch report
	prepare $KEPT
	mutant skip-clear=0000:00:04.0
	hand_over
}

hop_2() {
	collect leak 10
	json leak-names-exactly-it 'with("leaked") == ["0000:00:04.0"] and answer("I1") == "fail" and
		[.findings[] | select(.severity == "violation").subject] == ["0000:00:04.0"]'
	json leak-nothing-else 'with("kept") == ["0000:00:03.0", "0000:01:00.0"] and
		answer("I2") == "pass" and answer("I12") == "pass"'
	expect report-command-violation 10 luwatch report
	prepare $KEPT
	mutant clear-preserved=0000:01:00.0
	hand_over
}

hop_3() {
	collect loss 10
	json loss-names-exactly-it 'with("lost") == ["0000:01:00.0"] and with("leaked") == [] and
		answer("I2") == "fail" and answer("I1") == "pass" and state("0000:00:03.0") == "kept"'
	prepare $KEPT
	before
	mutant skip-all
	hand_over
}

hop_4() {
	collect skip-all 10
	json skip-all-leaks-everything "$(cat /persist/present) -
		[\"0000:00:03.0\", \"0000:01:00.0\"] == with(\"leaked\") and with(\"cleared\") == []"
	prepare $KEPT
	busy 0000:00:04.0
	hand_over
}

hop_5() {
	collect parked 0
	json parked-fault 'faults_of("0000:00:04.0") | length == 1 and all(.class == "parked" and
		.reason == 2 and (.window == "blackout" or .window == "early-boot"))'
	json parked-headline '.verdict == "clean" and (.headline | test("1 device still did DMA"))'
	count blackout-faults "$(jq '[.faults[].count] | add' $REPORT)"
	prepare $KEPT
	mutant clear-preserved=0000:00:03.0
	busy 0000:00:03.0
	hand_over
}

hop_6() {
	collect broken 10
	json broken-fault 'faults_of("0000:00:03.0") | length == 1 and all(.class == "broken")'
	json broken-lost 'with("lost") == ["0000:00:03.0"] and answer("I10") == "fail"'
	count blackout-faults "$(jq '[.faults[].count] | add' $REPORT)"
	prepare $KEPT
	mutant translation-off
	hand_over
}

hop_7() {
	collect off-although-preserved 10
	json off-although-preserved-unit 'answer("I5") == "fail" and
		all(.iommus[]; .state == "off-although-something-is")'
	load_fixture
	expect arm-again 0 luwatch arm
	mutant translation-on
	hand_over
}

hop_8() {
	collect on-although-nothing-preserved 10
	json on-although-nothing-unit 'answer("I5") == "fail"'
}
