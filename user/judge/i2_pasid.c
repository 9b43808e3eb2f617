// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * I2 in scalable mode goes on behind the context entry: the PASID directory it points to, the table
 * in it, and the entry of RID_PASID (VT-d specification 9.5 and 9.6), which is what a preserved
 * device's requests without PASID are translated by.
 */
#include <inttypes.h>
#include <stdlib.h>

#include "judge/judges.h"

#define PASID_WORDS 7
#define PHASE_AFTER (1ULL << 63)

/*
 * Another RID_PASID or directory in the context entry leads to other tables: that is the finding
 * then, and that the tables are others is no second one.
 */
static bool context_is_kept(const struct lw_handover *h, const struct lw_record *before, uint64_t rid)
{
	const struct lw_entry *entry = lw_entry_first(h, rid);

	while (entry && (!entry->unit || entry->unit->index != before->unit))
		entry = lw_entry_next(h, entry);
	return entry && entry->preserved && entry->state == LW_CONTEXT_KEPT;
}

static void fail(struct lw_handover *h, uint64_t rid, const char *evidence, const char *what)
{
	char who[LW_RID_AND_NAME], text[LW_RID_TEXT];

	lw_fail(h, LW_I2, lw_rid_format(rid, text),
		(struct lw_finding_text){
			.evidence = evidence,
			.action = "The device now translates through other tables: stop the guest that "
				  "owns it, reset the device, restart the guest.",
		},
		"%s is preserved and its context entry is as it was, but %s.",
		lw_rid_and_name(h, rid, who, sizeof(who)), what);
}

/* The entry of RID_PASID, word by word: all of it steers translation. */
static bool compare_entry(struct lw_handover *h, const struct lw_record *before)
{
	uint64_t rid = before->pasid.rid_pasid >> 20;
	const struct lw_rec_pasid_entry *after = lw_pasid_entry_of(h, before->unit, rid, LW_AFTER);
	char *evidence;
	int i;

	if (!after || after->rid_pasid != before->pasid.rid_pasid ||
	    !context_is_kept(h, before, rid))
		return false;
	for (i = 0; i < PASID_WORDS; i++) {
		if (before->pasid.words[i] == after->words[i])
			continue;
		evidence = lw_text(h, "PASID 0x%x, word %d: 0x%llx before, 0x%llx after",
				   (unsigned int)(before->pasid.rid_pasid & 0xfffff), i,
				   before->pasid.words[i], after->words[i]);
		fail(h, rid, evidence, "the PASID table entry of its RID_PASID was changed");
		free(evidence);
		return true;
	}
	return false;
}

static void compare_table(struct lw_handover *h, const struct lw_record *before)
{
	const struct lw_rec_pasid_table *a = &before->pasid_table, *b;
	char *evidence;

	b = lw_pasid_table_of(h, before->unit, a->rid, LW_AFTER);
	if (!b || !context_is_kept(h, before, a->rid))
		return;
	if (a->table == b->table && a->directory_digest == b->directory_digest &&
	    a->table_digest == b->table_digest)
		return;
	evidence = lw_text(h, "directory 0x%llx: digest 0x%llx before, 0x%llx after; table 0x%llx: "
			      "0x%llx before, 0x%llx after", a->directory, a->directory_digest,
			   b->directory_digest, a->table, a->table_digest, b->table_digest);
	fail(h, a->rid, evidence, "its PASID directory or table was changed");
	free(evidence);
}

/*
 * A preserved device of scalable mode whose PASID directory and table were not seen twice: its
 * context entry alone says nothing about where it translates to. (Aliases share its tables.)
 */
static void find_uncompared(struct lw_handover *h)
{
	char who[LW_RID_AND_NAME];
	size_t i;

	for (i = 0; i < h->entry_count; i++) {
		const struct lw_entry *entry = &h->entries[i];
		const struct lw_rec_pasid_table *before, *after;

		if (!entry->preserved || entry->preserved->device != entry->rid || !entry->unit ||
		    !entry->unit->scalable_tables || entry->state != LW_CONTEXT_KEPT ||
		    entry->notes & LW_NOTE_UNIT_OFF)
			continue;
		before = lw_pasid_table_of(h, entry->unit->index, entry->rid, LW_BEFORE);
		after = lw_pasid_table_of(h, entry->unit->index, entry->rid, LW_AFTER);
		if (!before || !after || !before->directory_digest || !after->directory_digest ||
		    (before->table && !before->table_digest) || (after->table && !after->table_digest))
			lw_unknown(h, LW_I2,
				   "Whether the PASID tables of the preserved %s are as they were is not "
				   "known: they were not recorded before and after the clearing.",
				   lw_rid_and_name(h, entry->rid, who, sizeof(who)));
	}
}

void lw_judge_pasid(struct lw_handover *h)
{
	struct lw_rids changed = {};
	size_t i;

	for (i = 0; i < h->stream.log_count; i++) {
		const struct lw_record *record = &h->stream.log[i];

		if (record->type == LW_REC_PASID_ENTRY && !(record->pasid.words[7] & PHASE_AFTER) &&
		    compare_entry(h, record))
			lw_rids_add(h, &changed, record->pasid.rid_pasid >> 20);
	}
	lw_rids_sort(&changed);
	/* One finding a device: the entry's says more than the digests'. */
	for (i = 0; i < h->stream.log_count; i++) {
		const struct lw_record *record = &h->stream.log[i];

		if (record->type == LW_REC_PASID_TABLE && record->pasid_table.phase == LW_BEFORE &&
		    !lw_rids_have(&changed, record->pasid_table.rid))
			compare_table(h, record);
	}
	free(changed.rid);
	find_uncompared(h);
}
