// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The classes of DMAR faults and the windows in which they happen, explained.
 */
#include "words/topic.h"

static const struct lw_topic classes[] = {
	{
		.name = "parked",
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
	{
		.name = "broken",
		.title = "the hand-over broke a preserved device",
		.story = "A preserved device faulted, and the reason speaks about the structure of "
			 "the tables (root, context, PASID), or its entry is lost or altered, or "
			 "it is a mapping fault in the blackout or early boot without precedent.",
		.basis = "Reasons 0x01-0x03, 0x08-0x0b, 0x38-0x5b, VT-d chapter 7; invariant I10.",
		.action = "Check the guest that owns the device, reset the device, restart the "
			  "guest. Stop further live updates with this pair of kernels.",
	},
	{
		.name = "guest",
		.title = "a mapping fault of a preserved or assigned device: its own driver's "
			 "mistake",
		.story = "The entries of the device are unchanged; the device asked for a page "
			 "that its owner has not mapped. A tenant can make these at will: they are "
			 "counted and shown, and never change the verdict.",
		.basis = "Leaf reasons: 0x05, 0x06, 0x70 and up, VT-d chapter 7.",
		.action = "None for the host. A great number of them is a matter for the guest's "
			  "owner.",
	},
	{
		.name = "leak-hit",
		.title = "a device whose entry was leaked is doing DMA",
		.story = "The leak is in use: the device reaches memory through tables of the old "
			 "kernel, and this access is one that happened to fail. Others may have "
			 "succeeded without a fault.",
		.basis = "Invariants I1 and I10.",
		.action = "Treat memory as corrupt: move guests away, reset the host.",
	},
	{
		.name = "ordinary",
		.title = "a fault that says nothing about the hand-over",
		.story = "A host device or driver made an access that is not mapped, outside of "
			 "any hand-over or unrelated to it.",
		.basis = "VT-d chapter 7.",
		.action = "A driver or firmware bug: look at the device's driver.",
	},
	{
		.name = "interrupt-remapping",
		.title = "an interrupt was blocked, not a memory access",
		.story = "An interrupt request did not fit the interrupt remapping table. "
			 "Interrupt remapping stays on across a kexec; a device that still sends "
			 "interrupts of the old kernel gives these.",
		.basis = "Reasons 0x20-0x26, VT-d chapter 7.",
		.action = "Only if it continues: look at the device's driver.",
	},
	{
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
};

const struct lw_topic_group lw_topics_fault_classes = {
	.kind = "class of a fault",
	.heading = "Classes of faults",
	.topics = classes,
	.count = sizeof(classes) / sizeof(classes[0]),
};

static const struct lw_topic windows[] = {
	{
		.name = "before",
		.title = "before kernel_kexec(), in the old kernel",
		.story = "Counted while the old kernel ran normally: the precedent against which "
			 "later faults are judged.",
		.basis = "dmar_fault().",
	},
	{
		.name = "blackout",
		.title = "from kernel_kexec() to the end of the old kernel, or latched then",
		.story = "No user space runs. Faults are read from the units' registers at the "
			 "last look, or drained and logged by the next kernel in early boot.",
		.basis = "Fault recording registers (VT-d chapter 11).",
	},
	{
		.name = "early-boot",
		.title = "in the next kernel, before the agent watched",
		.story =
			"Only the kernel log has these, and it is a lower bound: the kernel prints "
			"3 to 9 faults in 5 seconds and drops the rest ('callbacks suppressed').",
		.basis = "dmar_fault(), enable_drhd_fault_handling().",
	},
	{
		.name = "after",
		.title = "in the next kernel, while the agent watched",
		.story =
			"Seen by the agent's programs as they happen, until the watch period ends.",
		.basis = "dmar_fault().",
	},
};

const struct lw_topic_group lw_topics_windows = {
	.kind = "window of a fault",
	.heading = "Windows of time",
	.topics = windows,
	.count = sizeof(windows) / sizeof(windows[0]),
};
