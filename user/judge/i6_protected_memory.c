// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * I6: protected memory regions are off (VT-d specification 11.4.9), or the next kernel's DMA into
 * them is blocked.
 */
#include <stdlib.h>

#include "judge/judges.h"
#include "luwatch/vtd.h"

void lw_judge_protected_memory(struct lw_handover *h)
{
	size_t have = 0, i;

	for (i = 0; i < h->unit_count; i++) {
		const struct lw_unit *unit = h->units[i];
		char *evidence;

		if (unit->info && !VTD_CAP_PLMR(unit->info->cap) && !VTD_CAP_PHMR(unit->info->cap))
			continue;
		if (!unit->info || !lw_unit_after_known(unit)) {
			lw_unknown(h, LW_I6, "The protected memory of %s is not known.",
				   unit->name);
			continue;
		}
		have++;
		if (!(unit->after->pmen & VTD_PMEN_PRS))
			continue;
		evidence = lw_text(h, "%s: PMEN 0x%x", unit->name, unit->after->pmen);
		lw_fail(h, LW_I6, unit->name, (struct lw_finding_text){ .evidence = evidence },
			"Protected memory regions of %s were left on: DMA into them is blocked "
			"in the next kernel.",
			unit->name);
		free(evidence);
	}
	if (!have)
		lw_not_applicable(h, LW_I6, "no unit has protected memory regions");
	lw_reason(h, LW_I6, "off on all %zu units that have them", have);
}
