// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * I3: root entries above nothing preserved are cleared, as the series does from its third version on.
 */
#include <stdio.h>
#include <stdlib.h>

#include "judge/judges.h"

/*
 * Whether a preserved requester ID belongs to UNIT: by its own entry, else by the entry of its
 * device (aliases need not be programmed). Without either, or where a table was not recorded in which it
 * may stand, nobody knows, and it may.
 */
static bool may_belong_to(const struct lw_handover *h, const struct lw_preserved_rid *preserved,
			  const struct lw_unit *unit)
{
	const struct lw_entry *entry = lw_entry_first(h, preserved->rid);

	if (!entry)
		entry = lw_entry_first(h, preserved->device);
	if (!entry)
		return true;
	for (; entry; entry = lw_entry_next(h, entry)) {
		if (!entry->unit || entry->unit == unit || entry->state == LW_CONTEXT_UNKNOWN)
			return true;
	}
	return false;
}

static bool table_is_preserved(const struct lw_handover *h, const struct lw_unit *unit,
			       unsigned int slot)
{
	unsigned int bus = slot >> 1, half = slot & 1, devfn;
	const struct lw_preserved_rid *preserved;

	for (devfn = 0; devfn < 256; devfn++) {
		if (unit->scalable_tables && devfn >> 7 != half)
			continue;
		preserved = lw_preserved_find(h, LW_RID(unit->segment, bus, devfn));
		if (preserved && may_belong_to(h, preserved, unit))
			return true;
	}
	return false;
}

/*
 * The series preserves every context table that exists when a device is preserved: its own bitmap,
 * where it could be read, says which root entries may stay. Else only those with a preserved device.
 */
static bool root_may_stay(const struct lw_handover *h, const struct lw_unit *unit,
			  unsigned int slot)
{
	if (unit->kept)
		return unit->kept->bits[slot >> 6] >> (slot & 63) & 1;
	return table_is_preserved(h, unit, slot);
}

/* Without the unit's state before, nothing says whether there was one. */
static bool kept_record_is_missing(const struct lw_unit *unit)
{
	return !unit->kept && (!unit->before || unit->before->flags & LW_STATE_KEPT_TABLES);
}

static bool root_was_cleared(const struct lw_table *table)
{
	return table->before && table->after && table->after->flags & LW_TABLE_GONE;
}

/* A root entry above something preserved is no sign: no version means to clear that. */
static bool root_was_cleaned(const struct lw_handover *h, const struct lw_unit *unit,
			     unsigned int slot)
{
	return root_was_cleared(&unit->tables[slot]) && !table_is_preserved(h, unit, slot);
}

/*
 * Root entries are cleared from v3 of the series on. v4 and later show themselves by the callback
 * for each requester ID, v3 only by having cleared one.
 */
static bool kernel_clears_roots(const struct lw_handover *h)
{
	size_t i, slot;

	if (lw_probe_exists(h, LW_PROBE_CLEAR_ALIAS))
		return true;
	for (i = 0; i < h->unit_count; i++) {
		for (slot = 0; slot < LW_UNIT_TABLES; slot++) {
			if (root_was_cleaned(h, h->units[i], slot))
				return true;
		}
	}
	return false;
}

static void fail_root(struct lw_handover *h, const struct lw_unit *unit, unsigned int slot)
{
	const struct lw_rec_table *after = unit->tables[slot].after;
	char *evidence = lw_text(h, "%s: root entry 0x%llx, %u entries present behind it%s",
				 unit->name, after->root, after->present,
				 unit->kept ? "; not in the kernel's bitmap of preserved tables"
					    : "");
	char subject[64];

	snprintf(subject, sizeof(subject), "%s bus %02x%s", unit->name, slot >> 1,
		 !unit->scalable_tables ? ""
		 : slot & 1		? " upper half"
					: " lower half");
	lw_fail(h, LW_I3, subject,
		(struct lw_finding_text){
			.evidence = evidence,
			.action =
				"See what I1 says about the entries behind it. If none leaked, the "
				"risk is the reuse of the table's page: plan a cold reboot.",
		},
		"The root entry of bus %02x on %s was left, although %s: the unit goes on reading "
		"a page that the next kernel may use for something else.",
		slot >> 1, unit->name,
		unit->kept ? "the kernel had not preserved its context table (it is newer than "
			     "the last preservation, or holds nothing preserved)"
			   : "no device of its context table is preserved");
	free(evidence);
}

