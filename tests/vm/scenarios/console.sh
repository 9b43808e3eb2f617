# SPDX-License-Identifier: GPL-2.0-or-later
# With tp_printk the kernel prints the records on its console, too. What a reader outside has of that, the
# serial log of both kernels, decode turns into the same entries on another machine; what was armed and declared
# it cannot know, and says so.
# machine: --append tp_printk --timeout 600
# decode-serial same-entries: with("kept") == ["0000:00:03.0"] and (with("cleared") | length) > 10 and .entry_states == $collected[0].entry_states
# decode-serial same-answers: .id == $collected[0].id and [answer("I1"), answer("I2"), answer("I3"), answer("I5")] == ["pass", "pass", "pass", "pass"]
# decode-serial nothing-missing: .attempts[0].records == $collected[0].attempts[0].records and (.losses | del(.records_duplicate) | all(.[]; . == 0))
# decode-serial without-baseline: .verdict == "incomplete" and (reason("I12") | test("^No complete baseline arrived"))

hop_0() {
	prepare 0000:00:03.0
	hand_over
}

hop_1() {
	collect console 0
	json clean '.verdict == "clean" and with("kept") == ["0000:00:03.0"]'
}
