// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * I1 and I2: what is not preserved must be gone or out of reach, what is preserved must be there
 * and mean the same. A single entry that is wrong fails; an entry or a table of which nothing is
 * known makes the answer unknown, unless nothing behind it could be wrong.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "correlate/compare.h"
#include "correlate/parts.h"
#include "luwatch/vtd.h"

static void format_words(const struct lw_rec_entry *words, bool scalable, char *text, size_t size)
{
	if (!words)
		snprintf(text, size, "words not recorded");
	else if (scalable)
		snprintf(text, size, "0x%llx 0x%llx 0x%llx 0x%llx", words->words[0],
			 words->words[1], words->words[2], words->words[3]);
	else
		snprintf(text, size, "lo 0x%llx hi 0x%llx", words->words[0], words->words[1]);
}

/* Whether the clearing function's callbacks were given this requester ID. */
static const char *visited_text(const struct lw_handover *h, const struct lw_entry *entry)
{
	bool alias = lw_probe_attached(h, LW_PROBE_CLEAR_ALIAS);
	size_t i;

	if (!alias && !lw_probe_attached(h, LW_PROBE_CLEAR_DEVICE))
		return "";
	for (i = 0; i < h->stream.log_count; i++) {
		const struct lw_record *record = &h->stream.log[i];
		const struct lw_rec_visited *visited = &record->visited;
		unsigned int devfn = LW_RID_DEVFN(entry->rid);

		if (record->type == LW_REC_VISITED && record->unit == entry->unit->index &&
		    visited->kind == alias && visited->bus == LW_RID_BUS(entry->rid) &&
		    visited->bits[devfn >> 6] >> (devfn & 63) & 1)
			return "; the clearing function was given it";
	}
	return "; the clearing function was never given it";
}

static char *entry_evidence(struct lw_handover *h, const struct lw_entry *entry)
{
	bool scalable = entry->unit && entry->unit->scalable_tables;
	char before[96], after[96];

	if (!entry->unit)
		return lw_text(h, "no context table of any unit has an entry for it");
	format_words(entry->before, scalable, before, sizeof(before));
	format_words(entry->after, scalable, after, sizeof(after));
	return lw_text(h, "%s: before %s (%s), after %s (%s); root entry 0x%llx, GSTS 0x%x%s",
		       entry->unit->name, entry->present_before ? "present" : "not present", before,
		       entry->present_after ? "present" : "not present", after,
		       entry->table_after ? entry->table_after->root : 0,
		       entry->unit->after ? entry->unit->after->gsts : 0, visited_text(h, entry));
}

