// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * I1: what is not preserved must be gone or out of reach. A single entry that is wrong fails; an
 * entry or a table of which nothing is known makes the answer unknown, unless nothing behind it
 * could be wrong.
 */
#include <inttypes.h>
#include <stdlib.h>

#include "judge/judges.h"

static void fail_stranger(struct lw_handover *h, const struct lw_entry *entry)
{
	char who[LW_RID_AND_NAME], rid[LW_RID_TEXT], *evidence = lw_entry_evidence(h, entry);
	struct lw_finding_text text = {
		.evidence = evidence,
		.action = "Treat memory of this host as suspect: move its guests away and reset "
			  "the device. Before the next hand-over unbind its driver, and give this "
			  "report to whoever maintains the kernel.",
	};

	lw_rid_and_name(h, entry->rid, who, sizeof(who));
	lw_rid_format(entry->rid, rid);
	if (entry->state == LW_CONTEXT_APPEARED)
		lw_fail(h, LW_I1, rid, text,
			"%s was not preserved and had no context entry when the shutdown began, "
			"but "
			"has one on %s at its end: the device can read and write memory.",
			who, entry->unit->name);
	else
		lw_fail(h, LW_I1, rid, text,
			"%s was not preserved, but its context entry on %s was left behind with "
			"translation on: the device can still read and write memory that the next "
			"kernel uses for something else.",
			who, entry->unit->name);
	free(evidence);
}

/* Tables that are not known matter only where the unit can still reach them. */
static void unknown_tables(struct lw_handover *h)
{
	size_t i, slot;

	for (i = 0; i < h->unit_count; i++) {
		const struct lw_unit *unit = h->units[i];
		const char *missing = lw_unit_tables_missing(unit, LW_AFTER);

		if (lw_unit_after_known(unit) && !lw_unit_is_on(unit))
			continue;
		if (!missing)
			missing = h->walk_problem[LW_AFTER];
		if (missing) {
			lw_unknown(h, LW_I1, "What was left on %s is not known: %s.", unit->name,
				   missing);
			continue;
		}
		for (slot = 0; slot < LW_UNIT_TABLES; slot++) {
			const struct lw_table *table = &unit->tables[slot];

			if (table->after ? !(table->after->flags & LW_TABLE_UNREADABLE)
					 : !table->before)
				continue;
			lw_unknown(h, LW_I1,
				   "What was left on %s for bus 0x%02zx is not known: its context "
				   "table %s.",
				   unit->name, slot >> 1,
				   table->after ? "could not be read"
						: "has no record of the last look");
		}
	}
}

/* Whether no baseline has the aliases of the preserved devices, and the next kernel lacks one. */
static bool aliases_missing(const struct lw_handover *h)
{
	size_t i;

	for (i = 0; i < h->marked.count && !h->baseline; i++) {
		const struct lw_device *device = lw_device_of(h, h->marked.rid[i]);

		if (!device || device->rid != h->marked.rid[i])
			return true;
	}
	return false;
}

/*
 * Why a stranger's entry that is reachable may still be right, or NULL. Only the baseline says which
 * unit is never switched off, and which aliases a device has that the next kernel does not see.
 */
static const char *excused_because(const struct lw_handover *h, const struct lw_entry *entry,
				   bool missing, const struct lw_late *late)
{
	const struct lw_unit *unit = entry->unit;

	if (!unit->quirk_known && !unit->preserved)
		return "no baseline says whether the unit is one that is never switched off";
	if (missing)
		return "no baseline has the DMA aliases of the preserved devices";
	if (h->baseline && !h->baseline->aliases_known && lw_looks_like_alias(h, entry, false))
		return "the baseline does not have all DMA aliases, and the entry is word for word that "
		       "of a preserved device of its bus";
	if (lw_may_be_late_alias(h, entry, late))
		return "no device has the requester ID as its own, and it may be an alias of a preserved "
		       "device that was added after luwatch was armed";
	return NULL;
}

void lw_judge_cleared(struct lw_handover *h)
{
	size_t failed = 0, excepted = 0, unknown = 0, excused = 0, i;
	struct lw_late late = lw_late_devices(h);
	bool missing = aliases_missing(h);
	const char *why = NULL, *excuse;

	if (!h->unit_count) {
		lw_unknown(h, LW_I1, "No remapping unit was recorded.");
		lw_late_free(&late);
		return;
	}
	for (i = 0; i < h->entry_count; i++) {
		const struct lw_entry *entry = &h->entries[i];
		bool wrong = !entry->preserved && (entry->state == LW_CONTEXT_LEAKED ||
						   entry->state == LW_CONTEXT_APPEARED);

		if (wrong && entry->notes & LW_NOTE_EXCEPTED)
			excepted++;
		else if (wrong && (excuse = excused_because(h, entry, missing, &late)) && ++excused)
			why = excuse;
		else if (wrong && ++failed)
			fail_stranger(h, entry);
		else if (entry->state == LW_CONTEXT_UNKNOWN && entry->notes & LW_NOTE_SET_UNKNOWN)
			unknown++;
	}
	lw_late_free(&late);
	if (unknown)
		lw_unknown(h, LW_I1,
			   "%zu entries stayed, and whether they were preserved is not known: %s.",
			   unknown, h->preserved_missing);
	if (excused)
		lw_unknown(h, LW_I1, "%zu entries stayed, and whether they should have is not known: %s.",
			   excused, why);
	unknown_tables(h);
	if (h->entries_unlisted)
		lw_unknown(h, LW_I1, "%" PRIu64 " entries are more than this version can judge.",
			   h->entries_unlisted);
	if (failed)
		lw_reason_either(h, LW_I1,
				 "%zu %s of devices that were not preserved left behind", failed,
				 failed == 1 ? "entry" : "entries");
	else
		lw_reason(h, LW_I1, "%zu entries cleared, %zu unreachable%s",
			  h->states[LW_CONTEXT_CLEARED], h->states[LW_CONTEXT_UNREACHABLE],
			  excepted ? "; those of a quirked graphics unit stay by design" : "");
}
