# SPDX-License-Identifier: GPL-2.0-or-later
# The agent may die, be upgraded or lose its files, and the record is complete all the same.
# /usr/bin/luwatch-newer is the same agent as another build.
# machine: --timeout 1200
# count-trace faults: ^vtd_frr_new

complete() {
	collect "$1" 0
	json "$1-complete" 'answer("I12") == "pass" and with("kept") == ["0000:00:03.0"] and
		(.losses | del(.records_wrong_id) | all(.[]; . == 0))'
}

# traced OPTION…: an arm under strace; the bpf() calls are numbered in /tmp/calls.
traced() { strace -f -qq -o /tmp/calls -e trace=bpf "$@" luwatch arm >/dev/null 2>&1; }

# moment EXPRESSION LINE: the number of the first or last bpf() call that matches.
moment() { grep -n "$1" /tmp/calls.whole | "$2" -n 1 | cut -d: -f1; }

hop_0() {
	load_fixture luo=1
	# Killed at any moment, half-armed at worst: the next arm repairs it. The pins are made last.
	traced
	cp /tmp/calls /tmp/calls.whole
	first=$(moment BPF_OBJ_PIN head)
	last=$(moment BPF_OBJ_PIN tail)
	nth=0
	for at in $((first / 2)) $((first + 3)) $(((first + last) / 2)) $((last + 1)); do
		nth=$((nth + 1))
		luwatch disarm >/dev/null 2>&1 || fail "disarm-before-$nth" "it failed"
		traced -e inject=bpf:signal=SIGKILL:when="$at"
		note "killed at bpf() call $at of $(wc -l </tmp/calls.whole): $(luwatch status | head -n 1)"
		luwatch arm >/tmp/arm 2>&1 && luwatch status | grep -q '^armed' &&
			pass "arm-after-kill-$nth" || fail "arm-after-kill-$nth" "$(cat /tmp/arm)"
	done
	preserve 0000:00:03.0
	# Two at once: neither takes anything from the other.
	luwatch faults --follow --json >/tmp/followed &
	luwatch faults --follow --json --device 00:04.0 >/tmp/followed-too &
	edu-dma 0000:00:04.0 0x100000 2
	for followed in /tmp/followed /tmp/followed-too; do
		wait_for 10 grep -q 0x101000 $followed
		[ "$(jq -s 'map(select(.rid == "0000:00:04.0").count) | add' $followed)" = 2 ] &&
			pass "follow-${followed##*/}" || fail "follow-${followed##*/}" "$(cat $followed)"
	done
	# The counters without the daemon, and with a list of known faults.
	luwatch faults --textfile /tmp/faults.prom && grep -qxF \
		'luwatch_faults_total{class="ordinary",window="before"} 2' /tmp/faults.prom &&
		pass textfile || fail textfile "$(cat /tmp/faults.prom)"
	mkdir -p /etc/luwatch
	echo '0000:00:04.0 # known' >/etc/luwatch/known
	printf '[faults]\nknown = /etc/luwatch/known\n' >/etc/luwatch/luwatch.conf
	luwatch faults --textfile /tmp/faults.prom && grep -qxF \
		'luwatch_known_faults_total{class="ordinary"} 2' /tmp/faults.prom && grep -qxF \
		'luwatch_faults_total{class="ordinary",window="before"} 0' /tmp/faults.prom &&
		pass textfile-known || fail textfile-known "$(cat /tmp/faults.prom)"
	[ "$(luwatch status --json | jq .known_faults)" = 2 ] && pass status-known ||
		fail status-known "$(luwatch status)"
	rm /etc/luwatch/luwatch.conf
	kill -9 $(pidof luwatch)
	edu-dma 0000:02:00.0 0x200000 3
	ready
	edu-dma 0000:02:00.1 0x300000 1
	[ -z "$(pidof luwatch)" ] && pass no-agent-runs || fail no-agent-runs "$(pidof luwatch)"
	exec_kexec
}

hop_1() {
	complete killed-agent
	json faults-after-its-death 'def n(r): faults_of(r) | map(.count) | add;
		n("0000:00:04.0") == 2 and n("0000:02:00.0") == 3 and n("0000:02:00.1") == 1 and
		all(.faults[]; .window == "before" and .class == "ordinary")'
	count faults "$(jq '[.faults[].count] | add' $REPORT)"
	prepare 0000:00:03.0
	ready
	rm -rf /var/lib/luwatch/*
	exec_kexec
}

hop_2() {
	[ -z "$(ls /var/lib/luwatch)" ] || fail state "not empty"
	complete empty-state-folder
	json empty-state-folder-both-sides '.boot.old != null and .kernel.old != null and
		.agent.old != null and .host.machine_id != null and carrier("disk").records == 0'
	prepare 0000:00:03.0
	luwatch kexec-args >/tmp/args
	ready
	expect newer-keeps-the-loaded 0 luwatch-newer arm
	grep -q 'older programs stay' /tmp/out && pass newer-says-so || fail newer-says-so "$(cat /tmp/out)"
	check still-ready luwatch-newer status --ready
	exec_kexec
}

hop_3() {
	complete newer-after-the-load
	prepare 0000:00:03.0
	before=$(luwatch kexec-args)
	expect newer-upgrades 0 luwatch-newer arm
	grep -q 'programs replaced' /tmp/out && pass newer-upgraded || fail newer-upgraded "$(cat /tmp/out)"
	[ "$before" = "$(luwatch-newer kexec-args)" ] && pass upgrade-moves-nothing ||
		fail upgrade-moves-nothing "$before, $(luwatch-newer kexec-args)"
	hand_over
}

hop_4() {
	complete newer-before-the-load
	json newer-is-named '.agent.old != .agent.new and .sets.marked == ["0000:00:03.0"]'
}
