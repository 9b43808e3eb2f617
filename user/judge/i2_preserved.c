// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * I2: what is preserved must be there and mean the same. A single entry that is wrong fails; one of
 * which nothing is known makes the answer unknown.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "correlate/compare.h"
#include "judge/judges.h"

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
	char *evidence = lw_entry_evidence(h, entry);
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

/* Nobody wrote down that it is one, and of such an alias the kernel keeps the entry. */
static void unknown_alias(struct lw_handover *h, const struct lw_entry *entry, const struct lw_late *late)
{
	char rid[LW_RID_TEXT];

	if (lw_is_late_alias(h, entry->rid, late) &&
	    (entry->state == LW_CONTEXT_CLEARED || entry->state == LW_CONTEXT_UNREACHABLE))
		lw_unknown(h, LW_I2,
			   "Whether the entry of %s had to stay is not known: it may be an alias of a preserved "
			   "device that was added after luwatch was armed.",
			   lw_rid_format(entry->rid, rid));
}

void lw_judge_preserved(struct lw_handover *h)
{
	struct lw_late late = lw_late_devices(h);
	size_t failed = 0, kept = 0, i;

	for (i = 0; i < h->entry_count; i++) {
		const struct lw_entry *entry = &h->entries[i];

		if (!entry->preserved)
			unknown_alias(h, entry, &late);
		else if (entry->state == LW_CONTEXT_KEPT)
			kept++;
		else if (entry->state == LW_CONTEXT_UNKNOWN && left_to_translation(entry))
			continue;
		else if (entry->state == LW_CONTEXT_UNKNOWN)
			unknown_preserved(h, entry);
		else if (++failed)
			fail_preserved(h, entry);
	}
	lw_late_free(&late);
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
