// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The states of context entries and of units, and what else is worth saying about an entry.
 */
#include "words/words.h"

static const struct lw_word entry_states[LW_CONTEXT_STATES] = {
	[LW_CONTEXT_KEPT] = {
		.name = "kept",
		.title = "preserved, and unchanged: as it should be",
		.story = "The device is preserved and its entry has the same meaning before and "
			 "after: its DMA went on during the blackout.",
		.basis = "VT-d 9.3; fields compared: translation type, page-table or "
			 "PASID-directory address, domain id, width.",
		.glyph = { "m1 1h8v8h-8z", "",
			   "fill: var(--state)", "",
			   "#1f5fae", "#6ca9ee" },
	},
	[LW_CONTEXT_CLEARED] = {
		.name = "cleared",
		.title = "not preserved, and gone: as it should be",
		.story = "The entry was present before the hand-over and no longer is. DMA of the "
			 "device is blocked and reported as a fault until the next kernel's driver "
			 "sets it up.",
		.basis = "VT-d 9.3, present bit; clear_unpreserved_context_entries().",
		.glyph = { "m2.6 2.6h4.8v4.8h-4.8z", "",
			   "stroke: var(--state); stroke-width: 1.2", "",
			   "#8791a0", "#727c89" },
	},
	[LW_CONTEXT_LEAKED] = {
		.name = "leaked",
		.tone = LW_TONE_BAD,
		.title = "not preserved, yet still able to do DMA",
		.story = "The device is not preserved, but its entry is present, behind a present "
			 "root entry, with translation on. Its page tables belong to the old "
			 "kernel: what the device writes lands in pages the new kernel uses for "
			 "something else.",
		.basis = "VT-d 9.1, 9.3; invariant I1.",
		.action = "Reset or unbind the device, treat memory as suspect, plan a cold "
			  "reboot. See luwatch explain I1.",
		.glyph = { "m.5.5h9v9h-9z", "m2.7 2.7l4.6 4.6m0-4.6l-4.6 4.6",
			   "fill: var(--state)", "stroke: var(--back); stroke-width: 1.7",
			   "#c22f12", "#ff7a5c" },
	},
	[LW_CONTEXT_LOST] = {
		.name = "lost",
		.tone = LW_TONE_BAD,
		.title = "preserved, but its entry is gone",
		.story = "The device was to go on working through the hand-over and has been cut "
			 "off: its DMA is blocked from the clearing on.",
		.basis = "VT-d 9.3; invariant I2.",
		.action = "Check the guest that owns it; reset the device and restart the guest. "
			  "See luwatch explain I2.",
		.glyph = { "m1.4 1.4h7.2v7.2h-7.2z", "m1.4 8.6l7.2-7.2",
			   "stroke: var(--state); stroke-width: 1.8", "stroke: var(--state); stroke-width: 1.8",
			   "#8a2b86", "#d98ad4" },
	},
	[LW_CONTEXT_ALTERED] = {
		.name = "altered",
		.tone = LW_TONE_BAD,
		.title = "preserved, present, but translates differently",
		.story = "Translation type, page-table or PASID-directory address, domain id or "
			 "width is not what it was. The device's DMA goes somewhere else than "
			 "before.",
		.basis = "VT-d 9.3, 9.4; invariant I2. 'report -v' shows both values.",
		.action = "Stop the device (unbind it or pause its guest) before anything else. "
			  "See luwatch explain I2.",
		.glyph = { "m5 0l5 5l-5 5l-5-5z", "",
			   "fill: var(--state)", "",
			   "#b36b00", "#e8a83e" },
	},
	[LW_CONTEXT_APPEARED] = {
		.name = "appeared",
		.tone = LW_TONE_WARN,
		.title = "not there before, there afterwards",
		.story = "An entry was set up between the two looks at the tables, while no driver "
			 "should have been at work.",
		.basis =
			"Two walks: at the entry of intel_iommu_shutdown() and at machine_kexec().",
		.action = "Find the driver of the device; if the device is not preserved, see "
			  "leaked.",
		.glyph = { "m5 1v8m-4-4h8", "",
			   "stroke: var(--state); stroke-width: 2.6", "",
			   "#00786b", "#4fc3b1" },
	},
	[LW_CONTEXT_UNREACHABLE] = {
		.name = "unreachable",
		.title = "not preserved and still in its table, but the hardware cannot get there",
		.story = "The root entry above it is gone, or the unit's translation is off: the "
			 "device has no way into memory through it. The table of IOMMUs counts it "
			 "as 'cut off'.",
		.basis = "VT-d 9.1; invariant I1.",
		.glyph = { "m2 5h6", "",
			   "stroke: var(--state); stroke-width: 1.8", "",
			   "#a3acb8", "#5b646f" },
	},
	[LW_CONTEXT_UNKNOWN] = {
		.name = "unknown",
		.tone = LW_TONE_WARN,
		.title = "the evidence does not say what became of the entry",
		.story = "Its words, its table or the set of preserved devices are not known.",
		.action = "Mend what the findings name before the next hand-over.",
		.glyph = { "m5 1.3a3.7 3.7 0 1 1-.01 0z", "m4 4h2v2h-2z",
			   "stroke: var(--state); stroke-width: 1.6", "fill: var(--state)",
			   "#1a1f26", "#dfe3e8" },
	},
};

const struct lw_word_table lw_entry_states = { "state of an entry", "States of a context entry",
					       entry_states, LW_CONTEXT_STATES };

