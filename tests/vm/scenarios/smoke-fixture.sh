# SPDX-License-Identifier: GPL-2.0-or-later
# The fixture: two devices preserved, the rest cleared, one device that does DMA in the blackout
# and is stopped by its cleared entry; the next kernel's log tells.
# expect-trace context-then-iotlb-then-fault: cc_global[^\n]*\n(vtd_[cr]e_not_present[^\n]*\n)*vtd_inv_desc_iotlb_global[^\n]*\n(vtd_[cr]e_not_present[^\n]*\n)*vtd_frr_new

hop_0() {
	check load-fixture load_fixture
	check preserve preserve 0000:00:03.0 0000:01:00.0
	expect refuse-shared-group 1 preserve 0000:04:01.0
	check busy busy 0000:00:04.0
	[ "$(cat $FIXTURE/preserve | wc -l)" = 2 ] && pass list || fail list "not two devices"
	if [ "$VM_KERNEL" != 6.1 ]; then # its headers package has no BTF to build against
		check module-btf test -r /sys/kernel/btf/luwatch_fixture
	fi
	grep -F '[luwatch_fixture]' /sys/kernel/tracing/available_filter_functions >/tmp/traceable
	for name in clear_unpreserved_context_entries clear_unpreserve_context_entry_fn \
		clear_unpreserved_alias_cb iommu_preserve_device iommu_unpreserve_device \
		intel_iommu_preserve liveupdate_reboot; do
		grep -q "^$name " /tmp/traceable || fail traceable "$name"
	done
	do_kexec
}

hop_1() {
	check translation-was-on kernel_log 'DMAR: Translation was enabled for dmar0'
	check blackout-fault kernel_log 'DMAR: .*\[(0000:)?00:04\.0\] .*fault reason 0x02'
}
