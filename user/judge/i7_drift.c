// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * I7: preserved entries do not change between their preservation and the shutdown.
 */
#include <stdlib.h>
#include <string.h>

#include "correlate/compare.h"
#include "judge/judges.h"
#include "luwatch/vtd.h"

static const char *drift_text(uint32_t what)
{
	switch (what) {
	case LW_DRIFT_RELEASE:
		return "was released by the IOMMU driver";
	case LW_DRIFT_DETACH:
		return "was detached from its domain";
	case LW_DRIFT_BLOCK:
		return "was attached to the blocking domain";
	case LW_DRIFT_ATTACH:
		return "was attached to another domain";
	}
	return "was changed";
}

static void fail_drift(struct lw_handover *h, const struct lw_record *record)
{
	char who[LW_RID_AND_NAME], rid[LW_RID_TEXT];
	const struct lw_rec_drift *drift = &record->drift;
	char *evidence = lw_text(h, "by %.16s (pid %u), %.3f s before the shutdown",
				 (const char *)drift->comm, drift->pid,
				 h->shutdown && h->shutdown->time_ns > record->time_ns
					 ? (h->shutdown->time_ns - record->time_ns) / 1e9
					 : 0.0);

	lw_fail(h, LW_I7, lw_rid_format(drift->rid, rid),
		(struct lw_finding_text){ .evidence = evidence },
		"%s %s after it had been preserved.",
		lw_rid_and_name(h, drift->rid, who, sizeof(who)), drift_text(drift->what));
	free(evidence);
}

/* The unit that has the entry; the record may be older than the numbers of the units. */
static const struct lw_unit *unit_of(const struct lw_handover *h, const struct lw_record *record)
{
	const struct lw_entry *entry = lw_entry_first(h, record->entry.rid);
	const struct lw_unit *unit = lw_unit_at(h, record->unit);

	return unit || !entry ? unit : entry->unit;
}

/*
 * No words of the entry at the start of the shutdown: was it not even present any more, or were they
 * only not carried?
 */
static void judge_without_words(struct lw_handover *h, const struct lw_rec_entry *then)
{
	const struct lw_entry *entry = lw_entry_first(h, then->rid);
	char who[LW_RID_AND_NAME], rid[LW_RID_TEXT];
	bool gone;

	if (!(then->words[0] & VTD_PRESENT))
		return;
	lw_rid_and_name(h, then->rid, who, sizeof(who));
	/* Both need tables of both walks that are known to be whole. */
	gone = entry && ((entry->state == LW_CONTEXT_LOST && entry->notes & LW_NOTE_NO_ENTRY) ||
			 entry->state == LW_CONTEXT_APPEARED);
	if (gone)
		lw_fail(h, LW_I7, lw_rid_format(then->rid, rid), (struct lw_finding_text){},
			"The context entry of %s was there when the device was preserved, and was "
			"gone when the shutdown began.",
			who);
	else
		lw_unknown(h, LW_I7,
			   "Whether the context entry of %s changed between its preservation and the "
			   "shutdown is not known: its words at the start of the shutdown are missing.",
			   who);
}

/* Whether there was something to compare: the entry when the device was preserved against the entry at the start of the shutdown. */
static bool compare_with_preservation(struct lw_handover *h, const struct lw_record *record)
{
	const struct lw_rec_entry *then = &record->entry, *now;
	const struct lw_unit *unit = unit_of(h, record);
	char who[LW_RID_AND_NAME], rid[LW_RID_TEXT], changed[160];
	uint64_t a[4], b[4];
	unsigned int difference;

	now = unit ? lw_entry_words(h, unit->index, then->rid, LW_BEFORE) : NULL;
	if (!now) {
		judge_without_words(h, then);
		return false;
	}
	memcpy(a, then->words, sizeof(a));
	memcpy(b, now->words, sizeof(b));
	difference = lw_context_compare(a, b, unit->scalable_tables) & LW_DIFFERS_MEANING;
	if (difference)
		lw_fail(h, LW_I7, lw_rid_format(then->rid, rid), (struct lw_finding_text){},
			"The context entry of %s changed between its preservation and the "
			"shutdown (%s).",
			lw_rid_and_name(h, then->rid, who, sizeof(who)),
			lw_difference_text(difference, unit->scalable_tables, changed,
					   sizeof(changed)));
	return true;
}

void lw_judge_drift(struct lw_handover *h)
{
	size_t compared = 0, i;

	if (h->preserved_by == LW_PRESERVED_UNKNOWN)
		lw_unknown(h, LW_I7, "What was preserved is not known: %s.", h->preserved_missing);
	else if (!h->preserved_count)
		lw_not_applicable(h, LW_I7, "nothing was preserved");
	for (i = 0; i < h->stream.log_count; i++) {
		const struct lw_record *record = &h->stream.log[i];

		if (record->type == LW_REC_DRIFT && lw_preserved_find(h, record->drift.rid))
			fail_drift(h, record);
		else if (record->type == LW_REC_ENTRY && record->entry.phase == LW_PRESERVED)
			compared += compare_with_preservation(h, record);
	}
	if (h->last && h->last->last.drift_dropped)
		lw_unknown(h, LW_I7, "%u changes of preserved devices found no place and are not told.",
			   h->last->last.drift_dropped);
	lw_reason(h, LW_I7,
		  "no call changed anything preserved; %zu entries are as they were at their preservation",
		  compared);
}
