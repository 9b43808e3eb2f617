// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The classes of DMAR faults, who can cause one, when they happen and where they are learned from.
 */
#include "words/words.h"

static const struct lw_word classes[LW_CLASSES] = {
	[LW_CLASS_BROKEN] = {
		.name = "broken",
		.tone = LW_TONE_BAD,
		.pages = true,
		.title = "the hand-over broke a preserved device",
		.story = "A preserved device faulted, and the reason speaks about the structure of "
			 "tables that only the host writes (root, context, PASID entries, page "
			 "tables), or its entry is lost or altered, or it is a mapping fault in the "
			 "blackout or early boot without precedent.",
		.basis = "Reasons caused by \"host\" (explain caused-by-host), VT-d chapter 7; invariant I10.",
		.action = "Check the guest that owns the device, reset the device, restart the "
			  "guest. Stop further live updates with this pair of kernels.",
	},
	[LW_CLASS_LEAK_HIT] = {
		.name = "leak-hit",
		.tone = LW_TONE_BAD,
		.pages = true,
		.title = "a device whose entry was leaked is doing DMA",
		.story = "The leak is in use: the device reaches memory through tables of the old "
			 "kernel, and this access is one that happened to fail. Others may have "
			 "succeeded without a fault.",
		.basis = "Invariants I1 and I10.",
		.action = "Treat memory as corrupt: move guests away, reset the host.",
	},
	[LW_CLASS_PARKED] = {
		.name = "parked",
		.tone = LW_TONE_WARN,
		.title = "blocked as promised, but the device was not quiet",
		.story = "The device is not preserved and its entry was cleared; it went on doing "
			 "DMA and was blocked. Nothing was corrupted. The verdict stays clean, the "
			 "headline names the device, because a driver that does not quiesce its "
			 "device is a bug that hurts without VT-d.",
		.basis = "Reasons 0x01, 0x02 (legacy), 0x39, 0x41 (scalable), VT-d chapter 7.",
		.action = "No hurry. Have the driver's shutdown path looked at, or unbind the "
			  "driver before the next hand-over. Devices with reserved regions (BMC, "
			  "USB) do this by design.",
	},
	[LW_CLASS_UNKNOWN_DEVICE] = {
		.name = "unknown-device",
		.title = "no PCI function has this requester ID",
		.story = "The requester ID of the fault belongs to no function that the next "
			 "kernel knows, nor to an alias of one: a device that was removed, a "
			 "virtual function that is not created again, or something that forges "
			 "requester IDs.",
		.basis = "VT-d chapter 7, source-id field; sysfs.",
		.action = "Find out what was there in the old kernel; on hosts with untrusted "
			  "devices check that ACS is on.",
	},
	[LW_CLASS_INTERRUPT] = {
		.name = "interrupt-remapping",
		.title = "an interrupt was blocked, not a memory access",
		.story = "An interrupt request did not fit the interrupt remapping table. "
			 "Interrupt remapping stays on across a kexec; a device that still sends "
			 "interrupts of the old kernel gives these.",
		.basis = "Reasons 0x20-0x26, VT-d chapter 7.",
		.action = "Only if it continues: look at the device's driver.",
	},
	[LW_CLASS_ORDINARY] = {
		.name = "ordinary",
		.title = "a fault that says nothing about the hand-over",
		.story = "A host device or driver made an access that is not mapped, outside of "
			 "any hand-over or unrelated to it.",
		.basis = "VT-d chapter 7.",
		.action = "A driver or firmware bug: look at the device's driver.",
	},
	[LW_CLASS_GUEST] = {
		.name = "guest",
		.title = "a fault that a preserved or assigned device makes itself: its own "
			 "driver's mistake",
		.story = "The entries of the device are unchanged; the device asked for a page "
			 "that its owner has not mapped, or sent a request that its entries do not "
			 "allow, such as one with a PASID that was never set up. A tenant can make "
			 "these at will: they are counted and shown, and never change the verdict.",
		.basis = "Reasons caused by \"request\" or \"mapping\" (explain caused-by-request, "
			 "caused-by-mapping), VT-d chapter 7.",
		.action = "None for the host. A great number of them is a matter for the guest's "
			  "owner.",
	},
};

const struct lw_word_table lw_fault_classes = { "class of a fault", "Classes of faults", classes,
						LW_CLASSES };

