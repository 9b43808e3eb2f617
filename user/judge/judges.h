/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The judges, one file an invariant, and how they answer. Only files of user/judge/ include this.
 * What they judge is what user/correlate/ rebuilt.
 */
#ifndef LUWATCH_JUDGES_H
#define LUWATCH_JUDGES_H

#include "correlate/steps.h"

/* Judges of single invariants, called from the table in judge.c. */
void lw_judge_cleared(struct lw_handover *h);	       /* I1 */
void lw_judge_preserved(struct lw_handover *h);	       /* I2 */
void lw_judge_pasid(struct lw_handover *h);		/* part of I2 */
void lw_judge_roots(struct lw_handover *h);	       /* I3 */
void lw_judge_invalidations(struct lw_handover *h);    /* I4 */
void lw_judge_translation(struct lw_handover *h);      /* I5 */
void lw_judge_protected_memory(struct lw_handover *h); /* I6 */
void lw_judge_drift(struct lw_handover *h);	       /* I7 */
void lw_judge_suspend(struct lw_handover *h);	       /* I8 */
void lw_judge_sets(struct lw_handover *h);	       /* I9 */
void lw_judge_faults(struct lw_handover *h);	       /* I10 */
void lw_judge_no_return(struct lw_handover *h);	       /* I11 */
void lw_judge_complete(struct lw_handover *h);	       /* I12 */
void lw_judge_receiver(struct lw_handover *h);	       /* I13 */
void lw_note_oddities(struct lw_handover *h);	       /* what belongs to no invariant */

/*
 * Findings and answers. FORMAT gives the message. lw_fail() and lw_unknown() also set the answer of
 * the invariant: a fail stays a fail, an unknown does not become a pass, the first reason stays.
 */
struct lw_finding_text {
	const char *evidence, *action; /* or NULL; copied */
};

void lw_find(struct lw_handover *h, enum lw_invariant invariant, enum lw_severity severity,
	     const char *subject, struct lw_finding_text text, const char *format, ...)
	__attribute__((format(printf, 6, 7)));
void lw_fail(struct lw_handover *h, enum lw_invariant invariant, const char *subject,
	     struct lw_finding_text text, const char *format, ...)
	__attribute__((format(printf, 5, 6)));
void lw_unknown(struct lw_handover *h, enum lw_invariant invariant, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
void lw_not_applicable(struct lw_handover *h, enum lw_invariant invariant, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* One finding each for the fails and unknowns that were too many to be named. */
void lw_sum_up_unnamed(struct lw_handover *h);

/* The reason of an invariant that nothing spoke against; nothing for one that failed. */
void lw_reason(struct lw_handover *h, enum lw_invariant invariant, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* The same for both: a fact or a summary. */
void lw_reason_either(struct lw_handover *h, enum lw_invariant invariant, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

void lw_write_headline(struct lw_handover *h);

/* The words and registers behind a finding. Allocated; NULL (and the sticky error) without memory. */
char *lw_entry_evidence(struct lw_handover *h, const struct lw_entry *entry);
char *lw_unit_evidence(struct lw_handover *h, const struct lw_unit *unit);

#endif
