// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The states of context entries and of units, explained.
 */
#include "words/topic.h"

static const struct lw_topic entry_states[] = {
	{
		.name = "cleared",
		.title = "not preserved, and gone: as it should be",
		.story = "The entry was present before the hand-over and no longer is. DMA of the "
			 "device is blocked and reported as a fault until the next kernel's driver "
			 "sets it up.",
		.basis = "VT-d 9.3, present bit; clear_unpreserved_context_entries().",
	},
	{
		.name = "kept",
		.title = "preserved, and unchanged: as it should be",
		.story = "The device is preserved and its entry has the same meaning before and "
			 "after: its DMA went on during the blackout.",
		.basis = "VT-d 9.3; fields compared: translation type, page-table or "
			 "PASID-directory address, domain id, width.",
	},
	{
		.name = "leaked",
		.title = "not preserved, yet still able to do DMA",
		.story = "The device is not preserved, but its entry is present, behind a present "
			 "root entry, with translation on. Its page tables belong to the old "
			 "kernel: what the device writes lands in pages the new kernel uses for "
			 "something else.",
		.basis = "VT-d 9.1, 9.3; invariant I1.",
		.action = "Reset or unbind the device, treat memory as suspect, plan a cold "
			  "reboot. See luwatch explain I1.",
	},
	{
		.name = "lost",
		.title = "preserved, but its entry is gone",
		.story = "The device was to go on working through the hand-over and has been cut "
			 "off: its DMA is blocked from the clearing on.",
		.basis = "VT-d 9.3; invariant I2.",
		.action = "Check the guest that owns it; reset the device and restart the guest. "
			  "See luwatch explain I2.",
	},
	{
		.name = "altered",
		.title = "preserved, present, but translates differently",
		.story = "Translation type, page-table or PASID-directory address, domain id or "
			 "width is not what it was. The device's DMA goes somewhere else than "
			 "before.",
		.basis = "VT-d 9.3, 9.4; invariant I2. 'report -v' shows both values.",
		.action = "Stop the device (unbind it or pause its guest) before anything else. "
			  "See luwatch explain I2.",
	},
	{
		.name = "appeared",
		.title = "not there before, there afterwards",
		.story = "An entry was set up between the two looks at the tables, while no driver "
			 "should have been at work.",
		.basis =
			"Two walks: at the entry of intel_iommu_shutdown() and at machine_kexec().",
		.action = "Find the driver of the device; if the device is not preserved, see "
			  "leaked.",
	},
	{
		.name = "unreachable",
		.title = "not preserved and still in its table, but the hardware cannot get there",
		.story = "The root entry above it is gone, or the unit's translation is off: the "
			 "device has no way into memory through it. The table of IOMMUs counts it "
			 "as 'cut off'.",
		.basis = "VT-d 9.1; invariant I1.",
	},
	{
		.name = "contested",
		.title = "a requester ID that a preserved and another device share",
		.story = "DMA aliases (bridges, VMD) can give two devices one requester ID. If one "
			 "of them is preserved, the entry must stay, and the other one can use it. "
			 "It is never counted as leaked; both devices are named.",
		.basis = "DMA aliases of the PCI topology; clear_unpreserved_alias_cb() in the "
			 "series, v4.",
		.action = "Preserve both devices or neither; 'luwatch preflight' names such pairs "
			  "before the hand-over.",
	},
};

const struct lw_topic_group lw_topics_entry_states = {
	.kind = "state of an entry",
	.heading = "States of a context entry",
	.topics = entry_states,
	.count = sizeof(entry_states) / sizeof(entry_states[0]),
};

static const struct lw_topic unit_states[] = {
	{
		.name = "translating",
		.title = "translation is on, and something behind the unit is preserved",
		.story = "The unit goes on translating through the kexec; clearing runs on it.",
		.basis = "GSTS_REG.TES (VT-d chapter 11); invariant I5.",
	},
	{
		.name = "off",
		.title = "translation was switched off, and nothing behind the unit is preserved",
		.story = "As on every ordinary kexec. Entries in its tables mean nothing any more.",
		.basis = "iommu_disable_translation(); invariant I5.",
	},
	{
		.name = "on-although-nothing-is-preserved",
		.title = "translation was left on, and nothing behind the unit is preserved",
		.story = "The unit goes on using tables that nobody hands over: the next kernel uses "
			 "their memory for something else, and what the unit reads there decides "
			 "where DMA goes.",
		.basis = "GSTS_REG.TES (VT-d chapter 11); invariant I5.",
		.action = "Treat memory of the host as suspect and plan a cold reboot; report it to "
			  "whoever maintains the kernel. See luwatch explain I5.",
	},
	{
		.name = "off-although-something-is",
		.title = "translation was switched off although something behind the unit is preserved",
		.story = "The preserved device's requests were no longer translated: they reached "
			 "memory at the addresses its guest used, whatever was there.",
		.basis = "GSTS_REG.TES (VT-d chapter 11); invariant I5.",
		.action = "Stop the device, treat memory as suspect. See luwatch explain I5.",
	},
	{
		.name = "on-and-never-cleaned",
		.title = "translation stayed on, but the clearing function never ran for the unit",
		.story = "Something behind it is preserved, so it had to stay on; but the entries of "
			 "all other devices stayed, too. Each of them is leaked.",
		.basis = "clear_unpreserved_context_entries() in the series; invariants I1 and I5.",
		.action = "See luwatch explain leaked.",
	},
	{
		.name = "gone",
		.title = "the unit's registers read as all ones",
		.story = "The unit did not answer at the last look: it was switched off with its part "
			 "of the chip set, or the machine was dying. Nothing can be said about what it "
			 "did then.",
		.basis = "GSTS_REG and FSTS_REG (VT-d chapter 11); all ones is what a read gives "
			 "that nothing answers.",
		.action = "Look at the hardware's own log (management controller, machine checks).",
	},
};

const struct lw_topic_group lw_topics_unit_states = {
	.kind = "state of a unit",
	.heading = "States of an IOMMU",
	.topics = unit_states,
	.count = sizeof(unit_states) / sizeof(unit_states[0]),
};
