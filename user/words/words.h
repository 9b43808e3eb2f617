/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Every name that a person reads, one row each: its word in JSON, metrics and journal, the tone it
 * is shown in, what `luwatch explain` says. Whoever shows, parses or documents a word asks these
 * tables; tests/unit/test_words_rows.c goes through every row and every reader.
 *
 * An enum numbers the rows of its table. Its order is the order in which they are shown. A name is
 * part of the formats: a row may be added, none may be renamed.
 */
#ifndef LUWATCH_WORDS_H
#define LUWATCH_WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum lw_tone {
	LW_TONE_PLAIN,
	LW_TONE_GOOD,
	LW_TONE_WARN,
	LW_TONE_BAD,
	LW_TONE_STRONG, /* headings */
	LW_TONE_FAINT,
	LW_TONES
};

/* State of a context entry. */
enum lw_context_state {
	LW_CONTEXT_KEPT,
	LW_CONTEXT_CLEARED,
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
	LW_UNIT_BLOCKING, /* on, in abort-DMA mode */
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
	LW_VERDICT_INCOMPLETE,
	LW_VERDICT_VIOLATION,
	LW_VERDICTS,
	LW_VERDICT_DAMAGED = LW_VERDICTS, /* a stored report that contradicts itself; never given */
};

/* What kind of boot this is. */
enum lw_boot {
	LW_BOOT_KEXEC,
	LW_BOOT_COLD,
	LW_BOOT_KDUMP,
	LW_BOOT_SAME, /* the boot id is still the one of the baseline */
	LW_BOOTS
};

enum lw_fault_source {
	LW_SOURCE_REGISTER, /* read by BPF at the entry of dmar_fault() */
	LW_SOURCE_LATCHED,  /* still in the registers at the last look before the kexec */
	LW_SOURCE_LOG,	    /* a line of the kernel log */
	LW_SOURCES
};

/* When a fault happened, seen from the hand-over. */
enum lw_window {
	LW_WINDOW_BEFORE,   /* before kernel_kexec() */
	LW_WINDOW_BLACKOUT, /* from kernel_kexec() to the end of the old kernel, or latched then */
	LW_WINDOW_EARLY_BOOT, /* in the next kernel, before the agent watched */
	LW_WINDOW_AFTER,      /* later */
	LW_WINDOWS
};

enum lw_fault_class {
	LW_CLASS_BROKEN,   /* the hand-over broke a preserved device */
	LW_CLASS_LEAK_HIT, /* from a device whose entry was leaked */
	LW_CLASS_PARKED,   /* entry cleared: blocked as promised, but the device was not quiet */
	LW_CLASS_UNKNOWN_DEVICE, /* no PCI function has this requester ID */
	LW_CLASS_INTERRUPT,	 /* "interrupt-remapping" */
	LW_CLASS_ORDINARY,
	LW_CLASS_GUEST, /* page-level fault of a preserved or assigned device */
	LW_CLASSES
};

/* Who can cause a fault while the tables are as the host's kernel meant them. */
enum lw_cause {
	LW_CAUSED_BY_HOST, /* nobody else: tables that the host's kernel writes are wrong or gone */
	LW_CAUSED_BY_REQUEST, /* the device alone: a request its entries do not allow */
	LW_CAUSED_BY_MAPPING, /* the device or whoever maps its memory: an address not mapped so */
	LW_CAUSES
};

/* How the running agent does not see or not tell something; the label of luwatch_losses_total. */
enum lw_loss {
	LW_LOSS_FAULTS_UNSEEN,	 /* consumed by the kernel's handler before they were read */
	LW_LOSS_FAULT_OVERFLOWS, /* times a unit said that it had dropped faults */
	LW_LOSS_PAGE_REQUESTS,	 /* times a unit had no room for a page request */
	LW_LOSS_FAULTS_LOST,	 /* no place in any map */
	LW_LOSS_EVENTS_LOST,	 /* counted, but no room in the buffer of single events */
	LW_LOSS_MARKS_LOST,
	LW_LOSS_RECORDS_DROPPED, /* no slot in the carrier */
	LW_LOSS_LOG_GAPS,	/* kernel log records that were overwritten before they were read */
	LW_LOSS_LOG_SUPPRESSED, /* callbacks the kernel's rate limit suppressed */
	LW_LOSS_JOURNAL,	/* journal entries held back by the rate limits */
	LW_LOSS_PROGRAM_MISSES, /* program runs the kernel skipped */
	LW_LOSS_FAULTS_GROUPED, /* counted, but without a place of their kind or device */
	LW_LOSS_PROGRAM_COMPLAINTS, /* the kernel stopped a program of ours and said why */
	LW_LOSS_MAPS_BUSY,	/* a map of faults was locked by what was interrupted */
	LW_LOSS_FAULTS_STUCK,	/* times a unit was found with a fault whose interrupt never came */
	LW_LOSSES
};

