# SPDX-License-Identifier: GPL-2.0-or-later
# Hand-over after hand-over of a kernel with live update, each into the tables of the one before, and
# mistakes between them: every verdict is right, and nothing grows. Parameter HOPS (6).
# machine: --kernel lu --next lu --no-trace-carrier --timeout 3600

HOPS=${HOPS:-6}
SMALL=0000:00:03.0
BOTH="0000:00:03.0 0000:00:09.0"

# What the hand-over of a leg is: in turn.
kind_of() {
	case $(($1 % 7)) in
	0 | 3 | 5) echo clean ;;
	1) echo no-iotlb ;;
	2) echo refused ;;
	4) echo fewer ;;
	6) echo no-context ;;
	esac
}

programs() { bpftool prog show | grep -c '^[0-9]'; }
maps() { bpftool map show | grep -c '^[0-9]'; }
memory() { awk '$1 == "MemAvailable:" { print $2 }' /proc/meminfo; }
words() { tr ' ' '\n' </proc/cmdline | grep -c "$1"; }

grown() { fail "$1-$HOP" "$2"; has_grown=1; }

# same FILE NAME VALUE: as it was where this was first asked.
same() {
	[ -e "/persist/$1" ] || echo "$3" >"/persist/$1"
	[ "$3" = "$(cat "/persist/$1")" ] || grown "$2" "$3, not $(cat "/persist/$1")"
}

# What the armed agent has in the kernel: a second arming, after a mistake of the first boot too, is to have no more.
arming_holds() { same armed armed-holds "$(programs) programs, $(maps) maps, $(find /sys/fs/bpf | wc -l) pins"; }

# The numbers of this kernel before it does anything, held against those of the second one: after
# each hand-over one folder more with the evidence, and nothing else.
nothing_grows() {
	has_grown=
	numbers="$(programs) $(maps) $(ls /sys/fs/bpf | wc -l) $(words '^memmap=') $(words '^luwatch=') $(ls /var/lib/luwatch/armed | wc -l)"
	same numbers grows "$numbers"
	same folders folders "$(ls /var/lib/luwatch)"
	same area area "$(tr ' ' '\n' </proc/cmdline | sed -n 's/^luwatch=\([^,]*\),[^,]*,\([^,]*\),.*/version \1, \2 bytes/p')"
	kept=$(find /var/lib/luwatch/handovers -mindepth 1 -maxdepth 1 -type d | wc -l)
	[ "$kept" = "$HOP" ] || grown handovers "$kept folders of $HOP hand-overs"
	[ "$HOP" != 1 ] || memory >/persist/memory
	lost=$(($(cat /persist/memory) - $(memory)))
	[ $lost -lt 16384 ] || grown memory "$lost KiB less than at first"
	[ "$HOP" -lt "$HOPS" ] || note "after $HOP hand-overs: $numbers (programs, maps, pins, memmap= and luwatch= words," \
		"baselines), $(cat /persist/armed) while armed, area $(cat /persist/area), $lost KiB of memory less," \
		"$(du -sk /var/lib/luwatch | cut -f1) KiB kept"
	[ "$has_grown" ] || pass "nothing-grew-$HOP"
}

look() {
	case $(kind_of $(($1 - 1))) in
	no-iotlb | no-context)
		collect "hand-over-$1" 10
		json "hand-over-$1-is-wrong" '[.invariants | to_entries[] | select(.value.result == "fail").key] == ["I4"]'
		;;
	fewer)
		collect "hand-over-$1" 0
		json "hand-over-$1-kept" 'with("kept") == ["0000:00:03.0"]'
		;;
	*)
		collect "hand-over-$1" 0
		json "hand-over-$1-kept" '.verdict == "clean" and with("kept") == ["0000:00:03.0", "0000:00:09.0"]'
		;;
	esac
	json "hand-over-$1-whole" 'answer("I12") == "pass" and (reason("I13") | test("adopted")) and
		(.losses | all(.[]; . == 0)) and (.attempts | length) == '"$([ "$(kind_of $(($1 - 1)))" = refused ] && echo 2 || echo 1)"
}

leg() {
	if [ "$HOP" -gt 0 ]; then
		look "$HOP"
		nothing_grows
		lu-session finish vm || note "hop $HOP: the session could not be finished"
		[ "$HOP" -lt "$HOPS" ] || return
	fi
	version 5
	luwatch arm >/tmp/arm 2>&1 || fail "arm-$HOP" "$(cat /tmp/arm)"
	arming_holds
	case $(kind_of "$HOP") in
	fewer) kept $SMALL ;;
	*) kept $BOTH ;;
	esac
	case $(kind_of "$HOP") in
	no-iotlb) version 4 && mistake no-iotlb-inv ;;
	no-context) version 4 && mistake no-context-inv ;;
	refused)
		mistake freeze
		ready
		exec_kexec
		mistake ""
		;;
	esac
	hand_over
}

leg_number=0
while [ $leg_number -le "$HOPS" ]; do
	eval "hop_$leg_number() { leg; }"
	leg_number=$((leg_number + 1))
done
