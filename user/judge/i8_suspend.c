// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * I8: suspend is refused while devices are preserved.
 */
#include <errno.h>

#include "judge/judges.h"

void lw_judge_suspend(struct lw_handover *h)
{
	size_t seen = 0, i;

	for (i = 0; i < h->stream.log_count; i++) {
		const struct lw_record *record = &h->stream.log[i];

		if (record->type != LW_REC_SUSPEND)
			continue;
		seen++;
		if (record->result.result == -EBUSY)
			continue;
		lw_fail(h, LW_I8, "hand-over", (struct lw_finding_text){},
			"A suspend was not refused while devices were preserved "
			"(iommu_suspend() returned %lld).",
			record->result.result);
	}
	if (!seen)
		lw_not_applicable(h, LW_I8, "nobody tried to suspend");
	lw_reason(h, LW_I8, "refused %zu times", seen);
}