static void fail_stranger(struct lw_handover *h, const struct lw_entry *entry)
{
	char who[LW_RID_AND_NAME], rid[LW_RID_TEXT], *evidence = entry_evidence(h, entry);
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

/*
 * Why a stranger's entry that is reachable may still be right, or NULL. Only the baseline says which
 * unit is never switched off, and which aliases a device has that the next kernel does not see.
 */
static const char *excused_because(const struct lw_handover *h, const struct lw_unit *unit)
{
	size_t i;

	if (!unit->quirk_known && !unit->preserved)
		return "no baseline says whether the unit is one that is never switched off";
	for (i = 0; i < h->marked.count && !h->baseline; i++) {
		const struct lw_device *device = lw_device_of(h, h->marked.rid[i]);

		if (!device || device->rid != h->marked.rid[i])
			return "no baseline has the DMA aliases of the preserved devices";
	}
	return NULL;
}

void lw_judge_cleared(struct lw_handover *h)
{
	size_t failed = 0, excepted = 0, unknown = 0, excused = 0, i;
	const char *why = NULL;

	if (!h->unit_count) {
		lw_unknown(h, LW_I1, "No remapping unit was recorded.");
		return;
	}
	for (i = 0; i < h->entry_count; i++) {
		const struct lw_entry *entry = &h->entries[i];
		bool wrong = !entry->preserved && (entry->state == LW_CONTEXT_LEAKED ||
						   entry->state == LW_CONTEXT_APPEARED);

		if (wrong && entry->notes & LW_NOTE_EXCEPTED)
			excepted++;
		else if (wrong && excused_because(h, entry->unit) && ++excused)
			why = excused_because(h, entry->unit);
		else if (wrong && ++failed)
			fail_stranger(h, entry);
		else if (entry->state == LW_CONTEXT_UNKNOWN && entry->notes & LW_NOTE_SET_UNKNOWN)
			unknown++;
	}
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

static const char *lost_because(const struct lw_entry *entry)
{
	if (entry->notes & LW_NOTE_NO_ENTRY)
		return "has no context entry, and had none when the shutdown began";
	if (entry->notes & LW_NOTE_ROOT_GONE)
		return "lost the root entry above its context entry";
	return "lost its context entry";
}

static void fail_lost(struct lw_handover *h, const struct lw_entry *entry,
		      struct lw_finding_text text, const char *subject, const char *who)
{
	char rival[LW_RID_AND_NAME];

	if (entry->preserved->contested)
		lw_fail(h, LW_I2, subject, text,
			"%s is preserved but %s: its requester ID is shared with %s, which is not "
			"preserved, and clearing that device's entry cleared this one. The "
			"device's DMA is blocked.",
			who, lost_because(entry),
			lw_rid_and_name(h, entry->preserved->rival, rival, sizeof(rival)));
	else
		lw_fail(h, LW_I2, subject, text,
			"%s is preserved but %s: all DMA of the device is blocked.", who,
			lost_because(entry));
}

static void fail_preserved(struct lw_handover *h, const struct lw_entry *entry)
{
	char who[LW_RID_AND_NAME + 64], device[LW_RID_AND_NAME], rid[LW_RID_TEXT], changed[160];
	char *evidence = entry_evidence(h, entry);
	struct lw_finding_text text = {
		.evidence = evidence,
		.action = "The guest that owns the device has lost I/O or worse: check it, reset "
			  "the device, restart the guest. Stop live updates with this pair of "
			  "kernels.",
	};

	lw_rid_format(entry->rid, rid);
	lw_rid_and_name(h, entry->preserved->device, device, sizeof(device));
	if (entry->preserved->device == entry->rid)
		snprintf(who, sizeof(who), "%s", device);
	else
		snprintf(who, sizeof(who), "%s, a DMA alias of %s,", rid, device);
	if (entry->state == LW_CONTEXT_LOST)
		fail_lost(h, entry, text, rid, who);
	else if (entry->state == LW_CONTEXT_ALTERED)
		lw_fail(h, LW_I2, rid, text,
			"%s is preserved, but its context entry was changed (%s): the device now "
			"reads and writes somewhere else.",
			who,
			lw_difference_text(entry->difference & LW_DIFFERS_MEANING,
					   entry->unit->scalable_tables, changed, sizeof(changed)));
	else
		lw_fail(h, LW_I2, rid, text,
			"%s is preserved, but had no context entry when the shutdown began; the "
			"one it has now was put there during the shutdown.",
			who);
	free(evidence);
}

static void unknown_preserved(struct lw_handover *h, const struct lw_entry *entry)
{
	char who[LW_RID_AND_NAME];

	lw_unknown(h, LW_I2, "What became of the preserved %s is not known: %s.",
		   lw_rid_and_name(h, entry->rid, who, sizeof(who)),
		   entry->notes & LW_NOTE_NOT_COMPARED
			   ? "the words of its entry before or after are missing"
			   : "its context table was not recorded or could not be read");
}

/* The programs do not compare entries of a unit that is off: I5 answers for those. */
static bool left_to_translation(const struct lw_entry *entry)
{
	return entry->notes & LW_NOTE_UNIT_OFF && entry->notes & LW_NOTE_NOT_COMPARED;
}

void lw_judge_preserved(struct lw_handover *h)
{
	size_t failed = 0, kept = 0, i;

	for (i = 0; i < h->entry_count; i++) {
		const struct lw_entry *entry = &h->entries[i];

		if (!entry->preserved)
			continue;
		if (entry->state == LW_CONTEXT_KEPT)
			kept++;
		else if (entry->state == LW_CONTEXT_UNKNOWN && left_to_translation(entry))
			continue;
		else if (entry->state == LW_CONTEXT_UNKNOWN)
			unknown_preserved(h, entry);
		else if (++failed)
			fail_preserved(h, entry);
	}
	lw_judge_pasid(h);
	if (h->preserved_by == LW_PRESERVED_UNKNOWN)
		lw_unknown(h, LW_I2, "What was preserved is not known: %s.", h->preserved_missing);
	else if (!h->preserved_count)
		lw_not_applicable(h, LW_I2, "nothing was preserved");
	if (h->entries_unlisted)
		lw_unknown(h, LW_I2, "%" PRIu64 " entries are more than this version can judge.",
			   h->entries_unlisted);
	if (failed)
		lw_reason_either(h, LW_I2, "%zu preserved entries are lost or altered", failed);
	else
		lw_reason(h, LW_I2, "%zu preserved entries are as they were", kept);
}
