// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The records that are looked up by what they are about: entries, marks, PASID tables and their
 * entries. Sorted once, because a carrier may hold a hundred thousand of them, and whatever it
 * holds, the next kernel has to be armed in time.
 */
#include <stdlib.h>

#include "base/search.h"
#include "correlate/steps.h"

/* What a record is about; 0 for types that nobody looks up. */
static uint64_t subject_of(const struct lw_record *record)
{
	switch (record->type) {
	case LW_REC_ENTRY:
		return record->entry.rid;
	case LW_REC_MARKED:
		return record->marked.rid;
	case LW_REC_PASID_TABLE:
		return record->pasid_table.rid;
	case LW_REC_PASID_ENTRY:
		return record->pasid.rid_pasid >> 20;
	}
	return 0;
}

static bool is_indexed(const struct lw_record *record)
{
	return record->type == LW_REC_ENTRY || record->type == LW_REC_MARKED ||
	       record->type == LW_REC_PASID_TABLE || record->type == LW_REC_PASID_ENTRY;
}

static unsigned int phase_of(const struct lw_record *record)
{
	switch (record->type) {
	case LW_REC_ENTRY:
		return record->entry.phase;
	case LW_REC_PASID_TABLE:
		return record->pasid_table.phase;
	case LW_REC_PASID_ENTRY:
		return record->pasid.words[7] >> 63 ? LW_AFTER : LW_BEFORE;
	}
	return 0;
}

#define COMPARE(a, b)                              \
	do {                                       \
		if ((a) != (b))                    \
			return (a) < (b) ? -1 : 1; \
	} while (0)

static int compare_keys(const struct lw_record *a, const struct lw_record *b)
{
	COMPARE(a->type, b->type);
	COMPARE(subject_of(a), subject_of(b));
	COMPARE(phase_of(a), phase_of(b));
	/* A mark belongs to no unit. */
	if (a->type != LW_REC_MARKED)
		COMPARE(a->unit, b->unit);
	return 0;
}

static int compare_records(const void *pa, const void *pb)
{
	const struct lw_record *const *a = pa, *const *b = pb;
	int r = compare_keys(*a, *b);

	return r ? r : (*a)->seq < (*b)->seq ? -1 : (*a)->seq > (*b)->seq;
}

void lw_index_records(struct lw_handover *h)
{
	size_t i, count = 0;

	for (i = 0; i < h->stream.log_count; i++)
		count += is_indexed(&h->stream.log[i]);
	h->index = calloc(count + 1, sizeof(*h->index));
	if (!h->index) {
		h->error = -ENOMEM;
		return;
	}
	for (i = 0; i < h->stream.log_count; i++)
		if (is_indexed(&h->stream.log[i]))
			h->index[h->index_count++] = &h->stream.log[i];
	qsort(h->index, count, sizeof(*h->index), compare_records);
	for (i = 1; i < count; i++)
		h->contradictions += h->index[i]->type == LW_REC_ENTRY &&
				     !compare_keys(h->index[i - 1], h->index[i]);
}

/* The first record that is not before KEY, or NULL. */
static const struct lw_record *find(const struct lw_handover *h, const struct lw_record *key)
{
	size_t at = lw_first_place(h->index_count, i, compare_keys(h->index[i], key) < 0);

	return at < h->index_count ? h->index[at] : NULL;
}

static const struct lw_record *find_equal(const struct lw_handover *h, const struct lw_record *key)
{
	const struct lw_record *found = find(h, key);

	return found && !compare_keys(found, key) ? found : NULL;
}

const struct lw_rec_entry *lw_entry_words(const struct lw_handover *h, unsigned int unit,
					  uint64_t rid, unsigned int phase)
{
	struct lw_record key = { .type = LW_REC_ENTRY, .unit = unit,
				 .entry = { .rid = rid, .phase = phase } };
	const struct lw_record *found = find_equal(h, &key);

	return found ? &found->entry : NULL;
}

const struct lw_record *lw_entry_at_preservation(const struct lw_handover *h, uint64_t rid)
{
	struct lw_record key = { .type = LW_REC_ENTRY,
				 .entry = { .rid = rid, .phase = LW_PRESERVED } };
	const struct lw_record *found = find(h, &key);

	return found && found->type == LW_REC_ENTRY && found->entry.rid == rid &&
			       found->entry.phase == LW_PRESERVED
		       ? found
		       : NULL;
}

const struct lw_rec_marked *lw_mark_of(const struct lw_handover *h, uint64_t rid)
{
	struct lw_record key = { .type = LW_REC_MARKED, .marked = { .rid = rid } };
	const struct lw_record *found = find_equal(h, &key);

	return found ? &found->marked : NULL;
}

const struct lw_rec_pasid_table *lw_pasid_table_of(const struct lw_handover *h, unsigned int unit,
						   uint64_t rid, unsigned int phase)
{
	struct lw_record key = { .type = LW_REC_PASID_TABLE, .unit = unit,
				 .pasid_table = { .rid = rid, .phase = phase } };
	const struct lw_record *found = find_equal(h, &key);

	return found ? &found->pasid_table : NULL;
}

const struct lw_rec_pasid_entry *lw_pasid_entry_of(const struct lw_handover *h, unsigned int unit,
						   uint64_t rid, unsigned int phase)
{
	struct lw_record key = { .type = LW_REC_PASID_ENTRY, .unit = unit,
				 .pasid = { .rid_pasid = rid << 20 } };
	const struct lw_record *found;

	key.pasid.words[7] = phase == LW_AFTER ? 1ULL << 63 : 0;
	found = find_equal(h, &key);
	return found ? &found->pasid : NULL;
}
