// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Of which device is a fault whose line in the log names no segment? Kernels before 7.2 print only
 * bus, device and function, and a machine with several segments has the same ones more than once.
 * What became of the entries tells them apart: hardware that says "not present" did not find one.
 */
#include "correlate/steps.h"

static bool reason_fits(const struct lw_handover *h, const struct lw_fault *fault, uint64_t rid)
{
	unsigned int present = 1 << LW_CONTEXT_KEPT | 1 << LW_CONTEXT_ALTERED |
			       1 << LW_CONTEXT_LEAKED | 1 << LW_CONTEXT_APPEARED;
	unsigned int unclear = 1 << LW_CONTEXT_UNKNOWN | 1 << LW_CONTEXT_UNREACHABLE;

	return !lw_carried_tables_count(h, fault) || lw_any_entry(h, rid, unclear) ||
	       lw_any_entry(h, rid, present) != lw_reason_is_cleared_entry(fault->reason);
}

bool lw_segment_candidate(const struct lw_handover *h, const struct lw_fault *fault, bool fitting,
			  size_t *at, uint64_t *rid)
{
	for (; *at < h->owner_count; ++*at) {
		uint64_t owned = h->owners[*at].rid;

		if (LW_RID_SOURCE_ID(owned) != LW_RID_SOURCE_ID(fault->rid) ||
		    (*at && h->owners[*at - 1].rid == owned) ||
		    (fitting && !reason_fits(h, fault, owned)))
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
