// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * I8: suspend is refused while devices are preserved.
 */
#include <errno.h>

#include "judge/judges.h"

void lw_judge_suspend(struct lw_handover *h)
{
	size_t refused = 0, seen = 0, i;

	for (i = 0; i < h->stream.log_count; i++) {
		const struct lw_record *record = &h->stream.log[i];

		if (record->type != LW_REC_SUSPEND)
			continue;
		seen++;
		if (record->result.result == -EBUSY)
			refused++;
		else if (record->result.result)
			/* It went no further, but by this nobody knows whether it would have. */
			lw_unknown(h, LW_I8,
				   "A suspend failed while devices were preserved (iommu_suspend() returned "
				   "%lld), but not by the refusal of preserved devices, which is %d.",
				   record->result.result, -EBUSY);
		else
			lw_fail(h, LW_I8, "hand-over", (struct lw_finding_text){},
				"A suspend was not refused while devices were preserved "
				"(iommu_suspend() returned 0).");
	}
	if (!seen)
		lw_not_applicable(h, LW_I8, "nobody tried to suspend");
	lw_reason(h, LW_I8, "refused %zu times", refused);
}
