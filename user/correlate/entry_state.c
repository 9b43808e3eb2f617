// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What became of one context entry. The present bits of a table before and after say whether an
 * entry was there and is; the full words of preserved entries say whether it still means the same.
 * Where one of these is missing the state is "unknown": no evidence is not "cleared".
 */
#include "correlate/entry_state.h"

#include "correlate/compare.h"
#include "correlate/steps.h"
#include "luwatch/vtd.h"

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
			     enum lw_presence before)
{
	if (!lw_unit_after_known(entry->unit)) {
		entry->state = LW_CONTEXT_UNKNOWN;
	} else if (!lw_unit_is_on(entry->unit) || entry->notes & LW_NOTE_ROOT_GONE) {
		entry->state = LW_CONTEXT_UNREACHABLE;
	} else if (h->preserved_by == LW_PRESERVED_UNKNOWN) {
		entry->state = LW_CONTEXT_UNKNOWN;
		entry->notes |= LW_NOTE_SET_UNKNOWN;
	} else {
		entry->state = before == LW_ABSENT ? LW_CONTEXT_APPEARED : LW_CONTEXT_LEAKED;
	}
}

static void state_of_stranger(const struct lw_handover *h, struct lw_entry *entry,
			      enum lw_presence before, enum lw_presence after)
{
	if (after == LW_PRESENT) {
		state_of_present(h, entry, before);
	} else if (after == LW_ABSENT) {
		entry->state = LW_CONTEXT_CLEARED;
	} else {
		entry->notes |= LW_NOTE_UNREADABLE;
		entry->state = lw_unit_after_known(entry->unit) && !lw_unit_is_on(entry->unit)
				       ? LW_CONTEXT_UNREACHABLE
				       : LW_CONTEXT_UNKNOWN;
	}
}

static void state_of_preserved(struct lw_entry *entry, enum lw_presence before,
			       enum lw_presence after)
{
	if (before == LW_PRESENT && (after == LW_ABSENT || entry->notes & LW_NOTE_ROOT_GONE)) {
		entry->state = LW_CONTEXT_LOST;
	} else if (before == LW_NOT_KNOWN || after == LW_NOT_KNOWN) {
		entry->state = LW_CONTEXT_UNKNOWN;
		entry->notes |= LW_NOTE_UNREADABLE;
	} else if (before == LW_ABSENT) {
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

void lw_entry_set_state(const struct lw_handover *h, struct lw_entry *entry,
			enum lw_presence before, enum lw_presence after)
{
	note_surroundings(entry);
	if (entry->preserved)
		state_of_preserved(entry, before, after);
	else
		state_of_stranger(h, entry, before, after);
}
