# SPDX-License-Identifier: GPL-2.0-or-later
# What watches the shutdown path in one row of tests/bench/shutdown.py ($ROW), then a kexec. The plugin
# ends the run at machine_kexec().

address() { awk -v name="$1" '$2 ~ /^[tT]$/ && $3 == name && !$4 { print $1; exit }' /tmp/kallsyms; }

hop_0() {
	have_fixture && { load_fixture luo=1 bitmap=all || fail fixture "cannot be loaded"; }
	watch_$ROW || fail watch "$ROW"
	have_fixture && { preserve 0000:00:03.0 || fail preserve "refused"; }
	cat /proc/kallsyms >/tmp/kallsyms
	[ -z "$PROFILE" ] || awk '$2 ~ /^[tTwW]$/ { print "SYMBOL", $1, $3 }' /tmp/kallsyms
	programs
	echo "COUNT $(address intel_iommu_shutdown) $(address machine_kexec)"
	load_kexec || fail load "the image cannot be loaded"
	exec_kexec
	fail count "the kernel came back"
}

watch_nothing() { :; }
watch_read() {
	attach /read.bpf.o >/tmp/attach.out 2>&1 &
	wait_for 20 grep -q ready /tmp/attach.out || { cat /tmp/attach.out; return 1; }
}
watch_pages() { luwatch arm; }
watch_trace() { luwatch arm; }
watch_probes() {
	mkdir -p /etc/luwatch/conf.d
	printf '[record]\nlevel = probes\n' >/etc/luwatch/conf.d/probes.conf
	luwatch arm
}
watch_graph() {
	echo intel_iommu_shutdown >/sys/kernel/tracing/set_graph_function &&
		echo function_graph >/sys/kernel/tracing/current_tracer
}

# The functions that matter, without what they did.
watch_kprobes() {
	for one in intel_iommu_shutdown machine_kexec dmar_fault qi_submit_sync \
		__iommu_flush_context iommu_disable_translation; do
		grep -q " $one\$" /proc/kallsyms || continue
		echo "p:bench/$one $one" >>/sys/kernel/tracing/kprobe_events || return 1
	done
	echo 1 >/sys/kernel/tracing/events/bench/enable || return 1
	sed 's/^/# /' /sys/kernel/debug/kprobes/list /sys/kernel/tracing/kprobe_profile
}

watch_bpftrace() {
	bpftrace /tables.bt >/tmp/bpftrace.out 2>&1 &
	wait_for 120 grep -q ready /tmp/bpftrace.out || { cat /tmp/bpftrace.out; return 1; }
}