/* How evidence of a hand-over was lost: the counters of its report. */
enum lw_evidence_loss {
	LW_LOST_RECORDS_DAMAGED,
	LW_LOST_RECORDS_NEWER,
	LW_LOST_RECORDS_OLDER,
	LW_LOST_RECORDS_UNKNOWN_TYPE,
	LW_LOST_RECORDS_MISSING,
	LW_LOST_RECORDS_DROPPED,
	LW_LOST_RECORDS_WRONG_ID,
	LW_LOST_RECORDS_CONFLICTING,
	LW_LOST_RECORDS_DUPLICATE,
	LW_LOST_RECORDS_CONTRADICTING,
	LW_LOST_ENTRIES_DROPPED,
	LW_LOST_ENTRIES_UNLISTED,
	LW_LOST_TABLES_UNREADABLE,
	LW_LOST_TABLES_WITHOUT_COPY,
	LW_LOST_UNITS_SKIPPED,
	LW_LOST_FAULTS_UNSEEN,
	LW_LOST_FAULTS_LOST,
	LW_LOST_FAULT_OVERFLOWS,
	LW_LOST_PAGE_REQUESTS,
	LW_LOST_PROGRAM_MISSES,
	LW_LOST_LOG_LINES_SUPPRESSED,
	LW_LOST_LOG_LINES_REJECTED,
	LW_EVIDENCE_LOSSES
};

/* Kinds of audit records. Names stand in the log: they are never changed or used again. */
enum lw_audit_kind {
	/* The log's own. They are written by lw_audit_append() where they are due. */
	LW_AUDIT_LOG_STARTED,  /* first record of all */
	LW_AUDIT_LOG_OPENED,   /* first record of a file after another */
	LW_AUDIT_LOG_ROTATED,  /* last record of a file */
	LW_AUDIT_LOG_REPAIRED, /* a torn tail was kept aside */
	LW_AUDIT_LOG_DAMAGED,  /* the line before is no record; it was left as it is */
	LW_AUDIT_LOG_LOST,     /* earlier events could not be written */

	LW_AUDIT_KEY_CREATED,
	LW_AUDIT_ARMED,
	LW_AUDIT_DISARMED,
	LW_AUDIT_SET_CHANGED, /* declared set */
	LW_AUDIT_PRESERVED,   /* the kernel marked a device */
	LW_AUDIT_UNPRESERVED,
	LW_AUDIT_KEXEC_BEGUN,
	LW_AUDIT_KEXEC_ABORTED,
	LW_AUDIT_NOT_HANDED_OVER, /* was armed, then came a reboot, reset or power loss */
	LW_AUDIT_COLLECTED,	  /* verdict and digest of revision 1 */
	LW_AUDIT_REVISED,	  /* of a later revision */
	LW_AUDIT_FINAL,		  /* of the last one */
	LW_AUDIT_ALERT_SENT,
	LW_AUDIT_AGENT_STARTED,
	LW_AUDIT_AGENT_STOPPED,
	LW_AUDIT_AGENT_DEAD,
	LW_AUDIT_CONFIGURATION_CHANGED,
	LW_AUDIT_NOTE, /* a person's remark */
	LW_AUDIT_RETENTION, /* an old hand-over was removed */
	LW_AUDIT_KEY_CHANGED, /* the next signing key took over; signed by the one before */
	LW_AUDIT_ACKNOWLEDGED, /* a person has looked at a verdict */
	LW_AUDIT_APPROVED, /* the next hand-over belongs to this change */
	LW_AUDIT_HEARTBEAT, /* the agent lives */
	LW_AUDIT_KEXEC_LOADED, /* an image that kexec would start was loaded */

	LW_AUDIT_KINDS
};

/* How the page draws a state of an entry: paths in a square of 10 units, and how they are painted.
 */
struct lw_glyph {
	const char *body, *cut;		    /* CUT, "" for none, lies on BODY */
	const char *body_style, *cut_style; /* CSS; var(--state) is its colour */
	const char *light, *dark;	    /* its colour by day and by night */
};

