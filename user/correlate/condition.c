// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The condition in which the old kernel left each unit: translating or off, and whether that fits
 * to what was preserved behind it.
 */
#include "correlate/parts.h"

/* Whether a preserved requester ID may have an entry on UNIT without our knowing. */
static bool holders_unknown(const struct lw_handover *h, const struct lw_unit *unit)
{
	size_t i;

	if (!h->walk_problem[LW_BEFORE] && !lw_unit_tables_missing(unit, LW_BEFORE))
		return false;
	for (i = 0; i < h->preserved_count; i++) {
		if (!unit->info || LW_RID_SEGMENT(h->preserved[i].rid) == unit->segment)
			return true;
	}
	return false;
}

static enum lw_unit_condition condition_of(const struct lw_handover *h, const struct lw_unit *unit)
{
	if (!unit->after)
		return LW_UNIT_UNKNOWN;
	if (!lw_unit_after_known(unit))
		return LW_UNIT_GONE;
	if (h->preserved_by == LW_PRESERVED_UNKNOWN ||
	    (h->preserved_count && !unit->preserved && holders_unknown(h, unit)))
		return LW_UNIT_UNKNOWN;
	if (!lw_unit_is_on(unit))
		return unit->preserved ? LW_UNIT_OFF_PRESERVED : LW_UNIT_OFF;
	if (lw_unit_excepted(unit))
		return LW_UNIT_TRANSLATING;
	if (!unit->preserved)
		return LW_UNIT_ON_NOTHING_PRESERVED;
	if (lw_probe_attached(h, LW_PROBE_CLEAR) && !unit->clear_begin)
		return LW_UNIT_NEVER_CLEANED;
	return LW_UNIT_TRANSLATING;
}

void lw_judge_units(struct lw_handover *h)
{
	size_t i;

	for (i = 0; i < h->unit_count; i++)
		h->units[i]->condition = condition_of(h, h->units[i]);
}
