/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The table of hooks. Program names are those of bpf/luwatch.bpf.c: fe_ and fx_ are fentry and
 * fexit, kp_ and kr_ kprobe and kretprobe.
 */
#include <stddef.h>

#include "probe/hooks.h"

#define SERIES "the IOMMU live-update series, v2 and later"

const struct lw_hook lw_hooks[] = {
	{ .bit = LW_PROBE_KERNEL_KEXEC, .name = "kernel_kexec", .function = "kernel_kexec",
	  .need = LW_NEED_REQUIRED, .fentry = { "fe_kernel_kexec" }, .kprobe = { "kp_kernel_kexec" },
	  .serves = "the beginning of a hand-over" },
	{ .bit = LW_PROBE_KERNEL_KEXEC_END, .name = "kernel_kexec (return)",
	  .function = "kernel_kexec", .need = LW_NEED_OPTIONAL, .fentry = { "fx_kernel_kexec" },
	  .kprobe = { "kr_kernel_kexec" }, .serves = "aborted attempts (I11)" },
	{ .bit = LW_PROBE_SHUTDOWN, .name = "intel_iommu_shutdown",
	  .function = "intel_iommu_shutdown", .need = LW_NEED_REQUIRED, .livepatch_target = true,
	  .fentry = { "fe_intel_iommu_shutdown" }, .kprobe = { "kp_intel_iommu_shutdown" },
	  .serves = "the tables before (I1 I2 I3 I5)" },
	{ .bit = LW_PROBE_MACHINE_KEXEC, .name = "machine_kexec", .function = "machine_kexec",
	  .need = LW_NEED_REQUIRED, .fentry = { "fe_machine_kexec" },
	  .kprobe = { "kp_machine_kexec" }, .serves = "the tables after (I1 I2 I3 I5)" },
	{ .bit = LW_PROBE_SHUTDOWN_END, .name = "intel_iommu_shutdown (return)",
	  .function = "intel_iommu_shutdown", .need = LW_NEED_FALLBACK,
	  .instead_of = LW_PROBE_MACHINE_KEXEC, .livepatch_target = true,
	  .fentry = { "fx_intel_iommu_shutdown" }, .kprobe = { "kr_intel_iommu_shutdown" },
	  .serves = "the tables after, where machine_kexec cannot be attached" },
	{ .bit = LW_PROBE_CLEAR, .name = "clear_unpreserved_context_entries",
	  .function = "clear_unpreserved_context_entries", .need = LW_NEED_OPTIONAL,
	  .fentry = { "fe_clear_unpreserved_context_entries" },
	  .kprobe = { "kp_clear_unpreserved_context_entries" },
	  .serves = "which unit was cleaned", .since = SERIES },
	{ .bit = LW_PROBE_CLEAR_END, .name = "clear_unpreserved_context_entries (return)",
	  .function = "clear_unpreserved_context_entries", .need = LW_NEED_OPTIONAL,
	  .fentry = { "fx_clear_unpreserved_context_entries" },
	  .kprobe = { "kr_clear_unpreserved_context_entries" },
	  .serves = "that the cleaning came to its end", .since = SERIES },
	{ .bit = LW_PROBE_CLEAR_DEVICE, .name = "clear_unpreserve_context_entry_fn",
	  .function = "clear_unpreserve_context_entry_fn", .need = LW_NEED_OPTIONAL,
	  .fentry = { "fe_clear_unpreserve_context_entry_fn" },
	  .kprobe = { "kp_clear_unpreserve_context_entry_fn" },
	  .serves = "devices the cleaning looked at", .since = SERIES },
	{ .bit = LW_PROBE_CLEAR_ALIAS, .name = "clear_unpreserved_alias_cb",
	  .function = "clear_unpreserved_alias_cb", .need = LW_NEED_OPTIONAL,
	  .fentry = { "fe_clear_unpreserved_alias_cb" },
	  .kprobe = { "kp_clear_unpreserved_alias_cb" },
	  .serves = "requester IDs the cleaning looked at",
	  .since = "the IOMMU live-update series, v4 and later" },
	{ .bit = LW_PROBE_PRESERVE_DEVICE, .name = "iommu_preserve_device (return)",
	  .function = "iommu_preserve_device", .need = LW_NEED_OPTIONAL,
	  .fentry = { "fx_iommu_preserve_device" },
	  .kprobe = { "kp_iommu_preserve_device", "kr_iommu_preserve_device" },
	  .serves = "the marked set (I9)", .since = SERIES },
	{ .bit = LW_PROBE_UNPRESERVE_DEVICE, .name = "iommu_unpreserve_device",
	  .function = "iommu_unpreserve_device", .need = LW_NEED_OPTIONAL,
	  .fentry = { "fe_iommu_unpreserve_device" }, .kprobe = { "kp_iommu_unpreserve_device" },
	  .serves = "the marked set (I9)", .since = SERIES },
	{ .bit = LW_PROBE_LIVEUPDATE_REBOOT, .name = "liveupdate_reboot (return)",
	  .function = "liveupdate_reboot", .need = LW_NEED_OPTIONAL,
	  .fentry = { "fx_liveupdate_reboot" }, .kprobe = { "kr_liveupdate_reboot" },
	  .serves = "the point of no return (I11)",
	  .since = "the Live Update Orchestrator (CONFIG_LIVEUPDATE)" },
	{ .bit = LW_PROBE_DISABLE_TRANSLATION, .name = "iommu_disable_translation",
	  .function = "iommu_disable_translation", .need = LW_NEED_OPTIONAL,
	  .fentry = { "fe_iommu_disable_translation" },
	  .kprobe = { "kp_iommu_disable_translation" }, .serves = "which unit was switched off (I5)" },
	{ .bit = LW_PROBE_DMAR_FAULT, .name = "dmar_fault", .function = "dmar_fault",
	  .need = LW_NEED_OPTIONAL, .fentry = { "fe_dmar_fault" }, .kprobe = { "kp_dmar_fault" },
	  .serves = "faults (I10)" },
	{ .bit = LW_PROBE_DMAR_FAULT_END, .name = "dmar_fault (return)", .function = "dmar_fault",
	  .need = LW_NEED_OPTIONAL, .fentry = { "fx_dmar_fault" }, .kprobe = { "kr_dmar_fault" },
	  .serves = "faults the handler consumed unseen" },
	{ .bit = LW_PROBE_QI_SUBMIT, .name = "qi_submit (tracepoint)",
	  .function = "__traceiter_qi_submit", .need = LW_NEED_OPTIONAL,
	  .fentry = { "tp_qi_submit" }, .kprobe = { "rt_qi_submit" },
	  .serves = "invalidations (I4)" },
	{ .bit = LW_PROBE_QI_SUBMIT_END, .name = "qi_submit_sync (return)",
	  .function = "qi_submit_sync", .need = LW_NEED_OPTIONAL,
	  .fentry = { "fx_qi_submit_sync" }, .serves = "whether an invalidation was done (I4)" },
	{ .bit = LW_PROBE_FLUSH_CONTEXT, .name = "__iommu_flush_context",
	  .function = "__iommu_flush_context", .need = LW_NEED_OPTIONAL,
	  .fentry = { "fe___iommu_flush_context" }, .kprobe = { "kp___iommu_flush_context" },
	  .serves = "invalidations of units without a queue (I4)" },
	{ .bit = LW_PROBE_FLUSH_IOTLB, .name = "__iommu_flush_iotlb",
	  .function = "__iommu_flush_iotlb", .need = LW_NEED_OPTIONAL,
	  .fentry = { "fe___iommu_flush_iotlb" }, .kprobe = { "kp___iommu_flush_iotlb" },
	  .serves = "invalidations of units without a queue (I4)" },
	{ .bit = LW_PROBE_DRIFT_RELEASE, .name = "intel_iommu_release_device",
	  .function = "intel_iommu_release_device", .need = LW_NEED_OPTIONAL,
	  .fentry = { "fe_intel_iommu_release_device" },
	  .kprobe = { "kp_intel_iommu_release_device" }, .serves = "drift of preserved devices (I7)" },
	{ .bit = LW_PROBE_DRIFT_ATTACH, .name = "intel_iommu_attach_device",
	  .function = "intel_iommu_attach_device", .need = LW_NEED_OPTIONAL,
	  .fentry = { "fe_intel_iommu_attach_device" },
	  .kprobe = { "kp_intel_iommu_attach_device" }, .serves = "drift of preserved devices (I7)" },
	{ .bit = LW_PROBE_DRIFT_IDENTITY, .name = "identity_domain_attach_dev",
	  .function = "identity_domain_attach_dev", .need = LW_NEED_OPTIONAL,
	  .fentry = { "fe_identity_domain_attach_dev" },
	  .kprobe = { "kp_identity_domain_attach_dev" }, .serves = "drift of preserved devices (I7)" },
	{ .bit = LW_PROBE_DRIFT_BLOCK, .name = "blocking_domain_attach_dev",
	  .function = "blocking_domain_attach_dev", .need = LW_NEED_OPTIONAL,
	  .fentry = { "fe_blocking_domain_attach_dev" },
	  .kprobe = { "kp_blocking_domain_attach_dev" }, .serves = "drift of preserved devices (I7)" },
	{ .bit = LW_PROBE_DRIFT_DETACH, .name = "device_block_translation",
	  .function = "device_block_translation", .need = LW_NEED_OPTIONAL,
	  .fentry = { "fe_device_block_translation" },
	  .kprobe = { "kp_device_block_translation" }, .serves = "drift of preserved devices (I7)" },
	{ .bit = LW_PROBE_SUSPEND, .name = "iommu_suspend (return)", .function = "iommu_suspend",
	  .need = LW_NEED_OPTIONAL, .fentry = { "fx_iommu_suspend" }, .kprobe = { "kr_iommu_suspend" },
	  .serves = "suspend while preserved (I8)" },
};

const int lw_hook_count = sizeof(lw_hooks) / sizeof(lw_hooks[0]);

const struct lw_hook *lw_hook_of(enum lw_probe_bit bit)
{
	int i;

	for (i = 0; i < lw_hook_count; i++)
		if (lw_hooks[i].bit == bit)
			return &lw_hooks[i];
	return NULL;
}
