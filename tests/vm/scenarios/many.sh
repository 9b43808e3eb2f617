# SPDX-License-Identifier: GPL-2.0-or-later
# 256 preserved functions: 2 controllers with 127 virtual functions each, every one recorded whole. (With 32,
# 4,096 functions, the emulator needs more memory than a test may have: tests/walk has those.)
# Making 254 functions takes the emulator so long that the kernel complains of stalls; they are not what is
# asked here.
# machine: --append "rcupdate.rcu_cpu_stall_suppress=1 nosoftlockup" --controllers 2 --no-trace-carrier --module pci-pf-stub --timeout 900

functions() { for f in /sys/bus/pci/devices/*; do [ "$(cat $f/class)" != 0x010802 ] || echo "${f##*/}"; done; }

hop_0() {
	load_module pci-pf-stub
	echo 1b36 0010 >/sys/bus/pci/drivers/pci-pf-stub/new_id
	for f in $(functions); do
		echo 0 >/sys/bus/pci/devices/$f/sriov_drivers_autoprobe
		echo 127 >/sys/bus/pci/devices/$f/sriov_numvfs
	done
	functions >/persist/functions
	note "$(wc -l </persist/functions) functions after $(cut -d. -f1 /proc/uptime) s"
	grep -c . /persist/functions | grep -qx 256 && pass functions || fail functions "$(wc -l </persist/functions)"
	prepare $(cat /persist/functions)
	luwatch preflight --json >/tmp/foreseen
	jq -e '[.warnings[] | select(.topic == "virtual-function")] | length == 254' /tmp/foreseen >/dev/null &&
		pass many-virtual-ones-are-foreseen || fail many-virtual-ones-are-foreseen "$(head -c 300 /tmp/foreseen)"
	note "preserved after $(cut -d. -f1 /proc/uptime) s"
	hand_over
}

hop_1() {
	collect many 0
	json many-clean '.verdict == "clean" and answer("I2") == "pass" and answer("I12") == "pass"'
	json many-kept '[.entries[] | select(.state == "kept")] | length == 256'
	jq -r '.entries[] | select(.state == "kept") | .rid' $REPORT | sort >/tmp/kept
	sort /persist/functions | cmp -s - /tmp/kept && pass many-names || fail many-names "$(head -3 /tmp/kept)"
	json many-words '[.entries[] | select(.state == "kept" and .before != null and .before == .after)] | length == 256'
}
