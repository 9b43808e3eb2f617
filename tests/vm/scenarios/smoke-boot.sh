# SPDX-License-Identifier: GPL-2.0-or-later
# The machine itself: every device at its address, DMA remapping on, one fault seen, one kexec.

hop_0() {
	while read -r rid name text; do
		[ -d "/sys/bus/pci/devices/$rid" ] || fail topology "$rid ($name) is not there"
	done </etc/topology
	pass topology
	check remapping test -d /sys/class/iommu/dmar0
	edu-dma 0000:01:00.0 0x100000
	check fault-in-log wait_for 5 kernel_log 'DMAR: \[DMA Read.*01:00\.0\]'
	do_kexec
}

hop_1() {
	check bootloader-is-kexec grep -q 208 /proc/sys/kernel/bootloader_type
	note "$(cat /proc/cmdline)"
}
