# SPDX-License-Identifier: GPL-2.0-or-later
# Nothing that one device does takes another's place in the counters, and what is not counted is
# said. What the emulated unit cannot make (PASIDs, thousands of devices, a map that is locked) comes
# through the armed programs' own code from guest/fault-maker.bpf.c; the faults between are real.
# machine: --timeout 900
# count-trace real-faults: ^vtd_frr_new

loss() { luwatch status --json | jq ".losses.$1"; }

# lines RID: how many kinds are kept apart for it, and how many stand together.
lines() {
	luwatch faults --json --device "$1" |
		jq -sc '[(map(select(.several_kinds | not)) | length), (map(select(.several_kinds)) | length)]'
}

# is NAME GOT EXPECTED
is() { [ "$2" = "$3" ] && pass "$1" || fail "$1" "$2, not $3"; }

# seen: all that is listed, and what found no place, is all that came.
seen() {
	is "$1" "$(($(faults_counted) + $(loss faults_lost)))" "$(luwatch status --json | jq .faults)"
}

one_device_many_pasids() {
	edu-dma 0000:00:03.0 0x100000 2
	check pasids fault-maker pasids 0000:00:04.0 10000
	edu-dma 0000:00:03.0 0x200000 1
	edu-dma 0000:00:04.0 0x300000 1
	edu-dma 0000:02:00.0 0x400000 3
	is pasids-known-device "$(faults_counted 0000:00:03.0)" 3
	is pasids-new-device "$(faults_counted 0000:02:00.0)" 3
	is pasids-all-counted "$(faults_counted 0000:00:04.0)" 10001
	# 32 kinds, and those beyond with their reason: read, 0x06, the real one among them.
	is pasids-quota "$(lines 0000:00:04.0)" "[32,1]"
	is pasids-keep-the-reason "$(luwatch faults --json --device 00:04.0 |
		jq -sc 'map(select(.several_kinds)) | map([.reason, .pasid, .address, .count])')" \
		"[[6,null,null,$((10001 - 32))]]"
	is pasids-evictions-counted "$(loss faults_without_kind)" $((10001 - 32))
	seen pasids-none-lost
	real=$((real + 7))
}

map_is_locked() {
	nested=$(fault-maker busy 64)
	if [ "$VM_KERNEL" = 7 ] && [ "${nested:-0}" = 0 ]; then
		skip busy "7.x refuses a program at the entry of __pcpu_freelist_pop (EBUSY)"
		return
	fi
	[ "${nested:-0}" -gt 0 ] && pass busy-nested || fail busy-nested "no fault was nested"
	[ "$(loss maps_busy)" -gt 0 ] && pass busy-counted || fail busy-counted "$(luwatch status)"
	note "$nested faults while a map was locked: maps_busy $(loss maps_busy), without a device $(
		loss faults_without_device), lost $(loss faults_lost)"
	seen busy-none-unaccounted
}

more_devices_than_places() {
	check devices fault-maker devices 20000
	edu-dma 0000:00:03.0 0x100000 1
	edu-dma 0000:02:00.1 0x100000 2
	is devices-known-device "$(faults_counted 0000:00:03.0)" 4
	is devices-new-device "$(faults_counted 0000:02:00.1)" 0
	[ "$(faults_counted other)" -ge 2 ] && pass devices-other || fail devices-other "$(faults_counted other)"
	[ "$(loss faults_without_device)" -gt 0 ] && pass devices-counted ||
		fail devices-counted "$(luwatch status)"
	seen devices-none-unaccounted
	real=$((real + 3))
}

# Times as an operator gives them.
since() {
	sleep 2
	edu-dma 0000:04:01.0 0x100000 1
	is since "$(luwatch faults --since 2s --json | jq -r .rid)" 0000:04:00.0
	sleep 2
	is since-clock "$(luwatch faults --since "$(date -u +%Y-%m-%dT%H:%M:%SZ)" --json | wc -l)" 0
	expect since-nonsense 2 luwatch faults --since noon
	grep -q 'noon.*is no time' /tmp/out && pass since-says-how || fail since-says-how "$(cat /tmp/out)"
	real=$((real + 1))
}

# A kprobe is skipped while another one runs on its CPU: the kernel counts that since 6.7.
skipped_runs() {
	luwatch disarm >/dev/null
	expect arm-kprobes 0 luwatch arm --attach kprobe
	is skipped-none-yet "$(loss program_misses)" 0
	check keep-busy fault-maker miss 800 "edu-dma 0000:00:03.0 0x500000 1 --late"
	sleep 1
	case $VM_KERNEL in
	6.1)
		luwatch status | grep -q 'not counted' && pass skipped-says-not-counted ||
			fail skipped-says-not-counted "$(luwatch status)"
		is skipped-says-how-many "$(luwatch status --json | jq '.uncounted_probes > 0')" true
		;;
	*)
		[ "$(loss program_misses)" -gt 0 ] && pass skipped-counted ||
			fail skipped-counted "$(luwatch status)"
		is skipped-all-countable "$(luwatch status --json | jq .uncounted_probes)" 0
		;;
	esac
	note "$(luwatch status | grep -E 'losses|not counted|faults' | tr '\n' ' ')"
	real=$((real + 1))
}

# More than become records one by one: what a refused attempt had is told before the next.
refused() {
	check refused fault-maker refused 0000:00:09.0 120
	is refused-counted "$(faults_counted 0000:00:09.0)" 120
	is refused-recorded "$(luwatch status --json | jq .attempts)" 1
}

hop_0() {
	real=0
	expect arm 0 luwatch arm
	one_device_many_pasids
	map_is_locked
	since
	more_devices_than_places
	skipped_runs
	refused
	count real-faults $real
	ready
	loss program_misses >/var/lib/luwatch/misses
	exec_kexec
}

hop_1() {
	collect plain-kexec 0
	json refused-is-before 'faults_of("0000:00:09.0") | all(.window == "before") and
		(map(.count) | add) == 120'
	is since-knows-the-hand-over "$(luwatch faults --since 1h --json --device 00:09.0 | jq -sc \
		'[(map(.count) | add), (map(.window) | unique), (map(.handover) | unique | length)]')" \
		'[120,["before"],1]'
	is since-is-after-the-hand-over "$(luwatch faults --since 0s --json 2>/dev/null | wc -l)" 0
	is report-has-skipped-runs "$(jq .losses.program_misses $REPORT)" "$(cat /var/lib/luwatch/misses)"
}