struct lw_word {
	const char *name;   /* "I4", "leaked", "10"; NULL where no row has this number */
	const char *title;  /* one line, no full stop; reports use it too */
	const char *story;  /* what it means and why it matters; paragraphs end with '\n' */
	const char *basis;  /* section of the specification, kernel function */
	const char *action; /* what to do about it */
	enum lw_tone tone;
	bool pages;  /* a class that shows damage: whoever is on call is called */
	bool closes; /* an audit record whose hash goes where the host's root cannot take it back */
	enum lw_cause cause;   /* of a fault reason */
	struct lw_glyph glyph; /* of a state of an entry */
};

struct lw_word_table {
	const char *kind;    /* "invariant": what a row is */
	const char *heading; /* "Invariants" */
	const struct lw_word *words;
	size_t count;
};

extern const struct lw_word_table lw_verdicts, lw_invariants, lw_answers, lw_severities;
extern const struct lw_word_table lw_entry_states, lw_unit_states;
extern const struct lw_word_table lw_fault_classes, lw_windows, lw_fault_sources, lw_causes;
extern const struct lw_word_table lw_reasons; /* has holes */
extern const struct lw_word_table lw_boots, lw_losses, lw_evidence_losses, lw_audit_kinds;
extern const struct lw_word_table lw_flight_warnings, lw_terms, lw_exit_codes;

/* The tables one after another, from INDEX 0; NULL behind the last one. */
const struct lw_word_table *lw_word_table(size_t index);

/* The row NAME (upper or lower case alike) of TABLE; NULL if it has none. */
const struct lw_word *lw_word_of(const struct lw_word_table *table, const char *name);

/*
 * The fault reason that somebody wrote as a number: 0x6, 0x06, or decimal as kernels before 5.14 print
 * it (06, 113). NULL if there is none.
 */
const struct lw_word *lw_reason_of(const char *text);

/* The number of the row that is called NAME exactly, and so its enum; .count if there is none. */
unsigned int lw_word_index(const struct lw_word_table *table, const char *name);

/* Static string, never NULL: "unknown" for what is no row. */
const char *lw_word_name(const struct lw_word_table *table, unsigned int index);

/* The words of each enum, by its type. */
static inline const char *lw_context_state_name(enum lw_context_state word)
{
	return lw_word_name(&lw_entry_states, word);
}

static inline const char *lw_unit_condition_name(enum lw_unit_condition word)
{
	return lw_word_name(&lw_unit_states, word);
}

static inline const char *lw_answer_name(enum lw_answer word)
{
	return lw_word_name(&lw_answers, word);
}

static inline const char *lw_severity_name(enum lw_severity word)
{
	return lw_word_name(&lw_severities, word);
}

static inline const char *lw_verdict_name(enum lw_verdict word)
{
	return lw_word_name(&lw_verdicts, word);
}

static inline const char *lw_invariant_name(enum lw_invariant word)
{
	return lw_word_name(&lw_invariants, word);
}

static inline const char *lw_boot_name(enum lw_boot word)
{
	return lw_word_name(&lw_boots, word);
}

static inline const char *lw_window_name(enum lw_window word)
{
	return lw_word_name(&lw_windows, word);
}

static inline const char *lw_fault_class_name(enum lw_fault_class word)
{
	return lw_word_name(&lw_fault_classes, word);
}

static inline const char *lw_fault_source_name(enum lw_fault_source word)
{
	return lw_word_name(&lw_fault_sources, word);
}

static inline const char *lw_loss_name(enum lw_loss word)
{
	return lw_word_name(&lw_losses, word);
}

static inline const char *lw_audit_kind_name(enum lw_audit_kind word)
{
	return lw_word_name(&lw_audit_kinds, word);
}

/* Whether faults of CLASS show that the hand-over did damage. */
static inline bool lw_shows_damage(enum lw_fault_class class)
{
	return lw_fault_classes.words[class].pages;
}

/* The tone of a word that this version may not know: OTHERWISE then. */
static inline enum lw_tone lw_tone_of(const struct lw_word_table *table, const char *name,
				      enum lw_tone otherwise)
{
	const struct lw_word *word = lw_word_of(table, name);

	return word ? word->tone : otherwise;
}

const char *lw_entry_note(unsigned int note); /* one of enum lw_entry_notes, as a text */

#endif
