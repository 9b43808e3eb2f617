// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Of which device is a fault whose line in the log names no segment? Kernels before 7.2 print only
 * bus, device and function, and a machine with several segments has the same ones more than once.
 * What became of the entries tells them apart: hardware that says "not present" did not find one.
 */
#include <stdlib.h>

#include "base/search.h"
#include "correlate/steps.h"

static bool reason_fits(const struct lw_handover *h, const struct lw_fault *fault, uint64_t rid)
{
	unsigned int present = 1 << LW_CONTEXT_KEPT | 1 << LW_CONTEXT_ALTERED |
			       1 << LW_CONTEXT_LEAKED | 1 << LW_CONTEXT_APPEARED;
	unsigned int unclear = 1 << LW_CONTEXT_UNKNOWN | 1 << LW_CONTEXT_UNREACHABLE;

	return !lw_carried_tables_count(h, fault) || lw_any_entry(h, rid, unclear) ||
	       lw_any_entry(h, rid, present) != lw_reason_is_cleared_entry(fault->reason);
}

static int compare_sources(const void *pa, const void *pb)
{
	uint64_t a = *(const uint64_t *)pa, b = *(const uint64_t *)pb;

	if (LW_RID_SOURCE_ID(a) != LW_RID_SOURCE_ID(b))
		return LW_RID_SOURCE_ID(a) < LW_RID_SOURCE_ID(b) ? -1 : 1;
	return a < b ? -1 : a > b;
}

/* Of devices that somebody saw, of entries and of what is preserved: a device may be gone that had one. */
void lw_sort_sources(struct lw_handover *h)
{
	size_t count = 0, i;

	h->sources = calloc(h->owner_count + h->entry_count + h->preserved_count + 1, sizeof(*h->sources));
	if (!h->sources) {
		h->error = -ENOMEM;
		return;
	}
	for (i = 0; i < h->owner_count; i++)
		h->sources[count++] = h->owners[i].rid;
	for (i = 0; i < h->entry_count; i++)
		h->sources[count++] = h->entries[i].rid;
	for (i = 0; i < h->preserved_count; i++)
		h->sources[count++] = h->preserved[i].rid;
	if (count)
		qsort(h->sources, count, sizeof(*h->sources), compare_sources);
	for (i = 0; i < count; i++)
		if (!i || h->sources[i] != h->sources[i - 1])
			h->sources[h->source_count++] = h->sources[i];
}

/* Where the requester IDs with this source id begin. */
static size_t first_source(const struct lw_handover *h, uint32_t source_id)
{
	return lw_first_place(h->source_count, i, LW_RID_SOURCE_ID(h->sources[i]) < source_id);
}

bool lw_segment_candidate(const struct lw_handover *h, const struct lw_fault *fault, bool fitting,
			  size_t *at, uint64_t *rid)
{
	uint32_t source_id = LW_RID_SOURCE_ID(fault->rid);

	if (!*at)
		*at = first_source(h, source_id);
	for (; *at < h->source_count && LW_RID_SOURCE_ID(h->sources[*at]) == source_id; ++*at) {
		uint64_t owned = h->sources[*at];

		if (fitting && !reason_fits(h, fault, owned))
			continue;
		*rid = owned;
		++*at;
		return true;
	}
	return false;
}

void lw_settle_segment(const struct lw_handover *h, struct lw_fault *fault)
{
	size_t at = 0, fitting = 0;
	uint64_t rid, found = 0;

	if (fault->flags & LW_FAULT_INTERRUPT || !lw_carried_tables_count(h, fault))
		return;
	while (lw_segment_candidate(h, fault, true, &at, &rid)) {
		found = rid;
		fitting++;
	}
	if (fitting != 1)
		return;
	fault->rid = found;
	fault->segment_known = true;
}

/*
 * In the watch period the carried tables still count only if the next kernel adopted them; one
 * that made its own gave every device a new entry.
 */
bool lw_carried_tables_count(const struct lw_handover *h, const struct lw_fault *fault)
{
	return fault->window == LW_WINDOW_BLACKOUT || fault->window == LW_WINDOW_EARLY_BOOT ||
	       (fault->window == LW_WINDOW_AFTER && h->adopted);
}
