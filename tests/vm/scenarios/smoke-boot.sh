# SPDX-License-Identifier: GPL-2.0-or-later
# The machine itself: every device at its address, DMA remapping on, faults seen, a kexec, a hard
# reset and an orderly reboot told apart, /persist across all of them.
# expect-trace fault-latched: vtd_frr_new .*0100
# expect-trace storm: (vtd_frr_new[^\n]*0040[^\n]*\n.*){20}

hop_0() {
	while read -r rid name text; do
		[ -d "/sys/bus/pci/devices/$rid" ] || fail topology "$rid ($name) is not there"
	done </etc/topology
	pass topology
	check remapping test -d /sys/class/iommu/dmar0
	edu-dma 0000:01:00.0 0x100000
	check fault-in-log wait_for 5 kernel_log 'DMAR: \[DMA Read.*01:00\.0\]'
	check write-fault-in-log edu-dma 0000:02:00.1 0x200000 --write
	check storm e1000-storm 0000:00:08.0 200 100
	[ "$(cat /proc/sys/kernel/bootloader_type)" != 208 ] && pass cold || fail cold "208"
	touch /var/lib/luwatch/was-here
	do_kexec
}

hop_1() {
	check bootloader-is-kexec grep -q 208 /proc/sys/kernel/bootloader_type
	check state-persists test -e /var/lib/luwatch/was-here
	[ "$VM_KERNEL" = 6.1 ] || check trace-instance test -d /sys/kernel/tracing/instances/luwatch
	hard_reset
}

hop_2() {
	[ "$(cat /proc/sys/kernel/bootloader_type)" != 208 ] && pass reset || fail reset "208"
	check state-after-reset test -e /var/lib/luwatch/was-here
	reboot_now
}

hop_3() {
	[ "$(cat /proc/sys/kernel/bootloader_type)" != 208 ] && pass reboot || fail reboot "208"
}
