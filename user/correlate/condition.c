// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The condition in which the old kernel left each unit: translating or off, and whether that fits
 * to what was preserved behind it.
 */
#include "correlate/steps.h"
#include "luwatch/vtd.h"

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

static bool table_unreadable(const struct lw_unit *unit, uint64_t rid)
{
	unsigned int slot = LW_RID_BUS(rid) << 1 | (unit->scalable_tables ? LW_RID_DEVFN(rid) >> 7 : 0);
	const struct lw_rec_table *before = unit->tables[slot].before;

	return LW_RID_SEGMENT(rid) == unit->segment && before && before->flags & LW_TABLE_UNREADABLE;
}

/*
 * Whether a preserved device may be behind UNIT that has no entry on any: its entry was taken away
 * before the shutdown, or stands in a table that could not be read.
 */
static bool may_hold_missing(const struct lw_handover *h, const struct lw_unit *unit)
{
	size_t i;

	for (i = 0; i < h->entry_count; i++) {
		const struct lw_entry *entry = &h->entries[i];

		if (entry->preserved && entry->notes & LW_NOTE_NO_ENTRY && !entry->unit &&
		    lw_unit_has_bus(unit, entry->rid))
			return true;
	}
	for (i = 0; i < h->preserved_count; i++) {
		if (table_unreadable(unit, h->preserved[i].rid))
			return true;
	}
	return false;
}

/* Nothing that is known to be preserved is behind UNIT, and it is on. */
static enum lw_unit_condition condition_without_preserved(const struct lw_handover *h,
							  const struct lw_unit *unit)
{
	if (lw_unit_excepted(unit))
		return LW_UNIT_TRANSLATING;
	/* Nobody but the kernel can know of a device without an entry that it is behind the unit. */
	if (unit->entryless && unit->before->preserved == 1)
		return LW_UNIT_TRANSLATING;
	if (unit->entryless || may_hold_missing(h, unit))
		return unit->clear_begin ? LW_UNIT_TRANSLATING : LW_UNIT_UNKNOWN;
	return unit->quirk_known ? LW_UNIT_ON_NOTHING_PRESERVED : LW_UNIT_UNKNOWN;
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
	if (lw_unit_blocks(unit))
		return LW_UNIT_BLOCKING;
	if (!lw_unit_is_on(unit) && !unit->preserved)
		return may_hold_missing(h, unit) ? LW_UNIT_UNKNOWN : LW_UNIT_OFF;
	if (!lw_unit_is_on(unit))
		return LW_UNIT_OFF_PRESERVED;
	if (!unit->preserved)
		return condition_without_preserved(h, unit);
	if (lw_probe_attached(h, LW_PROBE_CLEAR) && !unit->clear_begin)
		return LW_UNIT_NEVER_CLEANED;
	return LW_UNIT_TRANSLATING;
}

void lw_find_conditions(struct lw_handover *h)
{
	size_t i;

	for (i = 0; i < h->unit_count; i++)
		h->units[i]->condition = condition_of(h, h->units[i]);
}

const struct lw_unit_now *lw_unit_now_of(const struct lw_handover *h, const struct lw_unit *unit)
{
	size_t i;

	for (i = 0; i < h->evidence->unit_now_count; i++) {
		if (h->evidence->units_now[i].reg_phys == unit->reg_phys)
			return &h->evidence->units_now[i];
	}
	return NULL;
}

/*
 * The same kernel often allocates its own root table where the old one stood (seen on 6.12), so the
 * address tells nothing by itself. A driver that does not adopt says of each unit that it found
 * translation on; that it did not say so can only be known from a log that has its beginning.
 */
enum lw_receiver lw_unit_receiver(const struct lw_handover *h, const struct lw_unit *unit,
				  const struct lw_unit_now *now)
{
	if (!now || !unit->after)
		return LW_RECEIVER_UNKNOWN;
	if (!(now->gsts & VTD_GSTS_TES) || now->discarded)
		return LW_RECEIVER_DISCARDED;
	/* Who discards says so. Who says nothing may have taken over what the old root table led to. */
	if (now->rtaddr != unit->after->rtaddr)
		return h->evidence->log_complete && !h->evidence->log_facts_lost ? LW_RECEIVER_UNKNOWN
										 : LW_RECEIVER_DISCARDED;
	return h->evidence->log_complete && !h->evidence->log_facts_lost ? LW_RECEIVER_ADOPTED
									 : LW_RECEIVER_UNKNOWN;
}
