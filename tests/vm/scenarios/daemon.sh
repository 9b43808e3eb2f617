# SPDX-License-Identifier: GPL-2.0-or-later
# The daemon through a hand-over: every act is in the audit log, the labels are in the report. Then
# [record] level = probes, which carries nothing and says so, and luwatch=off, which arms nothing.
# machine: --timeout 900

says() { grep -qF -- "$2" /tmp/out && pass "$1" || fail "$1" "not \"$2\": $(cat /tmp/out)"; }
metric() { wget -q -O - http://127.0.0.1:9851/metrics 2>/dev/null | grep -F -- "$1"; }

# audited NAME KIND FILTER: a record of this kind for which the filter is true.
audited() {
	luwatch audit show --json --kind "$2" >/tmp/audit 2>&1
	jq -e -s "flatten | any(.[]; $3)" /tmp/audit >/dev/null 2>&1
}
check_audited() { audited "$@" && pass "audit-$1" || fail "audit-$1" "$(cat /tmp/audit)"; }
await_audited() { wait_for 20 audited "$@" && pass "audit-$1" || fail "audit-$1" "$(cat /tmp/audit)"; }

configure() {
	mkdir -p /etc/luwatch
	printf '%s\n' "$@" '[labels]' 'rack = b12' 'row = "7"' >/etc/luwatch/luwatch.conf
}

start() {
	mkdir -p /var/log
	ifconfig lo 127.0.0.1 up
	luwatch run 2>/tmp/run.err &
	daemon=$!
	wait_for 90 metric luwatch_build_info >/dev/null || fail "$1" "$(cat /tmp/run.err)"
}

# people: a member of the group luwatch and somebody else; the folder is as the unit makes it.
people() {
	printf '%s\n' root:x:0:0::/:/bin/sh member:x:1000:1000::/:/bin/sh other:x:1001:1001::/:/bin/sh >/tmp/passwd
	printf '%s\n' root:x:0: luwatch:x:994:member >/tmp/group
	for people_file in passwd group; do
		mount --bind /tmp/$people_file /etc/$people_file
	done
	mkdir -p /run/luwatch
	chgrp luwatch /run/luwatch
	chmod 2750 /run/luwatch
}
as() { su -s /bin/sh "$1" -c "$(command -v luwatch) faults --json"; }
# baseline_has NUMBER: a word of a record of the baseline on disk is that number.
baseline_has() {
	od -An -v -tx8 -w8 /var/lib/luwatch/armed/*.baseline 2>/dev/null | grep -q "^ $(printf %016x "$1")"
}
member_counts() { [ "$(as member 2>/dev/null | jq -s 'map(.count) | add')" = "$1" ]; }

# What the kernel counts of a program is what is scraped, and nothing where it does not count.
scraped() { metric "luwatch_program_$1_total{program=\"$2\"}" | cut -d' ' -f2; }
counted() { bpftool -j prog show | jq -r "[.[] | select(.name == \"$1\").run_cnt // 0] | add"; }
runs_of_programs() {
	[ -z "$(metric luwatch_program_)" ] && pass no-runs-without-the-kernel ||
		fail no-runs-without-the-kernel "$(metric luwatch_program_)"
	echo 1 >/proc/sys/kernel/bpf_stats_enabled
	edu-dma 0000:02:00.1 0x100000 2
	ran=$(counted fe_dmar_fault)
	[ "$ran" -gt 0 ] && [ "$(scraped runs fe_dmar_fault)" = "$ran" ] && pass runs-are-the-kernels ||
		fail runs-are-the-kernels "the kernel counted $ran: $(metric luwatch_program_)"
	scraped seconds fe_dmar_fault | awk '{ exit !($1 > 0 && $1 < 1) }' && pass runs-took-time ||
		fail runs-took-time "$(metric luwatch_program_seconds)"
	note "$(metric luwatch_program_ | grep -v '^#' | grep -v ' 0')"
	echo 0 >/proc/sys/kernel/bpf_stats_enabled
}

hop_0() {
	load_fixture luo=1
	configure '[record]' 'level = off'
	expect off-refuses-to-arm 4 luwatch arm
	says off-says-who '[record] level is off'
	configure '[host]' 'ring = canary' '[audit]' 'heartbeat = 5s'
	echo 1 >/sys/bus/pci/devices/0000:04:01.0/remove
	start daemon-starts
	baseline_has 0x0408 && fail not-plugged-in "0000:04:01.0" || pass not-plugged-in
	echo 1 >/sys/bus/pci/rescan
	wait_for 30 baseline_has 0x0408 && pass plugged-in-with-its-aliases ||
		fail plugged-in-with-its-aliases "$(cat /tmp/run.err)"
	check_audited agent-started agent-started '.detail.ring == "canary" and .detail.kernel == "'"$(uname -r)"'"'
	check_audited armed armed '.detail.level == "full"'
	sum() { sha256sum "$1" | cut -d' ' -f1; }
	check_audited armed-by-this-program armed '.detail.sha256.program == "'"$(sum "$(command -v luwatch)")"'"'
	check_audited armed-as-configured armed '.detail.sha256.configuration == "'"$(sum /run/luwatch/configuration)"'"'
	check_audited armed-in-this-kernel armed '(.detail.sha256.bpf | test("^[0-9a-f]{64}$")) and .detail.kernel.release == "'"$(uname -r)"'" and
		.detail.kernel.taint == '"$(cat /proc/sys/kernel/tainted)"' and .detail.kernel.livepatches == ["luwatch_fixture"]'
	await_audited heartbeat heartbeat '.detail.armed and .detail.ring == "canary" and .clock.synchronised == false'
	metric 'ring="canary"' >/dev/null && pass metric-ring || fail metric-ring "$(metric luwatch_host_info)"
	luwatch declare --correlation change-4711 add 0000:00:03.0
	check_audited set-changed set-changed '.devices == ["0000:00:03.0"]'
	preserve 0000:00:03.0
	await_audited preserved preserved '.devices == ["0000:00:03.0"] and .detail.askers[0].pid > 0'
	preserve 0000:01:00.0
	await_audited preserved-more preserved '.devices == ["0000:01:00.0"]'
	unpreserve 0000:01:00.0
	await_audited unpreserved unpreserved '.devices == ["0000:01:00.0"]'
	printf '[watch]\nperiod = 2min\n' >>/etc/luwatch/luwatch.conf
	kill -HUP $daemon
	await_audited configuration-changed configuration-changed '.detail.changed == ["[watch] period"]'
	kill -KILL $daemon
	wait $daemon
	start daemon-starts-again
	check_audited agent-dead agent-dead true
	luwatch audit show --json --kind preserved | jq -s 'flatten | length' >/tmp/out
	says audit-repeats-nothing 2
	# Loaded by somebody else: what it is, its pages say, and who, the program that saw it.
	load_kexec --append told
	image=/boot/$VM_NEXT
	payload=$(dd if=$image/vmlinuz bs=512 skip=$(($(od -An -tu1 -j497 -N1 $image/vmlinuz) + 1)) 2>/dev/null | sha256sum | cut -d' ' -f1)
	await_audited kexec-loaded kexec-loaded '.detail.told_by == "luwatchd" and .detail.kernel.loaded_sha256 == "'"$payload"'" and
		.detail.kernel.file.path == "'"$image/vmlinuz"'" and .detail.initrd.sha256 == "'"$(sum $image/initrd)"'" and
		.detail.by.uid == 0 and .detail.by.pid > 0 and .detail.by.comm != null'
	note "$(grep luwatchd /tmp/audit | tail -n 1)"
	ready
	mutant abort=16
	exec_kexec
	await_audited kexec-aborted kexec-aborted '.detail.result == -16'
	check_audited aborted-had-begun kexec-begun '.detail.attempt == 1'
	check_audited alert-sent alert-sent '.detail.message | contains("a kexec was refused")'
	mutant none
	kill -TERM $daemon
	wait $daemon
	check_audited agent-stopped agent-stopped '.detail.armed'
	# The log outlives this system, as on a host with a disk; /persist is read-only in an attempt.
	cp -a /var/log/luwatch /persist/log
	exec_kexec
}

hop_1() {
	configure '[record]' 'level = probes'
	mkdir -p /var/log
	cp -a /persist/log /var/log/luwatch
	people
	start next-daemon-starts
	expect report 0 luwatch report --wait=60s --json
	cp /tmp/out $REPORT
	json correlation-is-in-the-report '.correlation == "change-4711"'
	json labels-are-in-the-report '.labels == {rack: "b12", row: "\"7\""}'
	check_audited kexec-begun kexec-begun '.detail.attempt == 2 and .devices == ["0000:00:03.0"]'
	sum=$(jq -j -c -S . $REPORT | sha256sum | cut -d' ' -f1)
	check_audited collected collected ".detail.verdict == \"clean\" and .detail.sha256 == \"$sum\""
	luwatch audit rotate >/dev/null
	check_audited log-rotated log-rotated '.detail.reason == "asked"'
	expect audit-verify 0 luwatch audit verify /var/log/luwatch/audit*.jsonl*
	expect list 0 luwatch report --list
	note "$(cat /tmp/out)"
	luwatch report --list --json >/tmp/out
	jq -e '.handovers[0] | .verdict == "clean" and .entries.kept == 1 and .entries.cleared > 0 and
		.entries.leaked == 0 and has("shutdown_path_ns") and .faults == 0' /tmp/out >/dev/null &&
		pass list-counts || fail list-counts "$(cat /tmp/out)"

	expect probes-status 0 luwatch status
	says probes-status-level 'level       probes'
	[ -n "$(metric 'luwatch_host_info{level="probes",')" ] && pass probes-metric ||
		fail probes-metric "$(metric luwatch_host_info)"
	edu-dma 0000:02:00.1 0x100000 3
	[ "$(faults_counted)" = 3 ] && pass probes-count-faults || fail probes-count-faults "$(luwatch faults)"
	runs_of_programs
	wait_for 20 member_counts 5 && pass member-reads-faults || fail member-reads-faults "$(as member 2>&1)"
	expect other-reads-no-faults 4 as other
	expect probes-args 0 luwatch kexec-args
	says probes-reserve-nothing 'luwatch=1,0x0,0x0,'
	load_kexec --append luwatch=off
	expect probes-are-not-ready 3 luwatch status --ready
	says probes-say-why '[record] level is probes'
	exec_kexec
}

hop_2() {
	configure
	collect probes-are-incomplete 3
	json probes-reason-is-the-level '.invariants.I12.reason | contains("[record] level = probes")'
	expect word-refuses-to-arm 4 luwatch arm
	says word-says-who 'luwatch=off stands on the kernel command line'
	expect word-status 0 luwatch status
	says word-status-says-who 'recording is off, luwatch=off stands on the kernel command line'
	expect word-args 0 luwatch kexec-args
	grep -q 'luwatch=1' /tmp/out && fail word-adds-no-words "$(cat /tmp/out)" || pass word-adds-no-words
	start off-daemon-starts
	[ -n "$(metric 'luwatch_host_info{level="off",ring="",label_rack="b12",label_row="\"7\""} 1')" ] &&
		[ -n "$(metric 'luwatch_kernel_armed 0')" ] && pass daemon-runs-and-says-off ||
		fail daemon-runs-and-says-off "$(metric luwatch_host_info) $(cat /tmp/run.err)"
	[ ! -e /sys/fs/bpf/luwatch ] && pass off-arms-nothing || fail off-arms-nothing ''
	kill -TERM $daemon && wait $daemon && pass daemon-stops || fail daemon-stops "$(cat /tmp/run.err)"
}
