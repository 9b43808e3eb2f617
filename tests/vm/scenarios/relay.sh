# SPDX-License-Identifier: GPL-2.0-or-later
# One hand-over after another through /proc/cmdline and the pages carrier alone: none is lost and
# the words on the command line never pile up. Parameter HOPS (6); the last image lacks our words.
# machine: --no-trace-carrier --timeout 1800

HOPS=${HOPS:-6}

words() { tr ' ' '\n' </proc/cmdline | grep -c "$1"; }

leg() {
	if [ "$HOP" -gt 0 ]; then
		collect "hand-over-$HOP" 0
		json "hand-over-$HOP-complete" 'answer("I12") == "pass" and carrier("pages").log_records > 0
			and with("kept") == ["0000:00:03.0", "0000:01:00.0"] and .losses.records_missing == 0'
		[ "$(words '^memmap=')" = 1 ] && [ "$(words '^luwatch=')" = 1 ] &&
			pass "one-memmap-$HOP" || fail "one-memmap-$HOP" "$(cat /proc/cmdline)"
	fi
	prepare 0000:00:03.0 0000:01:00.0
	if [ "$HOP" -lt "$HOPS" ]; then
		hand_over --running
	else
		do_kexec --cmdline "$VM_CMDLINE"
	fi
}

without_words() {
	collect image-without-our-words 3
	json image-without-our-words-says-so '.verdict == "incomplete" and
		(reason("I12") | test("no luwatch= word")) and (.headline | test("kexec-args"))'
}

leg_number=0
while [ $leg_number -le "$HOPS" ]; do
	eval "hop_$leg_number() { leg; }"
	leg_number=$((leg_number + 1))
done
eval "hop_$leg_number() { without_words; }"
