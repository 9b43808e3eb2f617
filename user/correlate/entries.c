// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The list of context entries: those of the tables before and after, and the preserved devices that
 * have none. What became of each says entry_state.c.
 */
#include <stdlib.h>

#include "correlate/entry_state.h"
#include "correlate/steps.h"
#include "luwatch/vtd.h"

/* Bounds what a forged stream can make of 128 bytes a table; no real machine comes near. */
static const size_t max_entries = 1 << 20;

/* Whether the walk of PHASE saw the entry. MISSING: why records of that walk may be missing. */
static enum lw_presence presence(const struct lw_table *pair, unsigned int phase,
				 const char *missing, unsigned int devfn)
{
	const struct lw_rec_table *table = phase == LW_AFTER ? pair->after : pair->before;

	if (table && !(table->flags & LW_TABLE_UNREADABLE))
		return lw_table_bit(table, devfn) ? LW_PRESENT : LW_ABSENT;
	/* The walk after records the tables of either walk, the walk before only what is there. */
	if (table || missing || phase == LW_AFTER)
		return LW_NOT_KNOWN;
	return LW_ABSENT;
}

static struct lw_entry *new_entry(struct lw_handover *h, uint64_t rid)
{
	struct lw_entry *entry;

	if (h->entry_count >= max_entries) {
		h->entries_unlisted++;
		return NULL;
	}
	entry = lw_add(h, h->entries, h->entry_count, h->entry_size);
	if (!entry)
		return NULL;
	entry->rid = rid;
	entry->preserved = lw_preserved_find(h, rid);
	return entry;
}

static void add_entry(struct lw_handover *h, struct lw_unit *unit, const struct lw_table *table,
		      uint64_t rid, enum lw_presence before, enum lw_presence after)
{
	struct lw_entry *entry = new_entry(h, rid);

	if (!entry)
		return;
	entry->unit = unit;
	entry->table_before = table->before;
	entry->table_after = table->after;
	entry->before = lw_entry_words(h, unit->index, rid, LW_BEFORE);
	entry->after = lw_entry_words(h, unit->index, rid, LW_AFTER);
	entry->present_before = before == LW_PRESENT;
	entry->present_after = after == LW_PRESENT;
	/* Seen on this unit; another unit of the segment may have a table for the same bus. */
	if (entry->preserved && (before == LW_PRESENT || after == LW_PRESENT)) {
		unit->preserved++;
		unit->contested += entry->preserved->contested;
	}
	lw_entry_set_state(h, entry, before, after);
}

static unsigned int table_size(const struct lw_table *table)
{
	const struct lw_rec_table *any = table->before ? table->before : table->after;

	return any->flags & LW_TABLE_SCALABLE ? 128 : 256;
}

static void list_table(struct lw_handover *h, struct lw_unit *unit, unsigned int slot)
{
	const struct lw_table *table = &unit->tables[slot];
	const char *missing = lw_unit_tables_missing(unit, LW_BEFORE);
	unsigned int i, first = (slot & 1) << 7, bus = slot >> 1;

	if (!missing)
		missing = h->walk_problem[LW_BEFORE];
	for (i = 0; i < table_size(table); i++) {
		unsigned int devfn = first | i;
		uint64_t rid = LW_RID(unit->segment, bus, devfn);
		enum lw_presence before = presence(table, LW_BEFORE, missing, devfn);
		enum lw_presence after = presence(table, LW_AFTER, missing, devfn);

		unit->entries_before += before == LW_PRESENT;
		unit->entries_after += after == LW_PRESENT;
		if (before == LW_PRESENT || after == LW_PRESENT ||
		    (before == LW_NOT_KNOWN && lw_preserved_find(h, rid)))
			add_entry(h, unit, table, rid, before, after);
	}
}

static void list_unit(struct lw_handover *h, struct lw_unit *unit)
{
	unsigned int slot;

	for (slot = 0; slot < LW_UNIT_TABLES; slot++) {
		const struct lw_table *table = &unit->tables[slot];

		if (!table->before && !table->after)
			continue;
		unit->tables_before += !!table->before;
		unit->tables_after += table->after && !(table->after->flags & LW_TABLE_GONE);
		list_table(h, unit, slot);
	}
}

static int compare_entries(const void *pa, const void *pb)
{
	const struct lw_entry *a = pa, *b = pb;

	if (a->rid != b->rid)
		return a->rid < b->rid ? -1 : 1;
	if (!a->unit || !b->unit)
		return (a->unit != NULL) - (b->unit != NULL);
	return (int)a->unit->index - (int)b->unit->index;
}

/* Whether every table of SEGMENT is known, so that "no unit has an entry" can be said. */
static bool segment_is_known(const struct lw_handover *h, uint32_t segment)
{
	bool any = false;
	size_t i;

	for (i = 0; i < h->unit_count; i++) {
		if (h->units[i]->segment != segment && h->units[i]->info)
			continue;
		any = true;
		if (lw_unit_tables_missing(h->units[i], LW_BEFORE) ||
		    lw_unit_tables_missing(h->units[i], LW_AFTER))
			return false;
	}
	return any && !h->walk_problem[LW_BEFORE] && !h->walk_problem[LW_AFTER];
}

/* The unit on which the entry stood when the device was preserved, where that was recorded. */
static struct lw_unit *unit_at_preservation(const struct lw_handover *h, uint64_t rid)
{
	const struct lw_record *record = lw_entry_at_preservation(h, rid);

	return record ? lw_unit_at(h, record->unit) : NULL;
}

/*
 * The unit behind which a device without an entry must be: the one on which it was preserved, or
 * that has a context table for its bus, or among several of them the one that the kernel cleaned as
 * having something preserved.
 */
