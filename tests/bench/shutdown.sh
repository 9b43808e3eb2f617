# SPDX-License-Identifier: GPL-2.0-or-later
# What watches the shutdown path in one row of tests/bench/shutdown.py ($ROW), then a kexec. The plugin
# ends the run at machine_kexec().

address() { awk -v name="$1" '$2 ~ /^[tT]$/ && $3 == name && !$4 { print $1; exit }' /tmp/kallsyms; }

hop_0() {
	have_fixture && { load_fixture luo=1 bitmap=all || fail fixture "cannot be loaded"; }
	watch_$ROW || fail watch "$ROW"
	have_fixture && { preserve 0000:00:03.0 || fail preserve "refused"; }
	cat /proc/kallsyms >/tmp/kallsyms
	[ -z "$PROFILE" ] || grep -E '\bbpf|\[luwatch_fixture\]' /tmp/kallsyms | sed 's/^/SYMBOL /'
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
