/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The judges, one file an invariant, and how they answer. Only files of user/judge/ include this.
 * What they judge is what user/correlate/ rebuilt.
 */
#ifndef LUWATCH_JUDGES_H
#define LUWATCH_JUDGES_H

#include "correlate/steps.h"

/*
 * Every invariant, and the judge lw_judge_NAME() of it: which probes of the old kernel it rests on
 * (not attached: unknown), and which only name the feature (without it, or that of the others, it is
 * not applicable).
 */
#define LW_JUDGES(ROW)                                                                             \
	ROW(I1, cleared, 0, 0)                                                                    \
	ROW(I2, preserved, 0, 0)                                                                  \
	ROW(I3, roots, 0, 0)                                                                      \
	ROW(I4, invalidations, LW_NEEDS(QI_SUBMIT), LW_NEEDS(CLEAR))                              \
	ROW(I5, translation, 0, 0)                                                                \
	ROW(I6, protected_memory, 0, 0)                                                           \
	ROW(I7, drift, LW_NEEDS(PRESERVE_DEVICE) | LW_NEEDS(DRIFT_DETACH), 0)                     \
	ROW(I8, suspend, LW_NEEDS(PRESERVE_DEVICE) | LW_NEEDS(SUSPEND), 0)                        \
	ROW(I9, sets, 0, LW_NEEDS(PRESERVE_DEVICE))                                               \
	ROW(I10, faults, LW_NEEDS(DMAR_FAULT), 0)                                                 \
	ROW(I11, no_return, LW_NEEDS(LIVEUPDATE_REBOOT), 0)                                       \
	ROW(I12, complete, 0, 0)                                                                  \
	ROW(I13, receiver, 0, 0)

#define LW_NEEDS(probe) (1ULL << LW_PROBE_##probe)
#define LW_JUDGE_DECLARATION(number, name, needs, of) void lw_judge_##name(struct lw_handover *h);
LW_JUDGES(LW_JUDGE_DECLARATION)

/* Preserved devices of which the baseline has no aliases: they may have been added after arming. */
struct lw_late {
	struct lw_rids aliases; /* what the next kernel sees as aliases of marked ones */
	struct lw_rids unseen;	/* those that the next kernel does not see */
};
struct lw_late lw_late_devices(struct lw_handover *h); /* to be freed by lw_late_free() */
void lw_late_free(struct lw_late *late);
/* Whether ENTRY is word for word a preserved device's of its bus; NEW: of one without aliases in the baseline. */
bool lw_looks_like_alias(const struct lw_handover *h, const struct lw_entry *entry, bool new);
/* Whether RID is an alias of one of them of which nothing tells yet, and no device's own. */
bool lw_is_late_alias(const struct lw_handover *h, uint64_t rid, const struct lw_late *late);
/* Whether the entry may be that of an alias of one of them. */
bool lw_may_be_late_alias(const struct lw_handover *h, const struct lw_entry *entry,
			  const struct lw_late *late);

void lw_judge_pasid(struct lw_handover *h); /* part of I2 */
void lw_note_oddities(struct lw_handover *h); /* what belongs to no invariant */

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
