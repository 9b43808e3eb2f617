# SPDX-License-Identifier: GPL-2.0-or-later
# Which hand-over began this boot: loaders that reuse the running kernel's command line, collects that
# never ran, a state folder that is lost, and a clock that stands at 2006. Every second hand-over
# leaks an entry, and is loaded with the words of the one before.
# machine: --timeout 1200

prepare() {
	load_fixture luo=1 bitmap=all && luwatch arm >/tmp/arm 2>&1 && preserve "$@" || fail "prepare-$HOP" "$(cat /tmp/arm)"
}

leaked() { echo 0000:00:04.0; }

# next_with_old_words: arms, and loads an image that leaks with this kernel's own command line.
next_with_old_words() {
	prepare 0000:00:03.0 0000:01:00.0
	mutant "skip-clear=$(leaked)"
	load_kexec --cmdline "$(cat /proc/cmdline)"
	luwatch status --ready >/tmp/ready
	[ $? = 3 ] && grep -q "$1" /tmp/ready && pass "not-ready-$HOP" || fail "not-ready-$HOP" "$(cat /tmp/ready)"
	exec_kexec
}

# told NAME: the leak of the kexec just before is told: by the trace carrier, else nothing is known.
told() {
	if grep -q trace_instance= /proc/cmdline; then
		collect "$1" 10
		json "$1-leak" "with(\"leaked\") == [\"$(leaked)\"]"
	else
		collect "$1" 3
		json "$1-incomplete" '.verdict == "incomplete" and with("leaked") == []'
	fi
	json "$1-contradiction" '[.findings[].message] | any(test("words of an earlier hand-over"))'
	json "$1-boot" ".boot.new == \"$(cat /proc/sys/kernel/random/boot_id)\""
	[ "$(luwatch report --list --json | jq '.handovers | map(select(.boot == "'"$(cat /proc/sys/kernel/random/boot_id)"'")) | length')" = 1 ] &&
		pass "$1-one-report" || fail "$1-one-report" "$(luwatch report --list)"
}

hop_0() {
	prepare 0000:00:03.0 0000:01:00.0
	hand_over
}

hop_1() {
	luwatch status | grep -q "not collected" && pass uncollected-is-told || fail uncollected-is-told "$(luwatch status)"
	collect first 0
	luwatch status | grep -q "not collected" && fail collected-is-not-told "$(luwatch status)" || pass collected-is-not-told
	next_with_old_words "earlier hand-over"
}

hop_2() {
	told reused-words
	# A clock without a battery: armed, and handed over, in 2006.
	date -s "2006-01-01 00:00:00" >/dev/null
	prepare 0000:00:03.0 0000:01:00.0
	hand_over
}

hop_3() {
	date -s "2026-11-28 12:00:00" >/dev/null
	collect clock-was-2006 0
	rm -rf /var/lib/luwatch/*
	next_with_old_words "earlier hand-over"
}

hop_4() {
	told state-lost
	prepare 0000:00:03.0 0000:01:00.0
	hand_over
}

hop_5() {
	# Never collected here; armed all the same, and the state folder with the baseline is lost.
	next_with_old_words "earlier hand-over"
}

hop_6() {
	rm -rf /var/lib/luwatch/*
	told never-collected
}