static struct lw_unit *likely_unit(const struct lw_handover *h, uint64_t rid)
{
	struct lw_unit *likely = unit_at_preservation(h, rid), *cleaned = NULL;
	size_t i, likelies = 0, cleans = 0;

	if (likely)
		return likely;

	for (i = 0; i < h->unit_count; i++) {
		struct lw_unit *unit = h->units[i];

		if (!lw_unit_has_bus(unit, rid))
			continue;
		likely = unit;
		likelies++;
		if (!unit->clear_begin)
			continue;
		cleaned = unit;
		cleans++;
	}
	return likelies == 1 ? likely : cleans == 1 ? cleaned : NULL;
}

/*
 * What became of an entry that no unit has. Of a marked device it is known what was there when it was
 * preserved, or it is not known that anything was lost.
 */
static enum lw_context_state state_without_entry(const struct lw_handover *h,
						 const struct lw_preserved_rid *preserved)
{
	const struct lw_record *then = lw_entry_at_preservation(h, preserved->rid);

	if (!segment_is_known(h, LW_RID_SEGMENT(preserved->rid)))
		return LW_CONTEXT_UNKNOWN;
	if (h->preserved_by == LW_PRESERVED_MARKED && !then)
		return LW_CONTEXT_UNKNOWN;
	return LW_CONTEXT_LOST;
}

/* No unit has an entry of it, and none had when it was preserved: a bridge on the way, for example. */
static bool never_had_entry(const struct lw_handover *h, const struct lw_preserved_rid *preserved)
{
	const struct lw_record *then = lw_entry_at_preservation(h, preserved->rid);

	return then && !(then->entry.words[0] & VTD_PRESENT) &&
	       segment_is_known(h, LW_RID_SEGMENT(preserved->rid));
}

/*
 * Behind a VMD controller a device has a PCI domain that no unit has, and sends as the controller, whose
 * ID is among its aliases: that entry is judged, where there is one.
 */
static bool sends_as_vmd(const struct lw_handover *h, uint64_t device)
{
	size_t i;

	if (LW_RID_SEGMENT(device) <= 0xffff)
		return false;
	for (i = 0; i < h->preserved_count; i++) {
		if (h->preserved[i].device == device && LW_RID_SEGMENT(h->preserved[i].rid) <= 0xffff &&
		    lw_entry_first(h, h->preserved[i].rid))
			return true;
	}
	return false;
}

/*
 * Whether its unit must stay on without it, the kernel's mark on the unit says. Where that is not known,
 * or not which unit it is, it may.
 */
static void count_entryless(struct lw_handover *h, uint64_t rid)
{
	struct lw_unit *likely = likely_unit(h, rid);
	size_t i;

	if (likely && likely->before && likely->before->preserved == 1)
		likely->preserved++;
	for (i = 0; i < h->unit_count; i++) {
		struct lw_unit *unit = h->units[i];

		if (unit->before && unit->before->preserved &&
		    (likely ? unit == likely : lw_unit_has_bus(unit, rid)))
			unit->entryless++;
	}
}

/*
 * A preserved device whose own requester ID has no entry in any unit: it was taken away before the
 * shutdown began, or never was there. An alias without one is nothing special (in scalable mode
 * aliases of bridges are never programmed).
 */
static void add_preserved_without_entry(struct lw_handover *h)
{
	size_t listed = h->entry_count, i;

	for (i = 0; i < h->preserved_count; i++) {
		struct lw_preserved_rid *preserved = &h->preserved[i];
		struct lw_entry *entry;
		size_t all = h->entry_count;

		if (preserved->rid != preserved->device)
			continue;
		h->entry_count = listed;
		entry = lw_entry_first(h, preserved->rid);
		preserved->sends_as_vmd = !entry && sends_as_vmd(h, preserved->rid);
		h->entry_count = all;
		if (entry || preserved->sends_as_vmd)
			continue;
		preserved->entryless = never_had_entry(h, preserved);
		if (preserved->entryless) {
			count_entryless(h, preserved->rid);
			continue;
		}
		entry = new_entry(h, preserved->rid);
		if (!entry)
			return;
		entry->state = state_without_entry(h, preserved);
		if (entry->state == LW_CONTEXT_LOST) {
			entry->notes |= LW_NOTE_NO_ENTRY;
			entry->unit = likely_unit(h, preserved->rid);
			if (entry->unit)
				entry->unit->preserved++;
		} else {
			entry->notes |= LW_NOTE_UNREADABLE;
		}
	}
}

static void sort_entries(struct lw_handover *h)
{
	if (h->entry_count)
		qsort(h->entries, h->entry_count, sizeof(*h->entries), compare_entries);
}

void lw_list_entries(struct lw_handover *h)
{
	size_t i;

	for (i = 0; i < h->unit_count; i++)
		list_unit(h, h->units[i]);
	sort_entries(h);
	add_preserved_without_entry(h);
	sort_entries(h);
	for (i = 0; i < h->entry_count; i++) {
		struct lw_entry *entry = &h->entries[i];

		if (entry->unit && lw_unit_excepted(entry->unit))
			entry->notes |= LW_NOTE_EXCEPTED;
		h->states[entry->state]++;
		if (entry->preserved && entry->present_after && !(entry->notes & LW_NOTE_ROOT_GONE))
			lw_rids_add(h, &h->kept, entry->preserved->device);
	}
	lw_rids_sort(&h->kept);
}

bool lw_any_entry(const struct lw_handover *h, uint64_t rid, unsigned int states)
{
	const struct lw_entry *entry;

	for (entry = lw_entry_first(h, rid); entry; entry = lw_entry_next(h, entry)) {
		if (states >> entry->state & 1 && !(entry->notes & LW_NOTE_EXCEPTED))
			return true;
	}
	return false;
}
