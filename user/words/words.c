// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The words of a report. They are part of its format: a word may be added, none may change.
 */
#include "words/words.h"

const char *lw_context_state_name(enum lw_context_state state)
{
	static const char *const names[LW_CONTEXT_STATES] = {
		[LW_CONTEXT_CLEARED] = "cleared",	  [LW_CONTEXT_KEPT] = "kept",
		[LW_CONTEXT_LEAKED] = "leaked",		  [LW_CONTEXT_LOST] = "lost",
		[LW_CONTEXT_ALTERED] = "altered",	  [LW_CONTEXT_APPEARED] = "appeared",
		[LW_CONTEXT_UNREACHABLE] = "unreachable", [LW_CONTEXT_UNKNOWN] = "unknown",
	};

	return names[state];
}

const char *lw_unit_condition_name(enum lw_unit_condition condition)
{
	static const char *const names[LW_UNIT_CONDITIONS] = {
		[LW_UNIT_TRANSLATING] = "translating",
		[LW_UNIT_OFF] = "off",
		[LW_UNIT_ON_NOTHING_PRESERVED] = "on-although-nothing-is-preserved",
		[LW_UNIT_OFF_PRESERVED] = "off-although-something-is",
		[LW_UNIT_NEVER_CLEANED] = "on-and-never-cleaned",
		[LW_UNIT_GONE] = "gone",
		[LW_UNIT_UNKNOWN] = "unknown",
	};

	return names[condition];
}

const char *lw_answer_name(enum lw_answer answer)
{
	static const char *const names[LW_ANSWERS] = {
		[LW_PASS] = "pass",
		[LW_FAIL] = "fail",
		[LW_UNKNOWN] = "unknown",
		[LW_NOT_APPLICABLE] = "not-applicable",
	};

	return names[answer];
}

const char *lw_severity_name(enum lw_severity severity)
{
	static const char *const names[LW_SEVERITIES] = {
		[LW_SEVERITY_VIOLATION] = "violation",
		[LW_SEVERITY_INCOMPLETE] = "incomplete",
		[LW_SEVERITY_WARNING] = "warning",
		[LW_SEVERITY_NOTICE] = "notice",
	};

	return names[severity];
}

const char *lw_verdict_name(enum lw_verdict verdict)
{
	static const char *const names[LW_VERDICTS] = {
		[LW_VERDICT_NONE] = "none",
		[LW_VERDICT_CLEAN] = "clean",
		[LW_VERDICT_VIOLATION] = "violation",
		[LW_VERDICT_INCOMPLETE] = "incomplete",
	};

	return names[verdict];
}

const char *lw_entry_note(unsigned int note)
{
	switch (note) {
	case LW_NOTE_PRE:
		return "page request enable changed, as a version of the series does";
	case LW_NOTE_FPD:
		return "fault processing disable changed";
	case LW_NOTE_BITS:
		return "bits without meaning for translation changed";
	case LW_NOTE_RESIDUE:
		return "present bit cleared, other bits left";
	case LW_NOTE_ROOT_GONE:
		return "the root entry above it was cleared";
	case LW_NOTE_ROOT_MOVED:
		return "the root entry points to another table";
	case LW_NOTE_UNIT_OFF:
		return "translation is off";
	case LW_NOTE_NO_ENTRY:
		return "had no entry even when the shutdown began";
	case LW_NOTE_NOT_COMPARED:
		return "not compared: the words before or after are missing";
	case LW_NOTE_UNREADABLE:
		return "its table was not recorded or could not be read";
	case LW_NOTE_EXCEPTED:
		return "on a graphics unit that the kernel never switches off";
	case LW_NOTE_SET_UNKNOWN:
		return "stayed, and what was preserved is not known";
	}
	return "";
}

static const struct {
	const char *name, *title;
} invariants[LW_INVARIANTS] = {
	[LW_I1] = { "I1", "no device that is not preserved keeps a way into memory" },
	[LW_I2] = { "I2", "no preserved device lost its context entry or has it changed" },
	[LW_I3] = { "I3", "root entries without a preserved device behind them are cleared" },
	[LW_I4] = { "I4", "after the last clearing, every cache of the unit was invalidated" },
	[LW_I5] = { "I5", "translation stays on exactly where something is preserved" },
	[LW_I6] = { "I6", "protected memory regions are off" },
	[LW_I7] = { "I7", "preserved entries do not change between preservation and shutdown" },
	[LW_I8] = { "I8", "suspend is refused while devices are preserved" },
	[LW_I9] = { "I9", "what was declared is what the kernel has marked" },
	[LW_I10] = { "I10", "no fault shows a broken hand-over" },
	[LW_I11] = { "I11", "the point of no return was passed, or the attempt is known as aborted" },
	[LW_I12] = { "I12", "the records are complete" },
	[LW_I13] = { "I13", "the next kernel adopted the tables it was given" },
};

const char *lw_invariant_name(enum lw_invariant invariant)
{
	return invariants[invariant].name;
}

const char *lw_invariant_title(enum lw_invariant invariant)
{
	return invariants[invariant].title;
}
