# SPDX-License-Identifier: GPL-2.0-or-later
# A kernel without CONFIG_DYNAMIC_MEMORY_LAYOUT: where its memory is mapped no symbol says, and page tables have four
# levels. One hand-over with what is preserved and what is cleared, and a fault.

hop_0() {
	grep -q ' page_offset_base$' /proc/kallsyms && fail no-page-offset-base "this kernel has it" || pass no-page-offset-base
	grep -qw la57 /proc/cpuinfo && fail four-levels "five" || pass four-levels
	expect check 0 luwatch check
	expect snapshot 0 luwatch snapshot --json
	jq -e '.iommus[0].translation and (.entries | map(.rid) | index("0000:01:00.0"))' /tmp/out >/dev/null &&
		pass snapshot-reads-tables || fail snapshot-reads-tables "$(jq -c .iommus /tmp/out)"
	prepare 0000:00:03.0 0000:01:00.0
	edu-dma 0000:00:04.0 0x400000
	is_one=$(faults_counted 0000:00:04.0)
	[ "$is_one" = 1 ] && pass fault-is-read || fail fault-is-read "$is_one: $(luwatch faults)"
	hand_over
}

hop_1() {
	collect hand-over 0
	json clean '.verdict == "clean" and with("kept") == ["0000:00:03.0", "0000:01:00.0"]'
	for one in I1 I2 I3 I5 I12; do
		json $one "answer(\"$one\") == \"pass\""
	done
}
