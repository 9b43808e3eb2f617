/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The words of a report that a person reads: states, answers, invariants, severities, verdicts.
 */
#ifndef LUWATCH_WORDS_H
#define LUWATCH_WORDS_H

/* State of a context entry. */
enum lw_context_state {
	LW_CONTEXT_CLEARED,
	LW_CONTEXT_KEPT,
	LW_CONTEXT_LEAKED,	/* not preserved, still reachable */
	LW_CONTEXT_LOST,	/* preserved, gone */
	LW_CONTEXT_ALTERED,	/* preserved, means something else now */
	LW_CONTEXT_APPEARED,	/* present after, not before */
	LW_CONTEXT_UNREACHABLE, /* not preserved, still there, but the unit cannot get to it */
	LW_CONTEXT_UNKNOWN,	/* the evidence does not say */
	LW_CONTEXT_STATES
};

/* What else is worth saying about an entry; texts in lw_entry_note(). */
enum lw_entry_notes {
	LW_NOTE_PRE = 1 << 0,	     /* PRE bit changed, as one version of the series does */
	LW_NOTE_FPD = 1 << 1,	     /* fault processing disable changed */
	LW_NOTE_BITS = 1 << 2,	     /* bits without meaning for translation changed */
	LW_NOTE_RESIDUE = 1 << 3,    /* present bit cleared, other bits left */
	LW_NOTE_ROOT_GONE = 1 << 4,  /* the root entry above it was cleared */
	LW_NOTE_ROOT_MOVED = 1 << 5, /* the root entry points to another table */
	LW_NOTE_UNIT_OFF = 1 << 6,
	LW_NOTE_NO_ENTRY = 1 << 7,     /* preserved, but had no entry even before */
	LW_NOTE_NOT_COMPARED = 1 << 8, /* present before and after, words of one are missing */
	LW_NOTE_UNREADABLE = 1 << 9,   /* its table was not recorded or could not be read */
	LW_NOTE_EXCEPTED = 1 << 10,    /* on a quirked graphics unit that is never switched off */
	LW_NOTE_SET_UNKNOWN = 1 << 11, /* stayed, and it is not known what was preserved */
};

enum lw_unit_condition {
	LW_UNIT_TRANSLATING,
	LW_UNIT_OFF,
	LW_UNIT_ON_NOTHING_PRESERVED,
	LW_UNIT_OFF_PRESERVED,
	LW_UNIT_NEVER_CLEANED,
	LW_UNIT_GONE, /* registers read as all ones */
	LW_UNIT_UNKNOWN,
	LW_UNIT_CONDITIONS
};

enum lw_answer { LW_PASS, LW_FAIL, LW_UNKNOWN, LW_NOT_APPLICABLE, LW_ANSWERS };

enum lw_invariant {
	LW_I1,
	LW_I2,
	LW_I3,
	LW_I4,
	LW_I5,
	LW_I6,
	LW_I7,
	LW_I8,
	LW_I9,
	LW_I10,
	LW_I11,
	LW_I12,
	LW_I13,
	LW_INVARIANTS
};

#define LW_NO_INVARIANT LW_INVARIANTS

enum lw_severity {
	LW_SEVERITY_VIOLATION,	/* an invariant failed */
	LW_SEVERITY_INCOMPLETE, /* evidence is missing */
	LW_SEVERITY_WARNING,	/* worth a look; no promise was broken */
	LW_SEVERITY_NOTICE,
	LW_SEVERITIES
};

enum lw_verdict {
	LW_VERDICT_NONE, /* this boot is no hand-over */
	LW_VERDICT_CLEAN,
	LW_VERDICT_VIOLATION,
	LW_VERDICT_INCOMPLETE,
	LW_VERDICTS
};

/* Words of the report; static strings. */
const char *lw_context_state_name(enum lw_context_state state);
const char *lw_unit_condition_name(enum lw_unit_condition condition);
const char *lw_answer_name(enum lw_answer answer);
const char *lw_severity_name(enum lw_severity severity);
const char *lw_verdict_name(enum lw_verdict verdict);	     /* LW_VERDICT_NONE: "none" */
const char *lw_invariant_name(enum lw_invariant invariant);  /* "I1" */
const char *lw_invariant_title(enum lw_invariant invariant); /* the promise in one line */
const char *lw_entry_note(unsigned int note);	     /* one of enum lw_entry_notes */

#endif
