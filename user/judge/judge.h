/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The judgement of a hand-over: evidence in, answers, findings and verdict out. Pure.
 */
#ifndef LUWATCH_JUDGE_H
#define LUWATCH_JUDGE_H

#include "correlate/handover.h"

/* The invariants that this build judges (1 << enum lw_invariant). */
extern const uint32_t lw_invariants_judged;

/*
 * Correlates: decodes the carriers, rebuilds, judges. Never fails for what the evidence contains;
 * returns 0 or -ENOMEM. The caller owns *HANDOVER and gives it to lw_handover_free(). EVIDENCE and
 * everything in it must live as long as the hand-over.
 */
int lw_correlate(const struct lw_evidence *evidence, struct lw_handover **handover);

/* The same, judging only the invariants in JUDGED. */
int lw_correlate_some(const struct lw_evidence *evidence, uint32_t judged,
		      struct lw_handover **handover);

#endif
