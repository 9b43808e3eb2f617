/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The table of hooks. Program names are those of bpf/luwatch.bpf.c: fe_ and fx_ are fentry and
 * fexit, kp_ and kr_ kprobe and kretprobe.
 */
#include <stddef.h>

#include "probe/hooks.h"

#define SERIES "the IOMMU live-update series, v2 and later"
#define KEXEC  "CONFIG_KEXEC_FILE=y or CONFIG_KEXEC=y"
#define VTD    "CONFIG_INTEL_IOMMU=y, on x86-64"
/* Names that changed from kernel to kernel. */
#define SOME   "CONFIG_INTEL_IOMMU=y in some kernels, others have it under another name"

/* The names that LW_ON_ENTRY() and LW_ON_RETURN() of bpf/state.bpf.h give. */
#define ENTRY(function_name)                                                                       \
	.name = #function_name, .function = #function_name, .fentry = { "fe_" #function_name },   \
	.kprobe = { "kp_" #function_name }
#define RETURN(function_name)                                                                      \
	.name = #function_name " (return)", .function = #function_name,                           \
	.fentry = { "fx_" #function_name }, .kprobe = { "kr_" #function_name }

const struct lw_hook lw_hooks[] = {
	{ .bit = LW_PROBE_KERNEL_KEXEC, ENTRY(kernel_kexec), .need = LW_NEED_REQUIRED,
	  .serves = "the beginning of a hand-over",
	  .since = KEXEC },
	{ .bit = LW_PROBE_KERNEL_KEXEC_END, RETURN(kernel_kexec), .need = LW_NEED_OPTIONAL,
	  .serves = "aborted attempts (I11)",
	  .since = KEXEC },
	{ .bit = LW_PROBE_SHUTDOWN, ENTRY(intel_iommu_shutdown), .need = LW_NEED_REQUIRED,
	  .livepatch_target = true, .serves = "the tables before (I1 I2 I3 I5)",
	  .since = VTD },
	{ .bit = LW_PROBE_MACHINE_KEXEC, ENTRY(machine_kexec), .need = LW_NEED_REQUIRED,
	  .serves = "the tables after (I1 I2 I3 I5)",
	  .since = KEXEC },
	{ .bit = LW_PROBE_SHUTDOWN_END, RETURN(intel_iommu_shutdown), .need = LW_NEED_FALLBACK,
	  .instead_of = LW_PROBE_MACHINE_KEXEC, .livepatch_target = true,
	  .serves = "the tables after, where machine_kexec cannot be attached or is too late",
	  .since = VTD },
	{ .bit = LW_PROBE_CLEAR, ENTRY(clear_unpreserved_context_entries),
	  .need = LW_NEED_OPTIONAL, .serves = "which unit was cleaned", .since = SERIES },
	{ .bit = LW_PROBE_CLEAR_END, RETURN(clear_unpreserved_context_entries),
	  .need = LW_NEED_OPTIONAL, .serves = "that the cleaning came to its end",
	  .since = SERIES },
	{ .bit = LW_PROBE_CLEAR_DEVICE, ENTRY(clear_unpreserve_context_entry_fn),
	  .need = LW_NEED_OPTIONAL, .serves = "devices the cleaning looked at", .since = SERIES },
	{ .bit = LW_PROBE_CLEAR_ALIAS, ENTRY(clear_unpreserved_alias_cb),
	  .need = LW_NEED_OPTIONAL, .serves = "requester IDs the cleaning looked at",
	  .since = "the IOMMU live-update series, v4 and later" },
	{ .bit = LW_PROBE_PRESERVE_DEVICE, .name = "iommu_preserve_device (return)",
	  .function = "iommu_preserve_device", .need = LW_NEED_OPTIONAL,
	  .fentry = { "fx_iommu_preserve_device" },
	  .kprobe = { "kp_iommu_preserve_device", "kr_iommu_preserve_device" },
	  .serves = "the marked set (I9)", .since = SERIES },
	{ .bit = LW_PROBE_UNPRESERVE_DEVICE, .name = "iommu_unpreserve_device (return)",
	  .function = "iommu_unpreserve_device", .need = LW_NEED_OPTIONAL,
	  .fentry = { "fx_iommu_unpreserve_device" },
	  .kprobe = { "kp_iommu_unpreserve_device", "kr_iommu_unpreserve_device" },
	  .serves = "the marked set (I9)", .since = SERIES },
	{ .bit = LW_PROBE_PRESERVE_UNIT, ENTRY(intel_iommu_preserve), .need = LW_NEED_OPTIONAL,
	  .serves = "context tables that are kept as a whole (I3)", .since = SERIES },
	{ .bit = LW_PROBE_PRESERVE_FILE, ENTRY(luo_preserve_file), .need = LW_NEED_OPTIONAL,
	  .serves = "session and token of what is preserved (I9)",
	  .since = "the Live Update Orchestrator (CONFIG_LIVEUPDATE)" },
	{ .bit = LW_PROBE_LIVEUPDATE_REBOOT, RETURN(liveupdate_reboot), .need = LW_NEED_OPTIONAL,
	  .serves = "the point of no return (I11)",
	  .since = "the Live Update Orchestrator (CONFIG_LIVEUPDATE)" },
	{ .bit = LW_PROBE_DISABLE_TRANSLATION, ENTRY(iommu_disable_translation),
	  .need = LW_NEED_OPTIONAL, .serves = "which unit was switched off (I5)",
	  .since = VTD },
	{ .bit = LW_PROBE_DMAR_FAULT, ENTRY(dmar_fault), .need = LW_NEED_OPTIONAL,
	  .serves = "faults (I10)",
	  .since = VTD },
	{ .bit = LW_PROBE_DMAR_FAULT_END, RETURN(dmar_fault), .need = LW_NEED_OPTIONAL,
	  .serves = "faults the handler consumed unseen",
	  .since = VTD },
	{ .bit = LW_PROBE_QI_SUBMIT, .name = "qi_submit (tracepoint)",
	  .function = "__traceiter_qi_submit", .need = LW_NEED_OPTIONAL,
	  .fentry = { "tp_qi_submit" }, .kprobe = { "rt_qi_submit" },
	  .serves = "invalidations (I4)",
	  .since = "CONFIG_INTEL_IOMMU=y and CONFIG_TRACEPOINTS=y" },
	{ .bit = LW_PROBE_QI_SUBMIT_END, .name = "qi_submit_sync (return)",
	  .function = "qi_submit_sync", .need = LW_NEED_OPTIONAL,
	  .fentry = { "fx_qi_submit_sync" }, .serves = "whether an invalidation was done (I4)",
	  .since = VTD },
	{ .bit = LW_PROBE_FLUSH_CONTEXT, ENTRY(__iommu_flush_context), .need = LW_NEED_OPTIONAL,
	  .serves = "invalidations of units without a queue (I4)",
	  .since = SOME },
	{ .bit = LW_PROBE_FLUSH_IOTLB, ENTRY(__iommu_flush_iotlb), .need = LW_NEED_OPTIONAL,
	  .serves = "invalidations of units without a queue (I4)",
	  .since = SOME },
	{ .bit = LW_PROBE_DRIFT_RELEASE, ENTRY(intel_iommu_release_device),
	  .need = LW_NEED_OPTIONAL, .serves = "drift of preserved devices (I7)",
	  .since = SOME },
	{ .bit = LW_PROBE_DRIFT_ATTACH, ENTRY(intel_iommu_attach_device),
	  .need = LW_NEED_OPTIONAL, .serves = "drift of preserved devices (I7)",
	  .since = SOME },
	{ .bit = LW_PROBE_DRIFT_IDENTITY, ENTRY(identity_domain_attach_dev),
	  .need = LW_NEED_OPTIONAL, .serves = "drift of preserved devices (I7)",
	  .since = SOME },
	{ .bit = LW_PROBE_DRIFT_BLOCK, ENTRY(blocking_domain_attach_dev),
	  .need = LW_NEED_OPTIONAL, .serves = "drift of preserved devices (I7)",
	  .since = SOME },
	{ .bit = LW_PROBE_DRIFT_DETACH, ENTRY(device_block_translation), .need = LW_NEED_OPTIONAL,
	  .serves = "drift of preserved devices (I7)",
	  .since = SOME },
	{ .bit = LW_PROBE_LOADED, ENTRY(kimage_terminate), .need = LW_NEED_OPTIONAL,
	  .serves = "who loaded the kexec image (audit log)",
	  .since = KEXEC },
	{ .bit = LW_PROBE_SUSPEND, RETURN(iommu_suspend), .need = LW_NEED_OPTIONAL,
	  .serves = "suspend while preserved (I8)",
	  .since = SOME },
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
