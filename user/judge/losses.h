/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of losses × invariants. */
#ifndef LUWATCH_JUDGE_LOSSES_H
#define LUWATCH_JUDGE_LOSSES_H

#include "judge/judges.h"

struct lw_loss_row {
	const char *name; /* as in docs/losses.md */
	const char *text;
	uint32_t invariants; /* 1 << enum lw_invariant: none of them passes */
	/* How often it happened; NULL where the judges tell it themselves. */
	uint64_t (*count)(const struct lw_handover *h);
	const char *message; /* with one %llu */
};

extern const struct lw_loss_row lw_loss_rows[]; /* ends with an empty row */

/* Makes unknown what rests on a loss that happened. */
void lw_judge_losses(struct lw_handover *h);

#endif