static const struct lw_word windows[LW_WINDOWS] = {
	[LW_WINDOW_BEFORE] = {
		.name = "before",
		.title = "before kernel_kexec(), in the old kernel",
		.story = "Counted while the old kernel ran normally: the precedent against which "
			 "later faults are judged.",
		.basis = "dmar_fault().",
	},
	[LW_WINDOW_BLACKOUT] = {
		.name = "blackout",
		.title = "from kernel_kexec() to the end of the old kernel, or latched then",
		.story = "No user space runs. Faults are read from the units' registers at the "
			 "last look, or drained and logged by the next kernel in early boot.",
		.basis = "Fault recording registers (VT-d chapter 11).",
	},
	[LW_WINDOW_EARLY_BOOT] = {
		.name = "early-boot",
		.title = "in the next kernel, before the agent watched",
		.story =
			"Only the kernel log has these, and it is a lower bound: the kernel prints "
			"3 to 9 faults in 5 seconds and drops the rest ('callbacks suppressed').",
		.basis = "dmar_fault(), enable_drhd_fault_handling().",
	},
	[LW_WINDOW_AFTER] = {
		.name = "after",
		.title = "in the next kernel, while the agent watched",
		.story =
			"Seen by the agent's programs as they happen, until the watch period ends.",
		.basis = "dmar_fault().",
	},
};

const struct lw_word_table lw_windows = { "window of a fault", "Windows of time", windows,
					  LW_WINDOWS };

static const struct lw_word causes[LW_CAUSES] = {
	[LW_CAUSED_BY_HOST] = {
		.name = "caused-by-host",
		.title = "a fault reason that only the host's kernel can bring about",
		.story = "The unit could not read, or did not accept, something that only the host's "
			 "kernel writes: the root table, a context entry, a PASID directory or table "
			 "entry, a page table of the second level. No request of a device makes that "
			 "happen while the tables are as they were meant.\n"
			 "For a preserved device such a fault is of the class broken.",
		.basis = "VT-d chapter 7, fault conditions of the root, context and PASID level; "
			 "a request without PASID that does not find the entry of RID_PASID.",
	},
	[LW_CAUSED_BY_REQUEST] = {
		.name = "caused-by-request",
		.title = "a fault reason that the device alone can bring about",
		.story = "The device sent a request that its entries do not allow, and they are as "
			 "they were meant: a PASID that was never set up, a translation or page "
			 "request that is not enabled, an address beyond the width. The driver of the "
			 "device, in a guest its tenant, can make these at will.\n"
			 "For a preserved device with unchanged entries such a fault is of the class "
			 "guest; with altered ones it is broken.",
		.basis = "Reasons 0x04, 0x0d, 0x31, 0x32, 0x44-0x47, 0x51 and 0x59 with a PASID, 0x5c, "
			 "0x5d, 0x80, 0x83, 0x84, 0x87 (VT-d chapter 7).",
	},
	[LW_CAUSED_BY_MAPPING] = {
		.name = "caused-by-mapping",
		.title = "a fault reason that the device or whoever maps its memory can bring about",
		.story = "The address is not mapped, or not for this kind of access: the device's "
			 "driver gave it a wrong address, or the mapping was taken away. A tenant can "
			 "make these at will, but a hand-over that lost a page table makes them too.\n"
			 "For a preserved device it is of the class guest, or, in the blackout and early "
			 "boot when there was none before, broken.",
		.basis = "Reasons 0x05, 0x06, 0x70-0x77, 0x79, 0x81, 0x82, 0x85, 0x86, 0x90 (VT-d "
			 "chapter 7).",
	},
};

const struct lw_word_table lw_causes = { "who can cause a fault", "Who can cause a fault", causes,
					 LW_CAUSES };

static const struct lw_word sources[LW_SOURCES] = {
	[LW_SOURCE_REGISTER] = {
		.name = "register",
		.title = "read from the fault registers when the kernel handled the fault",
	},
	[LW_SOURCE_LATCHED] = {
		.name = "latched",
		.title = "still in the fault registers at the last look before the kexec",
	},
	[LW_SOURCE_LOG] = {
		.name = "log",
		.title = "from a line of the kernel log",
	},
};

const struct lw_word_table lw_fault_sources = { "source of a fault", "Sources of faults", sources,
						LW_SOURCES };
