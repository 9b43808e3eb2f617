# SPDX-License-Identifier: GPL-2.0-or-later
# DMA in the gap between two kernels with live update. One device is preserved with a pass-through entry and
# reads memory then: what it has read it writes back in the next kernel, so it got through. Another one, not
# preserved, does the same and is blocked. In the second hand-over a preserved device asks for an address that
# its page table does not have. What the agent counts is held against what the unit latched.
# Before that: what was preserved before anything was armed, by snapshot and by a daemon that starts late.
# machine: --kernel lu --next lu --no-trace-carrier --timeout 900
# count-trace latched: ^vtd_frr_new
# expect-trace blocked-by-its-entry: vtd_ce_not_present Context entry bus 0 devfn 32 

THROUGH=0000:00:03.0
BLOCKED=0000:00:04.0
UNMAPPED=0000:01:00.0

busy() { echo "$1" >/sys/module/lu/parameters/busy; }
bytes() { dd if=/dev/mem bs=64 skip=$(($1 / 64)) count=1 2>/dev/null | md5sum; }

hop_0() {
	echo identity >"/sys/bus/pci/devices/$THROUGH/iommu_group/type" || fail identity "it is refused"
	luwatch snapshot --json | jq -e '.preserved == []' >/dev/null && pass nothing-marked || fail nothing-marked "$(luwatch snapshot)"
	kept $THROUGH
	luwatch snapshot --json | jq -e ".preserved == [\"$THROUGH\"] and .not_retrieved == []" >/dev/null &&
		pass snapshot-finds-it || fail snapshot-finds-it "$(luwatch snapshot)"
	mkdir -p /var/log
	luwatch run 2>/tmp/run.err &
	wait_for 60 audited preserved ".devices == [\"$THROUGH\"]" && pass late-daemon-finds-it ||
		fail late-daemon-finds-it "$(cat /tmp/run.err /tmp/audit)"
	area=$(luwatch kexec-args | tr ' ' '\n' | sed -n 's/^memmap=[0-9]*K\$//p')
	note "the area is at $area"
	echo "$area" >/persist/area
	[ $((area)) -lt $((0x0ff00000)) ] || skip low-area "the device reaches 256 MiB: $area"
	busy "$THROUGH@$(printf 0x%x $((area + 0x1000)))"
	busy "$BLOCKED@$(printf 0x%x $((area + 0x1000)))"
	hand_over
}

hop_1() {
	area=$(cat /persist/area)
	collect parked 0
	json parked-clean '.verdict == "clean" and with("kept") == ["'$THROUGH'"]'
	json parked-names-it '[.faults[] | [.rid, .class]] == [["'$BLOCKED'", "parked"]]'
	count latched "$(jq '[.faults[].count] | add' $REPORT)"
	luwatch snapshot --json | jq -e ".preserved == [] and .not_retrieved == [\"$THROUGH\"]" >/dev/null &&
		pass snapshot-says-not-retrieved || fail snapshot-says-not-retrieved "$(luwatch snapshot)"
	from=$(bytes $((area + 0x1000)))
	[ "$(bytes $((area + 0xf000)))" != "$from" ] && pass differs-before || fail differs-before "$from"
	edu-dma $THROUGH "$(printf 0x%x $((area + 0xf000)))" --write || fail written-back "edu-dma failed"
	[ "$(bytes $((area + 0xf000)))" = "$from" ] && pass got-through || fail got-through "it has not read it"
	lu-session finish vm
	luwatch arm >/tmp/arm 2>&1 || fail arm "$(cat /tmp/arm)"
	kept $UNMAPPED
	busy "$UNMAPPED@0x100000"
	hand_over
}

hop_2() {
	luwatch collect --json >$REPORT 2>/tmp/collect.err
	note "$(jq -c '[.headline, .faults]' $REPORT)"
	json unmapped-is-told '[.faults[] | [.rid, .reason]] == [["'$UNMAPPED'", 6]]'
	json unmapped-is-judged 'answer("I10") == "fail" and ([.findings[] | select(.invariant == "I10").subject] == ["'$UNMAPPED'"])'
	json its-entry-is-whole 'with("kept") == ["'$UNMAPPED'"] and answer("I2") == "pass" and answer("I13") == "pass"'
	count latched "$(jq '[.faults[].count] | add' $REPORT)"
}