/*
 * Something in the table may be preserved without its being known (I1 says why). For an alias of which
 * there is no entry the table stays, too; those of a device that nobody saw are mostly on its own bus.
 */
static bool may_hold_alias(const struct lw_handover *h, const struct lw_unit *unit, unsigned int slot,
			   const struct lw_late *late)
{
	const struct lw_entry *entry;
	unsigned int devfn;
	bool may = false;
	uint64_t rid;
	size_t i;

	for (i = 0; i < late->unseen.count && !unit->tables[slot].after->present && !may; i++)
		may = late->unseen.rid[i] >> 8 == LW_RID(unit->segment, slot >> 1, 0) >> 8;

	for (devfn = 0; devfn < 256 && !may; devfn++) {
		if (unit->scalable_tables && devfn >> 7 != (slot & 1))
			continue;
		rid = LW_RID(unit->segment, slot >> 1, devfn);
		may = lw_is_late_alias(h, rid, late);
		entry = lw_entry_first(h, rid);
		for (; entry && !may; entry = lw_entry_next(h, entry))
			may = entry->unit == unit && entry->present_after &&
			      lw_may_be_late_alias(h, entry, late);
	}
	return may;
}

/* Counts the root entries that had to go, and those that did. */
static void judge_roots_of(struct lw_handover *h, const struct lw_unit *unit,
			   const struct lw_late *late, size_t *cleared)
{
	unsigned int slot;

	for (slot = 0; slot < LW_UNIT_TABLES; slot++) {
		const struct lw_table *table = &unit->tables[slot];

		if ((!table->before && !table->after) || root_may_stay(h, unit, slot))
			continue;
		if (!table->after)
			lw_unknown(h, LW_I3,
				   "What became of the root entry of bus %02x on %s is "
				   "not known: its record is missing.",
				   slot >> 1, unit->name);
		else if (table->after->flags & LW_TABLE_GONE)
			++*cleared;
		else if (!unit->kept && may_hold_alias(h, unit, slot, late))
			lw_unknown(h, LW_I3,
				   "Whether the root entry of bus %02x on %s should have stayed is not known: a "
				   "requester ID behind it may be an alias of a preserved device that was "
				   "added after luwatch was armed.",
				   slot >> 1, unit->name);
		else
			fail_root(h, unit, slot);
	}
}

static void judge_units(struct lw_handover *h, const struct lw_late *late)
{
	size_t cleared = 0, judged = 0, i;
	bool clears = kernel_clears_roots(h);

	for (i = 0; i < h->unit_count; i++) {
		const struct lw_unit *unit = h->units[i];
		const char *missing = lw_unit_tables_missing(unit, LW_AFTER);

		if (lw_unit_after_known(unit) && !lw_unit_is_on(unit))
			continue;
		if (h->preserved_by == LW_PRESERVED_UNKNOWN) {
			lw_unknown(h, LW_I3, "What was preserved is not known: %s.",
				   h->preserved_missing);
			return;
		}
		if (!missing)
			missing = h->walk_problem[LW_AFTER];
		if (h->preserved_count && missing) {
			lw_unknown(h, LW_I3, "The root entries of %s are not known: %s.",
				   unit->name, missing);
			continue;
		}
		if (!lw_unit_cleans(unit))
			continue;
		if (!clears) {
			lw_not_applicable(h, LW_I3,
					  "no root entry was cleared, and this kernel's version of "
					  "the series may be one that never does");
			return;
		}
		judged++;
		if (kept_record_is_missing(unit))
			lw_unknown(h, LW_I3,
				   "Which context tables of %s the kernel had preserved is not "
				   "known: a record is missing.",
				   unit->name);
		else
			judge_roots_of(h, unit, late, &cleared);
	}
	if (!judged)
		lw_not_applicable(h, LW_I3, "no unit was kept on for something preserved");
	lw_reason(h, LW_I3, "%zu root entries cleared", cleared);
}

void lw_judge_roots(struct lw_handover *h)
{
	struct lw_late late = lw_late_devices(h);

	judge_units(h, &late);
	lw_late_free(&late);
}
