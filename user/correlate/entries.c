// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What became of each context entry. The present bits of a table before and after say whether an
 * entry was there and is; the full words of preserved entries say whether it still means the same.
 * Where one of these is missing the state is "unknown": no evidence is not "cleared".
 */
#include <stdlib.h>

#include "correlate/compare.h"
#include "correlate/steps.h"
#include "luwatch/vtd.h"

/* Bounds what a forged stream can make of 128 bytes a table; no real machine comes near. */
static const size_t max_entries = 1 << 20;

enum presence { ABSENT, PRESENT, NOT_KNOWN };

/* Whether the walk of PHASE saw the entry. MISSING: why records of that walk may be missing. */
static enum presence presence(const struct lw_table *pair, unsigned int phase, const char *missing,
			      unsigned int devfn)
{
	const struct lw_rec_table *table = phase == LW_AFTER ? pair->after : pair->before;

	if (table && !(table->flags & LW_TABLE_UNREADABLE))
		return lw_table_bit(table, devfn) ? PRESENT : ABSENT;
	/* The walk after records the tables of either walk, the walk before only what is there. */
	if (table || missing || phase == LW_AFTER)
		return NOT_KNOWN;
	return ABSENT;
}

static bool same_contents(const struct lw_entry *entry)
{
	const struct lw_rec_table *before = entry->table_before, *after = entry->table_after;

	return before && after && before->digest == after->digest &&
	       !((before->flags | after->flags) & LW_TABLE_UNREADABLE);
}

/* Present before and after, and preserved. */
static void compare_words(struct lw_entry *entry)
{
	uint64_t before[4], after[4];
	size_t i;

	entry->state = LW_CONTEXT_KEPT;
	if (!entry->before || !entry->after) {
		if (same_contents(entry))
			return;
		entry->state = LW_CONTEXT_UNKNOWN;
		entry->notes |= LW_NOTE_NOT_COMPARED;
		return;
	}
	for (i = 0; i < 4; i++) {
		before[i] = entry->before->words[i];
		after[i] = entry->after->words[i];
	}
	entry->difference = lw_context_compare(before, after, entry->unit->scalable_tables);
	if (entry->difference & LW_DIFFERS_MEANING)
		entry->state = LW_CONTEXT_ALTERED;
	if (entry->difference & LW_DIFFERS_PRE)
		entry->notes |= LW_NOTE_PRE;
	if (entry->difference & LW_DIFFERS_FPD)
		entry->notes |= LW_NOTE_FPD;
	if (entry->difference & LW_DIFFERS_OTHER)
		entry->notes |= LW_NOTE_BITS;
}

/* Present after and not preserved (or nobody knows what was). */
static void state_of_present(const struct lw_handover *h, struct lw_entry *entry,
			     enum presence before)
{
	if (!lw_unit_after_known(entry->unit)) {
		entry->state = LW_CONTEXT_UNKNOWN;
	} else if (!lw_unit_is_on(entry->unit) || entry->notes & LW_NOTE_ROOT_GONE) {
		entry->state = LW_CONTEXT_UNREACHABLE;
	} else if (h->preserved_by == LW_PRESERVED_UNKNOWN) {
		entry->state = LW_CONTEXT_UNKNOWN;
		entry->notes |= LW_NOTE_SET_UNKNOWN;
	} else {
		entry->state = before == ABSENT ? LW_CONTEXT_APPEARED : LW_CONTEXT_LEAKED;
	}
}

static void state_of_stranger(const struct lw_handover *h, struct lw_entry *entry,
			      enum presence before, enum presence after)
{
	if (after == PRESENT) {
		state_of_present(h, entry, before);
	} else if (after == ABSENT) {
		entry->state = LW_CONTEXT_CLEARED;
	} else {
		entry->notes |= LW_NOTE_UNREADABLE;
		entry->state = lw_unit_after_known(entry->unit) && !lw_unit_is_on(entry->unit)
				       ? LW_CONTEXT_UNREACHABLE
				       : LW_CONTEXT_UNKNOWN;
	}
}

static void state_of_preserved(struct lw_entry *entry, enum presence before, enum presence after)
{
	if (before == PRESENT && (after == ABSENT || entry->notes & LW_NOTE_ROOT_GONE)) {
		entry->state = LW_CONTEXT_LOST;
	} else if (before == NOT_KNOWN || after == NOT_KNOWN) {
		entry->state = LW_CONTEXT_UNKNOWN;
		entry->notes |= LW_NOTE_UNREADABLE;
	} else if (before == ABSENT) {
		entry->state = LW_CONTEXT_APPEARED;
	} else {
		compare_words(entry);
	}
}

static bool has_residue(const struct lw_entry *entry)
{
	const struct lw_rec_entry *after = entry->after;

	return after && !(after->words[0] & VTD_PRESENT) &&
	       (after->words[0] | after->words[1] | after->words[2] | after->words[3]);
}

static void note_surroundings(struct lw_entry *entry)
{
	if (entry->table_after && entry->table_after->flags & LW_TABLE_GONE)
		entry->notes |= LW_NOTE_ROOT_GONE;
	if (entry->table_after && entry->table_after->flags & LW_TABLE_MOVED)
		entry->notes |= LW_NOTE_ROOT_MOVED;
	if (lw_unit_after_known(entry->unit) && !lw_unit_is_on(entry->unit))
		entry->notes |= LW_NOTE_UNIT_OFF;
	if (has_residue(entry))
		entry->notes |= LW_NOTE_RESIDUE;
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
		      uint64_t rid, enum presence before, enum presence after)
{
	struct lw_entry *entry = new_entry(h, rid);

	if (!entry)
		return;
	entry->unit = unit;
	entry->table_before = table->before;
	entry->table_after = table->after;
	entry->before = lw_entry_words(h, unit->index, rid, LW_BEFORE);
	entry->after = lw_entry_words(h, unit->index, rid, LW_AFTER);
	entry->present_before = before == PRESENT;
	entry->present_after = after == PRESENT;
	/* Seen on this unit; another unit of the segment may have a table for the same bus. */
	if (entry->preserved && (before == PRESENT || after == PRESENT)) {
		unit->preserved++;
		unit->contested += entry->preserved->contested;
	}
	note_surroundings(entry);
	if (entry->preserved)
		state_of_preserved(entry, before, after);
	else
		state_of_stranger(h, entry, before, after);
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
		enum presence before = presence(table, LW_BEFORE, missing, devfn);
		enum presence after = presence(table, LW_AFTER, missing, devfn);

		unit->entries_before += before == PRESENT;
		unit->entries_after += after == PRESENT;
		if (before == PRESENT || after == PRESENT ||
		    (before == NOT_KNOWN && lw_preserved_find(h, rid)))
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
