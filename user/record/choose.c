// SPDX-License-Identifier: GPL-2.0-or-later
/* Which hand-over a set of inputs is about when nobody says: the latest that went as far as its kexec. */
#include <errno.h>

#include "record/stream.h"

#define IDS_COUNTED 64

struct candidate {
	struct lw_id id;
	uint64_t records;
	uint64_t kexec_ns; /* wall clock of its latest kernel_kexec() */
	bool kexec;
};

static bool is_better(const struct candidate *a, const struct candidate *b)
{
	if (a->kexec != b->kexec)
		return a->kexec;
	if (a->kexec_ns != b->kexec_ns)
		return a->kexec_ns > b->kexec_ns;
	return a->records > b->records;
}

static void count_candidate(struct candidate *candidates, size_t *count,
			    const struct lw_record *record)
{
	struct lw_id id = { record->handover[0], record->handover[1] };
	size_t i;

	for (i = 0; i < *count; i++) {
		if (lw_id_equal(candidates[i].id, id))
			break;
	}
	if (i == *count) {
		if (*count == IDS_COUNTED)
			return;
		candidates[(*count)++] = (struct candidate){ .id = id };
	}
	candidates[i].records++;
	if (record->type == LW_REC_KEXEC) {
		candidates[i].kexec = true;
		if (record->kexec.realtime_ns > candidates[i].kexec_ns)
			candidates[i].kexec_ns = record->kexec.realtime_ns;
	}
}

int lw_stream_choose_id(const struct lw_stream_input *inputs, size_t count, struct lw_id *id,
			size_t *ids_seen)
{
	struct candidate candidates[IDS_COUNTED], *best = candidates;
	size_t seen = 0, i, j;

	for (i = 0; i < count; i++) {
		for (j = 0; j < inputs[i].decoded->count; j++)
			count_candidate(candidates, &seen, &inputs[i].decoded->records[j]);
	}
	if (ids_seen)
		*ids_seen = seen;
	if (!seen)
		return -ENOENT;
	for (i = 1; i < seen; i++) {
		if (is_better(&candidates[i], best))
			best = &candidates[i];
	}
	*id = best->id;
	return 0;
}
