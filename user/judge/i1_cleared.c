// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * I1: what is not preserved must be gone or out of reach. A single entry that is wrong fails; an
 * entry or a table of which nothing is known makes the answer unknown, unless nothing behind it
 * could be wrong.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

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

static bool has_own_device(const struct lw_handover *h, uint64_t rid)
{
	const struct lw_owner *owner;

	for (owner = lw_owner_first(h, rid); owner; owner = lw_owner_next(h, owner))
		if (owner->device == rid)
			return true;
	return false;
}

/* What the next kernel sees as an alias of a preserved device of which the baseline has none. */
static struct lw_rids list_new_aliases(struct lw_handover *h)
{
	const struct lw_device *devices = h->evidence->devices;
	struct lw_rids aliases = {};
	size_t i, j;

	for (i = 0; i < h->evidence->device_count; i++)
		for (j = 0; j < devices[i].alias_count; j++)
			if (lw_rids_have(&h->marked, devices[i].rid) &&
			    !lw_rids_have(&h->aliased, devices[i].rid))
				lw_rids_add(h, &aliases, devices[i].aliases[j]);
	lw_rids_sort(&aliases);
	return aliases;
}

/*
 * A device with a quirk sends with requester IDs that no bridge explains, and the kernel gives each of them
 * the device's own entry. Where the baseline does not have all aliases, an entry that is word for word that
 * of a preserved device of the same bus may be one. NEW: only of devices of which the baseline has none.
 */
static bool looks_like_alias(const struct lw_handover *h, const struct lw_entry *entry, bool new)
{
	unsigned int words = entry->unit->scalable_tables ? 4 : 2, devfn;
	uint64_t rid = entry->rid & ~0xffULL;
	const struct lw_rec_entry *kept;

	for (devfn = 0; entry->after && devfn < 256; devfn++) {
		if (!lw_preserved_find(h, rid | devfn) || (new && lw_rids_have(&h->aliased, rid | devfn)))
			continue;
		kept = lw_entry_words(h, entry->unit->index, rid | devfn, LW_AFTER);
		if (kept && !memcmp(kept->words, entry->after->words, words * sizeof(kept->words[0])))
			return true;
	}
	return false;
}

/*
 * The baseline has the aliases of the devices that there were at arming. One that was added since may be
 * preserved, and its aliases with it: requester IDs that no device has as its own.
 */
static bool may_be_of_new_device(const struct lw_handover *h, const struct lw_entry *entry,
				 const struct lw_rids *aliases)
{
	return h->baseline && !has_own_device(h, entry->rid) &&
	       (lw_rids_have(aliases, entry->rid) || looks_like_alias(h, entry, true));
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
				   bool missing, const struct lw_rids *aliases)
{
	const struct lw_unit *unit = entry->unit;

	if (!unit->quirk_known && !unit->preserved)
		return "no baseline says whether the unit is one that is never switched off";
	if (missing)
		return "no baseline has the DMA aliases of the preserved devices";
	if (h->baseline && !h->baseline->aliases_known && looks_like_alias(h, entry, false))
		return "the baseline does not have all DMA aliases, and the entry is word for word that "
		       "of a preserved device of its bus";
	if (may_be_of_new_device(h, entry, aliases))
		return "no device has the requester ID as its own, and it may be an alias of a preserved "
		       "device that was added after luwatch was armed";
	return NULL;
}

void lw_judge_cleared(struct lw_handover *h)
{
	size_t failed = 0, excepted = 0, unknown = 0, excused = 0, i;
	struct lw_rids aliases = list_new_aliases(h);
	bool missing = aliases_missing(h);
	const char *why = NULL, *excuse;

	if (!h->unit_count) {
		lw_unknown(h, LW_I1, "No remapping unit was recorded.");
		free(aliases.rid);
		return;
	}
	for (i = 0; i < h->entry_count; i++) {
		const struct lw_entry *entry = &h->entries[i];
		bool wrong = !entry->preserved && (entry->state == LW_CONTEXT_LEAKED ||
						   entry->state == LW_CONTEXT_APPEARED);

		if (wrong && entry->notes & LW_NOTE_EXCEPTED)
			excepted++;
		else if (wrong && (excuse = excused_because(h, entry, missing, &aliases)) && ++excused)
			why = excuse;
		else if (wrong && ++failed)
			fail_stranger(h, entry);
		else if (entry->state == LW_CONTEXT_UNKNOWN && entry->notes & LW_NOTE_SET_UNKNOWN)
			unknown++;
	}
	free(aliases.rid);
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
