# SPDX-License-Identifier: GPL-2.0-or-later
# What arming takes (tests/bench/arm): memory of the process, and of the kernel for each map and for the programs.

used() { awk '/^(MemAvailable)/ { print $2 }' /proc/meminfo; }

hop_0() {
	have_fixture && { load_fixture luo=1 bitmap=all || fail fixture "cannot be loaded"; }
	sync
	echo 3 >/proc/sys/vm/drop_caches
	before=$(used)
	/usr/bin/time -f 'BENCH process kb=%M' luwatch arm >/tmp/arm 2>&1 || fail arm "$(tail -n 3 /tmp/arm)"
	grep BENCH /tmp/arm
	echo 3 >/proc/sys/vm/drop_caches
	echo "BENCH machine kb=$((before - $(used)))"
	bpftool -j map show | jq -r '.[] | select(.bytes_memlock) |
		"BENCH map name=\(.name) elements=\(.max_entries) bytes=\(.bytes_memlock)"'
	bpftool -j prog show | jq -r '[.[] | select(.type == "tracing" or .type == "kprobe")] |
		"BENCH programs count=\(length) bytes=\(map(.bytes_memlock) | add)"'
	pass arm
}