static const struct lw_word unit_states[LW_UNIT_CONDITIONS] = {
	[LW_UNIT_TRANSLATING] = {
		.name = "translating",
		.title = "translation is on, and something behind the unit is preserved",
		.story = "The unit goes on translating through the kexec; clearing runs on it.",
		.basis = "GSTS_REG.TES (VT-d chapter 11); invariant I5.",
	},
	[LW_UNIT_OFF] = {
		.name = "off",
		.title = "translation was switched off, and nothing behind the unit is preserved",
		.story = "As on every ordinary kexec. Entries in its tables mean nothing any more.",
		.basis = "iommu_disable_translation(); invariant I5.",
	},
	[LW_UNIT_ON_NOTHING_PRESERVED] = {
		.name = "on-although-nothing-is-preserved",
		.tone = LW_TONE_BAD,
		.title = "translation was left on, and nothing behind the unit is preserved",
		.story = "The unit goes on using tables that nobody hands over: the next kernel uses "
			 "their memory for something else, and what the unit reads there decides "
			 "where DMA goes.",
		.basis = "GSTS_REG.TES (VT-d chapter 11); invariant I5.",
		.action = "Treat memory of the host as suspect and plan a cold reboot; report it to "
			  "whoever maintains the kernel. See luwatch explain I5.",
	},
	[LW_UNIT_OFF_PRESERVED] = {
		.name = "off-although-something-is",
		.tone = LW_TONE_BAD,
		.title = "translation was switched off although something behind the unit is preserved",
		.story = "The preserved device's requests were no longer translated: they reached "
			 "memory at the addresses its guest used, whatever was there.",
		.basis = "GSTS_REG.TES (VT-d chapter 11); invariant I5.",
		.action = "Stop the device, treat memory as suspect. See luwatch explain I5.",
	},
	[LW_UNIT_BLOCKING] = {
		.name = "blocking-all",
		.tone = LW_TONE_BAD,
		.title = "the unit was left in abort-DMA mode: it blocks every request",
		.story = "Translation is on, but the mode in the root-table address says that the unit "
			 "uses no table and refuses every request. Nothing reaches memory through it; "
			 "a preserved device behind it is cut off.",
		.basis = "RTADDR_REG.TTM = 3 (VT-d chapter 11); invariant I5.",
		.action = "Where something behind it is preserved: check the guests that own the "
			  "devices; they have lost I/O. See luwatch explain I5.",
	},
	[LW_UNIT_NEVER_CLEANED] = {
		.name = "on-and-never-cleaned",
		.tone = LW_TONE_BAD,
		.title = "translation stayed on, but the clearing function never ran for the unit",
		.story = "Something behind it is preserved, so it had to stay on; but the entries of "
			 "all other devices stayed, too. Each of them is leaked.",
		.basis = "clear_unpreserved_context_entries() in the series; invariants I1 and I5.",
		.action = "See luwatch explain leaked.",
	},
	[LW_UNIT_GONE] = {
		.name = "gone",
		.tone = LW_TONE_BAD,
		.title = "the unit's registers read as all ones",
		.story = "The unit did not answer at the last look: it was switched off with its part "
			 "of the chip set, or the machine was dying. Nothing can be said about what it "
			 "did then.",
		.basis = "GSTS_REG and FSTS_REG (VT-d chapter 11); all ones is what a read gives "
			 "that nothing answers.",
		.action = "Look at the hardware's own log (management controller, machine checks).",
	},
	[LW_UNIT_UNKNOWN] = {
		.name = "unknown",
		.tone = LW_TONE_BAD,
		.title = "the unit's registers at the end were not recorded",
		.action = "Mend what the findings name before the next hand-over.",
	},
};

const struct lw_word_table lw_unit_states = { "state of a unit", "States of an IOMMU", unit_states,
					      LW_UNIT_CONDITIONS };

/* By number of the bit. */
static const char *const notes[] = {
	[__builtin_ctz(LW_NOTE_PRE)] =
		"page request enable changed, as a version of the series does",
	[__builtin_ctz(LW_NOTE_FPD)] = "fault processing disable changed",
	[__builtin_ctz(LW_NOTE_BITS)] = "bits without meaning for translation changed",
	[__builtin_ctz(LW_NOTE_RESIDUE)] = "present bit cleared, other bits left",
	[__builtin_ctz(LW_NOTE_ROOT_GONE)] = "the root entry above it was cleared",
	[__builtin_ctz(LW_NOTE_ROOT_MOVED)] = "the root entry points to another table",
	[__builtin_ctz(LW_NOTE_UNIT_OFF)] = "translation is off",
	[__builtin_ctz(LW_NOTE_NO_ENTRY)] = "had no entry even when the shutdown began",
	[__builtin_ctz(LW_NOTE_NOT_COMPARED)] =
		"not compared: the words before or after are missing",
	[__builtin_ctz(LW_NOTE_UNREADABLE)] = "its table was not recorded or could not be read",
	[__builtin_ctz(LW_NOTE_EXCEPTED)] = "on a graphics unit that the kernel never switches off",
	[__builtin_ctz(LW_NOTE_SET_UNKNOWN)] = "stayed, and what was preserved is not known",
};

const char *lw_entry_note(unsigned int note)
{
	size_t bit = note ? (size_t)__builtin_ctz(note) : sizeof(notes);

	return bit < sizeof(notes) / sizeof(notes[0]) ? notes[bit] : "";
}
