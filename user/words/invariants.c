// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The invariants of a hand-over, explained. Sections are those of the VT-d architecture
 * specification, revision 4.1; "the series" is the IOMMU live-update patch series, whose versions
 * differ in what they promise (v1 … v5).
 */
#include "words/words.h"

static const struct lw_word invariants[LW_INVARIANTS] = {
	[LW_I1] = {
		.name = "I1",
		.title = "no device that is not preserved keeps a way into memory",
		.story = "Every context entry of a requester ID that is not preserved, DMA aliases "
			 "included, must be cleared or unreachable when the old kernel ends.\n"
			 "Translation stays on across the kexec for the sake of the preserved "
			 "devices. An entry that stays behind lets its device go on reading and "
			 "writing memory through page tables of the old kernel: pages which the "
			 "new kernel hands out for something else. The damage is silent memory "
			 "corruption.",
		.basis = "VT-d 9.3 (context entry) and 9.4 (scalable-mode context entry), present "
			 "bit; clear_unpreserved_context_entries() in the series from v2 on; "
			 "aliases are cleared from v4 on.",
		.action = "Treat memory of this host as suspect: move its guests away, reset the "
			  "named device (or the host), and keep the report. For the next hand-over "
			  "unbind the device's driver first. Report the device and both kernels to "
			  "whoever maintains the kernel.",
	},
	[LW_I2] = {
		.name = "I2",
		.title = "no preserved device lost its context entry or has it changed",
		.story = "The context entry of a preserved device must be there after the "
			 "clearing, with the same meaning: translation type, page-table or "
			 "PASID-directory address, domain id and width.\n"
			 "A preserved device keeps doing DMA during the blackout. Without its "
			 "entry every access is blocked; with another page table it reads and "
			 "writes elsewhere.",
		.basis = "VT-d 9.3, 9.4; clear_unpreserve_context_entry_fn() must return early for "
			 "a preserved device. A bit that a kernel version is known to change (PRE "
			 "in v4) is noted and does not fail the check.",
		.action = "The guest that owns the device has lost I/O or worse: check it, reset "
			  "the device, restart the guest. Stop further live updates with this pair "
			  "of kernels.",
	},
	[LW_I3] = {
		.name = "I3",
		.title = "root entries without a preserved device behind them are cleared",
		.story = "A root entry leads to the context table of one bus (scalable mode: of "
			 "half a bus). Where no device of that table is preserved, the root entry "
			 "itself must go, so that the next kernel can free the table.\n"
			 "A root entry that stays makes the hardware read a page which the next "
			 "kernel no longer reserves.\n"
			 "The series preserves every context table that exists when a device is "
			 "preserved; where its bitmap of them could be read, that decides which root "
			 "entries may stay.",
		.basis = "VT-d 9.1 (root entry), 9.2 (scalable-mode root entry); the series from "
			 "v3 on, context_tables_bitmap of struct iommu_hw_ser. Not applicable to v1 and v2, which never touch root entries.",
		.action = "See what I1 says about the entries behind it. Without a leaked entry "
			  "the risk lies in the reuse of the table's page: plan a cold reboot.",
	},
	[LW_I4] = {
		.name = "I4",
		.title = "after the last clearing, every cache of the unit was invalidated",
		.story = "Clearing an entry in memory does not stop a device while the unit still "
			 "has the entry cached. After the last entry was written there must be a "
			 "context-cache invalidation, then (scalable mode) a PASID-cache "
			 "invalidation, then an IOTLB invalidation, in this order, each of them "
			 "acknowledged.\n"
			 "It is judged for each cleared entry: device, domain or global scope "
			 "counts when it covers the entry; from v3 of the series on, global scope "
			 "is expected.",
		.basis = "VT-d 6.5.3.3 (guidance to software for invalidations); qi_submit_sync() "
			 "returned 0.",
		.action = "A device may have kept its mapping for a while after the clearing. Look "
			  "for faults and for what its memory was reused for; a cold reboot ends "
			  "the doubt. Report both kernels.",
	},
	[LW_I5] = {
		.name = "I5",
		.title = "translation stays on exactly where something is preserved",
		.story = "A unit with a preserved device must have translation on when the old "
			 "kernel ends; a unit without one must be off.\n"
			 "On without need: the entries that are left there are nobody's. Off "
			 "although something is preserved: every device behind the unit reaches "
			 "all of memory, untranslated, with addresses that mean something else.",
		.basis = "GSTS_REG.TES (VT-d chapter 11); intel_iommu_shutdown() calls "
			 "iommu_disable_translation() where nothing is preserved. A quirked "
			 "graphics unit, which the kernel never switches off, is excepted.",
		.action = "Off although something is preserved: treat memory as corrupt, reset the "
			  "host. On without need: look at the unit's entries (report -v) and plan "
			  "a reboot.",
	},
	[LW_I6] = {
		.name = "I6",
		.title = "protected memory regions are off",
		.story = "Protected memory regions block all DMA to a range, whatever the tables "
			 "say. Left on, they block preserved devices; the kernel switches them off "
			 "before it clears.",
		.basis = "PMEN_REG.PRS (VT-d chapter 11); iommu_disable_protect_mem_regions(). Not "
			 "applicable to a unit without such regions (CAP_REG.PLMR, PHMR).",
		.action = "Look for firmware or a boot option (tboot, pre-boot DMA protection) "
			  "that has set them.",
	},
	[LW_I7] = {
		.name = "I7",
		.title = "preserved entries do not change between preservation and shutdown",
		.story = "Once a device is preserved, its domain must stay as it is: no release, "
			 "no detach, no switch of the domain until the kexec. A change afterwards "
			 "is not in what the next kernel was promised.",
		.basis = "iommu_preserve_device() to intel_iommu_shutdown(); watched: device "
			 "release, context teardown, attach of another or of the blocking domain.",
		.action = "The finding names the process. Have the orchestrator preserve devices "
			  "last, after every guest is paused, and do not touch drivers afterwards.",
	},
	[LW_I8] = {
		.name = "I8",
		.title = "suspend is refused while devices are preserved",
		.story = "A suspend switches the units off and on again and would lose what is "
			 "preserved. It must be refused with -EBUSY, or leave translation, root "
			 "table and entries unchanged.",
		.basis = "iommu_suspend() in the series.",
		.action = "Mask suspend on hypervisor hosts (systemctl mask suspend.target).",
	},
	[LW_I9] = {
		.name = "I9",
		.title = "what was declared is what the kernel has marked",
		.story =
			"The operator or orchestrator declared which devices must be preserved; "
			"the kernel marked those it really preserves. The two sets must be equal.\n"
			"Declared but not marked: a device is going to be cut off. Marked but not "
			"declared: something is preserved that nobody asked for; the live-update "
			"session and the task that marked it are named where the kernel gives them. "
			"Not applicable when nothing was declared.",
		.basis = "luwatch declare; dev->iommu->device_ser of each device at shutdown.",
		.action = "Compare 'luwatch declare list' with the orchestrator's sessions; "
			  "preserve what is missing, or correct the declaration.",
	},
	[LW_I10] = {
		.name = "I10",
		.title = "no fault shows a broken hand-over",
		.story = "No fault of class 'broken' or 'leak-hit' in the blackout, in early boot, "
			 "or during the watch period.\n"
			 "Unknown when the next kernel runs without VT-d, or when the beginning of "
			 "its log is gone: then faults of that time cannot be seen.",
		.basis = "VT-d chapter 7 (faults), fault recording registers; dmar_fault(); kernel "
			 "log lines that start with 'DMAR:'.",
		.action = "See the class of the fault (luwatch explain broken, luwatch explain "
			  "leak-hit). When it is unknown: boot with intel_iommu=on and a larger "
			  "log_buf_len=.",
	},
	[LW_I11] = {
		.name = "I11",
		.title = "the point of no return was passed, or the attempt is known as aborted",
		.story = "liveupdate_reboot() is the last step that can fail: with 0 the kexec "
			 "happens; with an error reboot(2) returns it and the machine runs on. An "
			 "attempt whose end is not recorded cannot be told from one that never "
			 "came so far.",
		.basis = "kernel_kexec(), return of liveupdate_reboot().",
		.action = "For an aborted attempt see its errno in the report and the kernel log "
			  "of the old kernel.",
	},
	[LW_I12] = {
		.name = "I12",
		.title = "the records are complete",
		.story = "Every record of the last attempt came across: none missing in the "
			 "sequence, none damaged, none dropped, and the last one present. Without "
			 "that, whatever is not in the records may still have happened.",
		.basis = "Sequence numbers, checksums and the counters in the last record.",
		.action = "See Carriers and Losses in the report. Usual causes: the kexec image "
			  "lacks the words of 'luwatch kexec-args', or it was loaded over the "
			  "carrier's pages; 'luwatch status --ready' checks both before the next "
			  "hand-over.",
	},
	[LW_I13] = {
		.name = "I13",
		.title = "the next kernel adopted the tables it was given",
		.story = "At collect, for each kept unit: translation still on, the same root "
			 "table address, kept context and PASID entries equal to their last state "
			 "in the old kernel, and table pages unchanged.\n"
			 "A stock next kernel, which knows nothing of live update, finds "
			 "translation on and switches it off: the report then says 'discarded by "
			 "the next kernel', as a note.",
		.basis = "GSTS_REG.TES, RTADDR_REG (VT-d chapter 11); digests of root, context and "
			 "PASID pages.",
		.action = "Check that the next kernel has the series and that its command line "
			  "enables it. Preserved guests on this host have lost their devices' "
			  "mappings.",
	},
};

const struct lw_word_table lw_invariants = { "invariant", "Invariants", invariants, LW_INVARIANTS };
