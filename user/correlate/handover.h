/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The hand-over as the correlation rebuilt it from the evidence: units, context tables, entries and
 * their states, sets, faults, the judgement of every invariant and the findings. Words as in
 * docs/architecture.md.
 */
#ifndef LUWATCH_HANDOVER_H
#define LUWATCH_HANDOVER_H

#include "correlate/evidence.h"
#include "record/stream.h"
#include "words/words.h"

struct lw_entry {
	uint64_t rid;
	struct lw_unit *unit;			   /* NULL when no unit has an entry */
	const struct lw_preserved_rid *preserved;  /* NULL when not preserved */
	const struct lw_rec_entry *before, *after; /* words; NULL where they were not carried */
	const struct lw_rec_table *table_before, *table_after;
	enum lw_context_state state;
	unsigned int notes;		    /* enum lw_entry_notes */
	unsigned int difference;	    /* enum lw_difference of compare.h */
	bool present_before, present_after; /* as far as known */
};

/* One context table of one unit; legacy mode: half is 0. */
struct lw_table {
	const struct lw_rec_table *before, *after;
};

#define LW_UNIT_TABLES 512 /* bus << 1 | half */

struct lw_unit {
	uint16_t index;
	char name[32];
	uint64_t reg_phys;
	uint32_t segment;
	const struct lw_rec_unit *info; /* seen by the walk, else of the baseline, else NULL */
	const struct lw_rec_unit_state *before, *after;
	const struct lw_rec_kept_tables *kept; /* tables the kernel preserved as a whole, or NULL */
	struct lw_table tables[LW_UNIT_TABLES];
	uint64_t clear_begin, clear_end, disabled; /* sequence numbers, 0 = no such record */
	bool scalable;
	bool scalable_tables; /* scalable-mode tables were recorded, if there are any */
	bool never_off;	      /* a quirked graphics unit, which the kernel leaves on */
	bool quirk_known;     /* the baseline has the unit, and says whether it is one */
	size_t tables_before, tables_after, entries_before, entries_after;
	size_t preserved; /* preserved requester IDs with an entry here */
	size_t contested; /* of these, also a not preserved device's */
	size_t entryless; /* preserved devices without an entry that may be behind it */
	enum lw_unit_condition condition;
};

/* A sorted set of requester IDs. */
struct lw_rids {
	uint64_t *rid;
	size_t count, size;
};

/* Who uses a requester ID: the device itself or one whose DMA alias it is. */
struct lw_owner {
	uint64_t rid;
	uint64_t device;	      /* the device's own requester ID */
	const struct lw_device *seen; /* as the next kernel sees the device, or NULL */
};

struct lw_preserved_rid {
	uint64_t rid;
	uint64_t device; /* the preserved device it belongs to */
	bool contested;
	uint64_t rival; /* a device that is not preserved and has the same ID */
	bool entryless; /* had no context entry at all, also when it was preserved */
	bool sends_as_vmd; /* has no context entry of its own: its VMD controller's stands for it */
};

enum lw_preserved_by {
	LW_PRESERVED_UNKNOWN, /* the evidence for the set is missing */
	LW_PRESERVED_NONE,    /* no marks in this kernel and nothing declared */
	LW_PRESERVED_MARKED,
	LW_PRESERVED_DECLARED,
};

/* Strings of the baseline; NULL when not there. Bytes from outside: show them escaped. */
struct lw_origin {
	char *kernel, *agent, *boot_id, *machine_id, *hostname;
	char *build_id, *ring, *correlation;
	char **labels; /* "key=value" */
	size_t label_count, label_size;
};

struct lw_result {
	enum lw_answer answer;
	char *reason;
	size_t fails, unknowns; /* also those beyond what gets a finding of its own */
};

struct lw_finding {
	enum lw_invariant invariant; /* or LW_NO_INVARIANT */
	enum lw_severity severity;
	char *subject;	/* a requester ID, a unit's name, a carrier's name or "hand-over" */
	char *message;	/* what is wrong and what it means */
	char *evidence; /* from which facts; NULL when the message says it */
	char *action;	/* what to do; NULL for nothing */
};

struct lw_handover {
	const struct lw_evidence *evidence;
	int error; /* sticky -ENOMEM */

	struct lw_decode_counts *carrier_counts; /* per carrier of the evidence */
	struct lw_stream stream;
	const struct lw_rec_baseline *baseline; /* NULL: none is complete */
	uint64_t baseline_ns;			/* its boot clock */
	struct lw_origin origin;

	/* Landmarks of the log; NULL when missing. */
	const struct lw_record *kexec, *liveupdate, *shutdown, *shutdown_end, *aborted, *last;
	const struct lw_record *walk_before, *walk_after;
	const char *walk_problem[2]; /* by enum lw_phase: why not all tables are known */
	uint64_t probes;	     /* attached, from the baseline */
	uint64_t symbols;	     /* exist in the old kernel */

	struct lw_unit **units;
	size_t unit_count, unit_size;
	const struct lw_record **index; /* records that are looked up: index.c */
	size_t index_count;
	uint64_t contradictions; /* two records of the log about one and the same thing */

	struct lw_owner *owners; /* sorted by rid, device */
	size_t owner_count, owner_size;
	uint64_t *sources; /* requester IDs: those, of entries, preserved; each once, by source id, segment */
	size_t source_count;
	struct lw_rids declared, marked, kept;
	struct lw_rids aliased; /* devices of which the baseline has the aliases */
	bool declared_known;
	enum lw_preserved_by preserved_by;
	const char *preserved_missing;	    /* why the set is unknown */
	struct lw_rids not_retrieved; /* the kernel before had preserved them, and nobody took them back */
	bool not_retrieved_known;
	struct lw_preserved_rid *preserved; /* sorted by rid */
	size_t preserved_count, preserved_size;

	struct lw_entry *entries; /* sorted by rid, unit */
	size_t entry_count, entry_size;
	uint64_t entries_unlisted; /* beyond what a report can hold */
	size_t states[LW_CONTEXT_STATES];

	struct lw_fault *faults; /* in order of window */
	size_t fault_count, fault_size;
	size_t totals_before; /* records of faults before kernel_kexec() */
	uint64_t faults_twice; /* seen by two sources, counted once */
	struct lw_rids precedents; /* with mapping faults while the old kernel still ran */
	bool precedents_missing;   /* there may have been others */
	bool adopted;	       /* the next kernel uses the carried root table */

	uint32_t judged; /* bit per invariant that takes part */
	struct lw_result results[LW_INVARIANTS];
	struct lw_finding *findings; /* most severe first */
	size_t finding_count, finding_size;
	size_t remarks; /* warnings and notices, those without a finding included */
	enum lw_verdict verdict;
	char *headline;
};

/*
 * Rebuilds: decodes the carriers, units, tables, sets, entries and faults. Never fails for what the
 * evidence contains; returns 0 or -ENOMEM. The caller owns *HANDOVER and gives it to
 * lw_handover_free(). EVIDENCE and everything in it must live as long as the hand-over.
 */
int lw_rebuild(const struct lw_evidence *evidence, struct lw_handover **handover);

void lw_handover_free(struct lw_handover *handover);

#endif
